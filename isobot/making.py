"""The kinds of file that a recipe can name: what loads each, its media type, and making it in a thread."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from isobot.chat.outgoing import RenderedFile
from isobot.domain.messages import Attachment
from isobot.errors import NotFound
from isobot.exports.names import (
    CALENDAR_ICS,
    COMPARISON_PNG,
    CONSOLIDATED_DOCX,
    PERIOD_XLSX,
    PROGRESS_PNG,
    REPORT_DOCX,
    TEMPLATE_XLSX,
)
from isobot.exports.render import Renderable, render
from isobot.files.charts import load_comparison, load_progress
from isobot.files.consolidated import load_consolidated
from isobot.files.deadline_days import load_deadlines
from isobot.files.desk import Desk
from isobot.files.entry_template import load_template
from isobot.files.period_table import load_period_table
from isobot.files.unit_report import load_unit_report

Load = Callable[..., Awaitable[tuple[Renderable, str]]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of file: what loads it, and its media type."""

    load: Load
    media_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
_KINDS: Mapping[str, _Kind] = {
    REPORT_DOCX: _Kind(load_unit_report, f"{_OFFICE}.wordprocessingml.document"),
    CONSOLIDATED_DOCX: _Kind(load_consolidated, f"{_OFFICE}.wordprocessingml.document"),
    PERIOD_XLSX: _Kind(load_period_table, f"{_OFFICE}.spreadsheetml.sheet"),
    PROGRESS_PNG: _Kind(load_progress, "image/png"),
    COMPARISON_PNG: _Kind(load_comparison, "image/png"),
    CALENDAR_ICS: _Kind(load_deadlines, "text/calendar"),
    TEMPLATE_XLSX: _Kind(load_template, f"{_OFFICE}.spreadsheetml.sheet"),
}


async def make_file(desk: Desk, attachment: Attachment) -> RenderedFile:
    """Load what a recipe names, and lay it out.

    Raises:
        NotFound: what the recipe names is no more.
    """
    kind = _KINDS.get(attachment.kind)
    if kind is None:
        raise NotFound(f"attachment of kind {attachment.kind!r}")
    parameters: dict[str, Any] = dict(attachment.parameters)
    data, name = await kind.load(desk, **parameters)
    content = await asyncio.to_thread(render, attachment.kind, data)
    return RenderedFile(name, content, kind.media_type)

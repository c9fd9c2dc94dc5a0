"""Makes the files that messages carry as recipes: loads what they name, and lays it out in a thread."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.services import Services
from isobot.chat.sender import RenderedFile
from isobot.clock import Clock
from isobot.domain.messages import Attachment
from isobot.errors import NotFound
from isobot.exports.render import (
    CALENDAR_ICS,
    COMPARISON_PNG,
    CONSOLIDATED_DOCX,
    PERIOD_XLSX,
    PROGRESS_PNG,
    REPORT_DOCX,
    TEMPLATE_XLSX,
    Renderable,
    render,
)
from isobot.files.charts import load_comparison, load_progress
from isobot.files.consolidated import load_consolidated
from isobot.files.deadline_days import load_deadlines
from isobot.files.desk import Desk
from isobot.files.entry_template import load_template
from isobot.files.period_table import load_period_table
from isobot.files.report_file import REPORT_FILE, load_report_file
from isobot.files.unit_report import load_unit_report
from isobot.storage.database import Database

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


class FileMaker:
    """Turns a recipe into a file."""

    def __init__(self, database: Database, services: Services, clock: Clock) -> None:
        self._desk = Desk(database, services, clock)

    async def make(self, attachment: Attachment) -> RenderedFile:
        """Make the file of a recipe.

        Raises:
            NotFound: what the recipe names is no more.
        """
        if attachment.kind == REPORT_FILE:
            return await load_report_file(self._desk, **attachment.parameters)
        kind = _KINDS.get(attachment.kind)
        if kind is None:
            raise NotFound(f"attachment of kind {attachment.kind!r}")
        parameters: dict[str, Any] = dict(attachment.parameters)
        data, name = await kind.load(self._desk, **parameters)
        content = await asyncio.to_thread(render, attachment.kind, data)
        return RenderedFile(name, content, kind.media_type)

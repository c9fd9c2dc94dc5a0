"""Turns the recipe of an attachment, with what was loaded for it, into a file."""

from collections.abc import Callable, Mapping
from typing import Any

from isobot.exports.calendar import CalendarData, calendar_ics
from isobot.exports.charts import ComparisonChart, ProgressChart, comparison_png, progress_png
from isobot.exports.consolidated_docx import ConsolidatedData, consolidated_docx
from isobot.exports.docx import UnitReportData, unit_report_docx
from isobot.exports.names import (
    CALENDAR_ICS,
    COMPARISON_PNG,
    CONSOLIDATED_DOCX,
    PERIOD_XLSX,
    PROGRESS_PNG,
    REPORT_DOCX,
    TEMPLATE_XLSX,
)
from isobot.exports.tables import PeriodTableData
from isobot.exports.template_xlsx import TemplateData, template_xlsx
from isobot.exports.xlsx import period_xlsx

Renderable = (
    UnitReportData
    | ConsolidatedData
    | PeriodTableData
    | ProgressChart
    | ComparisonChart
    | CalendarData
    | TemplateData
)

_RENDERERS: Mapping[str, tuple[type, Callable[[Any], bytes]]] = {
    REPORT_DOCX: (UnitReportData, unit_report_docx),
    CONSOLIDATED_DOCX: (ConsolidatedData, consolidated_docx),
    PERIOD_XLSX: (PeriodTableData, period_xlsx),
    PROGRESS_PNG: (ProgressChart, progress_png),
    COMPARISON_PNG: (ComparisonChart, comparison_png),
    CALENDAR_ICS: (CalendarData, calendar_ics),
    TEMPLATE_XLSX: (TemplateData, template_xlsx),
}


def render(kind: str, data: Renderable) -> bytes:
    """Make the file that an attachment's kind names. Takes time: call it in a thread.

    Raises:
        ValueError: there is no such kind, or the data are of another one; a mistake in our code.
    """
    made_of, draw = _RENDERERS.get(kind, (type(None), bytes))
    if not isinstance(data, made_of):
        raise ValueError(f"no renderer for an attachment {kind!r} of {type(data).__name__}")
    return draw(data)

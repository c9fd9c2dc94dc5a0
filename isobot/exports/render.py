"""Turns the recipe of an attachment, with what was loaded for it, into a file."""

from isobot.exports.calendar import CalendarData, calendar_ics
from isobot.exports.docx import UnitReportData, unit_report_docx
from isobot.exports.tables import PeriodTableData
from isobot.exports.xlsx import period_xlsx

REPORT_DOCX = "report_docx"
PERIOD_XLSX = "period_xlsx"
CALENDAR_ICS = "calendar_ics"

Renderable = UnitReportData | PeriodTableData | CalendarData


def render(kind: str, data: Renderable) -> bytes:
    """Make the file that an attachment's kind names. Takes time: call it in a thread.

    Raises:
        ValueError: there is no such kind, or the data are of another one; a mistake in our code.
    """
    if kind == REPORT_DOCX and isinstance(data, UnitReportData):
        return unit_report_docx(data)
    if kind == PERIOD_XLSX and isinstance(data, PeriodTableData):
        return period_xlsx(data)
    if kind == CALENDAR_ICS and isinstance(data, CalendarData):
        return calendar_ics(data)
    raise ValueError(f"no renderer for an attachment {kind!r} of {type(data).__name__}")

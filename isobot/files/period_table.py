"""Loads the receiving office's table of one period."""

from collections.abc import Iterable, Mapping

from isobot.domain.numbers import format_date
from isobot.domain.period_totals import Consolidated, GroupTotals, UnitFigures
from isobot.domain.reports import ReportStatus
from isobot.domain.rollup import UNIT_WORDS
from isobot.domain.units import Level, Unit
from isobot.exports.names import period_filename
from isobot.exports.tables import LevelSheet, MissingUnit, PeriodTableData, UnitRow
from isobot.files.consolidated import load_parts, wanted
from isobot.files.desk import Desk
from isobot.storage import reports
from isobot.storage.reports import ReportRecord

SHEET_NAMES = {
    Level.SO: "Sở, ban, ngành",
    Level.CHI_CUC: "Chi cục",
    Level.HUYEN: "Cấp huyện",
    Level.XA: "Cấp xã",
}
VOLUNTARY_SHEET = "Tự nguyện"


async def load_period_table(
    desk: Desk, *, rule: str, period: str, province: str
) -> tuple[PeriodTableData, str]:
    """Load what the units of a province sent for one period, and who sent nothing.

    Raises:
        NotFound: there is no such period, or it is none of that province.
    """
    async with desk.reading() as store:
        chosen = wanted(desk, rule, period, province)
        parts = await load_parts(desk, store, chosen, province)
        records = {
            record.id: record
            for part in parts
            for record in await reports.of_period(
                store.connection, province=province, rule=part.totals.rule.id, period=part.totals.period.key
            )
        }
    name = desk.province_name(province)
    data = PeriodTableData(
        title=chosen.rule.title,
        province_name=name,
        period_label=chosen.period.label,
        last_day=chosen.period.last_day,
        made_on=desk.today,
        sheets=tuple(sheet for part in parts for sheet in _sheets(part, records)),
        notes=_notes(parts),
    )
    return data, period_filename(name, chosen.period.label)


def _sheets(part: Consolidated, records: Mapping[int, ReportRecord]) -> Iterable[LevelSheet]:
    for group in part.totals.levels:
        level = Level(group.key)
        yield LevelSheet(
            SHEET_NAMES[level],
            UNIT_WORDS[level],
            group.totals.form,
            tuple(_row(row, records) for row in part.of_level(level) if not row.voluntary),
            _missing(group),
        )
    voluntary = [row for row in part.rows if row.voluntary]
    if voluntary and part.totals.apart is not None:
        rows = tuple(_row(row, records) for row in voluntary)
        yield LevelSheet(VOLUNTARY_SHEET, "đơn vị", part.totals.apart.form, rows, counts=False)


def _row(row: UnitFigures, records: Mapping[int, ReportRecord]) -> UnitRow:
    record = records.get(row.report)
    return UnitRow(
        code=row.unit.code,
        name=row.unit.name,
        values=row.values,
        district=_district(row.unit),
        status=ReportStatus(record.status).label if record else "",
        submitted_on=row.submitted_on,
        standing=row.standing.label,
        version=row.version,
        receipt=row.receipt,
        letter=_letter(record),
        note="; ".join(row.reasons.values()),
    )


def _letter(record: ReportRecord | None) -> str:
    """Write number and day of the signed letter, as far as they are known."""
    if record is None or not record.letter_no:
        return ""
    return f"{record.letter_no}{f' ngày {format_date(record.letter_date)}' if record.letter_date else ''}"


def _missing(group: GroupTotals) -> tuple[MissingUnit, ...]:
    return tuple(
        MissingUnit(owed.unit.code, owed.unit.name, _district(owed.unit), owed.standing.label, owed.unit.note)
        for owed in group.totals.owed
        if not owed.standing.is_in
    )


def _district(unit: Unit) -> str:
    return unit.true_district or unit.district


def _notes(parts: tuple[Consolidated, ...]) -> tuple[str, ...]:
    local = {Level.XA, Level.HUYEN}
    if not any(Level(group.key) in local for part in parts for group in part.totals.levels):
        return ()
    old = parts[0].totals.old_units
    said = "trước ngày 01/7/2025" if old else "từ ngày 01/7/2025"
    return (f"Số liệu theo các đơn vị {said}; không cộng chung với số liệu của đơn vị theo cơ cấu khác.",)

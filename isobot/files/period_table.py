"""Loads the receiving office's table of one period."""

from collections.abc import Iterable, Mapping
from typing import Any

from isobot.actions.former import REASON
from isobot.actions.reporting import figures_in
from isobot.clock import vietnam_day
from isobot.domain import deadlines
from isobot.domain.deadlines import Extension, Period, ReportingRule
from isobot.domain.reports import ReportStatus
from isobot.domain.rollup import UNIT_WORDS, Standing, by_level
from isobot.domain.units import Level, Unit
from isobot.errors import NotFound
from isobot.exports.tables import LevelSheet, MissingUnit, PeriodTableData, UnitRow
from isobot.exports.xlsx import period_filename
from isobot.files.desk import Desk
from isobot.storage import office, reports
from isobot.storage.reports import ReportRecord, Version

SHEET_NAMES = {
    Level.SO: "Sở, ban, ngành",
    Level.CHI_CUC: "Chi cục",
    Level.HUYEN: "Cấp huyện",
    Level.XA: "Cấp xã",
}


async def load_period_table(
    desk: Desk, *, rule: str, period: str, province: str
) -> tuple[PeriodTableData, str]:
    """Load what the units of a province sent for one period, and who sent nothing.

    Raises:
        NotFound: there is no such period, or it is none of that province.
    """
    async with desk.reading() as store:
        known = desk.services.rules.get(rule)
        due = deadlines.find_period(known, period) if known else None
        if known is None or due is None or known.province not in (province, deadlines.NATIONAL):
            raise NotFound(f"period {rule} {period}")
        of_period = await reports.of_period(store.connection, province=province, rule=rule, period=period)
        sent = await reports.latest_versions(store.connection, province=province, rule=rule, period=period)
        extensions = await office.all_extensions(store.connection)
    records = {record.unit: record for record in of_period}
    owing = deadlines.reporting_units(known, due, desk.services.directory)
    mine = [unit for unit in owing if unit.province == province]
    sheets = tuple(
        _level(desk, level, known, due, units, records, sent, extensions)
        for level, units in by_level(mine).items()
    )
    name = desk.province_name(province)
    data = PeriodTableData(
        title=known.title,
        province_name=name,
        period_label=due.label,
        last_day=due.last_day,
        made_on=desk.today,
        sheets=sheets,
    )
    return data, period_filename(name, due.label)


def _level(
    desk: Desk,
    level: Level,
    rule: ReportingRule,
    period: Period,
    units: Iterable[Unit],
    records: Mapping[str, ReportRecord],
    sent: Mapping[str, Version],
    extensions: Mapping[tuple[str, str, str], Extension],
) -> LevelSheet:
    rows: list[UnitRow] = []
    missing: list[MissingUnit] = []
    for unit in units:
        district = unit.true_district or unit.district
        if unit.code not in sent:
            missing.append(MissingUnit(unit.code, unit.name, district, note=unit.note))
            continue
        record, version = records[unit.code], sent[unit.code]
        extension = extensions.get((rule.id, period.key, unit.code))
        rows.append(
            UnitRow(
                code=unit.code,
                name=unit.name,
                values=figures_in(version.figures),
                district=district,
                status=ReportStatus(record.status).label,
                submitted_on=vietnam_day(version.submitted_at),
                standing=_standing(record, period, extension).label,
                version=version.version,
                receipt=version.receipt,
                note=_reasons(version.figures),
            )
        )
    form = desk.services.forms.get(rule.form_for(level), on=period.covers_to, level=level)
    return LevelSheet(SHEET_NAMES[level], UNIT_WORDS[level], form, tuple(rows), tuple(missing))


def _reasons(figures: Mapping[str, Any]) -> str:
    """Put the officer's reasons for odd figures into one cell."""
    given = (value["given"] for key, value in figures.items() if key.startswith(REASON))
    return "; ".join(str(reason) for reason in given)


def _standing(record: ReportRecord, period: Period, extension: Extension | None) -> Standing:
    first = record.first_submitted_at
    if first is None or vietnam_day(first) <= period.last_day:
        return Standing.ON_TIME
    granted = extension is not None and vietnam_day(first) <= extension.last_day
    return Standing.EXTENDED if granted else Standing.LATE

"""Loads the receiving office's table of one period."""

from collections.abc import Mapping
from typing import Any

from isobot.actions.former import REASON
from isobot.actions.reporting import figures_in
from isobot.clock import vietnam_day
from isobot.domain import deadlines
from isobot.domain.deadlines import Period
from isobot.domain.reports import ReportStatus
from isobot.domain.units import Level
from isobot.errors import NotFound
from isobot.exports.xlsx import MissingUnit, PeriodTableData, UnitRow, period_filename
from isobot.files.desk import Desk
from isobot.storage import reports

_UNIT_WORDS = {Level.XA: "xã", Level.HUYEN: "huyện", Level.CHI_CUC: "chi cục", Level.SO: "cơ quan"}


async def load_period_table(
    desk: Desk, *, rule: str, period: str, province: str
) -> tuple[PeriodTableData, str]:
    """Load what the units of a province sent for one period, and who sent nothing.

    Raises:
        NotFound: there is no such period, or it is none of that province.
    """
    services = desk.services
    async with desk.reading() as store:
        known = services.rules.get(rule)
        due = deadlines.find_period(known, period) if known else None
        if known is None or due is None or known.province not in (province, deadlines.NATIONAL):
            raise NotFound(f"period {rule} {period}")
        found = await reports.of_period(store.connection, province=province, rule=rule, period=period)
        sent = await reports.latest_versions(store.connection, province=province, rule=rule, period=period)
    records = {record.unit: record for record in found}
    units = [u for u in deadlines.reporting_units(known, due, services.directory) if u.province == province]
    rows = tuple(
        UnitRow(
            code=unit.code,
            name=unit.name,
            values=figures_in(sent[unit.code].figures),
            district=unit.true_district or unit.district,
            status=ReportStatus(records[unit.code].status).label,
            submitted_on=vietnam_day(sent[unit.code].submitted_at),
            late=_late(records[unit.code], due),
            version=sent[unit.code].version,
            receipt=sent[unit.code].receipt,
            note=_reasons(sent[unit.code].figures),
        )
        for unit in units
        if unit.code in sent
    )
    missing = tuple(
        MissingUnit(unit.code, unit.name, unit.true_district or unit.district, note=unit.note)
        for unit in units
        if unit.code not in sent
    )
    name = desk.province_name(province)
    levels = {unit.level for unit in units}
    data = PeriodTableData(
        title=known.title,
        province_name=name,
        period_label=due.label,
        last_day=due.last_day,
        made_on=desk.today,
        form=services.forms.get(next(iter(known.forms.values())), on=due.covers_to),
        rows=rows,
        missing=missing,
        unit_word=_UNIT_WORDS[levels.pop()] if len(levels) == 1 else "đơn vị",
    )
    return data, period_filename(name, due.label)


def _reasons(figures: Mapping[str, Any]) -> str:
    """Put the officer's reasons for odd figures into one cell."""
    given = (value["given"] for key, value in figures.items() if key.startswith(REASON))
    return "; ".join(str(reason) for reason in given)


def _late(record: Any, period: Period) -> bool:
    first = record.first_submitted_at
    return first is not None and vietnam_day(first) > period.last_day

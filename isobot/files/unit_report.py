"""Loads what the draft of one unit's report shows."""

from isobot.actions.former import former_figures
from isobot.actions.reporting import figures_in, reasons_in, work_on
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.letterhead import Letterhead, letterhead_for
from isobot.domain.numbers import format_date
from isobot.domain.units import Unit
from isobot.errors import NotFound
from isobot.exports.docx import UnitReportData
from isobot.exports.names import report_filename
from isobot.files.desk import Desk
from isobot.storage import reports, unit_ways
from isobot.storage.store import Store


async def load_unit_report(desk: Desk, *, report: int, version: int) -> tuple[UnitReportData, str]:
    """Load a version that was sent; version 0 is the draft as it stands.

    Raises:
        NotFound: there is no such report.
    """
    services = desk.services
    async with desk.reading() as store:
        record = (await reports.load(store.connection, [report])).get(report)
        if record is None:
            raise NotFound(f"report {report}")
        sent = await reports.version_of(store.connection, report, version) if version else None
        unit = services.directory.get(record.unit)
        rule = services.rules.get(record.rule, record.province)
        level = unit.level if unit else None
        form = services.forms.get(record.form, record.form_version, level=level)
        work = work_on(record, form, services.rules)
        if unit is not None and rule is not None and work.period is not None and not record.practice_of:
            work.former = await former_figures(
                store,
                unit=unit,
                rule=rule,
                period=work.period,
                forms=services.forms,
                directory=services.directory,
            )
        letterhead = await letterhead_of(desk, store, unit)
    stored = sent.figures if sent is not None else record.draft
    values = figures_in(stored)
    problems = work.form.problems(values, period=work.covers)
    name = unit.name if unit else "Đơn vị nhập thử"
    data = UnitReportData(
        form=work.form,
        values=values,
        unit_name=name,
        period_label=work.label,
        year=work.period.covers_to.year if work.period else desk.today.year,
        recipients=_recipients(rule, unit, work.period),
        letterhead=letterhead,
        bases=desk.bases_of(rule),
        problems=problems,
        reasons=reasons_in(stored, problems),
        former_units=_former_units(desk, unit),
        formed=format_date(unit.valid_from) if unit and unit.valid_from else "",
        receipt=sent.receipt if sent is not None else "",
        version=max(version, 1),
        practice=record.practice_of != 0,
        caution=desk.caution_of(rule),
    )
    return data, report_filename(name, work.label, version=max(version, 1))


async def letterhead_of(desk: Desk, store: Store, unit: Unit | None) -> Letterhead:
    """Return how a unit's letters look: as its officers have set it, else as the unit suggests."""
    if unit is None:
        return Letterhead()
    guessed = letterhead_for(unit, desk.province_now(unit.province))
    return guessed.with_settings(await unit_ways.letterhead(store.connection, unit.code))


def _recipients(rule: ReportingRule | None, unit: Unit | None, period: Period | None) -> tuple[str, ...]:
    """Return whom the report goes to: for some earlier periods that was the district."""
    if rule is None:
        return ()
    named = rule.recipient_for(unit.level, period) if unit and period else rule.recipient
    return tuple(part.strip() for part in named.split(";") if part.strip())


def _former_units(desk: Desk, unit: Unit | None) -> tuple[str, ...]:
    if unit is None:
        return ()
    return tuple(former.place_name for former in desk.services.directory.predecessors_of(unit.code))

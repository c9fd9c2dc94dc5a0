"""Loads what the lead office's documents of a period are made from: the report, the tables, the pictures."""

from dataclasses import dataclass
from datetime import timedelta

from isobot.actions import totals
from isobot.actions.totals import Register
from isobot.domain import deadlines, requests
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.letterhead import Letterhead
from isobot.domain.period_totals import Consolidated
from isobot.domain.units import Unit
from isobot.errors import NotFound
from isobot.exports.consolidated_docx import ConsolidatedData
from isobot.exports.names import consolidated_filename
from isobot.files.desk import Desk
from isobot.files.unit_report import letterhead_of
from isobot.storage.store import Store

APART = timedelta(days=183)
"""So far apart may the last days of two rules be that ask for the same days."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One period of a rule, for one province."""

    rule: ReportingRule
    period: Period


def wanted(desk: Desk, rule: str, period: str, province: str) -> Wanted:
    """Find the period that a recipe names.

    Raises:
        NotFound: there is no such period, or it is none of that province.
    """
    known = desk.services.rules.get(rule, province)
    due = deadlines.find_period(known, period) if known else None
    if known is None or due is None:
        raise NotFound(f"period {rule} {period}")
    return Wanted(known, due)


def with_siblings(desk: Desk, chosen: Wanted, province: str) -> list[Wanted]:
    """Return the rules of a province that ask for the same days: of agencies, of communes.

    A round on request stands alone, and so does what national law asks of one office.
    """
    if _stands_alone(chosen.rule):
        return [chosen]
    found = []
    for rule in desk.services.rules.for_province(province):
        if rule.id == chosen.rule.id:
            found.append(chosen)
        elif not _stands_alone(rule):
            days = chosen.period.covers_from, chosen.period.covers_to
            near = deadlines.periods_between(rule, days[1] - APART, days[1] + APART)
            found += [Wanted(rule, p) for p in near if (p.covers_from, p.covers_to) == days]
    return found


def _stands_alone(rule: ReportingRule) -> bool:
    return rule.province == deadlines.NATIONAL or rule.id.startswith(f"{requests.PREFIX}-")


async def load_parts(desk: Desk, store: Store, chosen: Wanted, province: str) -> tuple[Consolidated, ...]:
    """Load every rule of the same days, each with the reports of its units."""
    return tuple(
        [
            await totals.consolidated(
                store,
                register_of(desk),
                rule=each.rule,
                period=each.period,
                province=province,
                province_name=desk.province_name(province),
                today=desk.today,
            )
            for each in with_siblings(desk, chosen, province)
        ]
    )


def register_of(desk: Desk) -> Register:
    """Return the units and forms that totals are made against."""
    return Register(desk.services.directory, desk.services.forms)


async def load_consolidated(
    desk: Desk, *, rule: str, period: str, province: str
) -> tuple[ConsolidatedData, str]:
    """Load the lead office's report of a period.

    Raises:
        NotFound: there is no such period, or it is none of that province.
    """
    async with desk.reading() as store:
        chosen = wanted(desk, rule, period, province)
        parts = await load_parts(desk, store, chosen, province)
        office = desk.services.directory.lead_office(province)
        letterhead = await letterhead_of(desk, store, office) if office else Letterhead()
    known = desk.services.provinces.get(province)
    bases = dict.fromkeys(basis for part in parts for basis in desk.bases_of(part.totals.rule))
    data = ConsolidatedData(
        parts=parts,
        unit_name=office.name if office else "Cơ quan đầu mối",
        recipients=known.reports_to if known else (),
        letterhead=letterhead,
        bases=tuple(bases),
        explanations=tuple(each for part in parts for each in explanations(part)),
        caution=desk.caution_of(*(part.totals.rule for part in parts)),
    )
    return data, consolidated_filename(desk.province_name(province), chosen.period.label)


def explanations(part: Consolidated) -> list[tuple[Unit, str, str]]:
    """Put each reason that a unit gave beside what it explains."""
    forms = {group.key: group.totals.form for group in part.totals.levels}
    period = part.totals.period
    given = []
    for row in part.rows:
        form = forms.get(row.unit.level.value)
        if not row.reasons or form is None:
            continue
        problems = form.problems(row.values, period=(period.covers_from, period.covers_to))
        messages = {problem.check: problem.message for problem in problems}
        given += [
            (row.unit, messages.get(check, "Số liệu khác kỳ trước"), reason)
            for check, reason in row.reasons.items()
        ]
    return given

"""What falls exactly on a day, whoever is registered: for dry runs, and for what offices are shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import NATIONAL, Audience, Kind, LadderStep, Period, ReportingRule
from isobot.domain.units import Unit
from scheduler.duties import asked, duties
from scheduler.ladder import PlannedStep
from scheduler.situation import ROLES, Posts, ReportKey, Situation, UnitIndex, listeners, receivers


@dataclass(frozen=True, slots=True)
class Falling:
    """What falls on one day for one unit, whoever is registered there; `people` may be empty."""

    rule: ReportingRule
    period: Period
    unit: Unit
    step: str
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What falls on one day for a receiving office: the units of one period whose report is not in.

    Units with time of their own stand in a digest of their own as well, with the `period` as it is for them.
    """

    rule: ReportingRule
    period: Period
    province: str
    step: str
    missing: tuple[Unit, ...]
    people: tuple[int, ...]


def falling_on(
    on: date,
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    *,
    posts: Posts,
    reported: Collection[ReportKey] = (),
    situation: Situation | None = None,
) -> list[Falling]:
    """List the steps that fall exactly on a day, one for each unit and period, in the units' order.

    `people` are those who hear of it: who reports, and on their own steps deputies and heads as well.
    """
    known = situation or Situation(posts, reported=reported)
    found: list[Falling] = []
    for duty in asked(duties(rules, UnitIndex.over(units), calendar, steps, known, on), on):
        usual = _steps_on(on, duty.planned)
        for unit in duty.units:
            report = (duty.rule.id, duty.period.key, unit.code)
            period, planned = duty.of(report)
            here = usual if planned is duty.planned else _steps_on(on, planned)
            if not here or report in known.reported or report in known.excused:
                continue
            step = next((here[a] for a in ROLES if a in here), None)
            if step is None:
                continue
            people = tuple(p for p, _, speaks in listeners(known, duty.rule, unit, report) if speaks in here)
            found.append(Falling(duty.rule, period, unit, step, people))
    return found


def _steps_on(on: date, planned: Mapping[Audience, Sequence[PlannedStep]]) -> Mapping[Audience, str]:
    return {audience: step.step for audience, own in planned.items() for step in own if step.day == on}


def digests_on(
    on: date,
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    *,
    posts: Posts,
    reported: Collection[ReportKey] = (),
    situation: Situation | None = None,
) -> list[Digest]:
    """List the digests for receiving offices that fall exactly on a day; none where all reports are in."""
    state = situation or Situation(posts, reported=reported)
    known = UnitIndex.over(units)
    found: list[Digest] = []
    for duty in asked(duties(rules, known, calendar, steps, state, on), on):
        rule, period = duty.rule, duty.period
        missing = tuple(u for u in duty.units if (rule.id, period.key, u.code) not in state.reported)
        if not missing or rule.province == NATIONAL or rule.kind is not Kind.REPORT:
            continue
        on_day: dict[tuple[str, Period], list[Unit]] = defaultdict(list)
        for step in duty.planned.get(Audience.RECEIVER, ()):
            if step.day == on:
                on_day[step.step, period] += missing
        for unit in missing:
            report = (rule.id, period.key, unit.code)
            for step in duty.own_digests(report):
                if step.day == on:
                    on_day[step.step, duty.of(report)[0]].append(unit)
        people = receivers(rule.province, known, posts)
        found += [
            Digest(rule, as_asked, rule.province, step, tuple(units), people)
            for (step, as_asked), units in on_day.items()
        ]
    return found

"""Which reminder is due for whom on a day: a function of rules, calendar, ledger and today.

Nothing here waits, sends, or asks the time. What a step says to a person is written elsewhere, from the
days that remain, since a step may be told late.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import (
    NATIONAL,
    Audience,
    LadderStep,
    Period,
    ReportingRule,
    StepKey,
    periods_between,
    reporting_units,
)
from isobot.domain.people import Role
from isobot.domain.units import Unit

AHEAD_DAYS = 230
"""How far ahead a last day may be whose window is open; rule files allow windows of 200 days."""

BREAK_DAYS = 30
"""No run of days off, over which a late step moves, is longer."""

CATCH_UP_DAYS = 7
"""How long after the last step of a ladder a missed one may still be told."""

Posts = Mapping[str, Mapping[Role, Sequence[int]]]
"""The people of each unit's code, by role."""

ReportKey = tuple[str, str, str]
"""(rule, period, unit) of a report that is in."""

SnoozeKey = tuple[str, str, str, int]
"""(rule, period, unit, person) that asked not to be reminded for some days."""

_ROLES = {Audience.REPORTER: Role.REPORTER, Audience.HEAD: Role.HEAD}


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One rung of one period's ladder, with the working day it falls on."""

    step: str
    day: date
    audience: Audience
    after_last_day: bool


@dataclass(frozen=True, slots=True)
class DueStep:
    """One reminder to one person, due now.

    `merged` are earlier steps that nobody sent; they end with this one. `missing` is for a receiver's
    digest alone: the units whose report is not in; its `unit` is the receiving office.
    """

    rule: ReportingRule
    period: Period
    unit: Unit
    step: str
    audience: Audience
    person: int
    day: date
    merged: tuple[str, ...] = ()
    missing: tuple[Unit, ...] = ()

    @property
    def key(self) -> StepKey:
        """Return what the ledger knows this step by."""
        return self.key_of(self.step)

    @property
    def merged_keys(self) -> tuple[StepKey, ...]:
        """Return the keys of the steps that end with this one."""
        return tuple(self.key_of(step) for step in self.merged)

    def key_of(self, step: str) -> StepKey:
        """Return the key of another step of the same person's ladder."""
        name = step if self.audience is Audience.REPORTER else f"{step}/{self.audience}"
        return StepKey(self.rule.id, self.period.key, self.unit.code, self.person, name)


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
    """What falls on one day for a receiving office: the units of one period whose report is not in."""

    rule: ReportingRule
    period: Period
    province: str
    step: str
    missing: tuple[Unit, ...]
    people: tuple[int, ...]


def ladder(period: Period, calendar: WorkCalendar, steps: Sequence[LadderStep]) -> tuple[PlannedStep, ...]:
    """Lay the ladder over a period: for each audience at most one step a day, none on a day off.

    A step on a day off moves to the working day before, or after the last day on time to the one after.
    None comes before the window opens; of several on one day the latest stands.
    """
    standing: dict[tuple[Audience, date], tuple[int, PlannedStep]] = {}
    for order, step in enumerate(steps):
        day = _day_of(step, period, calendar)
        if day is None or day < period.opens:
            continue
        late = step.days is not None and step.days > 0
        for audience in step.audiences:
            standing[audience, day] = (order, PlannedStep(step.name, day, audience, late))
    ordered = sorted(standing.values(), key=lambda entry: (entry[1].day, entry[0], entry[1].audience))
    return tuple(planned for _, planned in ordered)


def due_steps(
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    *,
    today: date,
    posts: Posts,
    reported: Collection[ReportKey] = (),
    ledger: Collection[StepKey] = (),
    snoozed: Mapping[SnoozeKey, date] | None = None,
) -> list[DueStep]:
    """List what is to be sent today, one step for each person, unit and period; nothing on a day off.

    Steps that were missed are told once, by the latest of them. After the last day on time only steps
    that speak of being late are told. `snoozed` gives the first day on which to remind again.
    """
    if not calendar.is_working(today):
        return []
    due: list[DueStep] = []
    known = tuple(units)
    for rule, period, duty in _duties(rules, known, steps, today):
        planned = ladder(period, calendar, steps)
        missing = [unit for unit in duty if (rule.id, period.key, unit.code) not in reported]
        for unit in missing:
            for person, audience in _listeners(posts, unit):
                if _is_snoozed(snoozed, rule, period, unit, person, today):
                    continue
                ask = DueStep(rule, period, unit, "", audience, person, today)
                found = _latest(ask, planned, period, today, ledger)
                if found is not None:
                    due.append(found)
        due += _digests_due(rule, period, planned, missing, known, posts, today, ledger)
    return due


def falling_on(
    on: date,
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    *,
    posts: Posts,
    reported: Collection[ReportKey] = (),
) -> list[Falling]:
    """List the steps that fall exactly on a day, one for each unit and period, in the units' order.

    `people` are those who report, and on their own step the heads as well.
    """
    found: list[Falling] = []
    for rule, period, duty in _duties(rules, tuple(units), steps, on):
        here = {p.audience: p.step for p in ladder(period, calendar, steps) if p.day == on}
        step = here.get(Audience.REPORTER) or here.get(Audience.HEAD)
        if step is None:
            continue
        for unit in duty:
            if (rule.id, period.key, unit.code) in reported:
                continue
            roles = [role for audience, role in _ROLES.items() if audience in here]
            held = posts.get(unit.code, {})
            people = tuple(dict.fromkeys(person for role in roles for person in held.get(role, ())))
            found.append(Falling(rule, period, unit, step, people))
    return found


def digests_on(
    on: date,
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    *,
    posts: Posts,
    reported: Collection[ReportKey] = (),
) -> list[Digest]:
    """List the digests for receiving offices that fall exactly on a day; none where all reports are in."""
    known = tuple(units)
    found: list[Digest] = []
    for rule, period, duty in _duties(rules, known, steps, on):
        missing = tuple(u for u in duty if (rule.id, period.key, u.code) not in reported)
        here = [
            p.step for p in ladder(period, calendar, steps) if p.day == on and p.audience is Audience.RECEIVER
        ]
        if here and missing and rule.province != NATIONAL:
            people = _receivers(rule.province, known, posts)
            found.append(Digest(rule, period, rule.province, here[0], missing, people))
    return found


def _day_of(step: LadderStep, period: Period, calendar: WorkCalendar) -> date | None:
    if step.days is None:
        first = calendar.next_working(period.opens)
        return first if first <= period.last_day else None
    nominal = period.last_day + timedelta(days=step.days)
    return calendar.next_working(nominal) if step.days > 0 else calendar.previous_working(nominal)


def _duties(
    rules: Iterable[ReportingRule], units: Sequence[Unit], steps: Sequence[LadderStep], day: date
) -> Iterable[tuple[ReportingRule, Period, tuple[Unit, ...]]]:
    """Give each period whose ladder may still speak, with the units that must report in it."""
    longest = max((step.days or 0 for step in steps), default=0)
    first = day - timedelta(days=longest + BREAK_DAYS + CATCH_UP_DAYS)
    for rule in rules:
        for period in periods_between(rule, first, day + timedelta(days=AHEAD_DAYS)):
            if period.opens <= day:
                yield rule, period, reporting_units(rule, period, units)


def _listeners(posts: Posts, unit: Unit) -> Iterable[tuple[int, Audience]]:
    """Give the people of a unit, each once: who reports is not told again as the head."""
    seen: dict[int, Audience] = {}
    for audience, role in _ROLES.items():
        for person in posts.get(unit.code, {}).get(role, ()):
            seen.setdefault(person, audience)
    return seen.items()


def _latest(
    ask: DueStep,
    planned: Sequence[PlannedStep],
    period: Period,
    today: date,
    ledger: Collection[StepKey],
) -> DueStep | None:
    """Find the step that a person is to be told today, or None."""
    own = [p for p in planned if p.audience is ask.audience]
    if not own or today > own[-1].day + timedelta(days=CATCH_UP_DAYS):
        return None
    past = [p for p in own if p.day <= today]
    done = [index for index, p in enumerate(past) if ask.key_of(p.step) in ledger]
    open_steps = past[done[-1] + 1 :] if done else past
    if not open_steps:
        return None
    latest = open_steps[-1]
    if today > period.last_day and not latest.after_last_day:
        return None  # its words would be wrong by now; the next step speaks of being late
    merged = tuple(p.step for p in open_steps[:-1])
    return replace(ask, step=latest.step, day=latest.day, merged=merged)


def _digests_due(
    rule: ReportingRule,
    period: Period,
    planned: Sequence[PlannedStep],
    missing: Sequence[Unit],
    units: Sequence[Unit],
    posts: Posts,
    today: date,
    ledger: Collection[StepKey],
) -> list[DueStep]:
    office = next((u for u in units if u.lead_office and u.province == rule.province), None)
    if office is None or not missing:
        return []
    due = []
    for person in _receivers(rule.province, units, posts):
        ask = DueStep(rule, period, office, "", Audience.RECEIVER, person, today)
        found = _latest(ask, planned, period, today, ledger)
        if found is not None:
            step = found.step
            due.append(
                DueStep(
                    rule,
                    period,
                    office,
                    step,
                    found.audience,
                    person,
                    found.day,
                    found.merged,
                    tuple(missing),
                )
            )
    return due


def _receivers(province: str, units: Sequence[Unit], posts: Posts) -> tuple[int, ...]:
    """List who receives a province's reports, whichever unit of it they belong to."""
    people = (
        p for u in units if u.province == province for p in posts.get(u.code, {}).get(Role.RECEIVER, ())
    )
    return tuple(dict.fromkeys(people))


def _is_snoozed(
    snoozed: Mapping[SnoozeKey, date] | None,
    rule: ReportingRule,
    period: Period,
    unit: Unit,
    person: int,
    today: date,
) -> bool:
    until = (snoozed or {}).get((rule.id, period.key, unit.code, person))
    return until is not None and today < until

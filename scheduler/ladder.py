"""The rungs of one period's ladder, each on its working day, and what the ledger calls them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import Audience, LadderStep, Period, ReportingRule, StepKey
from isobot.domain.units import Unit

MOVED = "D"
"""The step that tells of another last day, on the day it was set or the working day after."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One rung of one period's ladder, with the working day it falls on."""

    step: str
    day: date
    audience: Audience
    after_last_day: bool

    @property
    def rung(self) -> str:
        """Return the rung's name in the ladder, "T-3", whether or not the ladder was laid anew."""
        return self.step.partition("@")[0]


def ladder(period: Period, calendar: WorkCalendar, steps: Sequence[LadderStep]) -> tuple[PlannedStep, ...]:
    """Lay the ladder over a period: for each audience at most one step a day, none on a day off.

    A step on a day off moves to the working day before, or after the last day on time to the one after.
    None comes before the window opens; of several on one day the latest stands. Where the last day was
    changed while the window was open, the old ladder counts until then; the rest is laid anew, under
    names of its own, and begins with a step that tells of the change.
    """
    moved_on, was = period.moved_on, period.was
    if moved_on is None or was is None or moved_on < period.opens:
        return _laid(period, calendar, steps)
    before = tuple(p for p in ladder(was, calendar, steps) if p.day < moved_on)
    mark = _mark(period)
    after = [
        replace(p, step=p.step + mark)
        for p in _laid(period, calendar, steps)
        if p.day > moved_on and not p.step.startswith("O")
    ]
    told = calendar.next_working(moved_on)
    after = [p for p in after if p.day > told or p.audience is not Audience.REPORTER]
    tells = PlannedStep(MOVED + mark, told, Audience.REPORTER, after_last_day=told > period.last_day)
    return (*before, tells, *after)


def _mark(period: Period) -> str:
    """Return what tells the steps after a change from those before it; a day may see several changes."""
    times, earlier = 1, period.was
    while earlier is not None and earlier.moved_on == period.moved_on:
        times, earlier = times + 1, earlier.was
    return f"@{period.moved_on:%y%m%d}" + (f".{times}" if times > 1 else "")


def _laid(period: Period, calendar: WorkCalendar, steps: Sequence[LadderStep]) -> tuple[PlannedStep, ...]:
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


def _day_of(step: LadderStep, period: Period, calendar: WorkCalendar) -> date | None:
    if step.days is None:
        first = calendar.next_working(period.opens)
        return first if first <= period.last_day else None
    nominal = period.last_day + timedelta(days=step.days)
    return calendar.next_working(nominal) if step.days > 0 else calendar.previous_working(nominal)


def is_own_rung(step: str, audience: Audience, steps: Iterable[LadderStep]) -> bool:
    """Tell whether a step is the audience's own, and not one that it hears in another's place."""
    name = step.partition("@")[0]
    return any(rung.name == name and audience in rung.audiences for rung in steps)


def by_audience(planned: Iterable[PlannedStep]) -> dict[Audience, list[PlannedStep]]:
    """Group the rungs by whom they speak to, in their order."""
    found: dict[Audience, list[PlannedStep]] = {}
    for step in planned:
        found.setdefault(step.audience, []).append(step)
    return found


def step_key(
    rule: ReportingRule, period: Period, unit: Unit, person: int, step: str, audience: Audience
) -> StepKey:
    """Return what the ledger knows a step by."""
    name = step if audience is Audience.REPORTER else f"{step}/{audience}"
    return StepKey(rule.id, period.key, unit.code, person, name)


def audience_of(key: StepKey) -> Audience:
    """Read from a step's name whom it speaks to."""
    name = key.step.partition("/")[2]
    return Audience(name) if name else Audience.REPORTER

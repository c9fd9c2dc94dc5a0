"""What was promised, worked out by hand from the written rules and the diary; nothing of the plan is used."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from benchmarks.simulator.country import FIRST_DAY, Country, Yearly, at
from benchmarks.simulator.facts import Change, Facts, Report
from isobot.clock import vietnam_day

REPORTS: dict[str, tuple[int | None, ...]] = {
    "reporter": (None, -14, -7, -3, -1, 0, 1, 3, 7, 14, 21, 28),
    "deputy": (1,),
    "head": (3,),
    "receiver": (-3, 1, 7),
}
"""The ladder of reports: days from the last day on time, None where the window opens."""

DUTIES: dict[str, tuple[int | None, ...]] = {
    "reporter": (None, -14, -7, -1, 0, 3, 7),
    "deputy": (3,),
    "head": (7,),
}
"""The ladder of what is done without a form."""

AFTER_EVENT = {"qg-khac-phuc": 2, "qg-cap-nhat-van-ban": 3}
"""By how many months after its event a duty is to be done."""

ANNOUNCED_DAYS = 30
"""How many days a unit has to announce anew after a change of scope."""

ALWAYS = at(FIRST_DAY, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """One report or deed that was asked of some units of a province, or of one `unit` after its own event.

    `known` is when isobot was told of it, `closed` from when on nobody was to be told any more.
    """

    rule: str
    period: str
    province: str
    opens: date
    last_day: date
    units: tuple[str, ...]
    duty: bool = False
    known: datetime = ALWAYS
    changes: tuple[Change, ...] = ()
    closed: datetime | None = None
    unit: str = ""

    def changes_of(self, extensions: Sequence[Change]) -> tuple[Change, ...]:
        """Put what all were told and what one unit was granted in the order of their days.

        Where everybody gets more time than a unit had been granted, that unit has as much as everybody.
        """
        if not extensions:
            return self.changes
        own: date | None = None
        general = now = self.last_day
        found = []
        ours = [(vietnam_day(c.at), 0, c) for c in extensions]
        theirs = [(vietnam_day(c.at), 1, c) for c in self.changes]
        for _, common, change in sorted((*ours, *theirs), key=lambda entry: entry[:2]):
            if common:
                general = change.last_day
            else:
                own = change.last_day
            day = max(general, own) if common and own else change.last_day
            if day != now:
                found.append(Change(change.at, day, change.opens))
                now = day
        return tuple(found)

    def last_day_at(self, moment: datetime, extensions: Sequence[Change] = ()) -> date:
        """Return the last day on time as it stood at a moment."""
        day = self.last_day
        for change in self.changes_of([e for e in extensions if e.at <= moment]):
            if change.at <= moment:
                day = change.last_day
        return day


@dataclass(frozen=True, slots=True)
class Step:
    """A step by its name, and the working day on which it is due."""

    name: str
    day: date


def ladder(
    days: Sequence[int | None], opens: date, last: date, is_working: Callable[[date], bool]
) -> list[Step]:
    """Lay the ladder of one role: on working days, none before the window, one a day."""
    on: dict[date, str] = {}
    for offset in days:
        day = opens if offset is None else last + timedelta(days=offset)
        step = timedelta(days=1 if offset is None or offset > 0 else -1)
        while not is_working(day):
            day += step
        if day >= opens and not (offset is None and day > last):
            on[day] = "O" if offset is None else "T" if offset == 0 else f"T{offset:+d}"
    return [Step(name, day) for day, name in sorted(on.items())]


def steps(
    role: str, asked: Asked, changes: Sequence[Change], is_working: Callable[[date], bool]
) -> list[Step]:
    """Return the steps of one role through every change of the last day.

    From the day of a change on the ladder is laid anew under names that carry that day, and for who
    reports it begins with a step that tells of the change.
    """
    days = (DUTIES if asked.duty else REPORTS).get(role, ())
    if not days:
        return []
    opens = asked.opens
    found = ladder(days, opens, asked.last_day, is_working)
    told_on: list[date] = []
    for change in changes:
        on = vietnam_day(change.at)
        opens = change.opens or opens
        if on < opens:
            found = ladder(days, opens, change.last_day, is_working)
            continue
        told_on.append(on)
        again = told_on.count(on)
        mark = f"@{on:%y%m%d}" + (f".{again}" if again > 1 else "")
        told = on
        while not is_working(told):
            told += timedelta(days=1)
        found = [step for step in found if step.day < on]
        if role == "reporter":
            found.append(Step(f"D{mark}", told))
        since = told if role == "reporter" else on
        found += [
            Step(step.name + mark, step.day)
            for step in ladder(days, opens, change.last_day, is_working)
            if step.name != "O" and step.day > since
        ]
    return found


def asked_of(country: Country, facts: Facts) -> Iterator[Asked]:
    """List everything that was asked of anybody in the time that is judged."""
    first = FIRST_DAY + timedelta(days=20)
    last = FIRST_DAY + timedelta(days=country.size.days)
    communes: dict[str, list[str]] = defaultdict(list)
    offices: dict[str, list[str]] = defaultdict(list)
    for unit in country.units:
        if not unit.voluntary:
            (offices if unit.lead_office else communes)[unit.province].append(unit.code)
    for yearly in country.yearly:
        whose = [communes] if yearly.whose == "communes" else [offices]
        whose += [communes] if yearly.whose == "all" else []
        units = tuple(code for each in whose for code in each[yearly.province])
        for key, day, month in yearly.days:
            for year in range(first.year, last.year + 1):
                named = _day(year, month, day)
                if first <= named <= last:
                    asked = _yearly(yearly, key, year, named, units, facts)
                    yield _while_on(asked, yearly, facts) if yearly.shared else asked
    for rule, each in facts.rounds.items():
        opens = vietnam_day(each.opened)
        yield Asked(
            rule,
            each.period,
            each.province,
            opens,
            each.last_day,
            each.units,
            known=each.opened,
            changes=tuple(each.changes),
            closed=each.closed,
        )
    for (rule, period, code), noted in facts.events.items():
        happened = date.fromisoformat(period)
        province, last_day = country.index.all[code].province, _after(rule, happened)
        yield Asked(rule, period, province, happened, last_day, (code,), duty=True, known=noted, unit=code)


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _opening(last: date, window: int | None) -> date:
    return date(last.year, last.month, 1) if window is None else last - timedelta(days=window)


def _after(rule: str, happened: date) -> date:
    months = AFTER_EVENT.get(rule)
    if months is None:
        return happened + timedelta(days=ANNOUNCED_DAYS)
    years, month = divmod(happened.month - 1 + months, 12)
    return _day(happened.year + years, month + 1, happened.day)


def _yearly(yearly: Yearly, key: str, year: int, named: date, units: tuple[str, ...], facts: Facts) -> Asked:
    """Return what is asked for a year, with the days that the office set for it and earlier years."""
    changes = []
    opens, now = _opening(named, yearly.window), named
    for moved in facts.moves:
        same = (moved.rule, moved.key, moved.province) == (yearly.rule, key, yearly.province)
        if same and moved.day.year <= year:
            day = _day(year, moved.day.month, moved.day.day)
            if day != now:
                opens = min(opens, _opening(day, yearly.window))
                changes.append(Change(moved.at, day, opens))
                now = day
    return Asked(
        yearly.rule,
        key.format(year=year),
        yearly.province,
        _opening(named, yearly.window),
        named,
        units,
        duty=yearly.duty,
        changes=tuple(changes),
    )


def _while_on(asked: Asked, yearly: Yearly, facts: Facts) -> Asked:
    """Return what is asked while the province's office has the duty on.

    It is asked from the moment the duty was turned on, unless its last day was over by then and is not put
    off later; in a time between two that it was on, it is asked of nobody.
    """
    spans: list[tuple[datetime, datetime | None]] = [(ALWAYS, None)] if yearly.usual else []
    for said in facts.switches:
        if (said.rule, said.province) == (yearly.rule, yearly.province):
            if said.on:
                spans.append((said.at, None))
            else:
                spans[-1] = (spans[-1][0], said.at)
    opens = min(asked.opens, *(change.opens or asked.opens for change in asked.changes), asked.last_day)
    for begins, ends in spans:
        if ends is not None and vietnam_day(ends) <= opens:
            continue
        later = [c.at for c in asked.changes if c.at > begins and (ends is None or c.at < ends)]
        for moment in (begins, *later):
            if vietnam_day(begins) <= asked.last_day_at(moment):
                return replace(asked, known=moment, closed=ends)
    return replace(asked, closed=ALWAYS)


def reports_of(asked: Asked) -> Iterator[Report]:
    """Give the key of each unit's report."""
    return ((asked.rule, asked.period, unit) for unit in asked.units)

"""Which periods may still be spoken of on a day, who owes them, and why a report is not in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import (
    LATE_DAYS,
    Audience,
    Extension,
    LadderStep,
    Period,
    ReportingRule,
    event_period,
    periods_between,
)
from isobot.domain.people import Role
from isobot.domain.units import Unit
from scheduler.ladder import PlannedStep, by_audience, ladder
from scheduler.situation import ReportKey, Situation, UnitIndex

AHEAD_DAYS = 230
"""How far ahead a last day may be whose window is open; rule files allow windows of 200 days."""

BREAK_DAYS = 30
"""No run of days off, over which a late step moves, is longer."""

CATCH_UP_DAYS = 7
"""How long after the last step of somebody's ladder a missed one may still be told; see `may_catch_up`."""

LONGEST_EXTENSION_DAYS = 120
"""No unit gets more time than this at once."""


@lru_cache(maxsize=2000)
def _laid_out(
    period: Period, calendar: WorkCalendar, steps: tuple[LadderStep, ...]
) -> Mapping[Audience, Sequence[PlannedStep]]:
    """Lay the ladder of a period once: every minute asks for the same ones again."""
    return by_audience(ladder(period, calendar, steps))


class Duty:
    """One period of one rule with the units that owe it, and the ladder as it is for each."""

    def __init__(
        self,
        rule: ReportingRule,
        period: Period,
        units: Sequence[Unit],
        calendar: WorkCalendar,
        steps: Sequence[LadderStep],
        extensions: Mapping[ReportKey, Extension],
    ) -> None:
        self.rule, self.period, self.units = rule, period, units
        self._calendar, self._steps, self._extensions = calendar, steps, extensions
        self.planned = _laid_out(period, calendar, tuple(steps))

    def of(self, report: ReportKey) -> tuple[Period, Mapping[Audience, Sequence[PlannedStep]]]:
        """Return the period and the ladder of one unit, which may have more time."""
        extension = self._extensions.get(report)
        if extension is None:
            return self.period, self.planned
        longer = self.period.with_extension(extension)
        return longer, _laid_out(longer, self._calendar, tuple(self._steps))

    def own_digests(self, report: ReportKey) -> Sequence[PlannedStep]:
        """Return the receivers' digests of one unit alone, on the days of the time that it was granted."""
        if report not in self._extensions:
            return ()
        common = self.planned.get(Audience.RECEIVER, ())
        _, planned = self.of(report)
        return [step for step in planned.get(Audience.RECEIVER, ()) if step not in common]

    def is_extended(self, report: ReportKey, today: date) -> bool:
        """Tell whether a unit has more time and it is not over."""
        extension = self._extensions.get(report)
        return extension is not None and today <= extension.last_day


def duties(
    rules: Iterable[ReportingRule],
    units: UnitIndex,
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    situation: Situation,
    day: date,
    *,
    since: date | None = None,
) -> Iterator[Duty]:
    """Give each period whose ladder may still speak, with the units that owe it.

    `since` reaches further back, for steps that may have been missed while nothing ran.
    """
    extensions = situation.extensions or {}
    longest = max((step.days or 0 for step in steps), default=0)
    reach = longest + BREAK_DAYS + CATCH_UP_DAYS
    first = min(day, since or day) - timedelta(days=reach)
    added: dict[tuple[str, str], int] = {}
    for (rule_id, key, _), extension in extensions.items():
        more = (extension.last_day - first).days
        if more >= 0:
            added[rule_id, key] = max(more, added.get((rule_id, key), 0))
    for rule in rules:
        if rule.follows_event:
            for rule_id, code, happened_on in situation.events:
                unit = units.all.get(code)
                if rule_id == rule.id and unit is not None and rule.concerns(unit):
                    period = event_period(rule, happened_on)
                    alive = first <= period.last_day and rule.asks_of(unit, period)
                    if alive and period.opens <= day:
                        yield Duty(rule, period, (unit,), calendar, steps, extensions)
            continue
        earliest = first - timedelta(days=LONGEST_EXTENSION_DAYS) if added else first
        for period in periods_between(rule, earliest, day + timedelta(days=AHEAD_DAYS)):
            alive = period.last_day >= first or (rule.id, period.key) in added
            if alive and period.opens <= day:
                owing = units.owing(rule, period)
                if owing:
                    yield Duty(rule, period, owing, calendar, steps, extensions)


def may_catch_up(
    rule: ReportingRule, period: Period, planned: Sequence[PlannedStep], today: date, looked: date
) -> bool:
    """Tell whether the steps of somebody's ladder that nobody told may still be told today.

    They may for a week after the last of them. Where nobody looked in that week, since everything stood
    still, they may on the first day on which somebody looks again, unless the period is over for good.
    `looked` is the last day before today on which somebody looked; today where that is not known.
    """
    if not planned:
        return False
    ends = planned[-1].day + timedelta(days=CATCH_UP_DAYS)
    return today <= ends or (looked <= ends and not is_over_for_good(rule, period, today))


def is_over_for_good(rule: ReportingRule, period: Period, day: date) -> bool:
    """Tell whether nobody is to be told of a period any more, however long nothing ran.

    It is over when its report is no longer offered as late, or the next one is asked for.
    """
    following = periods_between(rule, period.last_day + timedelta(days=1), day + timedelta(days=AHEAD_DAYS))
    is_followed = any(each.opens <= day for each in following if each.key != period.key)
    return is_followed or day > period.last_day + timedelta(days=LATE_DAYS)


def asked(found: Iterable[Duty], day: date) -> Iterator[Duty]:
    """Leave out the rounds that were closed: nobody is told of them any more."""
    return (duty for duty in found if not duty.rule.is_closed_on(day))


class Standing(StrEnum):
    """Why a unit's figures are not in, as far as one can tell; a receiver's digest tells them apart."""

    SILENT = "silent"
    """Somebody there gets the reminders."""
    SEEN = "seen"
    """Silent, but somebody there pressed, answered or wrote after a reminder; told where it is looked up."""
    UNREACHABLE = "unreachable"
    """Whoever reports blocked the bot or left every chat; deputy or head, if reachable, are told instead."""
    UNREGISTERED = "unregistered"
    PAPER = "paper"
    """The officer says that the letter went out on paper."""
    EXTENDED = "extended"


def standing_of(situation: Situation, duty: Duty, unit: Unit, today: date) -> Standing:
    """Tell why a unit's report is not in."""
    report = (duty.rule.id, duty.period.key, unit.code)
    if report in situation.excused:
        return Standing.PAPER
    if duty.is_extended(report, today):
        return Standing.EXTENDED
    held = situation.posts.get(unit.code, {})
    reporting = [
        person
        for role in (Role.REPORTER, Role.DEPUTY)
        for person in held.get(role, ())
        if (unit.code, person) not in situation.declined
    ]
    if not reporting:
        return Standing.UNREGISTERED
    if all(person in situation.unreachable for person in reporting):
        return Standing.UNREACHABLE
    return Standing.SILENT

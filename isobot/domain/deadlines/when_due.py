"""When a rule's reports are due: its periods in force, late, coming, by their key."""

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from isobot.domain.deadlines.periods import DayOfYear, Occurrence, Period
from isobot.domain.deadlines.rules import ReportingRule

LATE_DAYS = 183
"""How long a period that was missed is offered as late: half a year."""


def last_day_on_time(named: date, *, exclusive: bool) -> date:
    """Return the last day that is still on time.

    "Trước ngày 15/12" leaves the 15th out, strictly read, so 14/12 is the last. An office that takes the
    day itself writes the next day into its rules.
    """
    return named - timedelta(days=1) if exclusive else named


def periods_between(rule: ReportingRule, first: date, last: date) -> tuple[Period, ...]:
    """Return the periods whose last day falls from `first` to `last`, both counted, in order."""
    if rule.once is not None:
        return (rule.once,) if first <= rule.once.last_day <= last else ()
    years = range(max(first.year, rule.first_year), last.year + 2)
    periods = (_period(rule.id, occurrence, year) for year in years for occurrence in rule.occurrences)
    return tuple(sorted((p for p in periods if first <= p.last_day <= last), key=lambda p: p.last_day))


def open_periods(rule: ReportingRule, day: date) -> tuple[Period, ...]:
    """Return the periods whose window is open on a day; none of a round that was closed."""
    if rule.is_closed_on(day):
        return ()
    return tuple(p for p in periods_between(rule, day, _in_a_year(day)) if p.is_open_on(day))


def late_periods(rule: ReportingRule, day: date, *, within_days: int = LATE_DAYS) -> tuple[Period, ...]:
    """Return the periods that ended before a day, the oldest first; none of a round that was closed."""
    if rule.is_closed_on(day):
        return ()
    return periods_between(rule, day - timedelta(days=within_days), day - timedelta(days=1))


def next_period(rule: ReportingRule, day: date) -> Period | None:
    """Return the first period that opens after a day; None for a rule that has none."""
    if rule.is_closed_on(day):
        return None
    coming = periods_between(rule, day, _in_a_year(_in_a_year(day)))
    return next((p for p in coming if p.opens > day), None)


def event_period(rule: ReportingRule, happened_on: date) -> Period:
    """Return what a duty asks for after an event of a day; its key is that day."""
    if rule.months_after:
        months = happened_on.month - 1 + rule.months_after
        last_day = DayOfYear(happened_on.day, months % 12 + 1).of(happened_on.year + months // 12)
    else:
        last_day = happened_on + timedelta(days=rule.days_after)
    label = f"{rule.title} ({rule.event} {happened_on:%d/%m/%Y})"
    return Period(rule.id, happened_on.isoformat(), label, happened_on, last_day, happened_on, last_day)


def find_period(rule: ReportingRule, key: str) -> Period | None:
    """Return the period of a key such as "2027-05"; None if the rule has no such period."""
    if rule.once is not None:
        return rule.once if rule.once.key == key else None
    if rule.follows_event:
        try:
            return event_period(rule, date.fromisoformat(key))
        except ValueError:
            return None
    year = key[:4]
    if not (year.isascii() and year.isdigit() and len(year) == 4) or int(year) < max(1, rule.first_year):
        return None
    periods = (_period(rule.id, occurrence, int(year)) for occurrence in rule.occurrences)
    return next((p for p in periods if p.key == key), None)


def previous_period(rule: ReportingRule, period: Period) -> Period | None:
    """Return the period before, by what the figures cover; None before the first, and after an event."""
    if rule.follows_event:
        return None
    first = period.covers_to - timedelta(days=3 * 366)
    earlier = [p for p in periods_between(rule, first, period.last_day) if p.covers_to < period.covers_to]
    return max(earlier, key=lambda p: p.covers_to, default=None)


@lru_cache(maxsize=4000)
def _period(rule: str, occurrence: Occurrence, year: int) -> Period:
    last_day = last_day_on_time(occurrence.named.of(year), exclusive=occurrence.exclusive)
    opens = _opening(occurrence, last_day)
    first, last = occurrence.covers
    covers_to = last.of(year)
    covers_from = first.of(year)
    if covers_from > covers_to:
        covers_from = first.of(year - 1)
    period = Period(
        rule=rule,
        key=occurrence.key.format(year=year),
        label=occurrence.label.format(year=year),
        opens=opens,
        last_day=last_day,
        covers_from=covers_from,
        covers_to=covers_to,
    )
    for move in occurrence.moves_for(year):
        moved_to = move.day.of(year)
        if moved_to != period.last_day:
            opens = min(period.opens, _opening(occurrence, moved_to))
            period = replace(period, opens=opens, last_day=moved_to, moved_on=move.set_on, was=period)
    return period


def _opening(occurrence: Occurrence, last_day: date) -> date:
    if occurrence.window_days is None:
        return last_day.replace(day=1)
    return last_day - timedelta(days=occurrence.window_days)


def _in_a_year(day: date) -> date:
    return day + timedelta(days=366)

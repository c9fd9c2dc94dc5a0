"""What the reminders of many days take: a month's, or those of whole periods with all their steps."""

from collections.abc import Collection, Iterable
from datetime import date

from isobot.domain.units import Unit
from scheduler import rounds
from scheduler.duties import asked, duties
from scheduler.plan import Digest, Falling, Situation, UnitIndex
from scheduler.rounds import Timetable

Round = tuple[str, str]
"""A rule and the key of one of its periods."""


def days_of_rounds(
    on: date, timetable: Timetable, units: Iterable[Unit], situation: Situation, *, province: str = ""
) -> dict[Round, set[date]]:
    """Return the rounds that remind on a day, each with all the days of its ladders."""
    index = UnitIndex.over(units)
    found: dict[Round, set[date]] = {}
    for rules, steps in rounds.ladders(timetable):
        for duty in asked(duties(rules, index, timetable.calendar, steps, situation, on), on):
            owing = [unit for unit in duty.units if not province or unit.province == province]
            laid = {
                id(ladders): ladders
                for ladders in (duty.of((duty.rule.id, duty.period.key, unit.code))[1] for unit in owing)
            }
            days = {step.day for ladders in laid.values() for own in ladders.values() for step in own}
            if on in days:
                found[duty.rule.id, duty.period.key] = days
    return found


def people_by_day(
    days: Iterable[date],
    timetable: Timetable,
    units: Iterable[Unit],
    situation: Situation,
    *,
    rounds_alone: Collection[Round] | None = None,
    province: str = "",
) -> dict[date, set[int]]:
    """Return who is told on each day if no further report comes in, each one once a day."""
    known = tuple(units)
    found: dict[date, set[int]] = {}
    for day in sorted(days):
        if not timetable.calendar.is_working(day):
            continue
        falling, digests = rounds.falling_on(day, timetable, known, situation)
        each: list[Falling | Digest] = [
            *(f for f in falling if not province or f.unit.province == province),
            *(d for d in digests if not province or d.province == province),
        ]
        told = {
            person
            for one in each
            if rounds_alone is None or (one.rule.id, one.period.key) in rounds_alone
            for person in one.people
        }
        if told:
            found[day] = told
    return found

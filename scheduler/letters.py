"""Letters on paper: what receivers are told of them, in one message a day however many units sent one.

The receivers hear of the letters of a day on the first working day after it, in the list of that day if one
falls due, else in a message of its own: a step of the ledger that no ladder has.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from isobot.clock import vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import (
    NATIONAL,
    Audience,
    LadderStep,
    Period,
    ReportingRule,
    RuleBook,
    find_period,
)
from isobot.domain.units import Unit
from scheduler.duties import Duty, standing_of
from scheduler.ladder import PlannedStep
from scheduler.plan import DueStep
from scheduler.situation import Situation, UnitIndex, receivers

LETTERS = "P"
"""How the steps are named that tell of letters; the day on which they are due follows."""

REACH_DAYS = 60
"""How long after its last day a period's letters are still told; every step until then is in the ledger."""


def letters_step(day: date) -> str:
    """Return the name of the step that tells on a day of the letters before it."""
    return f"{LETTERS}@{day:%y%m%d}"


def is_letters(step: str) -> bool:
    """Tell whether a step tells of letters alone."""
    return step.startswith(f"{LETTERS}@")


def told_on(at: datetime, calendar: WorkCalendar) -> date:
    """Return the day on which receivers hear of a letter that an officer told of at a moment."""
    return calendar.next_working(vietnam_day(at) + timedelta(days=1))


def with_letters(
    due: Sequence[DueStep],
    rules: RuleBook,
    units: UnitIndex,
    calendar: WorkCalendar,
    ladder: Sequence[LadderStep],
    situation: Situation,
    *,
    today: date,
) -> list[DueStep]:
    """Add what receivers are to be told today of letters that wait for their word.

    Who gets the list of a period anyway gets no second message about it: the list names the letters too.
    """
    found = list(due)
    lists = {
        (step.rule.id, step.period.key, step.unit.code, step.person): place
        for place, step in enumerate(found)
        if step.audience is Audience.RECEIVER
    }
    if not calendar.is_working(today):
        return found
    for (rule, period, province), days in _days_of_letters(rules, units, calendar, situation, today).items():
        office = units.office(province)
        if office is None:
            continue
        duty = Duty(rule, period, units.owing(rule, period), calendar, ladder, situation.extensions or {})
        missing = tuple(u for u in duty.units if (rule.id, period.key, u.code) not in situation.reported)
        standing = tuple(standing_of(situation, duty, unit, today) for unit in missing)
        for person in receivers(province, units, situation.posts):
            ask = DueStep(rule, period, office, "", Audience.RECEIVER, person, today)
            known = (PlannedStep(letters_step(d), d, Audience.RECEIVER, d > period.last_day) for d in days)
            steps = tuple(step for step in known if ask.key_of(step.step) not in situation.ledger)
            place = lists.get((rule.id, period.key, office.code, person))
            if place is not None:
                found[place] = replace(found[place], merged=(*found[place].merged, *steps))
            elif steps:
                told = replace(ask, step=steps[-1].step, day=steps[-1].day, merged=steps[:-1])
                found.append(replace(told, missing=missing, standing=standing))
    return found


def _days_of_letters(
    rules: RuleBook, units: UnitIndex, calendar: WorkCalendar, situation: Situation, today: date
) -> dict[tuple[ReportingRule, Period, str], list[date]]:
    """Return for each period of a province on which days its receivers hear of letters, until today."""
    told: dict[tuple[str, str, str], list[tuple[Unit, date]]] = defaultdict(list)
    for report, at in (situation.letters or {}).items():
        unit, day = units.all.get(report[2]), told_on(at, calendar)
        if unit is not None and day <= today and report not in situation.reported:
            told[report[0], report[1], unit.province].append((unit, day))
    found = {}
    for (rule_id, key, province), letters in told.items():
        rule = rules.get(rule_id, province)
        period = find_period(rule, key) if rule else None
        if rule is None or period is None or rule.province == NATIONAL or rule.is_closed_on(today):
            continue
        days = {day for unit, day in letters if rule.is_owed_by(unit, period)}
        if days and today <= period.last_day + timedelta(days=REACH_DAYS):
            found[rule, period, province] = sorted(days)
    return found

"""From due steps to messages: one message a person a day, and a last look before one leaves.

Pure, like the plan: the same decisions serve the database's ledger and a simulation's.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import (
    Audience,
    Kind,
    LadderStep,
    Period,
    ReportingRule,
    RuleBook,
    StepKey,
    find_period,
)
from isobot.domain.people import Role
from isobot.domain.units import Unit
from scheduler import letters, plan
from scheduler.plan import (
    ROLES,
    Digest,
    DueStep,
    Duty,
    Falling,
    PlannedStep,
    ReportKey,
    Situation,
    Standing,
    UnitIndex,
    audience_of,
    due_now,
    standing_of,
)

NUDGE = "N"
"""How steps are named that a receiver asked for by hand; the day follows."""


NUDGE_REACH_DAYS = 14
"""How long after its day a nudge that a receiver asked for is still told, where nothing ran on that day."""


def nudge_step(day: date) -> str:
    """Return the name of a nudge of a day: one a day at most."""
    return f"{NUDGE}@{day:%y%m%d}"


def is_nudge(step: str) -> bool:
    """Tell whether a receiver asked for this step by hand."""
    return step.startswith(f"{NUDGE}@")


def by_person(
    due: Iterable[DueStep], *, told: Collection[int], waiting: Collection[int]
) -> dict[int, list[DueStep]]:
    """Put what is due into one message for each person; who was told today is left for another day.

    Who has a message that has not left yet gets the steps into that one.
    """
    found: dict[int, list[DueStep]] = defaultdict(list)
    for step in due:
        if step.person not in told or step.person in waiting:
            found[step.person].append(step)
    return found


def rows_for(steps: Iterable[DueStep], *, reachable: bool) -> list[tuple[StepKey, date, str, str]]:
    """Return the ledger's rows of what one person is to be told: step, its own day, status, and why.

    Steps that were missed are merged into the one that is told; nobody who cannot be reached is told.
    """
    status, why = ("queued", "") if reachable else ("dead", "unreachable")
    rows: list[tuple[StepKey, date, str, str]] = []
    for step in steps:
        rows += [(step.key_of(each.step), each.day, "merged", "") for each in step.merged]
        rows.append((step.key, step.day, status, why))
    return rows


@dataclass(frozen=True, slots=True)
class Queued:
    """A row of the ledger whose message has not left."""

    key: StepKey
    due_on: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a waiting message: told now with these steps, later, or not at all."""

    tell: tuple[DueStep, ...] = ()
    merged: tuple[StepKey, ...] = ()
    cancelled: tuple[tuple[StepKey, str], ...] = ()
    wait_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timetable:
    """What the plan is made from, apart from people and reports."""

    rules: RuleBook
    calendar: WorkCalendar
    ladder: Sequence[LadderStep]
    duty_ladder: Sequence[LadderStep] = ()

    def ladder_of(self, rule: ReportingRule) -> Sequence[LadderStep]:
        """Return the ladder that a rule's reminders climb."""
        return self.ladder if rule.kind is Kind.REPORT else self.duty_ladder


def look_again(
    rows: Iterable[Queued],
    timetable: Timetable,
    units: UnitIndex,
    situation: Situation,
    *,
    now: datetime,
) -> Verdict:
    """Decide anew about a message at the moment it would leave.

    Steps whose report is in by now, or whose person has gone, are cancelled; of several about the same
    report the latest stands. Outside working hours the message waits, and so it does where it was queued
    by a clock that ran ahead.
    """
    cancelled: list[tuple[StepKey, str]] = []
    kept: dict[tuple[ReportKey, Audience], list[DueStep]] = defaultdict(list)
    today = vietnam_day(now)
    for row in rows:
        step = _rebuilt(row, timetable, units, situation, today)
        if isinstance(step, str):
            cancelled.append((row.key, step))
        else:
            kept[(row.key.rule, row.key.period, row.key.unit), step.audience].append(step)
    tell: list[DueStep] = []
    merged: list[StepKey] = []
    for steps in kept.values():
        # A plain step names the days itself, so it outlives a nudge of the same day.
        *earlier, latest = sorted(steps, key=lambda s: (s.day, not is_nudge(s.step)))
        tell.append(latest)
        merged += [step.key for step in earlier]
    first = min((step.day for step in tell), default=today)
    due = max(now, datetime.combine(first, timetable.calendar.begins, tzinfo=VIETNAM))
    if tell and (first > today or not timetable.calendar.is_working_moment(now)):
        return Verdict(cancelled=tuple(cancelled), wait_until=timetable.calendar.next_working_moment(due))
    return Verdict(tuple(tell), tuple(merged), tuple(cancelled))


def _rebuilt(
    row: Queued, timetable: Timetable, units: UnitIndex, situation: Situation, today: date
) -> DueStep | str:
    """Return the step as it is now, or why it is not to be told any more."""
    key = row.key
    unit = units.all.get(key.unit)
    rule = timetable.rules.get_any(key.rule, unit.province) if unit else None
    period = find_period(rule, key.period) if rule else None
    if rule is None or period is None or unit is None:
        return "gone"
    if rule.closed_at is not None or not rule.is_on_in(unit.province):
        return "closed"
    audience = audience_of(key)
    name = key.step.partition("/")[0]
    if audience is Audience.RECEIVER:
        return _digest_rebuilt(row, rule, period, unit, timetable, units, situation, today)
    if not unit.active_on(period.last_day):
        return "gone"
    report = (key.rule, key.period, key.unit)
    if report in situation.reported:
        return "reported"
    if report in situation.excused:
        return "paper"
    if (key.unit, key.person) in situation.declined:
        return "not-me"
    held = situation.posts.get(key.unit, {})
    roles = [*ROLES.values(), Role.RECEIVER] if rule.lead_office_only else list(ROLES.values())
    if not any(key.person in held.get(role, ()) for role in roles):
        return "left"
    until = (situation.snoozed or {}).get((*report, key.person))
    if until is not None and today < until and not is_nudge(name):
        return "snoozed"
    extension = (situation.extensions or {}).get(report)
    waits = report in situation.pending
    own_period = period.with_extension(extension)
    if _is_late_too_early(row, name, own_period, timetable.ladder_of(rule), today):
        return "extended"
    own = audience is Audience.REPORTER or plan.is_own_rung(name, audience, timetable.ladder_of(rule))
    own = own and not plan.only_receives(situation, unit, key.person)
    return DueStep(
        rule, own_period, unit, name, audience, key.person, row.due_on, waits=waits, stands_in=not own
    )


def _is_late_too_early(
    row: Queued, name: str, period: Period, ladder: Sequence[LadderStep], today: date
) -> bool:
    """Tell whether a step speaks of being late though the last day was put off while it waited."""
    plain = name.partition("@")[0]
    late = any(step.name == plain and (step.days or 0) > 0 for step in ladder)
    return late and row.due_on <= today <= period.last_day


def _digest_rebuilt(
    row: Queued,
    rule: ReportingRule,
    period: Period,
    unit: Unit,
    timetable: Timetable,
    units: UnitIndex,
    situation: Situation,
    today: date,
) -> DueStep | str:
    owing = [u for u in units.of(rule.province) if rule.is_owed_by(u, period)]
    duty = Duty(rule, period, owing, timetable.calendar, timetable.ladder, situation.extensions or {})
    name = row.key.step.partition("/")[0]
    report = (rule.id, period.key, unit.code)
    granted = unit != units.office(rule.province) or any(s.step == name for s in duty.own_digests(report))
    as_asked = duty.of(report)[0] if granted else period
    if _is_late_too_early(row, name, as_asked, timetable.ladder, today):
        return "extended"
    receiving = any(
        row.key.person in situation.posts.get(u.code, {}).get(Role.RECEIVER, ())
        for u in units.of(rule.province)
    )
    if not receiving:
        return "left"
    concerned = [each for each in owing if each == unit or not granted]
    if not concerned:
        return "gone"
    missing = tuple(u for u in concerned if (rule.id, period.key, u.code) not in situation.reported)
    if not missing:
        return "reported"
    standing = tuple(standing_of(situation, duty, each, today) for each in missing)
    if letters.is_letters(name) and Standing.PAPER not in standing:
        return "judged"
    return DueStep(
        rule,
        as_asked,
        unit,
        name,
        Audience.RECEIVER,
        row.key.person,
        row.due_on,
        missing=missing,
        standing=standing,
        granted=granted,
    )


def due_in(
    timetable: Timetable,
    units: Iterable[Unit],
    situation: Situation,
    *,
    today: date,
    since: date | None = None,
) -> list[DueStep]:
    """List what is due of reports and of duties alike; `since` is the last day on which somebody looked."""
    known = UnitIndex.over(units)
    due: list[DueStep] = []
    for rules, steps in ladders(timetable):
        due += due_now(rules, known, timetable.calendar, steps, situation, today=today, since=since)
    due += _nudges_due(timetable, known, situation, today)
    return letters.with_letters(
        due, timetable.rules, known, timetable.calendar, timetable.ladder, situation, today=today
    )


def duty_of(
    rule: ReportingRule, period: Period, units: Sequence[Unit], timetable: Timetable, situation: Situation
) -> Duty:
    """Return one period with its units as the plan sees them."""
    ladder = timetable.ladder_of(rule)
    return Duty(rule, period, units, timetable.calendar, ladder, situation.extensions or {})


def _nudges_due(timetable: Timetable, units: UnitIndex, situation: Situation, today: date) -> list[DueStep]:
    """List what receivers asked to be nudged today, or on a day before on which nothing ran."""
    if not timetable.calendar.is_working(today):
        return []
    return [
        step
        for rule, period, day in sorted(situation.nudges)
        if day <= today
        for step in nudges(timetable, units, situation, rule=rule, period=period, today=today, asked_for=day)
        if step.key not in situation.ledger
    ]


def free_day(planned: Iterable[PlannedStep], calendar: WorkCalendar, *, after: date) -> date:
    """Return the first working day after a day on which whoever reports is told nothing of a period."""
    taken = {step.day for step in planned if step.audience is Audience.REPORTER}
    day = calendar.next_working(after + timedelta(days=1))
    while day in taken:
        day = calendar.next_working(day + timedelta(days=1))
    return day


def nudges(
    timetable: Timetable,
    units: UnitIndex,
    situation: Situation,
    *,
    rule: str,
    period: str,
    today: date,
    asked_for: date | None = None,
) -> list[DueStep]:
    """List what a receiver's nudge tells today: each silent unit once, to whoever hears its reminders.

    `asked_for` is the day for which it was asked, unless that is today. Units on paper or with more time
    are left alone.
    """
    day = asked_for or today
    known = timetable.rules.by_id(rule)
    due = find_period(known, period) if known else None
    if known is None or due is None or known.is_closed_on(today):
        return []
    owing = [u for u in units.of(known.province) if known.is_owed_by(u, due)]
    duty = Duty(known, due, owing, timetable.calendar, timetable.ladder, situation.extensions or {})
    found: list[DueStep] = []
    for unit in owing:
        report = (rule, period, unit.code)
        if report in situation.reported or report in situation.excused or duty.is_extended(report, today):
            continue
        found += [
            DueStep(
                known,
                duty.of(report)[0],
                unit,
                nudge_step(day),
                audience,
                person,
                day,
                waits=report in situation.pending,
                stands_in=audience is not Audience.REPORTER,
            )
            for person, audience, speaks in plan.listeners(situation, known, unit, report)
            if speaks is Audience.REPORTER and person not in situation.unreachable
        ]
    return found


def ladders(timetable: Timetable) -> list[tuple[Sequence[ReportingRule], Sequence[LadderStep]]]:
    """Return the rules with the ladder that each kind climbs."""
    found: list[tuple[Sequence[ReportingRule], Sequence[LadderStep]]] = [
        (timetable.rules.rules, timetable.ladder)
    ]
    if timetable.rules.duties and timetable.duty_ladder:
        found.append((timetable.rules.duties, timetable.duty_ladder))
    return found


def falling_on(
    on: date, timetable: Timetable, units: Iterable[Unit], situation: Situation
) -> tuple[list[Falling], list[Digest]]:
    """List what falls exactly on a day: steps of units, and digests of receiving offices."""
    known = UnitIndex.over(units)
    falling: list[Falling] = []
    for rules, steps in ladders(timetable):
        falling += plan.falling_on(
            on, rules, known, timetable.calendar, steps, posts=situation.posts, situation=situation
        )
    digests = plan.digests_on(
        on,
        timetable.rules.rules,
        known,
        timetable.calendar,
        timetable.ladder,
        posts=situation.posts,
        situation=situation,
    )
    return falling, digests

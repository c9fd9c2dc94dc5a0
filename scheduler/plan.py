"""Which reminder is due for whom on a day: a function of rules, calendar, ledger and today.

Nothing here waits, sends, or asks the time. What a step says to a person is written elsewhere, from the
days that remain, since a step may be told late. The parts of the plan stand in modules of their own
(ladder, situation, duties, falling, forgotten) and are offered here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import Audience, Kind, LadderStep, Period, ReportingRule, StepKey
from isobot.domain.units import Unit
from scheduler.duties import (
    LONGEST_EXTENSION_DAYS,
    Duty,
    Standing,
    asked,
    duties,
    may_catch_up,
    standing_of,
)
from scheduler.falling import Digest, Falling, digests_on, falling_on
from scheduler.forgotten import Forgotten, Holding, forgotten
from scheduler.ladder import MOVED, PlannedStep, audience_of, is_own_rung, ladder, step_key
from scheduler.situation import (
    ROLES,
    Posts,
    ReportKey,
    Situation,
    SnoozeKey,
    UnitIndex,
    is_snoozed,
    listeners,
    only_receives,
    receivers,
)

__all__ = [
    "LONGEST_EXTENSION_DAYS",
    "MOVED",
    "ROLES",
    "Digest",
    "DueStep",
    "Duty",
    "Falling",
    "Forgotten",
    "Holding",
    "PlannedStep",
    "Posts",
    "ReportKey",
    "Situation",
    "SnoozeKey",
    "Standing",
    "StepKey",
    "UnitIndex",
    "audience_of",
    "digests_on",
    "due_now",
    "due_steps",
    "duties",
    "falling_on",
    "forgotten",
    "is_own_rung",
    "ladder",
    "listeners",
    "only_receives",
    "receivers",
    "standing_of",
    "step_key",
]


@dataclass(frozen=True, slots=True)
class DueStep:
    """One reminder to one person, due now.

    With `waits` the report is complete and wants the head's approval. With `stands_in` a deputy or head is
    told in place of those who report, since none of them can be reached; or a receiver is told of the lead
    office's own report, since nobody is registered to draw it up. `merged` are earlier steps that
    nobody sent; they end with this one. `missing` is for a receiver's digest alone: the units whose
    report is not in, and in `standing` why; its `unit` is the receiving office. Where a unit was
    `granted` time of its own, it has digests of its own too: `unit` is that unit.
    """

    rule: ReportingRule
    period: Period
    unit: Unit
    step: str
    audience: Audience
    person: int
    day: date
    waits: bool = False
    stands_in: bool = False
    merged: tuple[PlannedStep, ...] = ()
    missing: tuple[Unit, ...] = ()
    standing: tuple[Standing, ...] = ()
    granted: bool = False

    @property
    def key(self) -> StepKey:
        """Return what the ledger knows this step by."""
        return self.key_of(self.step)

    @property
    def merged_keys(self) -> tuple[StepKey, ...]:
        """Return the keys of the steps that end with this one."""
        return tuple(self.key_of(step.step) for step in self.merged)

    def key_of(self, step: str) -> StepKey:
        """Return the key of another step of the same person's ladder."""
        return step_key(self.rule, self.period, self.unit, self.person, step, self.audience)


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
    since: date | None = None,
) -> list[DueStep]:
    """List what is due in a plain situation; see `due_now`."""
    plain = Situation(posts, reported=reported, ledger=ledger, snoozed=snoozed)
    return due_now(rules, units, calendar, steps, plain, today=today, since=since)


def due_now(
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    situation: Situation,
    *,
    today: date,
    since: date | None = None,
) -> list[DueStep]:
    """List what is to be sent today, one step for each person, unit and period; nothing on a day off.

    Steps that were missed are told once, by the latest of them. After the last day on time only steps
    that speak of being late are told. `since` is the last day on which somebody looked: after an outage
    what could be told then is told today, see `may_catch_up`.
    """
    if not calendar.is_working(today):
        return []
    due: list[DueStep] = []
    known = UnitIndex.over(units)
    ledger = situation.ledger
    looked = min(since or today, today)
    for duty in asked(duties(rules, known, calendar, steps, situation, today, since=looked), today):
        rule, period = duty.rule, duty.period
        missing: list[Unit] = []
        for unit in duty.units:
            report = (rule.id, period.key, unit.code)
            if report in situation.reported:
                continue
            missing.append(unit)
            if report in situation.excused:
                continue
            own_period, planned = duty.of(report)
            waits = report in situation.pending
            for person, audience, speaks in listeners(situation, rule, unit, report):
                if is_snoozed(situation.snoozed, report, person, today):
                    continue
                found = _latest(
                    DueStep(rule, own_period, unit, "", audience, person, today, waits=waits),
                    planned.get(speaks, ()),
                    today,
                    looked,
                    ledger,
                )
                if found is not None:
                    own = speaks is audience or is_own_rung(found.step, audience, steps)
                    own = own and not only_receives(situation, unit, person)
                    due.append(found if own else replace(found, stands_in=True))
        if missing and rule.kind is Kind.REPORT:
            due += _digests_due(duty, missing, known, situation, today, looked)
    return due


def _latest(
    ask: DueStep,
    planned: Sequence[PlannedStep],
    today: date,
    looked: date,
    ledger: Collection[StepKey],
) -> DueStep | None:
    """Find the step that a person is to be told today, or None."""
    if not may_catch_up(ask.rule, ask.period, planned, today, looked):
        return None
    open_steps: list[PlannedStep] = []
    for step in reversed(planned):
        if step.day > today:
            continue
        if ask.key_of(step.step) in ledger:
            break
        open_steps.append(step)
    if not open_steps:
        return None
    latest, *earlier = open_steps
    if latest.after_last_day != (today > ask.period.last_day):
        return None  # its words would be wrong by now; the next step has the right ones
    return replace(ask, step=latest.step, day=latest.day, merged=tuple(reversed(earlier)))


def _digests_due(
    duty: Duty, missing: Sequence[Unit], units: UnitIndex, situation: Situation, today: date, looked: date
) -> list[DueStep]:
    """List the digests of a period: of all its units, and of those with time of their own on their days."""
    rule, period = duty.rule, duty.period
    office = units.office(rule.province)
    if office is None:
        return []
    due = []
    standing: tuple[Standing, ...] | None = None
    common = duty.planned.get(Audience.RECEIVER, ())
    granted = [(unit, duty.own_digests((rule.id, period.key, unit.code))) for unit in missing]
    granted = [(unit, planned) for unit, planned in granted if planned]
    for person in receivers(rule.province, units, situation.posts):
        ask = DueStep(rule, period, office, "", Audience.RECEIVER, person, today)
        found = _latest(ask, common, today, looked, situation.ledger)
        if found is not None:
            standing = standing or tuple(standing_of(situation, duty, u, today) for u in missing)
            due.append(replace(found, missing=tuple(missing), standing=standing))
        for unit, planned in granted:
            longer, _ = duty.of((rule.id, period.key, unit.code))
            own = replace(ask, period=longer, unit=unit, granted=True)
            found = _latest(own, planned, today, looked, situation.ledger)
            if found is not None:
                why = standing_of(situation, duty, unit, today)
                due.append(replace(found, missing=(unit,), standing=(why,)))
    return due

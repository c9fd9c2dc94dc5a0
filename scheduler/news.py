"""News of more time: told at once to whoever hears a unit's reminders, since the receiver acts by hand.

It is the step of the ladder that tells of another last day, claimed before the plan would tell it: one row
of the ledger, told once. It is an answer rather than a reminder, so it leaves at any hour and leaves the
person's one reminder of the day to other reports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from isobot.clock import vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.chat_keys import bot_and_chat
from isobot.domain.deadlines import Audience, find_period
from isobot.domain.messages import Reply
from isobot.domain.numbers import format_date
from isobot.domain.units import Unit
from isobot.storage import dispatch, outbox
from isobot.storage.dispatch import Claim, Connection
from isobot.storage.outbox import Priority
from scheduler import wording
from scheduler.plan import MOVED, DueStep, PlannedStep, ReportKey, Situation, listeners, only_receives
from scheduler.rounds import Timetable, duty_of, rows_for


@dataclass(frozen=True, slots=True)
class Granting:
    """Who gave a unit more time, in words, and why."""

    who: str
    why: str


def steps_of_news(
    timetable: Timetable, unit: Unit, situation: Situation, report: ReportKey, *, today: date
) -> list[DueStep]:
    """List what tells a unit's people of the time that it was given today, each of them once.

    Steps that they missed before end with it. Who cannot be reached is left to the plan.
    """
    rule = timetable.rules.get(report[0], unit.province)
    period = find_period(rule, report[1]) if rule else None
    if rule is None or period is None or not rule.is_owed_by(unit, period) or rule.is_closed_on(today):
        return []
    own_period, planned = duty_of(rule, period, [unit], timetable, situation).of(report)
    steps = planned.get(Audience.REPORTER, ())
    last = max((n for n, step in enumerate(steps) if step.rung == MOVED), default=None)
    if last is None or own_period.moved_on != today:
        return []
    told = [
        DueStep(
            rule,
            own_period,
            unit,
            steps[last].step,
            audience,
            person,
            steps[last].day,
            waits=report in situation.pending,
            stands_in=audience is not Audience.REPORTER or only_receives(situation, unit, person),
        )
        for person, audience, speaks in listeners(situation, rule, unit, report)
        if speaks is Audience.REPORTER and person not in situation.unreachable
    ]
    return [replace(step, merged=_missed(step, steps[:last], situation)) for step in told]


def _missed(step: DueStep, before: Sequence[PlannedStep], situation: Situation) -> tuple[PlannedStep, ...]:
    """Return the steps that a person should have been told and was not, oldest first."""
    missed: list[PlannedStep] = []
    for earlier in reversed(before):
        if step.key_of(earlier.step) in situation.ledger:
            break
        missed.append(earlier)
    return tuple(reversed(missed))


async def tell_of_more_time(
    connection: Connection,
    steps: Sequence[DueStep],
    chats: Mapping[int, tuple[str, ...]],
    granting: Granting,
    calendar: WorkCalendar,
    *,
    now: datetime,
) -> int:
    """Queue the news and claim its steps in the caller's transaction; return how many people it goes to."""
    today = vietnam_day(now)
    reached = [step for step in steps if chats.get(step.person)]
    claims = [Claim(*row) for row in rows_for(reached, reachable=True)]
    claimed = await dispatch.claim_many(connection, claims, at=now)
    fresh = [step for step in reached if step.key in claimed]
    rows = []
    for step in fresh:
        bot, chat = bot_and_chat(chats[step.person][0])
        reply = words_of_more_time(step, granting, calendar, today=today)
        rows.append(outbox.row_of(bot, chat, reply, prompt=0, priority=Priority.ANSWER, at=now))
    numbers = await dispatch.queue_messages(connection, rows)
    carried = {claimed[step.key]: number for step, number in zip(fresh, numbers, strict=True)}
    await dispatch.tie(connection, carried, {}, day=today)
    return len(fresh)


def words_of_more_time(step: DueStep, granting: Granting, calendar: WorkCalendar, *, today: date) -> Reply:
    """Say who gave a unit more time, until when, why, and what comes next."""
    period = step.period
    assert period.was is not None
    lines = [
        f"📅 {step.unit.place_name} được gia hạn báo cáo {period.label}: hạn mới "
        f"{format_date(period.last_day)}, hạn cũ {format_date(period.was.last_day)}.",
        *filter(None, [wording.day_off_words(period.last_day, today, calendar)]),
        f"Người gia hạn: {granting.who}.",
        f"Lý do: {granting.why.rstrip(' .')}.",
        wording.how_to_begin(step),
    ]
    return Reply("\n".join(lines), wording.begin_choices(step))

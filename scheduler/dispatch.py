"""Claims what is due and queues the messages: ledger row and message in one commit, so each step is told
once however often and wherever this runs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from isobot.clock import Clock, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import LadderStep, RuleBook
from isobot.domain.people import Role
from isobot.domain.units import UnitDirectory
from isobot.storage import dispatch, outbox, people, reports
from isobot.storage.database import Database
from isobot.storage.outbox import Priority
from isobot.storage.people import Holder
from scheduler import plan, wording
from scheduler.plan import DueStep, Posts

log = structlog.get_logger()

PEOPLE_AT_ONCE = 100
"""How many people's messages go into one commit, so that officers' answers need not wait long."""

LEDGER_REACH = timedelta(days=400)
"""Older rows of the ledger belong to ladders that ended long ago."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round did."""

    messages: int = 0
    steps: int = 0
    unreachable: int = 0


@dataclass(frozen=True, slots=True)
class Timetable:
    """What the plan is made from, apart from people and reports."""

    rules: RuleBook
    calendar: WorkCalendar
    ladder: Sequence[LadderStep]


class Dispatcher:
    """Looks what is due now and queues it."""

    def __init__(
        self,
        database: Database,
        timetable: Timetable,
        directory: Callable[[], UnitDirectory],
        clock: Clock,
        *,
        queued: Callable[[], None],
    ) -> None:
        self._database = database
        self._timetable = timetable
        self._directory = directory
        self._clock = clock
        self._queued = queued

    async def tick(self) -> Tally:
        """Queue what is due, in working hours only; running it again changes nothing."""
        now = self._clock.now()
        if not self._timetable.calendar.is_working_moment(now):
            return Tally()
        today = vietnam_day(now)
        directory = self._directory()
        async with self._database.read() as connection:
            holders = await people.holders(connection)
            due = plan.due_steps(
                self._timetable.rules.rules,
                directory,
                self._timetable.calendar,
                self._timetable.ladder,
                today=today,
                posts=posts_of(holders),
                reported=await reports.submitted(connection),
                ledger=await dispatch.ledger(connection, since=today - LEDGER_REACH),
                snoozed={
                    (rule, period, unit, person): until
                    for (person, rule, period, unit), until in (
                        await dispatch.snoozed(connection, today=today)
                    ).items()
                },
            )
        by_person: dict[int, list[DueStep]] = defaultdict(list)
        for step in due:
            by_person[step.person].append(step)
        chats = {holder.person: holder.chats for holder in holders}
        tally = Tally()
        persons = list(by_person)
        for start in range(0, len(persons), PEOPLE_AT_ONCE):
            some = {person: by_person[person] for person in persons[start : start + PEOPLE_AT_ONCE]}
            tally = await self._queue(some, chats, directory, today, now, tally)
        if tally.messages:
            log.info("reminders_queued", messages=tally.messages, steps=tally.steps)
            self._queued()
        if tally.unreachable:
            log.warning("reminders_unreachable", people=tally.unreachable)
        return tally

    async def _queue(
        self,
        by_person: dict[int, list[DueStep]],
        chats: dict[int, tuple[str, ...]],
        directory: UnitDirectory,
        today: date,
        now: datetime,
        tally: Tally,
    ) -> Tally:
        messages, steps, unreachable = tally.messages, tally.steps, tally.unreachable
        async with self._database.write() as connection:
            reported = await reports.submitted(connection)
            for person, due in by_person.items():
                open_steps = [s for s in due if (s.rule.id, s.period.key, s.unit.code) not in reported]
                reachable = bool(chats.get(person))
                status = "queued" if reachable else "dead"
                claimed = []
                for step in open_steps:
                    for merged in step.merged_keys:
                        await dispatch.claim(connection, merged, due_on=step.day, status="merged", at=now)
                    if await dispatch.claim(connection, step.key, due_on=step.day, status=status, at=now):
                        claimed.append(step)
                if not claimed:
                    continue
                steps += len(claimed)
                if not reachable:
                    unreachable += 1
                    continue
                bot, _, chat = chats[person][0].partition(":")
                reply = wording.reminder(claimed, today=today, directory=directory)
                row = outbox.row_of(bot, chat, reply, prompt=0, priority=Priority.CAMPAIGN, at=now)
                number = await outbox.add_one(connection, row)
                keys = [step.key for step in claimed]
                await dispatch.tie_to_message(connection, keys, message=number)
                messages += 1
        return Tally(messages, steps, unreachable)


def posts_of(holders: Iterable[Holder]) -> Posts:
    """Group people by unit and role, as the plan wants them."""
    found: dict[str, dict[Role, list[int]]] = defaultdict(lambda: defaultdict(list))
    for holder in holders:
        found[holder.post.unit][holder.post.role].append(holder.person)
    return found

"""Claims what is due and queues the messages: ledger row and message in one commit, so each step is told
once however often and wherever this runs.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import structlog

from isobot.clock import VIETNAM, Clock, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.chat_keys import bot_and_chat
from isobot.domain.deadlines import Audience
from isobot.domain.people import Role
from isobot.domain.units import UnitDirectory
from isobot.storage import dispatch, office, outbox, records, reports, unit_ways
from isobot.storage.database import Database
from isobot.storage.dispatch import Claim, Connection
from isobot.storage.outbox import Priority
from scheduler import plan, rounds, wording
from scheduler.last_look import LastLook as LastLook
from scheduler.last_look import examine as examine
from scheduler.last_look import write_down as write_down
from scheduler.loading import Loaded as Loaded
from scheduler.loading import holdings_lent
from scheduler.loading import posts_of as posts_of
from scheduler.loading import situation_on as situation_on
from scheduler.plan import DueStep, Holding
from scheduler.rounds import Timetable as Timetable

log = structlog.get_logger()

PEOPLE_AT_ONCE = 50
"""How many people's messages go into one commit, so that officers' answers need not wait long."""
PAUSE_SECONDS = 0.03
"""Between two such commits: what is queued leaves meanwhile, far more slowly than it is queued."""

FORM_MINUTES = timedelta(minutes=30)
"""How long after somebody's last answer in a form a reminder waits for the form's next prompt."""


LOOKED = "reminders_looked_on"
"""The last day on which forgotten steps were looked for."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round did."""

    messages: int = 0
    steps: int = 0
    unreachable: int = 0
    forgotten: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Add up two tallies."""
        return Tally(
            self.messages + other.messages,
            self.steps + other.steps,
            self.unreachable + other.unreachable,
            self.forgotten + other.forgotten,
        )


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
            looked = await records.get_meta(connection, LOOKED)
            since = min(date.fromisoformat(looked), today) if looked else today
            loaded = await situation_on(connection, self._timetable, directory, today=today, since=since)
            told = await dispatch.told_on(connection, today)
            waiting = await dispatch.waiting_messages(connection)
        tally = Tally()
        # A whole country takes a second to plan; in a thread, officers are answered meanwhile.
        due = await asyncio.to_thread(
            rounds.due_in, loaded.timetable, directory, loaded.situation, today=today, since=since
        )
        by_person = rounds.by_person(due, told=told, waiting=waiting)
        chats = {holder.person: holder.chats for holder in loaded.holders}
        persons = list(by_person)
        for start in range(0, len(persons), PEOPLE_AT_ONCE):
            some = {person: by_person[person] for person in persons[start : start + PEOPLE_AT_ONCE]}
            if start:
                await asyncio.sleep(PAUSE_SECONDS)
            async with self._database.write() as connection:
                tally = tally.plus(
                    await queue_round(
                        connection, some, chats, directory, now, calendar=self._timetable.calendar
                    )
                )
        if looked != today.isoformat():
            # Only now, since it closes for good what a first look after an outage may still tell.
            tally = tally.plus(await self._close_forgotten(loaded, directory, now, since))
        if tally.messages:
            log.info("reminders_queued", messages=tally.messages, steps=tally.steps)
            self._queued()
        if tally.unreachable:
            log.warning("reminders_unreachable", people=tally.unreachable)
        return tally

    async def _close_forgotten(
        self, loaded: Loaded, directory: UnitDirectory, now: datetime, since: date
    ) -> Tally:
        """Once a day, end the steps that fell due and have lost their sense, so that none stays open."""
        today = vietnam_day(now)
        timetable = loaded.timetable
        begin = datetime.combine(since, time(0), tzinfo=VIETNAM)
        async with self._database.read() as connection:
            declined = await office.all_declined(connection)
            posts = await dispatch.ended_posts(connection, since=begin)
            lent = await unit_ways.delegations_since(connection, begin)
        held = [Holding(r["unit"], Role(r["role"]), r["person"], r["since"], r["until"]) for r in posts]
        holdings = []
        for holding in (*held, *holdings_lent(held, lent, now=now)):
            gone = declined.get((holding.unit, holding.person))
            ends = min((m for m in (holding.until, gone) if m is not None), default=None)
            holdings.append(replace(holding, until=ends))

        def look() -> list[plan.Forgotten]:
            return [
                step
                for rules, ladder in rounds.ladders(timetable)
                for step in plan.forgotten(
                    rules,
                    directory,
                    timetable.calendar,
                    ladder,
                    loaded.situation,
                    now=now,
                    since=since,
                    holdings=holdings,
                    ended=loaded.ended,
                )
            ]

        claims = [Claim(f.key, f.day, "cancelled", f.why) for f in await asyncio.to_thread(look)]
        async with self._database.write() as connection:
            closed = await dispatch.claim_many(connection, claims, at=now)
            await records.set_meta(connection, LOOKED, today.isoformat())
        return Tally(forgotten=len(closed))


HELD = "held"
"""Where a conversation remembers the reminder that waits for the form's next prompt."""


def _claims(steps: Iterable[DueStep], *, reachable: bool) -> list[Claim]:
    return [Claim(*row) for row in rounds.rows_for(steps, reachable=reachable)]


async def queue_round(
    connection: Connection,
    by_person: Mapping[int, list[DueStep]],
    chats: Mapping[int, tuple[str, ...]],
    directory: UnitDirectory,
    now: datetime,
    *,
    calendar: WorkCalendar,
) -> Tally:
    """Claim the steps and queue one message for each person, in the caller's transaction."""
    today = vietnam_day(now)
    reported = await reports.moments_in(
        connection, units={step.unit.code for due in by_person.values() for step in due}
    )
    open_steps = {
        person: [s for s in due if s.missing or (s.rule.id, s.period.key, s.unit.code) not in reported]
        for person, due in by_person.items()
    }
    free = await dispatch.take_days(
        connection, [p for p in open_steps if open_steps[p] and chats.get(p)], day=today
    )
    waiting = await dispatch.waiting_messages(connection, list(open_steps))
    claims = [
        claim
        for person, steps in open_steps.items()
        if person in free or person in waiting or not chats.get(person)
        for claim in _claims(steps, reachable=bool(chats.get(person)))
    ]
    claimed = await dispatch.claim_many(connection, claims, at=now)
    fresh = {person: [step for step in steps if step.key in claimed] for person, steps in open_steps.items()}
    speaking = [p for p, steps in fresh.items() if steps and chats.get(p)]
    new = [p for p in speaking if p not in waiting]
    numbers = await _write(connection, {p: fresh[p] for p in new}, chats, directory, now, calendar)
    carried = {**{p: waiting[p] for p in speaking if p in waiting}, **numbers}
    await dispatch.tie(
        connection,
        {claimed[step.key]: message for p, message in carried.items() for step in fresh[p]},
        carried,
        day=today,
    )
    await dispatch.free_days(connection, free - set(carried), day=today)
    return Tally(
        messages=len(numbers),
        steps=sum(len(steps) for steps in fresh.values()),
        unreachable=sum(1 for p, steps in fresh.items() if steps and not chats.get(p)),
    )


async def _write(
    connection: Connection,
    by_person: Mapping[int, list[DueStep]],
    chats: Mapping[int, tuple[str, ...]],
    directory: UnitDirectory,
    now: datetime,
    calendar: WorkCalendar,
) -> dict[int, int]:
    """Queue one message for each person; in the middle of a form it waits for the next prompt."""
    chosen = {person: chats[person][0] for person in by_person}
    forms = await dispatch.open_forms(connection, set(chosen.values()), since=now - FORM_MINUTES)
    rows = []
    for person, steps in by_person.items():
        bot, chat = bot_and_chat(chosen[person])
        reply = wording.reminder(steps, today=vietnam_day(now), directory=directory, calendar=calendar)
        lists = any(step.audience is Audience.RECEIVER for step in steps)
        priority = Priority.LIST if lists else Priority.CAMPAIGN
        row = outbox.row_of(bot, chat, reply, prompt=0, priority=priority, at=now)
        if chosen[person] in forms:
            row["not_before"] = now + FORM_MINUTES
        rows.append(row)
    numbers = dict(zip(by_person, await dispatch.queue_messages(connection, rows), strict=True))
    held = {chosen[p]: number for p, number in numbers.items() if chosen[p] in forms}
    await dispatch.remember(
        connection, {chat: {**forms[chat], HELD: number} for chat, number in held.items()}
    )
    return numbers

"""Claims what is due and queues the messages: ledger row and message in one commit, so each step is told
once however often and wherever this runs.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import structlog

from isobot.clock import VIETNAM, Clock, vietnam_day
from isobot.domain.messages import Reply
from isobot.domain.people import Role
from isobot.domain.requests import is_request
from isobot.domain.units import UnitDirectory
from isobot.storage import dispatch, office, outbox, people, records, reports, rulebook, unit_ways
from isobot.storage.database import Database
from isobot.storage.dispatch import Claim, Connection
from isobot.storage.outbox import Outgoing, Priority
from isobot.storage.people import Holder
from scheduler import plan, rounds, wording
from scheduler.plan import DueStep, Holding, Posts, Situation, UnitIndex
from scheduler.rounds import Queued, Timetable

__all__ = ["Dispatcher", "LastLook", "Tally", "Timetable", "posts_of", "queue_round", "situation_on"]

log = structlog.get_logger()

PEOPLE_AT_ONCE = 100
"""How many people's messages go into one commit, so that officers' answers need not wait long."""

FORM_MINUTES = timedelta(minutes=30)
"""How long after somebody's last answer in a form a reminder waits for the form's next prompt."""

ROUND_REACH_DAYS = 300
"""How long after its last day a round may still be spoken of, with all the time that a unit may get."""

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


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the database says, as the plan wants it."""

    timetable: Timetable
    situation: Situation
    holders: Sequence[Holder]
    ended: Mapping[plan.ReportKey, datetime]


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
        if looked != today.isoformat():
            tally = tally.plus(await self._close_forgotten(loaded, directory, now, since))
        # A whole country takes a second to plan; in a thread, officers are answered meanwhile.
        due = await asyncio.to_thread(
            rounds.due_in, loaded.timetable, directory, loaded.situation, today=today
        )
        by_person = rounds.by_person(due, told=told, waiting=waiting)
        chats = {holder.person: holder.chats for holder in loaded.holders}
        persons = list(by_person)
        for start in range(0, len(persons), PEOPLE_AT_ONCE):
            some = {person: by_person[person] for person in persons[start : start + PEOPLE_AT_ONCE]}
            async with self._database.write() as connection:
                tally = tally.plus(await queue_round(connection, some, chats, directory, now))
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
        holdings = []
        for row in posts:
            gone = declined.get((row["unit"], row["person"]))
            ends = min((m for m in (row["until"], gone) if m is not None), default=None)
            holdings.append(Holding(row["unit"], Role(row["role"]), row["person"], row["since"], ends))

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
    numbers = await _write(connection, {p: fresh[p] for p in new}, chats, directory, now)
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
) -> dict[int, int]:
    """Queue one message for each person; in the middle of a form it waits for the next prompt."""
    chosen = {person: chats[person][0] for person in by_person}
    forms = await dispatch.open_forms(connection, set(chosen.values()), since=now - FORM_MINUTES)
    rows = []
    for person, steps in by_person.items():
        bot, _, chat = chosen[person].partition(":")
        reply = wording.reminder(steps, today=vietnam_day(now), directory=directory)
        row = outbox.row_of(bot, chat, reply, prompt=0, priority=Priority.CAMPAIGN, at=now)
        if chosen[person] in forms:
            row["not_before"] = now + FORM_MINUTES
        rows.append(row)
    numbers = dict(zip(by_person, await dispatch.queue_messages(connection, rows), strict=True))
    held = {chosen[p]: number for p, number in numbers.items() if chosen[p] in forms}
    await dispatch.remember(
        connection, {chat: {**forms[chat], HELD: number} for chat, number in held.items()}
    )
    return numbers


async def situation_on(
    connection: Connection,
    timetable: Timetable,
    directory: UnitDirectory,
    *,
    today: date,
    since: date | None = None,
) -> Loaded:
    """Load everything the plan of a day is made from, with the days that offices changed.

    `since` reaches back to periods that ended while nothing ran.
    """
    ends_since = min(today, since or today) - timedelta(days=ROUND_REACH_DAYS)
    rules = await rulebook.current(connection, timetable.rules, since=ends_since)
    current = Timetable(rules, timetable.calendar, timetable.ladder, timetable.duty_ladder)
    holders = await people.holders(connection)
    events = await office.all_events(connection)
    extensions = await office.all_extensions(connection)
    outline = Situation({}, extensions=extensions, events=events)
    index = UnitIndex(directory)
    alive = {
        (duty.rule.id, duty.period.key)
        for known, steps in rounds.ladders(current)
        for duty in plan.duties(known, index, current.calendar, steps, outline, today, since=since)
    }
    ended = await reports.moments_in(connection, periods=alive)
    excused, settled = _judged(await office.all_letters(connection))
    ended |= settled | {report: at for report, (_, at) in (await office.all_deeds(connection)).items()}
    reach = {holder.person for holder in holders if holder.chats}
    situation = Situation(
        posts=await _with_stand_ins(connection, posts_of(holders), today),
        reported=ended.keys(),
        pending=await reports.pending(connection),
        excused=excused,
        ledger=await dispatch.known_steps(connection, alive),
        snoozed={
            (rule, period, unit, person): until
            for (person, rule, period, unit), until in (
                await dispatch.snoozed(connection, today=today)
            ).items()
        },
        extensions=extensions,
        declined=(await office.all_declined(connection)).keys(),
        unreachable={holder.person for holder in holders} - reach,
        events=events,
    )
    return Loaded(current, situation, holders, ended)


async def _with_stand_ins(connection: Connection, posts: Posts, today: date) -> Posts:
    """Add who stands in for somebody today, after those who hold the post."""
    lent = [d for d in await unit_ways.delegations_of(connection, None, on=today) if d.since <= today]
    if not lent:
        return posts
    found = {unit: {role: list(held) for role, held in roles.items()} for unit, roles in posts.items()}
    for each in lent:
        for role, held in found.get(each.unit, {}).items():
            if role in people.LENT and each.giver in held and each.taker not in held:
                held.append(each.taker)
    return found


def _judged(
    letters: Mapping[office.Report, office.Letter],
) -> tuple[set[office.Report], dict[office.Report, datetime]]:
    """Tell letters that wait for the receiver from those that are enough; the rest count for nothing."""
    waiting = {report for report, letter in letters.items() if not letter.verdict}
    enough = {r: letter.at for r, letter in letters.items() if letter.verdict == office.ENOUGH}
    return waiting, enough


@dataclass(frozen=True, slots=True)
class Look:
    """What a last look found: what each message says now, and what is to be written down."""

    said: dict[int, Reply | None]
    ends: list[tuple[int, str, str]]
    dropped: list[int]
    later: dict[datetime, list[int]]
    changed: dict[int, Reply]

    @property
    def is_quiet(self) -> bool:
        """Tell whether everything is as it was when the messages were queued."""
        return not (self.ends or self.dropped or self.later or self.changed)


async def examine(
    connection: Connection,
    messages: Sequence[Outgoing],
    *,
    timetable: Timetable,
    directory: UnitDirectory,
    index: UnitIndex,
    now: datetime,
) -> Look:
    """Look at waiting reminders once more: is each still wanted, and what does it say now.

    Messages that no step of the ledger stands behind stay as they are.
    """
    look = Look({message.id: message.reply for message in messages}, [], [], defaultdict(list), {})
    rows = await dispatch.waiting_rows(connection, list(look.said))
    if not rows:
        return look
    today = vietnam_day(now)
    current, situation = await _about(connection, rows, timetable, directory, today)
    for message, found in rows.items():
        queued = [Queued(row.key, row.due_on) for row in found]
        verdict = rounds.look_again(queued, current, index, situation, now=now)
        number = {row.key: row.id for row in found}
        look.ends.extend((number[key], "cancelled", why) for key, why in verdict.cancelled)
        look.ends.extend((number[key], "merged", "") for key in verdict.merged)
        if verdict.wait_until is not None:
            look.said[message] = None
            look.later[verdict.wait_until].append(message)
        elif not verdict.tell:
            look.said[message] = None
            look.dropped.append(message)
        else:
            reply = wording.reminder(verdict.tell, today=today, directory=directory)
            if reply != look.said[message]:
                look.said[message] = look.changed[message] = reply
    return look


async def write_down(connection: Connection, look: Look) -> None:
    """End the steps that are not told any more, let messages wait, and keep their new words."""
    await dispatch.end_steps(connection, look.ends)
    await dispatch.drop_messages(connection, look.dropped)
    for until, messages in look.later.items():
        await dispatch.put_off(connection, messages, until=until)
    await dispatch.reword(connection, {message: reply.as_body() for message, reply in look.changed.items()})


async def _about(
    connection: Connection,
    rows: Mapping[int, list[dispatch.Row]],
    timetable: Timetable,
    directory: UnitDirectory,
    today: date,
) -> tuple[Timetable, Situation]:
    """Load what concerns these messages; a digest needs its whole province."""
    keys = [row.key for found in rows.values() for row in found]
    if any(key.step.endswith("/receiver") for key in keys):
        loaded = await situation_on(connection, timetable, directory, today=today)
        return loaded.timetable, loaded.situation
    units = {key.unit for key in keys}
    persons = {key.person for key in keys}
    posts: dict[str, dict[Role, list[int]]] = defaultdict(lambda: defaultdict(list))
    for person, post in await people.posts_held(connection, persons):
        posts[post.unit][post.role].append(person)
    rules = await rulebook.current(
        connection, timetable.rules, rounds=[k.rule for k in keys if is_request(k.rule)]
    )
    excused, settled = _judged(await office.all_letters(connection, units=units))
    done = set(await reports.moments_in(connection, units=units)) | set(settled)
    if any(rules.get(key.rule) is None for key in keys):
        done |= set(await office.all_deeds(connection))
    declined = await office.all_declined(connection)
    snoozed = await dispatch.snoozed(connection, today=today, persons=persons)
    situation = Situation(
        posts=posts,
        reported=done,
        pending=await reports.pending(connection, units=units),
        excused=excused,
        snoozed={
            (rule, period, unit, person): until for (person, rule, period, unit), until in snoozed.items()
        },
        extensions=await office.all_extensions(connection, units=units),
        declined=declined.keys(),
    )
    return replace(timetable, rules=rules), situation


class LastLook:
    """Looks at reminders once more before they leave: what is settled meanwhile is not told.

    The sender asks it about the campaign messages it is about to send.
    """

    def __init__(
        self,
        database: Database,
        timetable: Timetable,
        directory: Callable[[], UnitDirectory],
        clock: Clock,
    ) -> None:
        self._database = database
        self._timetable = timetable
        self._directory = directory
        self._clock = clock
        self._indexed: tuple[UnitDirectory, UnitIndex] | None = None

    async def __call__(self, messages: Sequence[Outgoing]) -> dict[int, Reply | None]:
        """Return what each message says now; None where it is not to leave now, or not at all."""
        directory = self._directory()
        async with self._database.read() as connection:
            look = await examine(
                connection,
                messages,
                timetable=self._timetable,
                directory=directory,
                index=self._index(directory),
                now=self._clock.now(),
            )
        if not look.is_quiet:
            async with self._database.write() as connection:
                await write_down(connection, look)
        return look.said

    def _index(self, directory: UnitDirectory) -> UnitIndex:
        if self._indexed is None or self._indexed[0] is not directory:
            self._indexed = (directory, UnitIndex(directory))
        return self._indexed[1]


def posts_of(holders: Iterable[Holder]) -> Posts:
    """Group people by unit and role, as the plan wants them."""
    found: dict[str, dict[Role, list[int]]] = defaultdict(lambda: defaultdict(list))
    for holder in holders:
        found[holder.post.unit][holder.post.role].append(holder.person)
    return found

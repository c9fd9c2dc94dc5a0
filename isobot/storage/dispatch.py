"""The ledger of reminders: one row for each step of each person (sổ nhắc việc)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, literal_column, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.clock import vietnam_day
from isobot.domain.deadlines import StepKey
from isobot.storage.statements import insert_if_absent, insert_or_replace
from isobot.storage.tables import (
    conversations,
    dispatches,
    identities,
    outbox,
    posts,
    reminder_days,
    snoozes,
)
from isobot.storage.turns import in_turns


@dataclass(frozen=True, slots=True)
class Claim:
    """A row to write into the ledger: a step, the day it fell due, and how it stands."""

    key: StepKey
    due_on: date
    status: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger whose message has not left."""

    id: int
    key: StepKey
    due_on: date


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of one report that has a row: whose it is, whether it still waits, and when it was told."""

    person: int
    step: str
    waits: bool
    told_at: datetime | None


Connection = AsyncConnection
"""What the scheduler hands back to the storage; it looks no deeper."""

FEW_UNITS = 500
"""Of so many units at most the steps are looked up by unit; of more, those of the whole period."""

_KEY = (dispatches.c.rule, dispatches.c.period, dispatches.c.unit, dispatches.c.person, dispatches.c.step)
_QUEUED: ColumnElement[str] = literal_column("'queued'")


async def claim_many(
    connection: AsyncConnection, claims: Sequence[Claim], *, at: datetime
) -> dict[StepKey, int]:
    """Take many steps at once; return the numbers of the rows that are new.

    Queue the messages in this same transaction, and they are neither lost nor queued twice.
    """
    if not claims:
        return {}
    rows = [
        {
            "rule": c.key.rule,
            "period": c.key.period,
            "unit": c.key.unit,
            "person": c.key.person,
            "step": c.key.step,
            "due_on": c.due_on,
            "status": c.status,
            "why": c.why,
            "claimed_at": at,
        }
        for c in claims
    ]
    statement = insert_if_absent(connection, dispatches).returning(dispatches.c.id, *_KEY)
    return {StepKey(*row[1:]): row[0] for row in await connection.execute(statement, rows)}


async def take_days(connection: AsyncConnection, persons: Iterable[int], *, day: date) -> set[int]:
    """Take a day for people who had no reminder on it; return whose it was still free.

    One row for a person and day is what keeps reminders to one message a day, whoever sends.
    """
    rows = [{"person": person, "day": day} for person in persons]
    if not rows:
        return set()
    statement = insert_if_absent(connection, reminder_days).returning(reminder_days.c.person)
    return set((await connection.execute(statement, rows)).scalars())


async def free_days(connection: AsyncConnection, persons: Collection[int], *, day: date) -> None:
    """Give days back that were taken without a message."""
    await connection.execute(
        reminder_days.delete().where(
            reminder_days.c.day == day,
            reminder_days.c.person.in_(list(persons)),
            reminder_days.c.outbox.is_(None),
        )
    )


async def told_on(connection: AsyncConnection, day: date) -> set[int]:
    """Return who has had a reminder on a day, or has one waiting."""
    query = select(reminder_days.c.person).where(reminder_days.c.day == day)
    return {person async for person in in_turns((await connection.execute(query)).scalars())}


async def waiting_messages(
    connection: AsyncConnection, persons: Collection[int] | None = None
) -> dict[int, int]:
    """Return the reminder that has not left yet of each person who has one."""
    query = (
        select(reminder_days.c.person, func.max(reminder_days.c.outbox))
        .select_from(reminder_days.join(outbox, outbox.c.id == reminder_days.c.outbox))
        .where(outbox.c.status == _QUEUED)
        .group_by(reminder_days.c.person)
    )
    if persons is not None:
        query = query.where(reminder_days.c.person.in_(list(persons)))
    return {row[0]: row[1] async for row in in_turns(await connection.execute(query))}


async def queue_messages(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Queue messages, and return their numbers in the order given."""
    if not rows:
        return []
    statement = insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)
    return list((await connection.execute(statement, [dict(row) for row in rows])).scalars())


async def tie(
    connection: AsyncConnection, steps: Mapping[int, int], days: Mapping[int, int], *, day: date
) -> None:
    """Note which message carries which row of the ledger, and which is a person's one of the day."""
    if steps:
        statement = (
            update(dispatches).where(dispatches.c.id == bindparam("key")).values(outbox=bindparam("message"))
        )
        await connection.execute(
            statement, [{"key": key, "message": message} for key, message in steps.items()]
        )
    if days:
        of_day = (
            update(reminder_days)
            .where(reminder_days.c.person == bindparam("who"), reminder_days.c.day == day)
            .values(outbox=bindparam("message"))
        )
        await connection.execute(
            of_day, [{"who": person, "message": message} for person, message in days.items()]
        )


async def waiting_rows(connection: AsyncConnection, messages: Sequence[int]) -> dict[int, list[Row]]:
    """Return the steps that each of some messages carries and that have not ended."""
    found: dict[int, list[Row]] = defaultdict(list)
    query = select(dispatches.c.id, dispatches.c.outbox, dispatches.c.due_on, *_KEY).where(
        dispatches.c.outbox.in_(messages), dispatches.c.status == "queued"
    )
    for row in await connection.execute(query):
        found[row.outbox].append(Row(row.id, StepKey(*row[3:]), row.due_on))
    return found


async def end_steps(connection: AsyncConnection, ends: Iterable[tuple[int, str, str]]) -> None:
    """End rows that wait: (row, "merged" or "cancelled", why)."""
    rows = [{"key": key, "ends": status, "because": why} for key, status, why in ends]
    if rows:
        await connection.execute(
            update(dispatches)
            .where(dispatches.c.id == bindparam("key"), dispatches.c.status == "queued")
            .values(status=bindparam("ends"), why=bindparam("because")),
            rows,
        )


async def drop_messages(connection: AsyncConnection, messages: Sequence[int]) -> None:
    """Take messages out of the queue that nothing is left to say in; their day is free again."""
    if not messages:
        return
    await connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(messages), outbox.c.status == "queued")
        .values(status="cancelled")
    )
    await connection.execute(reminder_days.delete().where(reminder_days.c.outbox.in_(messages)))


async def put_off(connection: AsyncConnection, messages: Sequence[int], *, until: datetime) -> None:
    """Let messages wait."""
    await connection.execute(
        update(outbox).where(outbox.c.id.in_(messages), outbox.c.status == "queued").values(not_before=until)
    )


async def reword(connection: AsyncConnection, bodies: Mapping[int, Mapping[str, Any]]) -> None:
    """Give waiting messages other words."""
    if bodies:
        await connection.execute(
            update(outbox).where(outbox.c.id == bindparam("key")).values(body=bindparam("words")),
            [{"key": key, "words": dict(body)} for key, body in bodies.items()],
        )


async def settle(
    connection: AsyncConnection, *, sent: Sequence[int] = (), dead: Sequence[int] = (), at: datetime
) -> None:
    """End the steps of messages that left, or that were given up; a dead one sent later counts as sent.

    A reminder that leaves on another day than it was queued for is the person's one of that day too.
    """
    if sent:
        told = await connection.execute(
            update(dispatches)
            .where(dispatches.c.outbox.in_(sent), dispatches.c.status.in_(("queued", "dead")))
            .values(status="sent", told_at=at, why="")
            .returning(dispatches.c.person, dispatches.c.outbox)
        )
        await _take_day_of_leaving(connection, {(row[0], row[1]) for row in told}, day=vietnam_day(at))
    if dead:
        await connection.execute(
            update(dispatches)
            .where(dispatches.c.outbox.in_(dead), dispatches.c.status == "queued")
            .values(status="dead", why="undelivered")
        )


async def _take_day_of_leaving(
    connection: AsyncConnection, told: Collection[tuple[int, int]], *, day: date
) -> None:
    """Note the day on which reminders left; news, which took no day when it was queued, takes none now."""
    if not told:
        return
    query = select(reminder_days.c.outbox, reminder_days.c.day).where(
        reminder_days.c.outbox.in_([message for _, message in told])
    )
    taken = {(row.outbox, row.day) for row in await connection.execute(query)}
    reminding = {message for message, _ in taken}
    rows = [
        {"person": person, "day": day, "outbox": message}
        for person, message in told
        if message in reminding and (message, day) not in taken
    ]
    if rows:
        await connection.execute(insert_if_absent(connection, reminder_days), rows)


async def known_steps(connection: AsyncConnection, periods: Collection[tuple[str, str]]) -> set[StepKey]:
    """Return every step of some (rule, period) that has a row."""
    if not periods:
        return set()
    query = select(*_KEY).where(tuple_(dispatches.c.rule, dispatches.c.period).in_(list(periods)))
    return {StepKey(*row) async for row in in_turns(await connection.execute(query))}


async def taken_of(
    connection: AsyncConnection, reports: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str], list[Taken]]:
    """Return what the ledger has of some (rule, period, unit)."""
    found: dict[tuple[str, str, str], list[Taken]] = defaultdict(list)
    if not reports:
        return found
    rules, periods, units = (sorted(set(column)) for column in zip(*reports, strict=True))
    # Three lists and no list of triples: so both databases find the rows by the unique index.
    query = select(dispatches.c.status, dispatches.c.told_at, *_KEY).where(
        dispatches.c.rule.in_(rules), dispatches.c.period.in_(periods), dispatches.c.unit.in_(units)
    )
    for row in await connection.execute(query):
        step = Taken(row.person, row.step, row.status == "queued", row.told_at)
        found[row.rule, row.period, row.unit].append(step)
    return found


async def open_forms(
    connection: AsyncConnection, chats: Collection[str], *, since: datetime
) -> dict[str, dict[str, Any]]:
    """Return the memory of the chats among these in which a report was being entered lately.

    On PostgreSQL the conversations are held, so that nobody writes over what is added to them.
    """
    query = select(conversations.c.chat_key, conversations.c.memory).where(
        conversations.c.chat_key.in_(list(chats)),
        conversations.c.dialogue == "report",
        conversations.c.updated_at > since,
    )
    if connection.dialect.name != "sqlite":
        query = query.with_for_update()
    return {row.chat_key: dict(row.memory) for row in await connection.execute(query)}


async def seen_units(
    connection: AsyncConnection, *, rule: str, period: str, among: Collection[str]
) -> set[str]:
    """Return those among some units where somebody pressed, answered or wrote after a reminder of a period.

    The platforms give no receipts, so nothing else shows that a message was read.
    """
    if not among:
        return set()
    told = (
        select(dispatches.c.unit)
        .distinct()
        .select_from(
            dispatches.join(identities, identities.c.person == dispatches.c.person).join(
                conversations, conversations.c.chat_key == identities.c.chat_key
            )
        )
        .where(
            dispatches.c.rule == rule,
            dispatches.c.period == period,
            conversations.c.updated_at > dispatches.c.told_at,
        )
    )
    if len(among) <= FEW_UNITS:
        told = told.where(dispatches.c.unit.in_(list(among)))
    return set((await connection.execute(told)).scalars()).intersection(among)


async def remember(connection: AsyncConnection, memories: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the memories of conversations back, without counting that as an answer of theirs."""
    if memories:
        await connection.execute(
            update(conversations)
            .where(conversations.c.chat_key == bindparam("key"))
            .values(memory=bindparam("kept"), updated_at=conversations.c.updated_at),
            [{"key": key, "kept": dict(memory)} for key, memory in memories.items()],
        )


async def take_held(connection: AsyncConnection, message: int) -> bool:
    """Take a reminder that waits for the form's next prompt; False when it has left or was cancelled."""
    done = await connection.execute(
        update(outbox)
        .where(outbox.c.id == message, outbox.c.status == "queued")
        .values(status="merged")
        .returning(outbox.c.id)
    )
    return done.first() is not None


async def move_to_message(connection: AsyncConnection, *, old: int, new: int) -> None:
    """Let another message carry the steps of one that was taken into it."""
    await connection.execute(
        update(dispatches)
        .where(dispatches.c.outbox == old, dispatches.c.status == "queued")
        .values(outbox=new)
    )
    await connection.execute(update(reminder_days).where(reminder_days.c.outbox == old).values(outbox=new))


async def ended_posts(connection: AsyncConnection, *, since: datetime) -> list[dict[str, Any]]:
    """Return posts held now or ended since a moment, with their days."""
    query = select(posts.c.unit, posts.c.role, posts.c.person, posts.c.since, posts.c.until).where(
        posts.c.until.is_(None) | (posts.c.until >= since)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def told(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Return the rows that were told, oldest first, with the moments they left."""
    query = select(dispatches).where(dispatches.c.status == "sent").order_by(dispatches.c.told_at)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def ledger(connection: AsyncConnection, *, since: date) -> dict[StepKey, str]:
    """Return the steps due since a day that have a row, with their status."""
    query = select(dispatches.c.status, *_KEY).where(dispatches.c.due_on >= since)
    return {StepKey(*row[1:]): row.status for row in await connection.execute(query)}


async def snooze(
    connection: AsyncConnection, *, person: int, rule: str, period: str, unit: str, until: date
) -> None:
    """Keep quiet towards one person about one report before a day."""
    row = {"person": person, "rule": rule, "period": period, "unit": unit, "until": until}
    await connection.execute(
        insert_or_replace(connection, snoozes, ["person", "rule", "period", "unit"], row)
    )


async def snoozed(
    connection: AsyncConnection, *, today: date, persons: Collection[int] | None = None
) -> dict[tuple[int, str, str, str], date]:
    """Return what is snoozed: (person, rule, period, unit) and the first day to speak again."""
    query = select(snoozes).where(snoozes.c.until > today)
    if persons is not None:
        query = query.where(snoozes.c.person.in_(list(persons)))
    found = await connection.execute(query)
    return {(r["person"], r["rule"], r["period"], r["unit"]): r["until"] for r in found.mappings()}


async def cancel_queued(
    connection: AsyncConnection,
    *,
    rule: str = "",
    period: str = "",
    unit: str = "",
    person: int | None = None,
    why: str = "reported",
) -> list[int]:
    """Take back reminders that have not left: of one report, of a period, or to one person about a unit.

    A message that carries other steps as well keeps them; its words are made anew before it leaves.
    Digests stay, since they speak of other units too, except with a whole period. Returns the messages
    that nothing is left in.
    """
    query = select(dispatches.c.id, dispatches.c.outbox).where(
        dispatches.c.status == "queued",
        dispatches.c.outbox.in_(select(outbox.c.id).where(outbox.c.status == "queued")),
    )
    if unit:
        query = query.where(dispatches.c.unit == unit, dispatches.c.step.not_like("%/receiver"))
    if rule:
        query = query.where(dispatches.c.rule == rule, dispatches.c.period == period)
    if person is not None:
        query = query.where(dispatches.c.person == person)
    rows = (await connection.execute(query)).all()
    if not rows:
        return []
    await end_steps(connection, [(row.id, "cancelled", why) for row in rows])
    messages = sorted({row.outbox for row in rows})
    left = await waiting_rows(connection, messages)
    emptied = [message for message in messages if not left.get(message)]
    await drop_messages(connection, emptied)
    return emptied

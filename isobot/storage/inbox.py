"""The inbox: what the platforms handed over, kept until it is dealt with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.chat_keys import key_of
from isobot.domain.messages import Incoming
from isobot.storage.statements import insert_if_absent
from isobot.storage.tables import Moment, conversations, inbox

GAP_PATIENCE = timedelta(seconds=3)
"""How long an event waits for the one numbered just before it, which a webhook may bring later."""
_earlier = inbox.alias("earlier")
_HAS_EARLIER = exists().where(
    _earlier.c.chat_key == inbox.c.chat_key,
    _earlier.c.done_at.is_(None),
    or_(
        _earlier.c.event_order < inbox.c.event_order,
        and_(_earlier.c.event_order == inbox.c.event_order, _earlier.c.id < inbox.c.id),
    ),
)
"""There is an event of the same chat to be dealt with before this one."""
# Statements of every event are built once: building one costs more than executing it.
_READY = (inbox.c.done_at.is_(None), inbox.c.not_before <= bindparam("now", type_=Moment()), ~_HAS_EARLIER)
_FIRST_IN_LINE = (
    select(inbox.c.id, inbox.c.chat_key, inbox.c.attempts)
    .where(*_READY)
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)
_FIRST_EVENTS = (
    select(
        inbox.c.id,
        inbox.c.bot,
        inbox.c.event_id,
        inbox.c.chat_key,
        inbox.c.chat,
        inbox.c.event_order,
        inbox.c.payload,
        inbox.c.received_at,
    )
    .where(inbox.c.chat_key.in_(bindparam("chats", expanding=True)), *_READY)
    .order_by(inbox.c.id)
)
_DONE = update(inbox).where(inbox.c.id.in_(bindparam("ids", expanding=True))).values(done_at=bindparam("at"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that is not dealt with yet, as it was stored."""

    id: int
    chat_key: str
    incoming: Incoming
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the inbox: which event, of which chat, and how often it was tried in vain."""

    id: int
    chat_key: str
    attempts: int


async def store(
    connection: AsyncConnection,
    events: Sequence[Incoming],
    *,
    at: datetime,
    out_of_turn: Collection[str] = (),
) -> set[tuple[str, str]]:
    """Keep events, each once; return (bot, event id) of those that were new.

    `out_of_turn` names bots that number their events 1, 2, 3, with the number as the event's id, and
    whose events may arrive in another order: one whose forerunner is missing then waits a moment for it.
    """
    if not events:
        return set()
    orphans = await _without_forerunner(connection, [e for e in events if e.bot in out_of_turn])
    rows = [
        {
            "bot": event.bot,
            "event_id": event.event_id,
            "chat_key": key_of(event.bot, event.chat),
            "chat": event.chat,
            "event_order": event.order,
            "payload": event.as_payload(),
            "received_at": at,
            "not_before": at + GAP_PATIENCE if (event.bot, event.event_id) in orphans else at,
            "attempts": 0,
        }
        for event in events
    ]
    statement = insert_if_absent(connection, inbox).returning(inbox.c.bot, inbox.c.event_id)
    taken = {(row[0], row[1]) for row in await connection.execute(statement, rows)}
    chats = {
        row["chat_key"]: {
            "chat_key": row["chat_key"],
            "bot": row["bot"],
            "chat": row["chat"],
            "state": {},
            "offered": [],
            "memory": {},
            "updated_at": at,
        }
        for row in rows
        if (row["bot"], row["event_id"]) in taken
    }
    known = select(conversations.c.chat_key).where(conversations.c.chat_key.in_(list(chats)))
    for chat_key in (await connection.execute(known)).scalars():
        del chats[chat_key]
    if chats:
        await connection.execute(insert_if_absent(connection, conversations), list(chats.values()))
    await _release_followers(connection, [e for e in events if e.bot in out_of_turn], at=at)
    return taken


async def _release_followers(
    connection: AsyncConnection, events: Sequence[Incoming], *, at: datetime
) -> None:
    """Let go of events that waited for one of these; those that wait to be tried again stay put."""
    for bot in {event.bot for event in events}:
        following = [str(event.order + 1) for event in events if event.bot == bot]
        await connection.execute(
            update(inbox)
            .where(inbox.c.bot == bot, inbox.c.event_id.in_(following), inbox.c.attempts == 0)
            .where(inbox.c.done_at.is_(None), inbox.c.not_before > at)
            .values(not_before=at)
        )


async def _without_forerunner(
    connection: AsyncConnection, events: Sequence[Incoming]
) -> set[tuple[str, str]]:
    """Find the events whose number before is neither in the inbox nor among them."""
    here = {(event.bot, event.event_id) for event in events}
    for bot in {event.bot for event in events}:
        before = [str(event.order - 1) for event in events if event.bot == bot]
        found = await connection.execute(
            select(inbox.c.event_id).where(inbox.c.bot == bot, inbox.c.event_id.in_(before))
        )
        here.update((bot, number) for number in found.scalars())
    orphans = {(e.bot, e.event_id) for e in events if (e.bot, str(e.order - 1)) not in here}
    unknown = {bot for bot in {bot for bot, _ in orphans} if not await _is_known(connection, bot)}
    return {orphan for orphan in orphans if orphan[0] not in unknown}


async def _is_known(connection: AsyncConnection, bot: str) -> bool:
    """Tell whether a bot has any event yet; the very first one can have no forerunner."""
    return (
        await connection.execute(select(inbox.c.id).where(inbox.c.bot == bot).limit(1))
    ).first() is not None


async def first_in_line(connection: AsyncConnection, *, now: datetime, most: int) -> list[Place]:
    """Find the first waiting event of chats, those that came longest ago; a chat whose first event
    must wait still is left out, however many wait behind it.
    """
    found = await connection.execute(_FIRST_IN_LINE, {"now": now, "most": most})
    return [Place(row.id, row.chat_key, row.attempts) for row in found]


async def first_events(connection: AsyncConnection, chats: Sequence[str], *, now: datetime) -> list[Waiting]:
    """Return the first waiting event of each chat, unless that one must wait still."""
    found = await connection.execute(_FIRST_EVENTS, {"now": now, "chats": list(chats)})
    return [
        Waiting(
            row.id,
            row.chat_key,
            Incoming.from_payload(
                bot=row.bot,
                chat=row.chat,
                event_id=row.event_id,
                order=row.event_order,
                payload=row.payload,
            ),
            row.received_at,
        )
        for row in found
    ]


async def mark_done(connection: AsyncConnection, ids: Sequence[int], *, at: datetime) -> None:
    """Take events off the waiting list."""
    if ids:
        await connection.execute(_DONE, {"ids": list(ids), "at": at})


async def mark_failed(
    connection: AsyncConnection, event: Place, *, why: str, again_at: datetime | None, at: datetime
) -> None:
    """Note a failure: try again at `again_at`, or, when None, give the event up."""
    await connection.execute(
        update(inbox)
        .where(inbox.c.id == event.id)
        .values(
            attempts=event.attempts + 1,
            failure=why,
            not_before=again_at or at,
            done_at=None if again_at else at,
        )
    )


async def next_moment(connection: AsyncConnection, *, after: datetime) -> datetime | None:
    """Return when the next held event becomes due, or None when none is held."""
    found = await connection.execute(
        select(func.min(inbox.c.not_before)).where(inbox.c.done_at.is_(None), inbox.c.not_before > after)
    )
    moment: datetime | None = found.scalar()
    return moment


async def waiting(connection: AsyncConnection) -> int:
    """Count the events that are not dealt with yet."""
    query = select(func.count()).select_from(inbox).where(inbox.c.done_at.is_(None))
    return int((await connection.execute(query)).scalar_one())

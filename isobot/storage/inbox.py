"""The inbox: what the platforms handed over, kept until it is dealt with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.messages import Incoming
from isobot.storage.statements import insert_if_absent
from isobot.storage.tables import conversations, inbox

GAP_PATIENCE = timedelta(milliseconds=400)
"""How long an event waits for the one numbered just before it, which a webhook may bring later."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that waits, with its place in the inbox."""

    id: int
    chat_key: str
    incoming: Incoming
    attempts: int


def key_of(bot: str, chat: str) -> str:
    """Return the key of a chat, or of a sender, of one bot."""
    return f"{bot}:{chat}"


async def store(
    connection: AsyncConnection, events: Iterable[Incoming], *, at: datetime, gapless: bool = False
) -> int:
    """Keep events, each once; return how many were new.

    `gapless` says that the bot numbers its events 1, 2, 3 and that they may arrive out of turn: an
    event whose forerunner is missing then waits a moment for it.
    """
    rows = []
    for event in events:
        held = gapless and not await _has_forerunner(connection, event)
        rows.append(
            {
                "bot": event.bot,
                "event_id": event.event_id,
                "chat_key": key_of(event.bot, event.chat),
                "chat": event.chat,
                "event_order": event.order,
                "payload": event.as_payload(),
                "received_at": at,
                "not_before": at + GAP_PATIENCE if held else at,
                "attempts": 0,
            }
        )
    if not rows:
        return 0
    taken = await connection.execute(insert_if_absent(connection, inbox), rows)
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
    }
    await connection.execute(insert_if_absent(connection, conversations), list(chats.values()))
    return max(taken.rowcount, 0)


async def _has_forerunner(connection: AsyncConnection, event: Incoming) -> bool:
    found = await connection.execute(
        select(inbox.c.id)
        .where(inbox.c.bot == event.bot, inbox.c.event_order >= event.order - 1)
        .where(inbox.c.event_order < event.order)
        .limit(1)
    )
    return found.first() is not None


async def chats_waiting(connection: AsyncConnection, *, now: datetime, most: int) -> list[str]:
    """Name the chats whose events have waited longest."""
    oldest = (
        select(inbox.c.chat_key)
        .where(inbox.c.done_at.is_(None), inbox.c.not_before <= now)
        .order_by(inbox.c.id)
        .limit(most * 2)
    )
    found = await connection.execute(oldest)
    return list(dict.fromkeys(found.scalars()))[:most]


async def first_events(connection: AsyncConnection, chats: Sequence[str], *, now: datetime) -> list[Waiting]:
    """Return the first waiting event of each chat, unless that one must wait still."""
    found = await connection.execute(
        select(
            inbox.c.id,
            inbox.c.bot,
            inbox.c.event_id,
            inbox.c.chat_key,
            inbox.c.chat,
            inbox.c.event_order,
            inbox.c.payload,
            inbox.c.not_before,
            inbox.c.attempts,
        )
        .where(inbox.c.done_at.is_(None), inbox.c.chat_key.in_(chats))
        .order_by(inbox.c.chat_key, inbox.c.event_order, inbox.c.id)
    )
    first: dict[str, Waiting] = {}
    held: set[str] = set()
    for row in found:
        if row.chat_key in first or row.chat_key in held:
            continue
        if row.not_before > now:
            held.add(row.chat_key)
            continue
        incoming = Incoming.from_payload(
            bot=row.bot,
            chat=row.chat,
            event_id=row.event_id,
            order=row.event_order,
            payload=row.payload,
        )
        first[row.chat_key] = Waiting(row.id, row.chat_key, incoming, row.attempts)
    return list(first.values())


async def mark_done(connection: AsyncConnection, ids: Sequence[int], *, at: datetime) -> None:
    """Take events off the waiting list."""
    if ids:
        done = update(inbox).where(inbox.c.id == bindparam("key")).values(done_at=at)
        await connection.execute(done, [{"key": key} for key in ids])


async def mark_failed(
    connection: AsyncConnection, event: Waiting, *, why: str, again_at: datetime | None, at: datetime
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


async def next_moment(connection: AsyncConnection) -> datetime | None:
    """Return when the next held event becomes due, or None when nothing waits."""
    found = await connection.execute(
        select(inbox.c.not_before).where(inbox.c.done_at.is_(None)).order_by(inbox.c.not_before).limit(1)
    )
    moment: datetime | None = found.scalar()
    return moment

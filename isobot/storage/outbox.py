"""The outbox: every message to be sent, in the order of each chat."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.messages import Reply
from isobot.storage.inbox import key_of
from isobot.storage.tables import Moment, outbox

_QUEUED: ColumnElement[str] = literal_column("'queued'")
"""Written out, because an index over the queued messages only is not used for a bound value."""
_COLUMNS = (
    outbox.c.id,
    outbox.c.bot,
    outbox.c.chat,
    outbox.c.chat_key,
    outbox.c.body,
    outbox.c.prompt,
    outbox.c.attempts,
    outbox.c.sent_at,
    outbox.c.priority,
    outbox.c.parts,
)
_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("key"))
    .values(status="sent", sent_at=bindparam("at"), message_ref=bindparam("ref"))
)


class Priority(IntEnum):
    """Who goes first: an officer who waits for an answer, or a campaign."""

    ANSWER = 0
    CAMPAIGN = 10


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent."""

    id: int
    bot: str
    chat: str
    chat_key: str
    reply: Reply
    prompt: int
    attempts: int
    sent_at: datetime | None = None
    priority: int = 0
    parts: int = 0
    """How many parts of a long message have left already."""

    @property
    def is_campaign(self) -> bool:
        """Tell whether nobody waits for it: answers go first."""
        return self.priority >= Priority.CAMPAIGN


def row_of(
    bot: str, chat: str, reply: Reply, *, prompt: int, priority: Priority, at: datetime
) -> dict[str, Any]:
    """Return the row of a new message."""
    return {
        "bot": bot,
        "chat_key": key_of(bot, chat),
        "chat": chat,
        "body": reply.as_body(),
        "prompt": prompt,
        "priority": int(priority),
        "status": "queued",
        "attempts": 0,
        "created_at": at,
        "not_before": at,
    }


async def add(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Queue messages, in the order given."""
    if rows:
        await connection.execute(insert(outbox), list(rows))


async def add_one(connection: AsyncConnection, row: dict[str, Any]) -> int:
    """Queue one message and return its number."""
    done = await connection.execute(insert(outbox).values(**row).returning(outbox.c.id))
    number: int = done.scalar_one()
    return number


def _outgoing(row: Any) -> Outgoing:
    return Outgoing(
        row.id,
        row.bot,
        row.chat,
        row.chat_key,
        Reply.from_body(row.body),
        row.prompt,
        row.attempts,
        row.sent_at,
        row.priority,
        row.parts,
    )


async def due_of_each(
    connection: AsyncConnection,
    rooms: Mapping[str, int],
    *,
    now: datetime,
    apart_from: Mapping[str, Sequence[str]] | None = None,
    not_these: Collection[int] = (),
    answers_only: Collection[str] = (),
) -> list[Outgoing]:
    """Return for each bot at most so many messages that may be sent now, answers first.

    Chats `apart_from` get none; `not_these` are messages that the caller has already. Bots in
    `answers_only` get no message of a campaign. One statement serves all bots, and one with a long queue
    does not keep the others waiting.
    """
    if not rooms:
        return []
    bots = list(rooms)
    waiting = _waiting_of(tuple(bot in answers_only for bot in bots))
    values: dict[str, Any] = {"now": now, "not_these": list(not_these)}
    for place, bot in enumerate(bots):
        values |= {
            f"bot_{place}": bot,
            f"most_{place}": rooms[bot],
            f"apart_from_{place}": list((apart_from or {}).get(bot, ())),
        }
    found = await connection.execute(waiting, values)
    return sorted((_outgoing(row) for row in found), key=lambda message: (message.priority, message.id))


@lru_cache(maxsize=256)
def _waiting_of(answers_only: tuple[bool, ...]) -> Select[Any] | CompoundSelect[Any]:
    """Return the statement for so many bots: built once, since in a rush it runs many times a second."""
    parts = [_due(place, answers_only=only) for place, only in enumerate(answers_only)]
    return parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))


def _due(place: int, *, answers_only: bool) -> Select[Any]:
    """Return the statement for the bot at a place among several.

    A message stays behind an earlier one of its chat that has to wait, so a chat keeps its order.
    """
    now = bindparam("now", type_=Moment())
    earlier = outbox.alias("earlier")
    held_up = exists().where(
        and_(
            earlier.c.chat_key == outbox.c.chat_key,
            earlier.c.status == _QUEUED,
            # "+ 0" keeps SQLite off the index by priority, which would read all chats' earlier messages.
            earlier.c.priority + 0 == outbox.c.priority,
            earlier.c.id < outbox.c.id,
            earlier.c.not_before > now,
        )
    )
    query = (
        select(*_COLUMNS)
        .where(
            outbox.c.status == _QUEUED,
            outbox.c.not_before <= now,
            ~held_up,
            # An equation: only so do the databases walk a bot's queue in order and stop early.
            outbox.c.bot == bindparam(f"bot_{place}"),
            outbox.c.id.not_in(bindparam("not_these", expanding=True)),
            outbox.c.chat_key.not_in(bindparam(f"apart_from_{place}", expanding=True)),
        )
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(bindparam(f"most_{place}"))
    )
    return query.where(outbox.c.priority < int(Priority.CAMPAIGN)) if answers_only else query


async def note_parts(connection: AsyncConnection, message: int, *, parts: int) -> None:
    """Note how many parts of a long message have left."""
    await connection.execute(update(outbox).where(outbox.c.id == message).values(parts=parts))


async def begin(connection: AsyncConnection, messages: Collection[int]) -> dict[int, int]:
    """Note that messages are about to leave; return how often each was begun, those still waiting only.

    A message begun a second time may have reached its chat the first time, before a kill.
    """
    if not messages:
        return {}
    done = await connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(messages), outbox.c.status == "queued")
        .values(begun=outbox.c.begun + 1)
        .returning(outbox.c.id, outbox.c.begun)
    )
    return {row.id: row.begun for row in done}


async def take_back_begun(connection: AsyncConnection, messages: Collection[int]) -> None:
    """Note that messages which were about to leave surely did not."""
    if messages:
        await connection.execute(
            update(outbox).where(outbox.c.id.in_(messages)).values(begun=outbox.c.begun - 1)
        )


async def mark_sent(
    connection: AsyncConnection, done: Sequence[tuple[int, str | None]], *, at: datetime
) -> None:
    """Note deliveries with the platform's own numbers of the messages."""
    if done:
        await connection.execute(_SENT, [{"key": key, "ref": ref, "at": at} for key, ref in done])


async def mark_waiting(
    connection: AsyncConnection, key: int, *, attempts: int, until: datetime, why: str
) -> None:
    """Put a message back, to be tried again at `until`."""
    await connection.execute(
        update(outbox).where(outbox.c.id == key).values(attempts=attempts, not_before=until, failure=why)
    )


async def mark_dead(connection: AsyncConnection, key: int, *, attempts: int, why: str) -> None:
    """Give a message up; it stays to be looked at, and can be sent again by hand."""
    await connection.execute(
        update(outbox).where(outbox.c.id == key).values(status="dead", attempts=attempts, failure=why)
    )


async def history(connection: AsyncConnection, chat_key: str, *, after: int, most: int) -> list[Outgoing]:
    """Return what was sent to a chat after a message number, oldest first."""
    found = await connection.execute(
        select(*_COLUMNS)
        .where(outbox.c.chat_key == chat_key, outbox.c.id > after, outbox.c.status == "sent")
        .order_by(outbox.c.id)
        .limit(most)
    )
    return [_outgoing(row) for row in found]


async def get(connection: AsyncConnection, key: int) -> Outgoing | None:
    """Return one message, sent or not."""
    row = (await connection.execute(select(*_COLUMNS).where(outbox.c.id == key))).first()
    return None if row is None else _outgoing(row)


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Count the messages by status."""
    found = await connection.execute(select(outbox.c.status, func.count()).group_by(outbox.c.status))
    return {row[0]: row[1] for row in found}

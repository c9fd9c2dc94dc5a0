"""The outbox: every message to be sent, in the order of each chat."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.chat_keys import key_of
from isobot.domain.messages import Reply
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
    """Who goes first: an officer who waits for an answer, a campaign, or a list of what became of it."""

    ANSWER = 0
    CAMPAIGN = 10
    LIST = 20


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

    @property
    def is_list(self) -> bool:
        """Tell whether it says what became of a campaign, and so leaves after it."""
        return self.priority >= Priority.LIST


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
    not_these: Mapping[str, Collection[int]] | None = None,
    answers_only: Collection[str] = (),
) -> list[Outgoing]:
    """Return for each bot at most so many messages that may be sent now, answers first.

    Chats `apart_from` get none; `not_these` are messages that the caller has already. Bots in
    `answers_only` get no message of a campaign. A bot with a long queue does not keep the others waiting.
    """
    several = {bot for bot in rooms if bot in answers_only}
    if len(several) == 1:
        several.clear()

    def asked(bots: Collection[str], most: int) -> dict[str, Any]:
        return {
            "now": now,
            "most": most,
            "apart_from": [chat for bot in bots for chat in (apart_from or {}).get(bot, ())],
            "not_these": [number for bot in bots for number in (not_these or {}).get(bot, ())],
        }

    found: list[Outgoing] = []
    if several:
        together = asked(several, max(rooms[bot] for bot in several))
        rows = await connection.execute(_answers(), {**together, "bots": list(several)})
        found += [_outgoing(row) for row in rows]
    for bot in rooms.keys() - several:
        one = _due(answers_only=bot in answers_only)
        rows = await connection.execute(one, {**asked([bot], rooms[bot]), "bot": bot})
        found += [_outgoing(row) for row in rows]
    return sorted(found, key=lambda message: (message.priority, message.id))


# Built once, and of few shapes: in a rush they run many times a second, and to compile one of a new shape
# takes as long as to send several messages.


@cache
def _due(*, answers_only: bool) -> Select[Any]:
    """Return the statement for one bot."""
    query = (
        _waiting()
        # An equation: only so do the databases walk a bot's queue in order and stop early.
        .where(outbox.c.bot == bindparam("bot"))
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(bindparam("most"))
    )
    return query.where(outbox.c.priority < int(Priority.CAMPAIGN)) if answers_only else query


@cache
def _answers() -> Select[Any]:
    """Return the statement for the answers of many bots, so many of each.

    It reads all answers that wait; a campaign would be too long for that.
    """
    turn = func.row_number().over(partition_by=outbox.c.bot, order_by=(outbox.c.priority, outbox.c.id))
    waiting = (
        _waiting()
        .add_columns(turn.label("turn"))
        .where(
            outbox.c.bot.in_(bindparam("bots", expanding=True)),
            outbox.c.priority < int(Priority.CAMPAIGN),
        )
        .subquery()
    )
    return select(*(waiting.c[column.name] for column in _COLUMNS)).where(waiting.c.turn <= bindparam("most"))


def _waiting() -> Select[Any]:
    """Return the statement for what may be sent now.

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
    return select(*_COLUMNS).where(
        outbox.c.status == _QUEUED,
        outbox.c.not_before <= now,
        ~held_up,
        outbox.c.id.not_in(bindparam("not_these", expanding=True)),
        outbox.c.chat_key.not_in(bindparam("apart_from", expanding=True)),
    )


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

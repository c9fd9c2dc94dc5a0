"""The outbox seen from above: dead letters, other ways to a person, what was sent this month."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    case,
    distinct,
    false,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.chat_keys import bot_and_chat
from isobot.domain.messages import Reply
from isobot.storage import leases, records
from isobot.storage.outbox import Outgoing, Priority, row_of
from isobot.storage.tables import dispatches, identities, outbox, reminder_days

LONGEST_MERGED = 1500
"""Characters; with its choices a message then still fits Zalo's 2000."""
MOVED_AT_ONCE = 200
"""Messages that go to other chats in one transaction; the others follow with the next tick."""
_QUEUED: ColumnElement[str] = literal_column("'queued'")
_SENT = outbox.c.status == "sent"
_LEFT_AT = case((_SENT, outbox.c.sent_at), (outbox.c.parts > 0, outbox.c.created_at))
"""When a message left, or began to."""


def token_key(bot: str) -> str:
    """Return the name under which the database notes since when a bot's token is refused."""
    return f"token-refused:{bot}"


async def note_token(connection: AsyncConnection, bot: str, *, refused: bool, at: datetime) -> None:
    """Note since when a platform refuses a bot's token, or that it takes it again."""
    known = await records.get_meta(connection, token_key(bot))
    if refused != bool(known):
        await records.set_meta(connection, token_key(bot), at.isoformat() if refused else "")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, without its words: whoever looks after the bot need not read them."""

    id: int
    bot: str
    chat: str
    created_at: datetime
    attempts: int
    why: str


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one bot, of one priority."""

    bot: str
    campaign: bool
    waiting: int
    oldest: datetime
    """The moment from which on the oldest of them might have been sent."""


@dataclass(frozen=True, slots=True)
class Untold:
    """Steps that fell due on an earlier day and were not told then; of some nobody is told any more."""

    day: date
    steps: int
    dropped: int


async def dead_letters(connection: AsyncConnection, *, most: int) -> list[DeadLetter]:
    """List messages that were given up, newest first."""
    found = await connection.execute(
        select(outbox).where(outbox.c.status == "dead").order_by(outbox.c.id.desc()).limit(most)
    )
    return [DeadLetter(r.id, r.bot, r.chat, r.created_at, r.attempts, r.failure or "") for r in found]


async def queue_again(connection: AsyncConnection, *, ids: Sequence[int] | None, at: datetime) -> list[int]:
    """Queue dead letters once more, those named or all; return those that were dead.

    A chat that had been given up counts as reachable again, until the platform says otherwise.
    """
    again = update(outbox).where(outbox.c.status == "dead")
    if ids is not None:
        again = again.where(outbox.c.id.in_(ids))
    done = await connection.execute(
        again.values(status="queued", attempts=0, not_before=at).returning(outbox.c.id, outbox.c.chat_key)
    )
    rows = done.all()
    await connection.execute(
        update(dispatches)
        .where(dispatches.c.outbox.in_([row.id for row in rows]), dispatches.c.status == "dead")
        .values(status="queued", why="")
    )
    chats = {row.chat_key for row in rows}
    await connection.execute(update(identities).where(identities.c.chat_key.in_(chats)).values(gone_at=None))
    return sorted(row.id for row in rows)


async def send_elsewhere(
    connection: AsyncConnection, message: Outgoing, *, bots: Collection[str], at: datetime
) -> bool:
    """Queue a message for the next chat of the same person, among `bots`; False when there is none.

    The ledger's rows go over to the new message, so the step is still told once.
    """
    here = identities.alias("here")
    chats = await connection.execute(
        select(identities.c.chat_key)
        .join(here, here.c.person == identities.c.person)
        .where(here.c.chat_key == message.chat_key, identities.c.chat_key != message.chat_key)
        .where(identities.c.gone_at.is_(None))
        .order_by(identities.c.last_seen.desc())
    )
    for chat_key in chats.scalars():
        bot, chat = bot_and_chat(chat_key)
        if bot not in bots:
            continue
        row = row_of(bot, chat, message.reply, prompt=0, priority=Priority(message.priority), at=at)
        done = await connection.execute(insert(outbox).values(**row).returning(outbox.c.id))
        await connection.execute(
            update(outbox).where(outbox.c.id == message.id).values(status="moved", failure=f"to {bot}")
        )
        await _carry(connection, [message.id], by=done.scalar_one())
        return True
    return False


async def leave_silent_bots(connection: AsyncConnection, *, bots: Collection[str], at: datetime) -> int:
    """Send what campaigns left waiting for bots that are not among `bots` to people's other chats.

    Such a bot was turned off, or has no token here. One that another process sends for is left alone.
    """
    waiting = (outbox.c.status == _QUEUED) & (outbox.c.priority >= int(Priority.CAMPAIGN))
    found = await connection.execute(
        select(outbox.c.bot).distinct().where(waiting, outbox.c.bot.not_in(bots))
    )
    silent = await leases.nobody_sends_for(connection, sorted(found.scalars()))
    if not silent:
        return 0
    here, there = identities.alias("here"), identities.alias("there")
    usable = or_(false(), *(there.c.chat_key.startswith(f"{bot}:", autoescape=True) for bot in bots))
    another = (
        select(there.c.chat_key)
        .join(here, here.c.person == there.c.person)
        .where(here.c.chat_key == outbox.c.chat_key, there.c.gone_at.is_(None), usable)
    )
    rows = await connection.execute(
        select(outbox)
        .where(waiting, outbox.c.bot.in_(silent), another.exists())
        .order_by(outbox.c.id)
        .limit(MOVED_AT_ONCE)
    )
    moved = 0
    for row in rows.all():
        body = Reply.from_body(row.body)
        message = Outgoing(row.id, row.bot, row.chat, row.chat_key, body, 0, 0, None, row.priority)
        moved += await send_elsewhere(connection, message, bots=bots, at=at)
    return moved


def month_of(moment: datetime) -> datetime:
    """Return when the calendar month of a moment began in Việt Nam."""
    local = moment.astimezone(VIETNAM)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


async def sent_this_month(connection: AsyncConnection, bot: str, *, at: datetime) -> int:
    """Count the messages of a bot that the platform took since this calendar month began, as it counts them.

    Each part of a long one counts, also of one that did not leave as a whole, and one that a kill or a
    broken connection may have repeated counts twice.
    """
    return await _sent(connection, bot, month_of(at) <= _LEFT_AT)


async def sent_in_month(connection: AsyncConnection, bot: str, *, month: datetime) -> int:
    """Count what the platform took in the month of a moment, as `sent_this_month` does of the running one."""
    next_month = month_of(month_of(month) + timedelta(days=32))
    return await _sent(connection, bot, (month_of(month) <= _LEFT_AT) & (next_month > _LEFT_AT))


async def _sent(connection: AsyncConnection, bot: str, when: ColumnElement[bool]) -> int:
    again = case((outbox.c.begun > 1, 1), else_=0)
    left = outbox.c.parts + case((_SENT, 1 + again), else_=0)
    found = await connection.execute(
        select(func.coalesce(func.sum(left), 0)).where(outbox.c.bot == bot, when)
    )
    return int(found.scalar_one())


async def users_of(connection: AsyncConnection, bot: str) -> int:
    """Count the chats that a bot ever wrote to."""
    found = await connection.execute(
        select(func.count(distinct(outbox.c.chat_key))).where(outbox.c.bot == bot, outbox.c.status == "sent")
    )
    return int(found.scalar_one())


async def merge_waiting(connection: AsyncConnection, bot: str, *, apart_from: Sequence[str] = ()) -> int:
    """Join the messages of campaigns that wait for the same chat; return how many were saved.

    Chats `apart_from` are left as they are: one of their messages is under way.

    Of several about the very same reports the newest stands, since what it says is still true.
    """
    found = await connection.execute(
        select(outbox.c.id, outbox.c.chat_key, outbox.c.body)
        .where(outbox.c.status == "queued", outbox.c.bot == bot, outbox.c.chat_key.not_in(apart_from))
        .where(outbox.c.priority >= int(Priority.CAMPAIGN))
        .order_by(outbox.c.chat_key, outbox.c.id.desc())
    )
    by_chat: dict[str, list[Any]] = {}
    for row in found:
        by_chat.setdefault(row.chat_key, []).append(row)
    crowded = [rows for rows in by_chat.values() if len(rows) > 1]
    about = await _about(connection, [row.id for rows in crowded for row in rows])
    saved = 0
    for newest, *older in crowded:
        texts, told, taken = [Reply.from_body(newest.body).text], set(about.get(newest.id, ())), []
        for row in older:
            subjects, text = set(about.get(row.id, ())), Reply.from_body(row.body).text
            if not (subjects and subjects <= told):
                if sum(map(len, texts)) + len(text) > LONGEST_MERGED:
                    continue
                texts.insert(0, text)
                told |= subjects
            taken.append(row.id)
        if not taken:
            continue
        body = {**newest.body, "text": "\n\n".join(texts)}
        await connection.execute(update(outbox).where(outbox.c.id == newest.id).values(body=body))
        await connection.execute(update(outbox).where(outbox.c.id.in_(taken)).values(status="merged"))
        await _carry(connection, taken, by=newest.id)
        saved += len(taken)
    return saved


async def _carry(connection: AsyncConnection, messages: Sequence[int], *, by: int) -> None:
    """Let another message carry the ledger's rows of some."""
    for table in (dispatches, reminder_days):
        await connection.execute(update(table).where(table.c.outbox.in_(messages)).values(outbox=by))


async def _about(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[tuple[str, str, str]]]:
    found = await connection.execute(
        select(dispatches.c.outbox, dispatches.c.rule, dispatches.c.period, dispatches.c.unit).where(
            dispatches.c.outbox.in_(ids)
        )
    )
    about: dict[int, list[tuple[str, str, str]]] = {}
    for row in found:
        about.setdefault(row.outbox, []).append((row.rule, row.period, row.unit))
    return about


async def queues(connection: AsyncConnection) -> list[Queue]:
    """Tell what waits, by bot, answers and campaigns apart."""
    campaign = (outbox.c.priority >= literal(int(Priority.CAMPAIGN))).label("campaign")
    found = await connection.execute(
        select(
            outbox.c.bot,
            campaign,
            func.count(),
            func.min(outbox.c.not_before, type_=outbox.c.not_before.type),
        )
        .where(outbox.c.status == "queued")
        .group_by(outbox.c.bot, campaign)
    )
    return [Queue(row[0], bool(row[1]), row[2], row[3]) for row in found]


async def dead_by_bot(connection: AsyncConnection) -> dict[str, int]:
    """Count the dead letters of each bot."""
    found = await connection.execute(
        select(outbox.c.bot, func.count()).where(outbox.c.status == "dead").group_by(outbox.c.bot)
    )
    return {row[0]: row[1] for row in found}


async def perhaps_repeated(connection: AsyncConnection) -> dict[str, int]:
    """Count for each bot how often a campaign's message left that may have left before: a kill's doing."""
    found = await connection.execute(
        select(outbox.c.bot, func.sum(outbox.c.begun - 1))
        .where(outbox.c.begun > literal_column("1"))
        .group_by(outbox.c.bot)
    )
    return {row[0]: int(row[1]) for row in found}


async def campaign_between(connection: AsyncConnection, begin: datetime, end: datetime) -> int:
    """Count the messages of campaigns that a platform took in a stretch of time."""
    found = await connection.execute(
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.status == "sent", outbox.c.priority >= int(Priority.CAMPAIGN))
        .where(outbox.c.sent_at >= begin, outbox.c.sent_at < end)
    )
    return int(found.scalar_one())


def day_of(moment: datetime) -> tuple[datetime, datetime]:
    """Return when the day of a moment began and ends in Việt Nam."""
    begin = moment.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    return begin.astimezone(UTC), (begin + timedelta(days=1)).astimezone(UTC)


async def steps_on(connection: AsyncConnection, day: date) -> dict[str, int]:
    """Count the ledger's steps that were due on a day, by how they stand."""
    found = await connection.execute(
        select(dispatches.c.status, func.count())
        .where(dispatches.c.due_on == day)
        .group_by(dispatches.c.status)
    )
    return {row[0]: row[1] for row in found}


async def untold(
    connection: AsyncConnection, *, since: datetime, today: date, begun: datetime
) -> list[Untold]:
    """List the days before `today`, from that of `since` on, whose steps were not told on them.

    They were taken into the ledger after `since`, or their messages had not left when `today` began, at
    `begun`. Steps of people whom no chat reaches are left out.
    """
    late = dispatches.c.claimed_at > since
    waited = dispatches.c.status.in_(("queued", "sent")) & (
        dispatches.c.told_at.is_(None) | (dispatches.c.told_at >= begun)
    )
    gone = case((dispatches.c.status == "cancelled", 1), else_=0)
    found = await connection.execute(
        select(dispatches.c.due_on, func.count(), func.sum(gone))
        .where(dispatches.c.due_on >= vietnam_day(since), dispatches.c.due_on < today)
        .where(dispatches.c.status != "dead", late | waited)
        .group_by(dispatches.c.due_on)
        .order_by(dispatches.c.due_on)
    )
    return [Untold(row[0], row[1], int(row[2])) for row in found]

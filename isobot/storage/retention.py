"""How long what was said is kept: bodies of messages go, the rows that prove their handling stay."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage import questions
from isobot.storage.tables import conversations, identities, inbox, outbox

_BLANK_EVENT = {"sender": "", "kind": "other"}
_BLANK_BODY = {"text": ""}


async def expire_messages(connection: AsyncConnection, *, before: datetime) -> int:
    """Blank the bodies of messages dealt with before a moment; return how many there were."""
    read = await connection.execute(
        update(inbox)
        .where(inbox.c.done_at < before, inbox.c.blanked.is_(False))
        .values(payload=_BLANK_EVENT, blanked=True)
    )
    written = await connection.execute(
        update(outbox)
        .where(outbox.c.created_at < before, outbox.c.status != "queued", outbox.c.blanked.is_(False))
        .values(body=_BLANK_BODY, blanked=True)
    )
    return read.rowcount + written.rowcount


async def forget_chats(connection: AsyncConnection, chats: Sequence[str]) -> None:
    """Blank everything said in some chats, whenever it was; unanswered events are still answered."""
    await connection.execute(
        update(inbox)
        .where(inbox.c.chat_key.in_(chats), inbox.c.done_at.is_not(None))
        .values(payload=_BLANK_EVENT, blanked=True)
    )
    await connection.execute(
        update(outbox)
        .where(outbox.c.chat_key.in_(chats), outbox.c.status != "queued")
        .values(body=_BLANK_BODY, blanked=True)
    )
    await questions.forget(connection, chats)
    await connection.execute(
        update(conversations)
        .where(conversations.c.chat_key.in_(chats))
        .values(dialogue="", state={}, offered=[], memory={})
    )


async def chats_of(connection: AsyncConnection, person: int) -> list[str]:
    """List the chats of a person's identities."""
    found = await connection.execute(select(identities.c.chat_key).where(identities.c.person == person))
    return list(dict.fromkeys(found.scalars()))

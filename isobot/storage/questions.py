"""The log of questions, and of who was told which card."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, false, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.curation import (
    Asked,
    Told,
)
from isobot.storage.tables import (
    questions,
    tellings,
)

Row = dict[str, Any]
_OPEN = and_(
    questions.c.settled == "",
    questions.c.question != "",
    or_(questions.c.outcome == "refused", questions.c.helpful == false()),
)


def new_ref() -> str:
    """Draw a reference for a question, which a button can carry before the question has its row."""
    return secrets.token_hex(6)


def question_row(
    *,
    ref: str,
    chat_key: str,
    province: str,
    text: str,
    outcome: str,
    topic: str,
    cards: Iterable[str],
    at: datetime,
) -> Row:
    """Return a question as `log` writes it."""
    return {
        "ref": ref,
        "asked_at": at,
        "chat_key": chat_key,
        "province": province,
        "question": text,
        "outcome": outcome,
        "topic": topic,
        "cards": list(cards),
        "settled": "",
    }


def telling_row(*, chat_key: str, card: str, document: str, question: str = "", at: datetime) -> Row:
    """Return the row of one card told to one chat."""
    return {
        "chat_key": chat_key,
        "card": card,
        "document": document,
        "question": question,
        "told_at": at,
    }


async def log(connection: AsyncConnection, asked: Sequence[Row], told: Sequence[Row]) -> None:
    """Write questions, and what was told, many rows to a statement."""
    if asked:
        await connection.execute(insert(questions), list(asked))
    if told:
        await connection.execute(insert(tellings), list(told))


async def set_helpful(connection: AsyncConnection, ref: str, *, chat_key: str, helpful: bool) -> bool:
    """Keep what the asker thinks of an answer; False when the question is not of this chat.

    A changed mind opens the question again for the curators.
    """
    done = await connection.execute(
        update(questions)
        .where(questions.c.ref == ref, questions.c.chat_key == chat_key)
        .values(helpful=helpful, settled="")
    )
    return done.rowcount == 1


async def open_questions(connection: AsyncConnection, *, since: datetime, most: int = 2000) -> list[Asked]:
    """Return the questions refused or marked as wrongly answered that nobody dealt with, oldest first."""
    found = await connection.execute(
        select(questions)
        .where(_OPEN, questions.c.asked_at >= since)
        .order_by(questions.c.id.desc())
        .limit(most)
    )
    return [_asked(row) for row in found.mappings()][::-1]


async def questions_of(connection: AsyncConnection, refs: Collection[str]) -> list[Asked]:
    """Return some questions, oldest first."""
    found = await connection.execute(
        select(questions).where(questions.c.ref.in_(list(refs))).order_by(questions.c.id)
    )
    return [_asked(row) for row in found.mappings()]


def _asked(row: Mapping[Any, Any]) -> Asked:
    return Asked(
        ref=row["ref"],
        chat_key=row["chat_key"],
        province=row["province"],
        text=row["question"],
        outcome=row["outcome"],
        topic=row["topic"],
        cards=tuple(row["cards"]),
        at=row["asked_at"],
        helpful=row["helpful"],
        settled=row["settled"],
    )


async def settle(connection: AsyncConnection, refs: Collection[str], *, how: str) -> list[str]:
    """Note how questions were dealt with; returns those that were still open, so each is settled once."""
    done = await connection.execute(
        update(questions)
        .where(questions.c.ref.in_(list(refs)), questions.c.settled == "")
        .values(settled=how)
        .returning(questions.c.ref)
    )
    return list(done.scalars())


async def prune(connection: AsyncConnection, *, texts_before: datetime, told_before: datetime) -> int:
    """Empty the texts of old questions and drop what was told long ago; returns how many texts went."""
    done = await connection.execute(
        update(questions)
        .where(questions.c.asked_at < texts_before, questions.c.question != "")
        .values(question="")
    )
    await connection.execute(delete(tellings).where(tellings.c.told_at < told_before))
    return done.rowcount


async def forget(connection: AsyncConnection, chats: Collection[str]) -> None:
    """Erase what chats asked and were told; how often a card was wanted stays, with nobody behind it."""
    await connection.execute(delete(tellings).where(tellings.c.chat_key.in_(list(chats))))
    await connection.execute(
        update(questions).where(questions.c.chat_key.in_(list(chats))).values(chat_key="", question="")
    )


async def told(connection: AsyncConnection, document: str, *, since: datetime) -> list[Told]:
    """Return the latest time that each chat was told each card resting on a document."""
    found = await connection.execute(
        select(tellings.c.chat_key, tellings.c.card, func.max(tellings.c.told_at).label("at"))
        .where(tellings.c.document == document, tellings.c.told_at >= since)
        .group_by(tellings.c.chat_key, tellings.c.card)
        .order_by(tellings.c.chat_key, tellings.c.card)
    )
    return [Told(row.chat_key, row.card, document, row.at) for row in found]

"""Filled workbooks sent into a chat: fetched after the commit, checked, written once that is confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage.tables import filled_files


class Stage(StrEnum):
    """How far a workbook has come."""

    SENT = "sent"
    """Named by the platform, not fetched yet."""
    CHECKED = "checked"
    """Its dry run was told; it waits for a word."""
    WANTED = "wanted"
    """To be written, complete reports sent."""
    WANTED_DRAFTS = "drafts"
    """To be written as drafts."""
    DONE = "done"


AT_WORK = (Stage.SENT, Stage.WANTED, Stage.WANTED_DRAFTS)
"""The stages in which it is our turn."""


@dataclass(frozen=True, slots=True)
class FilledFile:
    """A workbook; `source` is the platform's own reference to it."""

    id: int
    bot: str
    chat: str
    source: Mapping[str, Any]
    filename: str
    person: int
    stage: str
    content: bytes | None


_COLUMNS = tuple(filled_files.c[name] for name in FilledFile.__dataclass_fields__)


async def add(
    connection: AsyncConnection,
    *,
    bot: str,
    chat: str,
    source: Mapping[str, Any],
    filename: str,
    person: int,
    at: datetime,
) -> int:
    """Note a workbook that is to be fetched, and return its number."""
    row = {"bot": bot, "chat": chat, "source": dict(source), "filename": filename, "person": person}
    done = await connection.execute(
        insert(filled_files).values(**row, at=at, stage=Stage.SENT.value).returning(filled_files.c.id)
    )
    number: int = done.scalar_one()
    return number


async def at_work(connection: AsyncConnection, bots: Sequence[str], *, most: int = 4) -> list[FilledFile]:
    """Return the workbooks of some bots with which something is to be done, the oldest first."""
    query = (
        select(*_COLUMNS)
        .where(filled_files.c.bot.in_(bots), filled_files.c.stage.in_(stage.value for stage in AT_WORK))
        .order_by(filled_files.c.id)
        .limit(most)
    )
    return [FilledFile(**row) for row in (await connection.execute(query)).mappings()]


async def move(
    connection: AsyncConnection, number: int, *, before: str, after: str, content: bytes | None = None
) -> bool:
    """Bring a workbook one stage on; False when somebody else did."""
    values: dict[str, Any] = {"stage": str(after)}
    if content is not None or after == Stage.DONE:
        values["content"] = content
    done = await connection.execute(
        update(filled_files)
        .where(filled_files.c.id == number, filled_files.c.stage == str(before))
        .values(**values)
    )
    return done.rowcount == 1


async def want(connection: AsyncConnection, number: int, *, person: int, stage: Stage) -> bool:
    """Note what the person who sent a checked workbook wants; False where there is no such one."""
    done = await connection.execute(
        update(filled_files)
        .where(
            filled_files.c.id == number,
            filled_files.c.person == person,
            filled_files.c.stage == Stage.CHECKED.value,
        )
        .values(stage=stage.value)
    )
    return done.rowcount == 1


async def forget(connection: AsyncConnection, *, before: datetime) -> None:
    """Drop the workbooks sent before a moment; what they wrote is in the reports."""
    await connection.execute(delete(filled_files).where(filled_files.c.at < before))

"""Files that belong to a report: the signed letter as a scan or photo, fetched after it was named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage.tables import report_files, uploads


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file of a report, without its content.

    `source` is the platform's own reference to it; `failure` says why it could not be fetched.
    """

    id: int
    report: int
    field: str
    filename: str
    media_type: str
    size: int
    bot: str
    source: Mapping[str, Any]
    fetched_at: datetime | None
    failure: str


_COLUMNS = tuple(report_files.c[name] for name in ReportFile.__dataclass_fields__)


async def add(
    connection: AsyncConnection,
    *,
    report: int,
    field: str,
    filename: str,
    bot: str,
    source: Mapping[str, Any],
    person: int,
    at: datetime,
) -> int:
    """Note a file that is to be fetched, and return its number."""
    done = await connection.execute(
        insert(report_files)
        .values(
            report=report,
            field=field,
            filename=filename,
            media_type="",
            bot=bot,
            source=dict(source),
            person=person,
            at=at,
        )
        .returning(report_files.c.id)
    )
    number: int = done.scalar_one()
    return number


async def to_fetch(connection: AsyncConnection, bots: Sequence[str], *, most: int) -> list[ReportFile]:
    """Return files that some bots were sent and that nobody has fetched yet."""
    query = (
        select(*_COLUMNS)
        .where(
            report_files.c.bot.in_(bots), report_files.c.fetched_at.is_(None), report_files.c.failure == ""
        )
        .order_by(report_files.c.id)
        .limit(most)
    )
    return [ReportFile(**row) for row in (await connection.execute(query)).mappings()]


async def keep(
    connection: AsyncConnection, number: int, *, content: bytes, media_type: str, sha256: str, at: datetime
) -> bool:
    """Keep the content of a file; False when another process did already."""
    done = await connection.execute(
        update(report_files)
        .where(report_files.c.id == number, report_files.c.fetched_at.is_(None))
        .values(content=content, media_type=media_type, size=len(content), sha256=sha256, fetched_at=at)
    )
    return done.rowcount == 1


async def give_up(connection: AsyncConnection, number: int, *, why: str) -> bool:
    """Note why a file cannot be had; False when that is known already."""
    done = await connection.execute(
        update(report_files)
        .where(report_files.c.id == number, report_files.c.fetched_at.is_(None), report_files.c.failure == "")
        .values(failure=why)
    )
    return done.rowcount == 1


async def of_reports(connection: AsyncConnection, reports: Sequence[int]) -> list[ReportFile]:
    """List the files of reports that were fetched, oldest first."""
    query = (
        select(*_COLUMNS)
        .where(report_files.c.report.in_(reports), report_files.c.fetched_at.is_not(None))
        .order_by(report_files.c.id)
    )
    return [ReportFile(**row) for row in (await connection.execute(query)).mappings()]


async def find(connection: AsyncConnection, number: int) -> ReportFile | None:
    """Return one file without its content."""
    row = (await connection.execute(select(*_COLUMNS).where(report_files.c.id == number))).mappings().first()
    return None if row is None else ReportFile(**row)


async def content_of(connection: AsyncConnection, number: int) -> bytes | None:
    """Return the content of a file; None while it is not fetched."""
    found = await connection.execute(select(report_files.c.content).where(report_files.c.id == number))
    content: bytes | None = found.scalar_one_or_none()
    return content


async def add_upload(connection: AsyncConnection, key: str, *, content: bytes, at: datetime) -> None:
    """Keep what a page of the web chat sent up, until it is fetched for its report."""
    await connection.execute(insert(uploads).values(key=key, content=content, at=at))


async def count_uploads(connection: AsyncConnection) -> int:
    """Count what was sent up and waits to be fetched."""
    return int((await connection.execute(select(func.count()).select_from(uploads))).scalar_one())


async def upload(connection: AsyncConnection, key: str) -> bytes | None:
    """Return what was sent up under a key."""
    content: bytes | None = (
        await connection.execute(select(uploads.c.content).where(uploads.c.key == key))
    ).scalar_one_or_none()
    return content


async def forget_uploads(connection: AsyncConnection, *, keys: Sequence[str] = (), before: datetime) -> None:
    """Delete uploads that were fetched, and those nobody fetched since a moment."""
    await connection.execute(delete(uploads).where(uploads.c.key.in_(keys) | (uploads.c.at < before)))

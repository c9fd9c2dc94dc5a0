"""Notes on figures (ghi chú), and what is listed beside a report: its files."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage.tables import report_files, report_notes

UNIT_SIDE = "unit"
OFFICE_SIDE = "office"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on one figure, by the unit or by the receiving office, for both to see."""

    field: str
    side: str
    person: int
    at: datetime
    body: str


async def add(connection: AsyncConnection, report: int, note: Note) -> None:
    """Hang a note on a figure."""
    await connection.execute(
        insert(report_notes).values(
            report=report,
            field=note.field,
            side=note.side,
            person=note.person,
            at=note.at,
            body=note.body,
        )
    )


async def notes_of(connection: AsyncConnection, report: int) -> list[Note]:
    """List the notes of a report, the oldest first."""
    query = select(report_notes).where(report_notes.c.report == report).order_by(report_notes.c.id)
    return [Note(r.field, r.side, r.person, r.at, r.body) for r in await connection.execute(query)]


async def file_names(connection: AsyncConnection, report: int) -> list[str]:
    """Name the files of a report, the oldest first."""
    query = select(report_files.c.filename).where(report_files.c.report == report).order_by(report_files.c.id)
    return list((await connection.execute(query)).scalars())

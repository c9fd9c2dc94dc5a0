"""Reads reports with everything their history vouches for, some at a time."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.audit import KeptReport, KeptVersion
from isobot.domain.reports import ReportEvent
from isobot.storage.tables import report_events, report_notes, report_versions, reports

AT_ONCE = 200


async def next_reports(
    connection: AsyncConnection, *, after: int, most: int = AT_ONCE, only: int | None = None
) -> list[KeptReport]:
    """Return the reports behind a key, in the order of their keys, practices among them; or one alone."""
    query = select(reports).where(reports.c.id > after).order_by(reports.c.id).limit(most)
    if only is not None:
        query = select(reports).where(reports.c.id == only, reports.c.id > after)
    rows = (await connection.execute(query)).mappings().all()
    keys = [row["id"] for row in rows]
    if not keys:
        return []
    events, versions, notes = (
        await _events(connection, keys),
        await _versions(connection, keys),
        await _notes(connection, keys),
    )
    return [
        KeptReport(
            id=row["id"],
            unit=row["unit"],
            rule=row["rule"],
            period=row["period"],
            status=row["status"],
            draft=row["draft"],
            version=row["version"],
            receipt=row["receipt"],
            marks=row["marks"],
            letter=_letter(row["letter_no"], row["letter_date"]),
            count=row["events"],
            last_hash=row["last_hash"],
            events=events[row["id"]],
            versions=versions[row["id"]],
            notes=notes[row["id"]],
        )
        for row in rows
    ]


def _letter(number: str | None, dated: Any) -> dict[str, str] | None:
    return {"number": number, "date": dated.isoformat()} if number and dated else None


async def _events(
    connection: AsyncConnection, keys: Sequence[int]
) -> dict[int, list[tuple[ReportEvent, str]]]:
    query = (
        select(report_events)
        .where(report_events.c.report.in_(keys))
        .order_by(report_events.c.report, report_events.c.number)
    )
    found: dict[int, list[tuple[ReportEvent, str]]] = defaultdict(list)
    for row in (await connection.execute(query)).mappings():
        values = {name: value for name, value in row.items() if name != "hash"}
        found[row["report"]].append((ReportEvent(**values), row["hash"]))
    return found


async def _versions(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, list[KeptVersion]]:
    query = (
        select(report_versions)
        .where(report_versions.c.report.in_(keys))
        .order_by(report_versions.c.report, report_versions.c.version)
    )
    found: dict[int, list[KeptVersion]] = defaultdict(list)
    for row in await connection.execute(query):
        kept = KeptVersion(row.version, row.figures, row.receipt, row.submitted_at, row.channel)
        found[row.report].append(kept)
    return found


async def _notes(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    query = select(report_notes).where(report_notes.c.report.in_(keys)).order_by(report_notes.c.id)
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.report].append((row.field, row.body))
    return found

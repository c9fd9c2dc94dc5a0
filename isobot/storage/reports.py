"""Reports: the shared draft, the versions sent, and the chained history of every change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage.statements import insert_if_absent
from isobot.storage.tables import report_events, report_versions, reports
from isobot.storage.turns import in_turns


@dataclass(slots=True)
class ReportRecord:
    """One unit's report for one period (báo cáo), or somebody's practice of it.

    `draft` holds the figures as entered so far, as plain JSON; `authors` who entered each last.
    `marks` are the figures sent back, each with its reason. `asked_by` is who asked the head of the unit
    to approve what the draft says, while that waits. `letter_no` and `letter_date` are those of
    the signed letter (công văn), once known. `practice_of` is 0 for a real report, else the key of the
    person who practises.
    """

    id: int
    unit: str
    province: str
    rule: str
    period: str
    practice_of: int
    form: str
    form_version: int
    status: str
    draft: dict[str, Any]
    authors: dict[str, int]
    version: int
    receipt: str | None
    submitted_at: datetime | None
    first_submitted_at: datetime | None
    returned_why: str | None
    marks: dict[str, str]
    asked_by: int | None
    letter_no: str | None
    letter_date: date | None
    events: int
    last_hash: str
    new_events: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Version:
    """What was sent, once and for all (bản đã gửi)."""

    report: int
    version: int
    figures: Mapping[str, Any]
    receipt: str
    submitted_at: datetime
    person: int
    channel: str


ReportKey = tuple[str, str, str]
"""(rule, period, unit) of a real report."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The figures of a report that count, and the form they were entered in."""

    form: str
    form_version: int
    figures: Mapping[str, Any]


_NAMES = (
    "status",
    "draft",
    "authors",
    "version",
    "receipt",
    "submitted_at",
    "first_submitted_at",
    "returned_why",
    "marks",
    "asked_by",
    "letter_no",
    "letter_date",
    "events",
    "last_hash",
)
_FIELDS = ("id", "unit", "province", "rule", "period", "practice_of", "form", "form_version", *_NAMES)
_COLUMNS = tuple(reports.c[name] for name in _FIELDS)


def _record(row: Mapping[Any, Any]) -> ReportRecord:
    values = {name: row[name] for name in _FIELDS}
    values["draft"] = dict(values["draft"])
    values["authors"] = dict(values["authors"])
    values["marks"] = dict(values["marks"])
    return ReportRecord(**values)


async def load(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, ReportRecord]:
    """Load reports to change them; on PostgreSQL their rows are held until the commit."""
    query = select(*_COLUMNS).where(reports.c.id.in_(ids)).order_by(reports.c.id)
    if connection.dialect.name != "sqlite":
        query = query.with_for_update()
    return {row["id"]: _record(row) for row in (await connection.execute(query)).mappings()}


async def find(
    connection: AsyncConnection, *, unit: str, rule: str, period: str, practice_of: int = 0
) -> ReportRecord | None:
    """Find one report to change it."""
    query = select(*_COLUMNS).where(
        reports.c.unit == unit,
        reports.c.rule == rule,
        reports.c.period == period,
        reports.c.practice_of == practice_of,
    )
    if connection.dialect.name != "sqlite":
        query = query.with_for_update()
    row = (await connection.execute(query)).mappings().first()
    return None if row is None else _record(row)


async def open_draft(
    connection: AsyncConnection,
    *,
    unit: str,
    province: str,
    rule: str,
    period: str,
    practice_of: int,
    form: str,
    form_version: int,
    at: datetime,
) -> ReportRecord:
    """Return the report of a unit and period, made empty if there is none yet."""
    row = {
        "unit": unit,
        "province": province,
        "rule": rule,
        "period": period,
        "practice_of": practice_of,
        "form": form,
        "form_version": form_version,
        "status": "draft",
        "draft": {},
        "authors": {},
        "marks": {},
        "created_at": at,
        "updated_at": at,
    }
    await connection.execute(insert_if_absent(connection, reports), [row])
    found = await find(connection, unit=unit, rule=rule, period=period, practice_of=practice_of)
    assert found is not None
    return found


async def of_units(connection: AsyncConnection, units: Sequence[str]) -> list[ReportRecord]:
    """List the real reports of units, newest period first, only to be read."""
    query = (
        select(*_COLUMNS)
        .where(reports.c.unit.in_(units), reports.c.practice_of == 0)
        .order_by(reports.c.period.desc())
    )
    return [_record(row) for row in (await connection.execute(query)).mappings()]


async def of_period(
    connection: AsyncConnection, *, province: str, rule: str, period: str
) -> list[ReportRecord]:
    """List the real reports of a province for one period, only to be read."""
    query = (
        select(*_COLUMNS)
        .where(
            reports.c.province == province,
            reports.c.rule == rule,
            reports.c.period == period,
            reports.c.practice_of == 0,
        )
        .order_by(reports.c.unit)
    )
    return [_record(row) for row in (await connection.execute(query)).mappings()]


async def submitted(connection: AsyncConnection) -> set[tuple[str, str, str]]:
    """Return (rule, period, unit) of every report whose figures are in."""
    query = select(reports.c.rule, reports.c.period, reports.c.unit).where(
        reports.c.practice_of == 0, reports.c.status.in_(("submitted", "accepted"))
    )
    return {(row[0], row[1], row[2]) for row in await connection.execute(query)}


async def pending(
    connection: AsyncConnection, *, units: Iterable[str] | None = None
) -> set[tuple[str, str, str]]:
    """Return (rule, period, unit) of reports that wait for the unit's head, of all units or of some."""
    query = select(reports.c.rule, reports.c.period, reports.c.unit).where(
        reports.c.practice_of == 0, reports.c.status == "pending"
    )
    if units is not None:
        query = query.where(reports.c.unit.in_(list(units)))
    return {(row[0], row[1], row[2]) for row in await connection.execute(query)}


async def moments_in(
    connection: AsyncConnection,
    *,
    periods: Iterable[tuple[str, str]] | None = None,
    units: Iterable[str] = (),
) -> dict[tuple[str, str, str], datetime]:
    """Return (rule, period, unit) of reports whose figures are in, and since when.

    Of all reports, of some (rule, period), or of some units.
    """
    query = select(reports.c.rule, reports.c.period, reports.c.unit, reports.c.submitted_at).where(
        reports.c.practice_of == 0, reports.c.status.in_(("submitted", "accepted"))
    )
    if periods is not None:
        query = query.where(tuple_(reports.c.rule, reports.c.period).in_(list(periods)))
    codes = list(units)
    if codes:
        query = query.where(reports.c.unit.in_(codes))
    return {(row[0], row[1], row[2]): row[3] async for row in in_turns(await connection.execute(query))}


async def save(connection: AsyncConnection, records: Iterable[ReportRecord], *, at: datetime) -> None:
    """Write changed reports back with the events of their history."""
    changed = [record for record in records if record.new_events]
    if not changed:
        return
    statement = (
        update(reports)
        .where(reports.c.id == bindparam("key"))
        .values({name: bindparam("new_" + name) for name in (*_NAMES, "updated_at")})
    )
    await connection.execute(
        statement,
        [
            {
                "key": record.id,
                "new_updated_at": at,
                **{"new_" + name: getattr(record, name) for name in _NAMES},
            }
            for record in changed
        ],
    )
    await connection.execute(
        insert(report_events), [event for record in changed for event in record.new_events]
    )
    for record in changed:
        record.new_events = []


async def add_version(connection: AsyncConnection, version: Version) -> None:
    """Keep what was sent."""
    await connection.execute(
        insert(report_versions).values(
            report=version.report,
            version=version.version,
            figures=dict(version.figures),
            receipt=version.receipt,
            submitted_at=version.submitted_at,
            person=version.person,
            channel=version.channel,
        )
    )


async def version_of(connection: AsyncConnection, report: int, version: int) -> Version | None:
    """Return one version that was sent."""
    query = select(report_versions).where(
        report_versions.c.report == report, report_versions.c.version == version
    )
    row = (await connection.execute(query)).mappings().first()
    return None if row is None else Version(**row)


async def latest_versions(
    connection: AsyncConnection, *, province: str, rule: str, period: str
) -> dict[str, Version]:
    """Return the version in force of every unit's report for one period, by unit."""
    query = (
        select(reports.c.unit, *report_versions.c)
        .select_from(
            reports.join(
                report_versions,
                (report_versions.c.report == reports.c.id) & (report_versions.c.version == reports.c.version),
            )
        )
        .where(
            reports.c.province == province,
            reports.c.rule == rule,
            reports.c.period == period,
            reports.c.practice_of == 0,
            reports.c.status.in_(("submitted", "accepted")),
        )
    )
    found: dict[str, Version] = {}
    for row in (await connection.execute(query)).mappings():
        values = {name: row[name] for name in Version.__dataclass_fields__}
        found[row["unit"]] = Version(**values)
    return found


async def in_force(connection: AsyncConnection, keys: Iterable[ReportKey]) -> dict[ReportKey, InForce]:
    """Return the figures in force of some reports; those that are not in have none."""
    query = (
        select(
            *(reports.c[name] for name in ("rule", "period", "unit", "form", "form_version")),
            report_versions.c.figures,
        )
        .select_from(
            reports.join(
                report_versions,
                (report_versions.c.report == reports.c.id) & (report_versions.c.version == reports.c.version),
            )
        )
        .where(
            tuple_(reports.c.unit, reports.c.rule, reports.c.period).in_([(u, r, p) for r, p, u in keys]),
            reports.c.practice_of == 0,
            reports.c.status.in_(("submitted", "accepted")),
        )
    )
    return {
        (row.rule, row.period, row.unit): InForce(row.form, row.form_version, row.figures)
        for row in await connection.execute(query)
    }


async def events_of(connection: AsyncConnection, report: int, *, after: int = 0) -> list[dict[str, Any]]:
    """Return the history of a report after the event of a number, oldest first, as rows."""
    query = (
        select(report_events)
        .where(report_events.c.report == report, report_events.c.number > after)
        .order_by(report_events.c.number)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def last_to(connection: AsyncConnection, report: int, kinds: Sequence[str]) -> int | None:
    """Return who last did one of these to a report; None where nobody did."""
    query = (
        select(report_events.c.person)
        .where(report_events.c.report == report, report_events.c.kind.in_(kinds))
        .order_by(report_events.c.number.desc())
        .limit(1)
    )
    return (await connection.execute(query)).scalar()


async def previous_version(connection: AsyncConnection, version: Version) -> Version | None:
    """Return the version that was sent before; None for the first."""
    return await version_of(connection, version.report, version.version - 1)


async def count(connection: AsyncConnection) -> int:
    """Count the real reports."""
    query = select(func.count()).select_from(reports).where(reports.c.practice_of == 0)
    return (await connection.execute(query)).scalar_one()

"""The figures that count (số liệu đang có hiệu lực): one row for each figure of a report that is in.

Totals are added up from these rows by the database. They are written in the transaction that makes a
version count, deleted in the one that sends a report back, and can be made anew from the versions.

A line (`figure_lines`) is what may be counted together: the same answer ("says") in the same field, of
units of one level and province, for one period. So the database groups by one small number, and reads
the rows of a total one after the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.rollup import Filed
from isobot.storage.statements import insert_if_absent
from isobot.storage.tables import figure_lines, figures, units

AT_ONCE = 500
"""Reports or units named in one statement; SQLite takes some 32,000 parameters at most."""

Batch = tuple[str, str, str, str]
"""(rule, period, province, level): the reports whose lines are looked up together."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures of one report that is in."""

    report: int
    unit: str
    province: str
    rule: str
    period: str
    figures: tuple[Filed, ...]


async def keep(connection: AsyncConnection, reports: Sequence[Counted]) -> None:
    """Let these figures count, in place of what the same reports said before."""
    for start in range(0, len(reports), AT_ONCE):
        await _keep(connection, reports[start : start + AT_ONCE])


async def _keep(connection: AsyncConnection, reports: Sequence[Counted]) -> None:
    levels = await levels_of(connection, {one.unit for one in reports})
    rows = []
    for one in reports:
        batch = (one.rule, one.period, one.province, levels.get(one.unit, ""))
        rows += [((*batch, f.field, f.says), one.report, f.number) for f in one.figures]
    await drop(connection, [one.report for one in reports])
    lines = await _lines(connection, {key for key, _, _ in rows})
    if rows:
        await connection.execute(
            insert(figures),
            [{"line": lines[key], "report": report, "number": number} for key, report, number in rows],
        )


async def drop(connection: AsyncConnection, reports: Sequence[int]) -> None:
    """Let the figures of reports that were sent back count no more."""
    for start in range(0, len(reports), AT_ONCE):
        await connection.execute(
            delete(figures).where(figures.c.report.in_(reports[start : start + AT_ONCE]))
        )


async def clear(connection: AsyncConnection) -> None:
    """Forget every figure, to make them anew."""
    await connection.execute(delete(figures))
    await connection.execute(delete(figure_lines))


async def levels_of(connection: AsyncConnection, codes: Iterable[str]) -> dict[str, str]:
    """Return the level of each unit that the database knows."""
    query = select(units.c.code, units.c.record["level"].as_string()).where(units.c.code.in_(list(codes)))
    return {row[0]: row[1] for row in await connection.execute(query)}


Line = tuple[str, str, str, str, str, str]


async def _lines(connection: AsyncConnection, keys: set[Line]) -> dict[Line, int]:
    """Return the number of each line, made where it is new."""
    known = await _known_lines(connection, {key[:4] for key in keys})
    names = ("rule", "period", "province", "level", "field", "says")
    # In one order, so that two transactions that make the same lines wait for each other in turn.
    fresh = [dict(zip(names, key, strict=True)) for key in sorted(keys - known.keys())]
    if fresh:
        await connection.execute(insert_if_absent(connection, figure_lines), fresh)
        known = await _known_lines(connection, {key[:4] for key in keys})
    return known


async def _known_lines(connection: AsyncConnection, batches: set[Batch]) -> dict[Line, int]:
    of = figure_lines.c
    query = select(of.rule, of.period, of.province, of.level, of.field, of.says, of.id).where(
        tuple_(of.rule, of.period, of.province, of.level).in_(sorted(batches))
    )
    return {(r[0], r[1], r[2], r[3], r[4], r[5]): r[6] for r in await connection.execute(query)}


async def of_reports(connection: AsyncConnection, reports: Sequence[int]) -> dict[int, set[Filed]]:
    """Return the figures that count for some reports, by report."""
    found: dict[int, set[Filed]] = {}
    of = figure_lines.c
    for start in range(0, len(reports), AT_ONCE):
        query = (
            select(figures.c.report, of.field, of.says, figures.c.number)
            .join(figure_lines, of.id == figures.c.line)
            .where(figures.c.report.in_(reports[start : start + AT_ONCE]))
        )
        for report, field, says, number in await connection.execute(query):
            found.setdefault(report, set()).add(Filed(field, says, number))
    return found


async def counted_reports(connection: AsyncConnection) -> set[int]:
    """Return every report that has figures that count."""
    return set((await connection.execute(select(figures.c.report).distinct())).scalars())

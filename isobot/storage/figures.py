"""The figures that count (số liệu đang có hiệu lực): one row for each figure of a report that is in.

Totals are added up from these rows by the database. They are written in the transaction that makes a
version count, deleted in the one that sends a report back, and can be made anew from the versions.

A line (`figure_lines`) is what may be counted together: the same answer ("says") in the same field, of
units of one level and province, for one period. It keeps how many units say so, and what their numbers
add up to; both change in the same transaction as the rows. So ten years of ten thousand units are
totalled from some thousands of lines, where two million rows took longer than anybody waits.

Two transactions that change the same lines wait for each other; they take them in one order, at the very
end (`Store.flush`), so they wait for a commit and never in a circle.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.filing import Filed
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


async def change(
    connection: AsyncConnection, *, counted: Sequence[Counted] = (), gone: Sequence[int] = ()
) -> None:
    """Let some figures count, in place of what the same reports said before; those of others no more."""
    for start in range(0, len(gone), AT_ONCE):
        await _change(connection, (), gone[start : start + AT_ONCE])
    for start in range(0, len(counted), AT_ONCE):
        await _change(connection, counted[start : start + AT_ONCE], ())


async def _change(connection: AsyncConnection, counted: Sequence[Counted], gone: Sequence[int]) -> None:
    shifts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    before = [*gone, *(one.report for one in counted)]
    was = select(figures.c.line, figures.c.number).where(figures.c.report.in_(before))
    for line, number in await connection.execute(was):
        shifts[line][0] -= 1
        shifts[line][1] -= number or 0
    if shifts:
        await connection.execute(delete(figures).where(figures.c.report.in_(before)))
    rows = await _rows(connection, counted)
    for row in rows:
        shifts[row["line"]][0] += 1
        shifts[row["line"]][1] += row["number"] or 0
    if rows:
        await connection.execute(insert(figures), rows)
    await _shift(connection, shifts)


async def _rows(connection: AsyncConnection, counted: Sequence[Counted]) -> list[dict[str, Any]]:
    levels = await levels_of(connection, {one.unit for one in counted})
    keyed = [
        ((one.rule, one.period, one.province, levels.get(one.unit, ""), filed.field, filed.says), one, filed)
        for one in counted
        for filed in one.figures
    ]
    lines = await _lines(connection, {key for key, _, _ in keyed})
    return [{"line": lines[key], "report": one.report, "number": filed.number} for key, one, filed in keyed]


async def _shift(connection: AsyncConnection, shifts: Mapping[int, Sequence[int]]) -> None:
    changed = [
        {"key": line, "more_units": units, "more": total}
        for line, (units, total) in sorted(shifts.items())
        if units or total
    ]
    if changed:
        of = figure_lines.c
        statement = (
            update(figure_lines)
            .where(of.id == bindparam("key"))
            .values(units=of.units + bindparam("more_units"), total=of.total + bindparam("more"))
        )
        await connection.execute(statement, changed)


async def clear(connection: AsyncConnection) -> None:
    """Forget every figure, to make them anew."""
    await connection.execute(delete(figures))
    await connection.execute(delete(figure_lines))


async def levels_of(connection: AsyncConnection, codes: Collection[str]) -> dict[str, str]:
    """Return the level of each unit that the database knows."""
    if not codes:
        return {}
    query = select(units.c.code, units.c.record["level"].as_string()).where(units.c.code.in_(list(codes)))
    return {row[0]: row[1] for row in await connection.execute(query)}


Line = tuple[str, str, str, str, str, str]


async def _lines(connection: AsyncConnection, keys: set[Line]) -> dict[Line, int]:
    """Return the number of each line, made where it is new."""
    if not keys:
        return {}
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


async def crooked_lines(connection: AsyncConnection) -> int:
    """Count the lines that do not add up to their rows."""
    real = (
        select(figures.c.line, func.count().label("units"), func.sum(figures.c.number).label("total"))
        .group_by(figures.c.line)
        .subquery()
    )
    of = figure_lines.c
    query = (
        select(func.count())
        .select_from(figure_lines.outerjoin(real, real.c.line == of.id))
        .where((of.units != func.coalesce(real.c.units, 0)) | (of.total != func.coalesce(real.c.total, 0)))
    )
    return (await connection.execute(query)).scalar_one()

"""Totals, added up by the database (tổng hợp): of whole periods, of groups of units, down to one unit."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.filing import Sum
from isobot.storage.statements import as_pairs
from isobot.storage.tables import figure_lines, figures, report_versions, reports

IN = ("submitted", "accepted")


@dataclass(frozen=True, slots=True)
class Present:
    """Which units have a report of a period that is in, and which had theirs sent back."""

    on_time: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    returned: frozenset[str] = frozenset()

    @property
    def all_in(self) -> frozenset[str]:
        """Return the units whose figures count."""
        return self.on_time | self.late


async def present(
    connection: AsyncConnection, *, rule: str, late_from: Mapping[str, datetime], province: str = ""
) -> dict[str, Present]:
    """Tell by period whose reports are in; `late_from` is the first late moment of each period wanted.

    The names come as one text for each period: a hundred thousand rows would cost more than the count.
    """
    return {
        period: await _present(connection, rule, period, moment, province)
        for period, moment in late_from.items()
    }


async def _present(
    connection: AsyncConnection, rule: str, period: str, late_from: datetime, province: str
) -> Present:
    of = reports.c
    late = of.first_submitted_at >= late_from
    query = (
        select(
            of.status,
            func.aggregate_strings(case((late, of.unit)), " "),
            func.aggregate_strings(case((late, None), else_=of.unit), " "),
        )
        .where(of.rule == rule, of.period == period, of.practice_of == 0)
        .where(of.status.in_((*IN, "returned")))
        .group_by(of.status)
    )
    if province:
        query = query.where(of.province == province)
    on_time: set[str] = set()
    after: set[str] = set()
    returned: set[str] = set()
    for status, named_late, named in await connection.execute(query):
        (returned if status == "returned" else after).update((named_late or "").split())
        (returned if status == "returned" else on_time).update((named or "").split())
    return Present(frozenset(on_time), frozenset(after), frozenset(returned))


async def first_moments(
    connection: AsyncConnection, *, rule: str, period: str, units: Collection[str]
) -> dict[str, datetime]:
    """Return when some units first sent their report of a period."""
    query = select(reports.c.unit, reports.c.first_submitted_at).where(
        reports.c.rule == rule,
        reports.c.period == period,
        reports.c.practice_of == 0,
        reports.c.unit.in_(list(units)),
        reports.c.first_submitted_at.is_not(None),
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


async def sums(
    connection: AsyncConnection, *, rule: str, periods: Sequence[str], province: str = ""
) -> dict[tuple[str, str], list[Sum]]:
    """Add up every report that is in, by (period, level)."""
    of = figure_lines.c
    query = (
        select(
            of.period,
            of.level,
            of.field,
            of.says,
            cast(func.sum(of.units), BigInteger),
            cast(func.sum(of.total), BigInteger),
        )
        .where(of.rule == rule, of.period.in_(periods), of.units > 0)
        .group_by(of.period, of.level, of.field, of.says)
    )
    if province:
        query = query.where(of.province == province)
    found: dict[tuple[str, str], list[Sum]] = {}
    for period, level, field, says, units, total in await connection.execute(query):
        found.setdefault((period, level), []).append(Sum(field, says, units, total))
    return found


async def group_sums(
    connection: AsyncConnection, *, rule: str, period: str, groups: Mapping[str, str]
) -> dict[str, list[Sum]]:
    """Add up the reports that are in by a group of their unit; `groups` names the group of each unit.

    Units that stand in no group are left out.
    """
    pairs = as_pairs(connection, groups)
    of = figure_lines.c
    query = (
        _of_period(
            select(
                pairs.c.value,
                of.field,
                of.says,
                func.count(),
                cast(func.coalesce(func.sum(figures.c.number), 0), BigInteger),
            ),
            rule,
            period,
        )
        .join(pairs, pairs.c.key == reports.c.unit)
        .group_by(pairs.c.value, of.field, of.says)
    )
    found: dict[str, list[Sum]] = {}
    for group, field, says, units, total in await connection.execute(query):
        found.setdefault(group, []).append(Sum(field, says, units, total))
    return found


def _of_period(query: Select[Any], rule: str, period: str) -> Select[Any]:
    return (
        query.select_from(reports)
        .join(figures, figures.c.report == reports.c.id)
        .join(figure_lines, figure_lines.c.id == figures.c.line)
        .where(
            reports.c.rule == rule,
            reports.c.period == period,
            reports.c.practice_of == 0,
            reports.c.status.in_(IN),
        )
    )


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """What one unit's report says in one field."""

    unit: str
    report: int
    says: str
    number: int | None


async def of_field(
    connection: AsyncConnection, *, rule: str, period: str, province: str, field: str
) -> list[UnitFigure]:
    """List what each report that is in says in one field, the largest number first."""
    of = figure_lines.c
    query = (
        _of_period(select(reports.c.unit, reports.c.id, of.says, figures.c.number), rule, period)
        .where(reports.c.province == province, of.field == field)
        .order_by(func.coalesce(figures.c.number, literal(-1)).desc(), reports.c.unit)
    )
    return [UnitFigure(*row) for row in await connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Sent:
    """The version in force of one report, as it was sent, with the form it was made with."""

    report: int
    unit: str
    form: str
    form_version: int
    version: int
    receipt: str
    submitted_at: datetime
    figures: Mapping[str, Any]


async def versions_in_force(
    connection: AsyncConnection, *, rule: str = "", period: str = "", reports_wanted: Iterable[int] = ()
) -> list[tuple[Sent, str, str, str]]:
    """Return every version in force with (province, rule, period): of a period, of some reports, or all."""
    query = (
        select(
            reports.c.id,
            reports.c.unit,
            reports.c.form,
            reports.c.form_version,
            reports.c.version,
            report_versions.c.receipt,
            report_versions.c.submitted_at,
            report_versions.c.figures,
            reports.c.province,
            reports.c.rule,
            reports.c.period,
        )
        .join(
            report_versions,
            (report_versions.c.report == reports.c.id) & (report_versions.c.version == reports.c.version),
        )
        .where(reports.c.practice_of == 0, reports.c.status.in_(IN))
        .order_by(reports.c.id)
    )
    if rule:
        query = query.where(reports.c.rule == rule, reports.c.period == period)
    wanted = list(reports_wanted)
    if wanted:
        query = query.where(reports.c.id.in_(wanted))
    return [(Sent(*row[:8]), row[8], row[9], row[10]) for row in await connection.execute(query)]

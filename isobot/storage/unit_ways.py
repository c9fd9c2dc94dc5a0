"""How a unit works by its own wish: its settings, and who stands in for whom while away (ủy quyền)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.clock import vietnam_day
from isobot.storage.statements import insert_or_replace
from isobot.storage.tables import delegations, unit_settings

APPROVAL = "approval"
"""The head approves a report before it leaves; kept by the unit's code."""

NEEDS_LETTER = "needs-letter"
"""A report is accepted only with the number of its signed letter; kept by the province's slug."""

LETTERHEAD = "letterhead"
"""How the unit's letters look: a mapping, see `isobot.domain.letterhead`; kept by the unit's code."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """One person's posts in a unit, lent to another from one day to another, both counted."""

    id: int
    unit: str
    giver: int
    taker: int
    since: date
    until: date
    ended_at: datetime | None = None
    """When it was taken back before its last day."""


async def is_on(connection: AsyncConnection, unit: str, key: str) -> bool:
    """Tell whether a unit, or an office, has turned a setting on."""
    query = select(unit_settings.c.value).where(unit_settings.c.unit == unit, unit_settings.c.key == key)
    return (await connection.execute(query)).scalar() is True


async def turn(
    connection: AsyncConnection, unit: str, key: str, *, on: bool, person: int, at: datetime
) -> None:
    """Turn a setting on or off."""
    if on:
        row: dict[str, Any] = {"unit": unit, "key": key, "value": True, "person": person, "set_at": at}
        await connection.execute(insert_or_replace(connection, unit_settings, ["unit", "key"], row))
        return
    await connection.execute(
        delete(unit_settings).where(unit_settings.c.unit == unit, unit_settings.c.key == key)
    )


async def letterhead(connection: AsyncConnection, unit: str) -> dict[str, Any]:
    """Return what a unit has set for its letters; nothing where it has set nothing."""
    query = select(unit_settings.c.value).where(
        unit_settings.c.unit == unit, unit_settings.c.key == LETTERHEAD
    )
    stored = (await connection.execute(query)).scalar()
    return dict(stored) if isinstance(stored, dict) else {}


async def put_letterhead(
    connection: AsyncConnection, unit: str, stored: dict[str, Any], *, person: int, at: datetime
) -> None:
    """Keep how a unit's letters look, in place of what was set before."""
    row: dict[str, Any] = {
        "unit": unit,
        "key": LETTERHEAD,
        "value": stored,
        "person": person,
        "set_at": at,
    }
    await connection.execute(insert_or_replace(connection, unit_settings, ["unit", "key"], row))


async def delegate(
    connection: AsyncConnection,
    *,
    unit: str,
    giver: int,
    taker: int,
    since: date,
    until: date,
    why: str,
    at: datetime,
) -> None:
    """Lend somebody's posts in a unit."""
    await connection.execute(
        insert(delegations).values(
            unit=unit, giver=giver, taker=taker, since=since, until=until, why=why, at=at
        )
    )


async def delegations_of(
    connection: AsyncConnection, units: Iterable[str] | None, *, on: date
) -> list[Delegation]:
    """List what is lent in some units, or in all, on a day or later, the earliest first."""
    query = (
        select(delegations)
        .where(delegations.c.until >= on, delegations.c.ended_at.is_(None))
        .order_by(delegations.c.since, delegations.c.id)
    )
    if units is not None:
        query = query.where(delegations.c.unit.in_(list(units)))
    return [
        Delegation(row.id, row.unit, row.giver, row.taker, row.since, row.until)
        for row in await connection.execute(query)
    ]


async def delegations_since(connection: AsyncConnection, moment: datetime) -> list[Delegation]:
    """List what is lent, also what came to its end or was taken back since a moment."""
    query = select(delegations).where(
        delegations.c.until >= vietnam_day(moment),
        delegations.c.ended_at.is_(None) | (delegations.c.ended_at >= moment),
    )
    return [
        Delegation(row.id, row.unit, row.giver, row.taker, row.since, row.until, row.ended_at)
        for row in await connection.execute(query)
    ]


async def end_delegation(connection: AsyncConnection, key: int, *, at: datetime) -> None:
    """Take back at once what was lent."""
    await connection.execute(update(delegations).where(delegations.c.id == key).values(ended_at=at))

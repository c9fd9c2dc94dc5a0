"""What the officers of a unit have set for it, a value of JSON under a key."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage.statements import insert_or_replace
from isobot.storage.tables import unit_settings

LETTERHEAD = "letterhead"
"""How the unit's letters look: a mapping, see `isobot.domain.letterhead`."""


async def of_unit(connection: AsyncConnection, unit: str) -> dict[str, Any]:
    """Return everything that is set for one unit, by key."""
    return (await of_units(connection, [unit])).get(unit, {})


async def of_units(connection: AsyncConnection, units: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return everything that is set for several units."""
    query = select(unit_settings.c.unit, unit_settings.c.key, unit_settings.c.value).where(
        unit_settings.c.unit.in_(list(units))
    )
    found: dict[str, dict[str, Any]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.unit, {})[row.key] = row.value
    return found


async def put(
    connection: AsyncConnection, *, unit: str, key: str, value: Any, person: int, at: datetime
) -> None:
    """Set one thing for a unit, in place of what was set before."""
    row = {"unit": unit, "key": key, "value": value, "person": person, "set_at": at}
    await connection.execute(insert_or_replace(connection, unit_settings, ["unit", "key"], row))

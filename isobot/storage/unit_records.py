"""Units in the database: those that ship with isobot and those an office imported."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.storage import records

SHIPPED = "shipped"
IMPORTED = "imported"
EDITION = "units_edition"
"""A setting of the database that changes whenever units do."""

_VERSION = "shipped_units"


async def refresh_shipped(connection: AsyncConnection, units: Iterable[Unit]) -> bool:
    """Put the shipped units in place of an earlier edition; False when they are the same."""
    rows = [_row(unit) for unit in units]
    version = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    if await records.get_meta(connection, _VERSION) == version:
        return False
    imported = {r["code"] for r in await records.unit_records(connection, source=IMPORTED)}
    fresh = [row for row in rows if row["code"] not in imported]
    await records.replace_units(connection, fresh, source=SHIPPED)
    await records.set_meta(connection, _VERSION, version)
    await _new_edition(connection)
    return True


async def add_imported(connection: AsyncConnection, units: Iterable[Unit]) -> None:
    """Add an office's own units; one with a known code takes the other's place."""
    await records.add_units(connection, [_row(unit) for unit in units], source=IMPORTED)
    await _new_edition(connection)


async def _new_edition(connection: AsyncConnection) -> None:
    edition = int(await records.get_meta(connection, EDITION) or "0") + 1
    await records.set_meta(connection, EDITION, str(edition))


async def load_directory(connection: AsyncConnection) -> UnitDirectory:
    """Read every unit."""
    return UnitDirectory([_unit(record) for record in await records.unit_records(connection)])


def _row(unit: Unit) -> dict[str, Any]:
    record = asdict(unit)
    for name in ("valid_from", "valid_to"):
        record[name] = record[name].isoformat() if record[name] else None
    return {"code": unit.code, "province": unit.province, "name": unit.name, "record": record}


def _unit(record: dict[str, Any]) -> Unit:
    values = dict(record)
    for name in ("valid_from", "valid_to"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in ("successors", "plan_groups", "aliases"):
        values[name] = tuple(values[name])
    values["level"] = Level(values["level"])
    return Unit(**values)

"""Small records: settings of the database itself, bots, units."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage.statements import insert_if_absent, insert_or_replace
from isobot.storage.tables import bots, meta, units


async def get_meta(connection: AsyncConnection, key: str) -> str:
    """Return a setting of the database, or "" when it has none of that name."""
    return (await connection.execute(select(meta.c.value).where(meta.c.key == key))).scalar() or ""


async def set_meta(connection: AsyncConnection, key: str, value: str) -> None:
    """Keep a setting of the database."""
    await connection.execute(insert_or_replace(connection, meta, ["key"], {"key": key, "value": value}))


async def meta_beginning(connection: AsyncConnection, prefix: str) -> dict[str, str]:
    """Return the settings of the database whose names begin so."""
    found = await connection.execute(
        select(meta.c.key, meta.c.value).where(meta.c.key.startswith(prefix, autoescape=True))
    )
    return {row.key: row.value for row in found}


async def get_moment(connection: AsyncConnection, key: str) -> datetime | None:
    """Return a moment that was kept as a setting of the database."""
    kept = await get_meta(connection, key)
    return datetime.fromisoformat(kept) if kept else None


async def ensure_bot(connection: AsyncConnection, key: str, *, channel: str, address: str = "") -> None:
    """Make sure a bot has its row, and keep its public address."""
    row = {"key": key, "channel": channel, "address": address, "province": "", "poll_offset": 0}
    await connection.execute(insert_if_absent(connection, bots), [row])
    if address:
        await connection.execute(update(bots).where(bots.c.key == key).values(address=address))


async def bot_addresses(connection: AsyncConnection) -> dict[str, str]:
    """Return the public address of each bot that has one, by bot."""
    found = await connection.execute(select(bots.c.key, bots.c.address).where(bots.c.address != ""))
    return {row[0]: row[1] for row in found}


async def replace_units(
    connection: AsyncConnection, rows: Iterable[Mapping[str, Any]], *, source: str
) -> None:
    """Put the units of one source in place of those it gave before."""
    await connection.execute(delete(units).where(units.c.source == source))
    fresh = [{**row, "source": source, "place": place} for place, row in enumerate(rows)]
    if fresh:
        await connection.execute(insert(units), fresh)


async def add_units(connection: AsyncConnection, rows: Iterable[Mapping[str, Any]], *, source: str) -> None:
    """Add units, or overwrite those of the same code."""
    last = (await connection.execute(select(func.max(units.c.place)))).scalar() or 0
    for place, row in enumerate(rows, start=last + 1):
        values = {**row, "source": source, "place": place}
        statement = insert_or_replace(connection, units, ["code"], values)
        await connection.execute(statement)


async def unit_records(connection: AsyncConnection, *, source: str = "") -> list[dict[str, Any]]:
    """Return the records of units in the order they were written, of all sources or of one."""
    query = select(units.c.record).order_by(units.c.place)
    if source:
        query = query.where(units.c.source == source)
    return [dict(row) for row in (await connection.execute(query)).scalars()]

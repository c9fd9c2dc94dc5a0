"""The history of offices, chained by hash, one chain for each province."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.office_acts import BrokenChain, Head, OfficeAct, act_hash, first_broken
from isobot.storage import leases, records
from isobot.storage.tables import meta, office_acts, units

HEAD = "acts."
"""How the name of a setting begins that holds the end of a province's chain: "acts.kon-tum"."""


async def note_act(
    connection: AsyncConnection,
    *,
    kind: str,
    person: int,
    channel: str,
    at: datetime,
    province: str = "",
    report: tuple[str, str, str] = ("", "", ""),
    before: Any = None,
    after: Any = None,
    why: str = "",
) -> None:
    """Write an act at the end of its province's chain; `report` is (rule, period, unit).

    Without a province, that of the unit counts.
    """
    rule, period, unit = report
    if unit and not province:
        province = await _province_of(connection, unit)
    await leases.alone(connection, HEAD + province)
    head = await _head(connection, province)
    act = OfficeAct(
        province=province,
        number=head.count + 1,
        at=at,
        person=person,
        channel=channel,
        kind=kind,
        rule=rule,
        period=period,
        unit=unit,
        before=before,
        after=after,
        why=why,
    )
    bound = act_hash(head.last_hash, act)
    await connection.execute(insert(office_acts).values(**asdict(act), hash=bound))
    await records.set_meta(connection, HEAD + province, f"{act.number}:{bound}")


async def acts(connection: AsyncConnection, *, kind: str = "") -> list[Mapping[str, Any]]:
    """Return the history of all offices, oldest first, of all kinds or of one."""
    query = select(office_acts).order_by(office_acts.c.id)
    if kind:
        query = query.where(office_acts.c.kind == kind)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def verify(connection: AsyncConnection) -> list[BrokenChain]:
    """Go through the chain of every province, and return those that do not fit.

    Acts written before there were chains have the number 0; they are passed over.
    """
    heads = await _heads(connection)
    query = (
        select(office_acts)
        .where(office_acts.c.number > 0)
        .order_by(office_acts.c.province, office_acts.c.number, office_acts.c.id)
    )
    found: list[BrokenChain] = []
    rows = (await connection.execute(query)).all()
    for province, own in groupby(rows, key=lambda row: str(row.province)):
        chain = [(act_of(row), str(row.hash)) for row in own]
        broken = first_broken(chain, heads.pop(province, Head()))
        if broken is not None:
            found.append(BrokenChain(province, broken))
    # What is left has an end that is remembered, and no acts at all.
    return found + [BrokenChain(province, 1) for province in heads]


async def _province_of(connection: AsyncConnection, unit: str) -> str:
    query = select(units.c.province).where(units.c.code == unit)
    return (await connection.execute(query)).scalar() or ""


async def _head(connection: AsyncConnection, province: str) -> Head:
    return _read_head(await records.get_meta(connection, HEAD + province))


async def _heads(connection: AsyncConnection) -> dict[str, Head]:
    query = select(meta.c.key, meta.c.value).where(meta.c.key.like(f"{HEAD}%"))
    return {row.key.removeprefix(HEAD): _read_head(row.value) for row in await connection.execute(query)}


def _read_head(kept: str) -> Head:
    count, _, last = kept.partition(":")
    return Head(int(count), last) if kept else Head()


def act_of(row: Any) -> OfficeAct:
    """Read an act back from its row."""
    return OfficeAct(
        province=row.province,
        number=row.number,
        at=row.at,
        person=row.person,
        channel=row.channel,
        kind=row.kind,
        rule=row.rule,
        period=row.period,
        unit=row.unit,
        before=row.before,
        after=row.after,
        why=row.why,
    )

"""The rounds that lead offices asked for (đợt báo cáo đột xuất)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.deadlines import Basis
from isobot.domain.requests import Request, rule_id
from isobot.domain.units import Level
from isobot.storage import leases
from isobot.storage.tables import requests


async def add(connection: AsyncConnection, request: Request, *, prefix: str) -> Request:
    """Keep a new round under the next number of its province, and return it with its id."""
    await leases.alone(connection, f"requests:{request.province}")
    query = select(func.count()).where(requests.c.province == request.province)
    number = ((await connection.execute(query)).scalar() or 0) + 1
    numbered = replace(request, rule=rule_id(prefix, number))
    await connection.execute(insert(requests).values(_row(numbered)))
    return numbered


async def load(
    connection: AsyncConnection,
    *,
    rules: Collection[str] | None = None,
    province: str = "",
    since: date | None = None,
) -> tuple[Request, ...]:
    """Return rounds in the order they were opened: all, some by id, or those that end `since` a day."""
    query = select(requests).order_by(requests.c.id)
    if rules is not None:
        if not rules:
            return ()
        query = query.where(requests.c.rule.in_(list(rules)))
    if province:
        query = query.where(requests.c.province == province)
    if since is not None:
        query = query.where(requests.c.last_day >= since)
    return tuple(_request(row) for row in await connection.execute(query))


async def extend(connection: AsyncConnection, request: Request, *, last_day: date, on: date) -> Request:
    """Set another last day of a whole round."""
    longer = replace(request, last_day=last_day, moves=(*request.moves, (request.last_day, on)))
    await _change(
        connection,
        request.rule,
        last_day=last_day,
        moves=[[before.isoformat(), day.isoformat()] for before, day in longer.moves],
    )
    return longer


async def close(connection: AsyncConnection, request: Request, *, at: datetime, why: str) -> Request:
    """End a round before its last day."""
    await _change(connection, request.rule, closed_at=at, closed_why=why)
    return replace(request, closed_at=at, closed_why=why)


async def _change(connection: AsyncConnection, rule: str, **values: Any) -> None:
    await connection.execute(
        update(requests).where(requests.c.rule == rule).values(**values, revision=requests.c.revision + 1)
    )


def _row(request: Request) -> dict[str, Any]:
    first, last = request.covers
    return {
        "rule": request.rule,
        "province": request.province,
        "title": request.title,
        "forms": {level.value: form for level, form in request.forms.items()},
        "opens": request.opens,
        "last_day": request.last_day,
        "moves": [],
        "covers_from": first,
        "covers_to": last,
        "basis_document": request.basis.document,
        "basis_section": request.basis.section,
        "basis": request.basis_words,
        "why": request.why,
        "recipient": request.recipient,
        "units": list(request.units),
        "person": request.person,
        "created_at": request.created_at,
        "revision": 1,
    }


def _request(row: Any) -> Request:
    return Request(
        rule=row.rule,
        province=row.province,
        title=row.title,
        forms={Level(level): form for level, form in row.forms.items()},
        opens=row.opens,
        last_day=row.last_day,
        covers=(row.covers_from, row.covers_to),
        basis=Basis(row.basis_document, row.basis_section),
        basis_words=row.basis,
        why=row.why,
        recipient=row.recipient,
        units=tuple(row.units),
        person=row.person,
        created_at=row.created_at,
        moves=tuple((date.fromisoformat(before), date.fromisoformat(on)) for before, on in row.moves),
        closed_at=row.closed_at,
        closed_why=row.closed_why,
    )

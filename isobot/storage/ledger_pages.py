"""The ledger of reminders and the acts of offices, as people read them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.deadlines import StepKey
from isobot.domain.office_acts import OfficeAct
from isobot.domain.reminder_history import Told
from isobot.storage.office_acts import act_of
from isobot.storage.tables import conversations, dispatches, identities, office_acts


async def told_of(connection: AsyncConnection, *, rule: str, period: str, unit: str) -> list[Told]:
    """Return the rows of one report's ledger, oldest first, and which of them were seen."""
    found = await rows_of(connection, unit=unit, rule=rule, period=period)
    return [told for _, told in found]


async def rows_of(
    connection: AsyncConnection, *, unit: str, rule: str = "", period: str = ""
) -> list[tuple[StepKey, Told]]:
    """Return the rows of a unit's ledger, oldest first: of one rule or period, or of all."""
    query = select(dispatches).where(dispatches.c.unit == unit).order_by(dispatches.c.id)
    if rule:
        query = query.where(dispatches.c.rule == rule)
    if period:
        query = query.where(dispatches.c.period == period)
    rows = (await connection.execute(query)).all()
    wrote = await _last_words(connection, {row.person for row in rows})
    return [
        (StepKey(row.rule, row.period, row.unit, row.person, row.step), _told(row, wrote.get(row.person)))
        for row in rows
    ]


async def _last_words(connection: AsyncConnection, persons: Collection[int]) -> dict[int, datetime]:
    """Return when each of some people last pressed, answered or wrote."""
    query = (
        select(identities.c.person, func.max(conversations.c.updated_at).label("at"))
        .join(conversations, conversations.c.chat_key == identities.c.chat_key)
        .where(identities.c.person.in_(list(persons)))
        .group_by(identities.c.person)
    )
    return {row.person: row.at for row in await connection.execute(query)}


def _told(row: Any, wrote: datetime | None) -> Told:
    seen = row.told_at is not None and wrote is not None and wrote > row.told_at
    return Told(
        step=row.step,
        person=row.person,
        due_on=row.due_on,
        status=row.status,
        why=row.why,
        claimed_at=row.claimed_at,
        told_at=row.told_at,
        message=row.outbox,
        seen=seen,
    )


async def acts_about(
    connection: AsyncConnection,
    *,
    rule: str,
    period: str,
    unit: str,
    since: datetime,
    until: datetime,
) -> list[OfficeAct]:
    """Return what was done about one report, about its whole period, and about the unit in these days."""
    acts = office_acts.c
    query = (
        select(office_acts)
        .where(
            ((acts.rule == rule) & (acts.period == period) & acts.unit.in_([unit, ""]))
            | ((acts.rule == "") & (acts.unit == unit) & acts.at.between(since, until))
        )
        .order_by(acts.id)
    )
    return [act_of(row) for row in await connection.execute(query)]


async def acts_of(
    connection: AsyncConnection, *, province: str = "", unit: str = "", since: datetime | None = None
) -> list[OfficeAct]:
    """Return the acts of all offices, or of one province or unit, oldest first."""
    query = select(office_acts).order_by(office_acts.c.at, office_acts.c.id)
    if province:
        query = query.where(office_acts.c.province == province)
    if unit:
        query = query.where(office_acts.c.unit == unit)
    if since is not None:
        query = query.where(office_acts.c.at >= since)
    return [act_of(row) for row in await connection.execute(query)]

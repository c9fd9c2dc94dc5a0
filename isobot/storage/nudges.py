"""Nudges that receivers asked for on a later day (nhắc các đơn vị im lặng vào một ngày sau)."""

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage.statements import insert_if_absent
from isobot.storage.tables import planned_nudges


async def plan(
    connection: AsyncConnection, *, rule: str, period: str, day: date, person: int, at: datetime
) -> None:
    """Keep that the silent units of a period are to be nudged on a day."""
    row = {"rule": rule, "period": period, "day": day, "person": person, "at": at}
    await connection.execute(insert_if_absent(connection, planned_nudges), [row])


async def drop(connection: AsyncConnection, *, rule: str, period: str, day: date) -> bool:
    """Forget a nudge; False when there is none."""
    done = await connection.execute(
        delete(planned_nudges).where(
            planned_nudges.c.rule == rule, planned_nudges.c.period == period, planned_nudges.c.day == day
        )
    )
    return done.rowcount == 1


async def planned(connection: AsyncConnection, *, since: date) -> set[tuple[str, str, date]]:
    """Return (rule, period, day) of the nudges that are planned for a day or later."""
    found = await connection.execute(select(planned_nudges).where(planned_nudges.c.day >= since))
    return {(row.rule, row.period, row.day) for row in found}

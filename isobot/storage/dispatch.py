"""The ledger of reminders: one row for each step of each person (sổ nhắc việc)."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.deadlines import StepKey
from isobot.storage.statements import insert_if_absent, insert_or_replace
from isobot.storage.tables import dispatches, outbox, snoozes


async def claim(
    connection: AsyncConnection, step: StepKey, *, due_on: date, status: str, at: datetime
) -> bool:
    """Take one step of one person's ladder; False when it has its row already.

    Queue the message in this same transaction, and it is neither lost nor queued twice.
    """
    row = {
        "rule": step.rule,
        "period": step.period,
        "unit": step.unit,
        "person": step.person,
        "step": step.step,
        "due_on": due_on,
        "status": status,
        "claimed_at": at,
    }
    statement = insert_if_absent(connection, dispatches).values(**row).returning(dispatches.c.id)
    return (await connection.execute(statement)).first() is not None


async def tie_to_message(connection: AsyncConnection, steps: Iterable[StepKey], *, message: int) -> None:
    """Note which message carries the steps."""
    for step in steps:
        await connection.execute(
            update(dispatches)
            .where(
                dispatches.c.rule == step.rule,
                dispatches.c.period == step.period,
                dispatches.c.unit == step.unit,
                dispatches.c.person == step.person,
                dispatches.c.step == step.step,
            )
            .values(outbox=message)
        )


async def ledger(connection: AsyncConnection, *, since: date) -> dict[StepKey, str]:
    """Return the steps that have a row already, with their status.

    "queued" tells that the message waits; once it is sent or given up, "sent" or "dead".
    """
    query = (
        select(
            dispatches.c.rule,
            dispatches.c.period,
            dispatches.c.unit,
            dispatches.c.person,
            dispatches.c.step,
            dispatches.c.status,
            outbox.c.status.label("delivery"),
        )
        .select_from(dispatches.outerjoin(outbox, outbox.c.id == dispatches.c.outbox))
        .where(dispatches.c.due_on >= since)
    )
    found: dict[StepKey, str] = {}
    for row in await connection.execute(query):
        key = StepKey(row.rule, row.period, row.unit, row.person, row.step)
        found[key] = row.delivery if row.status == "queued" and row.delivery else row.status
    return found


async def snooze(
    connection: AsyncConnection, *, person: int, rule: str, period: str, unit: str, until: date
) -> None:
    """Keep quiet towards one person about one report before a day."""
    row = {"person": person, "rule": rule, "period": period, "unit": unit, "until": until}
    await connection.execute(
        insert_or_replace(connection, snoozes, ["person", "rule", "period", "unit"], row)
    )


async def snoozed(connection: AsyncConnection, *, today: date) -> dict[tuple[int, str, str, str], date]:
    """Return what is snoozed: (person, rule, period, unit) and the first day to speak again."""
    found = await connection.execute(select(snoozes).where(snoozes.c.until > today))
    return {(r["person"], r["rule"], r["period"], r["unit"]): r["until"] for r in found.mappings()}


async def cancel_queued(connection: AsyncConnection, *, rule: str, period: str, unit: str) -> list[int]:
    """Take back reminders of a report that is in: those still in the outbox are not sent."""
    query = select(dispatches.c.id, dispatches.c.outbox).where(
        dispatches.c.rule == rule,
        dispatches.c.period == period,
        dispatches.c.unit == unit,
        dispatches.c.status == "queued",
        dispatches.c.outbox.in_(select(outbox.c.id).where(outbox.c.status == "queued")),
    )
    rows = (await connection.execute(query)).all()
    messages = [row.outbox for row in rows]
    if messages:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(messages), outbox.c.status == "queued")
            .values(status="cancelled")
        )
        await connection.execute(
            update(dispatches).where(dispatches.c.id.in_([row.id for row in rows])).values(status="cancelled")
        )
    return messages

"""What tests of delivery share: what they queue, what they read, an alarm clerk, a visit to the figures."""

from datetime import timedelta

import httpx
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route

from isobot.alarms import LAST_TICK, Alarms
from isobot.chat.limits import Limits
from isobot.domain.messages import Reply
from isobot.metrics import Metrics
from isobot.storage import outbox, people, records
from isobot.storage.outbox import Priority
from isobot.storage.tables import dispatches
from isobot.storage.tables import outbox as outbox_table


async def queue(office, bot: str, chat: str, text: str, priority: Priority = Priority.CAMPAIGN) -> int:
    async with office.database.write() as connection:
        row = outbox.row_of(bot, chat, Reply(text), prompt=0, priority=priority, at=office.clock.now())
        return await outbox.add_one(connection, row)


async def statuses(office) -> dict[str, str]:
    async with office.database.read() as connection:
        found = await connection.execute(select(outbox_table.c.body, outbox_table.c.status))
        return {row.body["text"]: row.status for row in found}


async def ledger_of(office) -> list[str]:
    async with office.database.read() as connection:
        return list((await connection.execute(select(dispatches.c.status))).scalars())


async def also_on_zalo(phone, chat: str) -> None:
    """Tie a Zalo chat to the phone's person, used less lately than the phone."""
    office = phone.office
    async with office.database.write() as connection:
        (holder,) = await people.holders(connection)
        key = f"zalo:{chat}"
        earlier = office.clock.now() - timedelta(days=3)
        await people.add_identity(connection, person=holder.person, sender_key=key, chat_key=key, at=earlier)


class Watch:
    """An administrator's alarms, with a monotonic clock of their own."""

    def __init__(self, office, *, due: int = 0, limits: dict[str, Limits] | None = None) -> None:
        self.office, self.due, self.monotonic = office, due, 0.0
        self.alarms = Alarms(
            office.database,
            office.clock,
            office.services.calendar,
            bots=["telegram", "zalo"],
            limits=limits or {},
            users={"zalo": 50},
            falling_today=self._falling,
            queued=office.outbox_bell.ring,
            monotonic=lambda: self.monotonic,
        )

    async def _falling(self) -> int:
        return self.due

    def pass_by(self, span: timedelta) -> None:
        self.office.clock.pass_by(span)
        self.monotonic += span.total_seconds()

    async def ticks(self) -> None:
        async with self.office.database.write() as connection:
            await records.set_meta(connection, LAST_TICK, self.office.clock.now().isoformat())

    async def check(self) -> list[str]:
        found = [alarm.key for alarm in await self.alarms.check()]
        await self.office.sender.drain()
        return found


async def visit(metrics: Metrics, client: str = "127.0.0.1", **headers: str) -> httpx.Response:
    app = Starlette(routes=[Route("/metrics", metrics.answer)])
    transport = httpx.ASGITransport(app, client=(client, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://isobot") as visitor:
        return await visitor.get("/metrics", headers=headers)

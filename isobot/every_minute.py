"""What is done every minute: reminders that are due, alarms about what went wrong, old questions let go."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from isobot.actions import curating
from isobot.alarms import LAST_TICK, Alarms
from isobot.bots import bots_without_token, limits_of, users_of, without_token
from isobot.clock import vietnam_day
from isobot.core import Core
from isobot.storage import delivery, records
from isobot.storage.store import Store
from scheduler import rounds
from scheduler.dispatch import Dispatcher, situation_on

log = structlog.get_logger()

HEALTH_CHECK_SECONDS = 60


class EveryMinute:
    """The regular work of an installation; `channels` are those that this installation runs."""

    def __init__(self, core: Core, channels: Sequence[str], *, queued: Callable[[], None]) -> None:
        self._core = core
        self._channels = channels
        self._queued = queued
        self._dispatcher = Dispatcher(
            core.database, core.timetable, lambda: core.services.directory, core.clock, queued=queued
        )
        self._alarms = Alarms(
            core.database,
            core.clock,
            core.content.calendar,
            bots=channels,
            limits=limits_of(core.settings, core.bots),
            users=users_of(core.settings, core.bots),
            tokenless={row.key: without_token(row) for row in bots_without_token(core.settings, core.bots)},
            falling_today=self._falling_today,
            queued=queued,
        )

    async def tick(self) -> None:
        """Queue the reminders that are due; once a day, let old questions expire."""
        core, now = self._core, self._core.clock.now
        await self._dispatcher.tick()
        async with core.database.write() as connection:
            await delivery.leave_silent_bots(connection, bots=self._channels, at=now())
            await records.set_meta(connection, LAST_TICK, now().isoformat())
            missed = await self._alarms.look_back(connection)
            await curating.expire(
                Store(connection, now()),
                question_days=core.settings.question_days,
                message_days=core.settings.message_days,
            )
        if missed:
            self._queued()

    async def watch_health(self) -> None:
        """Look every minute for what the administrators have to know, until cancelled."""
        while True:
            await asyncio.sleep(HEALTH_CHECK_SECONDS)
            try:
                await self._alarms.check()
            except Exception:
                log.exception("alarms_not_checked")

    async def _falling_today(self) -> int:
        """Count the steps that the plan sets for people on this day."""
        core, today = self._core, vietnam_day(self._core.clock.now())
        async with core.database.read() as connection:
            loaded = await situation_on(connection, core.timetable, core.services.directory, today=today)
        falling, _ = await asyncio.to_thread(
            rounds.falling_on, today, loaded.timetable, core.services.directory, loaded.situation
        )
        return sum(1 for step in falling if step.people)

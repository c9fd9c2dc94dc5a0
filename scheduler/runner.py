"""The tick of one process: APScheduler triggers, the dispatcher decides. No rules in here."""

from collections.abc import Awaitable, Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()

EVERY_SECONDS = 60
"""Each tick plans again from the tables, so a missed one loses nothing."""


class Runner:
    """Calls a job now and every minute, one at a time."""

    def __init__(self, job: Callable[[], Awaitable[object]]) -> None:
        self._job = job
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self._run,
            "interval",
            seconds=EVERY_SECONDS,
            id="reminders",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

    async def _run(self) -> None:
        try:
            await self._job()
        except Exception:
            log.exception("tick_failed")

    async def start(self) -> None:
        """Run the job once, then begin to tick."""
        await self._run()
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a job under way is left to the caller's cancellation."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

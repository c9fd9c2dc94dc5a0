"""The tick of one process: APScheduler triggers, the dispatcher decides. No rules in here."""

from collections.abc import Awaitable, Callable
from time import monotonic

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()

EVERY_SECONDS = 60
"""Each tick plans again from the tables, so a missed one loses nothing."""
REST_TIMES = 60
LONGEST_REST_SECONDS = 300.0
"""A tick is followed by so many times its own length without one, up to this: to plan a whole country takes
seconds, which a campaign under way would miss every minute."""


class Rest:
    """The time after a long tick in which none begins; seconds are those of a monotonic clock."""

    def __init__(self) -> None:
        self._until = float("-inf")

    def is_over(self, at: float) -> bool:
        """Tell whether the next tick may begin."""
        return at >= self._until

    def follow(self, begun: float, ended: float) -> None:
        """Rest after a tick that took from one moment to another."""
        self._until = ended + min(LONGEST_REST_SECONDS, REST_TIMES * (ended - begun))


class Runner:
    """Calls a job now and every minute, one at a time; less often where it takes long."""

    def __init__(self, job: Callable[[], Awaitable[object]]) -> None:
        self._job = job
        self._rest = Rest()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=EVERY_SECONDS,
            id="reminders",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

    async def tick(self) -> None:
        """Run the job, unless a long one was run a moment ago; one that failed is not rested from."""
        begun = monotonic()
        if not self._rest.is_over(begun):
            return
        try:
            await self._job()
        except Exception:
            log.exception("tick_failed")
        else:
            self._rest.follow(begun, monotonic())

    async def start(self) -> None:
        """Run the job once, then begin to tick."""
        await self.tick()
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a job under way is left to the caller's cancellation."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

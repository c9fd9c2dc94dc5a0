"""The tick of many processes: Procrastinate decides over PostgreSQL which of them does it. No rules here.

Its cron counts in UTC and drops what is more than ten minutes late; neither matters, since every tick
plans again from the tables.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.schema import SchemaManager

from isobot.clock import Clock
from isobot.storage import leases, records
from isobot.storage.database import Database

log = structlog.get_logger()

QUEUE = "isobot"
EVERY_MINUTE = "* * * * *"
HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 10.0
"""A worker that gave no sign of life for so long was killed; what it had begun is begun again."""

OPEN_SECONDS = 10.0
"""How long to wait for a connection."""
RECONNECT_SECONDS = 2.0

_VERSION = "procrastinate"


async def migrate_tasks(database: Database) -> None:
    """Bring Procrastinate's own tables up to date, by its own files; nothing to do on SQLite."""
    if database.is_sqlite:
        return
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    async with database.write() as connection:
        await leases.alone(connection, _VERSION)
        known = await records.get_meta(connection, _VERSION)
        if known == files[-1].name:
            return
        app = App(connector=PsycopgConnector(conninfo=database.conninfo, min_size=1, max_size=1))
        async with app.open_async():
            if known:
                for file in files:
                    if file.name > known:
                        query = file.read_text(encoding="utf-8").replace("%", "%%")
                        await app.connector.execute_query_async(query)
            elif not await leases.has_table(connection, "procrastinate_jobs"):
                await app.schema_manager.apply_schema_async()
        await records.set_meta(connection, _VERSION, files[-1].name)


class SharedRunner:
    """Calls a job every minute in one of the processes."""

    def __init__(self, conninfo: str, job: Callable[[], Awaitable[object]], clock: Clock) -> None:
        self._conninfo = conninfo
        self._job = job
        self._clock = clock

    async def run(self) -> None:
        """Work until cancelled, and begin anew whenever the database was away."""
        while True:
            try:
                await self._work()
                log.warning("ticks_interrupted")
            except Exception as error:
                log.warning("ticks_interrupted", problem=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _work(self) -> None:
        """Tick until the database goes away: then the worker logs why, and ends as if all were well.

        Begins with a tick, since nobody may have been here for long.
        """
        connector = PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=4, timeout=OPEN_SECONDS)
        app = App(connector=connector)

        @app.periodic(cron=EVERY_MINUTE)
        @app.task(name="isobot.tick", queue=QUEUE, lock="tick", queueing_lock="tick")
        async def _tick(timestamp: int) -> None:
            try:
                await self._job()
            except Exception:
                log.exception("tick_failed")

        async with app.open_async():
            try:
                task = app.configure_task("isobot.tick", lock="tick", queueing_lock="tick", queue=QUEUE)
                await task.defer_async(timestamp=int(self._clock.now().timestamp()))
            except AlreadyEnqueued:
                log.debug("tick_waits_already")
            retrying = asyncio.create_task(self._retry_stalled(app))
            try:
                await app.run_worker_async(
                    queues=[QUEUE],
                    install_signal_handlers=False,
                    fetch_job_polling_interval=1.0,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=DEAD_AFTER_SECONDS,
                    shutdown_graceful_timeout=5.0,
                    delete_jobs="always",
                )
            finally:
                retrying.cancel()
                await asyncio.gather(retrying, return_exceptions=True)

    async def _retry_stalled(self, app: App) -> None:
        """Begin again what a killed worker had begun: its job keeps the lock, and all others wait."""
        while True:
            try:
                for job in await app.job_manager.get_stalled_jobs(
                    queue=QUEUE, seconds_since_heartbeat=DEAD_AFTER_SECONDS
                ):
                    log.warning("stalled_job_retried", job=job.id, task=job.task_name)
                    await app.job_manager.retry_job(job, retry_at=self._clock.now())
            except ConnectorException as error:
                log.warning("stalled_jobs_not_read", problem=type(error).__name__)
            await asyncio.sleep(DEAD_AFTER_SECONDS / 2)

"""Ticks over PostgreSQL go on after the database was restarted."""

import asyncio

import psycopg

from isobot.clock import SystemClock
from isobot.storage.database import Database
from isobot.storage.migrate import migrate
from scheduler.runner_shared import SharedRunner, migrate_tasks


async def test_ticks_go_on_after_every_connection_was_cut(empty_postgres):
    database = Database(empty_postgres)
    await migrate(database)
    await migrate_tasks(database)
    await database.close()
    ticked = asyncio.Event()
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        ticks += 1
        ticked.set()

    runner = asyncio.create_task(SharedRunner(empty_postgres, tick, SystemClock()).run())
    async with asyncio.timeout(60):
        await ticked.wait()
        ticked.clear()
        async with await psycopg.AsyncConnection.connect(empty_postgres, autocommit=True) as connection:
            # A job that is cut off in its middle is begun again as well, but ten seconds later.
            while await (await connection.execute("SELECT 1 FROM procrastinate_jobs LIMIT 1")).fetchone():
                await asyncio.sleep(0.05)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            before = ticks
        await ticked.wait()

    assert ticks > before
    assert not runner.done()
    runner.cancel()
    await asyncio.gather(runner, return_exceptions=True)

"""Transactions: undone after a savepoint, writers that wait for each other, within and between processes."""

import asyncio
import subprocess
import sys
from contextlib import suppress

import pytest
from sqlalchemy import text

from isobot.storage import records
from isobot.storage.database import Database


class Stop(Exception):
    """Ends a transaction from within."""


async def _write(database: Database, *, inside_fails: bool = False, outside_fails: bool = False) -> None:
    async with database.write() as connection:
        await records.set_meta(connection, "before", "1")
        with suppress(Stop):
            async with connection.begin_nested():
                await records.set_meta(connection, "inside", "1")
                if inside_fails:
                    raise Stop
        if outside_fails:
            raise Stop


async def _kept(database: Database) -> list[str]:
    async with database.read() as connection:
        return [key for key in ("before", "inside") if await records.get_meta(connection, key)]


async def test_rollback_after_a_savepoint_undoes_everything(database):
    with pytest.raises(Stop):
        await _write(database, outside_fails=True)

    assert await _kept(database) == []


async def test_savepoint_that_fails_leaves_the_rest(database):
    await _write(database, inside_fails=True)

    assert await _kept(database) == ["before"]


async def test_savepoint_that_succeeds_is_kept_with_the_rest(database):
    await _write(database)

    assert await _kept(database) == ["before", "inside"]


async def test_a_write_that_reads_first_never_fails_for_being_overtaken(database_url):
    first, second = Database(database_url), Database(database_url)

    async def count_up(database: Database, times: int) -> None:
        for _ in range(times):
            async with database.write() as connection:
                if database.is_sqlite is False:
                    await connection.execute(text("LOCK TABLE meta IN EXCLUSIVE MODE"))
                known = await records.get_meta(connection, "count")
                await asyncio.sleep(0)
                await records.set_meta(connection, "count", str(int(known or "0") + 1))

    await asyncio.gather(count_up(first, 25), count_up(second, 25))

    async with first.read() as connection:
        assert await records.get_meta(connection, "count") == "50"
    await first.close()
    await second.close()


async def test_reader_is_not_held_up_by_a_writer(database):
    async with database.write() as connection:
        await records.set_meta(connection, "slow", "1")
        async with asyncio.timeout(5), database.read() as reader:
            assert await records.get_meta(reader, "slow") == ""


async def test_sqlite_keeps_what_is_committed_through_a_power_cut(sqlite_file):
    database = Database(f"sqlite+aiosqlite:///{sqlite_file}")
    async with database.read() as connection:
        pragmas = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    await database.close()

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}


WRITER = """
import asyncio, sys
from isobot.storage import records
from isobot.storage.database import Database

async def main():
    database = Database("sqlite+aiosqlite:///" + sys.argv[1])
    for _ in range(40):
        async with database.write() as connection:
            known = await records.get_meta(connection, "count")
            await records.set_meta(connection, "count", str(int(known or "0") + 1))
    await database.close()

asyncio.run(main())
"""


async def test_processes_that_write_one_file_wait_for_each_other(sqlite_file):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(sqlite_file)], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    errors = [await asyncio.to_thread(writer.communicate) for writer in writers]

    assert [error.decode() for _, error in errors] == ["", ""]
    database = Database(f"sqlite+aiosqlite:///{sqlite_file}")
    async with database.read() as connection:
        assert await records.get_meta(connection, "count") == "80"
    await database.close()

"""What a connection to SQLite promises, however few calls to its thread it makes."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from isobot.storage import sqlite_driver
from isobot.storage.database import Database


@pytest.fixture
async def database(tmp_path):
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'isobot.db'}")
    async with made.write() as connection:
        await connection.execute(text("CREATE TABLE units (code TEXT PRIMARY KEY, level TEXT)"))
    yield made
    await made.close()


@pytest.fixture
async def connection(tmp_path):
    opened = await sqlite_driver.connect(str(tmp_path / "plain.db"), busy_seconds=1)
    yield opened
    await opened.close()


async def add_all(database, *codes: str) -> None:
    async with database.write() as connection:
        for code in codes:
            await connection.execute(text("INSERT INTO units VALUES (:code, 'xa')"), {"code": code})


async def add(database, code: str) -> None:
    await add_all(database, code)


async def codes(opening) -> list[str]:
    async with opening() as connection:
        return list((await connection.execute(text("SELECT code FROM units ORDER BY code"))).scalars())


async def test_a_statement_brings_its_rows_with_it_in_one_call(connection, monkeypatch):
    calls = []
    whole = connection._execute

    def counted(function, *arguments, **names):
        calls.append(function.__name__)
        return whole(function, *arguments, **names)

    monkeypatch.setattr(connection, "_execute", counted)
    async with connection.cursor() as cursor:
        await cursor.execute("SELECT 1 UNION SELECT 2")
        rows = await cursor.fetchall()

    assert list(rows) == [(1,), (2,)]
    assert len(calls) == 1


async def test_rows_are_handed_out_in_their_order_however_few_at_a_time(connection):
    cursor = connection.cursor()
    await cursor.execute("SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4")

    assert await cursor.fetchone() == (1,)
    assert list(await cursor.fetchmany(2)) == [(2,), (3,)]
    assert list(await cursor.fetchall()) == [(4,)]
    assert await cursor.fetchone() is None


async def test_rows_are_handed_out_once(connection):
    cursor = connection.cursor()
    await cursor.execute("SELECT 7")

    assert list(await cursor.fetchall()) == [(7,)]
    assert list(await cursor.fetchall()) == []


async def test_a_mistaken_statement_is_told_as_sqlite_tells_it(connection):
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await connection.cursor().execute("SELECT * FROM nowhere")


async def test_what_fails_is_undone_and_the_connection_serves_on(database):
    await add(database, "kt.xa-a")
    with pytest.raises(IntegrityError):
        await add_all(database, "kt.xa-b", "kt.xa-a")

    assert await codes(database.read) == ["kt.xa-a"]
    await add(database, "kt.xa-c")
    assert await codes(database.read) == ["kt.xa-a", "kt.xa-c"]


async def test_a_cancelled_writer_leaves_nothing_begun_behind(database):
    inside = asyncio.Event()

    async def dawdle() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO units VALUES ('kt.xa-d', 'xa')"))
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(dawdle())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await add(database, "kt.xa-e")
    assert await codes(database.read) == ["kt.xa-e"]


async def test_a_writer_cancelled_while_another_process_holds_the_file_holds_up_nobody(database, tmp_path):
    other = sqlite3.connect(tmp_path / "isobot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    task = asyncio.create_task(add(database, "kt.xa-f"))
    await asyncio.sleep(0.2)  # time to stand before the lock
    task.cancel()
    await asyncio.sleep(0.05)
    other.execute("COMMIT")
    other.close()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(10):
        await add(database, "kt.xa-g")
    with sqlite3.connect(tmp_path / "isobot.db", timeout=5, isolation_level=None) as outside:
        outside.execute("BEGIN IMMEDIATE")
        outside.execute("COMMIT")
    assert await codes(database.read) == ["kt.xa-g"]


async def test_a_glance_sees_what_was_committed_and_holds_nobody_up(database):
    await add(database, "kt.xa-a")
    async with database.glance() as glance:
        first = (await glance.execute(text("SELECT count(*) FROM units"))).scalar_one()
        await add(database, "kt.xa-b")
        second = (await glance.execute(text("SELECT count(*) FROM units"))).scalar_one()

    assert (first, second) == (1, 2)


async def test_a_reading_transaction_is_of_one_moment(database):
    await add(database, "kt.xa-a")
    async with database.read() as reading:
        first = (await reading.execute(text("SELECT count(*) FROM units"))).scalar_one()
        await add(database, "kt.xa-b")
        second = (await reading.execute(text("SELECT count(*) FROM units"))).scalar_one()

    assert (first, second) == (1, 1)

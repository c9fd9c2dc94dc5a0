"""Rounds that lead offices ask for, on both databases."""

import asyncio
from datetime import date

from isobot.storage import requests, rulebook
from isobot.storage.database import Database
from tests.unit.test_requests import request

TODAY = date(2027, 5, 20)


async def add(database, **changes):
    async with database.write() as connection:
        return await requests.add(connection, request(rule="", **changes), prefix="kt")


async def test_rounds_are_numbered_and_read_back(database):
    first = await add(database)
    second = await add(database, why="số liệu nhanh")

    async with database.read() as connection:
        found = await requests.load(connection, province="kon-tum")

    assert (first.rule, second.rule) == ("yc-kt-1", "yc-kt-2")
    assert found == (first, second)
    async with database.read() as connection:
        assert await requests.load(connection, rules=["yc-kt-2"]) == (second,)
        assert await requests.load(connection, since=date(2027, 6, 11)) == ()


async def test_two_offices_that_open_at_once_get_two_numbers(database_url, database):
    others = [Database(database_url) for _ in range(3)]
    made = await asyncio.gather(*(add(other) for other in others))
    for other in others:
        await other.close()

    assert sorted(r.rule for r in made) == ["yc-kt-1", "yc-kt-2", "yc-kt-3"]


async def test_every_change_is_seen_in_the_edition_and_in_the_book(database, services):
    editions = []

    async def look():
        async with database.read() as connection:
            editions.append(await rulebook.edition(connection))
            book = await rulebook.current(connection, services.rules)
        return book.by_id("yc-kt-1")

    assert await look() is None
    made = await add(database)
    assert (await look()).once.last_day == date(2027, 6, 10)
    async with database.write() as connection:
        longer = await requests.extend(connection, made, last_day=date(2027, 6, 25), on=TODAY)
    opened = await look()
    assert opened == longer.as_rule()
    assert opened.once.was.last_day == date(2027, 6, 10)
    async with database.write() as connection:
        await requests.close(connection, longer, at=made.created_at, why="đủ số liệu")
    assert (await look()).is_closed_on(TODAY)
    assert len(set(editions)) == 4

"""The history of offices: one chain a province, and whatever is changed afterwards shows."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, text, update

from isobot.domain.office_acts import BrokenChain
from isobot.storage import office_acts
from isobot.storage.database import Database
from isobot.storage.tables import meta
from isobot.storage.tables import office_acts as table

AT = datetime(2027, 5, 20, 2, 30, 15, 123456, tzinfo=UTC)


async def note(database, province="kon-tum", **content):
    async with database.write() as connection:
        await office_acts.note_act(
            connection,
            **{
                "kind": "extend",
                "person": 7,
                "channel": "telegram",
                "at": AT,
                "province": province,
                **content,
            },
        )


@pytest.fixture
async def three(database):
    """Three acts of Kon Tum and one of Thanh Hóa, among each other."""
    await note(database, report=("kt-nam", "2027", "kt.dak-ha"), before="2027-12-14", after="2027-12-20")
    await note(database, province="thanh-hoa", kind="nudge", after={"units": 3, "messages": 2})
    await note(database, kind="open-round", after={"units": 2, "basis": "Công văn"}, why="rà soát")
    await note(database, kind="close-round", before=True, after=None, why="đủ số liệu")
    return database


async def verified(database):
    async with database.read() as connection:
        return await office_acts.verify(connection)


async def change(database, statement):
    async with database.write() as connection:
        await connection.execute(statement)


async def test_whole_chains_fit(three):
    assert await verified(three) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("why", "khác"),
        ("after", {"units": 2, "basis": "Kế hoạch"}),
        ("person", 8),
        ("kind", "nudge"),
        ("hash", "0" * 64),
    ],
)
async def test_changed_act_is_found(three, column, value):
    await change(
        three, update(table).where(table.c.province == "kon-tum", table.c.number == 2).values({column: value})
    )

    assert await verified(three) == [BrokenChain("kon-tum", 2)]


@pytest.mark.parametrize(("number", "broken"), [(1, 1), (2, 2), (3, 3)])
async def test_missing_act_is_found_even_the_last(three, number, broken):
    await change(three, delete(table).where(table.c.province == "kon-tum", table.c.number == number))

    assert await verified(three) == [BrokenChain("kon-tum", broken)]


async def test_history_that_is_gone_as_a_whole_is_found(three):
    await change(three, delete(table).where(table.c.province == "thanh-hoa"))

    assert await verified(three) == [BrokenChain("thanh-hoa", 1)]


async def test_act_put_in_or_moved_to_another_province_is_found(three):
    await change(three, update(table).where(table.c.number == 3).values(province="thanh-hoa", number=2))

    assert await verified(three) == [BrokenChain("kon-tum", 3), BrokenChain("thanh-hoa", 2)]


async def test_forgotten_end_of_a_chain_is_found(three):
    await change(three, delete(meta).where(meta.c.key == "acts.kon-tum"))

    assert await verified(three) == [BrokenChain("kon-tum", 1)]


async def test_acts_at_once_make_one_chain(database_url, database):
    others = [Database(database_url) for _ in range(3)]
    await asyncio.gather(*(note(other, why=str(n)) for n, other in enumerate(others)))
    for other in others:
        await other.close()

    assert await verified(database) == []
    async with database.read() as connection:
        assert sorted(act["number"] for act in await office_acts.acts(connection)) == [1, 2, 3]


async def test_act_about_a_unit_belongs_to_its_province(database):
    await note(database, province="", kind="paper", report=("th-xa", "2027-05", "th.pu-luong"))

    async with database.read() as connection:
        (act,) = await office_acts.acts(connection, kind="paper")
    assert act["province"] == "thanh-hoa"
    assert await verified(database) == []


async def test_acts_older_than_the_chains_are_passed_over(database):
    old = {"at": AT, "person": 1, "channel": "telegram", "kind": "extend", "province": "kon-tum"}
    await change(database, insert(table).values(old))
    await note(database)

    assert await verified(database) == []
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM office_acts"))).scalar() == 2

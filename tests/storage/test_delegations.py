"""Posts lent for some days, and settings of units, on both databases."""

from datetime import UTC, date, datetime

from sqlalchemy import insert

from isobot.domain.people import Role
from isobot.storage import people, unit_ways
from isobot.storage.tables import people as persons

NOW = datetime(2027, 5, 20, 2, 0, tzinfo=UTC)
UNIT = "th.pu-luong"


async def head_and_deputy(connection) -> None:
    await connection.execute(insert(persons), [{"id": n, "created_at": NOW} for n in (1, 2)])
    for person, role in ((1, Role.HEAD), (2, Role.DEPUTY)):
        await people.add_identity(
            connection, person=person, sender_key=f"zalo:{person}", chat_key=f"zalo:{person}", at=NOW
        )
        await people.add_post(
            connection,
            person=person,
            unit=UNIT,
            province="thanh-hoa",
            role=role,
            granted_by="test",
            at=NOW,
        )


async def lend(connection, first: date, last: date) -> None:
    await unit_ways.delegate(connection, unit=UNIT, giver=1, taker=2, since=first, until=last, why="", at=NOW)


async def may_approve(connection, day: date | None) -> bool:
    found = await people.actors(connection, ["zalo:2", "zalo:nobody"], on=day)
    return found["zalo:2"].may_approve_for(UNIT)


async def test_a_post_is_lent_from_its_first_day_to_its_last(database):
    async with database.write() as connection:
        await head_and_deputy(connection)
        await lend(connection, date(2027, 5, 21), date(2027, 5, 24))

        days = {day: await may_approve(connection, date(2027, 5, day)) for day in (20, 21, 24, 25)}

        assert days == {20: False, 21: True, 24: True, 25: False}
        assert not await may_approve(connection, None)


async def test_own_posts_and_lent_ones_are_told_apart(database):
    async with database.write() as connection:
        await head_and_deputy(connection)
        await lend(connection, date(2027, 5, 20), date(2027, 5, 24))

        son = (await people.actors(connection, ["zalo:2"], on=date(2027, 5, 22)))["zalo:2"]

        assert [(p.role, p.lent_by) for p in son.posts] == [(Role.DEPUTY, None), (Role.HEAD, 1)]
        assert [p.role for p in son.own_posts] == [Role.DEPUTY]


async def test_what_is_lent_ends_with_the_givers_post_or_when_somebody_is_erased(database):
    async with database.write() as connection:
        await head_and_deputy(connection)
        await lend(connection, date(2027, 5, 20), date(2027, 5, 24))
        assert await may_approve(connection, date(2027, 5, 22))

        await people.erase(connection, 1, at=NOW)

        assert not await may_approve(connection, date(2027, 5, 22))
        assert await unit_ways.delegations_of(connection, None, on=date(2027, 5, 20)) == []


async def test_a_setting_is_off_until_it_is_turned_on(database):
    async with database.write() as connection:
        assert not await unit_ways.is_on(connection, UNIT, unit_ways.APPROVAL)
        for on in (True, True, False):
            await unit_ways.turn(connection, UNIT, unit_ways.APPROVAL, on=on, person=1, at=NOW)
            assert await unit_ways.is_on(connection, UNIT, unit_ways.APPROVAL) is on

"""Codes are spent once, steps are claimed once, provinces do not see each other."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert

from isobot.domain.deadlines import StepKey
from isobot.domain.messages import Reply
from isobot.domain.people import Role
from isobot.domain.units import Level, Unit
from isobot.storage import dispatch, outbox, people, reports, unit_records
from isobot.storage.database import Database
from isobot.storage.outbox import Priority
from isobot.storage.tables import conversations
from isobot.unitfiles import load_units

DAY = date(2027, 5, 28)
STEP = StepKey("th-xa", "2027-05", "th.pu-luong", 1, "T-3")


async def person(database, clock, name: str = "Lan", sender: str = "telegram:1") -> int:
    async with database.write() as connection:
        return await people.add_person(
            connection, sender_key=sender, chat_key=sender, name=name, at=clock.now()
        )


async def post(database, clock, holder: int, unit: str, province: str, role: Role) -> None:
    async with database.write() as connection:
        await people.add_post(
            connection,
            person=holder,
            unit=unit,
            province=province,
            role=role,
            granted_by="test",
            at=clock.now(),
        )


async def claimed(connection, step: StepKey, clock) -> int | None:
    found = await dispatch.claim_many(connection, [dispatch.Claim(step, DAY, "queued")], at=clock.now())
    return found.get(step)


async def test_code_is_spent_once_however_many_try_at_the_same_moment(database_url, database, clock):
    lan = await person(database, clock)
    async with database.write() as connection:
        await people.add_invitation(
            connection,
            code_hash="h",
            unit="th.pu-luong",
            province="thanh-hoa",
            role=Role.REPORTER,
            created_by="test",
            at=clock.now(),
            expires_at=clock.now() + timedelta(days=1),
        )
    others = [Database(database_url) for _ in range(4)]

    async def spend(each: Database) -> bool:
        async with each.write() as connection:
            found = await people.find_invitation(connection, "h")
            return await people.use_invitation(connection, found.id, person=lan, at=clock.now())

    spent = await asyncio.gather(*(spend(each) for each in others))
    for each in others:
        await each.close()

    assert sorted(spent) == [False, False, False, True]


async def test_actor_has_the_posts_held_now_and_no_ended_ones(database, clock):
    lan = await person(database, clock)
    await post(database, clock, lan, "th.pu-luong", "thanh-hoa", Role.REPORTER)
    await post(database, clock, lan, "th.ba-thuoc", "thanh-hoa", Role.HEAD)
    async with database.write() as connection:
        actor = (await people.actors(connection, ["telegram:1"]))["telegram:1"]
        await people.end_post(connection, actor.posts[0].id, at=clock.now())
        after = (await people.actors(connection, ["telegram:1", "telegram:2"]))["telegram:1"]

    assert [p.unit for p in actor.posts] == ["th.pu-luong", "th.ba-thuoc"]
    assert [p.unit for p in after.posts] == ["th.ba-thuoc"]


async def test_erased_person_leaves_no_name_and_no_chat(database, clock):
    lan = await person(database, clock)
    await post(database, clock, lan, "th.pu-luong", "thanh-hoa", Role.REPORTER)
    async with database.write() as connection:
        await people.erase(connection, lan, at=clock.now())

    async with database.read() as connection:
        assert await people.name_of(connection, lan) == ""
        assert await people.identities_of(connection, lan) == []
        assert await people.actors(connection, ["telegram:1"]) == {}
        assert await people.holders(connection) == []


async def test_holders_of_one_province_are_found_without_those_of_another(database, clock):
    lan = await person(database, clock)
    hung = await person(database, clock, "Hùng", "telegram:2")
    await post(database, clock, lan, "th.pu-luong", "thanh-hoa", Role.REPORTER)
    await post(database, clock, hung, "kt.so-tu-phap", "kon-tum", Role.REPORTER)

    async with database.read() as connection:
        found = await people.holders(connection, provinces=["kon-tum"])

    assert [holder.name for holder in found] == ["Hùng"]
    assert found[0].chats == ("telegram:2",)


async def test_gone_chat_is_no_longer_written_to(database, clock):
    lan = await person(database, clock)
    await post(database, clock, lan, "th.pu-luong", "thanh-hoa", Role.REPORTER)
    async with database.write() as connection:
        await people.mark_gone(connection, "telegram:1", at=clock.now())
        (holder,) = await people.holders(connection)

    assert holder.chats == ()


async def test_step_is_claimed_once_by_two_at_the_same_moment(database_url, clock):
    claimers = [Database(database_url) for _ in range(4)]

    async def claim(each: Database) -> bool:
        async with each.write() as connection:
            return await claimed(connection, STEP, clock) is not None

    taken = await asyncio.gather(*(claim(each) for each in claimers))
    for each in claimers:
        await each.close()

    assert sorted(taken) == [False, False, False, True]


async def test_ledger_tells_what_became_of_the_message(database, clock):
    async with database.write() as connection:
        claim = await claimed(connection, STEP, clock)
        row = outbox.row_of(
            "telegram", "1", Reply("nhắc"), prompt=0, priority=Priority.CAMPAIGN, at=clock.now()
        )
        number = await outbox.add_one(connection, row)
        await dispatch.tie(connection, {claim: number}, {}, day=DAY)
        waiting = await dispatch.ledger(connection, since=DAY)
        await outbox.mark_sent(connection, [(number, "7")], at=clock.now())
        await dispatch.settle(connection, sent=[number], at=clock.now())
        sent = await dispatch.ledger(connection, since=DAY)
        later = await dispatch.ledger(connection, since=DAY + timedelta(days=1))

    assert waiting == {STEP: "queued"}
    assert sent == {STEP: "sent"}
    assert later == {}


async def test_reminders_of_a_report_that_is_in_are_taken_back_those_of_others_stay(database, clock):
    other = StepKey("th-xa", "2027-05", "th.ba-thuoc", 2, "T-3")
    async with database.write() as connection:
        for step in (STEP, other):
            claim = await claimed(connection, step, clock)
            row = outbox.row_of(
                "telegram",
                str(step.person),
                Reply("nhắc"),
                prompt=0,
                priority=Priority.CAMPAIGN,
                at=clock.now(),
            )
            number = await outbox.add_one(connection, row)
            await dispatch.tie(connection, {claim: number}, {}, day=DAY)
        await dispatch.cancel_queued(connection, rule="th-xa", period="2027-05", unit="th.pu-luong")

        assert await dispatch.ledger(connection, since=DAY) == {STEP: "cancelled", other: "queued"}
        due = await outbox.due_of_each(connection, {"telegram": 9}, now=clock.now())
    assert [message.chat for message in due] == ["2"]


async def test_snooze_ends_on_its_day_and_a_later_one_replaces_it(database, clock):
    lan = await person(database, clock)
    key = (lan, "th-xa", "2027-05", "th.pu-luong")
    async with database.write() as connection:
        for days in (3, 7):
            await dispatch.snooze(
                connection,
                person=lan,
                rule="th-xa",
                period="2027-05",
                unit="th.pu-luong",
                until=DAY + timedelta(days=days),
            )
        assert await dispatch.snoozed(connection, today=DAY + timedelta(days=6)) == {
            key: DAY + timedelta(days=7)
        }
        assert await dispatch.snoozed(connection, today=DAY + timedelta(days=7)) == {}


async def test_reports_of_one_province_are_not_among_those_of_another(database, clock):
    async with database.write() as connection:
        for unit, province in (("th.pu-luong", "thanh-hoa"), ("kt.so-tu-phap", "kon-tum")):
            await reports.open_draft(
                connection,
                unit=unit,
                province=province,
                rule="r",
                period="2027",
                practice_of=0,
                form="xa-rut-gon",
                form_version=1,
                at=clock.now(),
            )
        found = await reports.of_period(connection, province="kon-tum", rule="r", period="2027")

    assert [record.unit for record in found] == ["kt.so-tu-phap"]


async def test_opening_a_draft_twice_finds_the_same_report(database, clock):
    async def opened(each: Database, practice_of: int = 0) -> int:
        async with each.write() as connection:
            record = await reports.open_draft(
                connection,
                unit="th.pu-luong",
                province="thanh-hoa",
                rule="th-xa",
                period="2027-05",
                practice_of=practice_of,
                form="xa-rut-gon",
                form_version=1,
                at=clock.now(),
            )
            return record.id

    first, second = await asyncio.gather(opened(database), opened(database))

    assert first == second
    assert await opened(database, practice_of=5) != first


async def test_shipped_units_are_refreshed_only_when_they_differ(database):
    async with database.write() as connection:
        assert await unit_records.refresh_shipped(connection, load_units()) is False
        some = load_units()[:5]
        assert await unit_records.refresh_shipped(connection, some) is True
        assert len(await unit_records.load_directory(connection)) == 5


async def test_imported_unit_takes_the_place_of_a_shipped_one_and_outlives_a_refresh(database):
    own = Unit("th.pu-luong", "UBND xã Pù Luông (mới)", "thanh-hoa", Level.XA, kind="xã", aliases=("PL",))
    async with database.write() as connection:
        await unit_records.add_imported(connection, [own])
        await unit_records.refresh_shipped(connection, load_units()[:50])
        directory = await unit_records.load_directory(connection)

    assert directory.get("th.pu-luong") == own
    assert len(directory) == 51


async def reminded(connection, step: StepKey, clock) -> None:
    claim = await claimed(connection, step, clock)
    row = outbox.row_of(
        "telegram", str(step.person), Reply("nhắc"), prompt=0, priority=Priority.CAMPAIGN, at=clock.now()
    )
    number = await outbox.add_one(connection, row)
    await dispatch.tie(connection, {claim: number}, {}, day=DAY)
    await dispatch.settle(connection, sent=[number], at=clock.now())


def conversation(chat_key: str, at: datetime) -> dict[str, object]:
    """A conversation in which somebody was heard at a moment."""
    empty = {"state": {}, "offered": [], "memory": {}}
    return {"chat_key": chat_key, "bot": "telegram", "chat": chat_key, "updated_at": at, **empty}


@pytest.mark.parametrize("few", [1, 500])
async def test_units_that_wrote_after_a_reminder_are_told_from_the_silent(database, clock, few, monkeypatch):
    monkeypatch.setattr(dispatch, "FEW_UNITS", few)
    units = ["th.pu-luong", "th.ba-thuoc", "th.quy-luong"]
    people_of = {unit: await person(database, clock, sender=f"telegram:{unit}") for unit in units}
    async with database.write() as connection:
        for unit, who in people_of.items():
            await reminded(connection, StepKey("th-xa", "2027-05", unit, who, "T-3"), clock)
        wrote = {"th.pu-luong": timedelta(minutes=5), "th.ba-thuoc": -timedelta(hours=1)}
        rows = [conversation(f"telegram:{unit}", clock.now() + after) for unit, after in wrote.items()]
        await connection.execute(insert(conversations), rows)

        found = [
            await dispatch.seen_units(connection, rule="th-xa", period=period, among=among)
            for period, among in (("2027-05", units), ("2027-05", units[1:]), ("2026-10", units))
        ]

    assert found == [{"th.pu-luong"}, set(), set()]

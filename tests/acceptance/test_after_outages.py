"""What an office hears on the first day after weeks in which nothing ran, and of units with more time."""

from datetime import date

import pytest
from sqlalchemy import select

from isobot.domain.people import Role
from isobot.storage.dispatch import ledger
from isobot.storage.tables import dispatches
from scheduler import rounds
from scheduler.dispatch import situation_on
from tests.storage.test_rounds_on_both_databases import submit

COMMUNE, OTHER, OFFICE = "th.pu-luong", "th.co-lung", "th.so-khcn"


@pytest.fixture
async def people(plain_phone):
    """Register who reports, stands in, leads and receives."""
    office = {
        "lan": (plain_phone, COMMUNE, Role.REPORTER),
        "mai": (plain_phone.other("2"), COMMUNE, Role.DEPUTY),
        "head": (plain_phone.other("3"), COMMUNE, Role.HEAD),
        "hoa": (plain_phone.other("4"), OFFICE, Role.RECEIVER),
        "minh": (plain_phone.other("5"), OFFICE, Role.RECEIVER),
    }
    for phone, unit, role in office.values():
        await phone.registers(unit, role)
    return {name: phone for name, (phone, _, _) in office.items()}


async def told_on(people, clock, day):
    """Let a day begin, and return what everybody is told."""
    clock.move_to(day)
    before = {name: len(phone.screen) for name, phone in people.items()}
    await people["lan"].office.tick()
    return {name: phone.screen[before[name] :] for name, phone in people.items()}


async def test_after_weeks_everybody_hears_once_of_a_report_that_is_still_missing(people, clock):
    await told_on(people, clock, date(2027, 5, 24))

    back = await told_on(people, clock, date(2027, 6, 24))

    assert {name: len(said) for name, said in back.items()} == dict.fromkeys(people, 1)
    assert "đã quá hạn 24 ngày (hạn 31/05/2027)" in back["lan"][0]
    assert "anh/chị là người thay thế" in back["mai"][0]
    assert "kính báo lãnh đạo đơn vị" in back["head"][0]
    assert "đơn vị chưa gửi số liệu" in back["hoa"][0]
    assert back["hoa"] == back["minh"]
    async with people["lan"].office.database.read() as connection:
        ends = await ledger(connection, since=date(2027, 4, 1))
    assert set(ends.values()) == {"sent", "merged"}

    for day in (date(2027, 6, 24), date(2027, 6, 25), date(2027, 6, 28), date(2027, 7, 7)):
        again = await told_on(people, clock, day)
        assert [again[name] for name in ("mai", "head", "hoa", "minh")] == [[], [], [], []]


async def test_after_months_the_digest_still_tells_who_is_missing_and_who_is_not(people, clock):
    other = people["lan"].other("6")
    await other.registers(OTHER)
    await told_on(people, clock, date(2027, 5, 24))
    await submit(other.office.database, clock, OTHER)

    back = await told_on(people, clock, date(2027, 9, 8))

    assert {name: len(said) for name, said in back.items()} == dict.fromkeys(people, 1)
    assert "quá hạn 100 ngày" in back["hoa"][0]
    assert "• Đã được nhắc mà chưa gửi (1): UBND xã Pù Luông." in back["hoa"][0]


async def test_report_that_came_in_meanwhile_is_spoken_of_to_nobody(people, clock):
    await told_on(people, clock, date(2027, 5, 24))
    await submit(people["lan"].office.database, clock, COMMUNE)

    back = await told_on(people, clock, date(2027, 6, 24))

    assert [back[name] for name in ("lan", "mai", "head")] == [[], [], []]


async def test_merged_steps_keep_the_day_on_which_they_fell(people, clock):
    await told_on(people, clock, date(2027, 5, 24))
    await told_on(people, clock, date(2027, 6, 24))

    query = select(dispatches.c.step, dispatches.c.due_on, dispatches.c.status).where(
        dispatches.c.unit == COMMUNE, dispatches.c.step.not_like("%/%")
    )
    async with people["lan"].office.database.read() as connection:
        rows = {row.step: (row.due_on, row.status) for row in await connection.execute(query)}
    assert rows == {
        "O": (date(2027, 5, 4), "merged"),
        "T-14": (date(2027, 5, 17), "merged"),
        "T-7": (date(2027, 5, 24), "sent"),
        "T-1": (date(2027, 5, 28), "merged"),
        "T": (date(2027, 5, 31), "merged"),
        "T+1": (date(2027, 6, 1), "merged"),
        "T+3": (date(2027, 6, 3), "merged"),
        "T+7": (date(2027, 6, 7), "merged"),
        "T+14": (date(2027, 6, 14), "merged"),
        "T+21": (date(2027, 6, 21), "sent"),
    }


# --- units with more time of their own --------------------------------------------------------------------


async def extend(receiver, unit, day):
    await receiver.says("gia hạn")
    await receiver.says(unit)
    await receiver.says(day)
    return (await receiver.says("Đơn vị đang chuyển trụ sở"))[-1]


async def test_unit_with_more_time_stands_in_digests_on_the_days_that_its_page_promises(people, clock):
    await told_on(people, clock, date(2027, 5, 28))
    assert "hạn mới 10/06/2027" in await extend(people["hoa"], "xã Pù Luông", "10/6")
    assert "vào danh sách của cơ quan nhận 07/06/2027, 11/06/2027, 17/06/2027" in "\n".join(
        await people["lan"].says("/nhac")
    )
    heard = {}
    for day in (*(date(2027, 6, n) for n in (1, 4, 7, 10, 11, 14, 17, 18)), date(2027, 7, 12)):
        said = await told_on(people, clock, day)
        if said["hoa"]:
            heard[day] = "\n".join(said["hoa"])

    assert list(heard) == [date(2027, 6, 1), date(2027, 6, 7), date(2027, 6, 11), date(2027, 6, 17)]
    of_all, both, own, last = heard.values()
    assert "hạn 31/05/2027 (quá hạn 1 ngày)" in of_all
    assert both.count("📋") == 1  # the digest of the whole period names the unit already
    assert "• Được gia hạn (1): UBND xã Pù Luông." in both
    assert own.splitlines()[:3] == [
        "📋 Báo cáo tháng 5/2027, các đơn vị được gia hạn đến 10/06/2027 (quá hạn 1 ngày).",
        "Còn 1 đơn vị chưa gửi số liệu.",
        "• Đã được nhắc mà chưa gửi (1): UBND xã Pù Luông.",
    ]
    assert "(quá hạn 7 ngày)" in last


async def test_units_that_share_a_day_share_a_section_and_are_each_in_the_ledger(people, clock):
    await told_on(people, clock, date(2027, 5, 28))
    await extend(people["hoa"], "xã Pù Luông", "10/6")
    await extend(people["hoa"], "xã Cổ Lũng", "10/6")
    for day in (date(2027, 6, 1), date(2027, 6, 7)):
        await told_on(people, clock, day)

    said = (await told_on(people, clock, date(2027, 6, 11)))["hoa"]

    assert len(said) == 1
    assert "Còn 2 đơn vị chưa gửi số liệu." in said[0]
    assert said[0].count("📋") == 1
    async with people["lan"].office.database.read() as connection:
        ends = await ledger(connection, since=date(2027, 6, 11))
    own = {(key.unit, key.step): status for key, status in ends.items() if key.step.endswith("/receiver")}
    assert own == {
        (COMMUNE, "T+1@270528/receiver"): "sent",
        (OTHER, "T+1@270528/receiver"): "sent",
    }


async def test_unit_that_sent_within_its_time_is_in_no_digest_of_its_own(people, clock):
    await told_on(people, clock, date(2027, 5, 28))
    await extend(people["hoa"], "xã Pù Luông", "10/6")
    for day in (date(2027, 6, 1), date(2027, 6, 7)):
        await told_on(people, clock, day)
    await submit(people["lan"].office.database, clock, COMMUNE)

    assert (await told_on(people, clock, date(2027, 6, 11)))["hoa"] == []


async def test_dry_run_shows_the_digest_of_a_unit_on_its_own_days(people, clock):
    await told_on(people, clock, date(2027, 5, 28))
    await extend(people["hoa"], "xã Pù Luông", "10/6")
    office, day = people["lan"].office, date(2027, 6, 11)
    services = office.services

    async with office.database.read() as connection:
        loaded = await situation_on(connection, services.timetable, services.directory, today=day)
    _, digests = rounds.falling_on(day, loaded.timetable, services.directory, loaded.situation)

    (digest,) = [found for found in digests if found.rule.id == "th-xa"]
    assert (digest.step, digest.period.last_day) == ("T+1@270528", date(2027, 6, 10))
    assert [unit.code for unit in digest.missing] == [COMMUNE]
    assert len(digest.people) == 2


async def test_own_digest_is_looked_at_again_before_it_leaves(people, clock):
    await told_on(people, clock, date(2027, 5, 28))
    await extend(people["hoa"], "xã Pù Luông", "10/6")
    for day in (date(2027, 6, 1), date(2027, 6, 7)):
        await told_on(people, clock, day)
    clock.move_to(date(2027, 6, 11))
    office = people["lan"].office
    before = len(people["minh"].screen)
    await office.dispatcher().tick()
    await submit(office.database, clock, COMMUNE)

    await office.sender.drain()

    assert people["minh"].screen[before:] == []
    async with office.database.read() as connection:
        ends = await ledger(connection, since=date(2027, 6, 11))
    assert {s for k, s in ends.items() if k.step == "T+1@270528/receiver"} == {"cancelled"}

"""The whole way of a reminder on both databases: planned, claimed, looked at again, ended."""

import asyncio
from datetime import date, timedelta

from isobot.domain.deadlines import DayOfYear, Extension, Move
from isobot.domain.messages import Reply
from isobot.domain.people import Role
from isobot.storage import dispatch, office, outbox, people, records, rulebook, unit_ways
from isobot.storage.database import Database
from isobot.storage.store import Store
from scheduler.dispatch import LOOKED, Dispatcher, LastLook, Tally
from tests.fakes import FakeClock
from tests.reports_in import submit_report

T_3 = date(2027, 5, 28)
UNITS = ("th.pu-luong", "th.ba-thuoc", "th.co-lung", "th.van-nho")


async def officers(database: Database, clock: FakeClock, services) -> dict[str, int]:
    """Register one officer for each unit, and the receiver."""
    found = {}
    async with database.write() as connection:
        for number, (unit, role) in enumerate(
            [*((unit, Role.REPORTER) for unit in UNITS), ("th.so-khcn", Role.RECEIVER)], start=1
        ):
            key = f"telegram:{number}"
            found[unit] = await people.add_person(
                connection, sender_key=key, chat_key=key, name=f"Cán bộ {number}", at=clock.now()
            )
            await people.add_post(
                connection,
                person=found[unit],
                unit=unit,
                province="thanh-hoa",
                role=role,
                granted_by="test",
                at=clock.now(),
            )
    return found


def dispatcher(database: Database, clock: FakeClock, services) -> Dispatcher:
    return Dispatcher(database, services.timetable, lambda: services.directory, clock, queued=lambda: None)


async def leave(database: Database, clock: FakeClock, services, *, deliver: bool = True) -> list[str]:
    """Do what the sender does with everything that is due; returns what left."""
    look = LastLook(database, services.timetable, lambda: services.directory, clock)
    async with database.read() as connection:
        due = await outbox.due_of_each(connection, {"telegram": 50}, now=clock.now())
    said = await look(due)
    left = {key: reply for key, reply in said.items() if reply is not None}
    async with database.write() as connection:
        if deliver:
            await outbox.mark_sent(connection, [(key, None) for key in left], at=clock.now())
            await dispatch.settle(connection, sent=list(left), at=clock.now())
        else:
            for key in left:
                await outbox.mark_dead(connection, key, attempts=1, why="blocked")
            await dispatch.settle(connection, dead=list(left), at=clock.now())
    return [reply.text for reply in left.values()]


async def by_unit(database: Database) -> dict[tuple[str, str], str]:
    async with database.read() as connection:
        found = await dispatch.ledger(connection, since=date(2027, 1, 1))
    return {(key.unit, key.step): status for key, status in found.items()}


async def submit(database: Database, clock: FakeClock, unit: str) -> None:
    async with database.write() as connection:
        await submit_report(connection, unit, at=clock.now())


async def test_four_planners_at_once_tell_everybody_once(database_url, database, clock, services):
    await officers(database, clock, services)
    clock.move_to(T_3)
    others = [Database(database_url) for _ in range(4)]

    tallies = await asyncio.gather(*(dispatcher(each, clock, services).tick() for each in others))
    texts = await leave(database, clock, services)
    for each in others:
        await each.close()

    assert sum(tally.messages for tally in tallies) == 5
    assert len(texts) == 5
    statuses = await by_unit(database)
    assert {statuses[unit, "T-1"] for unit in UNITS} == {"sent"}
    assert set(statuses.values()) == {"sent", "merged"}


async def test_report_that_comes_in_without_a_word_to_the_ledger_stops_the_message(database, clock, services):
    await officers(database, clock, services)
    clock.move_to(T_3)
    await dispatcher(database, clock, services).tick()
    await submit(database, clock, "th.pu-luong")

    texts = await leave(database, clock, services)

    assert len(texts) == 4
    assert not any("Đơn vị: UBND xã Pù Luông" in text for text in texts)
    digest = next(text for text in texts if text.startswith("📋"))
    assert "Còn 55 đơn vị" in digest
    statuses = await by_unit(database)
    assert {s for (unit, _), s in statuses.items() if unit == "th.pu-luong"} == {"cancelled", "merged"}


async def test_undelivered_reminder_is_dead_and_counts_as_sent_when_it_is_sent_again(
    database, clock, services
):
    await officers(database, clock, services)
    clock.move_to(T_3)
    await dispatcher(database, clock, services).tick()

    await leave(database, clock, services, deliver=False)

    assert set((await by_unit(database)).values()) == {"dead", "merged"}
    async with database.write() as connection:
        rows = [row async for row in _messages(connection)]
        await dispatch.settle(connection, sent=rows, at=clock.now())
    assert set((await by_unit(database)).values()) == {"sent", "merged"}


async def _messages(connection):
    for status, number in (await outbox.counts(connection)).items():
        assert status == "dead"
        for key in range(1, number + 1):
            yield key


async def test_second_message_of_a_day_waits_for_the_next(database, clock, services):
    people_of = await officers(database, clock, services)
    clock.move_to(T_3)
    await dispatcher(database, clock, services).tick()
    await leave(database, clock, services)
    async with database.write() as connection:
        await people.add_post(
            connection,
            person=people_of["th.pu-luong"],
            unit="th.dien-lu",
            province="thanh-hoa",
            role=Role.REPORTER,
            granted_by="test",
            at=clock.now(),
        )

    clock.pass_by(timedelta(hours=2))
    same_day = await dispatcher(database, clock, services).tick()
    clock.move_to(date(2027, 5, 31))
    await dispatcher(database, clock, services).tick()
    texts = await leave(database, clock, services)

    assert same_day.messages == 0
    assert any("Pù Luông" in text and "Điền Lư" in text for text in texts)


async def test_steps_forgotten_while_nothing_ran_are_closed(database, clock, services):
    await officers(database, clock, services)
    clock.move_to(date(2027, 5, 21))
    await dispatcher(database, clock, services).tick()
    await leave(database, clock, services)
    clock.move_to(date(2027, 5, 30))  # T-7 and T-3 fell due meanwhile, and nothing ran
    await submit(database, clock, "th.pu-luong")

    clock.move_to(date(2027, 5, 31))
    tally = await dispatcher(database, clock, services).tick()

    assert tally.forgotten == 2
    statuses = await by_unit(database)
    own = {step: status for (unit, step), status in statuses.items() if unit == "th.pu-luong"}
    assert own["T-7"] == own["T-1"] == "cancelled"
    async with database.read() as connection:
        assert await records.get_meta(connection, LOOKED) == "2027-05-31"


async def test_planner_that_was_down_for_months_tells_once_who_is_missing_and_closes_the_rest(
    database, clock, services
):
    await officers(database, clock, services)
    clock.move_to(date(2027, 5, 21))
    await dispatcher(database, clock, services).tick()
    await leave(database, clock, services)
    clock.move_to(date(2027, 6, 2))
    await submit(database, clock, "th.pu-luong")

    clock.move_to(date(2027, 9, 20))
    tally = await dispatcher(database, clock, services).tick()
    again = await dispatcher(database, clock, services).tick()

    statuses = await by_unit(database)
    steps = {unit: {s for (u, s) in statuses if u == unit} for unit in UNITS}
    assert (tally.messages, tally.forgotten) == (4, 4)  # three silent units and the receiving office
    assert again == Tally()
    assert steps["th.pu-luong"] == {"O", "T-14", "T-7", "T-1", "T", "T+1"}
    assert statuses["th.ba-thuoc", "T+14"] == "merged"
    assert statuses["th.ba-thuoc", "T+28"] == "queued"
    assert set(statuses.values()) == {"sent", "queued", "merged", "cancelled"}


async def test_extension_and_other_days_are_read_back(database, clock):
    extension = Extension(date(2027, 6, 15), date(2027, 5, 28))
    move = Move("th-xa", "{year}-05", 2027, DayOfYear(25, 5), date(2027, 5, 20))
    async with database.write() as connection:
        await office.add_extension(
            connection, rule="th-xa", period="2027-05", unit="th.pu-luong", extension=extension
        )
        await office.add_move(connection, move)
        edition = await rulebook.edition(connection)

    async with database.read() as connection:
        assert await office.all_extensions(connection) == {("th-xa", "2027-05", "th.pu-luong"): extension}
        assert await office.moves(connection) == (move,)
        assert edition == await rulebook.edition(connection) != "0.0.0"


async def test_who_stands_in_is_told_up_to_the_last_look_whatever_else_they_are(database, clock, services):
    people_of = await officers(database, clock, services)
    async with database.write() as connection:
        thu = await people.add_person(
            connection, sender_key="telegram:9", chat_key="telegram:9", name="Hà Thị Thu", at=clock.now()
        )
        await people.add_post(
            connection,
            person=thu,
            unit="th.pu-luong",
            province="thanh-hoa",
            role=Role.CURATOR,
            granted_by="test",
            at=clock.now(),
        )
        await unit_ways.delegate(
            connection,
            unit="th.pu-luong",
            giver=people_of["th.pu-luong"],
            taker=thu,
            since=T_3,
            until=T_3,
            why="",
            at=clock.now(),
        )
    clock.move_to(T_3)

    await dispatcher(database, clock, services).tick()
    texts = await leave(database, clock, services)

    assert len([text for text in texts if "Đơn vị: UBND xã Pù Luông" in text]) == 2


async def test_not_me_is_noted_once(database, clock, services):
    people_of = await officers(database, clock, services)
    person = people_of["th.pu-luong"]
    async with database.write() as connection:
        first = await office.decline(connection, unit="th.pu-luong", person=person, at=clock.now())
        again = await office.decline(connection, unit="th.pu-luong", person=person, at=clock.now())
        await office.take_back_decline(connection, unit="th.pu-luong", person=person)
        left = await office.all_declined(connection)

    assert (first, again, left) == (True, False, {})


async def test_answer_that_carries_a_reminder_takes_over_its_steps(database, clock, services):
    await officers(database, clock, services)
    clock.move_to(T_3)
    await dispatcher(database, clock, services).tick()
    async with database.write() as connection:
        reminder = min((await dispatch.waiting_messages(connection)).values())
        assert await dispatch.take_held(connection, reminder)
        assert not await dispatch.take_held(connection, reminder)
        store = Store(connection, clock.now())
        store.send("telegram", "1", Reply("Câu 2?\n\n⏰"), carries=reminder)
        await store.flush()

    await leave(database, clock, services)

    assert set((await by_unit(database)).values()) == {"sent", "merged"}

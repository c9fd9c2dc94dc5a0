"""A kill at any await of planner, sender or engine, on both databases: one row a step, nobody told twice.

Each story is played once undisturbed, and then killed at its first await, at its second, and so on; new
planners and senders do the rest, and everything has to be as if nothing had happened.
"""

from collections.abc import Iterator
from datetime import date
from itertools import count

import pytest

from isobot.storage import dispatch
from isobot.storage.database import Database
from tests.acceptance.conftest import Office, Phone
from tests.fakes import FakeClock
from tests.house import House, Kept, Network, two_processes
from tests.killing import Process
from tests.storage.test_rounds_on_both_databases import T_3, UNITS, officers, submit

ALL = (*UNITS, "th.so-khcn")


def house(database: Database, services, clock: FakeClock, network: Network | None = None) -> House:
    return House(database, services, clock, network, units=ALL)


def kills(kept: Kept) -> Iterator[int]:
    """Count the awaits at which to kill: each, or on PostgreSQL, which takes longer, one in five."""
    return count(1, 1 if kept.is_sqlite else 5)


@pytest.fixture
async def prepared(database, services, clock) -> Database:
    """A database with officers, on a day when each of them is to be told something."""
    await officers(database, clock, services)
    clock.move_to(T_3)
    return database


async def test_a_planner_killed_at_any_await_leaves_one_row_a_step(prepared, memory_folder, services, clock):
    async with two_processes(prepared, memory_folder) as (kept, doomed, database):
        calm = house(database, services, clock)
        await calm.dispatcher.tick()
        await calm.sender.drain()
        expected = await calm.outcome()
        assert set(expected[0].values()) == {"sent", "merged"}
        assert set(expected[1].values()) == {1}

        for k in kills(kept):
            kept.bring_back()
            await doomed.close()  # who is killed takes the connections along
            ended = await Process(kill_at=k).run(house(doomed, services, clock).dispatcher.tick())
            heir = house(database, services, clock)
            await heir.dispatcher.tick()
            await heir.sender.drain()
            assert (await heir.dispatcher.tick()).messages == 0
            assert await heir.outcome() == expected, f"killed at await {k}"
            if ended:
                break
    assert k > 20, "the story has more awaits than that"


async def test_a_sender_killed_at_any_await_repeats_only_what_was_not_marked_and_counts_it(
    prepared, memory_folder, services, clock
):
    await house(prepared, services, clock).dispatcher.tick()
    await submit(prepared, clock, UNITS[0])  # the last look has something to take back
    repeated = 0
    async with two_processes(prepared, memory_folder) as (kept, doomed, database):
        calm = house(database, services, clock)
        await calm.sender.drain()
        expected, told, _ = await calm.outcome()
        assert set(expected.values()) == {"sent", "merged", "cancelled"}

        for k in kills(kept):
            kept.bring_back()
            await doomed.close()  # who is killed takes the connections along
            killed = house(doomed, services, clock)
            ended = await Process(kill_at=k).run(killed.sender.drain())
            lost_sight_of = await killed.unmarked()
            heir = house(database, services, clock, killed.network)
            await heir.sender.drain()
            ledger, now_told, counted = await heir.outcome()
            assert ledger == expected, f"killed at await {k}"
            assert now_told.keys() == told.keys()
            twice = sum(now_told.values()) - sum(told.values())
            assert twice == len(lost_sight_of), f"killed at await {k}"
            assert counted >= twice, f"killed at await {k}"
            repeated += twice
            if ended:
                assert (twice, counted) == (0, 0)
                break
    assert repeated > 0


async def test_a_submission_killed_at_any_await_takes_its_reminder_back_once(
    database, memory_folder, services, clock
):
    office = Office(database, services, clock)
    lan = Phone(office, buttons=False)
    await lan.registers("th.pu-luong")
    await lan.opens_report()
    await lan.answers()
    clock.move_to(T_3)
    await office.dispatcher().tick()
    await office.door.take([lan.event(text="gửi báo cáo")])
    async with two_processes(database, memory_folder) as (kept, doomed, second):
        for k in kills(kept):
            kept.bring_back()
            await doomed.close()  # who is killed takes the connections along
            ended = await Process(kill_at=k).run(Office(doomed, services, clock).engine.step())
            heir = Office(second, services, clock)
            await heir.work()
            said = [message.reply.text for message in heir.channels["telegram"].sent]
            record = await heir.report("th.pu-luong", "2027-05")
            events = await heir.events_of(record)
            async with second.read() as connection:
                ledger = await dispatch.ledger(connection, since=date(2027, 1, 1))
            assert [text.startswith("Đã nhận số liệu") for text in said] == [True], f"killed at await {k}"
            assert set(ledger.values()) == {"cancelled", "merged"}, f"killed at await {k}"
            assert record.version == [event["kind"] for event in events].count("submit") == 1
            if ended:
                break
    assert k > 20, "the story has more awaits than that"

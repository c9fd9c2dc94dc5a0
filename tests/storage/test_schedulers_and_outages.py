"""Two schedulers at once, clocks that jump, outages of any length: still one row a step, and one message."""

import asyncio
import random
import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from isobot.clock import vietnam_day
from isobot.domain.deadlines import Audience, StepKey, find_period
from isobot.domain.people import Role
from isobot.storage import dispatch, people
from isobot.storage.database import Database
from isobot.storage.tables import dispatches
from scheduler.ladder import ladder
from tests.fakes import FakeClock
from tests.house import House, Kept, Network, two_processes
from tests.killing import Process
from tests.storage.test_rounds_on_both_databases import T_3, UNITS, officers, submit

ALL = (*UNITS, "th.so-khcn")
ENDED = {"sent", "merged", "cancelled", "dead"}


async def test_two_schedulers_in_two_zones_with_two_clocks_do_the_work_of_one(
    database, memory_folder, services, clock
):
    """Each gives way to the other at each of its awaits, in another order with each seed."""
    await officers(database, clock, services)
    async with two_processes(database, memory_folder) as (kept, first, second):
        clock.move_to(T_3)
        alone = House(first, services, clock, units=ALL)
        await alone.dispatcher.tick()
        await alone.sender.drain()
        expected = await alone.outcome()
        assert set(expected[1].values()) == {1}

        for seed in range(8 if kept.is_sqlite else 4):
            kept.bring_back()
            ahead = FakeClock(clock.now() + timedelta(minutes=(-3, 0, 7, 90)[seed % 4]))
            network = Network()
            here = House(first, services, clock, network, units=ALL)
            there = House(second, services, ahead, network, units=ALL)
            await asyncio.gather(
                Process(seed=seed, zone="America/Los_Angeles").run(here.dispatcher.tick()),
                Process(seed=seed + 100, zone="Pacific/Kiritimati").run(there.dispatcher.tick()),
                Process(seed=seed + 200).run(here.sender.drain()),
            )
            later = FakeClock(clock.now() + timedelta(hours=2))
            after = House(first, services, later, network, units=ALL)
            await after.dispatcher.tick()
            await after.sender.drain()
            assert await after.outcome() == expected, f"seed {seed}"


@pytest.mark.parametrize("seed", range(6))
async def test_clocks_that_jump_by_days_and_weeks_tell_nothing_twice(
    database, memory_folder, services, clock, seed
):
    await officers(database, clock, services)
    draw = random.Random(seed)
    told: list[tuple[str, date]] = []
    async with two_processes(database, memory_folder) as (_, first, second):
        clock.move_to(date(2027, 5, 24))
        network = Network(on_taking=lambda message: told.append((message.chat, vietnam_day(clock.now()))))
        houses = [House(each, services, clock, network, units=ALL) for each in (first, second)]
        for jump in (0, -1, 7, draw.choice((-8, -3, 1)), draw.randint(-6, 9), draw.randint(-3, 14), -1, 7):
            clock.pass_by(timedelta(days=jump))
            for house in draw.sample(houses, 2):
                await house.dispatcher.tick()
                if draw.random() < 0.7:
                    await houses[0].sender.drain()
        clock.move_to(date(2027, 7, 12))
        await houses[1].dispatcher.tick()
        await houses[0].sender.drain()
        async with first.read() as connection:
            ledger = await dispatch.ledger(connection, since=date(2027, 1, 1))
            (rows,) = (await connection.execute(select(func.count()).select_from(dispatches))).one()

    assert set(ledger.values()) <= ENDED
    assert rows == len(ledger)
    assert len(told) == len({message.id for message in network.taken}) == len(set(told))


# --- outages ----------------------------------------------------------------------------------------------

SILENT, LATE = UNITS[:2]
"""A unit that never reports, and one that reports on a day that differs."""
FIRST_DAY, LAST_DAY, OVER = date(2027, 5, 4), date(2027, 5, 31), date(2027, 7, 9)


class Season:
    """The officers of two communes and of the receiving office, while the machine is down now and then."""

    def __init__(self, kept: Kept, services, *, down: set[date], reports_on: date) -> None:
        self.kept, self.services, self.down, self.reports_on = kept, services, down, reports_on
        self.clock = FakeClock.on(FIRST_DAY)
        self.network = Network(on_taking=self._hear)
        self.heard: list[tuple[date, str, str]] = []
        rule = services.rules.by_id("th-xa")
        self.planned = ladder(find_period(rule, "2027-05"), services.calendar, services.ladder)

    def _hear(self, message) -> None:
        self.heard.append((vietnam_day(self.clock.now()), message.chat, message.reply.text))

    def days(self) -> list[date]:
        """List the days on which something may happen: the ladder's, and the first ones after outages."""
        calendar, end = self.services.calendar, (OVER - FIRST_DAY).days
        working = [d for n in range(end) if calendar.is_working(d := FIRST_DAY + timedelta(n))]
        steps = {step.day for step in self.planned} | {FIRST_DAY, self.reports_on}
        back = {day for before, day in pairwise(working) if before in self.down}
        return [day for day in working if day in steps | back and day not in self.down] + [OVER]

    async def play(self) -> dict[StepKey, str]:
        self.kept.bring_back()
        database = Database(self.kept.url)
        try:
            house = House(
                database, self.services, self.clock, self.network, units=(SILENT, LATE, "th.so-khcn")
            )
            reported = False
            for day in self.days():
                if day > self.reports_on and not reported:
                    reported = await self._report(database, self.reports_on)
                self.clock.move_to(day)
                await house.dispatcher.tick()
                await house.sender.drain()
                if day == self.reports_on:
                    reported = await self._report(database, day)
            async with database.read() as connection:
                return await dispatch.ledger(connection, since=date(2027, 1, 1))
        finally:
            await database.close()

    async def _report(self, database: Database, day: date) -> bool:
        self.clock.move_to(day, 13)
        await submit(database, self.clock, LATE)
        return True

    def due_keys(self, persons: dict[tuple[str, Audience], int]) -> set[StepKey]:
        """Return the steps that fell due, read off the ladder: each of them has to have its row."""
        found = set()
        for (unit, audience), person in persons.items():
            for step in self.planned:
                if step.audience is audience and (unit != LATE or step.day <= self.reports_on):
                    name = step.step if audience is Audience.REPORTER else f"{step.step}/{audience}"
                    found.add(StepKey("th-xa", "2027-05", unit, person, name))
        return found

    def expected_of(self, audience: Audience) -> list[tuple[date, str]]:
        """Say what somebody of the silent unit hears: the latest of what was missed, if it still holds.

        Nobody else's report is missing longer, and the whole season lies before the next period opens.
        """
        own = [step for step in self.planned if step.audience is audience]
        over = own[-1].day + timedelta(days=7)
        heard: list[tuple[date, str]] = []
        told, looked = -1, FIRST_DAY
        for day in self.days():
            latest = max((n for n, step in enumerate(own) if step.day <= day), default=-1)
            holds = day <= LAST_DAY or own[latest].after_last_day
            if latest > told and holds and looked <= over:
                told = latest
                heard.append((day, own[latest].step))
            looked = day
        return heard


async def _register(url: str, clock: FakeClock) -> dict[tuple[str, Audience], int]:
    database = Database(url)
    roles = {
        (SILENT, Audience.REPORTER): Role.REPORTER,
        (LATE, Audience.REPORTER): Role.REPORTER,
        (SILENT, Audience.HEAD): Role.HEAD,
        ("th.so-khcn", Audience.RECEIVER): Role.RECEIVER,
    }
    persons = {}
    async with database.write() as connection:
        for number, ((unit, audience), role) in enumerate(roles.items(), start=1):
            key, now = f"telegram:{number}", clock.now()
            person = await people.add_person(
                connection, sender_key=key, chat_key=key, name=f"Cán bộ {number}", at=now
            )
            await people.add_post(
                connection,
                person=person,
                unit=unit,
                province="thanh-hoa",
                role=role,
                granted_by="test",
                at=now,
            )
            persons[unit, audience] = person
    await database.close()
    return persons


outages = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 62)), min_size=1, max_size=3)


def test_after_an_outage_of_any_length_one_message_tells_what_was_missed_and_no_step_is_lost(
    database_url, memory_folder, services
):
    persons = asyncio.run(_register(database_url, FakeClock.on(date(2027, 5, 3))))
    kept = Kept(database_url, memory_folder)

    # Each example is a season; to shrink one would play hundreds.
    @settings(deadline=None, database=None, max_examples=12 if kept.is_sqlite else 4, phases=[Phase.generate])
    @given(outages, st.integers(0, 60))
    def holds(outages, reported_after) -> None:
        down = {FIRST_DAY + timedelta(begin + n) for begin, length in outages for n in range(length)}
        season = Season(kept, services, down=down, reports_on=FIRST_DAY + timedelta(reported_after))

        ledger = asyncio.run(season.play())

        assert set(ledger.values()) <= ENDED
        assert set(ledger) == season.due_keys(persons)
        chats_and_days = [(chat, day) for day, chat, _ in season.heard]
        assert len(chats_and_days) == len(set(chats_and_days)), "one message a person a day"
        for (unit, audience), person in persons.items():
            if unit != LATE:
                expected = season.expected_of(audience)
                assert [day for day, chat, _ in season.heard if chat == str(person)] == [
                    d for d, _ in expected
                ]
                told = {
                    k.step.partition("/")[0] for k, s in ledger.items() if (k.person, s) == (person, "sent")
                }
                assert told == {step for _, step in expected}
        for day, chat, text in season.heard:
            if chat in "12":
                assert_words_are_true(text, day)
            assert chat != "2" or day <= season.reports_on

    holds()


def assert_words_are_true(text: str, day: date) -> None:
    """Hold the days left, or late, against the calendar."""
    left = (LAST_DAY - day).days
    if (said := re.search(r"[Cc]òn (\d+) ngày", text)) is not None:
        assert int(said[1]) == left
    elif (said := re.search(r"quá hạn (\d+) ngày", text)) is not None:
        assert int(said[1]) == -left
    else:
        assert left == 0, text
        assert "ngày cuối" in text

"""A season of reminders on the real ledger: planners, sender and officers, over a database."""

import random
from datetime import date, datetime, timedelta

import pytest

from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.people import Role
from isobot.storage import dispatch, outbox
from tests.reports_in import PERIOD, RULE, submit_report


class Season:
    """The officers of some communes from April to July 2027, on a real database."""

    def __init__(self, phone, clock) -> None:
        self.office, self.clock = phone.office, clock
        self.units = [
            u for u in self.office.services.directory.of_province("thanh-hoa") if u.valid_to is None
        ]
        self.units = [u for u in self.units if u.level.value == "xa"][:12]
        self.submitted: dict[str, datetime] = {}

    async def register(self, phone) -> None:
        for number, unit in enumerate(self.units):
            await phone.other(f"r{number}").registers(unit.code)
            if number % 3 == 0:
                await phone.other(f"h{number}").registers(unit.code, Role.HEAD)
        await phone.other("office").registers("th.so-khcn", Role.RECEIVER)

    async def submit(self, unit: str) -> None:
        now = self.clock.now()
        async with self.office.database.write() as connection:
            await submit_report(connection, unit, at=now)
            await dispatch.cancel_queued(connection, rule=RULE, period=PERIOD, unit=unit)
        self.submitted[unit] = now


@pytest.fixture
async def season(plain_phone, clock):
    clock.move_to(date(2027, 4, 26))
    made = Season(plain_phone, clock)
    await made.register(plain_phone)
    return made


async def test_season_on_the_real_ledger_ends_every_step_once(season, clock):
    draw, office = random.Random(5), season.office
    when = {u.code: date(2027, 5, 4) + timedelta(days=draw.randint(0, 45)) for u in season.units[:9]}
    when[season.units[1].code] = date(2027, 5, 31)  # while its reminder waits for the network
    when[season.units[2].code] = date(2027, 6, 7)  # while no planner runs
    down = {date(2027, 5, 10) + timedelta(days=n) for n in range(5)}
    down |= {date(2027, 6, 7), date(2027, 6, 8)}
    quiet_network = {date(2027, 5, 31), date(2027, 6, 1)}
    dispatchers = [office.dispatcher(), office.dispatcher()]
    for n in range(75):
        day = date(2027, 4, 27) + timedelta(days=n)
        for hour in (7, 8, 13, 18):
            clock.move_to(day, hour)
            if day not in down:
                await dispatchers[hour % 2].tick()
            for unit, on in when.items():
                if on == day and hour == 13:
                    await season.submit(unit)
            if day not in quiet_network:
                await office.sender.drain()

    async with office.database.read() as connection:
        statuses = await dispatch.ledger(connection, since=date(2027, 1, 1))
        sent = await outbox.counts(connection)
    assert set(statuses.values()) == {"sent", "merged", "cancelled"}
    assert set(sent) <= {"sent", "cancelled"}
    heads = {k.unit: s for k, s in statuses.items() if k.step == "T+3/head"}
    late = {u.code for u in season.units[::3] if when.get(u.code, date.max) > date(2027, 6, 3)}
    assert set(heads) == late
    expected = {unit.code for unit in season.units} - {
        unit for unit, on in when.items() if on <= date(2027, 5, 4)
    }
    assert {key.unit for key in statuses if "/" not in key.step} >= expected - set(when)
    await _nobody_was_bothered(season)


async def _nobody_was_bothered(season) -> None:
    """Read what left: in working hours, one a day, none after submission."""
    async with season.office.database.read() as connection:
        told = await dispatch.told(connection)
    days: set[tuple[int, date]] = set()
    for row in told:
        local = row["told_at"].astimezone(VIETNAM)
        assert season.office.services.calendar.is_working_moment(local)
        ended = season.submitted.get(row["unit"])
        assert ended is None or row["step"].endswith("/receiver") or row["told_at"] <= ended
        days.add((row["person"], vietnam_day(row["told_at"])))
    messages = {(row["person"], row["outbox"]) for row in told}
    assert len(messages) == len(days)

"""A season of reminders: in memory with a judge that counts for itself, and on the real database."""

import random
from datetime import date, datetime, timedelta

import pytest

from benchmarks.simulator import FIRST_DAY, SMALL, Country, Simulation, disturbances, outcome_of
from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.people import Role
from isobot.storage import dispatch, outbox, reports
from scheduler import rounds
from scheduler.rounds import Verdict, look_again

PERIOD = ("th-xa", "2027-05")


def played(seed: int = 3) -> Simulation:
    simulation = Simulation(Country(SMALL, seed), seed=seed, troubles=disturbances(FIRST_DAY, SMALL.days))
    simulation.prepare()
    simulation.run()
    return simulation


def broken(simulation: Simulation) -> set[str]:
    return {check for check, found in outcome_of(simulation, 0).broken.items() if found}


def test_every_promise_is_kept_through_outages_and_clock_jumps():
    simulation = played()
    outcome = outcome_of(simulation, 0)

    assert {check: found[:3] for check, found in outcome.broken.items() if found} == {}
    assert outcome.due > 1000
    assert outcome.escalations > 5
    assert set(outcome.statuses) == {"sent", "merged", "cancelled", "dead"}


def test_judge_notices_a_message_that_nobody_looked_at_again(monkeypatch):
    def careless(rows, timetable, units, situation, *, now):
        blind = look_again(rows, timetable, units, rounds.Situation(situation.posts), now=now)
        return Verdict(blind.tell, blind.merged, blind.cancelled, None)

    monkeypatch.setattr("scheduler.rounds.look_again", careless)
    monkeypatch.setattr(Simulation, "_take_back", lambda *_: None)

    assert "none sent after submission" in broken(played())


def test_judge_notices_steps_that_were_forgotten(monkeypatch):
    monkeypatch.setattr("scheduler.plan.forgotten", lambda *_, **__: [])

    assert broken(played()) == {"every due step ends in one row"}


def test_judge_notices_a_second_message_on_a_day():
    simulation = Simulation(Country(SMALL, 3), seed=3, troubles=())
    simulation.told_days = _Forgetful()
    simulation.prepare()
    simulation.run()

    assert "one message a person a day" in broken(simulation)


class _Forgetful(dict):
    def __missing__(self, day):
        return set()


# --- the real ledger ------------------------------------------------------------------------------------


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
            record = await reports.open_draft(
                connection,
                unit=unit,
                province="thanh-hoa",
                rule=PERIOD[0],
                period=PERIOD[1],
                practice_of=0,
                form="xa-rut-gon",
                form_version=1,
                at=now,
            )
            record.status, record.submitted_at, record.version = "submitted", now, 1
            record.new_events.append(_event(record.id, now))
            await reports.save(connection, [record], at=now)
            await dispatch.cancel_queued(connection, rule=PERIOD[0], period=PERIOD[1], unit=unit)
        self.submitted[unit] = now


def _event(report: int, at: datetime) -> dict:
    return {
        "report": report,
        "number": 1,
        "at": at,
        "person": 0,
        "channel": "test",
        "kind": "submit",
        "field": "",
        "before": None,
        "after": None,
        "why": "",
        "hash": "",
    }


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

"""A season of reminders: in memory with a judge that counts for itself, and on the real database."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from benchmarks.simulator import (
    FIRST_DAY,
    SMALL,
    Country,
    Disturbance,
    Simulation,
    Size,
    disturbances,
    outcome_of,
)
from benchmarks.simulator.country import at
from benchmarks.simulator.judge import NOT_LATE_YET, ON_ITS_DAY, ONE_ROW, STILL_ASKED, STOOD_IN
from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import Period, RuleBook
from isobot.domain.people import Role
from isobot.storage import dispatch, outbox, reports
from scheduler import duties, rounds
from scheduler.ladder import _laid, by_audience, ladder
from scheduler.plan import Holding
from scheduler.rounds import Verdict, look_again
from scheduler.situation import listeners

PERIOD = ("th-xa", "2027-05")
TINY = Size(60, 140, 200)
"""Half a year of two provinces, for planners that are broken on purpose."""


def played(size: Size = SMALL, *, seed: int = 3, troubles=None) -> Simulation:
    simulation = Simulation(
        Country(size, seed),
        seed=seed,
        troubles=disturbances(FIRST_DAY, size.days) if troubles is None else troubles,
    )
    simulation.prepare()
    simulation.run()
    return simulation


def broken(simulation: Simulation) -> dict[str, list[str]]:
    return {check: found for check, found in outcome_of(simulation, 0).broken.items() if found}


def often_offline() -> list[Disturbance]:
    """A network that is gone for three days of every ten, while much changes."""
    days = (at(FIRST_DAY + timedelta(days=n)) for n in range(40, 320, 10))
    return [Disturbance("network down", day, day + timedelta(days=3)) for day in days]


def test_every_promise_is_kept_through_outages_and_clock_jumps():
    simulation = played()
    outcome = outcome_of(simulation, 0)

    assert {check: found[:3] for check, found in outcome.broken.items() if found} == {}
    assert outcome.due > 1000
    assert outcome.escalations > 5
    assert outcome.stood_in > 0
    assert set(outcome.statuses) == {"sent", "merged", "cancelled", "dead"}
    facts = simulation.facts
    assert all((facts.rounds, facts.moves, facts.events, facts.lent, facts.ended, facts.not_me))


def test_promises_are_kept_where_the_network_is_often_gone():
    assert broken(played(TINY, troubles=often_offline())) == {}


def test_judge_notices_a_message_that_nobody_looked_at_again(monkeypatch):
    def careless(rows, timetable, units, situation, *, now):
        blind = look_again(rows, timetable, units, rounds.Situation(situation.posts), now=now)
        return Verdict(blind.tell, blind.merged, blind.cancelled, None)

    monkeypatch.setattr("scheduler.rounds.look_again", careless)
    monkeypatch.setattr(Simulation, "_take_back", lambda *_: None)

    assert "none sent after submission" in broken(played(TINY, troubles=often_offline()))


def test_judge_notices_steps_that_were_forgotten(monkeypatch):
    monkeypatch.setattr("scheduler.plan.forgotten", lambda *_, **__: [])

    assert set(broken(played(TINY))) == {ONE_ROW}


def test_judge_notices_a_second_message_on_a_day():
    simulation = Simulation(Country(TINY, 3), seed=3, troubles=())
    simulation.told_days = _Forgetful()
    simulation.prepare()
    simulation.run()

    assert "one message a person a day" in broken(simulation)


class _Forgetful(dict):
    def __missing__(self, day):
        return set()


# --- planners that are broken on purpose ----------------------------------------------------------------

COMMUNE, OTHER, REPORTER, HEAD = "tinh-0.xa-0", "tinh-0.xa-1", 3, 900


def on(day: int, month: int, hour: int = 10, minute: int = 0) -> datetime:
    return at(date(2026, month, day), hour, minute)


class Story(Simulation):
    """A commune with its head and a few others, until July 2026; what they do is told, not drawn.

    Their report is due on 31 May, a Sunday.
    """

    def __init__(self, *acts, troubles=()) -> None:
        super().__init__(Country(Size(8, 10, 160), 1), seed=1, troubles=troubles)
        self.country.take(COMMUNE, Role.HEAD, HEAD, at(FIRST_DAY, 0))
        for n in range(240):
            for hour in (8, 14, 19):
                self._plan(at(FIRST_DAY + timedelta(days=n), hour), "tick")
        for moment, kind, *what in acts:
            self._plan(moment, kind, *what)


def opened(moment=on(10, 3), last=date(2026, 4, 10)):  # noqa: B008
    return (moment, "open_round", "yc-tinh-0-1", "tinh-0", [COMMUNE, OTHER], last)


def moved(moment, day):
    return (moment, "move", "r0", "{year}-05", 2026, day, "tinh-0")


def rounds_never_close(monkeypatch):
    with_rounds = RuleBook.with_rounds

    def forgetful(book, asked):
        return with_rounds(book, [replace(rule, closed_at=None) for rule in asked])

    monkeypatch.setattr(RuleBook, "with_rounds", forgetful)


def rounds_are_unknown(monkeypatch):
    monkeypatch.setattr(RuleBook, "with_rounds", lambda book, _: book)


def changes_are_not_told(monkeypatch):
    monkeypatch.setattr("scheduler.duties.ladder", _laid)
    monkeypatch.setattr("scheduler.duties._laid_out", lambda p, c, s: by_audience(_laid(p, c, s)))


def moved_days_are_unknown(monkeypatch):
    monkeypatch.setattr(RuleBook, "with_moves", lambda book, _: book)


def changes_of_one_day_are_one(monkeypatch):
    monkeypatch.setattr("scheduler.ladder._mark", lambda period: f"@{period.moved_on:%y%m%d}")
    monkeypatch.setattr("scheduler.duties._laid_out", lambda p, c, s: by_audience(ladder(p, c, s)))


def what_one_unit_was_granted_outlives_what_all_get(monkeypatch):
    def alone(period, extension):
        if extension is None:
            return period
        return replace(period, last_day=extension.last_day, moved_on=extension.granted_on, was=period)

    monkeypatch.setattr(Period, "with_extension", alone)


def lateness_is_told_though_the_day_was_moved(monkeypatch):
    monkeypatch.setattr("scheduler.rounds._is_late_too_early", lambda *_: False)


def duties_are_left_out(monkeypatch):
    monkeypatch.setattr("scheduler.rounds.ladders", lambda t: [(t.rules.rules, t.ladder)])


def two_months_are_sixty_days(monkeypatch):
    right = duties.event_period

    def wrong(rule, happened):
        return replace(right(rule, happened), last_day=happened + timedelta(days=30 * rule.months_after))

    monkeypatch.setattr("scheduler.duties.event_period", wrong)


def deeds_are_forgotten(monkeypatch):
    right = Simulation.situation

    def forgetful(simulation, today):
        known = right(simulation, today)
        return replace(known, reported={r for r in known.reported if not r[0].startswith("qg-")})

    monkeypatch.setattr(Simulation, "situation", forgetful)


def ended_units_are_asked_on(monkeypatch):
    monkeypatch.setattr("isobot.domain.units.Unit.active_on", lambda unit, day: True)


def nobody_stands_in(monkeypatch):
    monkeypatch.setattr("scheduler.loading.with_stand_ins", lambda posts, lent: posts)


def out_of_reach_is_not_routed_round(monkeypatch):
    def stubborn(known, rule, unit, report=None):
        return listeners(replace(known, unreachable=()), rule, unit, report)

    monkeypatch.setattr("scheduler.plan.listeners", stubborn)


def who_waits_for_the_head_is_not_known(monkeypatch):
    def stubborn(known, rule, unit, report=None):
        return listeners(known, rule, unit)

    monkeypatch.setattr("scheduler.plan.listeners", stubborn)


def not_me_is_for_ever(monkeypatch):
    def deaf(simulation, now, unit, person):
        simulation.facts.not_me[unit, person].end(now)

    monkeypatch.setattr(Simulation, "_on_me_again", deaf)


def posts_that_ended_are_reminded(monkeypatch):
    monkeypatch.setattr(Country, "leave", _leave_on_paper)


def _leave_on_paper(country, unit, role, person, until):
    kept = [h for h in country.holdings if (h.unit, h.person) != (unit, person)]
    country.holdings = [*kept, Holding(unit, role, person, at(FIRST_DAY, 0), until)]


def hours_are_those_of_the_machines_zone(monkeypatch):
    def local(calendar, moment):
        return calendar.is_working(moment.date()) and calendar.begins <= moment.time() < calendar.ends

    monkeypatch.setattr(WorkCalendar, "is_working_moment", local)


EVENT = (on(5, 1), "event", "qg-khac-phuc", COMMUNE, date(2025, 12, 31))
OFFLINE = [Disturbance("network down", on(1, 6, 7), on(2, 6, 9))]
LENT = (on(7, 5), "lend", COMMUNE, REPORTER, date(2026, 5, 11), date(2026, 5, 30))


@pytest.mark.parametrize(
    ("acts", "fault", "check"),
    [
        ([opened()], rounds_are_unknown, ONE_ROW),
        ([opened(), (on(20, 3), "close_round", "yc-tinh-0-1")], rounds_never_close, STILL_ASKED),
        ([opened(), (on(23, 3), "extend_round", "yc-tinh-0-1", 20)], changes_are_not_told, ONE_ROW),
        ([moved(on(12, 5), date(2026, 6, 10))], moved_days_are_unknown, NOT_LATE_YET),
        ([moved(on(2, 4), date(2026, 6, 10))], moved_days_are_unknown, NOT_LATE_YET),
        (
            [moved(on(12, 5), date(2026, 6, 10)), moved(on(12, 5, 10, 9), date(2026, 6, 12))],
            changes_of_one_day_are_one,
            ONE_ROW,
        ),
        (
            [
                (on(7, 5), "extend", ("r0", "2026-05", COMMUNE), 5),
                moved(on(12, 5), date(2026, 6, 20)),
            ],
            what_one_unit_was_granted_outlives_what_all_get,
            NOT_LATE_YET,
        ),
        (
            [moved(on(1, 6, 15), date(2026, 6, 12))],
            lateness_is_told_though_the_day_was_moved,
            NOT_LATE_YET,
        ),
        ([EVENT], duties_are_left_out, ONE_ROW),
        ([EVENT], two_months_are_sixty_days, ON_ITS_DAY),
        (
            [EVENT, (on(20, 1), "done", ("qg-khac-phuc", "2025-12-31", COMMUNE))],
            deeds_are_forgotten,
            "none sent after submission",
        ),
        ([(on(13, 5), "merge", COMMUNE, OTHER, False)], ended_units_are_asked_on, STILL_ASKED),
        ([LENT], nobody_stands_in, ON_ITS_DAY),
        ([(on(12, 5), "hand_over", COMMUNE)], posts_that_ended_are_reminded, STILL_ASKED),
        ([(on(2, 5), "block", REPORTER)], out_of_reach_is_not_routed_round, STOOD_IN),
        (
            [(on(12, 5), "ask_head", ("r0", "2026-05", COMMUNE))],
            who_waits_for_the_head_is_not_known,
            STOOD_IN,
        ),
        (
            [(on(5, 5), "decline", COMMUNE, REPORTER), (on(8, 5), "me_again", COMMUNE, REPORTER)],
            not_me_is_for_ever,
            ONE_ROW,
        ),
        ([], hours_are_those_of_the_machines_zone, "none outside working hours"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_judge_notices_what_a_broken_planner_does(acts, fault, check, monkeypatch):
    troubles = OFFLINE if fault is lateness_is_told_though_the_day_was_moved else ()
    sound = Story(*acts, troubles=troubles)
    sound.run()
    assert broken(sound) == {}

    fault(monkeypatch)
    story = Story(*acts, troubles=troubles)
    story.run()

    assert check in broken(story)


def test_judge_notices_two_planners_that_do_not_heed_each_other(monkeypatch):
    def careless(story, key, row):
        held = story.ledger.get(key)
        if held is None or held.status != "queued":
            story.ledger[key] = row
            return True
        return False

    monkeypatch.setattr(Simulation, "_claim", careless)
    simulation = Simulation(Country(TINY, 3), seed=3, troubles=())
    simulation.told_days = _Forgetful()
    simulation.prepare()
    simulation.run()

    assert "no step is told twice" in broken(simulation)


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

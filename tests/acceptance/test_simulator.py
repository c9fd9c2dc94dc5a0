"""A season of reminders played in memory, with a judge that counts for itself."""

from dataclasses import replace
from datetime import date, timedelta

from benchmarks.simulator import (
    FIRST_DAY,
    Country,
    Disturbance,
    Simulation,
    outcome_of,
)
from benchmarks.simulator.country import AUDIT, MANAGEMENT, NOVEMBER, at
from benchmarks.simulator.judge import AT_ONCE, LETTERS_TOLD, ONE_ROW, STILL_ASKED
from isobot.domain.deadlines import ReportingRule
from scheduler import rounds
from scheduler.plan import UnitIndex
from scheduler.rounds import Verdict, look_again
from tests.simulated import COMMUNE, OTHER, THIRD, TINY, Story, broken, on, opened, played


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
    assert outcome.caught_up > 100
    assert outcome.told_at_once > 5
    assert outcome.letters_told > 5
    assert set(outcome.statuses) == {"sent", "merged", "cancelled", "dead"}
    facts = simulation.facts
    assert all((facts.rounds, facts.moves, facts.events, facts.lent, facts.ended, facts.not_me))
    assert {(said.rule, said.on) for said in facts.switches} > {(AUDIT, True), (NOVEMBER, False)}
    assert {move.rule for move in facts.moves} & {AUDIT, MANAGEMENT, NOVEMBER}


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
    # On the day of T-14, which 17 May, a Sunday, moves to the 15th, a round is opened before noon.
    story = Story(opened(on(15, 5), date(2026, 6, 20)))
    story.told_days = _Forgetful()
    story.run()

    assert "one message a person a day" in broken(story)


class _Forgetful(dict):
    def __missing__(self, day):
        return set()


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


def test_judge_notices_that_nobody_is_told_of_what_others_did(monkeypatch):
    monkeypatch.setattr("scheduler.letters.with_letters", lambda due, *_, **__: list(due))
    monkeypatch.setattr("scheduler.news.steps_of_news", lambda *_, **__: [])
    extended = (on(20, 5), "extend", ("r0", "2026-05", COMMUNE), 14)
    on_paper = (on(19, 5), "letter", ("r0", "2026-05", OTHER), "")
    story = Story(extended, on_paper)
    story.run()

    assert set(broken(story)) == {AT_ONCE, LETTERS_TOLD}


def test_unit_of_a_round_that_was_closed_hears_of_no_more_time():
    report = ("yc-tinh-0-1", "2026", COMMUNE)
    story = Story(opened(), (on(12, 3), "close_round", report[0]), (on(16, 3), "extend", report, 9))
    story.run()

    assert broken(story) == {}


def of_their_own_will(*acts) -> Story:
    """A story in which two of the communes report if they like."""
    story = Story(*acts)
    units = [replace(unit, voluntary=unit.code in (OTHER, THIRD)) for unit in story.country.units]
    story.country.units, story.country.index = units, UnitIndex(units)
    story.run()
    return story


def test_unit_that_nobody_asked_is_told_of_nothing_and_nobody_of_its_letters():
    story = of_their_own_will(
        (on(20, 5), "extend", ("r0", "2026-05", OTHER), 14),
        (on(19, 5), "letter", ("r0", "2026-05", THIRD), ""),
        opened(),
    )

    assert broken(story) == {}
    assert {key.rule for key in story.ledger if key.unit == OTHER} == {"yc-tinh-0-1"}
    assert not [key for key in story.ledger if key.step.startswith("P@")]


def test_judge_notices_that_a_unit_is_reminded_which_nobody_asked(monkeypatch):
    monkeypatch.setattr(ReportingRule, "binds", ReportingRule.concerns)

    assert STILL_ASKED in broken(of_their_own_will())

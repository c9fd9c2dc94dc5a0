"""Planners that are broken on purpose: the judge of the simulator notices each."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from benchmarks.simulator import (
    FIRST_DAY,
    Country,
    Disturbance,
    Simulation,
)
from benchmarks.simulator.country import at
from benchmarks.simulator.judge import NOT_LATE_YET, ON_ITS_DAY, ONE_ROW, STILL_ASKED, STOOD_IN
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import Period, RuleBook
from scheduler import duties
from scheduler.ladder import _laid, by_audience, ladder
from scheduler.plan import Holding
from scheduler.situation import listeners
from tests.simulated import COMMUNE, OTHER, REPORTER, Story, broken, moved, on, opened


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

"""Planners broken on purpose that get the duties of one province wrong: the judge notices each."""

from dataclasses import replace
from datetime import date

import pytest

from benchmarks.simulator import Disturbance
from benchmarks.simulator.country import AUDIT, NOVEMBER
from benchmarks.simulator.judge import NOT_LATE_YET, ONE_ROW, STILL_ASKED
from isobot.domain.deadlines import ReportingRule, RuleBook
from tests.simulated import Story, broken, on

TENTH = date(2026, 10, 10)
"""An earlier day for the audit, a Saturday."""

AWAY = [Disturbance("planner down", on(12, 10), on(22, 10))]
WITH_MOVES = RuleBook.with_moves


def switched(moment, rule=AUDIT, province="tinh-0", on=True):
    return (moment, "switch", rule, province, on)


def moved(moment, day, province="tinh-0"):
    return (moment, "move", AUDIT, "{year}", 2026, day, province)


def switches_are_unknown(monkeypatch):
    monkeypatch.setattr(RuleBook, "with_switches", lambda book, _: book)


def moved_days_are_unknown(monkeypatch):
    monkeypatch.setattr(RuleBook, "with_moves", lambda book, _: book)


def what_one_office_moves_is_moved_for_all(monkeypatch):
    def everywhere(book, moves):
        return WITH_MOVES(book, [replace(m, province=f"tinh-{n}") for m in moves for n in range(9)])

    monkeypatch.setattr(RuleBook, "with_moves", everywhere)


def duty_counts_for_days_before_it_was_on(monkeypatch):
    monkeypatch.setattr(ReportingRule, "asks_of", lambda rule, unit, period: unit.active_on(period.last_day))


def what_was_missed_before_a_duty_went_off_is_lost(monkeypatch):
    monkeypatch.setattr(ReportingRule, "before_turned_off", lambda rule, since: rule)


@pytest.mark.parametrize(
    ("acts", "fault", "check"),
    [
        ([switched(on(20, 8))], switches_are_unknown, ONE_ROW),
        ([switched(on(20, 8)), switched(on(5, 10), on=False)], switches_are_unknown, ONE_ROW),
        ([switched(on(20, 8), NOVEMBER, on=False)], switches_are_unknown, STILL_ASKED),
        ([switched(on(2, 11))], duty_counts_for_days_before_it_was_on, STILL_ASKED),
        (
            [switched(on(20, 8)), switched(on(20, 8), province="tinh-1"), moved(on(20, 9), TENTH)],
            what_one_office_moves_is_moved_for_all,
            NOT_LATE_YET,
        ),
        ([switched(on(20, 8)), moved(on(20, 9), TENTH)], moved_days_are_unknown, ONE_ROW),
        (
            [switched(on(20, 8)), switched(on(20, 10, 7), on=False)],
            what_was_missed_before_a_duty_went_off_is_lost,
            ONE_ROW,
        ),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_judge_notices_what_becomes_of_a_duty_of_the_whole_country(acts, fault, check, monkeypatch):
    sound = Story(*acts, troubles=AWAY, days=345)
    sound.run()
    assert broken(sound) == {}

    fault(monkeypatch)
    story = Story(*acts, troubles=AWAY, days=345)
    story.run()

    assert check in broken(story)

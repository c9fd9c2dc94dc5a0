"""Planners that catch up badly, or forget the digests of units with more time: the judge notices."""

from dataclasses import replace
from datetime import date

import pytest

from benchmarks.simulator import Disturbance, outcome_of
from benchmarks.simulator.judge import CAUGHT_UP, ONE_ROW
from scheduler.duties import Duty
from scheduler.rounds import Verdict, _rebuilt, due_in
from tests.simulated import COMMUNE, OTHER, REPORTER, THIRD, Story, broken, moved, on, opened

REPORT = ("r0", "2026-05", COMMUNE)
WEEKS = Disturbance("planner down", on(28, 5, 16), on(26, 6, 7))
MONTHS = Disturbance("planner down", on(28, 5, 16), on(5, 10, 7))
"""The next report of this kind is asked for since 1 October."""
EXTENDED = (on(28, 5), "extend", REPORT, 10)


def told_of_the_report(story: Story) -> list[str]:
    """Return what the head was told of May, and others who stand in."""
    own = {key.step: row for key, row in story.ledger.items() if (key.rule, key.period, key.unit) == REPORT}
    return [step for step, row in own.items() if "/" in step and row.told_at is not None]


def only_a_week_after_ones_own_ladder(monkeypatch):
    monkeypatch.setattr("scheduler.rounds.due_in", lambda *told, since, **named: due_in(*told, **named))


def for_ever(monkeypatch):
    monkeypatch.setattr("scheduler.duties.is_over_for_good", lambda *_: False)


def each_missed_step_on_its_own(monkeypatch):
    def burst(*told, **named):
        found = []
        for step in due_in(*told, **named):
            alone = [replace(step, step=m.step, day=m.day, merged=()) for m in step.merged]
            found += [*alone, replace(step, merged=())]
        return found

    monkeypatch.setattr("scheduler.rounds.due_in", burst)
    monkeypatch.setattr("scheduler.rounds.look_again", _as_queued)


def _as_queued(rows, timetable, units, situation, *, now):
    return Verdict(tuple(_rebuilt(row, timetable, units, situation, now.date()) for row in rows))


def units_with_more_time_have_no_digests(monkeypatch):
    monkeypatch.setattr(Duty, "own_digests", lambda *_: ())


@pytest.mark.parametrize(
    ("trouble", "days", "fault"),
    [
        (WEEKS, 160, only_a_week_after_ones_own_ladder),
        (WEEKS, 160, each_missed_step_on_its_own),
        (MONTHS, 320, for_ever),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_judge_notices_what_is_told_too_little_too_often_or_too_late(trouble, days, fault, monkeypatch):
    sound = Story(troubles=[trouble], days=days)
    sound.run()
    assert broken(sound) == {}
    assert (told_of_the_report(sound) == ["T+3/head"]) is (trouble is WEEKS)
    assert outcome_of(sound, 0).caught_up > 0

    fault(monkeypatch)
    story = Story(troubles=[trouble], days=days)
    story.run()

    assert CAUGHT_UP in broken(story)


def test_lists_of_letters_that_an_outage_swallowed_for_good_have_a_row():
    others = [(on(20, 5), "submit", ("r0", "2026-05", unit)) for unit in (COMMUNE, OTHER)]
    story = Story(*others, (on(20, 5), "letter", ("r0", "2026-05", THIRD), ""), troubles=[MONTHS], days=320)
    story.run()

    assert broken(story) == {}
    lists = {k.step: row.why for k, row in story.ledger.items() if k.period == "2026-05" and "/" in k.step}
    assert lists["T+7/receiver"] == "over"


def test_news_of_more_time_that_left_before_an_outage_is_none_of_what_it_swallowed():
    """It left on a Saturday before dawn; by the ladder it is of the Monday on which nothing runs."""
    outage = Disturbance("planner down", on(1, 6, 2), on(12, 6, 7))
    story = Story((on(30, 5, 5), "extend", REPORT, 25), troubles=[outage])
    story.run()

    assert broken(story) == {}
    told = {k.step: row.told_at.date() for k, row in story.ledger.items() if k.person == REPORTER}
    assert told["D@260530"] == date(2026, 5, 29)  # in UTC
    assert told["T-14@260530"] == date(2026, 6, 12)


def test_judge_notices_that_a_moved_day_which_an_outage_swallowed_is_told_to_nobody(monkeypatch):
    """A day that everybody is given is told on the next working day: an outage may swallow it."""
    outage = Disturbance("planner down", on(18, 5, 2), on(21, 5, 7))
    sound = Story(moved(on(16, 5), date(2026, 6, 25)), troubles=[outage])
    sound.run()
    assert broken(sound) == {}

    monkeypatch.setattr("scheduler.rounds.due_in", _but_no_news)
    story = Story(moved(on(16, 5), date(2026, 6, 25)), troubles=[outage])
    story.run()

    assert CAUGHT_UP in broken(story)


def _but_no_news(*told, **named):
    return [step for step in due_in(*told, **named) if not step.step.startswith("D@")]


def test_judge_notices_that_a_unit_with_more_time_is_in_no_digest_of_its_own(monkeypatch):
    sound = Story(EXTENDED)
    sound.run()
    assert broken(sound) == {}
    told = {
        k.step: row.told_at.date() for k, row in sound.ledger.items() if k.unit == COMMUNE and row.told_at
    }
    assert {step: day for step, day in told.items() if step.endswith("receiver")} == {
        "T-3@260528/receiver": date(2026, 6, 5),  # 7 June is a Sunday
        "T+1@260528/receiver": date(2026, 6, 11),
        "T+7@260528/receiver": date(2026, 6, 17),
    }

    units_with_more_time_have_no_digests(monkeypatch)
    story = Story(EXTENDED)
    story.run()

    assert ONE_ROW in broken(story)


@pytest.mark.parametrize(
    "acts",
    [
        [
            opened(),
            (on(20, 3), "close_round", "yc-tinh-0-1"),
            (on(25, 3), "extend", ("yc-tinh-0-1", "2026", COMMUNE), 5),
        ],
        [(on(13, 5), "merge", COMMUNE, OTHER, False), (on(25, 5), "extend", REPORT, 5)],
    ],
    ids=["closed round", "unit that ended"],
)
def test_news_of_more_time_is_not_told_of_what_is_asked_no_more(acts):
    story = Story(*acts)
    story.run()

    assert story.extensions
    assert broken(story) == {}
    assert not [key for key in story.ledger if key.step.startswith("D@")]

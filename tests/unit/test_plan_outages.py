"""What is told on the first day after everything stood still, for whom, and when it is too late to tell."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from isobot.domain.deadlines import StepKey
from isobot.domain.people import Role
from isobot.rulefiles import load_calendar, load_ladder, load_rules
from isobot.unitfiles import load_units
from scheduler.plan import due_steps

BOOK, CALENDAR, LADDER, UNITS = load_rules(), load_calendar(), load_ladder(), load_units()
COMMUNE = next(unit for unit in UNITS if unit.code == "th.pu-luong")
OFFICE = next(unit for unit in UNITS if unit.code == "th.so-khcn")
REPORTER, DEPUTY, HEAD, RECEIVER = 1, 2, 3, 4
POSTS = {
    COMMUNE.code: {Role.REPORTER: [REPORTER], Role.DEPUTY: [DEPUTY], Role.HEAD: [HEAD]},
    OFFICE.code: {Role.RECEIVER: [RECEIVER]},
}
MAY, OCTOBER = "2027-05", "2027-10"
RULE = BOOK.by_id("th-xa")
BEFORE = {StepKey("th-xa", MAY, COMMUNE.code, REPORTER, step) for step in ("O", "T-14", "T-7")}
STOPPED = date(2027, 5, 27)  # a Thursday, the day before T-3 of the receivers; the last day is 31/5


def told(today, *, since=None, ledger=frozenset(BEFORE), rule=RULE, reported=()):
    steps = due_steps(
        [rule],
        (COMMUNE, OFFICE),
        CALENDAR,
        LADDER,
        today=today,
        since=since,
        posts=POSTS,
        ledger=ledger,
        reported=reported,
    )
    return {(s.period.key, s.person): (s.step, [m.step for m in s.merged]) for s in steps}


def test_heads_deputies_and_receivers_learn_once_what_an_outage_of_weeks_swallowed():
    back = date(2027, 6, 24)

    assert told(back, since=STOPPED) == {
        (MAY, REPORTER): ("T+21", ["T-1", "T", "T+1", "T+3", "T+7", "T+14"]),
        (MAY, DEPUTY): ("T+1", []),
        (MAY, HEAD): ("T+3", []),
        (MAY, RECEIVER): ("T+7", ["T-3", "T+1"]),
    }


def test_outage_beyond_the_whole_ladder_is_told_once_all_the_same():
    back = date(2027, 9, 8)

    found = told(back, since=STOPPED)

    assert {person: step for (_, person), (step, _) in found.items()} == {
        REPORTER: "T+28",
        DEPUTY: "T+1",
        HEAD: "T+3",
        RECEIVER: "T+7",
    }
    assert told(back, since=back) == {}
    assert told(back, since=date(2027, 7, 12)) == {}


def test_next_period_ends_what_was_missed_of_the_one_before():
    found = told(date(2027, 10, 1), since=STOPPED)

    assert set(found) == {(OCTOBER, REPORTER)}


def test_nothing_is_told_of_a_report_that_is_no_longer_taken_as_late():
    yearly = BOOK.by_id("kg-nam-xa")
    commune = next(u for u in UNITS if yearly.concerns(u) and u.valid_to is None)
    posts = {commune.code: {Role.HEAD: [HEAD]}}

    def heads(today):
        due = due_steps(
            [yearly], [commune], CALENDAR, LADDER, today=today, since=date(2026, 12, 10), posts=posts
        )
        return [(s.person, s.step) for s in due]

    assert heads(date(2027, 6, 15)) == [(HEAD, "T+28")]  # 183 days late; nobody else is registered
    assert heads(date(2027, 6, 16)) == []


@pytest.mark.parametrize("since", [None, STOPPED])
def test_report_that_came_in_while_nothing_ran_is_spoken_of_no_more(since):
    reported = {("th-xa", MAY, COMMUNE.code)}

    assert told(date(2027, 6, 24), since=since, reported=reported) == {}


def test_closed_round_is_not_told_after_an_outage():
    closed = replace(RULE, closed_at=datetime(2027, 6, 10, 3, tzinfo=UTC))

    assert told(date(2027, 6, 24), since=STOPPED, rule=closed) == {}


def test_days_between_two_looks_that_are_no_outage_change_nothing():
    """A head who takes the post two weeks after T+3 is not told of it, as before."""
    ledger = BEFORE | {StepKey("th-xa", MAY, COMMUNE.code, REPORTER, "T+14")}
    day = date(2027, 6, 17)

    assert told(day, since=date(2027, 6, 16), ledger=ledger) == {}

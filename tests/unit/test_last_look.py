"""The last look at a reminder before it leaves, and nudges."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from isobot.domain.deadlines import (
    DayOfYear,
    Move,
    StepKey,
)
from scheduler import rounds
from scheduler.plan import (
    Situation,
    UnitIndex,
)
from scheduler.rounds import Queued, Timetable, look_again
from tests.plan_of_a_commune import (
    ALL,
    BOOK,
    CALENDAR,
    COMMUNE,
    DEPUTY,
    DUTY_LADDER,
    HEAD,
    INDEX,
    LADDER,
    OFFICE,
    RECEIVER,
    REPORT,
    REPORTER,
    RULE,
    at,
)

TIMETABLE = Timetable(BOOK, CALENDAR, LADDER, DUTY_LADDER)


def look(situation, now, *keys):
    rows = [Queued(key, date(2027, 5, 24)) for key in keys]
    return look_again(rows, TIMETABLE, INDEX, situation, now=now)


KEY = StepKey(*REPORT, REPORTER, "T-7")
MORNING = at(date(2027, 5, 24), 9)


@pytest.mark.parametrize(
    ("situation", "why"),
    [
        (Situation(ALL, reported={REPORT}), "reported"),
        (Situation(ALL, excused={REPORT}), "paper"),
        (Situation(ALL, declined={(COMMUNE.code, REPORTER)}), "not-me"),
        (Situation({}), "left"),
        (Situation(ALL, snoozed={(*REPORT, REPORTER): date(2027, 5, 30)}), "snoozed"),
    ],
)
def test_step_that_lost_its_sense_while_waiting_is_cancelled(situation, why):
    verdict = look(situation, MORNING, KEY)

    assert (verdict.tell, verdict.cancelled) == ((), ((KEY, why),))


def test_message_waits_for_working_hours():
    verdict = look(Situation(ALL), at(date(2027, 5, 28), 19), KEY)

    assert verdict.tell == ()
    assert verdict.wait_until == at(date(2027, 5, 31), 8)


def test_message_that_a_clock_ahead_queued_waits_for_its_day():
    verdict = look(Situation(ALL), at(date(2027, 5, 20), 9), KEY)

    assert (verdict.tell, verdict.wait_until) == ((), MORNING - timedelta(hours=1))


def test_word_of_being_late_is_dropped_when_the_day_is_moved_while_it_waits():
    move = Move("th-xa", "{year}-05", 2027, DayOfYear(15, 6), date(2027, 6, 2))
    moved = replace(TIMETABLE, rules=BOOK.with_moves([move]))
    keys = [StepKey(*REPORT, HEAD, "T+3/head"), StepKey(*REPORT[:2], OFFICE.code, RECEIVER, "T+1/receiver")]
    rows = [Queued(key, date(2027, 6, 1)) for key in keys]

    verdict = look_again(rows, moved, INDEX, Situation(ALL), now=at(date(2027, 6, 2), 9))

    assert verdict.cancelled == tuple((key, "extended") for key in keys)


def test_unit_that_ended_while_its_message_waited_is_not_told():
    ended = UnitIndex([replace(COMMUNE, valid_to=date(2027, 5, 20)), OFFICE])
    rows = [Queued(KEY, date(2027, 5, 24))]

    assert look_again(rows, TIMETABLE, ended, Situation(ALL), now=MORNING).cancelled == ((KEY, "gone"),)


def test_closed_round_is_silent_whatever_day_the_clock_shows():
    closed = replace(RULE, closed_at=at(date(2027, 5, 27), 9))
    rules = replace(BOOK, rules=tuple(closed if r.id == RULE.id else r for r in BOOK.rules))
    timetable = replace(TIMETABLE, rules=rules)
    rows = [Queued(KEY, date(2027, 5, 24))]

    assert look_again(rows, timetable, INDEX, Situation(ALL), now=MORNING).cancelled == ((KEY, "closed"),)


def test_later_step_in_the_same_message_stands_for_the_earlier():
    later = StepKey(*REPORT, REPORTER, "T-1")
    rows = [Queued(KEY, date(2027, 5, 24)), Queued(later, date(2027, 5, 28))]

    verdict = look_again(rows, TIMETABLE, INDEX, Situation(ALL), now=at(date(2027, 5, 28), 9))

    assert [step.key for step in verdict.tell] == [later]
    assert verdict.merged == (KEY,)


def test_nudge_reaches_who_snoozed_but_not_who_is_done():
    nudge = StepKey(*REPORT, REPORTER, "N@270524")

    assert look(Situation(ALL, snoozed={(*REPORT, REPORTER): date(2027, 5, 30)}), MORNING, nudge).tell
    assert not look(Situation(ALL, reported={REPORT}), MORNING, nudge).tell


def test_nudges_leave_out_who_cannot_or_need_not_be_told():
    others = {u.code for u in INDEX.of("thanh-hoa")} - {COMMUNE.code}

    def nudged(situation):
        steps = rounds.nudges(
            TIMETABLE, INDEX, situation, rule="th-xa", period="2027-05", today=date(2027, 5, 24)
        )
        assert not {s.unit.code for s in steps} & others
        return [s.person for s in steps]

    assert nudged(Situation(ALL)) == [REPORTER]
    assert nudged(Situation(ALL, unreachable={REPORTER})) == [DEPUTY]
    assert nudged(Situation(ALL, excused={REPORT})) == []
    assert nudged(Situation(ALL, reported={REPORT})) == []

"""Duties that one province turns on, and days of national rules that one province moves."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from isobot.clock import VIETNAM
from isobot.domain.deadlines import DayOfYear, Move, Switch, find_period
from isobot.domain.people import Role
from isobot.rulefiles import load_calendar, load_duty_ladder, load_ladder, load_rules
from isobot.unitfiles import load_units
from scheduler import rounds
from scheduler.plan import Holding, Situation, UnitIndex, due_now, forgotten
from scheduler.rounds import Queued, Timetable, look_again

BOOK, CALENDAR, LADDER, DUTY_LADDER = load_rules(), load_calendar(), load_ladder(), load_duty_ladder()
UNITS = {unit.code: unit for unit in load_units()}
THANH_HOA, KON_TUM = UNITS["th.pu-luong"], UNITS["kt.so-khcn"]
POSTS = {THANH_HOA.code: {Role.REPORTER: [1]}, KON_TUM.code: {Role.REPORTER: [2]}}
AUDIT = "qg-danh-gia-noi-bo"
ON = Switch(True, date(2027, 8, 2))
BOTH_ON = {("thanh-hoa", AUDIT): ON, ("kon-tum", AUDIT): ON}
MOVED = Move(AUDIT, "{year}", 2027, DayOfYear(15, 10), date(2027, 9, 6), "thanh-hoa")


def book_with(*moves, switches=BOTH_ON):
    return BOOK.with_moves(moves).with_switches(switches)


def told(book, unit, days):
    """List what is told day by day, each told step remembered."""
    ledger, said = set(), []
    for day in days:
        situation = Situation(POSTS, ledger=ledger)
        for step in due_now(book.duties, [unit], CALENDAR, DUTY_LADDER, situation, today=day):
            ledger |= {step.key, *step.merged_keys}
            if step.rule.id == AUDIT:
                said.append(f"{step.step}={day.day}/{day.month}")
    return " ".join(said)


def days_of(*spans):
    return [
        date.fromordinal(n) for first, last in spans for n in range(first.toordinal(), last.toordinal() + 1)
    ]


# Read off a wall calendar: 15/10/2027 is a Friday, 31/10/2027 a Sunday; 60 days before are 16/8 and 1/9.
def test_plan_of_two_provinces_of_which_one_moved_the_day():
    autumn = days_of((date(2027, 8, 30), date(2027, 11, 30)))
    book = book_with(MOVED)

    assert told(book, THANH_HOA, autumn) == (
        "O=1/9 D@270906=6/9 T-14@270906=1/10 T-7@270906=8/10 T-1@270906=14/10 T@270906=15/10 "
        "T+3@270906=18/10 T+7@270906=22/10"
    )
    unmoved = "O=1/9 T-14=15/10 T-7=22/10 T=29/10 T+3=3/11 T+7=8/11"
    assert told(book, KON_TUM, autumn) == unmoved == told(book_with(), THANH_HOA, autumn)


def test_years_after_the_move_follow_in_that_province_alone():
    book = book_with(MOVED)

    last_days = [
        find_period(book.get_any(AUDIT, place), "2028").last_day
        for place in ("thanh-hoa", "kon-tum", "ha-nam")
    ]

    assert last_days == [date(2028, 10, 15), date(2028, 10, 31), date(2028, 10, 31)]


def test_provinces_move_the_same_day_each_for_itself_and_the_book_may_be_made_twice():
    other = replace(MOVED, day=DayOfYear(20, 11), province="kon-tum")
    book = book_with(MOVED, other)

    again = book.with_moves([MOVED, other]).with_switches(BOTH_ON)

    assert again == book
    for place, last_day in (("thanh-hoa", date(2027, 10, 15)), ("kon-tum", date(2027, 11, 20))):
        assert find_period(book.get_any(AUDIT, place), "2027").last_day == last_day
        assert [r.id for r in book.offered_duties(place)].count(AUDIT) == 1
    for unit in (THANH_HOA, KON_TUM):
        assert [rule.id for rule in book.duties_of(unit)].count(AUDIT) == 1


def test_report_of_the_lead_office_is_moved_for_its_province_and_counted_for_all():
    move = Move("qg-thang-12", "{year}", 2027, DayOfYear(20, 12), date(2027, 10, 4), "kon-tum")
    book = BOOK.with_moves([move])
    offices = [UNITS["kt.so-khcn"], UNITS["th.so-khcn"]]

    last_days = [find_period(next(iter(book.for_unit(u)[-1:])), "2027").last_day for u in offices]

    assert last_days == [date(2027, 12, 20), date(2027, 12, 31)]
    assert all(book.by_id("qg-thang-12").concerns(unit) for unit in offices)


def test_day_that_the_law_sets_is_moved_by_nobody():
    move = Move("qg-khac-phuc", "{year}", 2027, DayOfYear(1, 1), date(2027, 5, 1), "thanh-hoa")

    assert BOOK.with_moves([move]) == BOOK


def test_message_that_waits_is_told_by_the_day_of_its_own_province():
    timetable = Timetable(book_with(MOVED), CALENDAR, LADDER, DUTY_LADDER)
    situation = Situation(POSTS)
    now = datetime.combine(date(2027, 10, 1), time(9), tzinfo=VIETNAM).astimezone(UTC)
    steps = rounds.due_in(timetable, UNITS.values(), situation, today=date(2027, 10, 1))
    waiting = [Queued(step.key, step.day) for step in steps if step.rule.id == AUDIT]

    found = look_again(waiting, timetable, UnitIndex(UNITS.values()), situation, now=now)

    assert {s.unit.code: s.period.last_day for s in found.tell} == {
        THANH_HOA.code: date(2027, 10, 15),
        KON_TUM.code: date(2027, 10, 31),
    }


# --- on and off -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turned_on", "said"),
    [
        # In the window: what was missed is told at once, by the latest step.
        (date(2027, 10, 20), "T-14=20/10 T-7=22/10 T=29/10 T+3=3/11 T+7=8/11"),
        # After the last day: nobody is called late for what was not asked of anybody.
        (date(2027, 11, 1), ""),
    ],
)
def test_duty_turned_on_counts_from_the_next_last_day_on(turned_on, said):
    book = book_with(switches={("kon-tum", AUDIT): Switch(True, turned_on)})

    assert told(book, KON_TUM, days_of((turned_on, date(2027, 11, 30)))) == said
    assert told(book, THANH_HOA, days_of((turned_on, date(2027, 11, 30)))) == ""


def test_duty_turned_off_and_on_again_after_its_last_day_is_not_asked_of_that_year():
    off = Switch(False, date(2027, 10, 4), ON)
    again = Switch(True, date(2027, 11, 2), off)
    november = days_of((date(2027, 11, 2), date(2027, 11, 30)))

    assert told(book_with(switches={("kon-tum", AUDIT): off}), KON_TUM, november) == ""
    assert told(book_with(switches={("kon-tum", AUDIT): again}), KON_TUM, november) == ""


def test_steps_missed_before_a_duty_was_turned_off_are_closed():
    off = Switch(False, date(2027, 10, 18), ON)
    book = book_with(switches={("kon-tum", AUDIT): off, ("thanh-hoa", AUDIT): ON})
    audit = [rule for rule in book.duties if rule.id == AUDIT]
    begin = datetime(2027, 1, 1, tzinfo=UTC)

    def lost(day, since):
        found = forgotten(
            audit,
            UNITS.values(),
            CALENDAR,
            DUTY_LADDER,
            Situation(POSTS),
            now=datetime.combine(day, time(8), tzinfo=VIETNAM).astimezone(UTC),
            since=since,
            holdings=[Holding(code, Role.REPORTER, n, begin) for n, code in enumerate(POSTS, start=1)],
            ended={},
        )
        return [(f.key.unit, f.key.step, f.why) for f in found]

    assert lost(date(2027, 10, 19), since=date(2027, 9, 30)) == [
        (KON_TUM.code, "O", "closed"),
        (KON_TUM.code, "T-14", "closed"),
    ]
    assert lost(date(2027, 10, 20), since=date(2027, 10, 19)) == []

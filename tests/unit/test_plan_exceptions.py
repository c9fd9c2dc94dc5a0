"""What changes the plan: more time, other days, people out of reach."""

from datetime import date

import pytest

from isobot.domain.deadlines import (
    DayOfYear,
    Extension,
    Move,
    StepKey,
    open_periods,
)
from isobot.domain.people import Role
from scheduler.plan import (
    Duty,
    Situation,
    Standing,
    ladder,
    standing_of,
)
from tests.plan_of_a_commune import (
    ALL,
    BOOK,
    CALENDAR,
    COMMUNE,
    DEPUTY,
    HEAD,
    LADDER,
    RECEIVER,
    REPORT,
    REPORTER,
    RULE,
    due,
    period,
    written,
)

# --- more time, other days ------------------------------------------------------------------------------


def test_extension_lays_the_rest_of_the_ladder_anew_and_begins_by_telling_it():
    longer = period().with_extension(Extension(date(2027, 6, 15), date(2027, 5, 28)))

    assert written(ladder(longer, CALENDAR, LADDER)) == (
        "O=4/5 T-14=17/5 T-7=24/5 D@270528=28/5 T-14@270528=1/6 T-7@270528=8/6 T-3@270528=11/6 "
        "T-1@270528=14/6 T@270528=15/6 T+1@270528=16/6 T+3@270528=18/6 T+7@270528=22/6 T+14@270528=29/6 "
        "T+21@270528=6/7 T+28@270528=13/7"
    )


def test_extension_after_the_last_day_silences_what_spoke_of_being_late():
    extension = Extension(date(2027, 6, 15), date(2027, 6, 2))
    told = {StepKey(*REPORT, REPORTER, step) for step in ("O", "T-14", "T-7", "T-1", "T", "T+1")}
    situation = Situation(ALL, ledger=told, extensions={REPORT: extension})

    assert (REPORTER, "D@270602", "reporter") in due(date(2027, 6, 2), situation)
    assert not any(person == HEAD for person, *_ in due(date(2027, 6, 3), situation))


def test_day_moved_before_the_window_opens_leaves_plain_names():
    book = BOOK.with_moves([Move("th-xa", "{year}-05", 2027, DayOfYear(25, 5), date(2027, 2, 1))])

    assert written(ladder(period(book=book), CALENDAR, LADDER)).startswith(
        "O=4/5 T-14=11/5 T-7=18/5 T-3=21/5 T-1=24/5 T=25/5 T+1=26/5"
    )


def test_day_moved_counts_for_its_year_and_those_after_it_and_the_latest_wins():
    moves = [
        Move("th-xa", "{year}-05", 2027, DayOfYear(25, 5), date(2027, 2, 1)),
        Move("th-xa", "{year}-05", 2028, DayOfYear(20, 5), date(2027, 9, 1)),
    ]
    book = BOOK.with_moves(moves)

    assert [period(f"{y}-05", book=book).last_day for y in (2026, 2027, 2028, 2029)] == [
        date(2026, 5, 31),
        date(2027, 5, 25),
        date(2028, 5, 20),
        date(2029, 5, 20),
    ]
    assert period("2027-10", book=book).last_day == date(2027, 10, 31)


def test_day_of_a_plan_is_not_moved_whatever_stands_in_the_table():
    book = BOOK.with_moves([Move("kg-nam", "{year}", 2026, DayOfYear(20, 12), date(2026, 11, 1))])

    assert period("2026", "kg-nam", book).last_day == date(2026, 12, 14)


def test_moved_day_may_open_the_window_earlier_but_never_closes_it():
    earlier = BOOK.with_moves([Move("th-xa", "{year}-05", 2027, DayOfYear(20, 4), date(2027, 1, 5))])
    later = BOOK.with_moves([Move("th-xa", "{year}-05", 2027, DayOfYear(10, 6), date(2027, 5, 20))])

    assert period(book=earlier).opens == date(2027, 4, 1)
    assert period(book=later).opens == date(2027, 5, 1)
    assert open_periods(later.by_id("th-xa"), date(2027, 5, 21)) != ()


def test_second_change_of_a_day_is_told_under_a_name_of_its_own():
    moves = [
        Move("th-xa", "{year}-05", 2027, DayOfYear(10, 6), date(2027, 5, 20)),
        Move("th-xa", "{year}-05", 2027, DayOfYear(15, 6), date(2027, 5, 20)),
    ]
    moved = period(book=BOOK.with_moves(moves))

    assert moved.was.last_day == date(2027, 6, 10)
    assert written(ladder(moved, CALENDAR, LADDER)).startswith(
        "O=4/5 T-14=17/5 D@270520.2=20/5 T-14@270520.2=1/6 T-7@270520.2=8/6"
    )


def test_earlier_change_keeps_the_steps_of_its_own_days():
    moves = [
        Move("th-xa", "{year}-05", 2027, DayOfYear(10, 6), date(2027, 5, 20)),
        Move("th-xa", "{year}-05", 2027, DayOfYear(15, 6), date(2027, 6, 8)),
    ]
    moved = period(book=BOOK.with_moves(moves))

    assert "D@270520=20/5 T-14@270520=27/5 T-7@270520=3/6 T-3@270520=7/6 D@270608=8/6" in written(
        ladder(moved, CALENDAR, LADDER)
    )


@pytest.mark.parametrize(
    ("granted", "for_all", "last_day"),
    [
        (Extension(date(2027, 6, 5), date(2027, 5, 18)), date(2027, 6, 10), date(2027, 6, 10)),
        (Extension(date(2027, 6, 15), date(2027, 5, 18)), date(2027, 6, 10), date(2027, 6, 15)),
        (Extension(date(2027, 6, 15), date(2027, 5, 25)), date(2027, 6, 10), date(2027, 6, 15)),
    ],
)
def test_unit_with_more_time_never_has_less_than_all_get_later(granted, for_all, last_day):
    move = Move("th-xa", "{year}-05", 2027, DayOfYear(for_all.day, for_all.month), date(2027, 5, 20))
    everybody = period(book=BOOK.with_moves([move]))

    assert everybody.with_extension(granted).last_day == last_day


def test_unit_follows_everybody_back_to_an_earlier_day_but_not_below_its_own():
    days = [(date(2027, 6, 20), date(2027, 5, 24)), (date(2027, 6, 5), date(2027, 5, 26))]
    moves = [Move("th-xa", "{year}-05", 2027, DayOfYear(d.day, d.month), on) for d, on in days]
    own = Extension(date(2027, 6, 8), date(2027, 5, 20))

    assert period(book=BOOK.with_moves(moves)).with_extension(own).last_day == date(2027, 6, 8)


def test_second_extension_remembers_the_first():
    first = Extension(date(2027, 6, 10), date(2027, 5, 20))
    longer = period().with_extension(Extension(date(2027, 6, 20), date(2027, 6, 8), first))

    assert "T-3@270520=7/6 D@270608=8/6" in written(ladder(longer, CALENDAR, LADDER))


def test_deputy_is_not_called_on_for_lateness_that_more_time_undid():
    extension = Extension(date(2027, 6, 15), date(2027, 6, 2))
    situation = Situation(ALL, extensions={REPORT: extension})

    assert all(person != DEPUTY for person, *_ in due(date(2027, 6, 2), situation))


# --- people ---------------------------------------------------------------------------------------------


def test_deputy_hears_on_the_first_day_late_and_the_head_on_the_third():
    told = {StepKey(*REPORT, REPORTER, "T")}

    on_t1 = due(date(2027, 6, 1), Situation(ALL, ledger=told))

    assert (DEPUTY, "T+1", "deputy") in on_t1
    assert all(person != HEAD for person, *_ in on_t1)
    assert (HEAD, "T+3", "head") in due(date(2027, 6, 3), Situation(ALL, ledger=told))


def test_deputy_stands_in_for_a_reporter_out_of_reach_and_the_head_for_both():
    one = due(date(2027, 5, 24), Situation(ALL, unreachable={REPORTER}))
    both = due(date(2027, 5, 24), Situation(ALL, unreachable={REPORTER, DEPUTY}))

    assert (DEPUTY, "T-7", "deputy") in one
    assert all(person != HEAD for person, *_ in one)
    assert (HEAD, "T-7", "head") in both


def test_head_of_a_unit_nobody_registered_for_hears_every_step():
    posts = {COMMUNE.code: {Role.HEAD: [HEAD]}}

    assert due(date(2027, 5, 24), Situation(posts)) == [(HEAD, "T-7", "head")]


def test_who_said_not_me_hears_nothing_and_somebody_else_does():
    situation = Situation(ALL, declined={(COMMUNE.code, REPORTER)})

    assert due(date(2027, 5, 24), situation) == [(DEPUTY, "T-7", "deputy")]


def test_letter_on_paper_silences_the_unit_but_not_the_digest():
    situation = Situation(ALL, excused={REPORT})

    assert due(date(2027, 5, 28), situation) == [(RECEIVER, "T-3", "receiver")]


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (Situation(ALL), Standing.SILENT),
        (Situation(ALL, unreachable={REPORTER}), Standing.SILENT),
        (Situation(ALL, unreachable={REPORTER, DEPUTY}), Standing.UNREACHABLE),
        (Situation({COMMUNE.code: {Role.HEAD: [HEAD]}}), Standing.UNREGISTERED),
        (Situation(ALL, excused={REPORT}), Standing.PAPER),
        (
            Situation(ALL, extensions={REPORT: Extension(date(2027, 6, 9), date(2027, 5, 20))}),
            Standing.EXTENDED,
        ),
    ],
)
def test_digest_tells_why_a_unit_is_missing(situation, expected):
    duty = Duty(RULE, period(), [COMMUNE], CALENDAR, LADDER, situation.extensions or {})

    assert standing_of(situation, duty, COMMUNE, date(2027, 5, 28)) is expected

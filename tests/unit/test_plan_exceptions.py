"""What changes the plan: more time, other days, people out of reach, events, forgotten steps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from isobot.clock import VIETNAM
from isobot.domain.deadlines import (
    Audience,
    DayOfYear,
    Extension,
    Kind,
    Move,
    StepKey,
    event_period,
    find_period,
    open_periods,
)
from isobot.domain.people import Role
from isobot.errors import DataFileError
from isobot.rulefiles import load_calendar, load_duty_ladder, load_ladder, load_rules
from isobot.unitfiles import load_units
from scheduler import rounds
from scheduler.plan import (
    Duty,
    Situation,
    Standing,
    UnitIndex,
    due_now,
    falling_on,
    ladder,
    standing_of,
)
from scheduler.rounds import Queued, Timetable, look_again

BOOK, CALENDAR, LADDER, DUTY_LADDER = load_rules(), load_calendar(), load_ladder(), load_duty_ladder()
UNITS = load_units()
INDEX = UnitIndex(UNITS)
RULE = BOOK.by_id("th-xa")
COMMUNE = next(unit for unit in UNITS if unit.code == "th.pu-luong")
OFFICE = next(unit for unit in UNITS if unit.code == "th.so-khcn")
REPORTER, DEPUTY, HEAD, RECEIVER = 1, 2, 3, 4
REPORT = ("th-xa", "2027-05", COMMUNE.code)
ALL = {
    COMMUNE.code: {Role.REPORTER: [REPORTER], Role.DEPUTY: [DEPUTY], Role.HEAD: [HEAD]},
    OFFICE.code: {Role.RECEIVER: [RECEIVER]},
}
TIMETABLE = Timetable(BOOK, CALENDAR, LADDER, DUTY_LADDER)


def period(key="2027-05", rule="th-xa", book=BOOK):
    return find_period(next(r for r in book.reminded if r.id == rule), key)


def written(planned, audience=Audience.REPORTER):
    return " ".join(f"{p.step}={p.day.day}/{p.day.month}" for p in planned if p.audience is audience)


def due(today, situation, rules=(RULE,), steps=LADDER):
    found = due_now(rules, (COMMUNE, OFFICE), CALENDAR, steps, situation, today=today)
    return [(s.person, s.step, s.audience.value) for s in found]


def at(day, hour):
    return datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM).astimezone(UTC)


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


# --- the last look --------------------------------------------------------------------------------------


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


# --- duties without a form ------------------------------------------------------------------------------


def test_duties_turned_on_are_those_that_bother_nobody():
    yearly = [rule.id for rule in BOOK.duties if not rule.follows_event]

    assert yearly == ["qg-thang-11"]
    assert {rule.id for rule in BOOK.duties if rule.follows_event} == {
        "qg-cong-bo-lai",
        "qg-cap-nhat-van-ban",
        "qg-khac-phuc",
    }
    assert all(rule.kind is Kind.DUTY and rule.basis for rule in BOOK.duties)


@pytest.mark.parametrize(
    ("rule", "happened", "last_day"),
    [
        ("qg-khac-phuc", date(2027, 5, 12), date(2027, 7, 12)),
        ("qg-khac-phuc", date(2026, 12, 31), date(2027, 2, 28)),
        ("qg-cap-nhat-van-ban", date(2026, 11, 30), date(2027, 2, 28)),
        ("qg-cong-bo-lai", date(2027, 5, 12), date(2027, 6, 11)),
    ],
)
def test_duty_after_an_event_counts_months_as_the_calendar_does(rule, happened, last_day):
    made = event_period(BOOK.get_any(rule, "thanh-hoa"), happened)

    assert (made.last_day, made.key) == (last_day, happened.isoformat())
    assert find_period(BOOK.get_any(rule, "thanh-hoa"), made.key) == made


# Read off a wall calendar: 30/11/2026 is a Monday, 30/11/2027 a Tuesday.
@pytest.mark.parametrize(
    ("key", "steps"),
    [
        ("2026", "O=2/11 T-14=16/11 T-7=23/11 T-1=27/11 T=30/11 T+3=3/12 T+7=7/12"),
        ("2027", "O=1/11 T-14=16/11 T-7=23/11 T-1=29/11 T=30/11 T+3=3/12 T+7=7/12"),
    ],
)
def test_november_of_the_lead_office(key, steps):
    assert written(ladder(period(key, "qg-thang-11"), CALENDAR, DUTY_LADDER)) == steps


def test_lead_office_without_a_reporter_is_told_through_its_receiver():
    situation = Situation({OFFICE.code: {Role.RECEIVER: [RECEIVER]}})
    rules = [BOOK.get_any("qg-thang-11", "thanh-hoa")]

    assert due(date(2027, 11, 30), situation, rules, DUTY_LADDER) == [(RECEIVER, "T", "reporter")]


def test_event_is_reminded_for_its_unit_alone():
    rules = [BOOK.get_any("qg-khac-phuc", "thanh-hoa")]
    situation = Situation(ALL, events={("qg-khac-phuc", COMMUNE.code, date(2027, 5, 12))})
    falling = falling_on(
        date(2027, 7, 5), rules, UNITS, CALENDAR, DUTY_LADDER, posts=ALL, situation=situation
    )

    assert due(date(2027, 7, 5), situation, rules, DUTY_LADDER) == [(REPORTER, "T-7", "reporter")]
    assert [(f.unit.code, f.step) for f in falling] == [(COMMUNE.code, "T-7")]
    assert due(date(2027, 7, 5), Situation(ALL), rules, DUTY_LADDER) == []


# --- files ----------------------------------------------------------------------------------------------

DUTY = """
province: national
silence: ""
rules: []
duties:
  - {{id: x, enabled: true, title: X, levels: [xa], recipient: A, nature: law, date_nature: law,
     first_year: 2014, basis: [{{document: d, section: s}}], {rest}}}
"""


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        ("months_after: 2", 'give "occurrences"'),
        ("event: ngày ký", "months_after"),
        ("event: ngày ký, months_after: 2, days_after: 3", "months_after"),
    ],
)
def test_duty_that_is_neither_yearly_nor_after_an_event_is_refused(tmp_path, rest, problem):
    text = DUTY.format(rest=rest).replace('silence: ""', 'silence: "không có"')
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(DataFileError, match=problem):
        load_rules(tmp_path)


def test_quiet_days_and_hours_are_a_file(tmp_path):
    hours = tmp_path / "hours.yaml"
    hours.write_text(
        'begins: "07:30"\nends: "16:30"\nquiet_days: [{day: 2027-05-24, why: Đại hội}]\n', encoding="utf-8"
    )

    calendar = load_calendar(hours=hours)

    assert not calendar.is_working(date(2027, 5, 24))
    assert calendar.is_working_moment(datetime(2027, 5, 25, 7, 45, tzinfo=VIETNAM))
    assert not calendar.is_working_moment(datetime(2027, 5, 25, 16, 30, tzinfo=VIETNAM))

"""Which reminder falls on which day: tables made by hand, and what must hold on every day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.domain.deadlines import Audience, Period, find_period, periods_between
from isobot.domain.people import Role
from isobot.domain.units import Level, Unit
from isobot.rulefiles import load_calendar, load_ladder, load_rules
from isobot.unitfiles import load_units
from scheduler.plan import StepKey, digests_on, due_steps, falling_on, ladder

BOOK, CALENDAR, LADDER, UNITS = load_rules(), load_calendar(), load_ladder(), load_units()

# Each day was read off a wall calendar, not computed.
YEAR_END_2026 = "O=16/11 T-14=30/11 T-7=7/12 T-1=11/12 T=14/12 T+1=15/12 T+3=17/12 T+7=21/12 T+14=28/12 "
YEAR_END_2026 += "T+21=4/1 T+28=11/1"
YEAR_END_2027 = "O=15/11 T-14=30/11 T-7=7/12 T-3=10/12 T-1=13/12 T=14/12 T+1=15/12 T+3=17/12 T+7=21/12 "
YEAR_END_2027 += "T+14=28/12 T+21=4/1 T+28=11/1"
TABLE = {
    ("kg-nam", "2026"): YEAR_END_2026,
    ("kg-nam-xa", "2026"): YEAR_END_2026,
    ("kt-nam", "2026"): YEAR_END_2026,
    ("kt-nam-chi-cuc", "2026"): YEAR_END_2026,
    ("tq-6-thang", "2026"): YEAR_END_2026,
    ("kg-nam", "2027"): YEAR_END_2027,
    ("kg-nam-xa", "2027"): YEAR_END_2027,
    ("kt-nam", "2027"): YEAR_END_2027,
    ("kt-nam-chi-cuc", "2027"): YEAR_END_2027,
    ("tq-6-thang", "2027"): YEAR_END_2027,
    # 14/6/2026 is a Sunday: T moves to Friday the 12th, and T-1 gives way to it.
    ("tq-6-thang", "2026-H1"): "O=15/5 T-14=29/5 T-7=5/6 T-3=11/6 T=12/6 T+1=15/6 T+3=17/6 T+7=22/6 "
    "T+14=29/6 T+21=6/7 T+28=13/7",
    ("tq-6-thang", "2027-H1"): "O=17/5 T-14=31/5 T-7=7/6 T-1=11/6 T=14/6 T+1=15/6 T+3=17/6 T+7=21/6 "
    "T+14=28/6 T+21=5/7 T+28=12/7",
    # 1/5 is a holiday and a Friday; 31/5/2026 is a Sunday.
    ("th-xa", "2026-05"): "O=4/5 T-14=15/5 T-7=22/5 T-3=28/5 T=29/5 T+1=1/6 T+3=3/6 T+7=8/6 T+14=15/6 "
    "T+21=22/6 T+28=29/6",
    # 31/10/2026 is a Saturday.
    ("th-xa", "2026-10"): "O=1/10 T-14=16/10 T-7=23/10 T-3=28/10 T=30/10 T+1=2/11 T+3=3/11 T+7=9/11 "
    "T+14=16/11 T+21=23/11 T+28=30/11",
    # 1/5/2027 is a Saturday, made up for on Monday the 3rd.
    ("th-xa", "2027-05"): "O=4/5 T-14=17/5 T-7=24/5 T-1=28/5 T=31/5 T+1=1/6 T+3=3/6 T+7=7/6 T+14=14/6 "
    "T+21=21/6 T+28=28/6",
    # 31/10/2027 is a Sunday: T moves to Friday the 29th.
    ("th-xa", "2027-10"): "O=1/10 T-14=15/10 T-7=22/10 T-3=28/10 T=29/10 T+1=1/11 T+3=3/11 T+7=8/11 "
    "T+14=15/11 T+21=22/11 T+28=29/11",
    # 1/1 is off, so T+1 and T+3 meet on Monday the 4th.
    ("qg-thang-12", "2026"): "O=1/12 T-14=17/12 T-7=24/12 T-3=28/12 T-1=30/12 T=31/12 T+3=4/1 T+7=7/1 "
    "T+14=14/1 T+21=21/1 T+28=28/1",
    # On 28/1/2028 it is Tết, as estimated.
    ("qg-thang-12", "2027"): "O=1/12 T-14=17/12 T-7=24/12 T-3=28/12 T-1=30/12 T=31/12 T+3=4/1 T+7=7/1 "
    "T+14=14/1 T+21=21/1 T+28=31/1",
    # 2/1/2026 was off as well, worked on the 10th instead.
    ("qg-thang-12", "2025"): "O=1/12 T-14=17/12 T-7=24/12 T-3=26/12 T-1=30/12 T=31/12 T+3=5/1 T+7=7/1 "
    "T+14=14/1 T+21=21/1 T+28=28/1",
}


def period_of(rule, key):
    return find_period(BOOK.by_id(rule), key)


def written(planned, audience=Audience.REPORTER):
    return " ".join(f"{p.step}={p.day.day}/{p.day.month}" for p in planned if p.audience is audience)


@pytest.mark.parametrize(("rule", "key"), TABLE)
def test_ladder_of_every_deadline_of_2026_and_2027(rule, key):
    assert written(ladder(period_of(rule, key), CALENDAR, LADDER)) == TABLE[rule, key]


def test_table_leaves_no_deadline_of_2026_and_2027_out():
    periods = (
        (rule.id, period.key)
        for rule in BOOK.rules
        for period in periods_between(rule, date(2026, 1, 1), date(2027, 12, 31))
    )

    assert set(periods) <= set(TABLE)


def a_period(opens, last_day):
    return Period("r", "k", "kỳ", opens, last_day, opens, last_day)


@pytest.mark.parametrize(
    ("last_day", "steps"),
    [
        # Tết of 2026 runs from Saturday 14/2 to Sunday 22/2: T+14 and T+21 meet behind it.
        (date(2026, 1, 31), "T+7=9/2 T+21=23/2 T+28=2/3"),
        # A last day within Tết moves before it, and every step from T-3 on meets there.
        (date(2026, 2, 20), "O=2/2 T-14=6/2 T=13/2 T+3=23/2 T+7=27/2 T+14=6/3 T+21=13/3 T+28=20/3"),
        # Tết of 2027, as estimated: 4/2 to 10/2.
        (date(2027, 2, 5), "O=1/2 T-3=2/2 T=3/2 T+3=11/2 T+7=12/2 T+14=19/2 T+21=26/2 T+28=5/3"),
        # Saturday 22/8/2026 is worked, so T stays.
        (date(2026, 8, 22), "O=3/8 T-14=7/8 T-7=14/8 T-3=19/8 T-1=21/8 T=22/8 T+1=24/8"),
    ],
)
def test_ladder_around_tet_and_a_worked_saturday(last_day, steps):
    opens = last_day.replace(day=1)

    found = written(ladder(a_period(opens, last_day), CALENDAR, LADDER))

    assert steps in found


def test_head_hears_of_it_after_three_days_and_the_receiver_three_times():
    planned = ladder(period_of("kg-nam", "2027"), CALENDAR, LADDER)

    assert written(planned, Audience.DEPUTY) == "T+1=15/12"
    assert written(planned, Audience.HEAD) == "T+3=17/12"
    assert written(planned, Audience.RECEIVER) == "T-3=10/12 T+1=15/12 T+7=21/12"


def test_window_with_no_working_day_before_its_end_has_late_steps_only():
    weekend = a_period(date(2026, 12, 5), date(2026, 12, 6))

    assert written(ladder(weekend, CALENDAR, LADDER)).startswith("T+1=7/12 T+3=9/12")


@settings(deadline=None)  # shared machines are slow now and then
@given(st.dates(date(2024, 1, 1), date(2045, 1, 1)), st.integers(0, 120))
def test_no_two_steps_a_day_none_on_a_day_off_none_before_the_window(opens, length):
    period = a_period(opens, opens + timedelta(days=length))

    planned = ladder(period, CALENDAR, LADDER)

    days = [(p.audience, p.day) for p in planned]
    assert len(days) == len(set(days))
    assert all(CALENDAR.is_working(p.day) for p in planned)
    assert all(p.day >= opens for p in planned)
    assert all((p.day > period.last_day) == p.after_last_day for p in planned)
    order = [step.name for step in LADDER]
    own = [order.index(p.step) for p in planned if p.audience is Audience.REPORTER]
    assert own == sorted(own)


# --- what is due, with a ledger -------------------------------------------------------------------------

REPORTER, HEAD, RECEIVER = 1, 2, 3
COMMUNE = next(unit for unit in UNITS if unit.code == "th.pu-luong")
OFFICE = next(unit for unit in UNITS if unit.code == "th.so-khcn")
POSTS = {
    COMMUNE.code: {Role.REPORTER: [REPORTER], Role.HEAD: [HEAD]},
    OFFICE.code: {Role.RECEIVER: [RECEIVER]},
}
RULE = BOOK.by_id("th-xa")


def due(today, *, posts=POSTS, units=(COMMUNE, OFFICE), **given_):
    return due_steps([RULE], units, CALENDAR, LADDER, today=today, posts=posts, **given_)


def told(steps):
    return [(s.person, s.step, [m.step for m in s.merged]) for s in steps]


def ledger_of(*steps, person=REPORTER):
    return {StepKey("th-xa", "2027-05", COMMUNE.code, person, step) for step in steps}


UP_TO_T3 = ledger_of("O", "T-14", "T-7") | {
    StepKey("th-xa", "2027-05", OFFICE.code, RECEIVER, "T-3/receiver")
}


def test_step_is_told_on_its_day_and_not_again():
    assert told(due(date(2027, 5, 24), ledger=ledger_of("O", "T-14"))) == [(REPORTER, "T-7", [])]
    assert told(due(date(2027, 5, 24), ledger=ledger_of("O", "T-14", "T-7"))) == []
    assert told(due(date(2027, 5, 25), ledger=ledger_of("O", "T-14", "T-7"))) == []


def test_missed_steps_are_told_once_by_the_latest():
    (step,) = due(date(2027, 5, 26))

    assert (told([step]), step.day) == ([(REPORTER, "T-7", ["O", "T-14"])], date(2027, 5, 24))
    assert step.merged_keys == tuple(StepKey("th-xa", "2027-05", "th.pu-luong", 1, s) for s in ("O", "T-14"))
    assert told(due(date(2027, 5, 26), ledger={step.key, *step.merged_keys})) == []


def test_step_missed_before_one_that_was_sent_stays_silent():
    assert told(due(date(2027, 5, 25), ledger=ledger_of("T-7"))) == []


def test_nothing_is_due_once_the_report_is_in():
    reported = {("th-xa", "2027-05", COMMUNE.code)}

    for n in range(90):
        assert due(date(2027, 4, 25) + timedelta(days=n), reported=reported) == []


def test_nothing_is_due_on_a_day_off_or_before_the_window():
    assert due(date(2027, 5, 29)) == []
    assert due(date(2027, 5, 1)) == []
    assert due(date(2027, 4, 29)) == []


def test_after_the_last_day_only_late_words_are_told():
    sent = ledger_of("O", "T-14", "T-7", "T-1")

    first_late = due(date(2027, 6, 1), ledger=sent)

    assert (REPORTER, "T+1", ["T"]) in told(first_late)


def test_ladder_without_a_late_step_ends_with_the_last_day():
    early = [step for step in LADDER if step.days is None or step.days <= 0]

    steps = due_steps([RULE], [COMMUNE], CALENDAR, early, today=date(2027, 6, 1), posts=POSTS)

    assert steps == []


def test_head_and_receiver_hear_in_their_turn():
    on_t1 = due(date(2027, 6, 1), ledger=UP_TO_T3)
    on_t3 = due(date(2027, 6, 3), ledger=UP_TO_T3 | ledger_of("T+1"))

    assert [(s.person, s.step) for s in on_t1] == [(REPORTER, "T+1"), (RECEIVER, "T+1")]
    assert (HEAD, "T+3") in [(s.person, s.step) for s in on_t3]
    digest = on_t1[-1]
    assert (digest.unit, digest.missing) == (OFFICE, (COMMUNE,))
    assert digest.key == StepKey("th-xa", "2027-05", "th.so-khcn", RECEIVER, "T+1/receiver")


def test_digest_counts_units_that_nobody_has_registered_for():
    (digest,) = due(date(2027, 5, 28), units=UNITS, posts={OFFICE.code: {Role.RECEIVER: [RECEIVER]}})

    assert (digest.step, len(digest.missing)) == ("T-3", 56)


def test_who_reports_is_not_told_again_as_the_head():
    posts = {COMMUNE.code: {Role.REPORTER: [REPORTER], Role.HEAD: [REPORTER]}}

    for n in range(60):
        day = date(2027, 5, 4) + timedelta(days=n)
        assert len(due(day, posts=posts)) <= 1
        assert all(step.audience is Audience.REPORTER for step in due(day, posts=posts))


def test_snooze_holds_back_until_its_day_and_then_tells_the_latest():
    snoozed = {("th-xa", "2027-05", COMMUNE.code, REPORTER): date(2027, 5, 26)}
    sent = ledger_of("O", "T-14")

    assert due(date(2027, 5, 24), ledger=sent, snoozed=snoozed) == []
    assert told(due(date(2027, 5, 26), ledger=sent, snoozed=snoozed)) == [(REPORTER, "T-7", [])]


def test_old_period_is_left_alone_a_week_after_its_last_step():
    last_chance = due(date(2027, 7, 5))

    assert [(s.person, s.step) for s in last_chance] == [(REPORTER, "T+28")]
    assert due(date(2027, 7, 6)) == []


@settings(deadline=None)  # shared machines are slow now and then
@given(st.integers(0, 89), st.sets(st.integers(0, 89)))
def test_however_often_the_machine_is_down_no_step_is_told_twice(start, down):
    """Run ninety days with holes, writing the ledger as the dispatcher does."""
    ledger: set[StepKey] = set()
    for n in range(start, 90):
        today = date(2027, 4, 25) + timedelta(days=n)
        if n in down:
            continue
        steps = due(today, ledger=frozenset(ledger))
        assert len({s.person for s in steps}) == len(steps)
        for step in steps:
            keys = {step.key, *step.merged_keys}
            assert not keys & ledger
            assert step.day <= today
            assert today <= date(2027, 5, 31) or step.step.startswith("T+")
            ledger |= keys
        assert due(today, ledger=frozenset(ledger)) == []


# --- the dry run ----------------------------------------------------------------------------------------


def lines(on, **given_):
    given_.setdefault("posts", {})
    return falling_on(on, BOOK.rules, UNITS, CALENDAR, LADDER, **given_)


def count(found):
    tally: dict[tuple[str, str], int] = {}
    for line in found:
        key = (line.rule.id, line.step)
        tally[key] = tally.get(key, 0) + 1
    return tally


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 12, 10), {}),
        (date(2026, 12, 11), "T-1"),
        (date(2026, 12, 12), {}),
        (date(2026, 12, 13), {}),
        (date(2026, 12, 14), "T"),
        (date(2026, 12, 15), "T+1"),
        (date(2026, 12, 16), {}),
        (date(2027, 12, 10), "T-3"),
        (date(2027, 12, 13), "T-1"),
        (date(2027, 12, 14), "T"),
        (date(2027, 12, 15), "T+1"),
    ],
)
def test_around_the_14th_of_december(on, expected):
    many = {"kg-nam": 6, "kg-nam-xa": 4, "kt-nam": 60, "kt-nam-chi-cuc": 15, "tq-6-thang": 18}
    assert count(lines(on)) == ({} if expected == {} else {(rule, expected): n for rule, n in many.items()})


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2027, 5, 1), {}),
        (date(2027, 5, 3), {}),
        (date(2027, 5, 4), {("th-xa", "O"): 56}),
        (date(2027, 5, 24), {("th-xa", "T-7"): 56}),
        (date(2027, 5, 31), {("th-xa", "T"): 56, ("tq-6-thang", "T-14"): 18}),
        (date(2027, 6, 1), {("th-xa", "T+1"): 56}),
        (date(2027, 10, 28), {("th-xa", "T-3"): 56}),
        (date(2027, 10, 29), {("th-xa", "T"): 56}),
        (date(2027, 10, 31), {}),
        (date(2027, 11, 1), {("th-xa", "T+1"): 56}),
        (date(2026, 12, 31), {("qg-thang-12", "T"): 4}),
        (date(2027, 2, 8), {}),
    ],
)
def test_around_the_other_deadlines(on, expected):
    assert count(lines(on)) == expected


def test_ha_nam_is_never_reminded():
    for n in range(730):
        assert not any(line.unit.province == "ha-nam" for line in lines(date(2026, 1, 1) + timedelta(days=n)))


def test_dry_run_names_the_people_and_lists_units_without_any():
    found = {line.unit.code: line.people for line in lines(date(2027, 6, 3), posts=POSTS)}

    assert found["th.pu-luong"] == (REPORTER, HEAD)
    assert found["th.co-lung"] == ()
    assert [line.people for line in lines(date(2027, 6, 1), posts=POSTS) if line.people] == [(REPORTER,)]


def test_dry_run_leaves_out_who_has_reported():
    reported = {("th-xa", "2027-05", COMMUNE.code)}

    assert count(lines(date(2027, 5, 24), reported=reported)) == {("th-xa", "T-7"): 55}


def test_digest_of_the_dry_run():
    def digests(on, reported=()):
        return digests_on(on, BOOK.rules, UNITS, CALENDAR, LADDER, posts=POSTS, reported=reported)

    (digest,) = digests(date(2027, 5, 28))
    assert (digest.step, digest.province, len(digest.missing), digest.people) == (
        "T-3",
        "thanh-hoa",
        56,
        (RECEIVER,),
    )
    everyone = {("th-xa", "2027-05", unit.code) for unit in digest.missing}
    assert digests(date(2027, 5, 28), everyone) == []
    assert digests(date(2027, 1, 4)) == []  # nobody here receives the lead offices' own report


def test_unit_that_ends_in_the_window_is_not_reminded_for_a_last_day_it_does_not_see():
    gone = Unit("th.a", "UBND xã A", "thanh-hoa", Level.XA, valid_to=date(2027, 5, 20))
    posts = {"th.a": {Role.REPORTER: [REPORTER]}}

    assert due(date(2027, 5, 17), units=[gone], posts=posts) == []

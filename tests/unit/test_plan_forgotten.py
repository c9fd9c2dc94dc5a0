"""Which steps fell due while nothing ran, and are closed so that none stays open."""

from datetime import UTC, date, datetime, timedelta

from isobot.clock import VIETNAM
from isobot.domain.people import Role
from isobot.rulefiles import load_calendar, load_duty_ladder, load_ladder, load_rules
from isobot.storage.unit_ways import Delegation
from isobot.unitfiles import load_units
from scheduler.loading import holdings_lent
from scheduler.plan import Holding, Situation, forgotten

BOOK, CALENDAR, LADDER, DUTY_LADDER = load_rules(), load_calendar(), load_ladder(), load_duty_ladder()
UNITS = load_units()
RULE = BOOK.by_id("th-xa")
COMMUNE = next(unit for unit in UNITS if unit.code == "th.pu-luong")
OFFICE = next(unit for unit in UNITS if unit.code == "th.so-khcn")
REPORTER, DEPUTY, RECEIVER = 1, 2, 4
REPORT = ("th-xa", "2027-05", COMMUNE.code)
MORNING = datetime(2027, 5, 24, 9, tzinfo=VIETNAM)


def at(day, hour):
    return datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM).astimezone(UTC)


def lost(now, since, *, ended=None, ledger=(), held_since=date(2027, 1, 1), until=None):
    holding = Holding(COMMUNE.code, Role.REPORTER, REPORTER, at(held_since, 8), until)
    return [
        (step.key.step, step.why)
        for step in forgotten(
            [RULE],
            [COMMUNE],
            CALENDAR,
            LADDER,
            Situation({}, ledger=ledger),
            now=now,
            since=since,
            holdings=[holding],
            ended=ended or {},
        )
    ]


def test_steps_that_fell_due_before_the_report_came_are_closed():
    ended = {REPORT: at(date(2027, 5, 25), 10)}

    assert lost(at(date(2027, 5, 26), 8), date(2027, 5, 25), ended=ended) == [
        ("O", "reported"),
        ("T-14", "reported"),
        ("T-7", "reported"),
    ]


def test_step_of_the_very_day_is_not_due_before_work_begins():
    ended = {REPORT: at(date(2027, 5, 24), 7)}

    found = lost(at(date(2027, 5, 26), 8), date(2027, 5, 23), ended=ended)

    assert [step for step, _ in found] == ["O", "T-14"]


def test_who_left_and_who_came_later_owe_only_their_own_days():
    left = lost(at(date(2027, 5, 26), 8), date(2027, 5, 1), until=at(date(2027, 5, 18), 9))
    came = lost(
        at(date(2027, 5, 26), 8),
        date(2027, 5, 1),
        held_since=date(2027, 5, 20),
        ended={REPORT: at(date(2027, 5, 25), 9)},
    )

    assert left == [("O", "left"), ("T-14", "left")]
    assert came == [("T-7", "reported")]


def forgotten_of(holdings, rule="th-xa", unit=COMMUNE, steps=LADDER, *, now, since, ended):
    found = forgotten(
        [BOOK.get_any(rule, unit.province)],
        [unit],
        CALENDAR,
        steps,
        Situation({}),
        now=now,
        since=since,
        holdings=holdings,
        ended=ended,
    )
    return [(f.key.person, f.key.step, f.why) for f in found]


def test_who_came_back_to_a_post_the_same_day_owes_what_follows():
    noon, back = at(date(2027, 5, 24), 12), at(date(2027, 5, 24), 13)
    holdings = [
        Holding(COMMUNE.code, Role.REPORTER, REPORTER, at(date(2027, 1, 1), 8), noon),
        Holding(COMMUNE.code, Role.REPORTER, REPORTER, back),
    ]
    ended = {REPORT: at(date(2027, 5, 28), 15)}

    found = forgotten_of(holdings, now=at(date(2027, 5, 31), 8), since=date(2027, 5, 24), ended=ended)

    assert [(s, why) for _, s, why in found][-2:] == [("T-7", "reported"), ("T-1", "reported")]


def test_stand_in_owes_the_steps_of_the_days_for_which_the_post_was_lent():
    own = [
        Holding(COMMUNE.code, Role.REPORTER, REPORTER, at(date(2027, 1, 1), 8)),
        Holding(COMMUNE.code, Role.DEPUTY, DEPUTY, at(date(2027, 1, 1), 8)),
    ]
    lent = [Delegation(1, COMMUNE.code, REPORTER, DEPUTY, date(2027, 5, 23), date(2027, 5, 25))]
    now = at(date(2027, 6, 3), 8)

    holdings = [*own, *holdings_lent(own, lent, now=now)]
    found = forgotten_of(holdings, now=now, since=date(2027, 5, 20), ended={REPORT: at(date(2027, 6, 2), 9)})

    assert [step for person, step, _ in found if person == DEPUTY] == ["T+1/deputy", "T-7"]


def test_post_that_is_still_lent_is_held():
    own = [Holding(COMMUNE.code, Role.REPORTER, REPORTER, at(date(2027, 1, 1), 8))]
    lent = [Delegation(1, COMMUNE.code, REPORTER, DEPUTY, date(2027, 5, 23), date(2027, 6, 25))]

    assert holdings_lent(own, lent, now=at(date(2027, 5, 22), 8)) == []
    assert [h.until for h in holdings_lent(own, lent, now=MORNING)] == [None]


def test_lead_offices_receivers_owe_its_duties_where_nobody_else_is():
    holding = Holding(OFFICE.code, Role.RECEIVER, RECEIVER, at(date(2027, 1, 1), 8))
    ended = {("qg-thang-11", "2027", OFFICE.code): at(date(2027, 11, 2), 9)}

    found = forgotten_of(
        [holding],
        "qg-thang-11",
        OFFICE,
        DUTY_LADDER,
        now=at(date(2027, 11, 3), 8),
        since=date(2027, 11, 1),
        ended=ended,
    )

    assert found == [(RECEIVER, "O", "reported")]


def test_ladder_that_is_over_is_closed_once():
    day = date(2027, 7, 6)  # a week after T+28

    assert ("T+28", "over") in lost(at(day, 8), day)
    assert lost(at(day + timedelta(days=2), 8), day + timedelta(days=1)) == []


def test_list_in_which_only_letters_wait_is_closed_once_its_ladder_is_over():
    """What is said to be on paper is not in: receivers had a list to look at on each of its days."""
    gone = at(date(2027, 5, 20), 10)

    def lists(excused):
        found = forgotten(
            [RULE],
            [COMMUNE, OFFICE],
            CALENDAR,
            LADDER,
            Situation({}, excused=excused),
            now=at(date(2027, 10, 5), 8),
            since=date(2027, 5, 28),
            holdings=[Holding(OFFICE.code, Role.RECEIVER, RECEIVER, at(date(2027, 1, 1), 8))],
            ended={REPORT: gone},
        )
        return [(step.key.step, step.why) for step in found if step.key.period == "2027-05"]

    assert lists({REPORT: gone}) == [
        ("T-3/receiver", "over"),
        ("T+1/receiver", "over"),
        ("T+7/receiver", "over"),
    ]
    assert lists({}) == []

"""What must be done without a form: when it is due, who hears of it, what a file may say."""

from datetime import date

import pytest

from isobot.domain.deadlines import (
    Kind,
    event_period,
    find_period,
)
from isobot.domain.people import Role
from isobot.errors import DataFileError
from isobot.rulefiles import load_rules
from scheduler.plan import (
    Situation,
    falling_on,
    ladder,
)
from tests.plan_of_a_commune import (
    ALL,
    BOOK,
    CALENDAR,
    COMMUNE,
    DUTY_LADDER,
    OFFICE,
    RECEIVER,
    REPORTER,
    UNITS,
    due,
    period,
    written,
)


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

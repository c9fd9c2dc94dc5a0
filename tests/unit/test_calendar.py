"""Working days and hours: the official list of 2026, and estimates that say they are estimates."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.clock import VIETNAM
from isobot.domain.calendar import WorkCalendar
from isobot.errors import DataFileError
from isobot.rulefiles import load_calendar

CALENDAR = load_calendar()
DAYS = st.dates(date(2020, 1, 1), date(2050, 12, 31))


def test_days_off_of_2026_are_the_official_ones():
    weekdays = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))

    off = [f"{d.day}/{d.month}" for d in weekdays if d.weekday() < 5 and not CALENDAR.is_working(d)]

    assert " ".join(off) == "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11"
    assert CALENDAR.is_official(2026)


@pytest.mark.parametrize("saturday", [date(2026, 1, 10), date(2026, 8, 22)])
def test_saturday_worked_instead_of_another_day_is_a_working_day(saturday):
    assert saturday.weekday() == 5
    assert CALENDAR.is_working(saturday)
    assert not CALENDAR.is_working(saturday + timedelta(days=7))


def test_2027_is_estimated_and_says_so():
    assert not CALENDAR.is_official(2027)
    tet = [date(2027, 2, 4) + timedelta(days=n) for n in range(7)]
    assert not any(CALENDAR.is_working(day) for day in tet)
    assert not CALENDAR.is_working(date(2027, 5, 3))
    assert CALENDAR.previous_working(date(2027, 2, 10)) == date(2027, 2, 3)
    assert CALENDAR.next_working(date(2027, 2, 4)) == date(2027, 2, 11)


@settings(deadline=None)  # shared machines are slow now and then
@given(DAYS)
def test_nearest_working_days_are_worked_and_nothing_worked_is_passed_over(day):
    before, after = CALENDAR.previous_working(day), CALENDAR.next_working(day)

    assert before <= day <= after
    assert CALENDAR.is_working(before)
    assert CALENDAR.is_working(after)
    between = (before + timedelta(days=n) for n in range(1, (after - before).days))
    assert not any(CALENDAR.is_working(d) for d in between)


@pytest.mark.parametrize(
    ("utc", "worked"),
    [
        ("2026-12-14 00:59", False),  # 7:59 in Hà Nội
        ("2026-12-14 01:00", True),
        ("2026-12-14 09:59", True),
        ("2026-12-14 10:00", False),  # 17:00
        ("2026-12-13 03:00", False),  # a Sunday
        ("2026-12-13 18:30", False),  # already Monday there, 1:30
    ],
)
def test_working_hours_are_those_of_viet_nam(utc, worked):
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    assert CALENDAR.is_working_moment(moment) is worked


@pytest.mark.parametrize(
    ("utc", "then"),
    [
        ("2026-12-14 03:00", "2026-12-14 10:00"),
        ("2026-12-11 10:00", "2026-12-14 08:00"),
        ("2026-12-13 18:30", "2026-12-14 08:00"),
        ("2026-02-13 11:00", "2026-02-23 08:00"),
    ],
)
def test_what_falls_outside_working_hours_waits_for_the_next(utc, then):
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    assert f"{CALENDAR.next_working_moment(moment):%Y-%m-%d %H:%M}" == then


def test_calendar_without_a_working_day_is_refused():
    whole_year = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(365))

    with pytest.raises(ValueError, match="no working day"):
        WorkCalendar(whole_year).next_working(date(2026, 3, 1))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{day: 2027-01-01, why: a}", "2027-01-01 is not in 2026"),
        ("{from: 2026-01-01, why: a}", 'give either "day" or both "from" and "to"'),
        ("{from: 2026-01-03, to: 2026-01-01, why: a}", '"to" must follow "from"'),
    ],
)
def test_mistake_in_a_calendar_file_is_told_with_its_line(tmp_path, entry, told):
    (tmp_path / "2026.yaml").write_text(
        f"year: 2026\nofficial: true\nworking_days: []\ndays_off:\n  - {entry}\n", encoding="utf-8"
    )

    with pytest.raises(DataFileError, match=told) as refused:
        load_calendar(tmp_path)
    assert "line" in refused.value.place


def test_quiet_days_and_hours_are_a_file(tmp_path):
    hours = tmp_path / "hours.yaml"
    hours.write_text(
        'begins: "07:30"\nends: "16:30"\nquiet_days: [{day: 2027-05-24, why: Đại hội}]\n', encoding="utf-8"
    )

    calendar = load_calendar(hours=hours)

    assert not calendar.is_working(date(2027, 5, 24))
    assert calendar.is_working_moment(datetime(2027, 5, 25, 7, 45, tzinfo=VIETNAM))
    assert not calendar.is_working_moment(datetime(2027, 5, 25, 16, 30, tzinfo=VIETNAM))

"""Rounds that a lead office asks for: what is typed, and the rule and period that come of it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isobot.domain.deadlines import (
    Audience,
    Basis,
    find_period,
    late_periods,
    next_period,
    open_periods,
    periods_between,
    reporting_units,
)
from isobot.domain.requests import (
    Request,
    is_request,
    name_units,
    read_last_day,
    read_letter,
    read_span,
    title_of,
)
from isobot.domain.units import Level
from isobot.errors import Refusal
from scheduler.plan import Situation, digests_on, due_now, falling_on, ladder

TODAY = date(2027, 5, 20)


def request(**changes) -> Request:
    values = {
        "rule": "yc-kt-3",
        "province": "kon-tum",
        "title": "Báo cáo đột xuất: rà soát công bố lại",
        "forms": {Level.XA: "xa-rut-gon"},
        "opens": TODAY,
        "last_day": date(2027, 6, 10),
        "covers": (date(2027, 1, 1), date(2027, 5, 20)),
        "basis": Basis("Công văn số 112/SKHCN-TĐC ngày 18/05/2027", ""),
        "basis_words": "Công văn số 112/SKHCN-TĐC ngày 18/05/2027",
        "why": "rà soát công bố lại",
        "recipient": "Sở Khoa học và Công nghệ",
        "units": ("kt.dak-ha", "kt.dak-mar"),
        "person": 1,
        "created_at": datetime(2027, 5, 20, 2, tzinfo=UTC),
    }
    return Request(**{**values, **changes})


# --- what is typed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10/6", date(2027, 6, 10)),
        ("ngày 10 tháng 6", date(2027, 6, 10)),
        ("10/6/2027", date(2027, 6, 10)),
        ("hôm nay", TODAY),
    ],
)
def test_last_day_is_read(text, day):
    assert read_last_day(text, today=TODAY) == day


def test_last_day_in_january_typed_in_december_is_of_the_coming_year():
    assert read_last_day("15/1", today=date(2027, 12, 20)) == date(2028, 1, 15)


@pytest.mark.parametrize("text", ["19/5", "1/5/2027", "19/5/2026", "31/12/2027", "sớm nhất có thể"])
def test_last_day_that_has_gone_by_or_lies_too_far_is_refused(text):
    with pytest.raises(Refusal):
        read_last_day(text, today=TODAY)


@pytest.mark.parametrize(
    "text",
    ["1/1/2027 đến 20/5/2027", "từ 1/1 đến 20/5", "Từ ngày 1/1 đến hết ngày 20/5", "1/1/2027 - 20/5/2027"],
)
def test_span_of_figures_is_read(text):
    assert read_span(text, today=TODAY, last_day=date(2027, 6, 10)) == (date(2027, 1, 1), TODAY)


@pytest.mark.parametrize("text", ["20/5 đến 1/1", "tháng 5", "1/1 đến 30/6", "1/1"])
def test_span_the_wrong_way_round_or_beyond_the_last_day_is_refused(text):
    with pytest.raises(Refusal):
        read_span(text, today=TODAY, last_day=date(2027, 6, 10))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("112/SKHCN-TĐC ngày 3/5/2027", "Công văn số 112/SKHCN-TĐC ngày 03/05/2027"),
        ("công văn số 112/SKHCN-TĐC, 3/5/2027", "Công văn số 112/SKHCN-TĐC ngày 03/05/2027"),
        ("Kế hoạch 15/KH-SKHCN ngày 3 tháng 5 năm 2027", "Kế hoạch số 15/KH-SKHCN ngày 03/05/2027"),
    ],
)
def test_letter_is_read_with_its_number_and_date(text, words):
    assert read_letter(text, today=TODAY) == words


@pytest.mark.parametrize("text", ["theo chỉ đạo của sở", "112/SKHCN-TĐC", "112/SKHCN-TĐC ngày 21/5/2027"])
def test_letter_without_number_or_date_or_of_a_day_to_come_is_refused(text):
    with pytest.raises(Refusal, match=r"ví dụ|chưa đến"):
        read_letter(text, today=TODAY)


def named(services, text, province="kon-tum"):
    return name_units(text, services.directory, province=province, on=TODAY)


def test_names_stand_on_lines_or_between_commas_and_hold_commas_and_va_themselves(services):
    found = named(services, "1. xã Đăk Hà\n- Đăk Mar, Sở Y tế và Sở Khoa học và Công nghệ; Sở Lạc")

    assert [u.code for u in found.units] == ["kt.dak-ha", "kt.dak-mar", "kt.so-y-te", "kt.so-khcn"]
    assert found.unknown == ("Sở Lạc",)
    assert not found.several


def test_namesakes_are_left_to_be_asked(services):
    before = date(2022, 5, 1)
    found = name_units("xã Thành Sơn", services.directory, province="thanh-hoa", on=before)

    assert [words for words, _ in found.several] == ["xã Thành Sơn"]
    assert len(found.several[0][1]) > 1


@given(text=st.text(alphabet=" ,;\nvàxãĐăkHMrSởYtế1.", max_size=60))
def test_no_list_of_names_breaks_the_reading(services, text):
    found = named(services, text)

    assert all(u.province == "kon-tum" for u in found.units)


@given(text=st.text(alphabet="0123456789/-–. từđếnngàyhômqTĐC;,", max_size=40))
def test_whatever_is_typed_is_read_or_refused_in_words(text):
    def said(read) -> str:
        try:
            read()
        except Refusal as refusal:
            return str(refusal)
        return "."

    assert said(lambda: read_last_day(text, today=TODAY)).endswith(".")
    assert said(lambda: read_span(text, today=TODAY, last_day=date(2027, 6, 10))).endswith(".")
    assert said(lambda: read_letter(text, today=TODAY)).endswith(".")


def test_title_stays_short():
    assert len(title_of("dài " * 100)) <= 120


# --- the rule and the period ------------------------------------------------------------------------------


def test_round_is_a_rule_with_one_period(services):
    rule = request().as_rule()
    (period,) = periods_between(rule, TODAY, date(2027, 12, 31))

    assert is_request(rule.id)
    assert (period.key, period.label) == ("2027", "đột xuất đợt 3/2027")
    assert find_period(rule, "2027") == period
    assert find_period(rule, "2028") is None
    assert [u.code for u in reporting_units(rule, period, services.directory)] == ["kt.dak-ha", "kt.dak-mar"]
    assert rule.remark().endswith("căn cứ Công văn số 112/SKHCN-TĐC ngày 18/05/2027.")


def test_round_that_rests_on_the_plan_says_how_sure_that_is():
    rule = request(basis=Basis("kon-tum", "VI.4"), basis_words="VI.4, Quyết định 474").as_rule()

    assert "chưa xác minh hiệu lực" in rule.remark()


def test_no_step_comes_before_the_round_was_opened(services):
    steps = ladder(request().period, services.calendar, services.ladder)
    own = [(s.step, s.day) for s in steps if s.audience is Audience.REPORTER]

    assert own[0] == ("O", TODAY)
    assert own[1] == ("T-14", date(2027, 5, 27))
    assert all(day >= TODAY for _, day in own)


def test_round_opened_three_days_before_its_end_begins_at_once(services):
    short = request(last_day=date(2027, 5, 23)).period  # a Sunday; T falls on the Friday before
    own = [s.step for s in ladder(short, services.calendar, services.ladder) if s.day <= TODAY]

    assert own == ["T-3", "T-3"]  # to the officer, and to the receiver


def test_round_with_more_time_tells_of_the_new_day_and_climbs_anew(services):
    moved = request(last_day=date(2027, 6, 25), moves=((date(2027, 6, 10), date(2027, 6, 4)),))
    steps = [
        (s.step, s.day)
        for s in ladder(moved.period, services.calendar, services.ladder)
        if s.audience is Audience.REPORTER
    ]

    assert steps[:4] == [
        ("O", TODAY),
        ("T-14", date(2027, 5, 27)),
        ("T-7", date(2027, 6, 3)),
        ("D@270604", date(2027, 6, 4)),
    ]
    assert steps[4] == ("T-14@270604", date(2027, 6, 11))
    assert moved.period.was is not None
    assert moved.period.was.last_day == date(2027, 6, 10)


def test_two_changes_of_the_last_day_keep_what_was_told_between(services):
    twice = request(
        last_day=date(2027, 7, 9),
        moves=((date(2027, 6, 10), date(2027, 6, 4)), (date(2027, 6, 25), date(2027, 6, 14))),
    )
    names = [
        s.step
        for s in ladder(twice.period, services.calendar, services.ladder)
        if s.audience is Audience.REPORTER
    ]

    assert names[:6] == ["O", "T-14", "T-7", "D@270604", "T-14@270604", "D@270614"]


def test_closed_round_is_open_to_nobody_and_stays_on_record():
    closed = request(closed_at=datetime(2027, 5, 25, 3, tzinfo=UTC)).as_rule()

    assert open_periods(closed, date(2027, 5, 24))
    assert not open_periods(closed, date(2027, 5, 25))
    assert not late_periods(closed, date(2027, 7, 1))
    assert next_period(closed, date(2027, 5, 25)) is None
    assert find_period(closed, "2027") is not None


def test_plan_reminds_of_a_round_and_not_of_a_closed_one(services):
    posts = {"kt.dak-ha": {"reporter": [1]}, "kt.so-khcn": {"receiver": [9]}}
    day = date(2027, 6, 3)  # T-7

    def planned(rule, on):
        parts = ([rule], services.directory, services.calendar, services.ladder)
        due = due_now(*parts, Situation(posts), today=on)
        falling = falling_on(on, *parts, posts=posts)
        return due, falling, digests_on(on, *parts, posts=posts)

    due, falling, _ = planned(request().as_rule(), day)
    assert [(s.person, s.step) for s in due] == [(1, "T-7")]
    assert [(f.unit.code, f.step) for f in falling] == [("kt.dak-ha", "T-7"), ("kt.dak-mar", "T-7")]
    _, _, digests = planned(request().as_rule(), date(2027, 6, 7))
    assert [(d.step, len(d.missing)) for d in digests] == [("T-3", 2)]
    closed = request(closed_at=datetime(2027, 6, 2, 3, tzinfo=UTC)).as_rule()
    assert planned(closed, day) == ([], [], [])


def test_rounds_stand_behind_a_provinces_own_rules_and_replace_what_the_book_had(services):
    book = services.rules.with_rounds([request().as_rule()])
    again = book.with_rounds([request(title="Khác").as_rule()])

    ids = [rule.id for rule in book.rules]
    assert ids.index("kt-nam") < ids.index("yc-kt-3") < ids.index("qg-thang-12")
    assert [r.title for r in again.rules if r.once is not None] == ["Khác"]
    assert again.with_rounds([]) == services.rules

"""Answers that hold more than one figure: amounts by source; and files."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isobot.domain.amounts import amounts_in, amounts_value
from isobot.domain.expressions import Facts, read_condition, read_term
from isobot.domain.fields import Field, Option
from isobot.domain.kinds import Kind, RollUp, usual_roll_up
from isobot.domain.numbers import format_number
from isobot.domain.values import BLANK, NONE_ARISING, Value, file_value
from isobot.errors import AnswerRefused

TODAY = date(2026, 11, 21)
SOURCES = (
    Option("trung-uong", "Ngân sách trung ương", ("trung ương", "nstw")),
    Option("dia-phuong", "Ngân sách địa phương", ("địa phương", "nsđp")),
    Option("tai-tro", "Tài trợ"),
    Option("khac", "Khác", ("nguồn khác",)),
)
FUNDS = Field("f", "1", "Nguồn kinh phí", "Để biết", "Điều 1", Kind.AMOUNTS, choices=SOURCES)
SCAN = Field("f", "1", "Bản quét", "Để biết", "Điều 1", Kind.FILE, required=False)


@pytest.mark.parametrize(
    ("said", "amounts"),
    [
        ("ngân sách địa phương 10 triệu, tài trợ 5 triệu", {"dia-phuong": 10**7, "tai-tro": 5 * 10**6}),
        ("tai tro 5tr; dia phuong: 3,98 tỷ", {"dia-phuong": 3_980_000_000, "tai-tro": 5 * 10**6}),
        ("NSĐP 1.234,5 triệu và khác 500 nghìn", {"dia-phuong": 1_234_500_000, "khac": 500_000}),
        ("10 triệu từ ngân sách trung ương", {"trung-uong": 10**7}),
        ("nguồn tài trợ = 15.000.000 đ", {"tai-tro": 15 * 10**6}),
        ("- Địa phương: 10 triệu\n- Khác: 2 triệu", {"dia-phuong": 10**7, "khac": 2 * 10**6}),
    ],
)
def test_amounts_are_read_with_their_sources(said, amounts):
    assert amounts_in(FUNDS.parse(said, today=TODAY)) == amounts


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("15 triệu", "chưa rõ là nguồn nào"),
        ("ngân sách 15 triệu", "chưa rõ là nguồn nào"),
        ("tài trợ", "chưa có số tiền"),
        ("tài trợ 5 triệu, tài trợ 3 triệu", "hai lần"),
        ("tài trợ 5 triệu, quỹ lớp 3 triệu", "“quỹ lớp 3 triệu”"),
        ("tài trợ 5", "thiếu đơn vị"),
        ("tài trợ 1,234 nghìn", "có thể hiểu là"),
    ],
)
def test_amount_that_is_not_clear_is_asked_back(said, why):
    with pytest.raises(AnswerRefused, match=why) as refused:
        FUNDS.parse(said, today=TODAY)
    assert "Ví dụ: " in str(refused.value)


@given(st.dictionaries(st.sampled_from(SOURCES), st.integers(1000, 10**13), min_size=1))
def test_amounts_shown_can_be_typed_back(amounts):
    value = amounts_value({s.key: amounts[s] for s in SOURCES if s in amounts})
    assert FUNDS.parse(FUNDS.show(value), today=TODAY) == value
    spoken = ", ".join(f"{format_number(amount)} đồng {source.label}" for source, amount in amounts.items())
    assert FUNDS.parse(spoken, today=TODAY) == value
    assert read_term({"total_of": "f"}).figure(Facts({"f": value})) == sum(amounts.values())


def test_question_names_the_sources_for_who_has_no_buttons():
    assert FUNDS.question("3/4").endswith("tài trợ, khác)")


def test_total_of_amounts_keeps_none_and_blank_apart():
    total = read_term({"total_of": "f"})
    assert [total.figure(Facts(v)) for v in ({"f": NONE_ARISING}, {"f": BLANK}, {})] == [0, None, None]


def test_file_is_shown_by_its_name():
    value = file_value(17, "bao-cao/da ky.pdf")
    assert SCAN.show(value) == "bao-cao/da ky.pdf"


def test_words_where_a_file_is_asked_say_that_a_file_is_expected():
    with pytest.raises(AnswerRefused, match="gửi tệp vào đây"):
        SCAN.parse("đã gửi rồi", today=TODAY)
    assert SCAN.parse("để trống", today=TODAY) == BLANK


def test_each_kind_has_its_usual_roll_up():
    assert {kind: usual_roll_up(kind) for kind in (Kind.INTEGER, Kind.CHOICE, Kind.DATE, Kind.TEXT)} == {
        Kind.INTEGER: RollUp.SUM,
        Kind.CHOICE: RollUp.COUNT_BY,
        Kind.DATE: RollUp.COUNT_GIVEN,
        Kind.TEXT: RollUp.LIST,
    }


@pytest.mark.parametrize(
    ("last", "outcome"), [(None, None), ({}, None), ({"a": Value.of(4)}, True), ({"a": Value.of(9)}, False)]
)
def test_last_period_is_compared_where_there_is_one(last, outcome):
    condition = read_condition({"ge": ["a", "last.a"]})
    assert condition.holds(Facts({"a": Value.of(5)}, None, last)) is outcome


@pytest.mark.parametrize(
    ("day", "outcome"),
    [(date(2026, 2, 28), True), (date(2026, 3, 1), False)],
)
def test_months_after_the_last_of_december_end_with_february(day, outcome):
    values = {"report": Value.of(day), "checked": Value.of(date(2025, 12, 31))}
    condition = read_condition({"le": ["report", {"months_after": ["checked", 2]}]})
    assert condition.holds(Facts(values)) is outcome

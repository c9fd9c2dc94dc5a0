"""Fields: what an answer means, and how a question is put."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.domain.forms import Field, Kind, Option
from isobot.domain.values import BLANK, NONE_ARISING, State, Value, values_from_json, values_to_json
from isobot.errors import AnswerRefused

TODAY = date(2026, 11, 21)


def a_field(kind: Kind = Kind.INTEGER, **rest) -> Field:
    return Field(key="f", number="1", label="Số", help="Để biết", basis="Điều 1", kind=kind, **rest)


def test_zero_blank_and_none_arising_are_three_values():
    three = [Value.of(0), BLANK, NONE_ARISING]
    assert len({json.dumps(value.to_json()) for value in three}) == 3
    assert len({a_field().show(value) for value in three}) == 3
    assert [value.figure for value in three] == [0, None, 0]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=8),
        st.one_of(
            st.integers().map(Value.of),
            st.booleans().map(Value.of),
            st.dates().map(Value.of),
            st.text().map(Value.of),
            st.sampled_from([BLANK, NONE_ARISING]),
        ),
    )
)
def test_values_come_back_from_storage_unchanged(values):
    back = values_from_json(json.loads(json.dumps(values_to_json(values))))
    assert back == values
    assert [type(v.given) for v in back.values()] == [type(v.given) for v in values.values()]


@pytest.mark.parametrize(
    "stored", [{}, {"given": None}, {"none_arising": False}, {"date": "mai"}, {"other": 1}]
)
def test_foreign_json_is_no_value(stored):
    with pytest.raises(ValueError, match=r"stored value|Invalid isoformat"):
        Value.from_json(stored)


def test_value_agrees_with_its_state():
    with pytest.raises(ValueError, match="state"):
        Value(State.BLANK, 0)


# Answers


@pytest.mark.parametrize(
    "said", ["không phát sinh", "Khong phat sinh.", "KPS", "ko phát sinh", "“không phát sinh”"]
)
def test_none_arising_is_understood_in_many_ways(said):
    assert a_field().parse(said, today=TODAY) == NONE_ARISING


@pytest.mark.parametrize("said", ["bỏ qua", "Để trống", "de trong"])
def test_blank_is_taken_only_where_not_required(said):
    assert a_field(required=False).parse(said, today=TODAY) == BLANK
    with pytest.raises(AnswerRefused, match="bắt buộc"):
        a_field(required=True).parse(said, today=TODAY)


def test_none_arising_is_refused_where_there_must_be_a_value():
    with pytest.raises(AnswerRefused, match="không nhận"):
        a_field(none_arising=False).parse("kps", today=TODAY)


def test_bare_no_to_a_figure_is_asked_back():
    with pytest.raises(AnswerRefused, match="số 0 hay là “không phát sinh”"):
        a_field().parse("không", today=TODAY)


@pytest.mark.parametrize("said", ["118", "118 thủ tục", "118thu tuc", "một trăm mười tám"])
def test_figure_may_come_with_its_unit(said):
    assert a_field(unit="thủ tục").parse(said, today=TODAY) == Value.of(118)


def test_refusal_says_what_was_read_what_fits_and_what_works():
    field = a_field(least=0, most=50, unit="lần", example="2")
    with pytest.raises(AnswerRefused) as refused:
        field.parse("51", today=TODAY)
    assert "51" in str(refused.value)
    assert "từ 0 đến 50 (đơn vị: lần)" in str(refused.value)
    assert "Ví dụ: 2." in str(refused.value)


def test_day_to_come_is_refused_where_something_done_is_asked():
    with pytest.raises(AnswerRefused, match="chưa đến"):
        a_field(Kind.DATE).parse("22/11/2026", today=TODAY)
    assert a_field(Kind.DATE, future=True).parse("22/11/2026", today=TODAY) == Value.of(date(2026, 11, 22))


CHOICES = (
    Option("chua", "Chưa xây dựng", ("chưa làm",)),
    Option("ap-dung", "Đang áp dụng, chưa công bố"),
    Option("cong-bo", "Đã công bố"),
)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("1", "chua"),
        ("3.", "cong-bo"),
        ("ap-dung", "ap-dung"),
        ("da cong bo", "cong-bo"),
        ("chưa làm", "chua"),
        ("áp dụng", "ap-dung"),
    ],
)
def test_choice_is_picked_by_number_key_label_or_another_word(said, key):
    assert a_field(Kind.CHOICE, choices=CHOICES).parse(said, today=TODAY) == Value.of(key)


def test_choice_that_fits_two_labels_is_asked_back():
    with pytest.raises(AnswerRefused, match="“Đang áp dụng, chưa công bố” hay “Đã công bố”"):
        a_field(Kind.CHOICE, choices=CHOICES).parse("công bố", today=TODAY)


@pytest.mark.parametrize(
    ("said", "meant"), [("có", True), ("Co", True), ("không", False), ("chưa", False), ("2", False)]
)
def test_yes_and_no(said, meant):
    assert a_field(Kind.YES_NO).parse(said, today=TODAY) == Value.of(meant)


def test_text_keeps_its_lines_and_loses_what_cannot_be_stored():
    said = "  Thiếu máy\r\nvà\tngười\x00\ud83d  "
    assert a_field(Kind.TEXT).parse(said, today=TODAY) == Value.of("Thiếu máy\nvà người")


def test_long_text_is_refused_with_its_length():
    with pytest.raises(AnswerRefused, match=r"Nội dung dài 10\.000 ký tự"):
        a_field(Kind.TEXT).parse("x" * 10_000, today=TODAY)


@pytest.mark.parametrize("kind", list(Kind))
@settings(deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_is_an_answer_or_refused(kind, text):
    field = a_field(kind, choices=CHOICES if kind in (Kind.CHOICE, Kind.AMOUNTS) else (), least=0)
    try:
        value = field.parse(text, today=TODAY)
    except AnswerRefused:
        return
    assert Value.from_json(json.loads(json.dumps(value.to_json()))) == value
    field.show(value).encode()


def test_question_shows_position_and_unit():
    assert a_field(unit="thủ tục").question("4/12") == "4/12. Số? (đơn vị: thủ tục)"


def test_money_is_shown_in_dong():
    assert a_field(Kind.MONEY).show(Value.of(15_000_000)) == "15.000.000 đồng"

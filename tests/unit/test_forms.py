"""Forms: what an answer means, what is asked next, what does not hold."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.domain.expressions import Facts, read_condition, read_term
from isobot.domain.forms import Field, Form, FormFault, Kind, Option
from isobot.domain.values import BLANK, NONE_ARISING, State, Value, values_from_json, values_to_json
from isobot.errors import AnswerRefused, DataFileError, NotFound
from isobot.formfiles import load_form, load_forms

TODAY = date(2026, 11, 21)
YEAR = (date(2025, 12, 15), date(2026, 12, 14))
HALF_YEAR = (date(2025, 12, 15), date(2026, 6, 14))


def a_field(kind: Kind = Kind.INTEGER, **rest) -> Field:
    return Field(key="f", number="1", label="Số", help="Để biết", basis="Điều 1", kind=kind, **rest)


# Values


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


# Conditions


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"le": ["two", "three"]}, True),
        ({"lt": ["three", "two"]}, False),
        ({"eq": [{"sum": ["two", "three"]}, 5]}, True),
        ({"eq": [{"difference": ["three", "two"]}, 1]}, True),
        ({"sum_equals": {"total": "three", "parts": ["two", "none"]}}, False),
        ({"ge": ["none", 0]}, True),
        ({"ge": ["blank", 0]}, None),
        ({"ge": ["unanswered", 0]}, None),
        ({"eq": [{"sum": ["two", "blank"]}, 2]}, None),
        ({"le": ["two", "day"]}, None),
        ({"one_of": ["choice", ["a", "b"]]}, True),
        ({"one_of": ["yes", ["co"]]}, True),
        ({"given": "two"}, True),
        ({"given": "none"}, False),
        ({"given": "unanswered"}, None),
        ({"requires": {"if": {"gt": ["two", 0]}, "then": "blank"}}, False),
        ({"requires": {"if": {"gt": ["none", 0]}, "then": "blank"}}, True),
        ({"requires": {"if": {"gt": ["two", 0]}, "then": "unanswered"}}, None),
        ({"in_period": "day"}, True),
        ({"whole_year": True}, True),
        ({"all": [{"given": "two"}, {"given": "unanswered"}]}, None),
        ({"all": [{"given": "none"}, {"given": "unanswered"}]}, False),
        ({"any": [{"given": "two"}, {"given": "unanswered"}]}, True),
        ({"not": {"given": "two"}}, False),
    ],
)
def test_condition_holds_breaks_or_is_undecided(condition, outcome):
    values = {
        "two": Value.of(2),
        "three": Value.of(3),
        "none": NONE_ARISING,
        "blank": BLANK,
        "day": Value.of(TODAY),
        "choice": Value.of("a"),
        "yes": Value.of(True),
    }
    assert read_condition(condition).holds(Facts(values, YEAR)) is outcome


@pytest.mark.parametrize(
    "raw",
    [
        "a", {}, {"le": ["a"]}, {"le": "a"}, {"nearly": ["a", "b"]}, {"le": ["a", {"times": [1, 2]}]},
        {"le": ["a", True]}, {"given": 3}, {"one_of": ["a", "b"]}, {"whole_year": False},
        {"requires": {"if": {"given": "a"}}}, {"sum_equals": ["a", "b"]}, {"all": []},
        {"le": ["a", "b"], "lt": ["a", "b"]},
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused_when_the_form_is_read(raw):
    with pytest.raises(ValueError, match=r"this is|is no|makes no|whole_year"):
        read_condition(raw)


# The form of communes


@pytest.fixture(scope="module")
def form() -> Form:
    return load_forms().get("xa-rut-gon")


QUIET = {
    "status": "Đang xây dựng", "tthc_total": "120", "tthc_in": "120", "proc_changes": "0",
    "legal_changes": "kps", "ia_count": "0", "mr_count": "0", "nc_found": "kps", "complaints": "kps",
    "train_people": "25", "fund_spent": "kps", "difficulties": "không",
}  # fmt: skip
BUSY = {
    **QUIET, "status": "Đã công bố", "announce_no": "125/QĐ-UBND", "announce_date": "5/3/2024",
    "tthc_in": "118", "tthc_out_reason": "Đang soạn", "legal_changes": "3", "legal_ontime": "2",
    "legal_late_reason": "Chờ hướng dẫn", "ia_count": "1", "ia_last": "10/9", "mr_count": "1",
    "mr_last": "12/9", "nc_found": "4", "nc_closed": "4", "complaints": "2", "complaints_done": "2",
    "fund_spent": "10 triệu", "fund_plan": "15 triệu", "fund_maint": "10 triệu",
    "difficulties": "Thiếu người", "proposals": "Mở lớp",
}  # fmt: skip


def fill(form: Form, answers: dict[str, str], *, asked: list[str] | None = None) -> dict[str, Value]:
    """Answer whatever the form asks, until it asks no more."""
    values: dict[str, Value] = {}
    while (field := form.next_field(values)) is not None:
        values[field.key] = field.parse(answers[field.key], today=TODAY)
        if asked is not None:
            asked.append(field.key)
    return values


def test_quiet_period_takes_twelve_questions(form):
    asked: list[str] = []
    values = fill(form, QUIET, asked=asked)
    assert len(asked) == form.size == 12
    assert [form.field(key).number for key in asked] == [str(n) for n in range(1, 13)]
    assert form.problems(values, period=YEAR) == ()


def test_every_question_explains_itself(form):
    assert "đề xuất" in form.note
    for field in form.fields:
        assert "\nCăn cứ: " in field.why()
        assert field.help
        if field.computed is None and field.kind is not Kind.DATE:
            field.parse(field.example or "1", today=TODAY)


def test_busy_period_asks_more_without_moving_the_numbers(form):
    asked: list[str] = []
    values = fill(form, BUSY, asked=asked)
    assert form.problems(values, period=YEAR) == ()
    assert form.position("complaints") == "9/12"
    assert form.question("tthc_out_reason").startswith("3a/12. ")
    assert set(asked) == {field.key for field in form.fields if field.computed is None}


def test_computed_figure_is_the_difference_and_keeps_blank_blank(form):
    values = fill(form, BUSY)
    assert form.complete(values)["tthc_out"] == Value.of(2)
    assert form.complete({**values, "tthc_in": BLANK})["tthc_out"] == BLANK
    both = {**values, "tthc_total": NONE_ARISING, "tthc_in": NONE_ARISING}
    assert form.complete(both)["tthc_out"] == NONE_ARISING
    assert "tthc_out" not in form.complete({"tthc_total": Value.of(1)})


def test_value_of_a_skipped_question_no_longer_counts(form):
    values = fill(form, BUSY)
    corrected = {**values, "complaints": NONE_ARISING}
    assert "complaints_done" not in form.complete(corrected)
    assert form.problems(corrected) == ()
    assert form.complete({**corrected, "complaints": Value.of(3)})["complaints_done"] == Value.of(2)


def test_walking_back_visits_the_same_questions(form):
    values = fill(form, BUSY)
    forth = [field.key for field in form.visible_fields(values)]
    back, key = [forth[-1]], forth[-1]
    while (before := form.previous_field(key, values)) is not None:
        key = before.key
        back.append(key)
    assert back == forth[::-1]


def test_field_is_found_by_the_number_people_say(form):
    assert form.by_number("3A ") is form.field("tthc_out_reason")
    assert form.by_number("99") is None
    assert form.by_number("") is None
    with pytest.raises(NotFound):
        form.field("nothing")


def test_error_is_told_as_soon_as_both_figures_are_there(form):
    values = {"status": Value.of("dang-xay-dung"), "tthc_total": Value.of(120)}
    assert form.problems_at("tthc_total", values) == ()
    (problem,) = form.problems_at("tthc_in", {**values, "tthc_in": Value.of(130)})
    assert problem.is_error
    assert problem.fields == ("tthc_total", "tthc_in")
    assert "130 thủ tục" in problem.message
    assert "mục 3" in problem.mend


@pytest.mark.parametrize(
    ("check", "change", "is_error"),
    [
        ("R1", {"tthc_in": "121"}, True),
        ("R6", {"nc_closed": "5"}, True),
        ("R7-danh-gia", {"ia_count": "0"}, False),
        ("R7-xem-xet", {"mr_count": "kps"}, False),
        ("R8", {"mr_last": "9/9"}, False),
        ("R9-danh-gia", {"ia_last": "14/12/2025"}, True),
        ("R9-xem-xet", {"mr_last": "14/12/2025", "ia_last": "15/12/2025"}, True),
        ("R10", {"legal_ontime": "4"}, True),
        ("khieu-nai", {"complaints_done": "3"}, True),
        ("R11-phan", {"fund_maint": "11 triệu"}, True),
        ("R11-vuot", {"fund_plan": "9 triệu"}, False),
        ("R12", {"fund_spent": "20 triệu", "fund_plan": "20 triệu", "fund_maint": "15.000.001"}, False),
    ],
)
def test_rule_is_told_when_broken_and_only_then(form, check, change, is_error):
    values = fill(form, BUSY | change)
    told = {problem.check: problem for problem in form.problems(values, period=YEAR)}
    assert told[check].is_error is is_error
    assert "{" not in told[check].as_text()
    assert check not in {problem.check for problem in form.problems(fill(form, BUSY), period=YEAR)}


@pytest.mark.parametrize(("check", "key"), [("R2", "tthc_out_reason"), ("R3", "announce_no")])
def test_reason_or_number_left_out_is_told(form, check, key):
    # The dialogue does not let these be left out; a spreadsheet may.
    values = fill(form, BUSY) | {key: BLANK}
    assert check in {problem.check for problem in form.problems(values)}


def test_half_year_is_not_held_to_a_yearly_duty(form):
    values = fill(form, BUSY | {"ia_count": "0", "mr_count": "0"})
    assert form.problems(values, period=HALF_YEAR) == ()


COMMUNE = load_forms().get("xa-rut-gon")
SOME_ANSWER = st.sampled_from([Value.of(0), Value.of(3), Value.of(7), NONE_ARISING, BLANK])


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([f.key for f in COMMUNE.fields]), SOME_ANSWER))
def test_next_question_is_always_visible_and_unanswered(values):
    field = COMMUNE.next_field(values)
    assert field is None or (field.key not in values and field in COMMUNE.visible_fields(values))
    assert all(set(problem.fields) <= set(values) for problem in COMMUNE.problems(values, period=YEAR))


# Form files

GOOD = """
id: thu
version: 1
title: Thử
note: Đề xuất
fields:
  - {key: a, label: A, help: Vì sao, basis: Điều 1, kind: integer}
  - {key: b, label: B, help: Vì sao, basis: Điều 1, kind: integer, when: {gt: [a, 0]}}
checks:
  - {id: c, severity: error, hold: {le: [b, a]}, message: "{b} nhiều hơn {a}.", mend: Sửa.}
"""


def test_office_adds_a_form_of_its_own(tmp_path):
    path = tmp_path / "thu.yaml"
    path.write_text(GOOD, encoding="utf-8")
    form = load_form(path)
    values = {"a": Value.of(1), "b": Value.of(2)}
    assert [problem.message for problem in form.problems(values)] == ["2 nhiều hơn 1."]
    assert form.field("b").number == "1a"


@pytest.mark.parametrize(
    ("was", "becomes", "place", "said"),
    [
        ("key: b", "key: a", "fields.1", "stands twice"),
        ("{gt: [a, 0]}", "{gt: [c, 0]}", "fields.1 (b), when", "'c' is no field"),
        ("{gt: [a, 0]}", "{gt: [b, 0]}", "fields.1 (b), when", "'b' is no field"),
        ("{gt: [a, 0]}", "{gtt: [a, 0]}", "line 8, fields.1.when", "is no condition"),
        ("{le: [b, a]}", "{le: [b, z]}", "checks.0 (c), hold", "'z' is no field"),
        ("{b} nhiều", "{z} nhiều", "checks.0 (c)", "'z'"),
        ("kind: integer}", "kind: number}", "line 7, fields.0.kind", ""),
        ("kind: integer}", "kind: choice}", "fields.0 (a)", "choices"),
        ("label: A, ", "", "line 7, fields.0.label", "required"),
        ("label: A", "labell: A", "line 7, fields.0", ""),
        ("version: 1", "version: 0", "line 3, version", ""),
    ],
)
def test_mistake_in_a_form_file_is_told_with_its_place(tmp_path, was, becomes, place, said):
    path = tmp_path / "thu.yaml"
    path.write_text(GOOD.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as error:
        load_form(path)
    assert place in f"{error.value.place}"
    assert said in error.value.problem
    assert error.value.mend


def test_one_version_of_a_form_stands_in_one_file(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(DataFileError, match="in another file"):
        load_forms(tmp_path)


def test_newest_version_is_used_unless_one_is_named(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD.replace("version: 1", "version: 2"), encoding="utf-8")
    forms = load_forms(tmp_path)
    assert forms.get("thu").version == 2
    assert forms.get("thu", 1).version == 1
    with pytest.raises(NotFound):
        forms.get("thu", 3)


def test_form_built_in_code_is_examined_too():
    field = a_field()
    with pytest.raises(FormFault, match="always asked"):
        Form("f", 1, "F", "", (a_field(computed=read_term(1)),))
    with pytest.raises(FormFault, match="stands twice"):
        Form("f", 1, "F", "", (field, field))

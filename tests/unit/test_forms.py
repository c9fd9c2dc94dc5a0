"""The form of communes: what is asked next, what does not hold."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.domain.forms import Form, Kind
from isobot.domain.values import BLANK, NONE_ARISING, Value
from isobot.errors import NotFound
from isobot.formfiles import load_forms

TODAY = date(2026, 11, 21)
YEAR = (date(2025, 12, 15), date(2026, 12, 14))
HALF_YEAR = (date(2025, 12, 15), date(2026, 6, 14))


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

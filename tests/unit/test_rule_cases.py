"""Every rule between figures has answers that break it and answers that keep it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.domain.amounts import amounts_value
from isobot.domain.fields import Field
from isobot.domain.forms import Form
from isobot.domain.kinds import Kind
from isobot.domain.reports import Act, ReportStatus, next_status
from isobot.domain.steadiness import asks_again
from isobot.domain.values import BLANK, NONE_ARISING, Value
from isobot.errors import AnswerRefused, Refusal
from isobot.formfiles import load_forms
from tests.rule_cases import AGENCY, AGENCY_FORM, BEFORE, RULE_CASES, TODAY, YEAR, RuleCase

FORMS = load_forms()


def fill(form: Form, answers: dict[str, str], *, until: str = "") -> dict[str, Value]:
    """Answer whatever the form asks, up to a field or to the end."""
    values: dict[str, Value] = {}
    while (field := form.next_field(values)) is not None and field.key != until:
        values[field.key] = field.parse(answers[field.key], today=TODAY)
    return values


def told(form: Form, answers: dict[str, str]) -> dict[str, bool]:
    last = fill(form, BEFORE[form.id])
    problems = form.problems(fill(form, answers), period=YEAR, last=last)
    assert all("{" not in problem.as_text() for problem in problems)
    return {problem.check: problem.is_error for problem in problems}


@pytest.mark.parametrize("case", [c for c in RULE_CASES if c.told], ids=str)
def test_rule_is_told_when_broken_and_only_then(case: RuleCase):
    form = FORMS.get(case.form)
    assert told(form, case.broken)[case.told] is case.is_error
    assert told(form, case.kept) == {}


@pytest.mark.parametrize("case", [c for c in RULE_CASES if c.refused], ids=str)
def test_answer_that_would_break_a_rule_is_refused(case: RuleCase):
    form = FORMS.get(case.form)
    values = fill(form, case.broken, until=case.refused)
    field = form.field(case.refused)
    assert form.next_field(values) is field
    with pytest.raises(AnswerRefused, match="Ví dụ: "):
        field.parse(case.broken[case.refused], today=TODAY)
    good = "Có lý do" if case.refused.endswith("reason") else case.kept[case.refused]
    assert field.parse(good, today=TODAY).is_given


@pytest.mark.parametrize("case", [c for c in RULE_CASES if c.not_asked], ids=str)
def test_what_would_break_a_rule_is_not_asked_and_no_longer_counts(case: RuleCase):
    form = FORMS.get(case.form)
    meant = fill(form, case.kept)
    assert case.not_asked in form.complete(meant)
    status = form.field("status").parse(case.broken["status"], today=TODAY)
    assert case.not_asked not in form.complete({**meant, "status": status})
    assert case.not_asked not in fill(form, case.broken)


@pytest.mark.parametrize("case", [c for c in RULE_CASES if c.asked_again], ids=str)
def test_figure_far_from_the_last_one_is_asked_again(case: RuleCase):
    form = FORMS.get(case.form)
    field = form.field(case.asked_again)
    last = form.last_value(field.key, fill(form, BEFORE[case.form]))
    far, near = (field.parse(a[field.key], today=TODAY) for a in (case.broken, case.kept))
    question = asks_again(field, far, last)
    assert question is not None
    assert field.show(last) in question
    assert question.endswith("?")
    assert asks_again(field, near, last) is None


@pytest.mark.parametrize(
    ("last", "now", "asked"),
    [(100, 150, False), (100, 151, True), (100, 50, False), (100, 49, True), (1, 0, True), (1, 2, True),
     (0, 90, False), (3, 3, False)],
)  # fmt: skip
def test_more_than_half_is_asked_and_half_is_not(last, now, asked):
    field = FORMS.get(AGENCY_FORM).field("dossiers")
    assert (asks_again(field, Value.of(now), Value.of(last)) is not None) is asked


def test_nothing_arising_after_something_is_a_fall_to_zero_and_a_first_report_is_not_compared():
    field = FORMS.get(AGENCY_FORM).field("dossiers")
    assert "không phát sinh" in str(asks_again(field, NONE_ARISING, Value.of(7)))
    assert asks_again(field, Value.of(7), None) is None
    assert asks_again(FORMS.get(AGENCY_FORM).field("ia_last"), Value.of(TODAY), Value.of(TODAY)) is None


def test_report_sent_again_is_a_new_version_until_it_is_accepted():
    assert next_status(ReportStatus.SUBMITTED, Act.SUBMIT) is ReportStatus.SUBMITTED
    with pytest.raises(Refusal):
        next_status(ReportStatus.ACCEPTED, Act.SUBMIT)


def test_every_rule_but_that_of_versions_has_its_cases():
    assert {case.rule for case in RULE_CASES} == {f"R{n}" for n in range(1, 17)}


# The full form of an agency


def test_agency_that_has_everything_answers_every_question_but_one_of_a_pair():
    form = FORMS.get(AGENCY_FORM)
    values = fill(form, AGENCY)
    unasked = {f.key for f in form.fields if f.computed is None} - set(values)
    assert unasked == {"reannounce_reason"}
    assert form.complete(values)["nc_open_end"] == Value.of(1)


def test_agency_that_has_not_begun_is_asked_half_as_much():
    form = FORMS.get(AGENCY_FORM, level="so")
    quiet = {
        **AGENCY,
        "status": "Chưa xây dựng",
        "fund_spent": "kps",
        "consultant": "không",
        "bcd_no": "bỏ qua",
    }
    asked = fill(form, {**quiet, "train_classes": "0", "check_type": "không"})
    assert len(asked) <= form.size / 2 + 1
    assert not {"standard", "announce_no", "proc_total", "ia_count", "nc_found", "survey_n"} & set(asked)


def test_what_was_open_at_the_end_is_offered_as_open_at_the_start():
    form = FORMS.get(AGENCY_FORM)
    last = fill(form, BEFORE[AGENCY_FORM])
    assert form.last_value("nc_open_start", last) == Value.of(1)
    assert form.last_value("tthc_total", last) == Value.of(120)
    assert form.last_value("tthc_total", None) is None
    assert {f.key for f in form.fields if f.keep} >= {"status", "announce_no", "tthc_total", "nc_open_start"}
    assert not {f.key for f in form.fields if f.keep} & {
        "nc_found",
        "ia_count",
        "fund_spent",
        "scope_changed",
    }


def test_first_period_is_compared_with_nothing():
    form = FORMS.get(AGENCY_FORM)
    values = fill(form, {**AGENCY, "proc_total": "500", "nc_open_start": "3"})
    assert form.problems(values, period=YEAR) == ()


def test_chi_cuc_is_not_asked_about_the_reform_and_its_numbers_close_up():
    whole, chi_cuc = FORMS.get(AGENCY_FORM, level="so"), FORMS.get(AGENCY_FORM, level="chi-cuc")
    assert (whole.field("tthc_total").number, chi_cuc.field("tthc_total").number) == ("6", "5")
    assert "restructure" not in {field.key for field in chi_cuc.fields}
    assert "reannounced" in fill(chi_cuc, AGENCY)
    assert chi_cuc.position("next_plan") == f"{chi_cuc.size}/{chi_cuc.size}"
    assert chi_cuc.for_level("chi-cuc").size == chi_cuc.size


def test_each_group_is_headed_once_at_its_first_question():
    form = FORMS.get(AGENCY_FORM)
    headed = [f.key for f in form.fields if f.computed is None and "\n" in form.question(f.key)]
    assert headed == [
        "status", "tthc_total", "ia_count", "goals_total", "staff_total", "fund_plan", "difficulties"
    ]  # fmt: skip
    assert form.question("tthc_total").startswith("B. Thủ tục hành chính và quy trình\n6/32. ")


@pytest.mark.parametrize("form", list(FORMS), ids=lambda form: form.id)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_whatever_is_answered_each_question_comes_once_and_numbers_never_move(form, data):
    numbers = {field.key: field.number for field in form.fields}
    values: dict[str, Value] = {}
    asked: list[str] = []
    while (field := form.next_field(values)) is not None:
        asked.append(field.key)
        values[field.key] = data.draw(st.sampled_from(sensible_answers(field)))
        assert form.position(field.key) == f"{numbers[field.key]}/{form.size}"
    assert len(set(asked)) == len(asked)
    assert asked == [f.key for f in form.visible_fields(values)]
    assert all("{" not in problem.as_text() for problem in form.problems(values, period=YEAR, last=values))
    again = dict(values)
    assert form.missing(again) == ()


def sensible_answers(field: Field) -> list[Value]:
    answers = [NONE_ARISING] if "khong-phat-sinh" in {o.key for o in field.shortcuts} else []
    answers += [] if field.required else [BLANK]
    match field.kind:
        case Kind.INTEGER | Kind.MONEY:
            return [*answers, *(Value.of(n) for n in (0, 1, 5, 20_000_000))]
        case Kind.DATE:
            return [*answers, Value.of(TODAY), Value.of(YEAR[0])]
        case Kind.CHOICE:
            return [Value.of(option.key) for option in field.choices]
        case Kind.YES_NO:
            return [Value.of(True), Value.of(False)]
        case Kind.AMOUNTS:
            return [*answers, amounts_value({field.choices[0].key: 5_000_000})]
    return [*answers, Value.of("Có")]


@pytest.mark.parametrize("form", list(FORMS), ids=lambda form: form.id)
def test_every_question_of_every_form_explains_itself_and_its_example_works(form):
    for field in form.fields:
        assert "\nCăn cứ: " in field.why()
        if field.computed is None and field.kind not in ("date", "file"):
            field.parse(field.example or "1", today=TODAY)

"""Reading many figures from one message: what is read, what is named as unread, and what is left alone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isobot.domain.batches import is_batch, read_batch
from isobot.domain.proposals import propose
from isobot.domain.values import NONE_ARISING, Value

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def form(services):
    return services.forms.get("xa-rut-gon")


def read(form, text):
    reading = read_batch(form, text, today=TODAY)
    return {key: value.given for key, value in reading.figures.items()}


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (
            "tổng 120, áp dụng 118, đánh giá 1 lần ngày 12/9, khó khăn: thiếu người",
            {
                "tthc_total": 120,
                "tthc_in": 118,
                "ia_count": 1,
                "ia_last": date(2026, 9, 12),
                "difficulties": "thiếu người",
            },
        ),
        ("4: 120; 5: 118", {"proc_changes": 120, "legal_changes": 118}),
        ("mục 4 120", {"proc_changes": 120}),
        ("sửa mục 4 thành 6, đổi tổng thành 121", {"tthc_total": 121, "proc_changes": 6}),
        ("tong 120 tthc, ap dung mot tram muoi tam", {"tthc_total": 120, "tthc_in": 118}),
        ("đánh giá 1 lần, ngày 12/9", {"ia_count": 1, "ia_last": date(2026, 9, 12)}),
        ("kinh phí 3,98 tỷ, duy trì 1.000.000 đồng", {"fund_spent": 3_980_000_000, "fund_maint": 1_000_000}),
        (
            "khó khăn: thiếu người, kinh phí ít, kiến nghị: mở lớp",
            {"difficulties": "thiếu người, kinh phí ít", "proposals": "mở lớp"},
        ),
        ("Khó khăn, vướng mắc trong kỳ: thiếu người", {"difficulties": "thiếu người"}),
        ("Đang áp dụng, chưa công bố; tổng 9", {"status": "dang-ap-dung", "tthc_total": 9}),
        ("tập huấn 25 người", {"train_people": 25}),
    ],
)
def test_figures_are_read_by_names_words_and_numbers_of_fields(form, text, figures):
    assert read(form, text) == figures
    assert read_batch(form, text, today=TODAY).unread == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tổng 120, xyz 5", "“xyz 5”: tôi không biết đây là mục nào"),
        ("tổng 120, lý do: chưa soạn", "đây là mục 3a"),
        ("tổng 120; tổng 121", "có hai số: 120 thủ tục và 121 thủ tục"),
        ("tổng 120, áp dụng 1,234", "có thể hiểu là 1234 hoặc 1 phẩy 234"),
        ("tổng 120, khiếu nại không", "là số 0 hay là “không phát sinh”"),
        ("tổng 120 áp dụng 118", "không đọc được thành số"),
        ("áp dụng 118, tổng", "chưa thấy số liệu đi kèm"),
        ("tổng 120, mục 40: 3", "“mục 40: 3”: tôi không biết đây là mục nào"),
    ],
)
def test_what_is_unclear_is_named_and_never_guessed(form, text, why):
    assert why in "\n".join(read_batch(form, text, today=TODAY).unread)


@pytest.mark.parametrize(
    "text", ["12", "1.234,5 triệu", "10/8, 12", "không phát sinh", "Thiếu người, ít tiền", ""]
)
def test_a_plain_answer_holds_no_named_figure(form, text):
    for key in ("tthc_total", "difficulties"):
        assert not is_batch(read_batch(form, text, today=TODAY), current=form.field(key))


@pytest.mark.parametrize(
    "text",
    ["đề nghị giải thích mục này", "khó khăn nhất là gì", "áp dụng thế nào", "tổng kết công tác năm 2026"],
)
def test_a_question_is_no_batch(form, text):
    assert not is_batch(read_batch(form, text, today=TODAY), current=form.field("tthc_total"))


def test_the_rest_takes_what_was_said_for_all_of_it(form):
    reading = read_batch(form, "đang xây dựng, tổng 9, áp dụng 9, mục còn lại không phát sinh", today=TODAY)

    figures = propose(form, {}, reading).figures

    assert form.missing(figures) == ()
    assert figures["complaints"] == NONE_ARISING
    assert figures["tthc_total"] == Value.of(9)


def test_what_the_form_does_not_ask_is_left_out_with_the_reason(form):
    proposal = propose(form, {}, read_batch(form, "đánh giá 0, ngày đánh giá 12/9", today=TODAY))

    assert dict(proposal.figures) == {"ia_count": Value.of(0)}
    assert "còn tùy câu trả lời ở mục 6" in proposal.left_out[0]


@given(text=st.text(alphabet="tổngápdụng0123456789:;=,. \n()mục–", max_size=60))
def test_whatever_is_typed_is_read_without_a_fault(services, text):
    form = services.forms.get("xa-rut-gon")
    reading = read_batch(form, text, today=TODAY, current=form.field("tthc_total"))
    assert set(propose(form, {}, reading).figures) <= {f.key for f in form.fields}

"""What goes in and out of a chat: choices drawn as text, choices read from text, long texts cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isobot.domain.messages import (
    Attachment,
    Choice,
    Incoming,
    IncomingKind,
    Reply,
    read_choice,
    split_text,
)

YES = Choice("yes", "Đồng ý")
LATER = Choice("later", "Để sau")
NONE = Choice("none", "Không phát sinh", by_word=True)


def test_choices_are_numbered_where_there_are_no_buttons():
    assert Reply("Gửi chứ?", (YES, LATER, NONE)).as_plain_text().splitlines()[:3] == [
        "Gửi chứ?",
        "1. Đồng ý",
        "2. Để sau",
    ]


def test_choice_by_word_has_no_number_and_its_word_is_told():
    plain = Reply("Bao nhiêu?", (NONE,)).as_plain_text()

    assert "1." not in plain
    assert "“không phát sinh”" in plain


def test_reply_without_choices_is_its_text():
    assert Reply("Xong.").as_plain_text() == "Xong."


@pytest.mark.parametrize(
    ("typed", "picked"),
    [
        ("1", YES),
        (" 2. ", LATER),
        ("đồng ý", YES),
        ("DONG Y", YES),
        ("de sau.", LATER),
        ("khong phat sinh", NONE),
        ("3", None),
        ("0", None),
        ("99999999999", None),
        ("đồng", None),
        ("", None),
        ("...", None),
    ],
)
def test_choice_is_read_from_number_or_label_with_marks_or_without(typed, picked):
    assert read_choice(typed, (YES, LATER, NONE)) == picked


def test_number_counts_only_the_numbered_choices():
    assert read_choice("1", (NONE, YES)) == YES


def test_label_that_two_choices_share_without_marks_picks_neither():
    assert read_choice("ha", (Choice("a", "Hà"), Choice("b", "Hạ"))) is None


@pytest.mark.parametrize(
    "reply",
    [
        Reply("Chỉ có chữ"),
        Reply("Có lựa chọn", (YES, Choice("go", "Đi", lasting=True), NONE)),
        Reply("Có tệp", (), Attachment("report_docx", "Báo cáo.docx", {"report": 1, "version": 2})),
    ],
)
def test_reply_comes_back_from_the_outbox_as_it_was(reply):
    assert Reply.from_body(reply.as_body()) == reply


@pytest.mark.parametrize("kind", IncomingKind)
def test_event_comes_back_from_the_inbox_as_it_was(kind):
    event = Incoming("zalo", "7", "8", "e1", 5, kind, "xã Thành Sơn", "v:1", 3, "Lê Ánh", private=False)

    again = Incoming.from_payload(bot="zalo", chat="7", event_id="e1", order=5, payload=event.as_payload())

    assert again == event


def test_text_is_cut_at_line_ends():
    assert split_text("một hai\nba bốn\nnăm", 9) == ["một hai", "ba bốn", "năm"]


def test_emoji_counts_as_two():
    assert split_text("📌📌📌", 4) == ["📌📌", "📌"]


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_no_part_is_too_long_and_no_letter_is_lost(text, most):
    parts = split_text(text, most)

    assert parts
    assert all(len(part.encode("utf-16-le", "surrogatepass")) // 2 <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())

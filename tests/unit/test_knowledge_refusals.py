"""What is refused: other subjects, what the documents do not hold, what is personal or secret."""

import pytest

from knowledge.answer import Outcome


@pytest.mark.parametrize(
    "question",
    [
        "ISO 14001 yêu cầu gì",
        "giải thích điều khoản 8 của ISO 9001",
        "kế hoạch ISO của tỉnh Lạng Sơn",
        "quê quán của chủ tịch tỉnh ở đâu",
        "lương của cán bộ ISO bao nhiêu",
        "tôi bị đau đầu uống thuốc gì",
        "nấu canh chua thế nào",
        "so sánh iphone với samsung",
        "hướng dẫn chơi cờ tướng",
    ],
)
def test_what_the_documents_do_not_hold_is_refused_without_citation(ask, question):
    answer = ask(question, "thanh-hoa")
    assert answer.outcome is Outcome.REFUSED
    assert answer.citations == ()


def test_a_refusal_offers_what_lies_nearest(ask):
    assert ask("chứng nhận ISO 27001 cho phần mềm báo cáo", "kien-giang").nearest


def test_a_hospital_that_takes_up_iso_asks_about_the_subject(ask):
    about = ask("bệnh viện công làm ISO thì tiền lấy ở đâu", "kon-tum")
    assert about.outcome is Outcome.ANSWERED
    assert "tự trang trải" in about.text
    assert ask("bệnh viện nào khám mắt tốt", "kon-tum").outcome is Outcome.REFUSED


def test_a_short_form_written_out_is_not_taken_for_typed_marks(ask):
    answer = ask("xin so dien thoai nha cua truong phong qlcl skhcn", "thanh-hoa")
    assert answer.outcome is Outcome.REFUSED
    assert "thông tin cá nhân" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "xin sô điên thoai nhà chủ tịch tỉnh",
        "công ty tư vấn nào gia rẻ nhât hiện nay",
    ],
)
def test_what_lies_outside_is_known_where_tones_are_left_out(ask, question):
    assert ask(question, "thanh-hoa").outcome is Outcome.REFUSED


def test_secret_documents_are_warned_off(ask):
    assert (
        "không gửi tài liệu mật"
        in ask("scan văn bản tuyệt mật rồi gửi vào nhóm nhờ đọc hộ", "kon-tum").text.lower()
    )


@pytest.mark.parametrize("text", ["", "   ", "???", "…", "1", "\u200b"])
def test_nothing_said_is_answered_without_failing(ask, text):
    assert ask(text).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "typed", ["Chỗ nào bán giống lúa tốt", "quy trinh bo nhiem truong phong", "Nghị định 77/2019 nói gì"]
)
def test_other_subjects_are_refused_though_words_are_shared(ask, typed):
    assert ask(typed, "kon-tum").outcome is Outcome.REFUSED


def test_a_refusal_cites_nothing_though_the_asker_named_documents(ask):
    answer = ask("luật 70/2025/QH15")

    assert answer.outcome is Outcome.REFUSED
    assert answer.citations == ()

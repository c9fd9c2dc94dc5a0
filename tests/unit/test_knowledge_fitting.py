"""Answers hold what is asked for: the month, the office, the amount; and yes only where that is asked."""

from datetime import date

import pytest

from knowledge.answer import Asker, Outcome
from knowledge.fitting import without_opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Kế hoạch xếp chi cục hoàn thành vào năm nào?", False),
        ("lãnh đạo có phải tham gia làm ISO điện tử không", True),
    ],
)
def test_a_yes_opens_only_the_answer_to_a_question_that_asks_so(ask, question, opens):
    assert ask(question, "kon-tum").text.startswith("Có.") is opens


def test_a_stored_yes_or_no_is_taken_off_where_nobody_asked_so(knowledge):
    for card in knowledge.corpus.cards.values():
        plain = without_opening(card, keep=False).answer
        assert not plain.startswith(("Có. ", "Không. "))
        assert card.answer.endswith(plain)
        assert without_opening(card, keep=True) is card


def test_cc_is_the_chi_cục_of_those_who_work_in_one(knowledge):
    asker = Asker("kien-giang", "Chi cục Thủy lợi Kiên Giang")
    answer = knowledge.answer("năm 2021 cc được cấp bn tiền duy trì iso", asker, today=date(2026, 11, 21))
    assert answer.text.startswith("Mỗi chi cục: 12.000.000 đồng")


def test_a_slip_in_the_tone_hides_no_subject_outside(ask):
    assert ask("gía xăng hômnay thế nào").outcome is Outcome.REFUSED


def test_the_reason_for_asking_is_not_what_is_asked(knowledge):
    asker = Asker("thanh-hoa", "UBND xã Tam Lư, huyện Quan Sơn")
    told = (
        "Chào bot. Sếp nhờ em kiểm tra xem danh sách do tỉnh ban hành thì xã mình làm vào năm nào, "
        "chứ anh phụ trách trước đã nghỉ hưu rồi không để lại gì cả."
    )
    assert "2023" in knowledge.answer(told, asker, today=date(2026, 11, 21)).text


def test_the_month_asked_for_comes_first(ask):
    answer = ask("Xã báo cáo Sở KHCN tháng nào?", "thanh-hoa")
    assert "tháng 5 và tháng 10" in answer.text.splitlines()[0]


def test_who_appraises_is_answered_before_all_else(ask):
    first = ask("dự toán áp dụng hệ thống của xã gửi cơ quan nào thẩm định", "thanh-hoa").text.splitlines()[0]
    assert "Sở Tài chính thẩm định" in first


def test_an_amount_that_no_document_holds_is_said_not_to_stand_there(ask):
    answer = ask("qd 474 cap cho moi don vi 20 trieu dong phai khong", "kon-tum")
    assert "không nêu số tiền" in answer.text


def test_the_act_of_a_ministry_is_no_matter_of_provinces(ask):
    answer = ask("Quyết định nào của Bộ Khoa học và Công nghệ công bố tiêu chuẩn 9001:2015?")
    assert answer.outcome is Outcome.ANSWERED
    assert "4109" in answer.text

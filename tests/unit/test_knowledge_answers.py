"""What officers get when they ask: the answer with where it stands, or a question back."""

import re
from datetime import date

import pytest

from knowledge.answer import Answer, Outcome, Refinement

TODAY = date(2026, 11, 21)


def documents(answer: Answer) -> set[str]:
    return {c.document.key for c in answer.citations}


# --- facts ---


@pytest.mark.parametrize(
    "typed",
    [
        "Xã nộp báo cáo ISO vào những tháng nào?",
        "xa nop bao cao iso vao nhung thang nao",
        "xã nộp bc ISO tháng mấy ạ",
        "xax nopj baos caos thangs maays",
        "xãnộp báocáo iso thángnào",
    ],
)
def test_one_question_has_one_answer_however_it_is_typed(ask, typed):
    answer = ask(typed, "thanh-hoa")
    assert answer.outcome is Outcome.ANSWERED
    assert "tháng 5" in answer.text
    assert "tháng 10" in answer.text
    assert documents(answer) == {"thanh-hoa"}


def test_an_answer_ends_with_where_it_stands(ask):
    last = ask("nguồn kinh phí của kế hoạch", "tuyen-quang").text.splitlines()[-1]
    assert last == "Căn cứ: IV.2.1, Kế hoạch 05/KH-UBND ngày 18/3/2011."


def test_a_province_named_goes_before_the_askers_own(ask):
    assert documents(ask("Ở Kon Tum thì ai ký quyết định?", "tuyen-quang")) == {"kon-tum"}


def test_a_document_named_goes_before_the_askers_own(ask):
    assert documents(ask("chỉ thị 02/2007 do ai ban hành", "thanh-hoa")) == {"ha-nam"}


def test_a_national_document_is_answered_from_itself(ask):
    answer = ask("Thông tư 116 cho chi duy trì tối đa bao nhiêu một năm?", "kon-tum")
    assert "15 triệu" in answer.text
    assert "116/2015/TT-BTC" in documents(answer)


def test_a_wrong_version_of_the_standard_is_corrected(ask):
    answer = ask("Tuyên Quang áp dụng iso 9001:2015 cho cơ quan nào năm 2011?")
    assert "9001:2008" in answer.text


def test_an_answer_fits_on_a_phone(knowledge):
    for card in knowledge.corpus.cards:
        answer = knowledge.card_answer(card)
        assert len(answer.text) <= 1000
        assert len(answer.citations) <= 3


@pytest.mark.parametrize(
    ("year", "number"), [(2008, "144/2006"), (2013, "144/2006"), (2016, "19/2014"), (2020, "19/2014")]
)
def test_the_decision_in_force_in_a_year_follows_from_the_days_of_replacement(ask, year, number):
    assert number in ask(f"năm {year} áp dụng iso theo quyết định nào của thủ tướng").text


def test_documents_that_do_not_touch_each_other_are_said_not_to(ask):
    answer = ask("chỉ thị 02 của hà nam có bị quyết định 474 thay thế không")
    assert "không nêu" in answer.text
    assert documents(answer) == {"ha-nam", "kon-tum"}


# --- several provinces ---


def test_two_provinces_named_are_set_side_by_side(ask):
    answer = ask("Kỳ báo cáo của Kiên Giang và Tuyên Quang khác nhau thế nào?")
    assert documents(answer) == {"kien-giang", "tuyen-quang"}
    assert "15/12" in answer.text
    assert "6 tháng" in answer.text


def test_the_order_of_issue_is_computed(ask):
    assert ask("tỉnh nào ra văn bản muộn nhất").text.startswith("Muộn nhất là Thanh Hóa")


def test_a_stranger_is_asked_for_the_province_where_provinces_differ(ask):
    answer = ask("nộp báo cáo tháng mấy?")
    assert answer.outcome is Outcome.CLARIFY
    assert "tỉnh nào" in answer.text
    assert {o.refinement.province for o in answer.options} >= {"thanh-hoa", "kien-giang"}


def test_the_province_picked_answers_the_question(ask):
    answer = ask("nộp báo cáo tháng mấy?", refinement=Refinement(province="thanh-hoa"))
    assert answer.outcome is Outcome.ANSWERED
    assert documents(answer) == {"thanh-hoa"}


@pytest.mark.parametrize(
    ("question", "unit", "card"),
    [
        ("vậy báo cáo sáu tháng thì có cần nộp hay không", None, "kt-bao-cao-6-thang"),
        ("ISO điện tử nghĩa là gì", None, "kt-iso-dien-tu-la-gi"),
        ("tien giang vien tap huan iso chi theo van ban nao", None, "kt-kinh-phi-dao-tao"),
        ("muốn thuê bên tư vấn thì phối hợp chi cục nào", None, "kt-tu-van"),
        ("quyết định 474 có còn xài được nữa không", None, "kt-con-hieu-luc"),
    ],
)
def test_the_thing_asked_first_is_answered_first(ask, question, unit, card):
    assert ask(question, "kon-tum", unit).cards[0] == card


def test_a_number_that_its_date_belies_is_not_told_as_certain(ask):
    assert "chưa xác minh" in ask("nghị quyết 37/2008/NQ-HĐND ban hành hôm nào", "kon-tum").text


@pytest.mark.parametrize(
    "question", ["năm 2021 Kiên Giang báo cáo khi nào", "tháng 12 Kiên Giang báo cáo gì"]
)
def test_a_province_is_read_after_a_year_or_a_month(ask, question):
    assert documents(ask(question, "kon-tum")) == {"kien-giang"}


def test_chất_lượng_của_is_no_question_about_pay(ask):
    assert ask("chat luong cua he thong do ai chiu trach nhiem", "tuyen-quang").outcome is Outcome.ANSWERED


# --- wordings ---


def test_the_years_of_a_plan_name_no_year(ask):
    assert "92" in ask("cả kế hoạch 2022-2024 của Thanh Hóa có tổng cộng bao nhiêu xã").text


def test_the_askers_own_plan_goes_before_the_law(ask):
    answer = ask("tiền áp dụng ISO lấy từ đâu ra", "thanh-hoa")
    assert answer.citations[0].document.key == "thanh-hoa"
    assert answer.text.startswith("Thanh Hóa: Kinh phí thực hiện lấy từ ngân sách của tỉnh")
    assert "\nQuy định chung: Ba nguồn" in answer.text


@pytest.mark.parametrize(
    "typed",
    [
        "Kế toán than hết tiền, văn thư đang ốm. Xã báo cáo ISO tháng mấy? Trả lời giúp em được không ạ?",
        "xã báo cáo iso tháng mấy ạ. Hỏi cả phòng mà không ai biết.",
    ],
)
def test_a_plea_is_not_taken_for_the_question(ask, typed):
    assert "tháng 5" in ask(typed, "thanh-hoa").text


def test_an_article_is_found_by_its_number_alone(ask):
    answer = ask("điều 34 thông tư 26")
    assert answer.citations[0].section == "Điều 34"


def test_a_slip_in_a_provinces_name_is_read(ask):
    assert documents(ask("kiêng giang báo cáo trước ngày nào")) == {"kien-giang"}


@pytest.mark.parametrize("typed", ["chào bạn", "cảm ơn anh nhiều nhé", "xin chao"])
def test_politeness_is_returned(ask, typed):
    assert ask(typed).outcome is Outcome.ANSWERED


def test_money_that_depends_on_the_kind_of_unit_is_told_for_each_kind(ask):
    asked = "đơn vị mình được mấy triệu để duy trì iso"

    assert {"15.000.000", "12.000.000"} <= amounts(ask(asked, "kien-giang"))
    assert ask(asked, "kien-giang", "Chi cục Kiểm lâm").text.startswith("Mỗi chi cục: 12.000.000")


def amounts(answer):
    return set(re.findall(r"\d+(?:\.\d{3})+", answer.text))


def test_a_trial_is_no_exam_though_it_is_typed_without_marks(ask):
    assert "rút kinh nghiệm" in ask("het thi diem iso dien tu thi danh gia ra sao", "kien-giang").text

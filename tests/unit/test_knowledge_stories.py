"""Long messages, names that hold other words, and units that a question only half names."""

import pytest

from knowledge.answer import Answer, Outcome
from knowledge.clauses import sentences


def sections(answer: Answer) -> list[str]:
    return [f"{c.document.key} {c.section}" for c in answer.citations]


def test_what_is_told_around_a_question_names_no_other_matter(ask):
    told = (
        "Cơ quan mình đang sắp xếp lại kho nên hồ sơ lộn xộn lắm. Bí thư vừa hỏi lộ trình ISO của các xã. "
        "Xã mình thuộc đợt năm nào vậy?"
    )
    answer = ask(told, "thanh-hoa", "UBND xã Ban Công, huyện Bá Thước")
    assert "2023" in answer.text
    assert sections(answer) == ["thanh-hoa Phụ lục mục 2"]


def test_another_office_in_the_story_is_not_the_one_asked_about(ask):
    told = (
        "Anh em bảo việc gì cũng cứ hỏi Sở Khoa học và Công nghệ là xong. "
        "Theo kế hoạch năm 2011 thì ai chịu trách nhiệm về hiệu lực của hệ thống ở cơ quan?"
    )
    assert sections(ask(told, "tuyen-quang", "Sở Xây dựng Tuyên Quang")) == ["tuyen-quang IV.1.1"]


def test_an_abbreviation_ends_no_sentence():
    assert sentences("xã Mô Rai h. Sa Thầy năm nào. Cảm ơn") == [
        ["xã Mô Rai h. Sa Thầy năm nào."],
        ["Cảm ơn"],
    ]


def test_a_central_body_is_told_what_holds_for_such_bodies(ask):
    answer = ask("cơ quan tôi làm ISO lấy kinh phí ở đâu", "kon-tum", "Kho bạc Nhà nước Kon Tum")
    assert "tự trang trải" in answer.text


def test_a_word_inside_a_name_is_no_subject_of_its_own(ask):
    answer = ask("Chi cục Dân số - Kế hoạch hóa gia đình xong ISO điện tử năm nào?", "kon-tum")
    assert answer.outcome is Outcome.ANSWERED
    assert "2025" in answer.text


def test_the_rule_on_secrets_is_told_though_secret_papers_are_mentioned(ask):
    told = (
        "Phòng tôi giữ nhiều tài liệu mật nên hơi lo khi viết quy trình. "
        "Quyết định 19/2014 có nói gì về bí mật nhà nước khi áp dụng hệ thống không?"
    )
    assert sections(ask(told)) == ["19/2014/QĐ-TTg Điều 3 khoản 3"]
    assert ask("tôi gửi công văn mật lên đây nhé").outcome is Outcome.REFUSED


def test_what_a_document_replaced_is_read_from_its_own_article(ask):
    answer = ask("qd 19/2014 thay cho nhung quyet dinh nao")
    assert "144/2006" in answer.text
    assert "118/2009" in answer.text
    assert sections(answer)[0] == "19/2014/QĐ-TTg Điều 15"


def test_the_rule_of_a_year_is_cited_with_the_askers_plan_that_rests_on_it(ask):
    answer = ask("năm 2022 áp dụng ISO theo quyết định nào của Thủ tướng", "thanh-hoa")
    assert sections(answer) == ["19/2014/QĐ-TTg Điều 15", "thanh-hoa Căn cứ ban hành"]


@pytest.mark.parametrize(
    "typed", ["huyện Như Thanh có bao nhiêu xã trong danh sách", "huyen nhu thanh co may xa trong danh sach"]
)
def test_a_district_that_is_not_listed_is_said_so(ask, typed):
    assert "không có trong danh sách" in ask(typed, "thanh-hoa").text


def test_a_name_of_both_a_district_and_its_town_is_answered_for_both(ask):
    answer = ask("dak to nam nao phai xong iso dien tu", "kon-tum")
    assert "2027" in answer.text
    assert "2030" in answer.text


def test_several_years_are_counted_together(ask):
    assert "15 UBND cấp xã" in ask("huyện Quan Hóa hai năm 2023 và 2024 có bao nhiêu xã", "thanh-hoa").text


def test_the_communes_of_today_are_not_those_of_the_plan(ask):
    assert "166" in ask("tỉnh Thanh Hóa hiện có bao nhiêu xã, phường").text


def test_a_letter_typed_twice_is_read_once(ask):
    assert "2030" in ask("xã Pờ Ê huyện Kon Plông ISO điện tử năm maấy", "kon-tum").text


def test_the_sentence_that_is_best_grounded_is_answered(ask):
    told = (
        "Hệ thống ở xã em chạy thử được một thời gian, ai cũng quen. Nay lãnh đạo muốn làm tiếp mà em "
        "chưa rõ có phải đưa lên mạng không. Anh chị hướng dẫn em các việc khi công bố hệ thống với ạ."
    )
    answer = ask(told, "thanh-hoa", "UBND xã Ban Công, huyện Bá Thước")
    assert "niêm yết" in answer.text


def test_words_with_marks_of_another_word_ask_nothing(ask):
    told = "Tôi sợ phải làm lại từ đầu thì mất công. Có cách nào quay lại câu vừa nhập không?"
    assert "quay lại" in ask(told).text.casefold()


def test_then_a_commune_is_no_town(ask):
    answer = ask("ở Kon Tum và Kiên Giang thì xã gửi báo cáo ISO về đâu")
    assert "UBND huyện" in answer.text or "UBND cấp huyện" in answer.text

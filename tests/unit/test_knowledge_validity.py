"""Rules in force, documents known by their record alone, and what became of communes."""

import pytest

from knowledge.answer import KnowledgeBase, Outcome
from knowledge.question import Question
from knowledge.references import ReferenceFinder, find_places


def read(knowledge: KnowledgeBase, question: str) -> Question:
    return knowledge._reader.read(question)


@pytest.mark.parametrize(
    "typed",
    [
        "Thông tư 26 sắp bị bãi bỏ phải không?",
        "tt 116 con xai duoc de lam du toan nam toi khong",
        "QĐ 19/2014 vẫn còn giá trị chứ?",
    ],
)
def test_the_present_force_of_a_rule_is_unverified_in_whatever_words_it_is_asked(ask, typed):
    assert "chưa xác minh" in ask(typed).text


def test_a_rule_that_was_replaced_is_said_to_be(ask):
    assert "18/5/2014" in ask("quyết định 118 vẫn dùng làm căn cứ được chứ").text


def test_a_plan_of_a_province_since_merged_is_told_rather_than_the_merger(ask):
    answer = ask("Tỉnh nhập với Hà Giang rồi thì kế hoạch của Tuyên Quang còn theo nữa không?", "tuyen-quang")
    assert "chưa xác minh" in answer.text
    assert "117 xã" not in answer.text


def test_a_document_without_a_card_is_told_from_its_record(ask, knowledge):
    document = knowledge.corpus.documents["142/2026/NĐ-CP"]
    answer = ask("nghị định 142/2026 đòi cơ quan tôi làm những việc gì")
    assert document.title in answer.text
    assert document.note in answer.text
    assert [c.document for c in answer.citations] == [document]


def test_the_decision_of_a_year_is_the_premiers_where_no_plan_is_meant(ask):
    answer = ask("Năm 2012 cơ quan áp dụng ISO theo quyết định nào?")
    assert {c.document.key for c in answer.citations} >= {"144/2006/QĐ-TTg", "118/2009/QĐ-TTg"}


def test_an_amount_of_money_names_no_document(knowledge):
    finder = ReferenceFinder(knowledge.corpus.documents.values())
    assert finder.find("330 trieu dong") == ()
    assert [r.keys for r in finder.find("nghi dinh 330/2026")] == [("330/2026/NĐ-CP",)]


def test_an_appendix_is_one_place_in_either_figures():
    assert find_places("phu luc 2") == find_places("phu luc ii")


@pytest.mark.parametrize(
    ("typed", "every"),
    [
        ("năm tỉnh quy định thế nào", True),
        ("mỗi tỉnh quy định thế nào", True),
        ("moi tinh quy dinh the nao", True),
        ("mỗi năm tỉnh kiểm tra mấy lần", False),
        ("chưa có kế hoạch mới, tỉnh tôi làm sao", False),
    ],
)
def test_every_province_is_meant_only_where_it_is_said(knowledge, typed, every):
    assert read(knowledge, typed).all_provinces is every


def test_a_year_before_a_provinces_name_hides_it_not(knowledge):
    assert read(knowledge, "Năm 2021 Kiên Giang tập huấn mấy lớp?").provinces == ("kien-giang",)
    assert read(knowledge, "kế hoạch của Tuyên Quang năm 2011").provinces == ("tuyen-quang",)


def test_a_plan_of_the_party_is_not_the_provinces_own(ask):
    answer = ask("Kế hoạch hành động của Tỉnh ủy về cải cách hành chính mang số nào?", "thanh-hoa")
    assert "22-KH/TU" in answer.text


def test_a_stranger_hears_the_rule_of_the_country_beside_the_provinces(ask):
    answer = ask("nguồn kinh phí ở đâu?")
    assert answer.outcome is Outcome.CLARIFY
    assert "Quy định chung của trung ương" in answer.text


def test_a_namesake_outside_the_plan_is_asked_about(ask):
    answer = ask("xã Tân Phúc nay thuộc xã nào", "thanh-hoa")
    assert answer.outcome is Outcome.CLARIFY
    assert "Lang Chánh" in answer.text
    assert "Nông Cống" in answer.text


def test_a_new_commune_is_made_of_all_its_parts_in_the_plan_or_not(ask):
    answer = ask("xã Bá Thước gồm những xã cũ nào")
    assert {part for part in ("Cành Nàng", "Hạ Trung", "Ban Công") if part in answer.text} == {
        "Cành Nàng",
        "Hạ Trung",
        "Ban Công",
    }


def test_how_many_units_the_plan_became_is_no_count_of_the_plan(ask):
    assert "56" in ask("92 xã của Thanh Hóa nay thành mấy đơn vị?").text


def test_a_commune_before_its_city_is_no_commune_of_a_longer_name(ask):
    assert "Đăk Rơ Wa" in ask("Xã Hòa Bình thành phố Kon Tum nay là xã nào", "kon-tum").text

"""What officers hear of units: their lines in the plans, their names, their duties."""

import pytest

from isobot.domain.text import fold
from isobot.domain.units import Level
from isobot.unitfiles import shipped_units
from knowledge.answer import Outcome


def test_a_commune_is_found_in_the_roster(ask):
    answer = ask("xã Sơn Điện huyện Quan Sơn đợt nào làm iso", "thanh-hoa")
    assert "năm 2023" in answer.text
    assert answer.citations[0].section == "Phụ lục mục 2"


def test_the_askers_own_commune_is_meant_by_xa_toi(ask):
    assert (
        "năm 2022" in ask("xã em phải làm iso năm nào", "thanh-hoa", "UBND xã Cát Vân, huyện Như Xuân").text
    )


def test_a_name_of_two_communes_is_asked_back_with_their_districts(ask):
    answer = ask("Xã Thành Sơn thuộc đợt nào?", "thanh-hoa")
    assert answer.outcome is Outcome.CLARIFY
    assert "Bá Thước" in answer.text
    assert "Quan Hóa" in answer.text
    assert len(answer.options) == 2


def test_an_option_picked_answers_the_question(ask):
    options = ask("Xã Thành Sơn thuộc đợt nào?", "thanh-hoa").options
    picked = next(o for o in options if "Quan Hóa" in o.label)
    answer = ask("Xã Thành Sơn thuộc đợt nào?", "thanh-hoa", refinement=picked.refinement)
    assert answer.outcome is Outcome.ANSWERED
    assert "năm 2024" in answer.text


def test_marks_typed_tell_look_alikes_apart(ask):
    assert "Thanh Lâm" in ask("xã Thanh Lâm làm iso năm nào", "thanh-hoa").text
    assert ask("xa thanh lam lam iso nam nao", "thanh-hoa").outcome is Outcome.CLARIFY


def test_a_wrong_year_is_corrected(ask):
    answer = ask("Xã Na Mèo làm ISO năm 2022 phải không?", "thanh-hoa")
    assert answer.text.startswith("Không phải năm 2022.")
    assert "năm 2023" in answer.text


def test_a_district_outside_the_list_is_said_to_be_outside(ask):
    answer = ask("huyện Nga Sơn có bao nhiêu xã làm iso", "thanh-hoa")
    assert "không có trong danh sách" in answer.text


@pytest.mark.parametrize(
    ("question", "province", "count"),
    [
        ("huyện Lang Chánh có bao nhiêu xã phải làm iso", "thanh-hoa", "có 8 "),
        ("năm 2024 có bao nhiêu xã làm iso", "thanh-hoa", "24"),
        ("Ngọc Hồi có mấy xã trong danh sách", "kon-tum", "có 8 "),
    ],
)
def test_units_are_counted_from_the_roster(ask, question, province, count):
    assert count in ask(question, province).text


def test_every_commune_of_both_plans_is_found_with_its_year(ask, knowledge):
    wrong = []
    for unit in shipped_units():
        if unit.plan_year is None or unit.level is not Level.XA:
            continue
        name = unit.name.removeprefix("UBND ")
        for typed in (f"{name} huyện {unit.district} làm iso năm nào?", fold(f"{name} {unit.district}")):
            answer = ask(typed, unit.province)
            if answer.outcome is not Outcome.ANSWERED or f"năm {unit.plan_year}" not in answer.text:
                wrong.append(typed)
    assert wrong == []


def test_names_are_given_where_names_are_asked_for(ask):
    answer = ask("liệt kê giúp bao nhiêu chi cục có tên trong phụ lục", "kon-tum")
    assert "Kiểm lâm" in answer.text


def test_what_a_district_tells_its_communes_is_no_list_of_them(ask):
    answer = ask("huyện mình giao cho các xã phải làm những việc gì", "kon-tum", "UBND huyện Sa Thầy")
    assert answer.cards[0] == "kt-huyen"


def test_a_commune_that_was_split_names_both_heirs(ask):
    answer = ask("thị trấn Sơn Lư nay thuộc xã nào", "thanh-hoa")
    assert "Quan Sơn" in answer.text
    assert "Tam Lư" in answer.text
    assert {c.document.key for c in answer.citations} == {"1686/NQ-UBTVQH15"}


def test_an_agency_is_found_among_the_eighteen(ask):
    assert ask("Sở Xây dựng có nằm trong 18 cơ quan không", "tuyen-quang").text.startswith("Có.")


def test_an_agency_outside_the_eighteen_is_told_apart(ask):
    answer = ask("sở thông tin và truyền thông có trong 18 cơ quan không", "tuyen-quang")
    assert "Không nằm trong 18" in answer.text


@pytest.mark.parametrize(
    ("question", "province", "unit", "card"),
    [
        ("sở mình phải làm những việc gì", "kon-tum", "Sở Giao thông vận tải", "kt-so-nganh"),
        ("chi cục em mỗi năm báo cáo mấy lần, gửi ai", "kon-tum", "Chi cục Kiểm lâm", "kt-bao-cao-chi-cuc"),
        ("huyện em gửi báo cáo cho ai", "tuyen-quang", "UBND huyện Sơn Dương", "tq-bao-cao-noi-gui"),
    ],
)
def test_an_office_hears_of_itself_and_not_of_lists_or_the_reform(ask, question, province, unit, card):
    assert ask(question, province, unit).cards[0] == card


def test_a_name_with_a_comma_is_one_unit(ask):
    answer = ask("sở mình thuộc mốc năm nào", "kon-tum", "Sở Văn hóa, Thể thao và Du lịch Kon Tum")
    assert answer.text.startswith("Sở Văn hóa, Thể thao và Du lịch: áp dụng ISO điện tử chậm nhất năm 2025")


def test_the_offices_of_a_district_are_not_the_district(ask):
    answer = ask("mấy phòng chuyên môn có thuộc diện phải làm không", "tuyen-quang", "UBND huyện Na Hang")
    assert answer.cards[0] == "tq-phong-huyen"


def test_the_one_commune_named_gets_its_year_whatever_else_is_said(ask):
    answer = ask("xã Sơn Hà quan sơn có cần chạy nhanh cho kịp iso không hả trời", "thanh-hoa")
    assert answer.text.startswith("UBND xã Sơn Hà, huyện Quan Sơn: áp dụng ISO năm 2023")


def test_the_province_and_the_decision_beside_a_commune_ask_for_nothing_else(ask):
    answer = ask("xa son ha huyen quan son thanh hoa thuoc nam nao trong qd 4775")
    assert answer.text.startswith("UBND xã Sơn Hà, huyện Quan Sơn: áp dụng ISO năm 2023")


def test_two_communes_named_are_both_answered(ask):
    answer = ask("xã Sơn Hà và xã Hiền Kiệt làm iso năm nào", "thanh-hoa")
    assert answer.outcome is Outcome.ANSWERED
    assert "Quan Sơn" in answer.text
    assert "Quan Hóa" in answer.text


def test_sở_tôi_means_the_office_of_the_asker(ask):
    assert ask("sở mình được giao trách nhiệm gì", "tuyen-quang", "Sở Nội vụ Tuyên Quang").cards == (
        "tq-so-noi-vu",
    )


@pytest.mark.parametrize(
    ("unit", "card"),
    [
        ("Sở Tài chính tỉnh Kiên Giang", "kg-so-tai-chinh"),
        ("Sở Xây dựng tỉnh Kiên Giang", "kg-so-nganh"),
        ("Chi cục Kiểm lâm", "kg-chi-cuc"),
        ("UBND huyện Giồng Riềng", "kg-huyen"),
        ("UBND xã Mỹ Lâm", "kg-xa"),
        (None, "kg-viec-tuy-don-vi"),
    ],
)
def test_the_duties_of_ones_own_unit_go_by_what_it_is(ask, unit, card):
    assert ask("đơn vị tôi phải làm gì", "kien-giang", unit).cards[0] == card

"""What officers get when they ask: the answer, a question back, or a plain refusal."""

import re
from datetime import date

import pytest

from isobot.domain.text import fold
from isobot.domain.units import Level
from isobot.unitfiles import shipped_units
from knowledge.answer import Answer, Outcome, Refinement
from knowledge.batch import answer_lines

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


# --- units ---


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
    assert documents(answer) == {"1686/NQ-UBTVQH15"}


def test_an_agency_is_found_among_the_eighteen(ask):
    assert ask("Sở Xây dựng có nằm trong 18 cơ quan không", "tuyen-quang").text.startswith("Có.")


def test_an_agency_outside_the_eighteen_is_told_apart(ask):
    answer = ask("sở thông tin và truyền thông có trong 18 cơ quan không", "tuyen-quang")
    assert "Không nằm trong 18" in answer.text


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


# --- what is withheld ---


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


def test_a_number_that_its_date_belies_is_not_told_as_certain(ask):
    assert "chưa xác minh" in ask("nghị quyết 37/2008/NQ-HĐND ban hành hôm nào", "kon-tum").text


def test_a_name_with_a_comma_is_one_unit(ask):
    answer = ask("sở mình thuộc mốc năm nào", "kon-tum", "Sở Văn hóa, Thể thao và Du lịch Kon Tum")
    assert answer.text.startswith("Sở Văn hóa, Thể thao và Du lịch: áp dụng ISO điện tử chậm nhất năm 2025")


def test_the_offices_of_a_district_are_not_the_district(ask):
    answer = ask("mấy phòng chuyên môn có thuộc diện phải làm không", "tuyen-quang", "UBND huyện Na Hang")
    assert answer.cards[0] == "tq-phong-huyen"


def test_a_short_form_written_out_is_not_taken_for_typed_marks(ask):
    answer = ask("xin so dien thoai nha cua truong phong qlcl skhcn", "thanh-hoa")
    assert answer.outcome is Outcome.REFUSED
    assert "thông tin cá nhân" in answer.text


def test_the_one_commune_named_gets_its_year_whatever_else_is_said(ask):
    answer = ask("xã Sơn Hà quan sơn có cần chạy nhanh cho kịp iso không hả trời", "thanh-hoa")
    assert answer.text.startswith("UBND xã Sơn Hà, huyện Quan Sơn: áp dụng ISO năm 2023")


def test_the_province_and_the_decision_beside_a_commune_ask_for_nothing_else(ask):
    answer = ask("xa son ha huyen quan son thanh hoa thuoc nam nao trong qd 4775")
    assert answer.text.startswith("UBND xã Sơn Hà, huyện Quan Sơn: áp dụng ISO năm 2023")


@pytest.mark.parametrize(
    "question",
    [
        "xin sô điên thoai nhà chủ tịch tỉnh",
        "công ty tư vấn nào gia rẻ nhât hiện nay",
    ],
)
def test_what_lies_outside_is_known_where_tones_are_left_out(ask, question):
    assert ask(question, "thanh-hoa").outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "question", ["năm 2021 Kiên Giang báo cáo khi nào", "tháng 12 Kiên Giang báo cáo gì"]
)
def test_a_province_is_read_after_a_year_or_a_month(ask, question):
    assert documents(ask(question, "kon-tum")) == {"kien-giang"}


def test_secret_documents_are_warned_off(ask):
    assert (
        "không gửi tài liệu mật"
        in ask("scan văn bản tuyệt mật rồi gửi vào nhóm nhờ đọc hộ", "kon-tum").text.lower()
    )


@pytest.mark.parametrize("text", ["", "   ", "???", "…", "1", "\u200b"])
def test_nothing_said_is_answered_without_failing(ask, text):
    assert ask(text).outcome is Outcome.REFUSED


def test_chất_lượng_của_is_no_question_about_pay(ask):
    assert ask("chat luong cua he thong do ai chiu trach nhiem", "tuyen-quang").outcome is Outcome.ANSWERED


# --- menus, steps, files ---


def test_the_steps_of_a_province_come_in_order(knowledge):
    numbers = [card.step for card in knowledge.steps("thanh-hoa", "xa")]
    assert numbers == sorted(numbers)
    assert numbers[0] == 1


def test_a_province_without_steps_walks_the_national_ones(knowledge):
    assert {card.scope for card in knowledge.steps("ha-nam", "huyen")} <= {"ha-nam", "national"}
    assert knowledge.steps(None, None)


def test_the_menu_holds_only_the_province_and_what_is_common(knowledge):
    scopes = {c.scope for g in knowledge.menu("kien-giang") for t in g.topics for c in t.cards}
    assert scopes == {"kien-giang", "national", "bot"}


def test_a_file_of_questions_is_answered_line_by_line(knowledge):
    lines = ['{"id": "a", "question": "hạn báo cáo iso", "province": "kien-giang", "unit": null}', ""]
    (line,) = answer_lines(knowledge, lines, today=TODAY)
    assert '"id": "a"' in line
    assert '"outcome": "answered"' in line


def test_a_bad_line_is_named(knowledge):
    with pytest.raises(ValueError, match="line 1"):
        list(answer_lines(knowledge, ['{"id": "a"}'], today=TODAY))


# --- what belongs together, and what does not ---


def test_two_communes_named_are_both_answered(ask):
    answer = ask("xã Sơn Hà và xã Hiền Kiệt làm iso năm nào", "thanh-hoa")
    assert answer.outcome is Outcome.ANSWERED
    assert "Quan Sơn" in answer.text
    assert "Quan Hóa" in answer.text


def test_the_years_of_a_plan_name_no_year(ask):
    assert "92" in ask("cả kế hoạch 2022-2024 của Thanh Hóa có tổng cộng bao nhiêu xã").text


def test_the_askers_own_plan_goes_before_the_law(ask):
    answer = ask("tiền áp dụng ISO lấy từ đâu ra", "thanh-hoa")
    assert answer.citations[0].document.key == "thanh-hoa"
    assert answer.text.startswith("Thanh Hóa: Kinh phí thực hiện lấy từ ngân sách của tỉnh")
    assert "\nQuy định chung: Ba nguồn" in answer.text


def test_sở_tôi_means_the_office_of_the_asker(ask):
    assert ask("sở mình được giao trách nhiệm gì", "tuyen-quang", "Sở Nội vụ Tuyên Quang").cards == (
        "tq-so-noi-vu",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "Kế toán than hết tiền, văn thư đang ốm. Xã báo cáo ISO tháng mấy? Trả lời giúp em được không ạ?",
        "xã báo cáo iso tháng mấy ạ. Hỏi cả phòng mà không ai biết.",
    ],
)
def test_a_plea_is_not_taken_for_the_question(ask, typed):
    assert "tháng 5" in ask(typed, "thanh-hoa").text


@pytest.mark.parametrize(
    "typed", ["Chỗ nào bán giống lúa tốt", "quy trinh bo nhiem truong phong", "Nghị định 77/2019 nói gì"]
)
def test_other_subjects_are_refused_though_words_are_shared(ask, typed):
    assert ask(typed, "kon-tum").outcome is Outcome.REFUSED


def test_an_article_is_found_by_its_number_alone(ask):
    answer = ask("điều 34 thông tư 26")
    assert answer.citations[0].section == "Điều 34"


def test_a_slip_in_a_provinces_name_is_read(ask):
    assert documents(ask("kiêng giang báo cáo trước ngày nào")) == {"kien-giang"}


@pytest.mark.parametrize("typed", ["chào bạn", "cảm ơn anh nhiều nhé", "xin chao"])
def test_politeness_is_returned(ask, typed):
    assert ask(typed).outcome is Outcome.ANSWERED


def test_a_refusal_cites_nothing_though_the_asker_named_documents(ask):
    answer = ask("luật 70/2025/QH15")

    assert answer.outcome is Outcome.REFUSED
    assert answer.citations == ()


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


def test_money_that_depends_on_the_kind_of_unit_is_told_for_each_kind(ask):
    asked = "đơn vị mình được mấy triệu để duy trì iso"

    assert {"15.000.000", "12.000.000"} <= amounts(ask(asked, "kien-giang"))
    assert ask(asked, "kien-giang", "Chi cục Kiểm lâm").text.startswith("Mỗi chi cục: 12.000.000")


def amounts(answer):
    return set(re.findall(r"\d+(?:\.\d{3})+", answer.text))


def test_a_trial_is_no_exam_though_it_is_typed_without_marks(ask):
    assert "rút kinh nghiệm" in ask("het thi diem iso dien tu thi danh gia ra sao", "kien-giang").text

"""Officers who word things far from the documents: everyday words, negations, stories, their own place."""

from datetime import date

import pytest

from knowledge.answer import Answer, Asker, KnowledgeBase, Outcome, load_knowledge

TODAY = date(2026, 11, 21)
KT, TH = "kon-tum", "thanh-hoa"


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return load_knowledge()


@pytest.fixture(scope="module")
def ask(knowledge):
    def ask_one(question: str, province: str | None = None, unit: str | None = None) -> Answer:
        return knowledge.answer(question, Asker(province, unit), today=TODAY)

    return ask_one


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("Quyết định công bố ISO dùng được mấy năm, có phải gia hạn không?", "nat-cong-bo-thoi-han"),
        ("Tự chấm hệ thống ISO thì ai làm, có cần mượn người ngoài không?", "nat-danh-gia-noi-bo-ai"),
        ("Văn phòng tỉnh ủy có thuộc diện làm ISO theo QĐ 19 không?", "nat-co-quan-khac"),
        ("Sổ sách ISO cũ phải lưu mấy năm?", "nat-luu-ho-so"),
        ("Bộ Tài chính có nhiệm vụ gì trong QĐ 19?", "nat-bo-tai-chinh"),
        ("Bảo hiểm xã hội Việt Nam có phải áp dụng ISO không?", "nat-bo-nganh-bat-buoc"),
        ("Huyện bỏ rồi thì hồ sơ ISO của huyện bàn giao ai?", "nat-ho-so-huyen"),
    ],
)
def test_national_matters_asked_in_everyday_words_find_their_rule(ask, question, card):
    assert card in ask(question).cards


def test_everyday_words_beside_words_of_the_trade_make_no_other_subject(ask):
    answer = ask("Làm ISO xong mà muốn mướn bên ngoài vô cấp giấy thì có được không?")

    assert answer.outcome is Outcome.ANSWERED
    assert answer.text.startswith("Không. Cơ quan không thuê tổ chức chứng nhận độc lập")


def test_the_same_words_beside_another_subject_are_refused(ask):
    assert (
        ask("Làm nhà xong mà muốn mướn bên ngoài vô vẽ tường thì có được không?").outcome is Outcome.REFUSED
    )


def test_what_is_expressly_left_out_is_not_what_is_asked(ask):
    answer = ask("Sở tự làm lần đầu thì được chi tối đa mấy triệu, không kể tiền thuê tư vấn?")

    assert "50.000.000" in answer.text


def test_a_slip_keeps_the_marks_that_were_typed(ask):
    answer = ask("xã tân thàh thường xuân làm iso năm nào", TH)

    assert "xã Tân Thành" in answer.text
    assert "áp dụng ISO năm 2023" in ask("xã xuân thắg huyện thường xuân năm nào làm iso", TH).text


def test_towns_alone_are_listed_with_district_and_year(ask):
    answer = ask("Kế hoạch có các thị trấn nào, làm năm nào?", TH)

    assert "3 thị trấn" in answer.text
    assert "thị trấn Hồi Xuân (huyện Quan Hóa, năm 2024)" in answer.text


def test_a_kind_that_the_list_does_not_hold_is_said_to_be_missing(ask):
    assert "không có trong danh sách của Thanh Hóa" in ask("Những phường nào có trong danh sách?", TH).text


def test_ones_own_district_named_along_names_no_other_unit(ask):
    answer = ask("xã tôi ở Đăk Hà làm iso điện tử năm nào", KT, "UBND xã Ngọk Wang, huyện Đăk Hà")

    assert answer.outcome is Outcome.ANSWERED
    assert answer.text.startswith("UBND xã Ngọk Wang, huyện Đăk Hà: áp dụng ISO điện tử chậm nhất năm 2030")


def test_a_wrong_number_is_set_right_where_only_the_story_names_the_plan(ask):
    answer = ask("Sếp bảo kế hoạch của tỉnh có 110 xã. Tôi ngờ ngợ. Đúng là 110 xã được phê duyệt chứ?", TH)

    assert answer.text.startswith("Không phải 110.")


def test_the_office_that_gathers_reports_is_told_its_own_report(ask):
    answer = ask(
        "bên mình báo cáo kế hoạch này lên những nơi nào, bao giờ", KT, "Sở Khoa học và Công nghệ Kon Tum"
    )

    assert "kt-bao-cao-tren" in answer.cards


def test_the_new_home_of_ones_own_province_is_no_other_province(ask):
    answer = ask("Xã em giờ thuộc xã nào của Quảng Ngãi?", KT, "UBND xã Ngọk Wang, huyện Đăk Hà")

    assert "xã Ngọk Réo" in answer.text


def test_who_signed_a_national_act_is_not_guessed(ask):
    answer = ask("Thông tư 26/2014 ai ký?")

    assert "Tên người ký không có" in answer.text


def test_a_stranger_is_told_of_the_act_that_one_plan_only_cites(ask):
    answer = ask("Mô hình khung bản 9001:2015 do quyết định nào?")

    assert answer.outcome is Outcome.ANSWERED
    assert "101/QĐ-BKHCN" in answer.text


def test_documents_of_two_provinces_are_set_side_by_side(ask):
    answer = ask("Kiên Giang với Tuyên Quang theo thông tư nào về tiền ISO?")

    assert "116/2015" in answer.text
    assert "159/2010" in answer.text


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("Công tác mấy năm thì xin được thẻ tư vấn, mấy năm thì được thẻ đánh giá?", "nat-tham-nien-the"),
        ("Đơn vị chứng nhận cùng đi kiểm tra được trả cao nhất bao nhiêu?", "nat-chung-nhan-5"),
        ("Tài liệu mẫu ISO của địa phương do bộ nào ban hành?", "nat-mo-hinh-khung-ai"),
        ("Biên bản kiểm tra ISO tại cơ quan thì bên nào giữ?", "nat-kiem-tra-tru-so"),
    ],
)
def test_the_rule_is_found_under_other_words_than_its_own(ask, question, card):
    assert card in ask(question).cards


@pytest.mark.parametrize(
    ("question", "province", "source"),
    [
        ("Tóm lại làm ISO ở xã thì ai bỏ tiền, tỉnh hay xã?", TH, "ngân sách của tỉnh"),
        ("ngay do iso thi tinh moc tien o dau ra", "tuyen-quang", "sự nghiệp khoa học"),
        ("Bảng dự trù tiền ISO của xã đem đi đâu soát lại?", TH, "Sở Tài chính"),
    ],
)
def test_where_the_money_comes_from_is_asked_in_many_words(ask, question, province, source):
    assert source in ask(question, province).text


def test_a_year_outside_the_plan_is_said_to_lie_outside(ask):
    answer = ask("Năm 2023 Kiên Giang chi bao nhiêu tiền cho ISO?", "kien-giang")

    assert answer.text.startswith(
        "Kế hoạch năm 2021 của Kiên Giang chỉ đặt ra cho năm 2021, không nêu năm 2023"
    )


def test_names_that_a_plan_does_not_give_are_said_to_be_missing(ask):
    assert "không nêu tên" in ask("Kể tên các đơn vị thí điểm ISO điện tử", "kien-giang").text


def test_an_edition_of_the_standard_is_no_year(ask):
    answer = ask("Văn bản nào đưa ra bản 2015 của TCVN ISO 9001?")

    assert "4109/QĐ-BKHCN" in answer.text


def test_a_span_of_time_is_no_year_of_ones_own_unit(ask):
    answer = ask(
        "Bên em đang sửa quy trình. Chậm nhất mấy tháng kể từ ngày luật có hiệu lực thì phải cập nhật?",
        TH,
        "UBND xã Tam Lư, huyện Quan Sơn",
    )

    assert "áp dụng ISO năm" not in answer.text


def test_communes_of_ones_own_district_are_counted_though_a_year_is_asked_along(ask):
    answer = ask("Huyện mình có mấy xã trong danh sách, xong năm nào?", KT, "UBND huyện Ngọc Hồi")

    assert "8 UBND cấp xã" in answer.text
    assert "2030" in answer.text


def test_a_unit_of_another_group_of_the_list_is_put_in_its_own(ask):
    answer = ask("Chi cục Kiểm lâm có nằm trong nhóm các cơ quan chuyên môn không?", KT)

    assert answer.text.startswith("Không thuộc nhóm đó. Phụ lục xếp vào nhóm “Các Chi cục hoặc tương đương”")


def test_the_year_of_a_unit_named_is_told_though_the_story_speaks_of_the_reform(ask):
    answer = ask(
        "Xã em giờ là xã mới, nhập từ mấy xã cũ. Giấy tờ cũ còn thiếu nhiều. Anh chị xem trong phụ lục của "
        "tỉnh thì xã Đăk Pne được xếp vào mốc năm nào để em ghi cho đúng.",
        KT,
        "UBND xã Đăk Rve",
    )

    assert "xã Đăk Pne, huyện Kon Rẫy: áp dụng ISO điện tử chậm nhất năm 2030" in answer.text


def test_the_force_of_the_document_named_is_told_and_not_of_the_one_it_replaced(ask):
    answer = ask("hình như quyết định 19/2014 bị bãi bỏ rồi à")

    assert "chưa xác minh" in answer.text


def test_a_province_that_sets_no_target_is_told_with_what_it_does(ask):
    answer = ask("Mục tiêu ISO điện tử của Kiên Giang và Kon Tum khác gì nhau?")

    assert "Thí điểm tại 05 cơ quan" in answer.text
    assert "2030" in answer.text

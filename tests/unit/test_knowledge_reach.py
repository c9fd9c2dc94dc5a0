"""Whom a question means: schools and tax offices, the former commune, every province of the country."""

from datetime import date

import pytest

from knowledge.answer import Answer, Asker, Outcome, load_knowledge
from knowledge.bodies import body_in, body_of

TODAY = date(2026, 11, 21)
TQ, KG, HN, KT, TH = "tuyen-quang", "kien-giang", "ha-nam", "kon-tum", "thanh-hoa"


@pytest.fixture(scope="module")
def ask():
    knowledge = load_knowledge()

    def ask_one(question: str, province: str | None = None, unit: str | None = None) -> Answer:
        return knowledge.answer(question, Asker(province, unit), today=TODAY)

    return ask_one


# --- bodies that no plan names ---


@pytest.mark.parametrize(
    ("folded", "called"),
    [
        ("truong mam non cua xa", "đơn vị sự nghiệp công lập"),
        ("chi cuc thue tinh", "cơ quan ngành dọc do trung ương quản lý"),
        ("cong an tinh", "cơ quan quốc phòng, an ninh"),
        ("hoi nong dan", "cơ quan, tổ chức khác"),
    ],
)
def test_a_body_is_known_by_how_its_name_begins(folded, called):
    assert body_in(f"{folded} co phai lam khong").called == called


@pytest.mark.parametrize(
    "folded", ["so y te", "chi cuc kiem lam", "thong bao kon tum", "bao hiem xa hoi viet nam"]
)
def test_agencies_and_what_only_sounds_alike_are_no_such_bodies(folded):
    assert body_in(folded) is None


def test_the_unit_of_an_asker_is_told_by_the_same_names():
    assert body_of("Kho bạc Nhà nước Kon Tum") == "cơ quan ngành dọc do trung ương quản lý"
    assert body_of("Sở Y tế Kon Tum") == ""


@pytest.mark.parametrize(
    ("question", "province", "card"),
    [
        ("Trường mầm non công lập thuộc diện nào theo chỉ thị?", HN, "hn-khuyen-khich"),
        ("Toà án, viện kiểm sát tỉnh có phải xong trước 2025 không?", KT, "kt-khuyen-khich"),
        ("Bệnh viện làm theo QĐ 474 thì lấy tiền ở đâu ra?", KT, "kt-kinh-phi-tu-trang-trai"),
        ("Trường học trên địa bàn xã có phải làm theo Quyết định 4775 không?", TH, "th-khuyen-khich"),
        ("Trung tâm y tế huyện có bị bắt buộc áp dụng ISO không?", None, "nat-khuyen-khich"),
        ("Trạm y tế xã có phải làm theo Kế hoạch 05 không?", TQ, "tq-don-vi-su-nghiep"),
    ],
)
def test_a_school_or_hospital_is_told_what_its_kind_has_to_do(ask, question, province, card):
    assert card in ask(question, province).cards


def test_a_treasury_that_money_goes_through_is_not_who_is_asked_about(ask):
    answer = ask(
        "xã em quyết toán tiền ISO qua kho bạc có phải gửi Sở Tài chính không?",
        KT,
        "UBND xã Đăk Pét, huyện Đăk Glei",
    )

    assert "kt-khuyen-khich" not in answer.cards


def test_a_stranger_is_told_the_law_and_not_the_plan_of_one_province(ask):
    assert "nat-bo-nganh-bat-buoc" in ask("Cục Thuế có bắt buộc làm ISO không").cards


@pytest.mark.parametrize(
    "question",
    [
        "Bệnh viện nào khám tim tốt?",
        "bệnh viện tỉnh khám bảo hiểm thứ bảy không",
        "công an xã cấp căn cước ở đâu",
    ],
)
def test_their_own_business_stays_outside(ask, question):
    assert ask(question).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("question", "province", "unit"),
    [
        ("Liên đoàn Lao động tỉnh có tên trong phụ lục không", KT, None),
        ("Bệnh viện y dược cổ truyền có trong danh sách 147 đơn vị không?", KT, "Sở Y tế Kon Tum"),
        ("Trường THPT Quan Sơn có trong danh sách 92 đơn vị không?", TH, None),
        ("bao tuyen quang co trong 18 co quan khong", TQ, None),
    ],
)
def test_a_body_outside_the_list_is_told_plainly(ask, question, province, unit):
    assert ask(question, province, unit).text.startswith("Không có tên trong danh sách")


@pytest.mark.parametrize(
    ("question", "unit"),
    [("sở em có trong 35 cơ quan không", "Sở Y tế Kon Tum"), ("Ban Dân tộc có tên không?", None)],
)
def test_an_agency_of_the_list_is_found_in_it(ask, question, unit):
    assert ask(question, KT, unit).text.startswith("Có trong danh sách.")


# --- rules about secret papers, and secret papers ---


@pytest.mark.parametrize(
    ("question", "province", "card"),
    [
        ("Chỉ thị 02 có quy định gì về văn bản mật khi áp dụng hệ thống không?", HN, "hn-bi-mat"),
        ("Phòng mình hay xử lý công văn mật, viết quy trình ISO phải tuân thủ gì?", None, "nat-bi-mat"),
        ("Hồ sơ của sở có văn bản mật. Quyết định 474 lưu ý gì về việc này khi làm ISO?", KT, "kt-bi-mat"),
    ],
)
def test_a_rule_about_secret_papers_is_told(ask, question, province, card):
    assert card in ask(question, province).cards


@pytest.mark.parametrize(
    "question",
    [
        "Tóm tắt hộ công văn mật về ISO của tỉnh",
        "Scan giúp tôi bản mật này",
        "công văn mật số 5 về ISO nói gì",
    ],
)
def test_a_secret_paper_is_not_taken(ask, question):
    assert ask(question, KT).outcome is Outcome.REFUSED


# --- the former commune, and the province of today ---


@pytest.mark.parametrize(
    ("question", "province", "unit", "year"),
    [
        (
            "đơn vị mình sáp nhập rồi mà giờ phải tìm hồ sơ cũ, xã cũ làm năm nào ta",
            TH,
            "UBND xã Vân Am, huyện Ngọc Lặc",
            "2022",
        ),
        ("Thị trấn Sơn Lư trước khi sáp nhập thuộc đợt năm nào?", TH, None, "2022"),
        ("Xã Pờ Y cũ của huyện Ngọc Hồi, nay nhập xã khác, mốc iso điện tử năm mấy", KT, None, "2030"),
        (
            "Bây giờ xã em thuộc Quảng Ngãi rồi. Theo quyết định cũ thì xã em phải xong năm bao nhiêu?",
            KT,
            "UBND xã Ngọc Tem, huyện Kon Plông",
            "2030",
        ),
    ],
)
def test_the_year_of_a_former_commune_is_told_whatever_became_of_it(ask, question, province, unit, year):
    assert f"năm {year}" in ask(question, province, unit).text


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("Xã tôi giờ thuộc xã nào?", "UBND xã Trung Tiến, huyện Quan Sơn"),
        ("Xã Trung Tiến nhập vào xã nào, từ khi nào?", None),
    ],
)
def test_what_became_of_it_is_told_where_that_is_asked(ask, question, unit):
    assert "xã Trung Hạ" in ask(question, TH, unit).text


# --- every province of the country ---


@pytest.mark.parametrize(
    ("question", "province", "card"),
    [
        ("Các tỉnh báo cáo về Bộ theo mẫu nào?", KT, "nat-phu-luc-2"),
        ("Bộ Khoa học và Công nghệ tổng hợp báo cáo các tỉnh xong gửi ai?", None, "nat-bo-bao-cao-ai"),
        (
            "Các địa phương phải kiểm tra bao nhiêu cơ quan tại trụ sở mỗi năm theo TT 26?",
            None,
            "nat-kiem-tra-mot-phan-ba",
        ),
        ("Các tỉnh có phải lập kế hoạch ISO riêng không?", None, "nat-ke-hoach-tinh"),
        ("Bộ tổng hợp báo cáo xong thì gửi lên ai?", KT, "nat-bo-bao-cao-ai"),
    ],
)
def test_what_every_province_has_to_do_is_told_by_the_rules_of_the_state(ask, question, province, card):
    assert card in ask(question, province).cards


def test_provinces_are_still_set_side_by_side(ask):
    answer = ask("Các tỉnh khác nhau thế nào về kỳ báo cáo?")

    assert {"th-bao-cao-ky", "kg-bao-cao-ky"} <= set(answer.cards)


# --- what a report tells, with whom, how much ---


@pytest.mark.parametrize(
    ("question", "province", "unit", "card"),
    [
        (
            "Huyện tôi soạn báo cáo hằng năm, trong đó cần trình bày những gì?",
            KT,
            "UBND huyện Sa Thầy",
            "kt-bao-cao-noi-dung",
        ),
        (
            "bao cao thang 5 xa em phai ke nhung gi vay",
            TH,
            "UBND xã Minh Sơn, huyện Ngọc Lặc",
            "th-bao-cao-mau",
        ),
        (
            "sở mình báo cáo năm theo kh 05, ghi cái gì trong đó",
            TQ,
            "Sở Y tế Tuyên Quang",
            "tq-bao-cao-noi-dung",
        ),
        ("xã báo cáo tháng nào", TH, None, "th-bao-cao-ky"),
        (
            "Việc xác định thủ tục đưa vào hệ thống Sở KHCN phải bàn cùng cơ quan nào?",
            KG,
            None,
            "kg-tthc-danh-muc",
        ),
    ],
)
def test_what_a_report_tells_is_told_where_that_is_asked(ask, question, province, unit, card):
    assert card in ask(question, province, unit).cards


@pytest.mark.parametrize(
    ("question", "unit", "amount"),
    [
        (
            "Trừ tiền thuê tư vấn, sở tôi mở rộng hệ thống được chi tối đa bao nhiêu theo TT 116?",
            "Sở Tài chính",
            "40.000.000",
        ),
        (
            "khong ke tien tu van, chi cuc em tu lam mo rong duoc chi toi da may trieu theo tt 116",
            "Chi cục Thủy sản",
            "25.000.000",
        ),
        ("TT 116 viết lại quy trình được chi tối đa bao nhiêu 1 cái", None, "2.000.000"),
        ("sở thuê tư vấn lần đầu bao nhiêu, mở rộng bao nhiêu", None, "25.000.000"),
    ],
)
def test_what_is_set_aside_is_not_counted(ask, question, unit, amount):
    assert amount in ask(question, None, unit).text


@pytest.mark.parametrize(
    "question",
    [
        "Quyết định 19 có ấn định ngày báo cáo trong tháng 12 không?",
        "chi cục phải nộp tổng hợp kiểm tra trước 30/11 đúng không theo TT 26",
        "Sở phải tổng hợp trước ngày nào của tháng 12 theo Thông tư 26?",
    ],
)
def test_a_day_that_no_rule_sets_is_denied(ask, question):
    assert "không nêu ngày nào trong tháng 1" in ask(question).text


def test_the_year_in_the_name_of_another_standard_is_no_year_of_a_plan(ask):
    assert "2020" not in ask("51/KH-UBND TCVN ISO 18091:2020").text

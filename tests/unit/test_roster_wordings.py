"""Questions on one's own unit and on rosters, worded as officers word them: the figures stay the same."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isobot.domain.units import Level
from isobot.unitfiles import shipped_units
from knowledge.answer import Asker, Outcome

TODAY = date(2026, 11, 21)
TH, KT, TQ, KG, HN = "thanh-hoa", "kon-tum", "tuyen-quang", "kien-giang", "ha-nam"
OWN_COMMUNE = [
    "xã em thuộc diện năm mấy vậy ạ",
    "xa minh xep vao nam nao the",
    "cho hỏi xã mình rơi vào đợt nào",
    "xa e den luot nam nao a",
    "xã tôi được phân vào nhóm năm nào",
    "bên em tới phiên năm nào ạ",
    "ủa vậy xã mk làm iso năm mấy",
    "xã e lm iso năm nào z ạ",
    "theo kế hoạch thì xã chúng tôi bắt đầu áp dụng từ năm nào",
    "don vi em phai ap dung nam may",
    "tỉnh bố trí xã em vào giai đoạn nào, năm bao nhiêu",
    "Xã tôi nằm ở danh sách năm nào?",
    "k/h tỉnh xếp đv mình ở mốc năm nào",
    "khi nao den luot xa em lam iso",
    "xã nhà mình đc giao làm ISO vào năm nào nhỉ",
    "bao giờ thì tới lượt xã em áp dụng hệ thống vậy",
    "xã em ở nhóm mấy, năm nào phải xong",
    "xã mình thuộc đợt mấy của kế hoạch",
    "xã mình đợt 1 hay đợt 2",
    "xã em làm năm 2022 hay 2023 hay 2024",
    "chúng tôi thuộc đợt nào",
    "xã mình ở nhóm triển khai năm nào theo quyết định của ủy ban tỉnh",
    "xã em còn mấy năm nữa mới đến lượt",
    "Em mới về nhận việc ở văn phòng xã, anh cũ chuyển lên huyện không để lại giấy tờ gì. Hôm trước họp "
    "trên sở cũng có nói tới chuyện công bố mà em không ghi kịp. Anh chị xem giúp xã em làm ISO năm nào ạ.",
    "Chào anh chị. Sếp em hỏi mãi mà em chưa trả lời được vì tìm trong tủ không thấy quyết định. Xã em thuộc "
    "đợt nào vậy ạ? Em cảm ơn nhiều.",
]


def own_name(unit) -> str:
    return f"{unit.name}, huyện {unit.district}" if unit.district else unit.name


COMMUNES = [u for p in (TH, KT) for u in shipped_units().roster(p, level=Level.XA) if not u.true_district]


@pytest.mark.parametrize("question", OWN_COMMUNE)
@pytest.mark.parametrize("code", ["th.quan-hoa.phu-le", "th.lang-chanh.tam-van", "th.muong-lat.tam-chung"])
def test_the_line_of_the_askers_own_commune_is_told(ask, question, code):
    unit = shipped_units().get(code)

    answer = ask(question, TH, own_name(unit))

    assert answer.outcome is Outcome.ANSWERED
    assert f"{unit.name}, huyện {unit.district}: áp dụng ISO năm {unit.plan_year}" in answer.text
    assert {c.document.key for c in answer.citations} == {TH}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(unit=st.sampled_from(COMMUNES), question=st.sampled_from(OWN_COMMUNE))
def test_every_commune_gets_its_own_year_and_no_other(knowledge, unit, question):
    answer = knowledge.answer(question, Asker(unit.province, own_name(unit)), today=TODAY)

    told = {year for year in (2022, 2023, 2024, 2025, 2027, 2030) if f"năm {year}" in answer.text}
    assert unit.name in answer.text
    assert told == {unit.plan_year}


def test_the_number_in_the_appendix_is_told_where_it_is_asked_for(ask):
    unit = shipped_units().get("th.ba-thuoc.ky-tan")

    text = ask("số thứ tự của xã em trong phụ lục", TH, own_name(unit)).text

    assert f"Số thứ tự trong Phụ lục: {unit.plan_number}." in text


@pytest.mark.parametrize(
    ("question", "province", "unit", "says"),
    [
        ("huyện mình phải khởi động trong quãng nào vậy", TQ, "UBND huyện Lâm Bình", ("2012", "2013")),
        ("huyen em lam trong nam nao", TQ, "UBND huyện Na Hang", ("2011",)),
        ("thời gian nào huyện tôi phải xây dựng hệ thống", TQ, "UBND huyện Sơn Dương", ("2011",)),
        ("huyện tôi bắt đầu làm từ bao giờ, theo kế hoạch", TQ, "UBND huyện Lâm Bình", ("2012", "2013")),
        ("sở e thuộc nhóm nào trong kế hoạch", TQ, "Sở Thông tin và Truyền thông", ("2011",)),
        ("sở mình hạn chót iso điện tử năm nào", KT, "Sở Tư pháp", ("2025",)),
        ("huyện em đến năm nào là phải xong iso điện tử", KT, "UBND huyện Đăk Hà", ("2027",)),
        ("chi cuc minh xep vao moc nam nao", KT, "Chi cục Phát triển Nông thôn", ("2025",)),
        ("phường em tới năm nào phải áp dụng", KT, "UBND phường Thống Nhất, thành phố Kon Tum", ("2030",)),
    ],
)
def test_offices_and_districts_get_their_own_line_too(ask, question, province, unit, says):
    answer = ask(question, province, unit)

    assert answer.outcome is Outcome.ANSWERED
    assert unit.split(",")[0] in answer.text
    for part in says:
        assert part in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "xã em nộp báo cáo năm nào thì thôi",
        "xã tôi báo cáo tháng mấy",
        "khi nào xã em được kiểm tra",
        "xã mình xin kinh phí năm nào",
        "xã em phải công bố khi nào",
        "bao giờ xã em niêm yết",
        "khi nào xã em được cấp giấy chứng nhận iso",
        "khi nào xã em phải thành lập ban chỉ đạo ISO",
        "xã em bắt đầu viết quy trình iso từ khi nào",
        "xã em duy trì hệ thống đến khi nào",
        "khi nào xã em phải cập nhật thủ tục hành chính vào hệ thống",
        "năm nay xã em phải làm những gì",
        "xã em năm nào cũng phải báo cáo à",
    ],
)
def test_another_matter_of_the_own_commune_is_not_its_year(ask, question):
    assert "áp dụng ISO năm 2023." not in ask(question, TH, "UBND xã Tam Chung, huyện Mường Lát").text


@pytest.mark.parametrize(
    "question", ["xã em làm năm nào", "xa minh thuoc dot may", "xã tôi có trong danh sách không"]
)
@pytest.mark.parametrize(
    "unit", ["UBND xã Quảng Chính, huyện Quảng Xương", "UBND xã Thành Sơn, huyện Đông Sơn"]
)
def test_a_commune_outside_the_list_is_told_so(ask, question, unit):
    answer = ask(question, TH, unit)

    assert answer.outcome is Outcome.ANSWERED
    assert "không có trong danh sách 92" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Xã tôi phải áp dụng ISO từ năm nào?",
        "xa em den luot nam may",
        "đơn vị mình thuộc đợt nào",
        "xã mk nằm trong nhóm năm bao nhiêu ạ",
    ],
)
def test_without_a_unit_the_commune_is_asked_for_and_every_year_told(ask, question):
    answer = ask(question, TH)

    assert answer.outcome is Outcome.CLARIFY
    assert "tên xã" in answer.text
    for part in ("2022", "2023", "2024", "32", "36", "24"):
        assert part in answer.text


@pytest.mark.parametrize(
    ("question", "unit", "says"),
    [
        (
            "tính chung các năm huyện tôi có mấy xã phải làm",
            "UBND huyện Quan Hóa",
            ("15", "2023: 7", "2024: 8"),
        ),
        (
            "cong het cac dot lai huyen em duoc bao nhieu xa",
            "UBND huyện Như Xuân",
            ("13", "2022: 5", "2024: 8"),
        ),
        ("huyện mình tổng cộng bn xã trong ds", "UBND huyện Bá Thước", ("17", "2023: 9", "2024: 8")),
        ("huyen toi may xa lam iso", "UBND huyện Lang Chánh", ("8 UBND cấp xã", "2022: 8")),
        ("năm 2023 huyện em có bao nhiêu xã", "UBND huyện Quan Sơn", ("8 UBND cấp xã", "2023")),
        ("2024 huyen minh lam may xa a", "UBND huyện Quan Hóa", ("8 UBND cấp xã", "2024")),
        ("năm 2022 huyện tôi có xã nào không", "UBND huyện Quan Hóa", ("không có", "2023: 7")),
        (
            "kể tên các xã của huyện tôi làm năm 2022",
            "UBND huyện Thạch Thành",
            ("6 UBND cấp xã", "Thành Thọ"),
        ),
        (
            "trong ba năm huyện mình phải làm cho bao nhiêu xã tất cả",
            "UBND huyện Mường Lát",
            ("8", "2023: 8"),
        ),
        (
            "các xã huyện em làm những năm nào",
            "UBND huyện Bá Thước",
            ("- Năm 2023: Kỳ Tân", "- Năm 2024: Ái"),
        ),
        ("huyện em có bao nhiêu xã", "UBND xã Tam Chung, huyện Mường Lát", ("8 UBND cấp xã", "2023: 8")),
        ("xã nào của huyện tôi làm năm 2024", "UBND huyện Bá Thước", ("8 UBND cấp xã", "Ái Thượng")),
        ("huyện tôi có xã nào trong danh sách không", "UBND huyện Hậu Lộc", ("không có", "Hậu Lộc")),
        ("bao nhiêu xã của huyện tôi nằm trong kế hoạch", "UBND huyện Ngọc Lặc", ("9 UBND cấp xã",)),
        ("huyen Ba Thuoc nam 2023 may xa, 2024 may xa", "UBND huyện Quan Hóa", ("17", "2023: 9", "2024: 8")),
        (
            "Chào anh chị, em mới nhận bàn giao hồ sơ, lộn xộn quá chưa biết đâu vào đâu. Lãnh đạo cần số "
            "liệu gấp để chiều họp. Huyện em gộp hết các năm thì có bao nhiêu xã phải áp dụng ISO ạ?",
            "UBND huyện Quan Sơn",
            ("12", "2022: 4", "2023: 8"),
        ),
    ],
)
def test_a_district_counts_its_own_communes(ask, question, unit, says):
    answer = ask(question, TH, unit)

    assert answer.outcome is Outcome.ANSWERED
    for part in says:
        assert part in answer.text


@pytest.mark.parametrize("district", shipped_units().districts(TH))
def test_the_sum_of_a_district_is_shown_with_its_parts(ask, district):
    units = shipped_units().roster(TH, level=Level.XA, district=district)

    answer = ask("gộp các năm lại huyện em có bao nhiêu xã", TH, f"UBND huyện {district}")

    assert f"có {len(units)} UBND cấp xã" in answer.text
    for year in {u.plan_year for u in units}:
        assert f"năm {year}: {sum(u.plan_year == year for u in units)}" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "cả tỉnh từng năm phải làm mấy xã",
        "toan tinh moi nam bao nhieu xa lam iso",
        "Mỗi năm tỉnh giao bao nhiêu xã áp dụng?",
        "số xã áp dụng qua các năm 2022, 2023, 2024 của toàn tỉnh là bao nhiêu",
        "lộ trình 3 năm của tỉnh, mỗi năm bn xã, không tính riêng huyện e",
        "Tôi đang viết phần mở đầu báo cáo nên không cần số của huyện mình. Cho tôi xin số xã toàn tỉnh của "
        "năm 2022, năm 2023 và năm 2024.",
    ],
)
@pytest.mark.parametrize("unit", ["UBND huyện Quan Hóa", None])
def test_the_whole_province_is_counted_by_year_whoever_asks(ask, question, unit):
    answer = ask(question, TH, unit)

    assert answer.outcome is Outcome.ANSWERED
    for part in ("32", "36", "24"):
        assert part in answer.text


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("sở mình báo cáo kết quả cho những cơ quan nào", "Sở Khoa học và Công nghệ Kon Tum"),
        ("bao lau so khcn di kiem tra cac co quan 1 lan", "Sở Tư pháp"),
        ("ai kiểm tra các cơ quan áp dụng ISO", "Sở Tư pháp"),
        ("các cơ quan gửi báo cáo về đâu", "Sở Nội vụ"),
        ("ai hướng dẫn các sở làm iso điện tử", None),
        ("kinh phí của các cơ quan lấy ở đâu", "Sở Nội vụ"),
        ("các đơn vị phải làm theo mấy bước", None),
        ("sở nào chủ trì hướng dẫn các cơ quan", None),
        ("phối hợp với những cơ quan nào để triển khai", "Sở Khoa học và Công nghệ Kon Tum"),
    ],
)
def test_agencies_that_are_only_mentioned_are_not_listed(ask, question, unit):
    assert "Danh sách của Kon Tum có" not in ask(question, KT, unit).text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("những sở nào phải làm iso điện tử đến 2025", "20 cơ quan"),
        ("liệt kê các chi cục trong danh sách", "15 chi cục"),
        ("danh sách có bao nhiêu xã", "102 UBND cấp xã"),
        ("mấy huyện phải áp dụng iso điện tử", "10 UBND cấp huyện"),
    ],
)
def test_lists_are_still_given_where_they_are_asked_for(ask, question, says):
    assert says in ask(question, KT).text


@pytest.mark.parametrize(
    "question",
    [
        "xã em có bắt buộc làm iso không",
        "thị trấn như bên mình có thuộc diện bắt buộc không ạ",
        "xa minh co phai lam he thong khong",
        "xã tôi có tên trong danh sách không",
        "xã em làm năm nào",
        "cấp xã bên e có phải áp dụng k",
        "ở cấp cơ sở như xã tôi thì có bị bắt làm hệ thống không",
        "xã mình phải làm xong ISO trước năm 2013 đúng không",
        "bên em cấp xã thì bắt buộc hay tự nguyện",
    ],
)
@pytest.mark.parametrize("unit", ["UBND xã Kim Phú, huyện Yên Sơn", "UBND thị trấn Na Hang, huyện Na Hang"])
def test_communes_of_tuyen_quang_are_encouraged(ask, question, unit):
    answer = ask(question, TQ, unit)

    assert answer.outcome is Outcome.ANSWERED
    assert "khuyến khích" in answer.text


@pytest.mark.parametrize(
    ("question", "province", "unit", "says"),
    [
        ("xã em thuộc diện bắt buộc không", HN, "UBND xã Liêm Cần, huyện Thanh Liêm", "Không bắt buộc"),
        ("xã em phải xong ISO năm nào", HN, "UBND xã Liêm Cần, huyện Thanh Liêm", "tự nguyện"),
        ("xã em thuộc đợt nào", HN, "UBND xã Liêm Cần, huyện Thanh Liêm", "tự nguyện"),
        ("huyện mình có bắt buộc không", HN, "UBND huyện Thanh Liêm", "Bắt buộc: UBND các huyện"),
        ("xa em co phai lam khong", KG, "UBND xã Đông Thái, huyện An Biên", "xã, phường, thị trấn"),
        ("xã em có bắt buộc không", KT, "UBND xã Ia Chim, thành phố Kon Tum", "2030"),
        ("huyện em có bắt buộc làm không", TH, "UBND huyện Bá Thước", "chỉ nói về UBND cấp xã"),
        ("sở em có phải làm theo kế hoạch này không", TH, "Sở Tư pháp", "chỉ nói về UBND cấp xã"),
    ],
)
def test_whether_one_has_to_is_answered_for_ones_own_level(ask, question, province, unit, says):
    answer = ask(question, province, unit)

    assert answer.outcome is Outcome.ANSWERED
    assert says in answer.text


BEFORE = [
    "",
    "Chào anh chị, em mới nhận bàn giao nên còn lơ mơ lắm. ",
    "dạ em chào ad. hôm qua sếp hỏi mà em chịu, tìm cả buổi không thấy văn bản đâu. ",
    "Xã bên cạnh làm xong từ lâu rồi, họ khoe suốt nên lãnh đạo bên em cũng sốt ruột. ",
    "Tôi vừa đi họp giao ban về, trên sở nhắc chuyện báo cáo với kinh phí mà tôi nghe không kịp. ",
]
BEHIND = ["", " Em cảm ơn ạ.", " Mong anh chị trả lời giúp em sớm.", " Em đang cần gấp lắm."]
SHORT = [q for q in OWN_COMMUNE if len(q) < 80]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.sampled_from(BEFORE),
    question=st.sampled_from(SHORT),
    behind=st.sampled_from(BEHIND),
    unit=st.sampled_from([u for u in COMMUNES if u.province == TH]),
)
def test_what_is_told_around_the_question_changes_nothing(knowledge, before, question, behind, unit):
    asker = Asker(TH, own_name(unit))

    told = knowledge.answer(f"{before}{question}?{behind}", asker, today=TODAY)

    assert told.text == knowledge.answer(question, asker, today=TODAY).text

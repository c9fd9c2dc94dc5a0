"""What the reform of 2025 made of units, asked as officers word it."""

import re

import pytest

from knowledge.answer import Outcome

TH, KT, TQ, KG, HN = "thanh-hoa", "kon-tum", "tuyen-quang", "kien-giang", "ha-nam"
FATES = [
    ("xã Văn Lem hồi trước của Đăk Tô, giờ nằm trong xã nào", None, None, "xã Kon Đào, tỉnh Quảng Ngãi"),
    ("xa van lem gop vao dau", KT, None, "xã Kon Đào"),
    ("xã Tam Lư nay là đơn vị nào", TH, None, "xã Tam Lư, tỉnh Thanh Hóa"),
    ("xã Tam Văn huyện Lang Chánh nhập vô xã gì rồi", TH, None, "xã Văn Phú"),
    ("Thành Sơn huyện Bá Thước giờ thuộc xã nào", TH, None, "xã Pù Luông"),
    ("xa thanh son (quan hoa) gio ve dau", TH, None, "xã Trung Thành"),
    ("xã Ia Chim giờ thuộc tỉnh nào", KT, None, "tỉnh Quảng Ngãi"),
    ("phường Thống Nhất của Kon Tum bây giờ tên gì", KT, None, "phường Kon Tum"),
    ("xã Phú Lệ thuộc tỉnh nào bây giờ", TH, None, "tỉnh Thanh Hóa"),
    ("sau 1/7/2025 xã Xuân Cao thành xã gì", TH, None, "xã Luận Thành"),
    ("xã Vân Am hiện ở đơn vị hành chính nào", TH, None, "xã Nguyệt Ấn"),
    ("xã Kim Phú huyện Yên Sơn giờ là phường gì", TQ, None, "phường Mỹ Lâm"),
    ("thị trấn Na Hang nay mang tên gì", TQ, None, "xã Nà Hang"),
    ("xã Đông Thái huyện An Biên bây giờ nằm ở tỉnh nào", KG, None, "tỉnh An Giang"),
    ("phuong duong dong phu quoc gio thuoc dau", KG, None, "đặc khu Phú Quốc"),
    ("xã Thanh Hà huyện Thanh Liêm sáp nhập xong tên là gì", HN, None, "xã Liêm Hà, tỉnh Ninh Bình"),
    ("xã Ngọc Tem kon plong nay nhap vao xa nao", KT, None, "xã Kon Plông"),
    ("UBND xã Trung Tiến giờ là xã nào vậy ad", TH, None, "xã Trung Hạ"),
    ("xã thượng ninh huyện như xuân nay đổi thành xã j", TH, None, "xã Thượng Ninh"),
    ("xã em giờ gộp vào đâu rồi", TH, "UBND xã Kỳ Tân, huyện Bá Thước", "xã Văn Nho"),
    ("đơn vị mình sau sắp xếp tên là gì", TH, "UBND xã Phú Nghiêm, huyện Quan Hóa", "xã Hồi Xuân"),
    ("xã tôi nay nằm trong đơn vị nào", KT, "UBND xã Ia Chim, thành phố Kon Tum", "xã Ia Chim"),
    ("xã em giờ là phường gì", TQ, "UBND xã Kim Phú, thành phố Tuyên Quang", "phường Mỹ Lâm"),
    ("xã mình nay thuộc tỉnh nào", KG, "UBND xã Đông Thái, huyện An Biên", "tỉnh An Giang"),
    ("đơn vị em bị gộp vào đâu vậy", KG, "UBND xã Đông Thái, huyện An Biên", "xã Đông Thái"),
    ("huyện Bá Thước giờ còn không", TH, None, "21 đơn vị cấp xã"),
    ("huyện Bá Thước nay chia thành những xã nào", TH, None, "xã Pù Luông"),
    ("huyện em bây giờ chia ra thành mấy xã", TH, "UBND huyện Quan Sơn", "nay thuộc 8 đơn vị"),
    ("Kim Bình Chiêm Hóa giờ gộp vào xã nào", TQ, None, "xã Kim Bình"),
    ("dong thai an bien gio thuoc xa nao", KG, None, "xã Đông Thái, tỉnh An Giang"),
    ("xã Phú Nghiêm còn tên không hay nhập rồi", TH, None, "xã Hồi Xuân"),
    ("xã em trước là xã nào", TH, "UBND xã Pù Luông", "xã Lũng Niêm"),
    ("xã mình gộp từ những xã nào", KT, "UBND xã Kon Đào", "Văn Lem"),
    ("xã em hiện nay gồm mấy xã cũ", TH, "UBND xã Pù Luông", "xã Thành Lâm"),
    ("huyện An Biên giờ gồm những xã nào", KG, None, "xã An Biên, xã Tây Yên"),
]


@pytest.mark.parametrize(("question", "province", "unit", "says"), FATES)
def test_what_became_of_a_unit_is_told_in_whatever_words_it_is_asked(ask, question, province, unit, says):
    answer = ask(question, province, unit)

    assert answer.outcome is Outcome.ANSWERED
    assert says in answer.text


@pytest.mark.parametrize(
    ("question", "province", "unit"),
    [
        ("bây giờ xã em phải nộp báo cáo ISO cho cơ quan nào", KG, "UBND xã Đông Thái, huyện An Biên"),
        ("giờ xã em gửi báo cáo về đâu", TH, "UBND xã Phú Lệ, huyện Quan Hóa"),
        ("không còn huyện nữa thì xã gửi báo cáo cho ai", TH, None),
        ("sau sáp nhập xã phải nộp mấy báo cáo", TH, None),
        ("nay xã mình công bố ISO ở đâu", KT, "UBND xã Ia Chim, thành phố Kon Tum"),
    ],
)
def test_a_report_after_the_reform_is_not_asked_for_a_new_name(ask, question, province, unit):
    text = ask(question, province, unit).text

    assert "nay thuộc" not in text
    assert "từ 1/7/2025 thuộc" not in text


@pytest.mark.parametrize(
    ("question", "province", "says"),
    [
        ("kon tum trước có 102 xã phường thị trấn, nhập lại còn mấy", KT, ("102", "40")),
        ("102 xa cua tinh ngay xua gop lai con may don vi", KT, ("102", "40")),
        ("92 xa trong ke hoach gop lai con bao nhieu", TH, ("92", "56")),
        ("547 xã phường của tỉnh dồn lại còn bao nhiêu", TH, ("547", "166")),
        ("137 xã cũ của tỉnh nay còn bao nhiêu đơn vị", TQ, ("137", "51")),
        ("kiên giang 143 xã phường gom lại thành bao nhiêu đơn vị", None, ("143", "48")),
        ("98 xã của hà nam sau sắp xếp còn lại mấy xã", None, ("98", "33")),
        ("tỉnh mình sau sáp nhập có tất cả bao nhiêu xã", KT, ("102", "96")),
        ("huyện Quan Hóa cũ giờ gom thành mấy xã", TH, ("15", "8 đơn vị")),
    ],
)
def test_what_the_reform_left_is_counted_with_its_source(ask, question, province, says):
    answer = ask(question, province)

    assert answer.outcome is Outcome.ANSWERED
    assert any("NQ-UBTVQH15" in c.document.number for c in answer.citations)
    for part in says:
        assert part in answer.text


@pytest.mark.parametrize("slug", [TQ, KG, HN, KT])
def test_cards_and_the_country_table_count_alike(ask, knowledge, slug):
    card = knowledge.corpus.cards[f"nat-tinh-{slug}"].answer

    counted = ask("các xã cũ của tỉnh sau sáp nhập còn bao nhiêu đơn vị", slug).text

    figures = re.findall(r"(?:Có|thuộc) (\d+) đơn vị|(\d+) [^.:(]* cũ của", card)
    assert len(figures) >= 2
    for figure in figures:
        assert "".join(figure) in counted

"""The tree of a legal document: every structure, and what is mended on the way."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isobot.domain.legal_text import LegalText, NodeKind, section_key
from knowledge.importer.importing import guess_document, import_text
from knowledge.importer.model import Imported

DECISION = """
ỦY BAN NHÂN DÂN
TỈNH THỬ NGHIỆM
-------
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 12/QĐ-UBND
Thử Nghiệm, ngày 05 tháng 3 năm 2024

QUYẾT ĐỊNH
Về việc giao việc thử nghiệm
CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH THỬ NGHIỆM
Căn cứ Luật Thử nghiệm;
Theo đề nghị của Giám đốc Sở Thử nghiệm.
QUYẾT ĐỊNH:
Điều 1. Giao việc như sau:
1. Việc chung:
1.1. Làm đúng hạn;
1.2. Làm đủ, gồm:
a) Bước một. b) Bước hai.
c) Bước ba:
- Ghi sổ;
- Báo lại.
đ) Bước năm.
2. Việc riêng.
Điều 2. Quyết định này có hiệu lực thi hành kể từ ngày ký.
Giám đốc Sở Thử nghiệm chịu trách nhiệm thi hành./.
Nơi nhận:
- Như Điều 2;
- Lưu: VT.
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Nguyễn Văn Thử
"""

PLAN = """
KẾ HOẠCH
Thử nghiệm năm 2024
Căn cứ Quyết định số 12/QĐ-UBND ngày 05/3/2024;
Ủy ban nhân dân tỉnh ban hành kế hoạch như sau:
I. MỤC ĐÍCH
1. Mục đích
- Học;
+ học thêm;
- Hành.
Sau đó nghỉ.
II. THỰC HIỆN
1. Các sở
1.1. Sở thứ nhất
a) Làm việc này;
b) Làm việc kia.
2. Các huyện
Phụ lục
(Ban hành kèm theo Kế hoạch số 34/KH-UBND ngày 06/3/2024 của UBND tỉnh Thử Nghiệm)
1. Năm 2024 (2 đơn vị)
"""


def tree(text: str) -> LegalText:
    return import_text(text).text


def paths(text: LegalText, *kinds: NodeKind) -> list[str]:
    return [node.path for node in text.walk() if not kinds or node.kind in kinds]


def reasons(imported: Imported) -> str:
    return "\n".join(map(str, imported.doubts))


def test_the_head_is_read():
    heading = tree(DECISION).heading

    assert (heading.kind, heading.number, heading.issued) == ("QUYẾT ĐỊNH", "12/QĐ-UBND", date(2024, 3, 5))
    assert heading.title == "Về việc giao việc thử nghiệm"


def test_articles_clauses_and_points_have_the_paths_that_citations_use():
    found = paths(tree(DECISION), NodeKind.ARTICLE, NodeKind.CLAUSE, NodeKind.POINT)

    assert found == [
        "Điều 1",
        "Điều 1 khoản 1",
        "Điều 1 khoản 1.1",
        "Điều 1 khoản 1.2",
        "Điều 1 khoản 1.2 điểm a",
        "Điều 1 khoản 1.2 điểm b",
        "Điều 1 khoản 1.2 điểm c",
        "Điều 1 khoản 1.2 điểm đ",
        "Điều 1 khoản 2",
        "Điều 2",
    ]


def test_named_parts_are_found_by_their_names():
    text = tree(DECISION)

    for name in ("Tên văn bản", "Căn cứ ban hành", "Nơi nhận", "Chữ ký"):
        assert text.find(name) is not None, name
    signature = text.find("Chữ ký")
    assert signature is not None
    assert "Nguyễn Văn Thử" in signature.whole_text()


def test_a_glued_point_is_parted_and_told():
    imported = import_text(DECISION)
    point = imported.text.find("Điều 1 khoản 1.2 điểm b")

    assert point is not None
    assert point.text == "b) Bước hai."
    assert any("tách dòng dính" in str(change) for change in imported.changes)


def test_a_missing_point_is_reported():
    assert "đứng sau “c”" in reasons(import_text(DECISION))  # d) is not there


def test_an_e_after_a_d_is_no_gap():
    text = "QUYẾT ĐỊNH\nThử\nĐiều 1. Gồm:\na) Một;\nb) Hai;\nc) Ba;\nd) Bốn;\ne) Năm."

    assert "đứng sau" not in reasons(import_text(text))


def test_what_follows_a_list_belongs_to_its_clause():
    text = tree(PLAN)

    assert text.find("I.1 đoạn 2") is not None
    assert [node.kind for node in text.find("I.1").children] == [  # type: ignore[union-attr]
        NodeKind.DASH,
        NodeKind.DASH,
        NodeKind.PARAGRAPH,
    ]


def test_roman_sections_without_articles_are_written_with_dots():
    found = paths(tree(PLAN), NodeKind.ROMAN, NodeKind.CLAUSE, NodeKind.POINT)

    assert found == ["I", "I.1", "II", "II.1", "II.1.1", "II.1.1.a", "II.1.1.b", "II.2", "Phụ lục mục 1"]


def test_roman_sections_inside_an_article_name_the_article():
    text = tree("QUYẾT ĐỊNH\nThử\nĐiều 1. Kế hoạch:\nI. Một\n1. Hai\n1.1. Ba\nII. Bốn\nĐiều 2. Hết.")

    assert paths(text, NodeKind.ROMAN, NodeKind.CLAUSE) == [
        "Điều 1 mục I",
        "Điều 1 mục I.1",
        "Điều 1 mục I.1.1",
        "Điều 1 mục II",
    ]
    assert text.find("Điều 2") is not None


def test_a_directive_without_articles_has_items():
    text = tree(
        "Chỉ thị số 02/2024/CT-UBND ngày 09 tháng 4 năm 2024 của UBND tỉnh Thử Nghiệm Về việc thử\n"
        "Thời gian qua việc thử còn chậm.\nThực hiện Quyết định số 12/QĐ-UBND, Ủy ban yêu cầu:\n"
        "1. Các sở:\na) Làm;\nb) Báo.\n2. Các huyện làm theo.\n"
        "Các cơ quan nghiêm túc thực hiện.\nChỉ thị này có hiệu lực sau 10 ngày kể từ ngày ký./."
    )

    assert text.heading.number == "02/2024/CT-UBND"
    for section in ("Mở đầu", "Căn cứ ban hành", "Mục 1 điểm b", "Mục 2", "Phần kết", "Hiệu lực thi hành"):
        assert text.find(section) is not None, section
    assert text.find("Mục 2").whole_text() == "2. Các huyện làm theo."  # type: ignore[union-attr]


def test_parts_and_chapters_hold_articles_that_are_numbered_through():
    text = tree(
        "THÔNG TƯ\nThử\nPhần thứ nhất\nCHUNG\nChương I\nMỘT\nĐiều 1. A.\nMục 1\nRIÊNG\nĐiều 2. B.\n"
        "1. Khoản.\nChương II\nHAI\nĐiều 3. C."
    )

    assert "Phần 1 Chương I Mục 1" in paths(text)
    assert text.find("Điều 2 khoản 1") is not None
    assert text.find("Chương II Điều 3") is text.find("Điều 3")
    assert text.find("Phần 1 Chương II") is not None


def test_a_regulation_attached_to_a_decision_is_numbered_apart():
    text = tree(
        DECISION
        + "QUY CHẾ\nThử nghiệm\n(Ban hành kèm theo Quyết định số 12/QĐ-UBND)\nĐiều 1. Phạm vi\n1. Hẹp."
    )

    attached = text.find("Quy chế kèm theo Điều 1 khoản 1")
    assert attached is not None
    assert attached.text == "1. Hẹp."
    assert text.find("Điều 1 khoản 1").text == "1. Việc chung:"  # type: ignore[union-attr]


def test_number_and_day_are_taken_from_the_appendix_where_the_head_has_none():
    imported = import_text(PLAN)

    assert imported.text.heading.number == "34/KH-UBND"
    assert imported.text.heading.issued == date(2024, 3, 6)
    assert "chỉ thấy ở dòng ghi của phụ lục" in reasons(imported)


def test_a_document_without_kind_or_number_is_reported_not_refused():
    imported = import_text("1. Làm việc này.\n2. Làm việc kia.")

    assert "không thấy tên loại" in reasons(imported)
    assert "không thấy số" in reasons(imported)
    assert imported.text.find("Mục 2") is not None


def test_a_signature_without_a_name_is_reported():
    text = DECISION.replace("PHÓ CHỦ TỊCH\nNguyễn Văn Thử\n", "")

    assert "không ghi tên người ký" in reasons(import_text(text))
    assert "không ghi tên người ký" not in reasons(import_text(DECISION))


def test_a_head_printed_twice_is_kept_once():
    text = DECISION.replace(
        "ỦY BAN NHÂN DÂN\nTỈNH", "\tUỶ BAN NHÂN DÂN\n\nTỈNH THỬ NGHIỆM\n\nỦY BAN NHÂN DÂN\n\nTỈNH", 1
    )
    imported = import_text(text)
    head = imported.text.find("Đầu văn bản")

    assert head is not None
    assert head.whole_text().upper().count("BAN NHÂN DÂN") == 1
    assert any("bị lặp" in str(change) for change in imported.changes)


def test_a_number_that_comes_twice_gets_a_path_of_its_own_and_a_report():
    imported = import_text("QUYẾT ĐỊNH\nThử\nĐiều 1. A.\nĐiều 2. B.\nĐiều 2. C.")

    assert imported.text.find("Điều 2").text == "Điều 2. B."  # type: ignore[union-attr]
    assert "số này đã có ở trên" in reasons(imported)


WRAPPED = """QUYẾT ĐỊNH
VỀ VIỆC THỬ NGHIỆM MỘT VĂN BẢN RẤT DÀI MÀ MỖI DÒNG CỦA NÓ BỊ
NGẮT CỨNG
Căn cứ Quyết định số
19/2024/QĐ-TTg ngày 05 tháng 3 năm 2024 của Thủ tướng Chính phủ về việc thử
nghiệm;
Điều 1.
Các cơ quan thực hiện việc thử nghiệm theo tiêu chuẩn TCVN ISO
9001:2015 trong hoạt động của mình và báo cáo cho cơ quan chủ trì của Kon
Tum để tổng hợp.
1. Sở Khoa học và
Công nghệ
- Chủ trì, phối hợp với các cơ
quan liên quan để làm việc đó.
2. Sở Thông tin và Truyền
thông
Phối hợp các cơ quan chức năng
tổ chức tuyên truyền.
"""


def test_wrapped_lines_are_joined():
    text = tree(WRAPPED)

    assert text.find("Điều 1").text.startswith("Điều 1. Các cơ quan")  # type: ignore[union-attr]
    assert "ISO 9001:2015 trong" in text.find("Điều 1").text  # type: ignore[union-attr]
    assert "Kon Tum để" in text.find("Điều 1").text  # type: ignore[union-attr]
    assert text.find("Điều 1 khoản 1").text == "1. Sở Khoa học và Công nghệ"  # type: ignore[union-attr]
    assert text.find("Điều 1 khoản 2").text == "2. Sở Thông tin và Truyền thông"  # type: ignore[union-attr]
    assert "19/2024/QĐ-TTg ngày" in text.find("Căn cứ ban hành").text  # type: ignore[union-attr]
    assert text.heading.title.endswith("BỊ NGẮT CỨNG")


def test_a_joined_paragraph_knows_its_lines():
    node = tree(WRAPPED).find("Điều 1 khoản 1 gạch 1")

    assert node is not None
    assert (node.first_line, node.last_line) == (13, 14)


@pytest.mark.parametrize("source", [DECISION, PLAN, WRAPPED])
def test_every_path_leads_back_to_its_node(source: str):
    text = tree(source)
    nodes = list(text.walk())

    assert len({section_key(node.path) for node in nodes}) == len(nodes)
    for node in nodes:
        assert text.find(node.path) is node


@pytest.mark.parametrize("source", [DECISION, PLAN, WRAPPED])
def test_no_word_of_the_document_is_lost(source: str):
    imported = import_text(source)
    kept = " ".join(node.text for node in imported.text.walk())

    left_out = sorted(set(source.replace("-------", "").split()) - set(kept.split()))
    assert left_out == []


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Điều 1 khoản 3.1 điểm d", "điểm d khoản 3.1 Điều 1"),
        ("Điều 2 khoản 5", "Khoản 5, Điều 2"),
        ("II.1.a", "điểm a khoản 1 Mục II"),
        ("IV.1.1", "mục IV.1.1"),
        ("Điều 1 mục VI.4", "khoản 4 mục VI Điều 1"),
        ("Mục 2 điểm b", "điểm b mục 2"),
        ("Nơi nhận", "nơi nhận"),
        ("Phụ lục mục II.3", "phụ lục, mục II.3"),
    ],
)
def test_one_place_written_in_several_ways_has_one_key(written: str, same: str):
    assert section_key(written) == section_key(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("điểm d", "điểm đ"),
        ("Điều 1", "Mục 1"),
        ("I.1", "I.1.1"),
        ("Phụ lục I mục 1", "Phụ lục II mục 1"),
        ("II", "Mục 2"),
    ],
)
def test_different_places_have_different_keys(one: str, other: str):
    assert section_key(one) != section_key(other)


def test_a_document_is_known_by_its_number(services):
    text = tree("QUYẾT ĐỊNH\nThử\nĐiều 1. A.")
    known = services.knowledge.corpus.documents

    assert guess_document(text, known.values()) == []
    by_number = tree("Số: 474/QĐ-UBND\nKon Tum, ngày 10 tháng 7 năm 2020\n" + "QUYẾT ĐỊNH\nThử\nĐiều 1. A.")
    assert [d.key for d in guess_document(by_number, known.values())] == ["kon-tum"]


PIECES = st.sampled_from(
    [
        *DECISION.splitlines(),
        *PLAN.splitlines(),
        *WRAPPED.splitlines(),
        "\tTT",
        "TT",
        "|",
        "\t1.\t2\t",
        "1\tTên\t1.000",
        "II Hai\t\t3",
        "Tổng cộng\t\t9",
        "x | y | z",
        "X.",
        "đ) ",
        "1.1.1.1 Bốn",
        "Phần thứ hai",
        "Mục 3.",
        "Phụ lục IV",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=40).map("\n".join))
def test_any_text_can_be_read_and_each_place_found_again(text: str):
    found = import_text(text).text

    nodes = list(found.walk())
    assert all(found.find(node.path) is node for node in nodes)

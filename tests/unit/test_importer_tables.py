"""Tables of appendices, in the ways files write them; sums and counts; what looks misread."""

from collections import Counter

import pytest

from isobot.domain.legal_text import LegalText, Node, NodeKind
from knowledge.importer.importing import import_text
from knowledge.importer.model import Imported

HEAD = (
    "QUYẾT ĐỊNH\nThử nghiệm\nĐiều 1. Giao việc.\nNơi nhận:\n- Lưu: VT.\nCHỦ TỊCH\nThử\nPHỤ LỤC\nDANH SÁCH\n"
)

STACKED = (
    HEAD
    + "1. Năm 2024 (3 đơn vị)\n\tTT\n\tTên\n\tHuyện\n\n"
    + "\t1.\n\tXã An\n\tHuyện Một\n\n\t2.\n\tXã Bình\n\t\n\n\t3.\n\tXã Cát\n\tHuyện Hai\n\n"
    + "2. Năm 2025 (1 đơn vị)\n\tTT\n\tTên\n\tHuyện\n\n\t1.\n\tXã Dương\n\tHuyện Hai\n\n"
)

BUDGET = (
    HEAD
    + "STT\tNội dung\tĐơn giá\tSố lượng\tThành tiền\n"
    + "I\tHọc\t\t\t1.100\n"
    + "1\tLớp\t100\t5\t500\n"
    + "2\tTài liệu\t\t\t600\n"
    + "2.1\tIn\t300\t1\t300\n"
    + "\n\n\tNội dung\tĐơn giá\tSố lượng\tThành tiền\n"
    + "2.2\tGửi\t100\t03 lần\t300\n"
    + "II Duy trì\t\t\t\t900\n"
    + "1\tXã\t300\t3\t900\n"
    + "\tTổng cộng\t\t\t2.000\n"
)


def rows_by_holder(text: LegalText) -> Counter[str]:
    """Count the rows of tables under each group or numbered part that holds them directly."""
    counts: Counter[str] = Counter()

    def go(node: Node, holder: str) -> None:
        for child in node.children:
            if child.kind is NodeKind.ROW:
                counts[holder] += 1
            go(child, holder if child.kind is NodeKind.ROW else child.path)

    for root in text.nodes:
        go(root, root.path)
    return counts


def piped(rows: list[list[str]]) -> str:
    return "".join(f"{cell}\n|\n" if cell else "|\n" for row in rows for cell in row)


PIPED = HEAD + piped(
    [
        ["TT", "Tên cơ quan", "Năm 2025", "Năm 2030", "Ghi chú"],
        ["Tổng (4 cơ quan)", "1", "3", ""],
        ["I", "Các sở", "1", "-", ""],
        ["1", "Sở Khoa học\nvà Công nghệ", "X", "", ""],
        ["II", "Các xã", "-", "3", ""],
        ["Huyện Một", "", "2", ""],
        ["2", "Xã An", "", "X", ""],
        ["3", "Xã Bình", "", "X", ""],
        ["Huyện Hai", "", "1", ""],
        ["4", "Xã Cát", "", "X", ""],
    ]
)


def tree(text: str) -> LegalText:
    return import_text(text).text


def reasons(imported: Imported) -> str:
    return "\n".join(map(str, imported.doubts))


def test_one_cell_a_line_with_merged_cells_filled_down():
    text = tree(STACKED)

    assert text.count(NodeKind.ROW) == 4
    assert [node.cells[2] for node in text.walk() if node.kind is NodeKind.ROW] == [
        "Huyện Một",
        "Huyện Một",
        "Huyện Hai",
        "Huyện Hai",
    ]
    assert rows_by_holder(text) == {"Phụ lục mục 1": 3, "Phụ lục mục 2": 1}


def test_filling_down_is_told():
    assert any("ô gộp" in str(change) for change in import_text(STACKED).changes)


def test_cells_between_tabs_with_groups_a_glued_number_and_a_repeated_head():
    text = tree(BUDGET)

    rows = [node.path for node in text.walk() if node.kind in (NodeKind.ROW, NodeKind.GROUP)]
    assert rows == [
        "Phụ lục mục I",
        "Phụ lục mục I.1",
        "Phụ lục mục I.2",
        "Phụ lục mục I.2.1",
        "Phụ lục mục I.2.2",
        "Phụ lục mục II",
        "Phụ lục mục II.1",
    ]
    assert text.find("Phụ lục mục II").cells[1] == "Duy trì"  # type: ignore[union-attr]


def test_every_sum_of_a_budget_is_made_again():
    sums = import_text(BUDGET).sums

    assert {check.printed for check in sums} == {2000, 1100, 500, 600, 300, 900}
    assert all(check.holds for check in sums)


@pytest.mark.parametrize(
    ("right", "wrong"), [("\t1.100\n", "\t1.200\n"), ("\t5\t500", "\t6\t500"), ("\t2.000\n", "\t2.100\n")]
)
def test_a_sum_that_does_not_add_up_is_reported(right: str, wrong: str):
    assert "cộng lại" not in reasons(import_text(BUDGET))
    assert "cộng lại" in reasons(import_text(BUDGET.replace(right, wrong)))


def test_cells_ended_by_bars_become_rows_under_their_groups():
    text = tree(PIPED)

    assert text.find("Phụ lục mục I.1").cells[1] == "Sở Khoa học và Công nghệ"  # type: ignore[union-attr]
    assert rows_by_holder(text) == {
        "Phụ lục mục I": 1,
        "Phụ lục mục II nhóm 1": 2,
        "Phụ lục mục II nhóm 2": 1,
    }


def test_crosses_and_rows_are_counted_again():
    sums = import_text(PIPED).sums

    assert len(sums) == 7  # the number of rows, two totals, two groups, two districts
    assert all(check.holds for check in sums)


def test_a_district_with_a_wrong_count_is_reported():
    wrong = import_text(PIPED.replace("Huyện Một\n|\n|\n2\n", "Huyện Một\n|\n|\n5\n"))

    assert "in là 5 nhưng cộng lại là 2" in reasons(wrong)


def test_a_row_missing_from_the_numbering_is_reported():
    assert "không nối tiếp" in reasons(import_text(PIPED.replace("3\n|\nXã Bình\n|\n|\nX\n|\n|\n", "")))


def test_a_title_that_counts_its_rows_is_checked():
    wrong = import_text(STACKED.replace("(3 đơn vị)", "(4 đơn vị)"))

    assert "in là 4 nhưng cộng lại là 3" in reasons(wrong)


def test_a_markdown_table_is_a_table():
    text = tree(HEAD + "| TT | Tên | Năm |\n|---|---|---|\n| 1 | Xã An | 2024 |\n| 2 | Xã Bình | 2025 |\n")

    assert [node.cells for node in text.walk() if node.kind is NodeKind.ROW] == [
        ("1", "Xã An", "2024"),
        ("2", "Xã Bình", "2025"),
    ]


def test_amounts_listed_after_a_total_are_added():
    body = (
        "KẾ HOẠCH\nThử\nI. TIỀN\nTổng kinh phí: 5.000.000 đồng, trong đó:\n"
        "- Học: 2.000.000 đồng.\n- Làm: 3.000.000 đồng.\nII. HẾT\nHết."
    )

    [check] = import_text(body).sums
    assert check.holds
    assert "cộng lại" in reasons(import_text(body.replace("3.000.000", "4.000.000")))


@pytest.mark.parametrize(
    ("written", "shown", "advice"),
    [
        ("theo Kế hoạch số 5L/KH-UBND", "5L/KH-UBND", "51/KH-UBND"),
        ("theo Kế hoạch số 22- KH/TU", "22- KH/TU", "22-KH/TU"),
        ("theo TCVN ISO 9001:2015 và TCVN ISO 900:2015", "ISO 900:2015", "ISO 9001:2015"),
        ("theo TCVN ISO 9001-2015", "ISO 9001-2015", "ISO 9001:2015"),
        ("thực hiện theo theo quy định", "theo theo", "theo"),
        ("bảo đảm các đơn vị đơn vị thực hiện", "đơn vị đơn vị", "đơn vị"),
        ("là NHIỆM VỤ CHỦ YÊU của năm", "CHỦ YÊU", "CHỦ YẾU"),
        ("cù lanh đạo tham gia", "cù lanh đạo", "cử lãnh đạo"),
        ("tại phường và Duy An", "phường và Duy An", "phường Duy An"),
        ("của cơ quan. *Hạnh*", "*Hạnh*", "Hạnh"),
        ("theo Nghị quyết 37/2008/NQ-HĐND ngày 13/12/2018", "37/2008/NQ-HĐND ngày 13/12/2018", ""),
        ("Thủ tướng Chính phủ1 (gọi tắt)", "phủ1", ""),
        ("đươc giao việc", "đươc", ""),
        ("trong (phạm vi của mình", "trong (phạm vi của mình", ""),
    ],
)  # fmt: skip
def test_a_likely_misread_is_reported_with_its_line_and_left_alone(written: str, shown: str, advice: str):
    imported = import_text(f"KẾ HOẠCH\nThử\nI. VIỆC\n1. Các cơ quan {written}.\n2. Hết.")

    [doubt] = [d for d in imported.doubts if d.line == 4]
    assert shown in doubt.text
    assert doubt.suggestion == advice
    assert shown in imported.text.find("I.1").text  # type: ignore[union-attr]


def test_right_wording_raises_no_doubt():
    imported = import_text(
        "Chỉ thị số 02/2024/CT-UBND ngày 09 tháng 4 năm 2024 của UBND tỉnh Thử Về việc thử\n"
        "1. Căn cứ Quyết định số 19/2014/QĐ-TTg ngày 05/3/2014, các sở luôn luôn thực hiện từ từ.\n"
        "2. Thứ trưởng, cộng tác viên có quan hệ với khóa học theo TCVN ISO 9001:2015 (nếu có)."
    )

    assert imported.doubts == ()


def test_one_name_in_two_spellings_is_reported_once():
    imported = import_text("KẾ HOẠCH\nThử\nI. VIỆC\n- Xã Đăk An;\n- Xã Đắk Bình;\n- Xã Đăk Cát.")

    [doubt] = [d for d in imported.doubts if "hai cách" in d.why]
    assert (doubt.line, doubt.text) == (5, "Đăk (2), Đắk (1)")


def test_two_ways_of_placing_a_tone_are_told_as_harmless():
    imported = import_text("KẾ HOẠCH\nThử\nI. VIỆC\n- Uỷ ban;\n- Ủy ban.")

    assert "không đổi nghĩa" in reasons(imported)


def test_double_asterisks_are_taken_out_and_told():
    imported = import_text("KẾ HOẠCH\nThử\nI. VIỆC\n1. Kinh phí **2.000 đồng**.")

    assert imported.text.find("I.1").text == "1. Kinh phí 2.000 đồng."  # type: ignore[union-attr]
    assert any("**" in str(change) for change in imported.changes)

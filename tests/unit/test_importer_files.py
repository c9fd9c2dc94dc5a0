"""Files of each kind: .txt in old and new encodings, .docx with its numbers and tables, .pdf with text."""

from pathlib import Path

import docx
import pytest

from isobot.domain.legal_text import NodeKind
from isobot.errors import DataFileError
from knowledge.importer.importing import import_file
from knowledge.importer.legacy import TCVN3


def as_tcvn3(text: str) -> str:
    codes = {letter: code for code, letter in TCVN3.items() if code != "∙"}
    return "".join(codes.get(letter, letter) for letter in text)


BODY = [
    "Quyết định",
    "Điều 1. Các cơ quan lập kế hoạch thực hiện.",
    "Điều 2. Báo cáo kết quả đúng thời gian.",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_file_in_any_unicode(tmp_path: Path, encoding: str):
    file = tmp_path / "a.txt"
    file.write_bytes("\r\n".join(BODY).encode(encoding))

    assert import_file(file).text.find("Điều 2").text == BODY[2]  # type: ignore[union-attr]


def test_a_text_file_of_the_time_of_tcvn3(tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_bytes(as_tcvn3("\n".join(BODY)).encode("latin-1"))

    assert import_file(file).text.find("Điều 2").text == BODY[2]  # type: ignore[union-attr]


def test_a_word_file_with_letterhead_automatic_numbers_and_a_merged_table(tmp_path: Path):
    document = docx.Document()
    head = document.add_table(1, 2)
    head.cell(0, 0).text = "ỦY BAN NHÂN DÂN\nTỈNH THỬ\nSố: 7/KH-UBND"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nThử, ngày 02 tháng 4 năm 2024"
    document.add_paragraph("KẾ HOẠCH")
    document.add_paragraph("Thử nghiệm năm 2024")
    document.add_paragraph("Việc thứ nhất", style="List Number")
    document.add_paragraph("Việc thứ hai", style="List Number")
    document.add_paragraph("làm nhanh", style="List Bullet")
    document.add_paragraph("PHỤ LỤC")
    table = document.add_table(4, 3)
    for row, cells in enumerate([("TT", "Tên", "Huyện"), ("1", "Xã An", "Huyện Một"), ("2", "Xã Bình", "")]):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    table.cell(1, 2).merge(table.cell(2, 2))
    table.cell(3, 0).text, table.cell(3, 1).text, table.cell(3, 2).text = "3", "Xã Cát", "Huyện Hai"
    file = tmp_path / "a.docx"
    document.save(str(file))

    imported = import_file(file)

    assert (imported.text.heading.number, imported.text.heading.kind) == ("7/KH-UBND", "KẾ HOẠCH")
    assert imported.text.find("Mục 2").text == "2. Việc thứ hai"  # type: ignore[union-attr]
    assert imported.text.find("Mục 2 gạch 1") is not None
    rows = [node.cells for node in imported.text.walk() if node.kind is NodeKind.ROW]
    assert [row[2].strip() for row in rows] == ["Huyện Một", "Huyện Một", "Huyện Hai"]
    assert any("số tự động" in str(change) for change in imported.changes)


def pdf(pages: list[list[str]]) -> bytes:
    """Write a small PDF in a font whose letters are Western ones, as the files of TCVN3's time are."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for lines in pages:
        shown = " ".join(f"({line.translate(str.maketrans({'(': '[', ')': ']'}))}) Tj T*" for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 50 800 Td {shown} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size, start = len(objects) + 1, len(out)
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    out += f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF"
    return out.encode("latin-1")


def test_a_pdf_with_text_loses_its_page_numbers_and_tells_so(tmp_path: Path):
    file = tmp_path / "a.pdf"
    pages = [["QuyÕt ®Þnh", as_tcvn3(BODY[1])], ["2", as_tcvn3(BODY[2])]]
    file.write_bytes(pdf(pages))

    imported = import_file(file)

    assert imported.text.find("Điều 1").whole_text() == BODY[1]  # type: ignore[union-attr]
    assert imported.text.find("Điều 2").text == BODY[2]  # type: ignore[union-attr]
    assert any("số trang" in str(change) for change in imported.changes)


def test_a_scan_without_text_is_refused_with_the_cure(tmp_path: Path):
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf([[]]))

    with pytest.raises(DataFileError, match=r"scan.*OCR"):
        import_file(file)


@pytest.mark.parametrize("name", ["a.doc", "a.docx", "a.pdf"])
def test_what_cannot_be_read_is_refused_in_plain_words(tmp_path: Path, name: str):
    file = tmp_path / name
    file.write_bytes(b"not what its name says")

    with pytest.raises(DataFileError):
        import_file(file)

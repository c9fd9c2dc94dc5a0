"""An office's own table of units: what is read, and how every mistake is told with its row."""

import unicodedata
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from isobot.domain.units import Level
from isobot.unitfiles import parse_unit_table

HEAD = "Mã,Tên đơn vị,Cấp,Huyện,Tỉnh,Năm"


@pytest.fixture
def csv_file(tmp_path):
    def write(*lines, encoding="utf-8"):
        path = tmp_path / "đơn vị.csv"
        path.write_bytes("\r\n".join(lines).encode(encoding))
        return path

    return write


def told(table):
    return [str(problem) for problem in table.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_table_is_read_however_excel_saved_it(csv_file, encoding, separator):
    lines = (HEAD, "kg.so-tu-phap,Sở Tư pháp,Sở,,Kiên Giang,2021", "", ",UBND xã A,xã,Hòn Đất,kien-giang,")
    table = parse_unit_table(csv_file(*(line.replace(",", separator) for line in lines), encoding=encoding))

    assert told(table) == []
    office, commune = table.units
    assert (office.code, office.level, office.plan_year) == ("kg.so-tu-phap", Level.SO, 2021)
    assert (commune.code, commune.kind, commune.district) == ("kg.hon-dat.a", "xã", "Hòn Đất")


def test_workbook_is_read_with_numbers_and_dates_as_excel_keeps_them(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["TÊN ĐƠN VỊ", "Cấp", "Năm", "Đến ngày", "Cơ quan đầu mối"])
    sheet.append(["Sở Khoa học và Công nghệ", "sở", 2021.0, date(2025, 6, 30), "x"])
    book.save(tmp_path / "a.xlsx")

    table = parse_unit_table(tmp_path / "a.xlsx", province="kien-giang")

    assert told(table) == []
    (office,) = table.units
    assert (office.code, office.plan_year, str(office.valid_to)) == (
        "kg.so-khoa-hoc-va-cong-nghe", 2021, "2025-06-30",
    )  # fmt: skip
    assert office.lead_office


def test_every_mistake_is_told_with_its_row(csv_file):
    table = parse_unit_table(
        csv_file(
            HEAD + ",Đến ngày,Đơn vị kế thừa",
            "kg.a,Sở A,sở,,Kiên Giang,2021,30/6/2025,kg.b",
            "kg.a,Sở B,sở,,Kiên Giang,,,",
            ",,xã,,Kiên Giang,,,",
            "kg.c,Xã C,thôn,,Sao Hỏa,hai nghìn,31/2/2025,",
            "th.d,Sở D,sở,,Kiên Giang,,,",
            "MÃ SỐ,Sở E,sở,,Kiên Giang,,,",
        )
    )

    assert told(table) == [
        "Dòng 2: Đơn vị kế thừa “kg.b” không có trong tệp và chưa có trong hệ thống.",
        "Dòng 3: Mã kg.a trùng với dòng 2. Mỗi đơn vị một mã.",
        "Dòng 4: Thiếu tên đơn vị.",
        "Dòng 5: Không có tỉnh “Sao Hỏa”. Dùng một trong: "
        "Tuyên Quang, Kiên Giang, Hà Nam, Kon Tum, Thanh Hóa.",
        "Dòng 5: Không hiểu cấp “thôn”. Dùng một trong: sở, chi cục, huyện, xã.",
        "Dòng 5: Cột đến ngày: “31/2/2025” không phải ngày. Viết như 30/6/2025.",
        "Dòng 5: Cột năm: “hai nghìn” không phải số nguyên từ 1990 đến 2100.",
        "Dòng 6: Mã “th.d” của tỉnh Kiên Giang phải bắt đầu bằng “kg.”.",
        "Dòng 7: Mã “mã số” không đúng: chỉ dùng chữ không dấu, số, gạch nối và dấu chấm, "
        "ví dụ th.ba-thuoc.thanh-son.",
    ]


def test_successor_may_be_a_unit_that_exists_already(csv_file):
    path = csv_file(HEAD + ",Đơn vị kế thừa", "th.x,UBND xã X,xã,,Thanh Hóa,,th.pu-luong")

    assert told(parse_unit_table(path, known={"th.pu-luong"})) == []
    assert len(told(parse_unit_table(path))) == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((), "Tệp không có dòng nào."),
        ((HEAD,), "Tệp chỉ có dòng tiêu đề, chưa có đơn vị nào."),
        (("a,b", "1,2"), "Dòng 1: Không hiểu cột “a”. Hãy xóa cột này."),
        (("Tên,Tên,Cấp", "a,b,xã"), "Dòng 1: Cột “Tên” có hai lần."),
        (("Mã,Tên", "a,b"), "Dòng 1: Thiếu cột “cấp”. Dòng đầu của tệp phải là tên các cột."),
    ],
)
def test_table_without_its_heading_is_refused(csv_file, lines, message):
    assert told(parse_unit_table(csv_file(*lines)))[0] == message


def test_file_that_cannot_be_read_says_what_to_do(csv_file, tmp_path):
    (tmp_path / "hỏng.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "a.pdf").write_bytes(b"%PDF")

    assert "CSV UTF-8" in told(parse_unit_table(csv_file("Tên,Cấp", "Sở Tư pháp,sở", encoding="utf-16")))[0]
    assert "Hãy mở và lưu lại" in told(parse_unit_table(tmp_path / "hỏng.xlsx"))[0]
    assert "không phải .csv hoặc .xlsx" in told(parse_unit_table(tmp_path / "a.pdf"))[0]
    assert "Không mở được tệp" in told(parse_unit_table(tmp_path / "không có.csv"))[0]


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_workbook_with_a_broken_part_is_refused(tmp_path, part):
    Workbook().save(tmp_path / "whole.xlsx")
    whole = zipfile.ZipFile(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as broken:
        for name in whole.namelist():
            broken.writestr(name, b"<open>" if name == part else whole.read(name))

    assert told(parse_unit_table(tmp_path / "a.xlsx")) == [
        "Tệp .xlsx bị hỏng hoặc không phải Excel. Hãy mở và lưu lại."
    ]


def test_letters_composed_otherwise_are_the_same(csv_file):
    path = csv_file(unicodedata.normalize("NFD", HEAD), unicodedata.normalize("NFD", ",Sở Y tế,sở,,Hà Nam,"))

    assert parse_unit_table(path).units[0].name == "Sở Y tế"


@settings(deadline=None)  # shared machines are slow now and then
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_but_never_break(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    for name in ("a.csv", "a.xlsx"):
        (folder / name).write_bytes(content)
        table = parse_unit_table(folder / name)
        assert table.problems

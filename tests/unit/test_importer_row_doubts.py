"""Rows of an appendix that do not fit what is known, told with their lines; the wording stays."""

import pytest

from knowledge.importer.importing import import_text
from knowledge.importer.model import Doubt

HEAD = (
    "ỦY BAN NHÂN DÂN TỈNH {}\n\nQUYẾT ĐỊNH\nThử nghiệm\nĐiều 1. Giao việc.\nNơi nhận:\n- Lưu: VT.\n"
    "CHỦ TỊCH\nThử\nPHỤ LỤC\nDANH SÁCH\nSTT\tTên\tHuyện\n"
)


def doubts(province: str, row: str) -> list[Doubt]:
    return list(import_text(HEAD.format(province) + f"1\t{row}\n").doubts)


@pytest.mark.parametrize(
    ("row", "advice"),
    [
        ("UBND xã Đăk Trăm\tHuyện Đăk Glei", "huyện Đắk Tô"),
        ("UBND xã Đăk Trăm\tHuyện Đăk Tô", None),
        ("UBND xã Chưa Từng Có\tHuyện Đăk Tô", None),
        ("Đăk Trăm\tHuyện Đăk Glei", None),
    ],
)
def test_a_commune_under_another_district_is_told(row, advice):
    told = [d.suggestion for d in doubts("KON TUM", row) if "in dưới" in d.why]
    assert told == ([advice] if advice else [])


def test_a_commune_is_looked_for_in_its_own_province_only():
    assert not [d for d in doubts("THANH HÓA", "UBND xã Đăk Trăm\tHuyện Quan Sơn") if "in dưới" in d.why]


def test_the_doubt_names_the_line_of_the_row():
    (told,) = (d for d in doubts("KON TUM", "UBND xã Đăk Trăm\tHuyện Đăk Glei") if "in dưới" in d.why)
    assert (told.line, told.text) == (13, "UBND xã Đăk Trăm")


@pytest.mark.parametrize(
    ("row", "shown"), [("Hỗn hợp tập huấn\tSở", "Hỗn hợp tập huấn"), ("Bê tông hỗn hợp\tSở", "")]
)
def test_an_event_that_nobody_holds_is_told(row, shown):
    assert [d.text for d in doubts("KON TUM", row) if "cuộc họp" in d.why] == ([shown] if shown else [])

"""Numbers, amounts and days as officers type them."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.domain.numbers import (
    format_date,
    format_number,
    read_date,
    read_integer,
    read_money,
    read_number,
)
from isobot.domain.text import fold
from isobot.errors import AnswerRefused

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("118", "118"),
        ("  118. ", "118"),
        ("007", "7"),
        ("1.234", "1234"),
        ("1.234.567", "1234567"),
        ("1 234 567", "1234567"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1,234.5", "1234.5"),
        ("12,5", "12.5"),
        ("1.5", "1.5"),
        ("0,125", "0.125"),
        ("１１８", "118"),
        ("-5", "-5"),
        ("âm năm", "-5"),
        ("mười hai", "12"),
        ("Muoi Hai", "12"),
        ("hai mươi lăm", "25"),
        ("hai mươi mốt", "21"),
        ("bốn mươi tư", "44"),
        ("một trăm linh năm", "105"),
        ("một trăm lẻ năm", "105"),
        ("một trăm mười", "110"),
        ("một trăm rưỡi", "150"),
        ("ba chục", "30"),
        ("một nghìn hai trăm", "1200"),
        ("hai ngàn không trăm linh sáu", "2006"),
        ("một triệu không nghìn hai trăm", "1000200"),
        ("15 triệu", "15000000"),
        ("15tr", "15000000"),
        ("15.000 nghìn", "15000000"),
        ("500k", "500000"),
        ("3,98 tỷ", "3980000000"),
        ("3,98 ti", "3980000000"),
        ("ba phẩy chín tám tỷ", "3980000000"),
        ("2 tỷ 300 triệu", "2300000000"),
        ("2 triệu rưỡi", "2500000"),
        ("triệu rưỡi", "1500000"),
        ("nửa tỷ", "500000000"),
        ("hai lăm", "25"),
        ("một trăm ba tư", "134"),
        ("2 nghìn tỷ", "2000000000000"),
    ],
)
def test_number_is_read_as_meant(typed, meant):
    assert read_number(typed) == Decimal(meant)


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("1,234", ("1234", "1 phẩy 234")),
        ("1 triệu 5", ("1.500.000", "1.000.005")),
        ("1tr5", ("1.500.000", "1.000.005")),
        ("một triệu hai trăm", ("1.200.000", "1.000.200")),
        ("một nghìn hai", ("1.200", "1.002")),
        ("một trăm hai", ("120", "102")),
        ("không", ("số 0", "không phát sinh")),
    ],
)
def test_what_has_two_readings_is_asked_with_both(typed, readings):
    with pytest.raises(AnswerRefused) as refused:
        read_number(typed)
    assert all(reading in str(refused.value) for reading in readings)


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "abc", "😀", "5️⃣", "²", "٣", "12/5", "50%", "2-3", "12 5", "1.23.4", "1234.567", "1..2",
        "1,2,3", "khoảng 20", "tạm", "hai năm", "một mốt", "nửa", "mười mươi", "triệu tỷ", "linh năm", "12?",
        "118 đồng",
        "rưỡi", "-", "+", "1 nghìn 2 triệu", "1 triệu 1.500 nghìn", "sáu trăm bảy trăm",
        "x" * 10_000, "1" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_an_example(typed):
    with pytest.raises(AnswerRefused, match="Ví dụ: 118") as refused:
        read_integer(typed)
    assert len(str(refused.value)) < 300


def test_whole_number_has_no_decimals():
    with pytest.raises(AnswerRefused, match="số lẻ"):
        read_integer("1.234,5")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("15 triệu", 15_000_000),
        ("15 triệu đồng", 15_000_000),
        ("15trđ", 15_000_000),
        ("15.000 nghìn đồng", 15_000_000),
        ("15.000.000đ", 15_000_000),
        ("15.000.000 VNĐ", 15_000_000),
        ("3,98 tỷ", 3_980_000_000),
        ("mười lăm triệu đồng", 15_000_000),
        ("0", 0),
        ("0 đồng", 0),
    ],
)
def test_amount_is_read_in_dong(typed, meant):
    assert read_money(typed) == meant


def test_amount_that_lost_its_unit_is_asked_again():
    with pytest.raises(AnswerRefused, match="15 triệu"):
        read_money("15")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5/11", date(2026, 11, 5)),
        ("05-11", date(2026, 11, 5)),
        ("5.11.2026", date(2026, 11, 5)),
        ("5/11/26", date(2026, 11, 5)),
        ("2026-11-05", date(2026, 11, 5)),
        ("5/12/2025", date(2025, 12, 5)),
        ("ngày 5 tháng 11", date(2026, 11, 5)),
        ("ngay 5 thang 11 nam 2025", date(2025, 11, 5)),
        ("mùng 3 tháng 9", date(2026, 9, 3)),
        ("ngày năm tháng năm năm hai nghìn không trăm hai mươi sáu", date(2026, 5, 5)),
        ("hôm nay", TODAY),
        ("hôm qua", TODAY - timedelta(days=1)),
        ("Hom Qua", TODAY - timedelta(days=1)),
        ("hôm kia", TODAY - timedelta(days=2)),
        ("chiều hôm qua", TODAY - timedelta(days=1)),
        ("3 ngày trước", TODAY - timedelta(days=3)),
        ("cách đây mười ngày", TODAY - timedelta(days=10)),
        ("vào ngày 12/9", date(2026, 9, 12)),
        ("ngày 5 tháng 12 năm ngoái", date(2025, 12, 5)),
        ("5/12 năm ngoái", date(2025, 12, 5)),
        ("5/9 năm nay", date(2026, 9, 5)),
        ("ngày 5 tháng trước", date(2026, 10, 5)),
        ("mùng 5 tháng này", date(2026, 11, 5)),
    ],
)
def test_day_is_read_as_meant(typed, meant):
    assert read_date(typed, today=TODAY) == meant


def test_day_to_come_without_a_year_asks_for_the_year():
    with pytest.raises(AnswerRefused, match="5/12/2025"):
        read_date("5/12", today=TODAY)


@pytest.mark.parametrize(
    ("typed", "lacks"),
    [("tháng 9", "ngày nào"), ("cuối tháng 9", "ngày nào"), ("9/2026", "ngày nào"), ("ngày 5", "tháng nào"),
     ("5", "tháng nào"), ("5 tháng trước", "trước")],
)  # fmt: skip
def test_half_a_day_is_asked_for_its_other_half(typed, lacks):
    with pytest.raises(AnswerRefused, match=lacks):
        read_date(typed, today=TODAY)


@settings(deadline=None)
@given(st.integers(0, 3000))
def test_days_ago_are_counted_back(days):
    assert read_date(f"{days + 1} ngày trước", today=TODAY) == TODAY - timedelta(days=days + 1)


def test_day_to_come_is_of_this_year_where_plans_are_asked():
    assert read_date("5/12", today=TODAY, past=False) == date(2026, 12, 5)


@pytest.mark.parametrize(
    "typed",
    ["31/2", "30/2/2024", "12/25/2026", "0/5", "5", "5/12/206", "5/12/1026", "😀", "thứ hai", "x" * 10_000],
)
def test_what_is_no_day_is_refused_with_an_example(typed):
    with pytest.raises(AnswerRefused, match="Ví dụ: 21/11/2026"):
        read_date(typed, today=TODAY)


@settings(deadline=None)
@given(st.integers(min_value=-(10**18), max_value=10**18))
def test_written_integer_is_read_back(number):
    assert read_integer(format_number(number)) == number


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_written_decimal_is_read_back(number):
    assert read_number(format_number(number)) == number


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=10**12 - 1), st.booleans())
def test_number_spelt_in_words_is_read_back(number, without_marks):
    words = spell(number)
    assert read_integer(fold(words) if without_marks else words) == number


@settings(deadline=None)
@given(st.dates(min_value=date(2000, 1, 1), max_value=TODAY))
def test_written_day_is_read_back(day):
    assert read_date(format_date(day), today=TODAY) == day


NUMBERISH = st.text(
    alphabet="0123456789.,- /đtrkmộthaibốmươitrămnghìntriệutỷlinhkhôngphẩyrưỡi" + "\u00a0😀", max_size=40
)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), NUMBERISH))
def test_any_text_is_read_or_refused(text):
    for read in (read_number, read_integer, read_money):
        assert reads_or_refuses(read, text)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), st.text(alphabet="0123456789/-. ngàythánămhôqu", max_size=30)))
def test_any_text_is_a_day_or_refused(text):
    assert reads_or_refuses(partial(read_date, today=TODAY), text)


def reads_or_refuses(read, text) -> bool:
    try:
        read(text)
    except AnswerRefused as refused:
        return "Ví dụ" in str(refused)
    return True


DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def spell(number: int) -> str:
    """Spell a number the school way, every group named."""
    groups = []
    for name in ("", "nghìn", "triệu", "tỷ"):
        number, group = divmod(number, 1000)
        groups.append((group, name))
        if not number:
            break
    words = []
    for place, (group, name) in enumerate(reversed(groups)):
        full = place > 0
        if group == 0 and not name:
            continue
        words.append(f"{spell_group(group, full=full)} {name}".strip())
    return " ".join(words)


def spell_group(group: int, *, full: bool) -> str:
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = []
    if group == 0:
        return "không"
    if hundreds or full:
        words += [DIGITS[hundreds], "trăm"]
    if tens == 0 and ones and words:
        words += ["linh", DIGITS[ones]]
    elif tens == 1:
        words += ["mười"] + (["lăm" if ones == 5 else DIGITS[ones]] if ones else [])
    else:
        if tens:
            words += [DIGITS[tens], "mươi"]
        if ones:
            after_tens = {1: "mốt", 5: "lăm"}.get(ones, DIGITS[ones]) if tens else DIGITS[ones]
            words.append(after_tens)
    return " ".join(words)

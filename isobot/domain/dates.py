"""Days as Vietnamese officers type them: "5/12", "ngày 5 tháng 12", "hôm qua", "5/12 năm ngoái".

What leaves the day, the month or the year open is refused, and the answer says which; nothing is guessed.
"""

import calendar
import re
from datetime import date, timedelta

from isobot.domain.numerals import Unreadable, clean, quote, read_plain, refusal
from isobot.domain.text import fold

_RELATIVE = {
    "hôm nay": 0, "nay": 0, "sáng nay": 0, "chiều nay": 0, "hôm qua": -1, "qua": -1, "sáng qua": -1,
    "chiều qua": -1, "tối qua": -1, "sáng hôm qua": -1, "chiều hôm qua": -1, "hôm kia": -2, "ngày mai": 1,
    "mai": 1,
}  # fmt: skip
_RELATIVE_BARE = {fold(words): days for words, days in _RELATIVE.items()}
_NUMERIC_DAY = re.compile(r"(\d{1,2}) ?([/.-]) ?(\d{1,2})(?: ?(?:\2|năm|nam) ?(\d{4}|\d{2}))?")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NAMED_DAY = re.compile(r"(.+?) (?:tháng|thang) (.+?)(?:,? (?:năm|nam) (.+))?")
_LEADING = re.compile(r"^(?:(?:vào|vao|hôm|hom|từ|tu|ngày|ngay|mùng|mung|mồng|mong) )+")
_DAYS_AGO = re.compile(r"(?:cách đây|cach day) (.+?) (?:ngày|ngay)|(.+?) (?:ngày|ngay) (?:trước|truoc)")
_WHICH_YEAR = re.compile(r"^(.+?),? (?:năm|nam) (nay|ngoái|ngoai|trước|truoc)$")
_WHICH_MONTH = re.compile(r"^(?:ngày|ngay|mùng|mung|mồng|mong) (.+?) (?:tháng|thang) (này|nay|trước|truoc)$")
_MONTH_ALONE = re.compile(
    r"(?:(?:đầu|giữa|cuối|dau|giua|cuoi) )?(?:tháng|thang) \S+(?: (?:năm|nam) \S+)?|\d{1,2}/\d{4}"
)
_MOST_DAYS_AGO = 3660
_DAY_ALONE = re.compile(r"(?:ngày|ngay|mùng|mung|mồng|mong|hôm|hom) \d{1,2}|\d{1,2}")


def read_date(
    text: str,
    *,
    today: date,
    past: bool = True,
    expected: str = "Cần ngày và tháng.",
    example: str | None = None,
) -> date:
    """Read a day: "5/12", "5/12/2026", "ngày 5 tháng 12", "hôm qua".

    A day without a year is of this year. When `past` (the day of something done) and that day
    is still to come, the year is asked, for it may be last year's.

    Raises:
        AnswerRefused: it is no day of the calendar, or its year is open.
    """
    example = example or format_date(today)
    try:
        return _read_date(text, today=today, past=past)
    except Unreadable as problem:
        raise refusal(str(problem), expected, example) from None


def format_date(day: date) -> str:
    """Write a day as 05/12/2026."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def _read_date(text: str, *, today: date, past: bool) -> date:
    cleaned = clean(text)
    days = _RELATIVE.get(cleaned, _RELATIVE_BARE.get(cleaned) if cleaned.isascii() else None)
    if days is not None:
        return today + timedelta(days=days)
    bare = _LEADING.sub("", cleaned)
    if match := _WHICH_YEAR.match(bare):
        year = today.year if match[2] == "nay" else today.year - 1
        return _in_year(match[1], year, today=today, past=past)
    # Without "ngày", "5 tháng trước" may be five months ago.
    if match := _WHICH_MONTH.match(cleaned):
        return _in_month(match[1], match[2], today=today, past=past)
    if match := _DAYS_AGO.fullmatch(bare):
        return today - timedelta(days=min(_ordinal(match[1] or match[2]), _MOST_DAYS_AGO))
    if _MONTH_ALONE.fullmatch(cleaned):
        raise Unreadable(f"{quote(text)} chưa nói ngày nào trong tháng.")
    if match := _ISO_DAY.fullmatch(bare):
        year, month, day = (int(part) for part in match.groups())
        return _day(day, month, year, today=today, past=past)
    if match := _NUMERIC_DAY.fullmatch(bare):
        day, month = int(match[1]), int(match[3])
        return _day(day, month, _year(match[4]), today=today, past=past)
    if match := _NAMED_DAY.fullmatch(bare):
        day, month = _ordinal(match[1]), _ordinal(match[2])
        return _day(day, month, _year(match[3]), today=today, past=past)
    if _DAY_ALONE.fullmatch(cleaned):
        raise Unreadable(f"{quote(text)} chưa nói tháng nào.")
    raise Unreadable(f"Tôi chưa đọc được ngày tháng trong {quote(text)}.")


def _in_year(said: str, year: int, *, today: date, past: bool) -> date:
    """Read a day and a month of a year that was named by a word: "5/12 năm ngoái"."""
    dated = f"{said}/{year}" if _NUMERIC_DAY.fullmatch(said) else f"{said} năm {year}"
    return _read_date(dated, today=today, past=past)


def _in_month(said: str, which: str, *, today: date, past: bool) -> date:
    """Read a day of this month or the one before: "ngày 5 tháng trước"."""
    month = today.replace(day=1)
    if which in ("trước", "truoc"):
        month = (month - timedelta(days=1)).replace(day=1)
    return _day(_ordinal(said), month.month, month.year, today=today, past=past)


def _year(said: str | None) -> int | None:
    if said is None:
        return None
    year = _ordinal(said)
    return year + 2000 if year < 100 else year


def _ordinal(said: str) -> int:
    number = read_plain(said)
    if number != number.to_integral_value() or not 0 < number < 10_000:
        raise Unreadable(f"Tôi chưa đọc được ngày tháng trong {quote(said)}.")
    return int(number)


def _day(day: int, month: int, year: int | None, *, today: date, past: bool) -> date:
    if not 1 <= month <= 12:
        raise Unreadable(f"Không có tháng {month}; ngày đứng trước, tháng đứng sau.")
    given = today.year if year is None else year
    if not 2000 <= given <= today.year + 1:
        raise Unreadable(f"Năm {given} không phù hợp với kỳ báo cáo.")
    last = calendar.monthrange(given, month)[1]
    if not 1 <= day <= last:
        raise Unreadable(f"Tháng {month}/{given} chỉ có {last} ngày, không có ngày {day}.")
    found = date(given, month, day)
    if year is None and past and found > today:
        last_year = f"{day}/{month}/{given - 1}"
        raise Unreadable(
            f"Ngày {format_date(found)} chưa đến. Nếu là năm trước, xin nhập đủ cả năm: {last_year}."
        )
    return found

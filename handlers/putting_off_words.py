"""How officers ask in their own words to be reminded later, and when they will be reminded again."""

import re
from datetime import date

from isobot.domain.numbers import read_date
from isobot.domain.text import fold
from isobot.errors import AnswerRefused

LONGEST_WORDS = 14
"""A longer text is a question or a story, even where it speaks of reminding."""

_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "muoi": 10}
_COUNT = r"(?P<count>\d{1,3}|" + "|".join(_NUMBERS) + r") (?P<measure>ngay|tuan|hom|bua)"
_PLEASE = r"(?:nhe|nha|voi|gium|giup|cho)?(?: ?(?:toi|minh|em|anh|chi))?"
_BEGIN = r"(?:(?:xin|cho|vui long|nho|lam on|toi muon|toi xin|cho toi) )*"
_WHOM = r"(?:(?:cho )?(?:toi|minh|em) )?"
_PUT_OFF = (
    re.compile(
        rf"{_BEGIN}(?:tam )?(?:hoan|dung|ngung|thoi|lui)(?: viec)?(?: nhac(?: viec)?)? {_WHOM}"
        rf"(?:(?:lai|them|trong|trong vong) )*{_COUNT}(?: nua)? ?{_PLEASE}"
    ),
    re.compile(rf"{_BEGIN}(?:nhac lai|nhac) {_WHOM}sau {_COUNT}(?: nua)? ?{_PLEASE}"),
    re.compile(rf"{_COUNT} (?:nua|sau) (?:hay |hang |moi |thi )?nhac(?: lai)? ?{_PLEASE}"),
)
_UNTIL = re.compile(
    rf"{_BEGIN}(?:tam )?(?:hoan|lui)(?: viec)?(?: nhac(?: viec)?)? {_WHOM}(?:lai )?"
    rf"(?:den|toi) (?P<whole>het )?(?:ngay |hom )?(?P<day>[\d/.-]{{3,10}}) ?{_PLEASE}"
)
_ASKED_WHEN = r"(?:bao gio|khi nao|luc nao|hom nao|ngay nao)"
_WHO = r"(?:bot|tro ly|em|ban|anh|chi|toi|minh)"
_WHEN = (
    re.compile(
        rf"\b{_ASKED_WHEN} (?:thi )?(?:{_WHO} )?(?:se |lai |moi )*(?:bi |duoc )?"
        r"nhac(?: (?:lai|tiep|toi|viec)\b|$)"
    ),
    re.compile(rf"\bnhac (?:lai|tiep)(?: {_WHO})?(?: nua)?(?: vao)? {_ASKED_WHEN}\b"),
    re.compile(r"\b(?:het|con|thoi)(?: bi| duoc)? nhac(?: toi| minh)?(?: nua)? (?:chua|khong|ko|k)\b"),
    re.compile(r"\blan nhac (?:toi|sau|tiep|ke|tiep theo|ke tiep)\b"),
)


def read_count(text: str) -> int | None:
    """Read for how many days somebody wants quiet: "3 ngày", "một tuần"; None when it is something else."""
    found = re.fullmatch(rf"(?:(?:hoan|khoang|them) )*{_COUNT}(?: nua)? ?{_PLEASE}", _plain(text))
    return _days(found) if found else None


def read_put_off(text: str, *, today: date) -> int | None:
    """Read for how many days to put reminders off: "hoãn nhắc 3 ngày", "hoãn đến 5/1"; else None.

    "Đến 5/1" lets reminders go on that very day, "đến hết 5/1" the day after.
    """
    said = _plain(text)
    counted = next((m for pattern in _PUT_OFF if (m := pattern.fullmatch(said))), None)
    if counted is not None:
        return _days(counted)
    named = _UNTIL.fullmatch(said)
    if named is None:
        return None
    try:
        day = read_date(named["day"], today=today, past=False)
    except AnswerRefused:
        return None
    return (day - today).days + (1 if named["whole"] else 0)


def asks_when(text: str) -> bool:
    """Tell whether somebody asks when they will be reminded again, or whether that is over."""
    said = _plain(text)
    return len(said.split()) <= LONGEST_WORDS and any(pattern.search(said) for pattern in _WHEN)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w/.-]+", " ", fold(text)).split()).strip(" .-")


def _days(found: re.Match[str]) -> int:
    count = found["count"]
    number = int(count) if count.isdecimal() else _NUMBERS[count]
    return number * (7 if found["measure"] == "tuan" else 1)

"""Numbers as Vietnamese officers type them, and as they read them back.

A point parts thousands and a comma parts decimals ("1.234,5"); digits, words and both together are
read ("15 triệu", "mười hai", "2 tỷ 300 triệu"). What can be meant in two ways is refused with both
readings: a figure of a report is asked again, never guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from isobot.domain.text import fold, nfc, shorten
from isobot.errors import AnswerRefused

MOST_CHARACTERS = 120
"""The longest number in words is shorter; anything longer is a text sent to the wrong question."""

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_SPACED_GROUPS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?: \d{3})+(?![\d.,])")
_TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+|\S")

_DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_SCALES = {
    "chục": 10, "trăm": 100, "nghìn": 1000, "ngàn": 1000, "k": 1000, "triệu": 10**6, "tr": 10**6,
    "tỷ": 10**9, "tỉ": 10**9,
}  # fmt: skip
_TENS = ("mười", "mươi")
_JOINS = ("linh", "lẻ")
_HALVES = ("rưỡi", "rưởi")
_HALF = "nửa"
_AFTER_TENS = ("mốt", "tư", "lăm", "nhăm")
"""Digits that only ever follow tens, so that "hai lăm" can be nothing but 25."""
_POINT = ("phẩy", "phảy")
_CURRENCY = ("đ", "đồng", "vnđ", "vnd")
_MINUS = ("-", "−", "–", "âm")
_KNOWN = (*_DIGITS, *_SCALES, *_TENS, *_JOINS, *_HALVES, _HALF, *_POINT, *_CURRENCY, *_MINUS)
# A word with marks must carry the right ones ("tạm" is not "tám"); a word without any is read freely.
_BARE = {fold(word): word for word in reversed(_KNOWN)}

_NO_WORDS = ("không", "không có", "khong", "khong co", "ko", "ko co", "k", "k có")


@dataclass(frozen=True, slots=True)
class _Token:
    said: str
    number: Decimal | None = None
    word: str = ""


class Unreadable(Exception):
    """Says in Vietnamese what was understood; the caller adds what was expected."""


def read_number(text: str, *, expected: str = "Cần một con số.", example: str = "1.234,5") -> Decimal:
    """Read a number, with or without decimals, in digits, in words, or mixed.

    Raises:
        AnswerRefused: it is no number, or can be read in two ways; the message tells both.
    """
    try:
        return read_plain(text)
    except Unreadable as problem:
        raise refusal(str(problem), expected, example) from None


def read_integer(text: str, *, expected: str = "Cần một số nguyên.", example: str = "118") -> int:
    """Read a whole number.

    Raises:
        AnswerRefused: it is no number, has decimals, or can be read in two ways.
    """
    number = read_number(text, expected=expected, example=example)
    if number != number.to_integral_value():
        raise refusal(f"Tôi đọc được {format_number(number)}, đây là số lẻ.", expected, example)
    return int(number)


def read_money(text: str, *, expected: str = "Cần một số tiền bằng đồng.", example: str = "15 triệu") -> int:
    """Read an amount in whole đồng: "15 triệu", "15.000 nghìn", "3,98 tỷ", "15.000.000 đ".

    Raises:
        AnswerRefused: it is no amount, or is so small (below 1.000 đồng) that a unit is missing.
    """
    without_currency = _without_currency(text)
    amount = read_number(without_currency, expected=expected, example=example)
    if amount != amount.to_integral_value():
        raise refusal(f"Tôi đọc được {format_number(amount)} đồng, có phần lẻ.", expected, example)
    if 0 < amount < 1000:
        shown = format_number(amount)
        understood = f"Tôi đọc được {shown} đồng, có lẽ thiếu đơn vị (nghìn, triệu)."
        raise refusal(understood, expected, f"{shown} triệu")
    return int(amount)


def format_number(number: Decimal | int) -> str:
    """Write a number the Vietnamese way: 1234567 is "1.234.567", 1.5 is "1,5"."""
    plain = f"{number:,f}" if isinstance(number, Decimal) else f"{number:,d}"
    whole, _, decimals = plain.partition(".")
    decimals = decimals.rstrip("0")
    return whole.replace(",", ".") + (f",{decimals}" if decimals else "")


def refusal(understood: str, expected: str, example: str) -> AnswerRefused:
    """Say what was understood, what is expected, and what works."""
    return AnswerRefused(f"{understood} {expected} Ví dụ: {example}.")


def quote(text: str) -> str:
    """Quote what was typed, on one line and shortened."""
    return f"“{shorten(' '.join(text.split()), 40)}”"


def clean(text: str) -> str:
    """Bring what was typed to small letters and single spaces; raise Unreadable where nothing is left."""
    if len(text) > MOST_CHARACTERS:
        length = format_number(len(text))
        raise Unreadable(f"Tin nhắn dài {length} ký tự, tôi không biết lấy phần nào.")
    cleaned = " ".join(nfc(text).translate(_FULL_WIDTH).lower().split()).rstrip(" .,;!")
    if not cleaned:
        raise Unreadable("Tôi chưa nhận được nội dung nào.")
    return cleaned


def _without_currency(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        return text
    bare = nfc(text).strip(" .,;!\n\t")
    match = re.fullmatch(r"(.*?[\s\d]|.*\d(?:k|tr))\s*(?:đ|đồng|dong|d|vnđ|vnd)", bare, re.I | re.S)
    return match.group(1) if match else text


def read_plain(text: str) -> Decimal:
    """Read a number, and raise Unreadable where that cannot be done."""
    cleaned = clean(text)
    if cleaned in _NO_WORDS:
        raise Unreadable(f"Tôi chưa rõ {quote(text)} là số 0 hay là “không phát sinh”.")
    joined = _SPACED_GROUPS.sub(lambda match: match.group().replace(" ", ""), cleaned)
    tokens = [_token(said, text) for said in _TOKEN.findall(joined)]
    if len(tokens) > 1 and tokens[0].word in _MINUS:
        return -_quantity(tokens[1:], text)
    return _quantity(tokens, text)


def _token(said: str, text: str) -> _Token:
    if said[0].isdecimal():
        if not said.isascii():
            raise Unreadable(f"{quote(text)} có chữ số lạ, tôi không đọc được.")
        return _Token(said, number=_numeral(said))
    word = said if said in _KNOWN else _BARE.get(said, "") if said.isascii() else ""
    if not word:
        if said == text.strip().lower():
            raise Unreadable(f"{quote(text)} không phải là con số.")
        if not said.isalnum():
            raise Unreadable(f"{quote(text)} có ký hiệu lạ, tôi không đọc được thành số.")
        raise Unreadable(f"Trong {quote(text)} có {quote(said)}, tôi không đọc được thành số.")
    return _Token(said, word=word)


def _numeral(said: str) -> Decimal:
    """Read digits with points and commas."""
    separators = set(said) & {".", ","}
    if not separators:
        return Decimal(said)
    if len(separators) == 2:
        point = max(".", ",", key=said.rfind)
        whole, _, decimals = said.rpartition(point)
        other = "," if point == "." else "."
        if point in whole or other in decimals or not _grouped(whole, other):
            raise _badly_grouped(said)
        return Decimal(f"{whole.replace(other, '')}.{decimals}")
    separator = separators.pop()
    groups = said.split(separator)
    thousands = _grouped(said, separator)
    if thousands and separator == "," and len(groups) == 2:
        readings = f"{''.join(groups)} hoặc {' phẩy '.join(groups)}"
        raise Unreadable(f"{quote(said)} có thể hiểu là {readings}, xin nhập lại cho rõ.")
    if thousands:
        return Decimal("".join(groups))
    # "1.5" cannot part thousands, so its point can only be a decimal one.
    if len(groups) == 2 and groups[1] and (len(groups[1]) != 3 or groups[0] == "0" or separator == ","):
        return Decimal(".".join(groups))
    raise _badly_grouped(said)


def _grouped(said: str, separator: str) -> bool:
    return re.fullmatch(rf"[1-9]\d{{0,2}}(?:{re.escape(separator)}\d{{3}})+", said) is not None


def _badly_grouped(said: str) -> Unreadable:
    return Unreadable(f"{quote(said)} có dấu chấm, dấu phẩy đặt không đúng chỗ.")


def _two_readings(said: str, one: Decimal, other: Decimal) -> Unreadable:
    readings = f"{format_number(one)} hoặc {format_number(other)}"
    return Unreadable(f"{quote(said)} có thể hiểu là {readings}, xin nhập lại cho rõ.")


class _Reader:
    """Walks over the tokens of one number."""

    def __init__(self, tokens: Sequence[_Token], text: str) -> None:
        self._tokens = tokens
        self._at = 0
        self.text = text

    @property
    def word(self) -> str:
        return self._tokens[self._at].word if self.more else ""

    @property
    def number(self) -> Decimal | None:
        return self._tokens[self._at].number if self.more else None

    @property
    def more(self) -> bool:
        return self._at < len(self._tokens)

    def next_words(self, count: int) -> tuple[str, ...]:
        return tuple(token.word for token in self._tokens[self._at : self._at + count])

    def step(self) -> None:
        self._at += 1

    def digit(self) -> int | None:
        """Take a digit in a word, or in one figure."""
        value = _DIGITS.get(self.word)
        if value is None and self.number is not None and 0 <= self.number <= 9:
            value = int(self.number) if self.number == int(self.number) else None
        if value is not None:
            self.step()
        return value

    def lost(self) -> Unreadable:
        return Unreadable(f"Tôi chưa hiểu con số {quote(self.text)}.")


def _quantity(tokens: Sequence[_Token], text: str) -> Decimal:
    """Add up parts of falling scale: "2 tỷ 300 triệu", "một nghìn hai trăm linh năm"."""
    reader = _Reader(tokens, text)
    total = Decimal(0)
    limit: int | None = None
    while reader.more:
        explicit = reader.word in _JOINS or reader.next_words(2) == ("không", "trăm")
        if reader.word in _JOINS and limit is None:
            raise reader.lost()
        amount = _amount(reader)
        scale = _scale(reader)
        if reader.word in _HALVES and scale > 1:
            reader.step()
            amount += Decimal("0.5")
            if reader.more:
                raise reader.lost()
        if limit is not None and amount * scale >= limit:
            raise reader.lost()
        if limit is not None and scale == 1 and not explicit and _open_rest(amount, limit):
            # "1 triệu 5" is said for 1.500.000 and can be read as 1.000.005.
            spoken = amount * limit / (10 if amount < 10 else 1000)
            raise _two_readings(text, total + spoken, total + amount)
        total += amount * scale
        if scale == 1 and reader.more:
            raise reader.lost()
        limit = scale
    if limit is None:
        raise reader.lost()
    return total


def _open_rest(amount: Decimal, limit: int) -> bool:
    return amount > 0 and (limit > 1000 or amount < 10)


def _amount(reader: _Reader) -> Decimal:
    if reader.word in _JOINS:
        reader.step()
        digit = reader.digit()
        if digit is None:
            raise reader.lost()
        return Decimal(digit)
    if reader.word == _HALF and reader.next_words(2)[1:] and reader.next_words(2)[1] in _SCALES:
        reader.step()
        return Decimal("0.5")
    if reader.word in _SCALES and reader.next_words(2)[1:] and reader.next_words(2)[1] in _HALVES:
        return Decimal(1)  # "triệu rưỡi"
    number = reader.number
    if number is not None:
        reader.step()
    else:
        number = Decimal(_below_thousand(reader))
    if reader.word in _POINT:
        reader.step()
        number += _decimals(reader)
    return number


def _decimals(reader: _Reader) -> Decimal:
    digits = ""
    while reader.more and (reader.number is not None or reader.word in _DIGITS):
        number = reader.number
        digits += str(number) if number is not None else str(_DIGITS[reader.word])
        reader.step()
    if not digits.isdecimal():
        raise reader.lost()
    return Decimal(f"0.{digits}")


def _below_thousand(reader: _Reader) -> int:
    """Read words up to 999; "một trăm hai" is said for 120 and for 102, so it is asked again."""
    first = _below_hundred(reader)
    if reader.word != "trăm" or first > 9:
        return first
    reader.step()
    hundreds = first * 100
    if reader.word in _HALVES:
        reader.step()
        return hundreds + 50
    if reader.word in _JOINS:
        reader.step()
        digit = reader.digit()
        if digit is None:
            raise reader.lost()
        return hundreds + digit
    if reader.word in _TENS or reader.word in _DIGITS:
        rest = _below_hundred(reader)
        if rest < 10:
            strict, spoken = Decimal(hundreds + rest), Decimal(hundreds + rest * 10)
            raise _two_readings(reader.text, spoken, strict)
        return hundreds + rest
    return hundreds


def _below_hundred(reader: _Reader) -> int:
    if reader.word in _TENS:
        reader.step()
        tens = 10
    else:
        in_words = reader.number is None
        digit = reader.digit()
        if digit is None:
            raise reader.lost()
        if in_words and digit > 1 and reader.word in _AFTER_TENS:
            return digit * 10 + (reader.digit() or 0)
        if reader.word not in (*_TENS, "chục"):
            return digit
        reader.step()
        tens = digit * 10
    if reader.word in _DIGITS:
        return tens + (reader.digit() or 0)
    return tens


def _scale(reader: _Reader) -> int:
    """Take "nghìn", "triệu", "nghìn tỷ" as one factor."""
    scale = 1
    while reader.word in _SCALES:
        scale *= _SCALES[reader.word]
        reader.step()
    return scale

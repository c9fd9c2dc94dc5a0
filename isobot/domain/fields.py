"""Fields of a form (mục của biểu): what is asked, what an answer means, how a value is shown.

Three things are told apart everywhere: zero, "không phát sinh" (nothing to count), and a field left
blank. A field not answered yet has no value at all.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from isobot.domain.amounts import read_amounts, show_amounts
from isobot.domain.expressions import Condition, Term
from isobot.domain.kinds import Gather, Kind, RollUp
from isobot.domain.numbers import format_date, format_number, read_date, read_integer, read_money
from isobot.domain.text import fold, nfc, shorten
from isobot.domain.units import Level
from isobot.domain.values import BLANK, NONE_ARISING, Value, filename_of
from isobot.errors import AnswerRefused

NONE_ARISING_LABEL = "Không phát sinh"
BLANK_LABEL = "Chưa có số liệu"

LARGEST_INTEGER = 100_000_000
LARGEST_MONEY = 10**14
"""Upper ends where a form gives none: a hundred thousand billion đồng, and anything above is a slip."""

_NONE_WORDS = {
    "khong phat sinh", "ko phat sinh", "k phat sinh", "khong co phat sinh", "chua phat sinh", "kps",
    "khong ps", "kophatsinh", "khongphatsinh",
}  # fmt: skip
_BLANK_WORDS = {"bo qua", "de trong", "trong", "skip", "chua co so lieu"}
_NOTHING_WORDS = {"khong", "khong co", "khong co gi", "ko", "ko co"}
_YES_WORDS = {"co", "yes", "y", "dung", "dung vay", "roi", "da co", "1"}
_NO_WORDS = {"khong", "khong co", "ko", "k", "no", "n", "chua", "chua co", "2"}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field; `words` are other ways to say it."""

    key: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One figure, day, choice or text of a form (mục của biểu).

    A field with `computed` is worked out and never asked. A field with `when` is asked only while
    that holds; then its `number` has a letter ("3a"), so the numbers of the others never move. A field
    with `skip` is asked as a rule, under a number of its own, and passed over while that holds.
    `part` is the section of the written report in which it stands, `group` the heading under which it
    is asked. An empty `levels` means that units of every level are asked.

    `words` are other names by which people write it in a message with many figures ("tổng 120").

    `last` is the key of the field that it carries on from the last period ("" for itself: what was open
    at the end becomes what is open at the start). With `keep`, last period's value may well stand
    again and is offered. With `gather`, a form for the whole province is filled from its units' reports.
    """

    key: str
    number: str
    label: str
    help: str
    basis: str
    kind: Kind
    ask: str = ""
    unit: str = ""
    required: bool = True
    none_arising: bool = True
    choices: tuple[Option, ...] = ()
    least: int | None = None
    most: int | None = None
    max_length: int = 1000
    future: bool = False
    example: str = ""
    when: Condition | None = None
    computed: Term | None = None
    part: str = "II"
    total_label: str = ""
    roll_up: RollUp = RollUp.NONE
    last: str = ""
    keep: bool = False
    skip: Condition | None = None
    group: str = ""
    levels: tuple[Level, ...] = ()
    gather: Gather | None = None
    words: tuple[str, ...] = ()

    def question(self, position: str) -> str:
        """Ask for the value: "4/12. Số TTHC đã đưa vào hệ thống? (đơn vị: thủ tục)"."""
        unit = f" (đơn vị: {self.unit})" if self.unit else ""
        if self.kind is Kind.AMOUNTS:
            unit = f" (các nguồn: {', '.join(option.label.lower() for option in self.choices)})"
        return f"{position}. {self.ask or self.label + '?'}{unit}"

    def why(self) -> str:
        """Answer "vì sao hỏi?": the purpose, then the basis."""
        return f"{self.help}\nCăn cứ: {self.basis}"

    @property
    def options(self) -> tuple[Option, ...]:
        """Return what may be picked by number: of a choice, and of yes or no; else nothing."""
        if self.kind is Kind.YES_NO:
            return (Option("co", "Có"), Option("khong", "Không"))
        return self.choices if self.kind is Kind.CHOICE else ()

    @property
    def last_key(self) -> str:
        """Return the key under which the last period holds what this field carries on."""
        return self.last or self.key

    @property
    def shortcuts(self) -> tuple[Option, ...]:
        """Return the answers that are no value: "không phát sinh", "để trống", where allowed.

        On a field of numbers they may be drawn as buttons, never as a numbered list: there "2" is
        the figure two.
        """
        none = (Option("khong-phat-sinh", NONE_ARISING_LABEL),) if self._takes_none_arising else ()
        blank = () if self.required else (Option("de-trong", "Để trống"),)
        return none + blank

    @property
    def _takes_none_arising(self) -> bool:
        return self.none_arising and self.kind not in (Kind.CHOICE, Kind.YES_NO, Kind.FILE)

    def parse(self, text: str, *, today: date) -> Value:
        """Read an answer.

        Raises:
            AnswerRefused: it does not fit; the message says what was understood, what is expected,
                and an example that works.
        """
        answer = tidy(text)
        said = fold(answer).strip(" .,;!\"'“”").replace("-", " ")
        if said in _NONE_WORDS:
            return self._none_arising()
        if said in _BLANK_WORDS:
            return self._blank()
        match self.kind:
            case Kind.INTEGER:
                number = read_integer(
                    self._without_unit(answer), expected=self.expected, example=self._example
                )
                return Value.of(self._in_range(number))
            case Kind.MONEY:
                amount = read_money(answer, expected=self.expected, example=self._example)
                return Value.of(self._in_range(amount))
            case Kind.DATE:
                return Value.of(self._day(answer, today))
            case Kind.CHOICE:
                return Value.of(self._option(answer, said))
            case Kind.YES_NO:
                return Value.of(self._yes_or_no(answer, said))
            case Kind.TEXT:
                return self._text(answer, said)
            case Kind.FILE:
                raise self._refused(f"Tôi nhận được chữ “{shorten(answer, 40)}”, chưa có tệp nào.")
            case Kind.AMOUNTS:
                return read_amounts(answer, self.choices, expected=self.expected, example=self._example)

    def show(self, value: Value | None, *, unit: bool = True) -> str:
        """Write a value for people: "118 thủ tục", "15.000.000 đồng", "Không phát sinh"."""
        if value is None or value.is_blank:
            return BLANK_LABEL
        if value.is_none_arising:
            return NONE_ARISING_LABEL
        given = value.given
        if isinstance(given, bool):
            return "Có" if given else "Không"
        if isinstance(given, int):
            name = "đồng" if self.kind is Kind.MONEY else self.unit
            return f"{format_number(given)} {name}" if unit and name else format_number(given)
        if isinstance(given, date):
            return format_date(given)
        if self.kind is Kind.FILE:
            return filename_of(value)
        if self.kind is Kind.AMOUNTS:
            return show_amounts(value, self.choices)
        return next((option.label for option in self.choices if option.key == given), str(given))

    @property
    def expected(self) -> str:
        """Say what fits, in one Vietnamese sentence."""
        others = "".join(f", hoặc gõ “{option.label.lower()}”" for option in self.shortcuts)
        match self.kind:
            case Kind.INTEGER | Kind.MONEY:
                what = "số tiền bằng đồng" if self.kind is Kind.MONEY else "số nguyên"
                least = "" if self.least is None else f" từ {format_number(self.least)}"
                limited = self.most is not None and self.most < LARGEST_INTEGER
                most = " trở lên" if least and not limited else ""
                if limited and self.most is not None:
                    most = (
                        f" đến {format_number(self.most)}"
                        if least
                        else f" nhiều nhất {format_number(self.most)}"
                    )
                counted = bool(self.unit) and self.kind is Kind.INTEGER
                unit = f" (đơn vị: {self.unit})" if counted else ""
                return f"Mục này cần một {what}{least}{most}{unit}{others}."
            case Kind.DATE:
                return f"Mục này cần ngày, tháng, năm{others}."
            case Kind.CHOICE | Kind.YES_NO:
                listed = "; ".join(f"{n}. {o.label}" for n, o in enumerate(self.options, start=1))
                return f"Anh/chị chọn một trong các mục: {listed}{others}."
            case Kind.TEXT:
                return f"Mục này cần một đoạn chữ, nhiều nhất {format_number(self.max_length)} ký tự{others}."
            case Kind.FILE:
                return f"Mục này cần một ảnh chụp hoặc bản quét, anh/chị gửi tệp vào đây{others}."
            case Kind.AMOUNTS:
                named = ", ".join(option.label.lower() for option in self.choices)
                return f"Mục này cần từng nguồn kèm số tiền ({named}){others}."

    @property
    def _example(self) -> str:
        defaults = {
            Kind.INTEGER: "5",
            Kind.MONEY: "15 triệu",
            Kind.DATE: "hôm qua",
            Kind.CHOICE: "1",
            Kind.YES_NO: "có",
            Kind.TEXT: "Đang bổ sung hồ sơ",
            Kind.FILE: "ảnh chụp trang đầu và trang ký của văn bản",
            Kind.AMOUNTS: " ".join(f"{self.choices[0].label.lower()} 10 triệu".split())
            if self.choices
            else "",
        }
        return self.example or defaults[self.kind]

    def _refused(self, understood: str, example: str | None = None) -> AnswerRefused:
        return AnswerRefused(f"{understood} {self.expected} Ví dụ: {example or self._example}.")

    def _none_arising(self) -> Value:
        if not self._takes_none_arising:
            raise self._refused("Mục này phải có nội dung, không nhận “không phát sinh”.")
        return NONE_ARISING

    def _blank(self) -> Value:
        if self.required:
            raise self._refused("Mục này bắt buộc, không để trống được.")
        return BLANK

    def _without_unit(self, answer: str) -> str:
        words = re.sub(r"(?<=\d)(?=[^\W\d_])", " ", answer).split()
        unit = fold(self.unit).split()
        if unit and len(words) > len(unit) and [fold(word) for word in words[-len(unit) :]] == unit:
            return " ".join(words[: -len(unit)])
        return answer

    def _in_range(self, number: int) -> int:
        if self.least is not None and number < self.least:
            raise self._refused(f"Tôi đọc được {format_number(number)}, nhỏ hơn {format_number(self.least)}.")
        if self.most is not None and number > self.most:
            shown = shorten(format_number(number), 40)
            raise self._refused(f"Tôi đọc được {shown}, lớn hơn {format_number(self.most)}.")
        return number

    def _day(self, answer: str, today: date) -> date:
        example = self.example or format_date(today)
        past = not self.future
        day = read_date(answer, today=today, past=past, expected=self.expected, example=example)
        if past and day > today:
            raise self._refused(f"Ngày {format_date(day)} chưa đến, mục này hỏi việc đã làm.", example)
        return day

    def _option(self, answer: str, said: str) -> str:
        for number, option in enumerate(self.choices, start=1):
            names = (option.label, *option.words)
            if answer == option.key or said in {str(number), *(fold(name).strip(" .") for name in names)}:
                return option.key
        within = [o for o in self.choices if len(said) > 2 and f" {said} " in f" {_bare(o.label)} "]
        if len(within) == 1:
            return within[0].key
        if within:
            either = " hay ".join(f"“{option.label}”" for option in within)
            raise self._refused(f"“{shorten(answer, 40)}” có thể là {either}.")
        raise self._refused(f"“{shorten(answer, 40)}” không có trong các lựa chọn.")

    def _yes_or_no(self, answer: str, said: str) -> bool:
        if said in _YES_WORDS:
            return True
        if said in _NO_WORDS:
            return False
        raise self._refused(f"Tôi chưa rõ “{shorten(answer, 40)}” là có hay không.")

    def _text(self, answer: str, said: str) -> Value:
        if said in _NOTHING_WORDS:
            return self._none_arising()
        if not any(character.isalnum() for character in answer):
            raise self._refused("Tôi chưa thấy chữ hay số nào trong câu trả lời.")
        if len(answer) > self.max_length:
            raise self._refused(f"Nội dung dài {format_number(len(answer))} ký tự, xin rút gọn.")
        return Value.of(answer)


def numbered(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Number fields: 1, 2, 3 for those always asked, 3a, 3b for those asked sometimes, after the third."""
    found: list[Field] = []
    main = extra = 0
    for field in fields:
        if field.computed is not None:
            number = ""
        elif field.when is not None:
            extra += 1
            number = f"{main}{chr(ord('a') + extra - 1)}"
        else:
            main, extra = main + 1, 0
            number = str(main)
        found.append(replace(field, number=number))
    return tuple(found)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def tidy(text: str) -> str:
    """Bring text to NFC and drop what no database or document can hold: controls, lone surrogates."""
    spaced = nfc(text).replace("\t", " ").replace("\r", "")
    kept = (c for c in spaced if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    return "".join(kept).strip()

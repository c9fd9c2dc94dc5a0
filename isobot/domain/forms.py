"""Forms (biểu mẫu báo cáo): fields, what an answer means, when a question is asked, what must hold.

A form is data; the dialogue, the checks, the document and the table all read it. Everything here is
a function of the values: nothing is stored and nothing is asked.

Three things are told apart everywhere: zero, "không phát sinh" (nothing to count), and a field left
blank. A field not answered yet has no value in the mapping at all.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from enum import StrEnum
from typing import Any

from isobot.domain.expressions import Condition, Facts, Period, Term
from isobot.domain.numbers import format_date, format_number, read_date, read_integer, read_money
from isobot.domain.text import fold, nfc, shorten
from isobot.domain.values import BLANK, NONE_ARISING, Value, Values
from isobot.errors import AnswerRefused, NotFound

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


class Kind(StrEnum):
    """What a field takes."""

    INTEGER = "integer"
    MONEY = "money"
    """Whole đồng."""
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yesno"
    TEXT = "text"


class Severity(StrEnum):
    """What a broken check means: an error stops the submission, a warning needs a reason."""

    ERROR = "error"
    WARNING = "warning"


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
    that holds; then its `number` has a letter ("3a"), so the numbers of the others never move.
    `part` is the section of the written report in which it stands.
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

    def question(self, position: str) -> str:
        """Ask for the value: "4/12. Số TTHC đã đưa vào hệ thống? (đơn vị: thủ tục)"."""
        unit = f" (đơn vị: {self.unit})" if self.unit else ""
        return f"{position}. {self.ask or self.label + '?'}{unit}"

    def why(self) -> str:
        """Answer "vì sao hỏi?": the purpose, then the basis."""
        return f"{self.help}\nCăn cứ: {self.basis}"

    @property
    def options(self) -> tuple[Option, ...]:
        """Return what may be picked by number: of a choice, and of yes or no; else nothing."""
        if self.kind is Kind.YES_NO:
            return (Option("co", "Có"), Option("khong", "Không"))
        return self.choices

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
        return self.none_arising and self.kind not in (Kind.CHOICE, Kind.YES_NO)

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
                named = bool(self.unit) and self.kind is Kind.INTEGER
                unit = f" (đơn vị: {self.unit})" if named else ""
                return f"Mục này cần một {what}{least}{most}{unit}{others}."
            case Kind.DATE:
                return f"Mục này cần ngày, tháng, năm{others}."
            case Kind.CHOICE | Kind.YES_NO:
                listed = "; ".join(f"{n}. {o.label}" for n, o in enumerate(self.options, start=1))
                return f"Anh/chị chọn một trong các mục: {listed}{others}."
            case Kind.TEXT:
                return f"Mục này cần một đoạn chữ, nhiều nhất {format_number(self.max_length)} ký tự{others}."

    @property
    def _example(self) -> str:
        defaults = {
            Kind.INTEGER: "5",
            Kind.MONEY: "15 triệu",
            Kind.DATE: "",
            Kind.CHOICE: "1",
            Kind.YES_NO: "có",
            Kind.TEXT: "Đang bổ sung hồ sơ",
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


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def tidy(text: str) -> str:
    """Bring text to NFC and drop what no database or document can hold: controls, lone surrogates."""
    spaced = nfc(text).replace("\t", " ").replace("\r", "")
    kept = (c for c in spaced if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    return "".join(kept).strip()


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold between fields.

    `message` and `mend` are Vietnamese and may name {key} (the value), {key.number}, {key.label}.
    """

    id: str
    severity: Severity
    hold: Condition
    message: str
    mend: str
    basis: str = ""
    only_if: Condition | None = None

    def fields(self) -> tuple[str, ...]:
        """Return the keys that the check is about."""
        return self.hold.fields()


@dataclass(frozen=True, slots=True)
class Problem:
    """A check that does not hold: what is wrong, how to mend it, and in which fields."""

    check: str
    severity: Severity
    message: str
    mend: str
    fields: tuple[str, ...]

    @property
    def is_error(self) -> bool:
        """Tell whether the report cannot be submitted like this."""
        return self.severity is Severity.ERROR

    def as_text(self) -> str:
        """Say what is wrong and how to mend it."""
        return f"{self.message} {self.mend}"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a certain version; a report of an earlier period keeps the version of its time."""

    id: str
    version: int
    title: str
    note: str
    fields: tuple[Field, ...]
    checks: tuple[Check, ...] = ()
    _memo: dict[str, Any] = dataclass_field(default_factory=dict, init=False, repr=False, compare=False)
    """The latest walk: one answer asks several questions about the same values."""

    def __post_init__(self) -> None:
        _examine(self)

    def field(self, key: str) -> Field:
        """Return a field by its key.

        Raises:
            NotFound: the form has none of that key.
        """
        for field in self.fields:
            if field.key == key:
                return field
        raise NotFound(f"form {self.id} version {self.version} has no field {key!r}")

    def by_number(self, number: str) -> Field | None:
        """Find the field an officer means by "mục 7" or "3a"."""
        wanted = fold(number).replace(" ", "")
        return next((f for f in self.fields if f.number and f.number == wanted), None)

    @property
    def size(self) -> int:
        """Return how many questions everybody is asked."""
        return sum(1 for f in self.fields if f.when is None and f.computed is None)

    def position(self, key: str) -> str:
        """Return where a field stands, as "4/12"; one that is asked only sometimes is "3a/12"."""
        return f"{self.field(key).number}/{self.size}"

    def question(self, key: str) -> str:
        """Ask for a field, with its position."""
        return self.field(key).question(self.position(key))

    def lines(self, values: Values) -> tuple[tuple[Field, Value | None], ...]:
        """List what applies, in order, computed figures among it; None is not answered yet."""
        return self._walk(values)

    def visible_fields(self, values: Values) -> tuple[Field, ...]:
        """List the fields that are asked, given the answers so far."""
        return tuple(field for field, _ in self._walk(values) if field.computed is None)

    def complete(self, values: Values) -> dict[str, Value]:
        """Return the values that count: those of skipped fields left out, computed ones added."""
        return {field.key: value for field, value in self._walk(values) if value is not None}

    def missing(self, values: Values) -> tuple[Field, ...]:
        """List the fields that are still to be asked."""
        return tuple(f for f, value in self._walk(values) if value is None and f.computed is None)

    def next_field(self, values: Values) -> Field | None:
        """Return the first field still to be asked; None when everything is answered."""
        return next(iter(self.missing(values)), None)

    def previous_field(self, key: str, values: Values) -> Field | None:
        """Return the field asked before this one; None before the first."""
        before: Field | None = None
        for field in self.visible_fields(values):
            if field.key == key:
                return before
            before = field
        return before

    def problems(self, values: Values, *, period: Period | None = None) -> tuple[Problem, ...]:
        """List every check that is already decided and does not hold."""
        facts = Facts(self.complete(values), period)
        broken = (c for c in self.checks if c.only_if is None or c.only_if.holds(facts) is True)
        return tuple(self._problem(c, facts) for c in broken if c.hold.holds(facts) is False)

    def problems_at(self, key: str, values: Values, *, period: Period | None = None) -> tuple[Problem, ...]:
        """List the problems in which one field has a part, so that they are told when it is entered."""
        return tuple(p for p in self.problems(values, period=period) if key in p.fields)

    def _walk(self, values: Values) -> tuple[tuple[Field, Value | None], ...]:
        """Go through the fields that apply; a condition sees only values that count themselves."""
        known: tuple[Values, tuple[tuple[Field, Value | None], ...]] | None = self._memo.get("walk")
        if known is not None and _are_same_objects(known[0], values):
            return known[1]
        walked = tuple(self._walk_anew(values))
        self._memo["walk"] = (dict(values), walked)
        return walked

    def _walk_anew(self, values: Values) -> Iterator[tuple[Field, Value | None]]:
        seen: dict[str, Value] = {}
        facts = Facts(seen)
        for field in self.fields:
            if field.when is not None and field.when.holds(facts) is not True:
                continue
            value = values.get(field.key) if field.computed is None else _compute(field.computed, seen)
            if value is not None:
                seen[field.key] = value
            yield field, value

    def _problem(self, check: Check, facts: Facts) -> Problem:
        concerned = self._entered(check.fields())
        message, mend = (self._filled(text, facts.values) for text in (check.message, check.mend))
        return Problem(check.id, check.severity, message, mend, concerned)

    def _entered(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Replace computed fields by those they are made of, in the order of the form."""
        wanted = set(keys)
        for field in reversed(self.fields):
            if field.key in wanted and field.computed is not None:
                wanted.remove(field.key)
                wanted.update(field.computed.fields())
        return tuple(field.key for field in self.fields if field.key in wanted)

    def _filled(self, text: str, values: Values) -> str:
        def fill(match: re.Match[str]) -> str:
            field = self.field(match[1])
            if match[2]:
                return field.number if match[2] == "number" else field.label
            return field.show(values.get(field.key))

        return _PLACEHOLDER.sub(fill, text)


def _are_same_objects(one: Values, other: Values) -> bool:
    """Compare by identity, which is quick, and never takes False for 0 as equality does."""
    return len(one) == len(other) and all(other.get(key) is value for key, value in one.items())


_PLACEHOLDER = re.compile(r"\{(\w+)(?:\.(number|label))?\}")


def _compute(term: Term, values: Mapping[str, Value]) -> Value | None:
    """Work a figure out; blank if a part is blank, "không phát sinh" if every part is."""
    parts = [values.get(key) for key in term.fields()]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if any(part.is_blank for part in known):
        return BLANK
    if all(part.is_none_arising for part in known):
        return NONE_ARISING
    figure = term.figure(Facts(values))
    return None if figure is None else Value.of(figure)


class FormFault(ValueError):
    """A form that cannot work; `place` is the key path in its file, `mend` the cure, in English."""

    def __init__(self, place: str, problem: str, mend: str) -> None:
        super().__init__(f"{place}: {problem}; {mend}")
        self.place = place
        self.problem = problem
        self.mend = mend


def _examine(form: Form) -> None:
    """Raise FormFault for what the file's model cannot see: keys that do not fit together."""
    seen: set[str] = set()
    for index, field in enumerate(form.fields):
        place = f"fields.{index} ({field.key})"
        if field.key in seen:
            raise FormFault(place, f"field {field.key!r} stands twice", "give one of them another key")
        if (field.kind is Kind.CHOICE) != bool(field.choices):
            raise FormFault(place, "choices belong to kind choice, and to no other", "mend kind or choices")
        if len({option.key for option in field.choices}) < len(field.choices):
            raise FormFault(place, "two choices have one key", "give one of them another key")
        if field.computed is not None and field.kind not in (Kind.INTEGER, Kind.MONEY):
            raise FormFault(place, "only an integer or money can be computed", "mend kind or computed")
        _examine_keys(f"{place}, when", field.when, seen)
        _examine_keys(f"{place}, computed", field.computed, seen)
        seen.add(field.key)
    if form.size == 0:
        raise FormFault("fields", "there is no question that is always asked", "add one without `when`")
    ids: set[str] = set()
    for index, check in enumerate(form.checks):
        place = f"checks.{index} ({check.id})"
        if check.id in ids:
            raise FormFault(place, f"check {check.id!r} stands twice", "give one of them another id")
        ids.add(check.id)
        _examine_keys(f"{place}, hold", check.hold, seen)
        _examine_keys(f"{place}, if", check.only_if, seen)
        for match in _PLACEHOLDER.finditer(check.message + check.mend):
            if match[1] not in seen:
                raise FormFault(place, f"the text names {match[1]!r}, which is no field", "use a field's key")


def _examine_keys(place: str, expression: Condition | Term | None, known: set[str]) -> None:
    unknown = [key for key in (() if expression is None else expression.fields()) if key not in known]
    if unknown:
        raise FormFault(
            place, f"{unknown[0]!r} is no field above this place", "use the key of an earlier field"
        )

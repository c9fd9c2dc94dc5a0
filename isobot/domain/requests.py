"""Rounds of reports that a lead office asks for beside the yearly ones (đợt báo cáo đột xuất).

A round is asked of named units for one last day; the rest of the house sees it as a rule with one period.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from isobot.domain.deadlines import Basis, Nature, Period, ReportingRule
from isobot.domain.numbers import format_date, read_date
from isobot.domain.text import shorten
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.errors import AnswerRefused, Refusal

PREFIX = "yc"
"""How the id of a round's rule begins, from "yêu cầu": "yc-kg-3"."""

LONGEST_DAYS = 200
"""How far ahead a round's last day may lie; the plan of reminders looks no further than 230 days."""

LONGEST_TITLE = 120

_LETTER = re.compile(
    r"(?P<number>\d[\w.]*/[^\s,;/]+(?:/[^\s,;/]+)*)[\s,;]*(?:ngày|ngay)?\s*(?P<day>.*)", re.DOTALL
)
_KIND = re.compile(r"công văn|kế hoạch|quyết định|thông báo|văn bản|chỉ thị", re.IGNORECASE)
_SPAN = re.compile(r"\s*(?:–|—|\s-\s|\bđến(?: hết)?(?: ngày)?\b|\bden(?: het)?(?: ngay)?\b)\s*")
_LEADING = re.compile(r"^(?:từ(?: ngày)?|tu(?: ngay)?)\s+")
_PIECES = re.compile(r"[\n;]+")
_NUMBERED = re.compile(r"^\s*(?:\d{1,3}[.)]|[-•+*])\s+")


@dataclass(frozen=True, slots=True)
class Request:
    """One round, as its lead office opened it.

    `last_day` is the one in force; `moves` are the earlier ones, each with the day it was given up.
    `basis_words` are the words to print: the office's own letter, or the place in the province's plan.
    """

    rule: str
    province: str
    title: str
    forms: Mapping[Level, str]
    opens: date
    last_day: date
    covers: tuple[date, date]
    basis: Basis
    basis_words: str
    why: str
    recipient: str
    units: tuple[str, ...]
    person: int
    created_at: datetime
    moves: tuple[tuple[date, date], ...] = ()
    closed_at: datetime | None = None
    closed_why: str = ""

    @property
    def number(self) -> int:
        """Return the number of the round in its province."""
        return int(self.rule.rpartition("-")[2])

    @property
    def name(self) -> str:
        """Return how the lead office calls it: "đợt 3/2027"."""
        return f"đợt {self.number}/{self.opens.year}"

    @property
    def label(self) -> str:
        """Return what stands behind "báo cáo": "đột xuất đợt 3/2027"."""
        return f"đột xuất {self.name}"

    @property
    def rests_on_plan(self) -> bool:
        """Tell whether the basis is the province's plan, and not a letter of the office itself."""
        return bool(self.basis.section)

    @property
    def period(self) -> Period:
        """Return the one period, which remembers each last day that was given up."""
        days = [*(before for before, _ in self.moves), self.last_day]
        first, last = self.covers
        key = str(self.opens.year)
        made = Period(self.rule, key, self.label, self.opens, days[0], first, last)
        for (_, moved_on), day in zip(self.moves, days[1:], strict=True):
            made = Period(self.rule, key, self.label, self.opens, day, first, last, moved_on, made)
        return made

    def as_rule(self) -> ReportingRule:
        """Return the round as the plan, the forms, the roll-up and the exports know duties."""
        return ReportingRule(
            id=self.rule,
            province=self.province,
            title=self.title,
            levels=frozenset(self.forms),
            occurrences=(),
            recipient=self.recipient,
            forms=self.forms,
            basis=(self.basis,),
            nature=Nature.OFFICE,
            date_nature=Nature.OFFICE,
            first_year=self.opens.year,
            inherited=self.rests_on_plan,
            note=self.basis_words,
            once=self.period,
            only=frozenset(self.units),
            closed_at=self.closed_at,
        )


def rule_id(prefix: str, number: int) -> str:
    """Return the id of a province's round: "yc-kg-3"."""
    return f"{PREFIX}-{prefix}-{number}"


def is_request(rule: str) -> bool:
    """Tell from its id whether a rule is a round."""
    return rule.startswith(f"{PREFIX}-")


def title_of(why: str) -> str:
    """Make the title of a round from what it asks about."""
    return shorten(f"Báo cáo đột xuất: {why.rstrip('. ')}", LONGEST_TITLE)


def check_last_day(day: date, *, today: date) -> None:
    """Refuse a last day that has gone by or lies too far ahead.

    Raises:
        Refusal: with the days that would do.
    """
    furthest = today + timedelta(days=LONGEST_DAYS)
    if day < today:
        raise Refusal(
            f"Ngày {format_date(day)} đã qua. Tôi cần một ngày từ hôm nay trở đi, "
            f"ví dụ: {format_date(today + timedelta(days=14))}."
        )
    if day > furthest:
        raise Refusal(
            f"Ngày {format_date(day)} xa quá {LONGEST_DAYS} ngày. Tôi cần một ngày không sau "
            f"{format_date(furthest)}."
        )


def read_last_day(text: str, *, today: date) -> date:
    """Read the last day of a round; "5/1" typed in December is of the coming January.

    Raises:
        Refusal: it is no day, or not one that a round can end on.
    """
    example = format_date(today + timedelta(days=14))
    day = read_date(text, today=today, past=False, expected="Cần ngày cuối của đợt.", example=example)
    if day < today - timedelta(days=LONGEST_DAYS // 2) and not re.search(r"\d{4}", text):
        day = read_date(f"{day.day}/{day.month}/{today.year + 1}", today=today, past=False)
    check_last_day(day, today=today)
    return day


def read_span(text: str, *, today: date, last_day: date) -> tuple[date, date]:
    """Read what the figures cover: "1/1/2027 đến 30/6/2027", "từ 1/1 đến 30/6".

    Raises:
        AnswerRefused: there are not two days, or they stand the wrong way round.
    """
    said = _LEADING.sub("", " ".join(text.split()).lower())
    parts = [part for part in _SPAN.split(said) if part]
    if len(parts) != 2:
        raise AnswerRefused(
            f"Tôi cần ngày đầu và ngày cuối của số liệu, ví dụ: 1/1/{today.year} đến {format_date(today)}."
        )
    first, last = (read_date(part, today=today, past=False) for part in parts)
    if first > last:
        raise AnswerRefused(
            f"Ngày đầu {format_date(first)} đứng sau ngày cuối {format_date(last)}. "
            f"Ví dụ đúng: {format_date(last)} đến {format_date(first)}."
        )
    if last > last_day:
        raise AnswerRefused(
            f"Số liệu đến {format_date(last)} thì chưa có khi hết hạn {format_date(last_day)}. "
            f"Anh/chị chọn ngày cuối không sau {format_date(last_day)}."
        )
    return first, last


def read_letter(text: str, *, today: date) -> str:
    """Read the office's own letter: "12/SKHCN-TĐC ngày 3/5/2027"; return it as it is cited.

    Raises:
        AnswerRefused: the number or the date is missing.
    """
    example = f"112/SKHCN-TĐC ngày {format_date(today)}"
    said = " ".join(text.split())
    found = _LETTER.search(said)
    if found is None:
        raise AnswerRefused(
            f"Tôi chưa thấy số văn bản trong “{shorten(said, 40)}”. "
            f"Cần số, ký hiệu và ngày, ví dụ: {example}."
        )
    if not found["day"].strip():
        raise AnswerRefused(f"Văn bản {found['number']} ký ngày nào? Cần cả số và ngày, ví dụ: {example}.")
    day = read_date(found["day"], today=today, expected="Cần số và ngày của văn bản.", example=example)
    if day > today:
        raise AnswerRefused(f"Ngày {format_date(day)} chưa đến; văn bản làm căn cứ phải ký rồi.")
    kind = _KIND.match(said)
    name = kind[0].capitalize() if kind else "Công văn"
    return f"{name} số {found['number']} ngày {format_date(day)}"


@dataclass(frozen=True, slots=True)
class Named:
    """What a list of names means: units, names of several units, and names of none."""

    units: tuple[Unit, ...] = ()
    several: tuple[tuple[str, tuple[Unit, ...]], ...] = ()
    unknown: tuple[str, ...] = ()


def name_units(text: str, directory: UnitDirectory, *, province: str, on: date) -> Named:
    """Read a list of units typed by name: one a line, or parted by semicolons, commas or "và".

    A comma may also stand before a district ("xã Thành Sơn, huyện Bá Thước"), and "và" inside a name
    ("Sở Khoa học và Công nghệ"), so the longest reading that names a unit is taken.
    """
    units: dict[str, Unit] = {}
    several: list[tuple[str, tuple[Unit, ...]]] = []
    unknown: list[str] = []

    def find(words: str) -> tuple[Unit, ...]:
        return directory.find(words, province=province, on=on)

    for line in _PIECES.split(text):
        tokens = [t for t in re.split(r"(,|(?<=\s)và(?=\s))", _NUMBERED.sub("", line)) if t.strip()]
        for words in _longest(tokens, find):
            found = find(words)
            if len(found) == 1:
                units[found[0].code] = found[0]
            elif found:
                several.append((words, found))
            else:
                unknown.append(words)
    return Named(tuple(units.values()), tuple(several), tuple(unknown))


def _longest(tokens: Sequence[str], find: Callable[[str], Sequence[Unit]]) -> list[str]:
    """Join neighbouring tokens into the longest names that are known; what is unknown stays apart."""
    names: list[str] = []
    start = 0
    while start < len(tokens):
        if tokens[start].strip() in (",", "và"):
            start += 1
            continue
        # A name holds at most two commas or "và": five tokens.
        ends = range(min(len(tokens), start + 5), start, -1)
        whole = {end: _tidy("".join(tokens[start:end])) for end in ends}
        end = next((e for e, words in whole.items() if find(words)), start + 1)
        names.append(whole[end])
        start = end
    return [name for name in names if name]


def _tidy(words: str) -> str:
    return " ".join(words.split()).strip(" .,:•-")

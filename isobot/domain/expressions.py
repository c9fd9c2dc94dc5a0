"""The small language in which a form file says when a question is asked and what must hold.

An expression is a mapping with one key, as YAML writes it:

    {le: [audits_done, audits_planned]}      lt, le, gt, ge, eq, ne; a word is a field, a number itself
    {eq: [total, {sum: [a, b]}]}             sum adds, difference takes the rest from the first
    {sum_equals: {total: t, parts: [a, b]}}  the same, said shorter
    {one_of: [status, [applied, announced]]} a choice (or yes/no: "co", "khong") is among those named
    {given: reason}                          a value was given (not blank, not "không phát sinh")
    {requires: {if: CONDITION, then: field}} when the condition holds, the field has a value
    {in_period: day}                         the day lies in the period of the report
    {whole_year: true}                       the report is about a whole year
    {all: [...]}, {any: [...]}, {not: ...}

A field of the last period is read as `last.<key>` wherever a field may stand; only checks can, for a
question never depends on what the last period held. Figures may also be

    {total_of: sources}                      the total of amounts given by source
    {months_after: [day, 2]}                 the same day two months later, or the last of that month

An expression may be undecided, because a figure is not there yet or was left blank: then it is
neither kept nor broken. "Không phát sinh" counts as zero in sums and comparisons.
"""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from isobot.domain.amounts import amounts_in
from isobot.domain.values import Value

YEAR_AT_LEAST_DAYS = 330

LAST = "last."
"""How an expression names a field of the last period."""

Number = int | date
Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Facts:
    """What an expression is judged by: the values there are, the first and last day reported on, and
    the last period's values, None where there was no report.
    """

    values: Mapping[str, Value]
    period: Period | None = None
    last: Mapping[str, Value] | None = None

    def value(self, key: str) -> Value | None:
        """Return the value of a field, or of `last.<key>`."""
        if key.startswith(LAST):
            return None if self.last is None else self.last.get(key.removeprefix(LAST))
        return self.values.get(key)


class Term(Protocol):
    """Something with a figure; None while it is unknown."""

    def figure(self, facts: Facts) -> Number | None:
        """Return the figure by the facts."""

    def fields(self) -> tuple[str, ...]:
        """Return the keys of the fields it reads."""


class Condition(Protocol):
    """Something that holds, does not hold, or is undecided (None)."""

    def holds(self, facts: Facts) -> bool | None:
        """Judge by the facts."""

    def fields(self) -> tuple[str, ...]:
        """Return the keys of the fields it reads."""


@dataclass(frozen=True, slots=True)
class FieldFigure:
    """What was answered in a field that takes numbers or days."""

    key: str

    def figure(self, facts: Facts) -> Number | None:
        """Return a number or a day; "không phát sinh" is zero."""
        value = facts.value(self.key)
        return None if value is None else value.figure

    def fields(self) -> tuple[str, ...]:
        """Return the one key."""
        return (self.key,)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number written in the form file."""

    number: int

    def figure(self, facts: Facts) -> Number | None:
        """Return the number."""
        return self.number

    def fields(self) -> tuple[str, ...]:
        """Return no key."""
        return ()


@dataclass(frozen=True, slots=True)
class Sum:
    """The first part, with the others added to it or taken from it; unknown if any part is."""

    parts: tuple[Term, ...]
    subtract: bool = False

    def figure(self, facts: Facts) -> Number | None:
        """Return the total, never a total of some of the parts."""
        figures: list[int] = []
        for part in self.parts:
            figure = part.figure(facts)
            if not isinstance(figure, int):
                return None
            figures.append(figure)
        rest = sum(figures[1:])
        return figures[0] - rest if self.subtract else figures[0] + rest

    def fields(self) -> tuple[str, ...]:
        """Return the keys of every part."""
        return _keys(self.parts)


@dataclass(frozen=True, slots=True)
class AmountsTotal:
    """The total of the amounts of a field, whatever their sources."""

    key: str

    def figure(self, facts: Facts) -> Number | None:
        """Add the amounts; "không phát sinh" is zero, and a blank is unknown."""
        value = facts.value(self.key)
        if value is None or value.is_none_arising:
            return None if value is None else 0
        return sum(amounts_in(value).values()) if value.is_given else None

    def fields(self) -> tuple[str, ...]:
        """Return the one key."""
        return (self.key,)


@dataclass(frozen=True, slots=True)
class MonthsAfter:
    """A day some months after another."""

    day: Term
    months: int

    def figure(self, facts: Facts) -> Number | None:
        """Return the same day of that month, or its last where the month is shorter."""
        day = self.day.figure(facts)
        if not isinstance(day, date):
            return None
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last))

    def fields(self) -> tuple[str, ...]:
        """Return the keys that the day reads."""
        return self.day.fields()


@dataclass(frozen=True, slots=True)
class Compare:
    """Two figures, or two days, compared."""

    how: str
    left: Term
    right: Term

    def holds(self, facts: Facts) -> bool | None:
        """Compare; undecided unless both sides are numbers, or both are days."""
        left, right = self.left.figure(facts), self.right.figure(facts)
        if isinstance(left, int) and isinstance(right, int):
            return _compare(self.how, (left > right) - (left < right))
        if isinstance(left, date) and isinstance(right, date):
            return _compare(self.how, (left > right) - (left < right))
        return None

    def fields(self) -> tuple[str, ...]:
        """Return the keys of both sides."""
        return _keys((self.left, self.right))


def _compare(how: str, sign: int) -> bool:
    return {
        "lt": sign < 0, "le": sign <= 0, "gt": sign > 0, "ge": sign >= 0, "eq": sign == 0, "ne": sign != 0,
    }[how]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OneOf:
    """A choice is among those named."""

    key: str
    options: tuple[str, ...]

    def holds(self, facts: Facts) -> bool | None:
        """Look the choice up; undecided while there is none."""
        value = facts.value(self.key)
        if value is None or not value.is_given:
            return None
        given = value.given
        word = ("co" if given else "khong") if isinstance(given, bool) else given
        return word in self.options

    def fields(self) -> tuple[str, ...]:
        """Return the one key."""
        return (self.key,)


@dataclass(frozen=True, slots=True)
class Given:
    """A field has a value."""

    key: str

    def holds(self, facts: Facts) -> bool | None:
        """Tell; undecided while the field is not answered at all."""
        value = facts.value(self.key)
        return None if value is None else value.is_given

    def fields(self) -> tuple[str, ...]:
        """Return the one key."""
        return (self.key,)


@dataclass(frozen=True, slots=True)
class InPeriod:
    """A day lies in the period."""

    key: str

    def holds(self, facts: Facts) -> bool | None:
        """Compare with both ends; undecided without a day or a period."""
        value = facts.value(self.key)
        day = None if value is None else value.figure
        if facts.period is None or not isinstance(day, date):
            return None
        return facts.period[0] <= day <= facts.period[1]

    def fields(self) -> tuple[str, ...]:
        """Return the one key."""
        return (self.key,)


@dataclass(frozen=True, slots=True)
class WholeYear:
    """The period is a year, not half of one."""

    def holds(self, facts: Facts) -> bool | None:
        """Count the days; undecided without a period."""
        if facts.period is None:
            return None
        return (facts.period[1] - facts.period[0]).days >= YEAR_AT_LEAST_DAYS

    def fields(self) -> tuple[str, ...]:
        """Return no key."""
        return ()


@dataclass(frozen=True, slots=True)
class All:
    """Every one holds."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool | None:
        """Be false as soon as one is, undecided while one is."""
        judged = [part.holds(facts) for part in self.parts]
        return False if False in judged else None if None in judged else True

    def fields(self) -> tuple[str, ...]:
        """Return the keys of every part."""
        return _keys(self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its part does not, and the other way round."""

    part: Condition

    def holds(self, facts: Facts) -> bool | None:
        """Turn the answer round; undecided stays so."""
        judged = self.part.holds(facts)
        return None if judged is None else not judged

    def fields(self) -> tuple[str, ...]:
        """Return the keys of the part."""
        return self.part.fields()


def choices_named(condition: Condition | Term | None) -> Iterator[tuple[str, str]]:
    """List the choices that a condition asks for, each with its field."""
    if isinstance(condition, OneOf):
        yield from ((condition.key, option) for option in condition.options)
    elif isinstance(condition, Not):
        yield from choices_named(condition.part)
    elif isinstance(condition, All):
        for part in condition.parts:
            yield from choices_named(part)


def read_condition(raw: Any) -> Condition:
    """Build a condition from what a form file says.

    Raises:
        ValueError: it is not of this language; the message, in English, says where and what fits.
    """
    name, inside = _single(raw, "a condition")
    if name in ("lt", "le", "gt", "ge", "eq", "ne"):
        left, right = _list(inside, name, exactly=2)
        return Compare(name, read_term(left), read_term(right))
    if name in ("all", "any"):
        parts = tuple(read_condition(part) for part in _list(inside, name))
        return All(parts) if name == "all" else Not(All(tuple(Not(part) for part in parts)))
    if name == "not":
        return Not(read_condition(inside))
    if name == "one_of":
        key, options = _list(inside, name, exactly=2)
        return OneOf(_key(key, name), tuple(_key(option, name) for option in _list(options, name)))
    if name in ("given", "in_period"):
        key = _key(inside, name)
        return Given(key) if name == "given" else InPeriod(key)
    if name == "whole_year":
        if inside is not True:
            raise ValueError("whole_year takes true; for the opposite write {not: {whole_year: true}}")
        return WholeYear()
    if name == "sum_equals":
        total, parts_raw = _mapping(inside, name, ("total", "parts"))
        parts_read = tuple(read_term(part) for part in _list(parts_raw, name))
        return Compare("eq", Sum(parts_read), read_term(total))
    if name == "requires":
        condition, key = _mapping(inside, name, ("if", "then"))
        return Not(All((read_condition(condition), Not(Given(_key(key, name))))))
    raise ValueError(f"{name!r} is no condition; see isobot/domain/expressions.py for those there are")


def read_term(raw: Any) -> Term:
    """Build a term from what a form file says: a field, a number, {sum: [...]}, {difference: [...]}.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(raw, str):
        return FieldFigure(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Constant(raw)
    name, inside = _single(raw, "a figure")
    if name == "total_of":
        return AmountsTotal(_key(inside, name))
    if name == "months_after":
        day, months = _list(inside, name, exactly=2)
        if not isinstance(months, int) or isinstance(months, bool) or not 0 < months <= 120:
            raise ValueError(f"months_after takes a field and a number of months; this is {inside!r}")
        return MonthsAfter(read_term(day), months)
    if name not in ("sum", "difference"):
        raise ValueError(f"{name!r} makes no figure; use sum, difference, total_of or months_after")
    return Sum(tuple(read_term(part) for part in _list(inside, name)), subtract=name == "difference")


def _single(raw: Any, what: str) -> tuple[str, Any]:
    if not isinstance(raw, dict) or len(raw) != 1:
        raise ValueError(f"{what} is a mapping with one key, such as {{le: [a, b]}}; this is {raw!r}")
    ((name, inside),) = raw.items()
    return str(name), inside


def _list(raw: Any, name: str, exactly: int | None = None) -> list[Any]:
    if not isinstance(raw, list) or not raw or (exactly is not None and len(raw) != exactly):
        size = "a list" if exactly is None else f"a list of {exactly}"
        raise ValueError(f"{name} takes {size}; this is {raw!r}")
    return raw


def _mapping(raw: Any, name: str, keys: tuple[str, str]) -> tuple[Any, Any]:
    if not isinstance(raw, dict) or set(raw) != set(keys):
        raise ValueError(f"{name} takes the keys {' and '.join(keys)}; this is {raw!r}")
    return raw[keys[0]], raw[keys[1]]


def _key(raw: Any, name: str) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"{name} needs a word here; this is {raw!r}")
    return raw


def _keys(parts: Sequence[Term] | Sequence[Condition]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for part in parts for key in part.fields()))

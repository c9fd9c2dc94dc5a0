"""Forms (biểu mẫu báo cáo): when a question is asked, what is computed, what must hold.

A form is data; the dialogue, the checks, the document and the table all read it. Everything here is
a function of the values: nothing is stored and nothing is asked.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import date
from typing import Any

from isobot.domain.checks import Check, Problem, Severity
from isobot.domain.expressions import LAST, Facts, Period, Term
from isobot.domain.fields import (
    BLANK_LABEL,
    LARGEST_INTEGER,
    LARGEST_MONEY,
    NONE_ARISING_LABEL,
    Field,
    Option,
    numbered,
    tidy,
)
from isobot.domain.form_faults import PLACEHOLDER, FormFault, examine_checks, examine_fields
from isobot.domain.kinds import Kind, RollUp
from isobot.domain.text import fold
from isobot.domain.units import Level
from isobot.domain.values import BLANK, NONE_ARISING, Value, Values
from isobot.errors import NotFound

__all__ = [
    "BLANK_LABEL", "LARGEST_INTEGER", "LARGEST_MONEY", "NONE_ARISING_LABEL", "Check", "Field", "Form",
    "FormFault", "Kind", "Option", "Problem", "Ratio", "RollUp", "Severity", "tidy",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share shown in a total, worked out from the sums and never from the shares of the units."""

    key: str
    label: str
    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a certain version; a report of an earlier period keeps the version of its time.

    It holds for the periods that end from `first_day` to `last_day`, both open where None.
    `level_note` says in Vietnamese for whom it is. A form `for_rollup` is filled from other reports.
    `level` is None for the whole form, else the level whose questions alone it holds.
    """

    id: str
    version: int
    title: str
    note: str
    fields: tuple[Field, ...]
    checks: tuple[Check, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    level_note: str = ""
    for_rollup: bool = False
    first_day: date | None = None
    last_day: date | None = None
    level: Level | None = None
    _memo: dict[Any, Any] = dataclass_field(default_factory=dict, init=False, repr=False, compare=False)
    """The latest walk, since one answer asks several questions about the same values; and the form
    as each level sees it."""

    def __post_init__(self) -> None:
        if self.level is not None:
            return
        fields = examine_fields(self.fields)
        examine_checks(self.checks, fields)
        _examine_ratios(self.ratios, fields)

    def holds_on(self, day: date) -> bool:
        """Tell whether it is the form of a period that ends on that day."""
        return (self.first_day or day) <= day <= (self.last_day or day)

    def for_level(self, level: Level) -> "Form":
        """Return the form as units of a level are asked it, numbered without what they are not asked."""
        if level not in self._memo:
            fields = tuple(f for f in self.fields if not f.levels or level in f.levels)
            same = len(fields) == len(self.fields)
            self._memo[level] = self if same else self._with_only(numbered(fields), level)
        found: Form = self._memo[level]
        return found

    def _with_only(self, fields: tuple[Field, ...], level: Level) -> "Form":
        keys = {field.key for field in fields}
        checks = (c for c in self.checks if keys.issuperset(k.removeprefix(LAST) for k in c.fields()))
        ratios = (r for r in self.ratios if {r.part, r.whole} <= keys)
        return replace(self, fields=fields, checks=tuple(checks), ratios=tuple(ratios), level=level)

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
    def minutes(self) -> int:
        """Return about how long the questions take: 5 minutes for twelve of them."""
        asked = sum(1 for f in self.fields if f.when is None and f.computed is None and f.gather is None)
        return max(5, 5 * round(asked / 12))

    @property
    def size(self) -> int:
        """Return how many questions everybody is asked."""
        return sum(1 for f in self.fields if f.when is None and f.computed is None)

    def position(self, key: str) -> str:
        """Return where a field stands, as "4/12"; one that is asked only sometimes is "3a/12"."""
        return f"{self.field(key).number}/{self.size}"

    def question(self, key: str) -> str:
        """Ask for a field, with its position, under its group's heading where that begins."""
        field = self.field(key)
        asked = field.question(self.position(key))
        return f"{field.group}\n{asked}" if self._begins_group(field) else asked

    def _begins_group(self, field: Field) -> bool:
        first = next(f for f in self.fields if f.group == field.group and f.computed is None)
        return bool(field.group) and first is field

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

    def last_value(self, key: str, last: Values | None) -> Value | None:
        """Return what the last period holds for a field, be it computed; None where there is nothing."""
        return None if last is None else self._completed_last(last).get(self.field(key).last_key)

    def problems(
        self, values: Values, *, period: Period | None = None, last: Values | None = None
    ) -> tuple[Problem, ...]:
        """List every check that is already decided and does not hold.

        `last` holds the answers of the last period; what compares with them is undecided without.
        """
        before = None if last is None else self._completed_last(last)
        facts = Facts(self.complete(values), period, before)
        broken = (c for c in self.checks if c.only_if is None or c.only_if.holds(facts) is True)
        return tuple(self._problem(c, facts) for c in broken if c.hold.holds(facts) is False)

    def problems_at(
        self, key: str, values: Values, *, period: Period | None = None, last: Values | None = None
    ) -> tuple[Problem, ...]:
        """List the problems in which one field has a part, so that they are told when it is entered."""
        return tuple(p for p in self.problems(values, period=period, last=last) if key in p.fields)

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
            if field.skip is not None and field.skip.holds(facts) is True:
                continue
            value = values.get(field.key) if field.computed is None else _compute(field.computed, seen)
            if value is not None:
                seen[field.key] = value
            yield field, value

    def _completed_last(self, last: Values) -> dict[str, Value]:
        """Add what this form computes to what another version may have held; the walk stays remembered."""
        walked = {field.key: value for field, value in self._walk_anew(last) if value is not None}
        return {**walked, **last}

    def _problem(self, check: Check, facts: Facts) -> Problem:
        concerned = self._entered(check.fields())
        message, mend = (self._filled(text, facts) for text in (check.message, check.mend))
        return Problem(check.id, check.severity, message, mend, concerned)

    def _entered(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Replace computed fields by those they are made of, in the order of the form."""
        wanted = set(keys)
        for field in reversed(self.fields):
            if field.key in wanted and field.computed is not None:
                wanted.remove(field.key)
                wanted.update(field.computed.fields())
        return tuple(field.key for field in self.fields if field.key in wanted)

    def _filled(self, text: str, facts: Facts) -> str:
        def fill(match: re.Match[str]) -> str:
            field = self.field(match[2])
            if match[3]:
                return field.number if match[3] == "number" else field.label
            return field.show(facts.value((match[1] or "") + field.key))

        return PLACEHOLDER.sub(fill, text)


def _are_same_objects(one: Values, other: Values) -> bool:
    """Compare by identity, which is quick, and never takes False for 0 as equality does."""
    return len(one) == len(other) and all(other.get(key) is value for key, value in one.items())


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


def _examine_ratios(ratios: tuple[Ratio, ...], fields: Mapping[str, Field]) -> None:
    for index, ratio in enumerate(ratios):
        for key in (ratio.part, ratio.whole):
            if key not in fields:
                place = f"ratios.{index} ({ratio.key})"
                raise FormFault(place, f"{key!r} is no field", "use the key of a field")

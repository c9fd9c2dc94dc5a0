"""Figures filed for counting (đưa vào tổng hợp): what may be added to what, and sums of them.

How a figure is filed is one word, `says`: "zero", "some" or "below" for a number, "none_arising", "blank",
"given" for a day, a text or a file, "choice:<key>" for a choice, and beside its own word "source:<key>" for
each source of an amount of money. So a zero, a blank and "không phát sinh" never come together.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from isobot.domain.amounts import amounts_in
from isobot.domain.forms import Field, Form, Kind, RollUp
from isobot.domain.values import Value, Values

ZERO, SOME, BELOW = "zero", "some", "below"
NONE_ARISING, BLANK, GIVEN = "none_arising", "blank", "given"
CHOICE, SOURCE = "choice:", "source:"


@dataclass(frozen=True, slots=True)
class Filed:
    """One figure of one report as it is counted; `number` only where it can be added up."""

    field: str
    says: str
    number: int | None = None


def file_figures(form: Form, values: Values) -> tuple[Filed, ...]:
    """File every answer of a report that counts, computed figures among them."""
    complete = form.complete(values)
    return tuple(
        filed
        for field in form.fields
        if field.key in complete and field.roll_up is not RollUp.NONE
        for filed in _file(field, complete[field.key])
    )


def _file(field: Field, value: Value) -> Iterable[Filed]:
    if value.is_none_arising or value.is_blank:
        yield Filed(field.key, NONE_ARISING if value.is_none_arising else BLANK)
        return
    given = value.given
    if field.kind is Kind.AMOUNTS:
        amounts = amounts_in(value)
        yield _number(field.key, sum(amounts.values()))
        yield from (Filed(field.key, SOURCE + source, amount) for source, amount in amounts.items())
    elif isinstance(given, bool):
        yield Filed(field.key, CHOICE + ("co" if given else "khong"))
    elif isinstance(given, int):
        yield _number(field.key, given)
    elif field.kind is Kind.CHOICE:
        yield Filed(field.key, f"{CHOICE}{given}")
    else:
        yield Filed(field.key, GIVEN)


def _number(key: str, number: int) -> Filed:
    return Filed(key, SOME if number > 0 else ZERO if number == 0 else BELOW, number)


@dataclass(frozen=True, slots=True)
class Sum:
    """How many reports say the same in one field, and what their numbers add up to."""

    field: str
    says: str
    units: int
    total: int = 0


def add_up(figures: Iterable[Filed]) -> tuple[Sum, ...]:
    """Add the figures of some reports."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for figure in figures:
        units, total = found.get((figure.field, figure.says), (0, 0))
        found[figure.field, figure.says] = (units + 1, total + (figure.number or 0))
    return tuple(Sum(field, says, *sums) for (field, says), sums in found.items())


def merge(*parts: Iterable[Sum]) -> tuple[Sum, ...]:
    """Add sums of different reports."""
    return _merged([(one, 1) for part in parts for one in part])


def without(sums: Iterable[Sum], apart: Iterable[Sum]) -> tuple[Sum, ...]:
    """Take the sums of some reports out again."""
    return _merged([*((one, 1) for one in sums), *((one, -1) for one in apart)])


def _merged(signed: Iterable[tuple[Sum, int]]) -> tuple[Sum, ...]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for one, sign in signed:
        units, total = found.get((one.field, one.says), (0, 0))
        found[one.field, one.says] = (units + sign * one.units, total + sign * one.total)
    return tuple(Sum(f, s, units, total) for (f, s), (units, total) in found.items() if units)

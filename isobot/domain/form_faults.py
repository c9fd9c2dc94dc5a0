"""What makes a form unusable: keys that do not fit together, which the file's model cannot see."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from isobot.domain.checks import Check
from isobot.domain.expressions import LAST, Condition, Term, choices_named
from isobot.domain.fields import Field
from isobot.domain.kinds import Kind
from isobot.errors import AnswerRefused

PLACEHOLDER = re.compile(r"\{(last\.)?(\w+)(?:\.(number|label))?\}")
"""How the text of a check names a field: {key}, {key.number}, {key.label}, {last.key}."""

_MOST_EXTRAS = 26


class FormFault(ValueError):
    """A form that cannot work; `place` is the key path in its file, `mend` the cure, in English."""

    def __init__(self, place: str, problem: str, mend: str) -> None:
        super().__init__(f"{place}: {problem}; {mend}")
        self.place = place
        self.problem = problem
        self.mend = mend


def examine_fields(fields: Iterable[Field]) -> dict[str, Field]:
    """Return the fields by their keys.

    Raises:
        FormFault: a field contradicts itself, or reads one that does not stand above it.
    """
    listed = tuple(fields)
    every = {field.key for field in listed}
    seen: dict[str, Field] = {}
    for index, field in enumerate(listed):
        place = f"fields.{index} ({field.key})"
        if field.key in seen:
            raise FormFault(place, f"field {field.key!r} stands twice", "give one of them another key")
        if (field.kind in (Kind.CHOICE, Kind.AMOUNTS)) != bool(field.choices):
            problem = "choices belong to kinds choice and amounts, and to no other"
            raise FormFault(place, problem, "mend kind or choices")
        if len({option.key for option in field.choices}) < len(field.choices):
            raise FormFault(place, "two choices have one key", "give one of them another key")
        if field.computed is not None and field.kind not in (Kind.INTEGER, Kind.MONEY):
            raise FormFault(place, "only an integer or money can be computed", "mend kind or computed")
        if field.when is not None and field.skip is not None:
            raise FormFault(place, "it has both `when` and `skip`", "say all of it in one of them")
        if field.last and field.last not in every:
            raise FormFault(f"{place}, last", f"{field.last!r} is no field", "use the key of a field")
        for name, expression in (("when", field.when), ("skip", field.skip), ("computed", field.computed)):
            _examine_keys(f"{place}, {name}", expression, seen)
        seen[field.key] = field
    if not any(f.when is None and f.computed is None for f in listed):
        raise FormFault("fields", "there is no question that is always asked", "add one without `when`")
    _examine_extras(listed)
    return seen


def examine_checks(checks: Iterable[Check], fields: Mapping[str, Field]) -> None:
    """Look at the checks of a form with such fields.

    Raises:
        FormFault: two have one id, or one names no field.
    """
    ids: set[str] = set()
    for index, check in enumerate(checks):
        place = f"checks.{index} ({check.id})"
        if check.id in ids:
            raise FormFault(place, f"check {check.id!r} stands twice", "give one of them another id")
        ids.add(check.id)
        known = {**fields, **{LAST + key: field for key, field in fields.items()}}
        _examine_keys(f"{place}, hold", check.hold, known)
        _examine_keys(f"{place}, if", check.only_if, known)
        for match in PLACEHOLDER.finditer(check.message + check.mend):
            if match[2] not in fields:
                raise FormFault(place, f"the text names {match[2]!r}, which is no field", "use a field's key")


def _examine_extras(fields: tuple[Field, ...]) -> None:
    """A question that is asked sometimes is numbered by a letter, and there are 26 of them."""
    extras = 0
    for index, field in enumerate(fields):
        extras = extras + 1 if field.when is not None and field.computed is None else extras
        extras = 0 if field.when is None and field.computed is None else extras
        if extras > _MOST_EXTRAS:
            problem = f"more than {_MOST_EXTRAS} fields in a row have `when`"
            raise FormFault(
                f"fields.{index} ({field.key})", problem, "write `skip` with the opposite instead"
            )


def examine_examples(fields: Iterable[Field], *, today: date) -> Iterator[FormFault]:
    """List the examples that their own field would refuse; a form works with them, an officer does not."""
    for index, field in enumerate(fields):
        if field.computed is not None or not field.example or field.kind is Kind.FILE:
            continue
        try:
            field.parse(field.example, today=today)
        except AnswerRefused as refused:
            place = f"fields.{index} ({field.key}), example"
            problem = f"the field refuses {field.example!r}: {refused}"
            yield FormFault(place, problem, "give an answer that an officer could type")


def _examine_keys(place: str, expression: Condition | Term | None, known: Mapping[str, Field]) -> None:
    for key, option in choices_named(expression):
        if key in known and option not in _words(known[key]):
            mend = f"use one of {', '.join(_words(known[key])) or 'the choices of a field that has some'}"
            raise FormFault(place, f"{option!r} is no choice of {key!r}", mend)
    keys = () if expression is None else expression.fields()
    unknown = next((key for key in keys if key not in known), None)
    if unknown is None:
        return
    if unknown.startswith(LAST) and place.startswith("fields"):
        problem = f"{unknown!r} is read, and only a check may read the last period"
        raise FormFault(place, problem, "move it into a check")
    raise FormFault(place, f"{unknown!r} is no field above this place", "use the key of an earlier field")


def _words(field: Field) -> tuple[str, ...]:
    return tuple(option.key for option in field.options)

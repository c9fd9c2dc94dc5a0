"""The value of a figure: given, "không phát sinh", or left blank; these three are never mixed up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

Given = int | str | date | bool


class State(StrEnum):
    """What an officer said about a figure."""

    GIVEN = "given"
    NONE_ARISING = "none_arising"
    """Không phát sinh: there was nothing to count. Counts as zero, is never shown as zero."""
    BLANK = "blank"
    """Để trống: not known. Counts as nothing, so no sum is made with it."""


@dataclass(frozen=True, slots=True)
class Value:
    """An answer to one field. A field that is not answered yet has no value at all."""

    state: State
    given: Given | None = None

    def __post_init__(self) -> None:
        if (self.state is State.GIVEN) != (self.given is not None):
            raise ValueError("a value is given exactly when its state says so")

    @classmethod
    def of(cls, given: Given) -> "Value":
        """Wrap what was given."""
        return cls(State.GIVEN, given)

    @property
    def is_given(self) -> bool:
        """Tell whether there is something given, be it zero."""
        return self.state is State.GIVEN

    @property
    def is_none_arising(self) -> bool:
        """Tell whether this is "không phát sinh"."""
        return self.state is State.NONE_ARISING

    @property
    def is_blank(self) -> bool:
        """Tell whether it was left blank on purpose."""
        return self.state is State.BLANK

    @property
    def figure(self) -> int | date | None:
        """Return what it counts as in a check or a sum; None where it cannot be counted."""
        if self.state is State.NONE_ARISING:
            return 0
        if isinstance(self.given, bool) or not isinstance(self.given, int | date):
            return None
        return self.given

    def to_json(self) -> dict[str, Any]:
        """Return what is stored: {"given": 118}, {"date": "2026-12-05"}, {"none_arising": true}."""
        if self.state is not State.GIVEN:
            return {self.state.value: True}
        if isinstance(self.given, date):
            return {"date": self.given.isoformat()}
        return {"given": self.given}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Value":
        """Read back what `to_json` wrote.

        Raises:
            ValueError: it was not written by `to_json`.
        """
        match dict(stored):
            case {"none_arising": True}:
                return NONE_ARISING
            case {"blank": True}:
                return BLANK
            case {"date": str(day)}:
                return cls.of(date.fromisoformat(day))
            case {"given": bool() | int() | str() as given}:
                return cls.of(given)
        raise ValueError(f"not a stored value: {stored!r}")


NONE_ARISING = Value(State.NONE_ARISING)
BLANK = Value(State.BLANK)

Values = Mapping[str, Value]


def file_value(row: int, filename: str) -> Value:
    """Make the value of a file that was sent: its row among the files, and its name to show."""
    return Value.of(f"{row}/{filename}")


def filename_of(value: Value) -> str:
    """Return the name of the file that a value names, as it was sent."""
    given = str(value.given)
    return given.partition("/")[2] or given


def values_to_json(values: Values) -> dict[str, Any]:
    """Return a set of values as it is stored."""
    return {key: value.to_json() for key, value in values.items()}


def values_from_json(stored: Mapping[str, Any]) -> dict[str, Value]:
    """Read back what `values_to_json` wrote."""
    return {key: Value.from_json(value) for key, value in stored.items()}

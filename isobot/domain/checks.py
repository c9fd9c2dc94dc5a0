"""Checks between the fields of a form, and the problems they find."""

from dataclasses import dataclass
from enum import StrEnum

from isobot.domain.expressions import Condition


class Severity(StrEnum):
    """What a broken check means: an error stops the submission, a warning needs a reason."""

    ERROR = "error"
    WARNING = "warning"


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

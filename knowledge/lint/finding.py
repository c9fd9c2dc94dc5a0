"""What the checks of cards report."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

SectionKnown = Callable[[str, str], bool | None]
"""Tells whether a document (by key) has a section; None where its text is not imported."""


class Severity(StrEnum):
    """Whether something must be mended, or looked at."""

    ERROR = "lỗi"
    WARNING = "cần xem"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend: in which cards, what it is, and the cure; in Vietnamese, for a curator."""

    severity: Severity
    rule: str
    cards: tuple[str, ...]
    problem: str
    cure: str

    def __str__(self) -> str:
        return f"[{self.severity}] {', '.join(self.cards)}: {self.problem} Cách sửa: {self.cure}"

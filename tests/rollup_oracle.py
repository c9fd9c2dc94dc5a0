"""Totals the slow way: plain loops over what was sent, without a line of the code that is under test."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Counts:
    """What a total of one field must show."""

    sum: int | None = None
    given: int = 0
    at_least_one: int = 0
    none_arising: int = 0
    blank: int = 0
    choices: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def count(reports: Iterable[Mapping[str, Any]]) -> dict[str, Counts]:
    """Total reports given as plain Python: numbers, texts, days; "none" and "blank" in a tuple of one."""
    found: dict[str, Counts] = defaultdict(Counts)
    for report in reports:
        for key, said in report.items():
            counts = found[key]
            if said == ("none",):
                counts.none_arising += 1
                counts.sum = counts.sum or 0
            elif said == ("blank",):
                counts.blank += 1
            else:
                counts.given += 1
                if isinstance(said, bool):
                    counts.choices["co" if said else "khong"] += 1
                elif isinstance(said, int):
                    counts.sum = (counts.sum or 0) + said
                    counts.at_least_one += said > 0
                else:
                    counts.choices[str(said)] += 1
    return found

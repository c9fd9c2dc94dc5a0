"""The ladder of reminders: whom its steps speak to, and what the ledger knows a step by."""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Whom a step of the ladder speaks to."""

    REPORTER = "reporter"
    DEPUTY = "deputy"
    HEAD = "head"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One rung of the ladder of reminders: `days` from the last day on time, None when the window opens."""

    name: str
    days: int | None
    audiences: frozenset[Audience]


@dataclass(frozen=True, slots=True, order=True)
class StepKey:
    """What the ledger knows a step by; it ends sent, merged, cancelled, or dead.

    `step` is "T-3" for the one who reports, and "T-3/receiver" where the same step speaks to another.
    """

    rule: str
    period: str
    unit: str
    person: int
    step: str

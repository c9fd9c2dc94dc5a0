"""What people said and did, each with its moment: all that the judge knows beside the written rules."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

Report = tuple[str, str, str]
"""(rule, period, unit)."""


class Spans:
    """From when to when something held; the last of them may be without an end."""

    def __init__(self) -> None:
        self._spans: list[tuple[datetime, datetime | None]] = []

    def begin(self, now: datetime) -> None:
        """Let it hold from now on, unless it does already."""
        if not self._spans or self._spans[-1][1] is not None:
            self._spans.append((now, None))

    def end(self, now: datetime) -> None:
        """Let it hold no more."""
        if self._spans and self._spans[-1][1] is None:
            self._spans[-1] = (self._spans[-1][0], now)

    def begun(self) -> list[datetime]:
        """Return each moment at which it began to hold."""
        return [first for first, _ in self._spans]

    def held_at(self, moment: datetime) -> bool:
        """Tell whether it held at a moment."""
        return any(first <= moment and (last is None or moment < last) for first, last in self._spans)

    def touched(self, begin: datetime, end: datetime) -> bool:
        """Tell whether it held at any moment from one to another."""
        return any(first <= end and (last is None or begin < last) for first, last in self._spans)

    def held_through(self, begin: datetime, end: datetime) -> bool:
        """Tell whether it held the whole time from one moment to another."""
        return any(first <= begin and (last is None or end < last) for first, last in self._spans)


@dataclass(frozen=True, slots=True)
class Change:
    """Another last day, and when it was set; `opens` where the window opens on another day then."""

    at: datetime
    last_day: date
    opens: date | None = None


@dataclass(slots=True)
class Round:
    """A round as its office opened it, with the later days it set, and when it closed it."""

    province: str
    period: str
    units: tuple[str, ...]
    opened: datetime
    last_day: date
    changes: list[Change] = field(default_factory=list)
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """Another day of a yearly rule in a province, for one year and those after it."""

    at: datetime
    rule: str
    key: str
    day: date
    province: str


@dataclass(frozen=True, slots=True)
class Switched:
    """A duty of the whole country that an office turned on or off for its province."""

    at: datetime
    rule: str
    province: str
    on: bool


@dataclass(slots=True)
class Lent:
    """Somebody's posts in a unit, lent from one day to another, or until they were taken back.

    `at` is when that was said, which may be in the middle of the first day.
    """

    at: datetime
    unit: str
    giver: int
    taker: int
    since: date
    until: date
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A unit that was merged: when the list of units said so, and the last day it existed."""

    known: datetime
    last_day: date


@dataclass(slots=True)
class Facts:
    """The diary of a simulation."""

    moves: list[Moved] = field(default_factory=list)
    switches: list[Switched] = field(default_factory=list)
    rounds: dict[str, Round] = field(default_factory=dict)
    events: dict[Report, datetime] = field(default_factory=dict)
    extensions: dict[Report, list[Change]] = field(default_factory=lambda: defaultdict(list))
    lent: dict[str, list[Lent]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[str, Ended] = field(default_factory=dict)
    begun: dict[str, datetime] = field(default_factory=dict)
    on_paper: dict[Report, Spans] = field(default_factory=lambda: defaultdict(Spans))
    with_head: dict[Report, Spans] = field(default_factory=lambda: defaultdict(Spans))
    not_me: dict[tuple[str, int], Spans] = field(default_factory=lambda: defaultdict(Spans))
    blocked: dict[int, Spans] = field(default_factory=lambda: defaultdict(Spans))
    lost: dict[int, Spans] = field(default_factory=lambda: defaultdict(Spans))
    """Who could not be written to any more, as far as the platform had said so."""

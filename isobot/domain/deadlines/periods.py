"""Periods: days that come every year, what is due once, and how its last day may be moved (kỳ báo cáo)."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """A day that comes every year; the 31st of a shorter month is its last day."""

    day: int
    month: int

    def of(self, year: int) -> date:
        """Return this day in one year."""
        return date(year, self.month, min(self.day, monthrange(year, self.month)[1]))


@dataclass(frozen=True, slots=True)
class Move:
    """Another last day of an occurrence, set by the office, for one year and those after it (đổi hạn).

    It counts in `province`, "" for wherever the rule counts.
    """

    rule: str
    occurrence: str
    from_year: int
    day: DayOfYear
    set_on: date
    province: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One report of every year.

    `key` and `label` hold "{year}". `named` is the day as the source writes it; with `exclusive` it is
    written "trước ngày", and the day itself is late. The window opens `window_days` before the last day,
    or with its month where that is None. `covers` is what the figures cover, first and last day.
    """

    key: str
    label: str
    named: DayOfYear
    exclusive: bool
    window_days: int | None
    covers: tuple[DayOfYear, DayOfYear]
    moves: tuple[Move, ...] = ()

    def moves_for(self, year: int) -> tuple[Move, ...]:
        """Return the office's own last days for a year, in the order they were set; the last one counts."""
        return tuple(move for move in self.moves if move.from_year <= year)


@dataclass(frozen=True, slots=True)
class Extension:
    """More time for one unit's one report (gia hạn): its last day, and when that was granted.

    `was` is what the unit had been granted before.
    """

    last_day: date
    granted_on: date
    was: "Extension | None" = None


@dataclass(frozen=True, slots=True)
class Period:
    """One report that is due once (kỳ báo cáo). All days belong to it, the last ones too.

    `moved_on` is the day on which its last day was changed; `was` is the period before that. `granted`
    tells that the last day is more time that the receiving office gave one unit.
    """

    rule: str
    key: str
    label: str
    opens: date
    last_day: date
    covers_from: date
    covers_to: date
    moved_on: date | None = None
    was: "Period | None" = None
    granted: bool = False

    def with_extension(self, extension: Extension | None) -> "Period":
        """Return the period as it is for a unit that has more time.

        Where everybody was given at least as much time later on, the unit has as much as everybody.
        """
        if extension is None:
            return self
        if self.was is not None and self.moved_on is not None and self.moved_on >= extension.granted_on:
            before = self.was.with_extension(extension)
            last_day = max(self.last_day, extension.last_day)
            if last_day == before.last_day:
                return before
            return replace(self, last_day=last_day, was=before, granted=last_day > self.last_day)
        before = self.with_extension(extension.was)
        if before.last_day == extension.last_day:
            return before
        return replace(
            before, last_day=extension.last_day, moved_on=extension.granted_on, was=before, granted=True
        )

    def is_open_on(self, day: date) -> bool:
        """Tell whether a report handed in that day is in its window and on time."""
        return self.opens <= day <= self.last_day

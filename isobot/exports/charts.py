"""Pictures for a phone: how far a period is, and how its totals compare with the period before.

What a picture shows is plain data here; `isobot.exports.drawing` draws it.
"""

from dataclasses import dataclass
from datetime import date

from isobot.domain.standings import Standing


@dataclass(frozen=True, slots=True)
class LevelProgress:
    """How the units of one level stand, in the order of `Standing`; those with none are left out."""

    title: str
    unit_word: str
    counts: tuple[tuple[Standing, int], ...]

    @property
    def reported(self) -> int:
        """Return how many units' figures are in."""
        return sum(count for standing, count in self.counts if standing.is_in)

    @property
    def owed(self) -> int:
        """Return how many units owe a report."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class ProgressChart:
    """How far a period is. `missing` names units whose figures are not in; `more` counts the others."""

    title: str
    subtitle: str
    levels: tuple[LevelProgress, ...]
    made_on: date
    missing: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """A total of this period and of the one before; None where there is none. Shares are in percent."""

    label: str
    unit: str
    now: float | None
    before: float | None


@dataclass(frozen=True, slots=True)
class ComparisonChart:
    """Totals of two periods side by side; `now_of` and `before_of` say out of how many units each is.

    `no_comparison` says in Vietnamese why nothing stands beside this period.
    """

    title: str
    subtitle: str
    now_label: str
    now_of: str
    before_label: str
    before_of: str
    pairs: tuple[Pair, ...]
    made_on: date
    no_comparison: str = ""


def progress_png(data: ProgressChart) -> bytes:
    """Draw how far a period is."""
    # Loads the imaging library, which nothing else needs: not at the start of the program.
    from isobot.exports.drawing import draw_progress

    return draw_progress(data)


def comparison_png(data: ComparisonChart) -> bytes:
    """Draw the totals of two periods."""
    from isobot.exports.drawing import draw_comparison

    return draw_comparison(data)

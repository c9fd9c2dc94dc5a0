"""The clock: the only place that asks what time it is.

Moments are aware and in UTC; days are dates in Việt Nam's zone, which has no summer time.
"""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Tells the time; tests give one that they set themselves."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


def vietnam_day(moment: datetime) -> date:
    """Return the day that a moment falls on in Việt Nam."""
    return moment.astimezone(VIETNAM).date()


def in_vietnam(moment: datetime) -> datetime:
    """Return a moment by the clock of Việt Nam, to be read by people."""
    return moment.astimezone(VIETNAM)

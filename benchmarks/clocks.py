"""A clock for benchmarks, whose moment is chosen."""

from datetime import datetime

from isobot.clock import SystemClock


class MovedClock:
    """Begins at a chosen moment, and moves on as real time does."""

    def __init__(self, begins: datetime) -> None:
        self._begins = begins
        self._real = SystemClock()
        self._real_begin = self._real.now()

    def now(self) -> datetime:
        return self._begins + (self._real.now() - self._real_begin)

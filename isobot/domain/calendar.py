"""Working days and working hours in Việt Nam (ngày làm việc, giờ hành chính)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from isobot.clock import VIETNAM

SATURDAY = 5
_FARTHEST_DAYS = 60
"""No run of days off is near this long; a calendar with a longer one has a mistake."""


def _never(_day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days and hours are worked.

    `working_days` are days off of the week that are worked instead of another day. For the years in
    `official_years` the government's list is known; of the others `estimated_off` tells which days the
    law's rules give, and is asked only about those.
    """

    days_off: frozenset[date]
    working_days: frozenset[date] = frozenset()
    official_years: frozenset[int] = frozenset()
    begins: time = time(8, 0)
    ends: time = time(17, 0)
    estimated_off: Callable[[date], bool] = _never

    def is_working(self, day: date) -> bool:
        """Tell whether offices work on a day."""
        if day in self.working_days:
            return True
        if day.weekday() >= SATURDAY or day in self.days_off:
            return False
        return day.year in self.official_years or not self.estimated_off(day)

    def previous_working(self, day: date) -> date:
        """Return the day itself if it is worked, else the last working day before it."""
        return self._first_working(day - timedelta(days=n) for n in range(_FARTHEST_DAYS))

    def next_working(self, day: date) -> date:
        """Return the day itself if it is worked, else the first working day after it."""
        return self._first_working(day + timedelta(days=n) for n in range(_FARTHEST_DAYS))

    def is_working_moment(self, moment: datetime) -> bool:
        """Tell whether an aware moment is within working hours of a working day in Việt Nam."""
        local = moment.astimezone(VIETNAM)
        return self.is_working(local.date()) and self.begins <= local.time() < self.ends

    def next_working_moment(self, moment: datetime) -> datetime:
        """Return the moment itself within working hours, else when the next ones begin (Việt Nam's zone)."""
        local = moment.astimezone(VIETNAM)
        if self.is_working_moment(local):
            return local
        day = local.date() if local.time() < self.begins else local.date() + timedelta(days=1)
        return datetime.combine(self.next_working(day), self.begins, tzinfo=VIETNAM)

    def worked_between(self, begin: datetime, end: datetime) -> timedelta:
        """Return how much working time lies between two aware moments."""
        begin, end = begin.astimezone(VIETNAM), end.astimezone(VIETNAM)
        worked = timedelta()
        day = begin.date()
        while day <= end.date():
            if self.is_working(day):
                opened = max(begin, datetime.combine(day, self.begins, tzinfo=VIETNAM))
                closed = min(end, datetime.combine(day, self.ends, tzinfo=VIETNAM))
                worked += max(closed - opened, timedelta())
            day += timedelta(days=1)
        return worked

    def is_official(self, year: int) -> bool:
        """Tell whether the days off of a year come from the government's list."""
        return year in self.official_years

    def _first_working(self, days: Iterator[date]) -> date:
        for day in days:
            if self.is_working(day):
                return day
        raise ValueError(f"no working day within {_FARTHEST_DAYS} days; the calendar is wrong")

"""Reads the working hours, the days off and the make-up days."""

from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from isobot.datafiles import data_dir, read_yaml
from isobot.domain.calendar import WorkCalendar
from isobot.rulefiles.reading import Strict, in_place

YEARS = range(2014, 2061)
"""The years whose days off are estimated when no official list is at hand."""


class _DaysEntry(Strict):
    day: date | None = None
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    why: str
    source: str = ""

    @model_validator(mode="after")
    def _a_day_or_a_span(self) -> Self:
        single = self.day is not None and self.first is None and self.last is None
        span = self.day is None and self.first is not None and self.last is not None
        if not (single or span):
            raise ValueError('give either "day" or both "from" and "to"')
        if self.first and self.last and not self.first <= self.last <= self.first + timedelta(days=30):
            raise ValueError('"to" must follow "from" within 30 days')
        return self

    def days(self) -> list[date]:
        if self.day is not None:
            return [self.day]
        if self.first is None or self.last is None:
            return []
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class _HoursFile(Strict):
    begins: time
    ends: time
    quiet_days: tuple[_DaysEntry, ...] = ()

    @model_validator(mode="after")
    def _begin_before_they_end(self) -> Self:
        if not self.begins < self.ends:
            raise ValueError('"begins" must come before "ends"')
        return self


class _YearFile(Strict):
    year: int
    official: bool
    note: str = ""
    days_off: tuple[_DaysEntry, ...]
    working_days: tuple[_DaysEntry, ...]

    @model_validator(mode="after")
    def _days_are_of_the_year(self) -> Self:
        for entry in (*self.days_off, *self.working_days):
            for day in entry.days():
                if day.year != self.year:
                    raise ValueError(f"{day:%Y-%m-%d} is not in {self.year}")
        return self


def load_calendar(
    folder: Path | None = None, *, hours: Path | None = None, own: Path | None = None
) -> WorkCalendar:
    """Read the working hours and the days off; `own` is the office's folder of years.

    A year's own file counts alone where it is official; else an estimate and what the file adds.
    """
    working_hours = read_yaml(hours or data_dir() / "hours.yaml", _HoursFile)
    days_off: set[date] = set()
    working: set[date] = set()
    official: set[int] = set()
    for path in in_place(folder or data_dir() / "calendar", own):
        content = read_yaml(path, _YearFile)
        if content.official:
            official.add(content.year)
        days_off.update(day for entry in content.days_off for day in entry.days())
        working.update(day for entry in content.working_days for day in entry.days())
    quiet = {day for entry in working_hours.quiet_days for day in entry.days()}
    return WorkCalendar(
        frozenset(days_off | quiet),
        frozenset(working - quiet),
        frozenset(official),
        working_hours.begins,
        working_hours.ends,
        _estimated_off,
    )


def _estimated_off(day: date) -> bool:
    return day in _estimated()


@cache
def _estimated() -> frozenset[date]:
    """List the days off that the law's rules give; the days an office swaps are not known beforehand."""
    import holidays  # loads every country's: slow, and no start asks for a day off

    return frozenset(holidays.country_holidays("VN", years=YEARS))

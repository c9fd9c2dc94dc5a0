"""How units stand with a report that they owe (tình hình báo cáo): in, late, on paper, missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, overload

from isobot.domain.units import Unit


class Standing(StrEnum):
    """How a unit stands with one report that it owes."""

    ON_TIME = "on-time"
    EXTENDED = "extended"
    """In after the common last day, within the time granted to it."""
    LATE = "late"
    ON_PAPER = "on-paper"
    """No figures; the unit says that it sent the letter on paper."""
    RETURNED = "returned"
    MISSING = "missing"

    @property
    def is_in(self) -> bool:
        """Tell whether its figures are in the totals."""
        return self in (Standing.ON_TIME, Standing.EXTENDED, Standing.LATE)

    @property
    def label(self) -> str:
        """Return the Vietnamese words for it."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.ON_TIME: "đúng hạn",
    Standing.EXTENDED: "trong thời gian gia hạn",
    Standing.LATE: "sau hạn",
    Standing.ON_PAPER: "báo gửi bản giấy, chưa có số liệu",
    Standing.RETURNED: "đã trả lại, chưa gửi lại",
    Standing.MISSING: "chưa gửi",
}


class Owed(NamedTuple):
    """One unit that owes a report of a period, and how it stands."""

    unit: Unit
    standing: Standing


@dataclass(frozen=True, slots=True)
class Roll(Sequence[Owed]):
    """Everybody who owes a report of a period (danh sách phải báo cáo), in the order of the register.

    The entries are made when they are looked at: totals of ten years hold a hundred thousand of them.
    """

    units: tuple[Unit, ...]
    standings: Mapping[str, Standing]
    """By the code of the unit."""

    usual: Standing = Standing.MISSING
    """How a unit stands of which nothing is known."""

    def __len__(self) -> int:
        return len(self.units)

    @overload
    def __getitem__(self, place: int) -> Owed: ...

    @overload
    def __getitem__(self, place: slice) -> "Roll": ...

    def __getitem__(self, place: int | slice) -> "Owed | Roll":
        if isinstance(place, slice):
            return replace(self, units=self.units[place])
        unit = self.units[place]
        return Owed(unit, self.standings.get(unit.code, self.usual))

    def __iter__(self) -> Iterator[Owed]:
        return (Owed(unit, self.standings.get(unit.code, self.usual)) for unit in self.units)

    def of(self, units: Iterable[Unit]) -> "Roll":
        """Return how some of the units stand."""
        return replace(self, units=tuple(units))


def stand(
    units: Iterable[Unit], *, standings: Mapping[str, Standing], usual: Standing = Standing.MISSING
) -> Roll:
    """Say of each unit that owes a report how it stands; of whom nothing is known, it is missing."""
    return Roll(tuple(units), standings, usual)

"""The tree of units on a day, and the past seen in the structure of another day.

Before 1 July 2025 a province stands on districts and these on communes; since then on communes alone.
Totals of an old period can be shown in the structure of then or of now. A unit whose land was divided
between two has no single place in the structure of now: it is named on its own, and its figures are
never divided.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from isobot.domain.units import Level, Unit, UnitDirectory


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit with those below it; `unit` is None for a district that a roster names only as a heading."""

    title: str
    unit: Unit | None = None
    below: tuple["Branch", ...] = ()

    def units(self) -> tuple[Unit, ...]:
        """Return the branch's own unit and all below it, in order."""
        own = (self.unit,) if self.unit else ()
        return own + tuple(u for branch in self.below for u in branch.units())


def structure(directory: UnitDirectory, province: str, day: date) -> tuple[Branch, ...]:
    """Return a province's units of a day as a tree, in the order of its lists.

    Whatever has no unit above it stands at the top: agencies, districts, and today's communes.
    Communes whose district is no unit itself are gathered under its name.
    """
    top: dict[str, Branch] = {}
    for unit in directory.active_on(day, province):
        if directory.parent_of(unit, day) is not None:
            continue
        district = (unit.true_district or unit.district) if unit.level is Level.XA else ""
        branch = _branch(directory, unit, day)
        if district:
            known = top.get(district, Branch(district))
            top[district] = Branch(district, None, (*known.below, branch))
        else:
            top[unit.code] = branch
    return tuple(top.values())


def _branch(directory: UnitDirectory, unit: Unit, day: date) -> Branch:
    below = (_branch(directory, child, day) for child in directory.children_of(unit.code, day))
    return Branch(unit.place_name, unit, tuple(below))


class FateKind(StrEnum):
    """What became of a unit."""

    SAME = "same"
    """It exists on the day asked about, as itself."""
    WHOLE = "whole"
    """All of it went into one other unit."""
    SPLIT = "split"
    """Its land was divided among several units."""
    ENDED = "ended"
    """It is gone, and the list names no heir: a district."""
    NOT_YET = "not-yet"
    """It came into being after that day; `Fate.units` are what it was made of then."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What a unit is on a day (nay là gì); `units` exist on that day."""

    kind: FateKind
    units: tuple[Unit, ...] = ()

    @property
    def single(self) -> Unit | None:
        """Return the one unit that stands for it on that day, None where there is no such one."""
        one = self.kind in (FateKind.SAME, FateKind.WHOLE) and len(self.units) == 1
        return self.units[0] if one else None


def as_of(directory: UnitDirectory, unit: Unit, day: date) -> Fate:
    """Tell what a unit is on a day, followed along every change between.

    `as_of(directory, unit, today)` is the unit in the structure of now; asked about a day before the
    unit existed, it names the units that went into it.
    """
    if unit.active_on(day):
        return Fate(FateKind.SAME, (unit,))
    if unit.valid_from is not None and day < unit.valid_from:
        former = tuple(u for u in directory.predecessors_of(unit.code) if u.active_on(day))
        return Fate(FateKind.NOT_YET, former)
    heirs = _heirs(directory, unit, day, frozenset())
    kinds = {0: FateKind.ENDED, 1: FateKind.WHOLE}
    return Fate(kinds.get(len(heirs), FateKind.SPLIT), heirs)


def _heirs(directory: UnitDirectory, unit: Unit, day: date, seen: frozenset[str]) -> tuple[Unit, ...]:
    found: dict[str, Unit] = {}
    for heir in directory.successors_of(unit.code):
        if heir.code in seen:
            continue  # an imported list may name two units as each other's heirs
        ends = (heir,) if heir.active_on(day) else _heirs(directory, heir, day, seen | {unit.code})
        found |= {end.code: end for end in ends}
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Group:
    """One unit of the structure asked for, with the reporting units whose figures add up to it."""

    unit: Unit
    parts: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Reporting units in the structure of another day. Every unit stands in exactly one of the three."""

    groups: tuple[Group, ...]
    split: tuple[tuple[Unit, tuple[Unit, ...]], ...]
    """Units divided among several, each with those; to be named, never added to any of them."""
    ended: tuple[Unit, ...]
    """Units without an heir, such as districts."""


def regroup(directory: UnitDirectory, units: Iterable[Unit], day: date) -> Regrouped:
    """Put the reporting units of a period into the structure of a day, today for "structure of now".

    Nothing is divided and nothing dropped: what has no single place is returned apart.
    """
    groups: dict[str, list[Unit]] = {}
    heads: dict[str, Unit] = {}
    split: list[tuple[Unit, tuple[Unit, ...]]] = []
    ended: list[Unit] = []
    for unit in units:
        fate = as_of(directory, unit, day)
        if fate.single is not None:
            heads[fate.single.code] = fate.single
            groups.setdefault(fate.single.code, []).append(unit)
        elif fate.units:
            split.append((unit, fate.units))
        else:
            ended.append(unit)
    made = tuple(Group(heads[code], tuple(parts)) for code, parts in groups.items())
    return Regrouped(made, tuple(split), tuple(ended))

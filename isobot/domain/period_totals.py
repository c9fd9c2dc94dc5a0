"""The totals of whole periods: by level and group, beside the period before, with each unit's own figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.rollup import FieldTotal, Totals
from isobot.domain.standings import Standing
from isobot.domain.units import PARTING, Level, Unit
from isobot.domain.values import Values


class Structure(StrEnum):
    """By which units an old period is shown."""

    THEN = "then"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class GroupTotals:
    """The totals of one group of units: a level, a district, or a unit of today made of former ones.

    A unit that was divided among several stands in a group of its own: its figures are never divided.
    """

    key: str
    title: str
    totals: Totals
    divided: bool = False


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """The totals of one period of a rule, whole and by level."""

    rule: ReportingRule
    period: Period
    province: str
    whole: Totals
    levels: tuple[GroupTotals, ...]
    apart: Totals | None = None
    """Reports of units that owe none (tự nguyện): counted apart from those that must."""

    @property
    def old_units(self) -> bool:
        """Tell whether communes and districts from before 1 July 2025 report here."""
        return self.period.last_day < PARTING


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field in two periods; `before` is None where the period before has no such field."""

    now: FieldTotal
    before: FieldTotal | None

    @property
    def difference(self) -> int | None:
        """Return by how much the sum grew; None where either is unknown."""
        if self.before is None or self.now.sum is None or self.before.sum is None:
            return None
        return self.now.sum - self.before.sum


def may_compare(now: PeriodTotals, before: PeriodTotals) -> bool:
    """Tell whether two periods have the same kind of units: those of 1 July 2025 are others."""
    local = {Level.XA, Level.HUYEN}
    touched = any(unit.level in local for each in (now, before) for unit in each.whole.owed.units)
    return now.old_units == before.old_units or not touched


def compare_totals(now: Totals, before: Totals) -> tuple[Comparison, ...]:
    """Put the totals of two periods side by side, in the order of the newer form."""
    return tuple(Comparison(total, before.get(total.field.key)) for total in now.fields)


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """The version in force of one unit's report, as it stands in a table of units."""

    unit: Unit
    standing: Standing
    values: Values
    report: int
    version: int
    receipt: str
    submitted_on: date
    reasons: Mapping[str, str]
    """The officer's reasons for what looked odd, by the id of the check."""

    voluntary: bool = False


@dataclass(frozen=True, slots=True)
class Consolidated:
    """Everything the lead office's report of one period is written from.

    `whole` of `totals` is what is sent on; its gaps are named in the document. `before` is the period
    before, where there is one to compare with; `no_comparison` says in Vietnamese why there is none.
    """

    province_name: str
    totals: PeriodTotals
    rows: tuple[UnitFigures, ...]
    made_on: date
    before: PeriodTotals | None = None
    no_comparison: str = ""

    def texts(self, key: str) -> tuple[tuple[Unit, str], ...]:
        """Return what the units wrote in a field, by unit; blanks and "không phát sinh" left out."""
        found = ((row.unit, row.values.get(key)) for row in self.rows if not row.voluntary)
        return tuple(
            (unit, str(value.given)) for unit, value in found if value is not None and value.is_given
        )

    def of_level(self, level: Level) -> tuple[UnitFigures, ...]:
        """Return the rows of one level."""
        return tuple(row for row in self.rows if row.unit.level is level)


def by_level(units: Sequence[Unit]) -> dict[Level, tuple[Unit, ...]]:
    """Sort units by level, the higher ones first."""
    levels = {unit.level for unit in units}
    return {level: tuple(u for u in units if u.level is level) for level in Level if level in levels}

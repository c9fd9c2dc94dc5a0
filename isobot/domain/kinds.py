"""Kinds of fields; what each becomes in a total, and what a province's own form is filled with."""

from dataclasses import dataclass
from enum import StrEnum

from isobot.domain.units import Level


class Kind(StrEnum):
    """What a field takes."""

    INTEGER = "integer"
    MONEY = "money"
    """Whole đồng."""
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yesno"
    TEXT = "text"
    FILE = "file"
    """A picture or scan that was sent; the value names its row among the files, see `file_value`."""
    AMOUNTS = "amounts"
    """Amounts of money by source, the sources being the choices; see `isobot.domain.amounts`."""


class RollUp(StrEnum):
    """What the figures of many units become in a total."""

    SUM = "sum"
    SUM_BY = "sum_by"
    """Amounts of money: a sum for each source."""
    COUNT_BY = "count_by"
    """How many units gave each of the choices."""
    COUNT_GIVEN = "count_given"
    """How many units gave a value at all."""
    UNITS_WITH = "units_with"
    """How many units have at least one; of numbers, beside the sum."""
    LIST = "list"
    """The texts, each with its unit."""
    NONE = "none"


class GatherHow(StrEnum):
    """What a field of the province's own form is filled with from the reports of others."""

    REQUIRED = "required"
    """How many units must report, by the register and never by the reports."""
    STANDING = "standing"
    """How many of them stand so: on-time, extended, late."""
    COUNT = "count"
    """How many units gave one of the choices."""
    WITH = "with"
    """How many units have at least one."""
    SUM = "sum"
    COVERAGE = "coverage"
    """A text: how many of how many are in, and who is missing."""


@dataclass(frozen=True, slots=True)
class Gather:
    """Where a figure comes from: a field of the units' reports, the choices or standings that count, and
    the levels of the units.
    """

    how: GatherHow
    levels: tuple[Level, ...]
    field: str = ""
    says: tuple[str, ...] = ()


_ROLL_UPS = {
    Kind.INTEGER: RollUp.SUM,
    Kind.MONEY: RollUp.SUM,
    Kind.AMOUNTS: RollUp.SUM_BY,
    Kind.CHOICE: RollUp.COUNT_BY,
    Kind.YES_NO: RollUp.COUNT_BY,
    Kind.DATE: RollUp.COUNT_GIVEN,
    Kind.FILE: RollUp.COUNT_GIVEN,
    Kind.TEXT: RollUp.LIST,
}


def usual_roll_up(kind: Kind) -> RollUp:
    """Return what a field of that kind becomes in a total where its form says nothing else."""
    return _ROLL_UPS[kind]

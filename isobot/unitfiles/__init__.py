"""Tables of units: those that ship with isobot, and those an office imports."""

from isobot.unitfiles.provinces import load_provinces
from isobot.unitfiles.rows import RowProblem
from isobot.unitfiles.shipped import load_units, shipped_units
from isobot.unitfiles.tables import UnitTable, parse_unit_table

__all__ = ["RowProblem", "UnitTable", "load_provinces", "load_units", "parse_unit_table", "shipped_units"]

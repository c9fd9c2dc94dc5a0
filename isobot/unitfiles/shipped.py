"""The units that ship with isobot."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

from isobot.datafiles import data_dir
from isobot.domain.units import Unit, UnitDirectory
from isobot.errors import DataFileError
from isobot.unitfiles.provinces import load_provinces
from isobot.unitfiles.tables import parse_unit_table


@cache
def load_units() -> tuple[Unit, ...]:
    """Return every unit that ships with isobot, province by province, those of the plan first.

    Raises:
        DataFileError: a row of a file cannot be used, a code stands twice, or a successor is unknown.
    """
    found: list[Unit] = []
    for slug in load_provinces():
        for path in (data_dir() / "units" / f"{slug}.csv", data_dir() / "units" / f"{slug}-hien-nay.csv"):
            if path.exists():
                found += _shipped(path, {unit.code for unit in found})
    known = {unit.code for unit in found}
    for unit in found:
        for code in unit.successors:
            if code not in known:
                path = data_dir() / "units" / f"{unit.province}.csv"
                raise DataFileError(path, unit.code, f"unknown successor {code}", mend="correct the code")
    return tuple(found)


def shipped_units() -> UnitDirectory:
    """Return the shipped units as a directory."""
    return UnitDirectory(load_units())


def _shipped(path: Path, taken: Collection[str]) -> tuple[Unit, ...]:
    table = parse_unit_table(path, check_successors=False)
    for problem in table.problems:
        place = f"row {problem.row}"
        raise DataFileError(path, place, problem.message, mend="correct this row")
    for unit in table.units:
        if unit.code in taken:
            raise DataFileError(path, unit.code, "this code stands twice", mend="give one another code")
    return table.units

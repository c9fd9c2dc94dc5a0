"""The table of former and current units of the whole country, read when somebody first asks for it."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

from isobot.datafiles import data_dir
from isobot.domain.admin_units import (
    CurrentCommune,
    District,
    FormerCommune,
    ProvinceName,
    Structure,
)
from isobot.domain.former_units import AdminUnits
from isobot.errors import DataFileError

VERSION_FILE = "data-version.txt"
_MEND = "build the table anew with scripts/build_admin_units.py"


@cache
def load_admin_units(folder: Path | None = None) -> AdminUnits:
    """Read the table; about a fifth of a second and 20 MB, so not at the start.

    Raises:
        DataFileError: a file is missing, or a row names a code that another file lacks.
    """
    place = folder or data_dir() / "admin-units"
    provinces = [
        ProvinceName(Structure(structure), code, kind, name, now, _day(since), resolution)
        for structure, code, kind, name, now, since, resolution in _rows(place / "provinces.csv")
    ]
    before = {p.code: p for p in provinces if p.structure is Structure.FORMER}
    today = {p.code: p for p in provinces if p.structure is Structure.CURRENT}
    try:
        districts = {
            code: District(code, kind, name, before[province], _parts(aliases))
            for code, kind, name, province, aliases in _rows(place / "districts.csv")
        }
        current = {
            code: CurrentCommune(code, kind, name, today[home], _date(since), resolution, _date(issued), note)
            for code, home, kind, name, since, resolution, issued, note in _rows(place / "current.csv")
        }
        former = tuple(
            FormerCommune(code, kind, name, districts[home], _parts(aliases), _parts(heirs))
            for code, kind, name, home, aliases, heirs, _ in _rows(place / "former.csv")
        )
        for unit in former:
            for code in unit.successors:
                current[code]
    except KeyError as error:
        problem = f"names {error}, which is not listed"
        raise DataFileError(place, "the table", problem, mend=_MEND) from error
    except ValueError as error:
        raise DataFileError(
            place, "the table", f"has a row that does not fit: {error}", mend=_MEND
        ) from error
    version = (place / VERSION_FILE).read_text(encoding="utf-8").strip()
    return AdminUnits(tuple(provinces), tuple(districts.values()), former, current, version)


def _rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.reader(lines))[1:]
    except OSError as error:
        raise DataFileError(path, "the file", f"cannot be read ({error})", mend=_MEND) from error


def _day(text: str) -> date | None:
    return _date(text) if text else None


@cache
def _date(text: str) -> date:
    return date.fromisoformat(text)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()

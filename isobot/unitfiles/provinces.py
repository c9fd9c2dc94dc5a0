"""The provinces, with the units that their plans name, as shipped."""

from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict

from isobot.datafiles import data_dir, read_yaml
from isobot.domain.units import Level, PlanGroup, Province


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _GroupEntry(_Strict):
    name: str
    count: int
    level: Level | None = None
    note: str = ""


class _ProvinceEntry(_Strict):
    slug: str
    name: str
    prefix: str
    now: str
    aliases: tuple[str, ...] = ()
    groups: tuple[_GroupEntry, ...] = ()
    note: str = ""
    reports_to: tuple[str, ...] = ()


class _ProvinceFile(_Strict):
    provinces: tuple[_ProvinceEntry, ...]


@cache
def load_provinces() -> Mapping[str, Province]:
    """Return the provinces by slug, in the order of their file."""
    entries = read_yaml(data_dir() / "units" / "provinces.yaml", _ProvinceFile).provinces
    return {
        e.slug: Province(
            slug=e.slug,
            name=e.name,
            prefix=e.prefix,
            now=e.now,
            aliases=e.aliases,
            groups=tuple(PlanGroup(g.name, g.count, g.level, g.note) for g in e.groups),
            note=e.note,
            reports_to=e.reports_to,
        )
        for e in entries
    }

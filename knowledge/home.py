"""Where the asker works, as far as the profile tells: level, records, and the district one works for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from isobot.domain.text import fold
from isobot.domain.units import Level, Unit
from knowledge.question import says_own_district, says_self

_LEVELS = {Level.SO: "so", Level.CHI_CUC: "chi-cuc", Level.HUYEN: "huyen", Level.XA: "xa"}
_BY_NAME = (
    ("xa", r"^(ubnd )?(xa|phuong|thi tran|dac khu)\b"),
    ("huyen", r"^(ubnd )?(huyen|thanh pho|thi xa)\b"),
    ("chi-cuc", r"^chi cuc\b"),
    ("so", r"^(so|ban|thanh tra|van phong)\b"),
)

_KIND = re.compile(r"(?:(?:ubnd|uy ban nhan dan) )?(?:huyen|thanh pho|thi xa|tp\.?) ")


@dataclass(frozen=True, slots=True)
class Home:
    """The asker's own office."""

    name: str = ""
    province: str = ""
    level: str = ""
    units: tuple[Unit, ...] = ()
    """What the records may mean by the name; none where no plan names it."""
    district: str = ""
    """The bare name of the district that the asker works for, or that the commune belonged to."""

    def means_district(self, folded: str) -> bool:
        """Tell whether a folded text that speaks of the asker's own means the district."""
        return (
            bool(self.district) and says_self(folded) and (self.level == "huyen" or says_own_district(folded))
        )

    @property
    def outside_the_list(self) -> bool:
        """Tell whether this is a commune that the records do not know."""
        return self.level == "xa" and bool(self.name) and not self.units


def home_of(name: str | None, province: str | None, units: Sequence[Unit]) -> Home:
    """Return the asker's office, given what the records know of its name."""
    slug = province or (units[0].province if units else "")
    level = level_of(name, units)
    above = {u.true_district or u.district for u in units}
    district = _bare(name) if name and level == "huyen" else above.pop() if len(above) == 1 else ""
    return Home(name or "", slug, level, tuple(units), district)


def level_of(unit: str | None, own: Sequence[Unit]) -> str:
    """Return the level of the asker's unit: from the records, else from its name."""
    if own:
        return _LEVELS[own[0].level]
    name = fold(unit or "").replace("uy ban nhan dan", "ubnd")
    return next((level for level, pattern in _BY_NAME if re.search(pattern, name)), "")


def _bare(name: str) -> str:
    words = name.split(",")[0].split()
    said = _KIND.match(fold(" ".join(words)))
    return " ".join(words[len(said.group().split()) :]) if said else ""

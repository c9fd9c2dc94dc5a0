"""Provinces, districts and communes of the whole country, before and since 1 July 2025."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Structure(StrEnum):
    """Which list of units a code or a name is taken from."""

    FORMER = "former"
    """Until 30 June 2025: 63 provinces, 696 districts."""
    CURRENT = "current"
    """Since 1 July 2025: 34 provinces, no districts."""


@dataclass(frozen=True, slots=True)
class ProvinceName:
    """A province of one structure; `now` is the code of the current one that its land belongs to."""

    structure: Structure
    code: str
    kind: str
    name: str
    now: str
    since: date | None = None
    resolution: str = ""

    @property
    def title(self) -> str:
        """Return the name with its kind: "tỉnh Kon Tum"."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class District:
    """A district, ended on 30 June 2025. Its province is a former one."""

    code: str
    kind: str
    name: str
    province: ProvinceName
    aliases: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return the name with its kind: "huyện Kon Plông"."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class FormerCommune:
    """A commune as it was on 30 June 2025; `successors` are codes of the current structure."""

    code: str
    kind: str
    name: str
    district: District
    aliases: tuple[str, ...]
    """Names of earlier communes that went into it, folded and joined: "xadaklong"."""
    successors: tuple[str, ...]

    @property
    def split(self) -> bool:
        """Tell whether its land was divided among several current communes."""
        return len(self.successors) > 1

    @property
    def title(self) -> str:
        """Return the name with its kind: "xã Luận Khê", "phường 4"."""
        return f"{self.kind} {self.name}"

    @property
    def full_title(self) -> str:
        """Return "xã Luận Khê, huyện Thường Xuân, tỉnh Thanh Hóa"."""
        if self.code == self.district.code:  # an island district, without communes
            return f"{self.title}, {self.district.province.title}"
        return f"{self.title}, {self.district.title}, {self.district.province.title}"


@dataclass(frozen=True, slots=True)
class CurrentCommune:
    """A commune of today, by the statistics office's catalogue.

    `since` is from when it has its present kind; `note` is the catalogue's own sentence.
    """

    code: str
    kind: str
    name: str
    province: ProvinceName
    since: date
    resolution: str
    issued: date
    note: str

    @property
    def title(self) -> str:
        """Return the name with its kind: "xã Măng Đen"."""
        return f"{self.kind} {self.name}"

    @property
    def full_title(self) -> str:
        """Return "xã Măng Đen, tỉnh Quảng Ngãi"."""
        return f"{self.title}, {self.province.title}"

"""What stands on an office's letters (thể thức văn bản): names, place, titles of who signs; never a name.

It comes from the settings of a unit, which its own officers keep; where nothing is set, from what the
unit is. A number, a date and a person's name are no settings: the clerk and the signer give them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from isobot.domain.text import fold, nfc
from isobot.domain.units import Level, Unit
from isobot.errors import AnswerRefused

COMMITTEE_TITLES = (
    ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
    ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
)
AGENCY_TITLES = (
    ("GIÁM ĐỐC",),
    ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
    ("CHI CỤC TRƯỞNG",),
    ("KT. CHI CỤC TRƯỞNG", "PHÓ CHI CỤC TRƯỞNG"),
    ("CHÁNH VĂN PHÒNG",),
    ("KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"),
    ("TRƯỞNG BAN",),
    ("CHÁNH THANH TRA",),
)
"""The titles to choose from: a letter takes them from here, and never from what somebody typed."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head and the end of an office's letters; what is "" is left to whoever signs.

    `parent` is the body that governs the office (cơ quan chủ quản), `drafting` the section that keeps a
    copy, `signing` the titles above the signature, one a line.
    """

    parent: str = ""
    abbreviation: str = ""
    place: str = ""
    signing: tuple[str, ...] = ()
    drafting: str = ""

    def with_settings(self, stored: Mapping[str, Any]) -> "Letterhead":
        """Put what the office has set in place of what was guessed."""
        known = {name: stored[name] for name in SETTINGS if isinstance(stored.get(name), str)}
        titles = stored.get("signing")
        signing = tuple(titles) if isinstance(titles, list) else self.signing
        return replace(self, **known, signing=signing)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of a letterhead that an office may set: what it is, how it reads, and what fits."""

    name: str
    label: str
    example: str
    most: int

    def read(self, text: str) -> str:
        """Read what was typed; "để trống" leaves the line to whoever signs.

        Raises:
            AnswerRefused: it says nothing, or is too long for its place.
        """
        said = " ".join(nfc(text).split())
        if fold(said) in ("de trong", "bo trong", "xoa"):
            return ""
        if self.name == "abbreviation":
            said = said.upper()
            if not re.fullmatch(r"[A-ZĐ][A-ZĐ0-9.&-]*", said):
                raise self._refused(
                    f"“{said[:40]}” chưa phải chữ viết tắt: chỉ dùng chữ cái và số, viết liền."
                )
        if not any(c.isalpha() for c in said):
            raise self._refused("Tôi chưa thấy chữ nào trong câu trả lời.")
        if len(said) > self.most:
            raise self._refused(f"Nội dung dài {len(said)} ký tự, nhiều nhất {self.most}.")
        return said

    def _refused(self, understood: str) -> AnswerRefused:
        return AnswerRefused(f"{understood} Ví dụ: {self.example}; hoặc gõ “để trống”.")


LINES = (
    Setting("parent", "Cơ quan chủ quản", "Ủy ban nhân dân tỉnh Quảng Ngãi", 100),
    Setting("abbreviation", "Chữ viết tắt trong số, ký hiệu", "SKHCN", 20),
    Setting("place", "Địa danh", "Quảng Ngãi", 60),
    Setting("drafting", "Bộ phận soạn thảo, ở dòng “Lưu”", "VP", 40),
)
"""The settings of one line each; the titles of who signs are a choice."""

SETTINGS = tuple(setting.name for setting in LINES)


def lines_for(unit: Unit) -> tuple[Setting, ...]:
    """Return the lines that a unit's letters have: over a people's committee stands no other body."""
    return LINES[1:] if is_committee(unit.name) else LINES


def letterhead_for(unit: Unit, province_name: str) -> Letterhead:
    """Say what follows from the unit itself; `province_name` is the province of today."""
    if is_committee(unit.name):
        place = unit.bare_name if unit.level is Level.XA else ""
        return Letterhead("", "UBND", place, COMMITTEE_TITLES[0])
    if unit.level is not Level.SO:
        return Letterhead()
    parent = f"Ủy ban nhân dân tỉnh {province_name}" if province_name else ""
    department = fold(unit.name).startswith("so ")
    return Letterhead(
        parent,
        _initials(unit.name) if department else "",
        "",
        AGENCY_TITLES[0] if department else (),
    )


def titles_for(unit: Unit) -> tuple[tuple[str, ...], ...]:
    """List the titles that the letters of a unit may bear."""
    return COMMITTEE_TITLES if is_committee(unit.name) else AGENCY_TITLES


def heading_of(unit_name: str) -> tuple[str, ...]:
    """Split the issuing body's name as the head shows it, capitals, one line each.

    A people's committee stands alone, "ỦY BAN NHÂN DÂN" over its place; other bodies stand under
    the body that governs them.
    """
    name = nfc(unit_name).strip()
    match = re.match(r"(?:ubnd|[ủu][ỷy] ban nhân dân)\s+(.+)", name, re.IGNORECASE)
    if match:
        return ("ỦY BAN NHÂN DÂN", match[1].upper())
    return (name.upper(),)


def is_committee(unit_name: str) -> bool:
    """Tell whether a unit is a people's committee."""
    return fold(unit_name).startswith(("ubnd ", "uy ban nhan dan "))


def _initials(name: str) -> str:
    """Shorten a department's name as offices do: "Sở Khoa học và Công nghệ" is SKHCN."""
    return "".join(word[0].upper() for word in nfc(name).split() if fold(word) != "va")

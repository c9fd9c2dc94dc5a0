"""Finds rows of tables that do not fit what is known: a commune under another district, an odd event.

The wording is left as it is printed; the row is named with what it may have been.
"""

import re
from collections.abc import Iterator

from isobot.adminfiles import load_admin_units
from isobot.domain.former_units import Reason
from isobot.domain.legal_text import LegalText, Node, NodeKind
from isobot.domain.place_names import PlaceName, divide

_COMMUNE = re.compile(
    r"^(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân)?\s*(?:xã|phường|thị trấn)\s+\S", re.IGNORECASE
)
_DISTRICT = re.compile(r"^(?:huyện|thị xã|thành phố)\s+\S[^\d()]*$", re.IGNORECASE)
_PROVINCE = re.compile(r"\bTỈNH\s+(\S.*)$", re.IGNORECASE)
_EVENT = re.compile(r"\bhỗn hợp\s+(hội thảo|hội nghị|cuộc họp|buổi họp|tập huấn)\b", re.IGNORECASE)


def doubts_on_rows(text: LegalText) -> Iterator[tuple[Node, str, str, str]]:
    """Return (node, what is written, why it is doubted, advice)."""
    for node in text.walk():
        found = _EVENT.search(node.text) if node.cells else None
        if found:
            yield node, found[0], "“hỗn hợp” không nói việc gì của một cuộc họp", f"Tổ chức {found[1]}"
    province = _PROVINCE.search(text.heading.issuer)
    if province:
        for root in text.nodes:
            yield from _below(root, "", province[1])


def _below(node: Node, heading: str, province: str) -> Iterator[tuple[Node, str, str, str]]:
    """Go down a table with the heading of a district that a row stands under."""
    cells = [cell.strip() for cell in node.cells]
    named = next((cell for cell in cells if _DISTRICT.match(cell)), "")
    if node.kind is NodeKind.ROW:
        commune = next((cell for cell in cells if _COMMUNE.match(cell)), "")
        elsewhere = _true_district(commune, named or heading, province)
        if elsewhere:
            yield node, commune, f"in dưới {named or heading}, mà xã tên này thuộc nơi khác", elsewhere
    elif cells:
        heading = named
    for child in node.children:
        yield from _below(child, heading, province)


def _true_district(commune: str, district: str, province: str) -> str:
    """Return the district that a commune belonged to, where it is surely not the one it is printed under."""
    if not commune or not district:
        return ""
    place = divide(commune)
    named = PlaceName(place.name, place.kind, district, province)
    found = load_admin_units().resolve_former(named)
    if found.reason is not Reason.OTHER_DISTRICT or len(found.units) != 1:
        return ""
    unit = found.units[0]
    return unit.district.title if unit.kind == place.kind else ""

"""Bodies of the State beside the province's own agencies: schools, hospitals, the tax office, the press.

No plan names them one by one; the rules speak of their kinds.
"""

import re
from dataclasses import dataclass

from isobot.domain.text import fold

_CENTRAL = "cơ quan ngành dọc do trung ương quản lý"
_PUBLIC_SERVICE = "đơn vị sự nghiệp công lập"
_ARMED = "cơ quan quốc phòng, an ninh"
_OTHERS = "cơ quan, tổ chức khác"
_BEGINNINGS = (
    (
        _CENTRAL,
        r"(?:cuc|chi cuc) (?:thue|thong ke|hai quan|thi hanh an)|kho bac|"
        r"bao hiem xa hoi(?! viet nam)|vien kiem sat|toa an|ngan hang nha nuoc",
    ),
    (_ARMED, r"cong an|quan doi|bo doi|quan su|bo chi huy|ban chi huy|ban chqs|bien phong"),
    (
        _PUBLIC_SERVICE,
        r"truong (?:hoc|thpt|thcs|cao dang|dai hoc|mam non|tieu hoc|mau giao|trung hoc|trung cap|pho thong|"
        r"day nghe|chinh tri|noi tru)|benh vien|tram y te|trung tam y te|"
        r"trung tam(?= (?:van hoa|khuyen nong|quan trac|dich vu|giao duc|kiem nghiem))|"
        r"dai (?:phat thanh|truyen hinh|ptth)|nha van hoa|bao tang|thu vien tinh",
    ),
    (
        _OTHERS,
        r"hoi (?:nong dan|phu nu|lien hiep phu nu|cuu chien binh|chu thap do|luat gia)|tinh doan|"
        r"doan thanh nien|lien doan lao dong|mat tran to quoc|tinh uy|huyen uy|hoi dong nhan dan|"
        r"(?<!thong )bao (?:kon tum|thanh hoa|tuyen quang|kien giang|ha nam)",
    ),
)
"""What the rules call such bodies, and how their names begin."""
_KINDS = tuple(
    (called, re.compile(rf"(?<!qua )(?<!gui )\b(?:{beginning})\b")) for called, beginning in _BEGINNINGS
)
"""Money that goes through the treasury says nothing of the treasury."""
_OF_UNITS = (
    (_CENTRAL, re.compile(rf"^(?:{_BEGINNINGS[0][1]}|cong an|bo chi huy)\b")),
    (_PUBLIC_SERVICE, re.compile(r"^(?:truong|benh vien|trung tam|dai phat thanh|nha van hoa|tram y te)\b")),
)
_STEMS = {
    _CENTRAL: ("nganh doc",),
    _ARMED: ("quoc phong", "an ninh", "nganh doc"),
    _PUBLIC_SERVICE: ("don vi su nghiep",),
    _OTHERS: ("to chuc khac",),
}
"""How cards call the kinds, folded; the police and the army are led from above as well."""
_OTHER_MATTER = re.compile(
    r"\b(?:bao nhieu|may|phan tram|khi nao|bao gio|nam nao|ngay nao|gi|tien|kinh phi|quyet toan|du toan|"
    r"qua|gui|nop|nhan|bao cao|ho so|thu tuc)\b"
)
_DUTY = re.compile(
    r"\b(?:bat buoc|phai|bi bat|bi buoc|thuoc|doi tuong|dien|nam trong|co trong|co ten|danh sach|"
    r"khuyen khich|tu nguyen|mien|ep)\b"
)


@dataclass(frozen=True, slots=True)
class Body:
    """A body that a question names."""

    name: str
    """As far as it is known to be one, folded: "benh vien"."""
    called: str
    """What the rules call its kind."""

    def is_meant_by(self, text: str) -> bool:
        """Tell whether a text speaks of the body or of its kind."""
        folded = fold(text)
        return self.name in folded or any(stem in folded for stem in _STEMS[self.called])


def body_of(unit: str | None) -> str:
    """Return what the rules call a body that is none of the province's own; empty for all others."""
    name = fold(unit or "")
    return next((called for called, pattern in _OF_UNITS if pattern.search(name)), "")


def body_in(folded: str) -> Body | None:
    """Return the first body that a folded text names."""
    found = [(m.start(), Body(m.group(), called)) for called, p in _KINDS if (m := p.search(folded))]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def asks_duty_of(folded: str) -> bool:
    """Tell whether a folded question asks only if something has to be done, or is meant by a rule."""
    return _DUTY.search(folded) is not None and _OTHER_MATTER.search(folded) is None

"""What a question says beside the words it shares with cards: documents, months, whether all still holds.

Read once for a question, and held against many cards.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from isobot.domain.law import LegalDocument
from knowledge.places import speaks_of_self
from knowledge.question import Question

_ABOUT_BOT = re.compile(
    r"\b(?:bot|tro ly|chatbot|chat|nhan tin|tin nhan|lenh|go|bam|nut|ma|tren nay|o day|qua day|kenh|dang ky|"
    r"xoa|nhac|telegram|zalo|luu|tai khoan|ung dung|sua|nham|bien nhan|giong noi|anh chup|hinh|nhom|mat khau|"
    r"tien do|bang|quyen)\b"
)
MONTH = re.compile(r"\bthang (\d{1,2})\b")
TODAY = re.compile(r"\b(?:hien nay|hien|bay gio|hien tai|sau sap (?:xep|nhap))\b")
ADOPTING = re.compile(
    r"\b(?:iso|he thong|ap dung|chat luong|9001|ke hoach|danh sach|phu luc|quyet dinh|giai doan|lo trinh)\b"
)
"""A question on the units of today, and words that turn it to those of a plan."""
IN_FORCE_STILL = re.compile(
    r"\b(?:con|van|dang)(?: \w+){0,3} (?:hieu luc|ap dung duoc|gia tri)\b|\bhet hieu luc\b|\bda bi thay\b|"
    r"\b(?:con|van) (?:dung|xai|ap dung)(?: duoc)? (?:nua|khong|chu|ha)\b"
)
_RULE_HELD = re.compile(
    r"\b(?:con|van)(?: \w+){0,2} (?:dung|ap dung|hieu luc|gia tri|theo)\b|"
    r"\b(?:bi|sap|sap bi|da bi|vua|duoc) (?:bai bo|bo|thay|huy bo|huy)\b|\bhet (?:hieu luc|gia tri|han)\b"
)
"""Whether a document named still holds, in any words."""
_PLAN_HELD = re.compile(
    r"\b(?:ke hoach|chi thi)\b.*\b(?:con(?: \w+){0,2} (?:theo|dung|ap dung|hieu luc|gia tri)|tinh sao)\b"
)
"""The same of a province's plan, named without its number."""
_REFORM = re.compile(r"\b(?:sap nhap|sap xep|hop nhat|nhap vao|doi ten)\b")
_REPLACES = re.compile(
    r"(?<!bi )\bthay (?:the|cho)(?: cho)?(?: nhung| cac)? (?:thong tu|quyet dinh|van ban) (?:nao|gi|so)\b"
)
_HOW_OFTEN = re.compile(
    r"\b(?:may lan|bao nhieu lan|bao lau|dinh ky nao|ky nao|thang may|thang nao|khi nao)\b"
)
_BOUND = re.compile(r"\bbat buoc\b")
_VERSION = re.compile(r"\b9001[: -]*20\d\d\b|\bphien ban\b")
WHO = re.compile(r"\bai\b|\b(?:co quan|bo|so|don vi|nguoi|cap|ban|van phong) nao\b")
OF_THE_PROVINCE = re.compile(
    r"\b(?:cua tinh|tinh (?:toi|em|minh|ta|nha|co)|theo tinh|ke hoach tinh|(?:ke hoach|chi thi) nay)\b"
)
_CHANGED = re.compile(
    r"\b(?:sap nhap|sap xep|hop nhat|nhap vao|doi ten|xa moi|xa cu|bo (?:cap )?huyen|huyen bo|khong con|"
    r"giai the|1/7|2025|nay|gio|hien|hai cap)\b"
)
_LISTED = re.compile(
    r"\b(?:danh sach|phu luc|nam trong|co trong|co ten|nam nao|nam may|nhom|moc|chung nhan|thuoc|ke ten)\b"
)
_UP = re.compile(r"\b(?:bo|ubnd tinh|uy ban nhan dan tinh|so khoa hoc|so tong hop)\b")
_STEP = re.compile(r"\bbuoc (?:thu )?(\d{1,2})\b")


@dataclass(frozen=True, slots=True)
class Beside:
    """What a question says beside the words it shares with cards."""

    documents: frozenset[str]
    """Those of the whole country."""
    provinces: frozenset[str]
    months: frozenset[str]
    step: int | None
    of_the_province: bool
    in_force_still: bool
    rule_held: bool
    plan_held: bool
    """Whether the clause that asks wants to know if a document, or a plan, still holds."""
    reform: bool
    how_often: bool
    replaces: bool
    bound: bool
    who: bool
    today: bool
    about_bot: bool
    beside_the_point: frozenset[str]
    """Topics of a province that nobody asked about: the reform, the list, what a department sends up."""
    own_of_no_level: bool
    """Whether the person speaks of their own unit, and nobody knows of which level it is."""
    own_level: str
    """The level of the asker's unit, where they speak of it and name none: "đơn vị tôi"."""

    @classmethod
    def of(
        cls, read: Question, documents: Mapping[str, LegalDocument], level: str, *, leads: bool
    ) -> "Beside":
        """Read a question; `level` is that of the asker's unit, as far as it is known.

        `leads` tells that the unit is the one that gathers the reports of a province.
        """
        step = _STEP.search(read.folded)
        own = not read.level and speaks_of_self(read)
        return cls(
            documents=frozenset(k for k in read.documents if not documents[k].province),
            provinces=frozenset(read.provinces),
            months=frozenset(MONTH.findall(read.folded)),
            step=int(step.group(1)) if step else None,
            of_the_province=read.says(OF_THE_PROVINCE),
            in_force_still=read.says(IN_FORCE_STILL),
            rule_held=bool(read.documents) and read.asks(_RULE_HELD),
            plan_held=read.asks(_PLAN_HELD),
            reform=read.says(_REFORM),
            how_often=read.says(_HOW_OFTEN),
            replaces=read.says(_REPLACES),
            bound=read.says(_BOUND) and not read.says(_VERSION),
            who=read.says(WHO),
            today=read.says(TODAY) and not read.says(ADOPTING),
            about_bot=read.says(_ABOUT_BOT),
            beside_the_point=_beside_the_point(read, leads=leads),
            own_of_no_level=own and not level,
            own_level=level if own else "",
        )


def _beside_the_point(read: Question, *, leads: bool) -> frozenset[str]:
    topics = [] if read.says(_CHANGED) else ["sap-xep"]
    if speaks_of_self(read):
        topics += [] if read.says(_LISTED) else ["danh-sach"]
        topics += [] if leads or read.says(_UP) else ["bao-cao-tren"]
    return frozenset(topics)

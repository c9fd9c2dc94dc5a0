"""What a question asks of the reform of 2025: what a unit is now, what it was made of, how many are left."""

import re

from knowledge.question import Question

_TIME = (
    r"(?:gio|(?<!nam )(?<!hom )(?<!hoach )(?<!dinh )(?<!dot )(?<!lan )(?<!viec )(?<!thang )nay|"
    r"bay gio|hien|hien nay|hien tai|hien gio|"
    r"sau (?:khi )?(?:sap xep|sap nhap|sat nhap|hop nhat|nhap|gop)|"
    r"sau (?:ngay )?0?1/0?7(?:/2025)?|sau nam 2025|tu (?:ngay )?0?1/0?7(?:/2025)?)"
)
_JOIN = r"(?:sap nhap|sat nhap|hop nhat|nhap|gop|gom|don(?! vi)|sap xep|chuyen|doi|tach|chia|xoa ten)"
_PLACE = r"(?:xa|phuong|dac khu|tinh|don vi|dia phuong|cho)"
_AFTER = re.compile(
    r"\b(?:sap nhap|sap xep|hop nhat|sat nhap|nhap vao|nhap ve|nhap dau|nhap voi|nhap chung|doi ten|ten moi|"
    r"nhap thanh|nhap lai|gop thanh|gop vao|gop lai|"
    r"don vi moi|xa moi|xa cu|1/7/2025|01/7/2025|01/07/2025|1/7|nay la|nay thuoc|gio la|gio thanh|gio thuoc|"
    r"bay gio|chuyen thanh|tach|chia ve|ke thua)\b|"
    r"\b(?:gio|nay|hien nay|hien|hien tai)(?: \w+){0,3} (?:nao|gi|dau)\b|"
    r"\b(?:thanh|thuoc|ve|vao|la) (?:xa|phuong) (?:nao|gi)\b"
)
_BECAME = re.compile(
    rf"\b{_TIME}\b(?: \w+){{0,6}} (?:nao|gi|dau)\b|"
    rf"\b{_JOIN}\b(?: \w+){{0,3}} (?:vao|vo|ve|voi|thanh|chung|sang|qua|o|la)\b"
    r"(?: \w+){0,4} (?:nao|gi|dau|ai)\b|"
    rf"\b{_JOIN} (?:xong |roi )?(?:ten|goi)(?: \w+){{0,2}} gi\b|\b{_JOIN} dau\b|"
    rf"\b(?:nam (?:trong|o)|thuoc|ve|vao|vo|thanh|la|sang) {_PLACE}(?: \w+){{0,3}} (?:nao|gi|dau)\b|"
    rf"\bten (?:moi|gi|la gi)\b|\bdoi ten\b|\bmang ten\b|\bco (?:bi )?{_JOIN}\b|"
    rf"\b{_TIME} (?:con|co con)\b|\bcon (?:ten|ton tai|hoat dong|khong)\b"
)
_FORMED_FROM = re.compile(
    r"\b(?:nhap thanh|gop thanh|nhap lai thanh|gop lai thanh|"
    r"gom nhung|gom cac|tu nhung|tu cac|nhung xa cu|xa cu nao|cac xa cu|nhap tu|hinh thanh|"
    r"lap tu|truoc day)\b"
)
_PAST = re.compile(
    r"\b(?:gop|gom|nhap|lap|hinh thanh|hop nhat)(?: lai)?(?: tu)?(?: nhung| cac| may| bao nhieu) "
    r"(?:xa|phuong|thi tran|don vi|noi)\b|\btruoc(?: day| kia)? (?:la|thuoc|ten|gom)\b|"
    r"\b(?:xa|phuong|thi tran|don vi) cu (?:nao|gi)\b|\b(?:may|bao nhieu) (?:xa|phuong|don vi) cu\b"
)
_OTHER_MATTER = re.compile(
    r"\b(?:bao cao|gui|nop|kiem tra|kinh phi|tien|chi|iso|ap dung|cong bo|danh gia|tap huan|dao tao|"
    r"huong dan|he thong|ke hoach|quyet dinh|danh sach|dot|nam nao|tham dinh|trinh|dau moi|phu trach|"
    r"ban chi dao|quy trinh|thu tuc|muc chi|ho so|huyen nao)\b"
)
_DOES = re.compile(
    r"\b(?:lam|phai|can|nen|xin|lay|tim|hoi|dung|viet)(?: \w+){0,2} (?:gi|the nao|nhung gi|viec gi)\b|"
    r"\bphai lam\b"
)
"""What one has to do, and not what one is now."""
_SENT = re.compile(r"\b(?:bao cao|gui|nop|kiem tra|kinh phi|cong bo|huong dan|tap huan|danh gia)\b")
_COUNTED = re.compile(
    r"\b(?:bao nhieu|may) (?:\w+ )?(?:xa|phuong|thi tran|dac khu|don vi|dia phuong)\b|"
    r"\b(?:con|lai|thanh)(?: \w+){0,2} (?<!so )(?:bao nhieu|may)(?: (?:a|vay|the|nhi|ha|roi|nhe|z|v))*$"
)
_LEFT = re.compile(
    rf"\b(?:sap nhap|sat nhap|hop nhat|gop|gom|don(?! vi))\b|\bnhap (?:lai|thanh|xong|vao)\b|"
    r"\bsap xep\b(?! (?:loai|lich))|"
    rf"\b{_TIME}(?: \w+){{0,5}} (?:con|co|la|thanh|chia|gom)(?: \w+){{0,3}} (?:bao nhieu|may)\b"
)
_SAID_OF_A_YEAR = (
    r"dot|phai|ap dung|iso|nam (?:20)?\d\d|(?:cac|may|ba|3|nhung|het|tung|moi|ca|hai) (?:cac )?nam"
)
_OF_A_PLAN = re.compile(rf"\b(?:ke hoach|danh sach|phu luc|lo trinh|{_SAID_OF_A_YEAR})\b")
_OF_A_YEAR = re.compile(rf"\b(?:{_SAID_OF_A_YEAR})\b")
_REMAINING = re.compile(r"\b(?:con|thanh|lai)(?: lai)?(?: \w+)? (?:bao nhieu|may)\b")
"""What is said of the units of a plan where the reform is meant, and not the plan."""
_KIND_OF_COMMUNE = re.compile(
    r"\b(?:(?<!thi )(?<!nhung )(?<!cac )(?<!may )xa|phuong|thi tran) (?!nao|gi|moi|cu)[a-z]"
)
_PARTED = re.compile(
    rf"\bhuyen\b.*\b{_TIME}\b.*\b(?:con|thanh|gom|gop|chia|tach|thuoc|o|vao|ve|la)\b.*"
    r"\b(?:khong|chua|nao|gi|dau|may|bao nhieu)\b|"
    r"\bhuyen\b.*\b(?:bi |duoc )?(?:chia|tach|nhap|gop|gom|don|sap xep)\b(?: \w+){0,2} "
    r"(?:thanh|vao|ve|ra|lai)\b.*\b(?:nao|gi|dau|may|bao nhieu)\b"
)


def asks_what_became(question: Question) -> bool:
    """Tell whether it is asked what a unit became, in any words, and nothing else of it."""
    loosely = question.says(_AFTER) and not _SENT.search(question.focus) and not _DOES.search(question.focus)
    return loosely or says_became(question.focus) or says_became(question.folded)


def says_became(folded: str) -> bool:
    """Tell whether a folded text asks what a unit is now, with no other matter beside it."""
    other = _OTHER_MATTER.search(folded) or _DOES.search(folded)
    return _BECAME.search(folded) is not None and not other


def asks_own_past(folded: str) -> bool:
    """Tell whether a folded text asks which former units made up one of today."""
    return _PAST.search(folded) is not None and _OTHER_MATTER.search(folded) is None


def asks_made_of(question: Question) -> bool:
    """Tell whether it is asked which former units went into one."""
    return question.asks(_FORMED_FROM)


def says_made_of(question: Question) -> bool:
    """Tell whether former units are spoken of at all."""
    return question.says(_FORMED_FROM)


def asks_what_became_of_a_district(folded: str) -> bool:
    """Tell whether it is asked if a district is still there, or into which communes it went."""
    if _OTHER_MATTER.search(folded) is not None or _KIND_OF_COMMUNE.search(folded) is not None:
        return False
    return _PARTED.search(folded) is not None


def asks_how_many_left(question: Question) -> bool:
    """Tell whether it is asked how many units the reform left: "102 xã gộp lại còn bao nhiêu"."""
    asked = question.focus
    if not _COUNTED.search(asked) or not question.says(_LEFT):
        return False
    return not _OF_A_PLAN.search(asked) or (not _OF_A_YEAR.search(asked) and bool(_REMAINING.search(asked)))

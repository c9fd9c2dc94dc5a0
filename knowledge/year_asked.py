"""Whether a question asks in which year, wave or group a unit is to adopt, and of nothing else.

"xã em vào nhóm năm bao nhiêu", "bên mình tới phiên năm nào": the verb may be any that puts a unit in its
place, or none at all. What tells the question apart is what else stands beside it: a report, money, a visit.
"""

import re
from collections.abc import Collection

from isobot.domain.text import fold
from knowledge.corpus import SEED_PROVINCES
from knowledge.fitting import asks_yes_or_no
from knowledge.question import Question, place_of_self, says_self

_NOT_COUNTED = r"(?! (?:xa|phuong|thi tran|don vi|co quan|huyen|so|chi cuc|tien|trieu|lan|lop)\b)"
_NO_SPAN = r"(?! (?:la |trong |sau )*(?:bao lau|(?:may|bao nhieu|\d+) (?:ngay|tuan|thang)|ke tu|tinh tu))"
"""What follows "chậm nhất" where a span of time is asked for, and no year."""
_WHEN = re.compile(
    r"\b(?:nam|dot|moc|nhom|dien|luot|phien|lo(?! nhung| viec| gi\b| cai)|chang|quang|"
    rf"khoang|giai doan|thoi gian|thoi ky)(?: \w+)? (?:nao|gi|(?:may|bao nhieu){_NOT_COUNTED})\b|"
    r"\b(?:nam|dot|nhom) \w+ hay(?: (?:la|nam|dot|nhom))? \w+|"
    r"\bkhi nao\b|\b(?:bao|may) gio\b|\bluc nao\b|\bthoi diem nao\b|"
    rf"\b(?:cham|muon) nhat\b{_NO_SPAN}|\bmay ?nam\b"
)
_WHEN_SAID = re.compile(
    rf"{_WHEN.pattern}|"
    r"\b(?:biet|hoi|xin|ro|xac)(?: \w+){0,3} nam\b|\bnam (?:xa|phuong|thi tran|don vi)\b"
)
_ANY_TIME = re.compile(r"khi nao|bao gio|luc nao|thoi diem nao|thoi gian(?: \w+)? nao|cham nhat|muon nhat")
"""What asks for a time of anything, and not for a place in a plan: more of the clause has to be looked at."""
_OF_THE_WHOLE_PLAN = re.compile(r"\btu nam (?:nao|may) (?:den|toi)\b|\bgiai doan nao\b")
_END_OF_THE_PLAN = re.compile(
    r"\b(?:ke hoach|quyet dinh|chi thi)(?: \w+){0,3} (?:keo dai|ket thuc|het han|het hieu luc)\b"
)
ADOPT = re.compile(
    r"\b(?:iso|he thong|ap dung|trien khai|lam|thuc hien|hoan thanh|xong|lo trinh|danh sach|dot|moc|chuyen|"
    r"quan ly chat luong|phai|lui|dien tu|han)\b"
)
OTHER_MATTER = re.compile(
    r"\b(?:bao cao|kiem tra(?! (?:xem|giup|ho)\b)|du toan|"
    r"kinh phi|tien|danh gia|tap huan|dao tao|cong bo|xem xet|hieu luc|ky|"
    r"phien ban|ban hanh|quyet dinh|can cu|thong tu|mau|hoi thao|hoi nghi|ban chi dao|tu van|mot lan|"
    r"thuc te|phe duyet|moi duoc|sap nhap|sap xep|hop nhat|"
    r"gui|nop)\b"
)
_STEP_OF_WORK = re.compile(
    r"\b(?:niem yet|chung nhan|cap giay|viet|soan|sua doi|cap nhat|thu tuc|tai lieu|quy trinh|thanh lap|"
    r"phan mem|thue|ap dung thu|thu nghiem|duy tri|ho tro|hop ban|khai truong|ban nam|nam nao cung|lam gi)\b"
)
"""One thing among those to be done, whose time is not the year of the unit."""
_NUMBERED = re.compile(
    r"\btheo (?:quyet dinh|ke hoach|chi thi)\b|\b(?:quyet dinh|ke hoach|chi thi)(?: so)?(?: \d\S*|$)"
)
"""A document that is named or followed, or cut off by the end of what is looked at, is no other matter."""
_THAT_ONE = re.compile(r"\b(?:xa|phuong|thi tran|don vi) (?:cu|do|ay|nay)\b|\bhoi (?:do|ay|truoc)\b")
"""The unit spoken of before: "Xã em ngày trước là ..., nay nhập rồi. Xã cũ thuộc đợt nào"."""
_MERGED = re.compile(
    r"\b(?:da|gio|nay|bi|duoc|moi|truoc (?:khi|luc))(?: \w+){0,2} "
    r"(?:sap nhap|sat nhap|hop nhat|sap xep|nhap|gop)"
    r"(?: (?:roi|xong|vao (?:xa|noi|don vi) khac))?\b"
)
"""What is told of a unit before its year is asked: "xã X nay đã sáp nhập, hồi đó thuộc đợt nào"."""
_ISSUED = re.compile(r"\b(danh sach)(?: \w+){0,3} ban hanh\b")
"""A list is known by who issued it, and the issuing is no other matter."""
_ASKING = re.compile(r"\b(?:nao|gi|may|bao nhieu|bao lau|bao gio|ai|dau|sao)\b|\b(?:khong|chua)$")
_PLACED_WORDS = (
    "iso he thong chat luong ap dung trien khai hoan thanh xong lo trinh danh sach ds dot moc nhom dien luot "
    "phien lo chang quang khoang giai doan thoi gian ky nam xep bo tri phan giao dua roi rot nam vao trong "
    "thuoc toi den chuyen bat dau tay khoi dong xay dung thuc hien han chot ke hoach tinh quyet dinh phai "
    "cuoi tien do doi tuong quy dinh phu luc kia ra tu"
)
_PLACED = frozenset(_PLACED_WORDS.split())
"""Words that put a unit in its place in a plan; with these alone, nothing else can be meant."""
_OFFICE_WORDS = (
    "xa phuong thi tran huyen thanh pho so chi cuc don vi co quan ubnd uy ban nhan dan van phong ben cho dv "
    "chung nha bon nay toi may nao gi bao nhieu gio luc khi thu thang moi ad bot a vay z nhi u ua nhe"
)
_OFFICE = frozenset(_OFFICE_WORDS.split())
_DUTY = re.compile(
    r"\b(?:bat buoc|bi bat|bat lam|thuoc dien|trong dien|dien phai|doi tuong|mien|tu nguyen|khuyen khich|"
    r"yeu cau|(?:phai|can|buoc) (?:lam|ap dung|xay dung|trien khai|thuc hien|co|xong|hoan thanh|iso))\b"
)
_DUTY_OR_NOT = re.compile(r"\bhay\b|\bdung (?:khong|ko)\b|\b(?:phai|a|ha|nhi)$|\bkhong\b")


def asks_year(question: Question, taken: Collection[int] = (), stop: Collection[str] = ()) -> bool:
    """Tell whether some clause of the question asks for the year of adopting, and of nothing else.

    `taken` is the places of words that belong to names, `stop` the words that say nothing.
    """
    if question.says(_OF_THE_WHOLE_PLAN) or _END_OF_THE_PLAN.search(question.focus):
        return False
    return any(_clause_asks(question, n, taken, stop) for n in range(len(question.sentences)))


def behind_the_merger(question: Question) -> Question:
    """Return what is asked behind the remark that a unit is merged; the whole where nothing is told so."""
    told = _MERGED.search(question.folded)
    rest = len(question.folded[told.end() :].split()) if told else 0
    return question.only(question.words[-rest:]) if rest else question


def own_year_clause(question: Question, stop: Collection[str] = ()) -> Question | None:
    """Return the clause that asks for the year of the asker's own unit, as a question of its own.

    In a long message it has to be what is asked in the end: nothing else is asked behind it.
    """
    if not says_self(question.folded) or _END_OF_THE_PLAN.search(question.focus):
        return None
    for number in reversed(range(len(question.sentences))):
        clause = _clause(question, number)
        mine = says_self(clause.folded) or _THAT_ONE.search(clause.folded) is not None
        mine = mine or (number > 0 and says_self(_clause(question, number - 1).folded))
        if mine and _clause_asks(question, number, (), stop, own=True):
            return clause
        tail = _from_self_on(clause)
        if tail is not None and _clause_asks(tail, 0, (), stop, own=True):
            return tail
        asked = question.sentences[number] == 1.0 or OTHER_MATTER.search(clause.folded)
        if asked and _ASKING.search(clause.folded):
            return None
    return None


def asks_own_duty(question: Question) -> bool:
    """Tell whether it is asked if one's own unit has to adopt: "xã em có thuộc diện bắt buộc không"."""
    asked = question.focus
    if not _DUTY.search(asked) or OTHER_MATTER.search(_NUMBERED.sub(" ", asked)):
        return False
    return asks_yes_or_no(asked) or _DUTY_OR_NOT.search(asked) is not None


def _clause(question: Question, number: int) -> Question:
    return question.only([word for word in question.words if word.sentence == number])


def _from_self_on(clause: Question) -> Question | None:
    """Return a clause without what it tells before it speaks of one's own: "tỉnh chia ba đợt, xã em ..."."""
    start = place_of_self(clause.folded)
    before = clause.folded[: max(start, 0)]
    if start < 1 or _ASKING.search(before) or OTHER_MATTER.search(before):
        return None
    return clause.only(clause.words[len(before.split()) :])


def _clause_asks(
    question: Question, number: int, taken: Collection[int], stop: Collection[str], *, own: bool = False
) -> bool:
    places = [at for at, word in enumerate(question.words) if word.sentence == number]
    words = [question.words[at].bare for at in places]
    text = _ISSUED.sub(r"\1", " ".join(words))
    around = question.story or question.folded
    adopting = ADOPT.search(text) or ADOPT.search(around)
    for match in (_WHEN if own else _WHEN_SAID).finditer(text):
        before = " ".join(text[: match.start()].split()[-7:])
        far = 7 if _ANY_TIME.fullmatch(match.group()) else 4
        after = " ".join(text[match.end() :].split()[:far])
        near = _NUMBERED.sub(" ", f"{before} {match.group()} {after}")
        if adopting and not OTHER_MATTER.search(near) and not _STEP_OF_WORK.search(near):
            return True
        rest = {question.words[at].bare for at in places if at not in taken} - _PLACED - _OFFICE
        provinces = {word for slug in question.provinces for word in fold(SEED_PROVINCES[slug]).split()}
        if {word for word in rest - provinces if not word[0].isdigit()} <= set(stop):
            return True
    return False

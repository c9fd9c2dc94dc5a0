"""Stories: which clauses of a long message ask, and what the others weigh.

Officers tell how they came to ask before they do. What is told may be about anything; what is asked
often leans on the clause before it.
"""

import re
from collections.abc import Collection, Sequence

from knowledge.vietnamese import Word

_ASKING = re.compile(
    r"\b(?:nao|gi|bao nhieu|may|ai|dau|sao|the nao|bao lau|bao gio|ra sao|phai khong|dung khong)\b(?! cung\b)"
    r"|\bkhong(?: \w+)?\s*$|\b(?:co|hay)\b(?: \w+)* khong\b"
)
_REASON = re.compile(r"^(?:chu|vi|tai|boi) (?!sao\b|the\b|gi\b).*\b(?:roi|ca|het|nen|lam|qua)\b")
"""A clause that only tells why one asks: "chứ anh phụ trách cũ nghỉ rồi, không bàn giao gì cả"."""
_ENUMERATING = re.compile(r"\b(?:nhu|gom|vi du|chang han)(?: \w+){1,5}$")
_LEANS = re.compile(
    r"\b(?:viec|chuyen|cai|vu|dieu|van de|khoan|phan) (?:nay|do|ay|kia|tren|vua roi)\b(?! (?:la gi|gi)\b)"
)
"""What points at the clause before: "Sở làm việc này cùng ai"."""
_PLEADING = re.compile(
    r"\b(?:giup|chi (?:toi|em|minh)|huong dan|cho (?:em |toi |minh )?(?:hoi|xin|biet)|can biet|muon biet|"
    r"xin)\b"
)
_SUBJECT = re.compile(
    r"\b(?:iso|9001|he thong|mo hinh khung|ban chi dao|danh gia noi bo|xem xet|khoa hoc va cong nghe|"
    r"cong bo|ke hoach|bao cao|quyet dinh|thong tu|chi thi|nghi dinh|cong van|kinh phi|du toan|kiem tra|"
    r"tap huan|dao tao|tu van|thu tuc|phu luc|danh sach|hieu luc|so noi vu|so tai chinh|hoan thanh|han|buoc|"
    r"muc chi|trieu|tien|quy trinh|dung dau|trach nhiem|nhiem vu|duy tri|cai tien|ap dung|xa|phuong|huyen|"
    r"sap xep|sap nhap|tinh|nop|gui|ky|bot|so|niem yet|chung nhan|co quan)\b"
)
_PLEA = re.compile(
    r"\b(?:giup em|giup minh|giup toi|tra loi giup|tra loi som|chi em|chi giup|chi minh voi|"
    r"mong (?:anh|chi|duoc)|"
    r"ai biet|thi sao day|lo khong kip|cam on|xin cam|gap lam|dang giuc|thong cam)\b"
)
_SPELT = {
    "dau": ("đâu",), "so": ("sở",), "may": ("mấy",), "tinh": ("tỉnh",), "han": ("hạn",), "xa": ("xã",),
    "ky": ("ký", "kỳ"), "nao": ("nào",), "buoc": ("bước",), "sao": ("sao",), "bot": ("bot",), "gi": ("gì",),
}  # fmt: skip
"""How words that ask, or name the subject, are spelt; "từ đầu" asks nothing, and "sợ" is no office."""
MOST_READINGS = 3
"""Of so many sentences, from the end, each is tried alone; people ask last."""
OWN_WORDS = 4
"""So many words of its own make a marked question one, whatever it is about."""
WHOLE_QUESTION = 5
"""A clause that asks with so many words of its own needs no other clause to be understood."""
STORY_BESIDE_WHOLE, STORY_LEANT_ON = (0.45, 0.4, 0.15), (0.7, 0.6, 0.35)
STORY_POINTED_AT = (0.8, 0.6, 0.15)
"""What the clause before, another question and the rest of a story weigh: beside such a clause, beside
one that is not, and where the clause points at the one before.

What is asked often leans on the clause before it: "nếu ... thì sao, có cần báo cáo không?"
"""


def _heard(word: Word, marks: bool) -> str:
    """Return the bare word, or nothing where its marks make it another word than the one looked for."""
    spelt = _SPELT.get(word.bare)
    return word.bare if spelt is None or not marks or word.guessed or word.marked in spelt else "-"


def clause_weights(
    words: Sequence[Word], said: Sequence[Sequence[str]], stop: Collection[str]
) -> tuple[tuple[float, ...], ...]:
    """Weigh each clause: 1 for what is asked; little for the story, more where the question leans on it.

    `said` is the clauses of each sentence. A question mark tells which sentence asks; where there is none,
    the words tell. A long sentence may ask in any of its clauses. The weights by the surest sign come
    first; then others that are possible: one sentence alone that asks by any sign, and all of them.
    """
    count = words[-1].sentence + 1 if words else 0
    of = [number for number, parts in enumerate(said) for _ in parts]
    if count < 2 or len(of) != count:
        return ((1.0,) * count,)
    marks = sum(w.marked != w.bare for w in words) > 0.25 * len(words)
    texts = [" ".join(_heard(w, marks) for w in words if w.sentence == n) for n in range(count)]
    signs = _signs(texts, [said[n][-1].rstrip().endswith("?") for n in of], of, stop)
    asking = next((sign for sign in signs if any(sign)), [])
    if not asking:
        return ((1.0,) * count,)
    last = max(n for n, a in enumerate(asking) if a)
    focus = {n for n, a in enumerate(asking) if a and of[n] == of[last]}
    # What an enumeration goes on from belongs to it: "việc nội bộ như quản lý xe, mua sắm có phải ...".
    focus |= {n - 1 for n in focus if n and of[n - 1] == of[n] and _ENUMERATING.search(texts[n - 1])}
    # What follows a clause that asks belongs to it: "ai phải lập kế hoạch để xây dựng, duy trì ..."
    focus |= {n for n in range(count) if of[n] == of[last] and n > min(focus)}
    focus = {n for n in focus if not _REASON.search(texts[n])} or focus
    every = focus | {n for sign in signs[:4] for n, a in enumerate(sign) if a}
    own = sum(bare not in stop for n in focus for bare in texts[n].split())
    before, beside, story = STORY_BESIDE_WHOLE if own >= WHOLE_QUESTION else STORY_LEANT_ON
    if any(_LEANS.search(texts[n]) for n in focus):
        before, beside, story = STORY_POINTED_AT
    narrow = tuple(
        1.0 if n in focus else before if n == min(focus) - 1 else beside if asking[n] else story
        for n in range(count)
    )
    alone = [{n for n in every if of[n] == sentence} for sentence in dict.fromkeys(of)]
    others = [
        tuple(1.0 if n in part else before if n + 1 in part else story for n in range(count))
        for part in (every, *alone[-MOST_READINGS:])
        if part
    ]
    return tuple(dict.fromkeys([narrow, *others]))


def _signs(
    texts: Sequence[str], marked: Sequence[bool], of: Sequence[int], stop: Collection[str]
) -> tuple[list[bool], ...]:
    """Return which clauses ask, by one sign after the other, the surest first."""
    count = len(texts)
    words_ask = [bool(_ASKING.search(t)) and len(t.split()) > 3 for t in texts]
    ends = [n == count - 1 or of[n + 1] != of[n] for n in range(count)]
    marked = [m and (w or e) for m, w, e in zip(marked, words_ask, ends, strict=True)]
    plea = [bool(_PLEA.search(t)) for t in texts]
    pleading = [bool(_PLEADING.search(t)) for t in texts]
    own_words = [sum(bare not in stop for bare in t.split()) for t in texts]
    own = [count >= OWN_WORDS for count in own_words]
    # "Trả lời giúp em được không?" asks for nothing that could be looked up.
    on_subject = [
        bool(_SUBJECT.search(t)) and not (p and count < OWN_WORDS)
        for t, p, count in zip(texts, plea, own_words, strict=True)
    ]
    rows = list(zip(marked, words_ask, pleading, on_subject, plea, own, strict=True))
    return (
        [m and s for m, _, _, s, _, _ in rows],
        [m and w and o and not p for m, w, _, _, p, o in rows],
        [w and s for _, w, _, s, _, _ in rows],
        [e and s for _, _, e, s, _, _ in rows],
        list(marked),
        words_ask,
        pleading,
    )

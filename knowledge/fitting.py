"""What a question asks for, held against what a card says: a month, a place, an office that approves.

Words alone do not order cards well: one on the reports of a department shares more words with "xã báo cáo
sở tháng nào" than the one that names the month.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from isobot.domain.text import fold
from knowledge.beside import WHO
from knowledge.corpus import BOT, Card, CardKind
from knowledge.question import Question
from knowledge.search import Hit

SAYS_WHEN, SAYS_THE_DEED, SAYS_THE_DAY = 1.12, 1.2, 1.25
"""What a card gains that holds the month or day asked for, the deed asked about ("thẩm định"), or speaks
of the day of a report where the question names one."""
SAYS_WHAT, UNASKED_WHAT = 1.12, 0.8
"""What a card gains that says what a thing is, where that is asked; and where it is asked what to do."""
ANOTHER_QUESTION = 0.9
"""What a card is worth that tells who does a thing, where nobody asks who."""
SAYS_THE_CONTENTS = 1.4
"""What a card on the contents of a report gains, where these are asked for."""
FIRST = 1.05
"""How far that card is put above the best one, where that is on the same reports."""
SAYS_HOW_MUCH = 1.12
"""What a card gains that holds an amount, where the most that may be spent is asked for."""
SAYS_WITH_WHOM = 1.2
"""What a card gains that names who takes part, where it is asked together with whom."""
SAYS_NO_NAMES = 1.25
"""What a card gains that says names are not given, where a list or names are asked for."""
SAYS_NO_AMOUNT, AMOUNT_OF_A_DOCUMENT = 1.5, 0.5
"""What a card gains that says no amount stands there, where the question names one; and what help on typing
amounts is worth where a document is named."""
_WHEN = re.compile(
    r"\b(?:thang (?:nao|may)|ngay (?:nao|may)|nam nao|khi nao|bao gio|thoi gian|cham nhat|muon nhat)\b"
)
_A_DATE = re.compile(r"\bthang \d|\b\d{1,2}/\d{1,2}(?:/\d{4})?\b|\bnam 20\d\d\b")
_DEEDS = (
    re.compile(r"\b(?:tham dinh|soat lai|xet lai)\b"),
    re.compile(r"(?<!quy )(?<!chuong )(?<!lich )(?<!qua )(?<!lo )\btrinh ai\b|\btrinh (?:co quan|cap) \w+"),
)
_DAY = re.compile(r"\b\d{1,2}/\d{1,2}\b(?!/)")
_REPORT = re.compile(r"\bbao cao\b")
_WHAT = re.compile(
    r"\b(?:nghia|hieu)(?: \w+){0,4} la (?:gi|sao|the nao)\b|^(?:\w+ ){1,8}la (?:gi|cai gi)\b|\bkhai niem\b"
)
_OTHER = re.compile(r"\b(?:nao|dau|may|bao nhieu|bao lau|bao gio)\b|\bai\b")
_DEED = re.compile(r"\blam (?:nhung )?(?:viec )?gi\b|\b(?:can|phai) lam\b")
_SAYS_WHAT = re.compile(r" là gì$")
_AMOUNT = re.compile(r"\b\d[\d.,]* ?(?:trieu|ty|ti|nghin|ngan|dong)\b")
_NAMES = re.compile(
    r"\b(?:danh sach|ke ten|liet ke|diem ten)\b|\bten (?:cua )?(?:cac|nhung|\d+)\b|"
    r"\b(?:cac|nhung|\d+)(?: \w+){0,3} (?:co quan|don vi|so|xa)(?: \w+){0,3} (?:nao|la ai)\b"
)
_CONTENTS_TOLD = re.compile(r"[Nn]ội dung")
_SAYS_NO_NAMES = re.compile(r"^(?:Tên|Danh sách)\b")
_HOW_MUCH = re.compile(
    r"\b(?:chi|tieu|tra|duoc|cho)(?: \w+){0,2} (?:toi da|nhieu nhat|cao nhat)\b|\btoi da (?:bao nhieu|may)\b|"
    r"\b(?:bao nhieu tien|may trieu|bao nhieu trieu|muc chi)\b"
)
_AN_AMOUNT = re.compile(r"\b\d[\d.,]* (?:trieu|ty|nghin )?dong\b|\b\d+(?:[.,]\d+)? ?(?:trieu|%)|\b\d+%")
_WITH_WHOM = re.compile(
    r"\b(?:phoi hop|cung|chung)(?: voi)? "
    r"(?:ai|(?:nhung |cac )?(?:so|co quan|don vi|van phong|ben|nganh|noi) nao)\b"
)
_TAKES_PART = re.compile(r"\b(?:phoi hop|cung)\b")
_OWN_REPORTS = ("bao-cao-ky", "bao-cao-noi-gui", "bao-cao-ngay", "bao-cao-mau", "bao-cao-tren")
_MONEY_TOPICS = ("kinh-phi-muc", "kinh-phi-tong")
_CONTENTS = re.compile(
    r"\bbao cao\b.*\bnoi dung\b|\bnoi dung\b.*\bbao cao\b|"
    r"\bbao cao\b.*\b(?:noi|neu|viet|ghi|ke|trinh bay|gom)(?: (?!ngay|thang|nam|han|khi)\w+){0,4} gi\b|"
    r"\bbao cao\b.*\b(?:noi|neu|viet|ghi|ke|gom)(?: \w+){0,3} "
    r"(?:viec|muc|y|phan|chuyen|thong tin|so lieu) nao\b|"
    r"\bbao cao\b(?: \w+){0,3} co (?:nhung )?gi\b|\bbao cao (?:ve )?(?:(?:cai|chuyen|viec|nhung|may) )?gi\b"
)
"""What a report has to tell, and not when or to whom it goes."""
_SENT_UP = re.compile(
    r"\b(?:bao cao|trinh|gui) (?:cho |len )?(?:bo|ubnd tinh|uy ban nhan dan tinh|thu tuong)\b"
)
_SENT_WHERE = re.compile(
    r"\b(?:gui|nop|cho)(?: \w+){0,3} (?:ai|dau)\b|"
    r"\b(?:thang|ngay|ky) (?:nao|may)\b|\bkhi nao\b|\bmay (?:lan|ky)\b|\bmau (?:nao|gi|so)\b"
)
_OPENING = re.compile(r"^(?:Có|Không)\. ")
_YES_NO = re.compile(
    r"\bco\b(?: \S+)* (?:khong|chua)\b|"
    r"\b(?:khong|chua|ha|nhi|chu)(?: (?:a|vay|nhe|the|nhi|ban|em|anh|chi))*$|"
    r"\b(?:hay|phai|dung|duoc|can) (?:khong|chua)\b|\bco (?:phai|dung|bat buoc|duoc|can)\b"
)
_OF_ANY_KIND = re.compile(r"\b(?:nao|gi|dau|may|bao nhieu|the nao|bao lau|ra sao|lam sao)\b|\bai\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """The kinds of things one question asks for; read once, and held against many cards."""

    when: bool
    years: tuple[int, ...]
    deeds: tuple[re.Pattern[str], ...]
    nobody: bool
    """Whether something is asked, and not who."""
    report_day: bool
    amount_of_document: bool
    what: bool
    deed: bool
    """Whether it is asked what to do."""
    other: bool
    """Whether it is asked which, who, where, when or how many."""
    names: bool
    """Whether a list, or the names of several, are asked for."""
    contents: bool
    """Whether it is asked what a report has to tell."""
    contents_alone: bool
    """Whether nothing else is asked of it: when it is sent, or to whom."""
    how_much: bool
    with_whom: bool

    @classmethod
    def of(cls, read: Question) -> "Asked":
        """Read a question."""
        focus = read.focus
        contents = _CONTENTS.search(focus) is not None and not read.says(_SENT_UP)
        return cls(
            when=_WHEN.search(focus) is not None,
            years=read.years,
            deeds=tuple(deed for deed in _DEEDS if deed.search(focus)),
            nobody=_OF_ANY_KIND.search(focus) is not None and not read.says(WHO),
            report_day=read.says(_DAY) and read.says(_REPORT),
            what=_WHAT.search(focus) is not None,
            other=_OTHER.search(focus) is not None,
            deed=_DEED.search(focus) is not None,
            names=_NAMES.search(focus) is not None,
            contents=contents,
            contents_alone=contents and _SENT_WHERE.search(focus) is None,
            how_much=_HOW_MUCH.search(focus) is not None,
            with_whom=_WITH_WHOM.search(focus) is not None,
            amount_of_document=bool(read.documents) and read.says(_AMOUNT),
        )

    def fit(self, card: Card) -> float:
        """Weigh a card by whether it holds the kind of thing that is asked for."""
        fit = 1.0
        if self.when and card.kind is not CardKind.ABSENT and self._says_when(_folded(card.answer)):
            fit *= SAYS_WHEN
        if any(deed.search(_folded(card.answer)) for deed in self.deeds):
            fit *= SAYS_THE_DEED
        if _SAYS_WHAT.search(card.title):
            fit *= SAYS_WHAT if self.what else UNASKED_WHAT if self.deed or self.other else 1
        if self.nobody and card.title.startswith("Ai "):
            fit *= ANOTHER_QUESTION
        if self.names and card.kind is CardKind.ABSENT and _SAYS_NO_NAMES.search(card.title):
            fit *= SAYS_NO_NAMES
        if self.contents and _tells_the_contents(card):
            fit *= SAYS_THE_CONTENTS
        if self.how_much and card.kind is CardKind.FUNDING and _AN_AMOUNT.search(_folded(card.answer)):
            fit *= SAYS_HOW_MUCH
        if self.with_whom and _TAKES_PART.search(_folded(card.answer)):
            fit *= SAYS_WITH_WHOM
        if self.report_day and card.topic == "bao-cao-ngay":
            fit *= SAYS_THE_DAY
        if self.amount_of_document and card.scope == BOT:
            fit *= AMOUNT_OF_A_DOCUMENT
        elif self.amount_of_document and card.topic in _MONEY_TOPICS and card.kind is CardKind.ABSENT:
            fit *= SAYS_NO_AMOUNT
        return fit

    def contents_first(self, hits: Sequence[Hit], of_the_province: Sequence[Card]) -> list[Hit]:
        """Put what a report has to tell, where that alone is asked, before when it is sent and to whom.

        `of_the_province` is the cards of the one province asked about.
        """
        top = max(hits, key=lambda h: h.score, default=None)
        if not self.contents_alone or top is None or top.card.topic not in _OWN_REPORTS:
            return list(hits)
        told = {card.id for card in of_the_province if _tells_the_contents(card)}
        first = [
            replace(top, card=card, score=FIRST * top.score) for card in of_the_province if card.id in told
        ]
        return [*first, *(h for h in hits if h.card.id not in told)]

    def _says_when(self, answer: str) -> bool:
        """Tell whether an answer holds a date, and of the year asked about where one is named."""
        of_the_year = not self.years or any(str(year) in answer for year in self.years)
        return of_the_year and _A_DATE.search(answer) is not None

    def by_both(self, top: Card, card: Card) -> bool:
        """Tell whether a second card is worth its lines: it holds what is asked for, where the first does."""
        wanted = (*self.deeds, *([_A_DATE] if self.when else []))
        first, second = _folded(top.answer), _folded(card.answer)
        lacking = any(w.search(first) and not w.search(second) for w in wanted)
        return not lacking


def _tells_the_contents(card: Card) -> bool:
    return card.topic == "bao-cao-mau" and _CONTENTS_TOLD.search(card.title) is not None


def asks_yes_or_no(folded: str) -> bool:
    """Tell whether a folded question is answered by yes or no."""
    return _YES_NO.search(folded) is not None


def without_opening(card: Card, *, keep: bool) -> Card:
    """Return the card without its "Có." or "Không.", which answers only a question that asks so."""
    return card if keep else replace(card, answer=_OPENING.sub("", card.answer))


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return fold(text)

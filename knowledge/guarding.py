"""Guarding: what is not answered, and how that is said.

Secret material, subjects and documents that are not at hand, other provinces; and every refusal names
the nearest topics.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from isobot.domain.text import fold
from knowledge.corpus import BOT, NATIONAL, SEED_PROVINCES, Card, Corpus
from knowledge.giving import Giver
from knowledge.lexicon import Lexicon
from knowledge.model import Answer, Nearest, Outcome
from knowledge.places import PlaceFinder
from knowledge.question import Question
from knowledge.search import Hit
from knowledge.spelling import one_spelling
from knowledge.vietnamese import Word
from knowledge.weighing import ENOUGH, SIGNING, SURE, Weigher

_OTHER_STANDARD = re.compile(r"\biso(?: iec| tcvn)? (?!9001\b|9000\b|18091\b|(?:19|20)\d\d\b)(\d{4,5})\b")
_OFFICE_HOLDER = re.compile(
    r"\b(?:giam doc|bi thu|chu tich|chanh van phong|truong phong|chi cuc truong)\b.*"
    r"\b(?:ten (?:la )?gi|la ai|ten ai)\b|"
    r"\bai (?:dang )?(?:la|lam) (?:giam doc|bi thu|chu tich|chanh van phong|chi cuc truong)\b"
)
_SECRECY = re.compile(r"\bbi mat\b")
_HANDING_OVER = re.compile(
    r"\b(?:gui|tom tat|doc|scan|chup|dich|soan|luu(?! y\b)|tai len|dinh kem|xem giup|xem ho|xu ly giup|"
    r"cho xem|xin|kiem tra giup|noi dung|upload|up len|mat(?: \w+){0,2} so \d+)\b"
)
_OF_ISO = re.compile(r"\b(?:iso|he thong|quy trinh|ap dung|9001)\b")
_RULE = re.compile(
    r"\b(?:quy dinh|yeu cau|luu y|nhac|dan do|dan|phai|tuan (?:theo|thu)|dua vao|xu ly the nao|can theo|"
    r"(?:quyet dinh|chi thi|ke hoach|thong tu)(?: so)? \d+\S*(?: \w+)? (?:co |noi |neu |viet |bat ))"
)
"""What is asked of a rule: "Quyết định 474 lưu ý gì về tài liệu mật"; what a paper says is something else."""
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_NOT_WORDS = re.compile(r"\b(?:chat|so|do|khoi) luong\b|\bthi diem\b")
"""Words whose parts read like others where marks are missing: "chất lượng" no "lương", "thí điểm" no exam."""
OUTSIDE = "Câu hỏi về {} nằm ngoài phạm vi; nội dung này không có trong các văn bản tôi có."
NOT_AT_HAND = "Tôi không có văn bản mà anh/chị nêu số, nên không trả lời về nội dung của văn bản đó."
REFUSAL = "Nội dung này không có trong các văn bản tôi có, nên tôi không trả lời để tránh sai."

TOLD_OF_ANOTHER = 0.8
"""From this share of the best score on, a card that names a province without a plan here answers for it."""
SECRETS = "bi-mat"
"""The topic of what the documents rule on State secrets."""
POLITE_CARD = "bot-cam-on"
"""The card that answers a greeting or thanks."""
_POLITE_WORDS = (
    "chao|xin|cam on|cam|on|ban|anh|chi|em|bot|ad|admin|tro ly|ca nha|moi nguoi|nhe|nha|a|oi|nhieu|"
    "rat|lam|qua|hi|hello|alo|tam biet|bye|ok|oke|da|vang|duoc|roi|toi|minh|buoi|sang|chieu|ngay|tot|"
    "lanh|hay|cac|voi"
)
_POLITE = re.compile(rf"(?=.*\b(?:chao|cam on|hi|hello|alo|tam biet|bye)\b)(?:(?:{_POLITE_WORDS})(?: |$))+")


class Guard:
    """Refuses what the documents do not hold, or nobody may send."""

    def __init__(
        self, corpus: Corpus, lexicon: Lexicon, weigher: Weigher, giver: Giver, places: PlaceFinder
    ) -> None:
        self.corpus = corpus
        self._lexicon = lexicon
        self._weigher = weigher
        self._giver = giver
        self._places = places

    def guard(self, read: Question, hits: Sequence[Hit], province: str = "") -> Answer | None:
        """Return the refusal, or the greeting returned; None where the question may be looked up.

        `province` is the one asked about, where it is one.
        """
        if _POLITE.fullmatch(read.folded) and POLITE_CARD in self.corpus.cards:
            return self._giver.of_card(self.corpus.cards[POLITE_CARD])
        secret = self.phrase(read, self._lexicon.secret)
        if secret and not (hits and hits[0].score >= SURE and hits[0].card.citations):
            rule = None if read.says(_HANDING_OVER) else self._rule_on_secrets(read, hits, province)
            if rule:
                return self._giver.of_card(rule)
            return self.refuse(
                read,
                "Tôi không nhận và không xử lý tài liệu mật. Anh/chị không gửi tài liệu mật vào đây; "
                "việc này thực hiện theo quy định về bảo vệ bí mật nhà nước tại cơ quan.",
            )
        for subject in self._lexicon.outside:
            if self.phrase(read, subject.unless) or (subject.unless_document and read.documents):
                continue
            said = self.phrase(read, subject.phrases, focus=True)
            # "Chi cục Dân số" asks for no population.
            if said and self._in_a_name(read, said):
                continue
            about_bot = bool(hits) and hits[0].score >= SURE and hits[0].card.scope == BOT
            if said and not (about_bot and said in self._asked_as(hits[0].card)):
                return self.refuse(read, OUTSIDE.format(subject.name))
        strange = [r for r in read.references if not r.known]
        if strange and not read.documents and not self._written_somewhere(strange[0].text):
            return self.refuse(read, NOT_AT_HAND)
        if read.says(_OTHER_STANDARD):
            return self.refuse(read, OUTSIDE.format("tiêu chuẩn ISO khác ISO 9001"))
        if read.says(_OFFICE_HOLDER) and not read.says(SIGNING):
            return self.refuse(read, OUTSIDE.format("người đang giữ chức vụ"))
        if read.other_provinces and not read.provinces and not read.documents:
            wanted = read.other_provinces[0]
            least = max(ENOUGH, TOLD_OF_ANOTHER * hits[0].score) if hits else ENOUGH
            told = [h for h in hits[:8] if h.score >= least and wanted in h.card.answer]
            if told:
                return self._giver.of_card(told[0].card)
            names = ", ".join(SEED_PROVINCES.values())
            return self.refuse(
                read,
                f"Tôi không có văn bản của {read.other_provinces[0]}. Tôi chỉ có văn bản của {names} "
                "(địa giới trước 1/7/2025) và một số văn bản của trung ương.",
            )
        return None

    def is_secret(self, read: Question) -> bool:
        """Tell whether a question speaks of secret material."""
        return bool(self.phrase(read, self._lexicon.secret))

    def refuse(self, read: Question, text: str) -> Answer:
        """Refuse with a text, and name up to three cards that lie near."""
        scopes = (*read.provinces, NATIONAL, BOT) if read.provinces else (*SEED_PROVINCES, NATIONAL, BOT)
        near: list[Nearest] = []
        for hit in self._weigher.index.search(read, scopes):
            if hit.score >= ENOUGH / 2 and hit.card.topic not in {
                self.corpus.cards[n.card].topic for n in near
            }:
                near.append(Nearest(self.corpus.topics[hit.card.topic].label, hit.card.id))
            if len(near) == 3:
                break
        return Answer(Outcome.REFUSED, text, nearest=tuple(near))

    def _rule_on_secrets(self, read: Question, hits: Sequence[Hit], province: str) -> Card | None:
        """Return the card on the rule, where ISO and secrets are asked about and no paper is handed over."""
        if not read.says(_OF_ISO) and not read.documents:
            return None
        near = (h.card for h in hits[:3] if h.score >= ENOUGH and h.card.citations)
        best = next((card for card in near if _SECRECY.search(fold(card.title))), None)
        if best or not read.asks(_RULE):
            return best
        national = any(not self.corpus.documents[key].province for key in read.documents)
        scope = NATIONAL if national or not province else province
        return next((card for card in self.corpus.of_scope(scope) if card.topic == SECRETS), None)

    def _in_a_name(self, read: Question, phrase: str) -> bool:
        folded = _folded(phrase)
        return any(
            f" {folded} " in f" {' '.join(w.bare for w in read.words[m.start : m.end])} "
            for m in self._places.find(read, ())
        )

    def _written_somewhere(self, reference: str) -> bool:
        """Tell whether any card writes out a document number that is no document of the corpus."""
        number = _number(reference)
        return any(number in text for text in self._weigher.fit.folded_cards)

    @staticmethod
    def _asked_as(card: Card) -> str:
        return " | ".join([*card.asks, card.title, card.answer]).casefold()

    def phrase(self, read: Question, phrases: Sequence[str], *, focus: bool = False) -> str:
        """Return the first of the phrases that the question, or only the clause that asks, holds."""
        words = [w for w in read.words if not focus or read.sentences[w.sentence] == 1.0]
        marked = " ".join(w.marked for w in words)
        toneless = f" {_toneless.__wrapped__(marked)} "
        folded = _NOT_WORDS.sub(" ", " ".join(w.bare for w in words))
        text, bare = f" {marked} ", f" {folded} "
        for phrase in phrases:
            if f" {_spelt(phrase)} " in text or (not read.marks and f" {_folded(phrase)} " in bare):
                return phrase
            # A tone is the first thing to be left out: "sô điên thoai".
            if f" {_toneless(_spelt(phrase))} " in toneless and _without_other_tones(phrase, words):
                return phrase
        return ""


def _number(reference: str) -> str:
    return next((part for part in reference.split() if part[:1].isdigit()), reference)


def _without_other_tones(phrase: str, words: Sequence[Word]) -> bool:
    """Tell whether a phrase stands there with its own tones or none: "giá đạt" is no "giá đất"."""
    wanted = _spelt(phrase).split()
    return any(
        all(w.marked in (p, _toneless(p)) for w, p in zip(words[n : n + len(wanted)], wanted, strict=True))
        for n in range(len(words) - len(wanted) + 1)
    )


@cache
def _toneless(text: str) -> str:
    """Take away the tones and leave the letters: "số điện" becomes "sô điên"."""
    kept = (c for c in unicodedata.normalize("NFD", text) if c not in _TONES)
    return unicodedata.normalize("NFC", "".join(kept))


@cache
def _spelt(phrase: str) -> str:
    return " ".join(one_spelling(w) for w in phrase.split())


@cache
def _folded(phrase: str) -> str:
    return fold(phrase)

"""Answering: from a question and who asks it, to an answer with its citations.

The order of decisions: subjects that the documents do not hold; relations between two documents; units,
counted and looked up in the rosters; provinces set side by side; and last the best card, which is given,
asked back about, or withheld when it does not fit well enough. No card, no answer.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from isobot.domain.law import Citation, LegalDocument
from isobot.domain.text import fold
from isobot.domain.units import Level, Province, Unit, UnitDirectory
from isobot.unitfiles import load_provinces, shipped_units
from knowledge.corpus import BOT, NATIONAL, SEED_PROVINCES, Card, CardKind, Corpus, Group, Topic, load_corpus
from knowledge.deciding import LEAST_SURE, Signs, sureness
from knowledge.lexicon import Lexicon, load_lexicon
from knowledge.model import (
    Answer,
    Asker,
    Nearest,
    Option,
    Outcome,
    Refinement,
    with_sources,
)
from knowledge.places import PlaceFinder, speaks_of_self
from knowledge.question import Question, QuestionReader
from knowledge.references import ReferenceFinder, places_in_common
from knowledge.rosters import Rosters
from knowledge.search import Features, Hit, Index
from knowledge.vietnamese import Reader, Vocabulary, Word, one_spelling, plain_words

__all__ = [
    "Answer",
    "Asker",
    "KnowledgeBase",
    "MenuGroup",
    "MenuTopic",
    "Nearest",
    "Option",
    "Outcome",
    "Refinement",
    "load_knowledge",
]

LONGEST = 900
"""Characters of an answer that is no list."""
LONGEST_LIST = 3000
MOST_CITATIONS, MOST_LIST_CITATIONS = 3, 8

# Chosen on the questions for development by benchmarks/calibrate_answers.py.
ENOUGH, ENOUGH_STORY = 0.25, 0.22
"""The least score of a card that is given as an answer; less in a long story, whose words go round it."""
ENOUGH_COMPARED = 0.22
"""The same where provinces are expressly set side by side."""
ENOUGH_COVERED = 0.12
"""The least share of the question that the card has to hold."""
AS_GOOD = 0.62
"""From this share of the best score on, another province's card answers as well: ask which."""
TOLD = 0.7
"""From this share of the best score on, a card that says something goes before one that says "không nêu"."""
ABOUT_THIS_PROVINCE, ABOUT_ANOTHER_PROVINCE = 1.1, 0.5
"""What a national card is worth that is about the province named, or about another one."""
LAW_INSTEAD = 0.75
"""From this share of the best province's score on, the national rule answers a stranger."""
AT_THE_PLACE = 0.25
"""What a card gains whose first citation is the very article asked for."""
OWN_OFFICE = 1.35
"""What a card on the duties of one office gains where the asker works there and says "sở tôi"."""
ELSEWHERE = 0.6
"""What a card is worth that stands at other articles of the document."""
STILL_ASKED = 1.15
"""What a card on replacement gains over one on the first day in force, where "còn hiệu lực" is asked."""
WHO_IS_ASKED = 1.12
"""What a card gains whose title asks who, where the question does."""
OWN_INSTEAD = 0.5
"""From this share of the best score on, the asker's own province answers before the national rule."""
NATIONAL_BESIDE_OWN, NATIONAL_BESIDE_NAMED = 0.78, 0.55
"""What a national card is worth where the asker's province, or a province named, has cards of its own."""
BESIDE, BESIDE_TWO = 0.9, 0.75
"""From this share of the best score on, a second card of the same place is given along, where neither
says only "không nêu"; and the same where two things are asked in one breath: "tháng nào và gửi về đâu"."""
SURE = 0.8
"""From this score on, a card is certainly meant."""

_NATIONAL_WORDS = re.compile(
    r"\b(?:thu tuong|thong tu|bo khoa hoc|bo tai chinh|chinh phu|ca nuoc|trung uong|toan quoc)\b"
)
_RELATION = re.compile(r"\b(?:sua doi|thay the|bai bo|huy bo|bo sung|thay cho)\b")
_FIRST = re.compile(r"\b(?:som nhat|dau tien|truoc nhat|cu nhat|lau nhat)\b")
_LAST = re.compile(r"\b(?:moi nhat|muon nhat|sau cung|gan nhat|gan day nhat)\b")
_ISSUED = re.compile(r"\b(?:ban hanh|ra van ban|van ban|co van ban|ra doi)\b")
_STILL = re.compile(
    r"\b(?:con (?:\w+ ){0,3}(?:hieu luc|ap dung|dung|gia tri|thoi gian|thuc hien|phai)|hien nay|bay gio|"
    r"nam nay|den nay|hien tai|hom nay|het han|het hieu luc|con khong)\b"
)
_COMPARING = {
    "khac", "nhau", "giong", "so", "sanh", "lan", "luot", "khac nhau", "so sanh", "lan luot", "nhau the",
    "hai", "nam tinh", "5 tinh", "tinh nao", "tinh", "cac tinh",
}  # fmt: skip
_AGENCY = re.compile(r"^\s*(?:sở|văn phòng|ban|thanh tra|chi cục)\b", re.IGNORECASE)
_WHICH_DOCUMENT = re.compile(r"\b(?:quyet dinh|thong tu|van ban|quy dinh)(?: \w+)? (?:nao|gi|so may|may)\b")
_OF_A_PLAN = re.compile(r"\b(?:ke hoach|chi thi)\b.*\bcan cu\b|\bcan cu\b.*\b(?:ke hoach|chi thi)\b")
_PREMIER, _FINANCE, _SCIENCE = (
    re.compile(rf"\b(?:{words})\b")
    for words in ("thu tuong|chinh phu", "bo tai chinh|kinh phi|du toan|tai chinh", "bo khoa hoc")
)
_LEVELS = {Level.SO: "so", Level.CHI_CUC: "chi-cuc", Level.HUYEN: "huyen", Level.XA: "xa"}
_PROVINCE_WORDS = frozenset(word for name in SEED_PROVINCES.values() for word in fold(name).split()) | {
    "tinh"
}
_WANTED_KINDS = (
    (
        re.compile(r"\b(?:quyet dinh|cong van|thong tu|van ban|nghi quyet|luat) (?:nao|so may|so nao|gi)\b"),
        CardKind.LEGAL_BASIS,
        1.15,
    ),
    (
        re.compile(
            r"\b(?:trach nhiem|nhiem vu|vai tro|duoc giao|lam (?:nhung )?(?:viec )?gi|lam nhung gi|viec gi)\b"
        ),
        CardKind.ROLE,
        1.12,
    ),
    (
        re.compile(r"\b(?:bao nhieu tien|muc chi|kinh phi|tien|chi tra|don gia|bao nhieu kinh phi|trieu)\b"),
        CardKind.FUNDING,
        1.06,
    ),
    (
        re.compile(
            r"\b(?:khi nao|thang may|bao gio|han|ngay nao|thang nao|nam nao|bao lau|may lan|"
            r"dinh ky nao|theo dinh ky|bao nhieu lan|ky nao|thuong xuyen the nao)\b"
        ),
        CardKind.DEADLINE,
        1.15,
    ),
    (re.compile(r"\b(?:cac buoc|buoc nao|buoc may|trinh tu|quy trinh|may buoc)\b"), CardKind.STEPS, 1.06),
)
"""Words that show what kind of card is wanted, and what such a card gains."""
OTHER_THAN_A_DOCUMENT = 0.87
"""What a card is worth that names no document where one is asked for."""
_ABOUT_BOT = re.compile(
    r"\b(?:bot|tro ly|chatbot|chat|nhan tin|tin nhan|lenh|go|bam|nut|ma|tren nay|o day|qua day|kenh|dang ky|"
    r"xoa|nhac|telegram|zalo|luu|tai khoan|ung dung|sua|nham|bien nhan|giong noi|anh chup|hinh|nhom|mat khau|"
    r"tien do|bang|quyen)\b"
)
_OTHER_STANDARD = re.compile(r"\biso(?: iec| tcvn)? (?!9001\b|9000\b|18091\b|(?:19|20)\d\d\b)(\d{4,5})\b")
_OFFICE_HOLDER = re.compile(
    r"\b(?:giam doc|bi thu|chu tich|chanh van phong|truong phong|chi cuc truong)\b.*"
    r"\b(?:ten (?:la )?gi|la ai|ten ai)\b|"
    r"\bai (?:dang )?(?:la|lam) (?:giam doc|bi thu|chu tich|chanh van phong|chi cuc truong)\b"
)
_INTERROGATIVE = re.compile(r"\b(?:nao|gi|dau|may|bao nhieu|the nao|bao lau)\b|\bai\b")
_BEFORE = re.compile(r"\btruoc (?:khi (?:co |ban hanh )?|do )?(?:quyet dinh|thong tu)\b")
_MONTH = re.compile(r"\bthang (\d{1,2})\b")
_IN_FORCE_STILL = re.compile(
    r"\b(?:con|van|dang)(?: \w+){0,3} (?:hieu luc|ap dung duoc|gia tri)\b|\bhet hieu luc\b|\bda bi thay\b"
)
_REPLACES = re.compile(
    r"(?<!bi )\bthay (?:the|cho)(?: cho)?(?: nhung| cac)? (?:thong tu|quyet dinh|van ban) (?:nao|gi|so)\b"
)
_HOW_OFTEN = re.compile(
    r"\b(?:may lan|bao nhieu lan|bao lau|dinh ky nao|ky nao|thang may|thang nao|khi nao)\b"
)
_BOUND = re.compile(r"\bbat buoc\b")
_FORCE = re.compile(r"\bhieu luc\b(?! (?:tu|khi|ke tu|thi hanh tu|ngay|nam|cua he thong|he thong))")
_WHO = re.compile(r"\bai\b|\b(?:co quan|bo|so|don vi|nguoi|cap|ban) nao\b")
_OF_THE_PROVINCE = re.compile(
    r"\b(?:cua tinh|tinh (?:toi|em|minh|ta|nha|co)|theo tinh|ke hoach tinh|(?:ke hoach|chi thi) nay)\b"
)
_STEP = re.compile(r"\bbuoc (?:thu )?(\d{1,2})\b")
_ISSUING = re.compile(r"\b(?:do|ai|co quan nao)(?: \w+){0,7} ban hanh\b|\bban hanh boi\b")
_SIGNING = re.compile(
    r"\b(?:ky (?:ban hanh|ke hoach|quyet dinh|chi thi|van ban)|(?:do )?ai ky|nguoi ky|ky ten|chu ky|nao ky)\b"
)
_VERSION = re.compile(r"9001[: -]*(20\d\d)")
_NOT_WORDS = re.compile(r"\b(?:chat|so|do|khoi) luong\b")

POLITE_CARD = "bot-cam-on"
"""The card that answers a greeting or thanks."""
_POLITE_WORDS = (
    "chao|xin|cam on|cam|on|ban|anh|chi|em|bot|ad|admin|tro ly|ca nha|moi nguoi|nhe|nha|a|oi|nhieu|"
    "rat|lam|qua|hi|hello|alo|tam biet|bye|ok|oke|da|vang|duoc|roi|toi|minh|buoi|sang|chieu|ngay|tot|"
    "lanh|hay|cac|voi"
)
_POLITE = re.compile(rf"(?=.*\b(?:chao|cam on|hi|hello|alo|tam biet|bye)\b)(?:(?:{_POLITE_WORDS})(?: |$))+")
OUTSIDE = "Câu hỏi về {} nằm ngoài phạm vi; nội dung này không có trong các văn bản tôi có."
NOT_AT_HAND = "Tôi không có văn bản mà anh/chị nêu số, nên không trả lời về nội dung của văn bản đó."
REFUSAL = "Nội dung này không có trong các văn bản tôi có, nên tôi không trả lời để tránh sai."


@dataclass(frozen=True, slots=True)
class MenuTopic:
    """A topic of the /cancu menu with its cards."""

    topic: Topic
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A group of the /cancu menu."""

    group: Group
    topics: tuple[MenuTopic, ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which provinces a question is about; `named` when the question itself says so."""

    provinces: tuple[str, ...]
    named: bool
    national: bool


def load_knowledge(folder: Path | None = None, units: UnitDirectory | None = None) -> "KnowledgeBase":
    """Read the corpus that ships with isobot, or that of a folder, and make it ready to answer."""
    place = folder or Path(__file__).parent
    return KnowledgeBase(load_corpus(place), units or shipped_units())


class KnowledgeBase:
    """Answers questions from one corpus and one directory of units; building it takes about a second."""

    def __init__(
        self,
        corpus: Corpus,
        units: UnitDirectory,
        provinces: Mapping[str, Province] | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.corpus = corpus
        self._named: dict[str, tuple[str, ...]] = {}
        self._lexicon = lexicon or load_lexicon(Path(__file__).parent / "lexicon.yaml")
        self._units = units
        self._places = PlaceFinder(units)
        vocabulary = Vocabulary(self._texts(), self._places.names())
        reader = self._words = Reader(self._lexicon, vocabulary)
        finder = ReferenceFinder(corpus.documents.values())
        self._reader = QuestionReader(self._lexicon, reader, finder)
        self._index = Index(corpus, reader, Features(self._lexicon))
        self._card_documents = {
            c.id: _mentioned([*c.asks, c.title, c.answer], reader, finder)
            | {citation.document.key for citation in c.citations}
            for c in corpus.cards.values()
        }
        self._offices = {
            t.id: fold(t.label).replace("uy ban nhan dan", "ubnd")
            for t in corpus.topics.values()
            if t.group == "trach-nhiem" and _AGENCY.match(t.label)
        }
        self._card_provinces = {
            c.id: frozenset(
                slug
                for slug, name in SEED_PROVINCES.items()
                if any(name.casefold() in text.casefold() for text in (c.title, *c.asks))
            )
            if c.scope == NATIONAL
            else frozenset()
            for c in corpus.cards.values()
        }
        self._card_months = {
            c.id: set(_MONTH.findall(fold(f"{' '.join(c.asks)} {c.answer}"))) for c in corpus.cards.values()
        }
        self._folded_cards = tuple(
            fold(" ".join([*c.asks, c.title, c.answer])) for c in corpus.cards.values()
        )
        self._about_documents = {
            c.id: _mentioned([*c.asks, c.title], reader, finder)
            | {citation.document.key for citation in c.citations[:1]}
            for c in corpus.cards.values()
        }
        self._rosters = Rosters(
            units,
            self._places,
            corpus.documents,
            provinces or load_provinces(),
            self._common_words(),
        )

    @property
    def version(self) -> str:
        """Identify the corpus; it changes with any card, topic or document."""
        return self.corpus.version

    def _texts(self) -> list[str]:
        texts = [self._lexicon.everyday, *self._places.names()]
        texts += [name for name, _ in self._lexicon.other_provinces]
        texts += [form.full for forms in self._lexicon.short_forms.values() for form in forms]
        for topic in self.corpus.topics.values():
            texts += [topic.label, *topic.asks]
        for card in self.corpus.cards.values():
            texts += [card.title, *card.asks, card.answer, card.short]
        texts += [d.title for d in self.corpus.documents.values()]
        return texts

    def _common_words(self) -> frozenset[str]:
        """Return the words of cards and everyday speech, with and without marks; names apart."""
        asks = [ask for card in self.corpus.cards.values() for ask in card.asks]
        return plain_words([self._lexicon.everyday, *asks])

    # --- answering ---

    def answer(
        self, question: str, asker: Asker, refinement: Refinement | None = None, *, today: date
    ) -> Answer:
        """Answer one question.

        `refinement` is what the person picked among the options of an earlier answer to it.
        """
        picked = refinement or Refinement()
        if picked.card:
            return self.card_answer(picked.card)
        read = self._reader.read(question)
        if picked.province:
            read = replace(read, provinces=(picked.province,), all_provinces=False)
        own = self._places.own(asker.unit, asker.province)
        if picked.unit:
            unit = self._units.get(picked.unit)
            chosen = self._rosters.about(read, unit) if unit else None
            if chosen:
                return self._with_replaced(chosen)
        province = picked.province or asker.province or (own[0].province if own else None)
        scope = self._scope(read, province)
        return self._with_replaced(self._decide(read, scope, own, asker, today))

    def provinces_named(self, question: str) -> tuple[str, ...]:
        """Return the slugs of the provinces that a question names; the same ones are asked after often."""
        known = self._named.get(question)
        if known is None:
            if len(self._named) >= 10_000:
                self._named.clear()
            known = self._named[question] = self._reader.read(question).provinces
        return known

    def ranked(self, question: str, scope: str, most: int = 5) -> tuple[str, ...]:
        """Return the cards of one scope that fit a question best, by id, best first."""
        hits = self._index.search(self._reader.read(question), (scope,))
        return tuple(hit.card.id for hit in hits[:most])

    def _with_replaced(self, answer: Answer) -> Answer:
        """Say so first where an answer computed from a document meets one the office marked as replaced."""
        cited = dict.fromkeys(c.document.key for c in answer.citations)
        notes = [self.corpus.replaced[key] for key in cited if key in self.corpus.replaced]
        if not notes or answer.cards:
            return answer
        head = " ".join(notes) + " Dưới đây là nội dung của văn bản cũ."
        return replace(answer, text=f"{head}\n{answer.text}")

    def _decide(
        self, read: Question, scope: _Scope, own: Sequence[Unit], asker: Asker, today: date
    ) -> Answer:
        if not any(w.bare.isalpha() for w in read.words) and not read.documents:
            return self._refuse(
                read, "Tôi chưa đọc được câu hỏi. Anh/chị gõ lại giúp, ví dụ: “Xã tôi báo cáo tháng mấy?”"
            )
        hits = self._hits(read, scope, own, asker)
        if _POLITE.fullmatch(read.folded) and POLITE_CARD in self.corpus.cards:
            return self.card_answer(POLITE_CARD)
        guarded = self._guard(read, scope, hits)
        if guarded:
            return guarded
        related = self._relation(read, hits)
        if related:
            return related
        in_force = self._in_force(read)
        if in_force:
            return in_force
        listed = self._from_rosters(read, scope, own, hits)
        if listed:
            return listed
        if len(read.provinces) > 1 or (read.all_provinces and len(read.provinces) != 1):
            compared = self._compare(read)
            if compared:
                return compared
        return self._from_cards(read, scope, hits, today)

    def card_answer(self, card_id: str) -> Answer:
        """Give one card as it stands, for menus and picked options.

        Raises:
            KeyError: there is no such card.
        """
        card = self.corpus.cards[card_id]
        return self._of_card(card)

    def steps(self, province: str | None, level: str | None) -> tuple[Card, ...]:
        """Return the cards of the /cacbuoc walk in order; national ones where the province has none."""
        for scope in (province or NATIONAL, NATIONAL):
            cards = [c for c in self.corpus.of_scope(scope) if c.step is not None]
            fitting = [c for c in cards if not level or not c.levels or level in c.levels] or cards
            if fitting:
                return tuple(sorted(fitting, key=lambda c: (c.step or 0, c.id)))
        return ()

    def menu(self, province: str | None) -> tuple[MenuGroup, ...]:
        """Return the /cancu menu: the cards of a province and the national ones, by group and topic.

        Without a province only the national cards and those about the assistant are in it.
        """
        scopes = [s for s in (province, NATIONAL, BOT) if s]
        by_topic: dict[str, list[Card]] = defaultdict(list)
        for scope in scopes:
            for card in self.corpus.of_scope(scope):
                by_topic[card.topic].append(card)
        groups = []
        for group in self.corpus.groups:
            topics = [t for t in self.corpus.topics.values() if t.group == group.id and by_topic[t.id]]
            if topics:
                made = tuple(MenuTopic(t, tuple(by_topic[t.id])) for t in topics)
                groups.append(MenuGroup(group, made))
        return tuple(groups)

    # --- scope ---

    def _scope(self, read: Question, province: str | None) -> _Scope:
        documents = [self.corpus.documents[key] for key in read.documents]
        from_documents = tuple(dict.fromkeys(d.province for d in documents if d.province))
        national = any(not d.province for d in documents)
        if read.provinces:
            return _Scope(read.provinces, True, national)
        if from_documents:
            return _Scope(from_documents, True, national)
        national = national or read.says(_NATIONAL_WORDS)
        return _Scope((province,) if province else (), False, national)

    def _hits(self, read: Question, scope: _Scope, own: Sequence[Unit], asker: Asker) -> list[Hit]:
        provinces = scope.provinces or tuple(SEED_PROVINCES)
        scopes = (*provinces, NATIONAL, BOT)
        level = _level_of(asker.unit, own)
        beside: tuple[Word, ...] = ()
        if asker.unit and _AGENCY.match(asker.unit) and speaks_of_self(read):
            beside = tuple(w for w in self._words.read(asker.unit) if w.bare not in _PROVINCE_WORDS)
        hits = self._index.search(read, scopes, ignore=self._said_already(read), beside=beside)
        gains, signing = _kind_gains(read), read.says(_SIGNING)
        fitted = [
            replace(h, score=h.score * gains[h.card.kind] * self._fit(read, scope, level, h.card))
            for h in hits
        ]
        if signing:
            fitted = [
                replace(h, score=h.score * (1.25 if h.card.topic == "nguoi-ky" else 0.9)) for h in fitted
            ]
        if read.says(_ISSUING):
            fitted = [replace(h, score=h.score * (1.35 if h.card.topic == "so-hieu" else 1)) for h in fitted]
        office = fold(asker.unit or "").replace("uy ban nhan dan", "ubnd") if speaks_of_self(read) else ""
        if office:
            fitted = [
                replace(h, score=OWN_OFFICE * h.score)
                if h.card.topic in self._offices and self._offices[h.card.topic] in office
                else h
                for h in fitted
            ]
        fitted = self._at_the_place(read, fitted)
        fitted.sort(key=lambda h: (-h.score, h.card.id))
        ignore = self._said_already(read)
        return [replace(h, held=self._index.held(read, h.card.id, ignore)) for h in fitted[:3]] + fitted[3:]

    def _at_the_place(self, read: Question, hits: list[Hit]) -> list[Hit]:
        """Raise the cards that stand at the article asked for, and add those that share no word with it."""
        documents = {k for k in read.documents if not self.corpus.documents[k].province}
        if not read.places or not documents:
            return hits
        known = {h.card.id: h for h in hits}
        for card in self.corpus.of_scope(NATIONAL):
            common = max(
                (
                    places_in_common(read.places, c.section) / (n + 1) ** 0.25
                    for n, c in enumerate(card.citations)
                    if c.document.key in documents
                ),
                default=0.0,
            )
            if not common and card.id in known and documents & {c.document.key for c in card.citations}:
                known[card.id] = replace(known[card.id], score=ELSEWHERE * known[card.id].score)
            if common:
                hit = known.get(card.id, Hit(card, 0.0, ENOUGH_COVERED))
                known[card.id] = replace(hit, score=hit.score * (1 + 0.4 * common) + AT_THE_PLACE * common)
        return list(known.values())

    def _said_already(self, read: Question) -> set[str]:
        """Return the words of provinces' names, which have chosen the scope and need not be found again."""
        words: set[str] = set()
        for slug in read.provinces:
            a, b = fold(SEED_PROVINCES[slug]).split()
            words |= {a, b, f"{a} {b}", f"tinh {a}", "tinh"} - ({"ha"} if "ha noi" in read.folded else set())
            words |= {two.casefold() for two, of in self._lexicon.province_letters.items() if of == slug}
        if len(read.provinces) > 1 or read.all_provinces:
            words |= _COMPARING
        return words

    def _fit(self, read: Question, scope: _Scope, level: str, card: Card) -> float:
        """Weigh a card by what the question says beside its words: documents, articles, levels."""
        fit = 1.0
        documents = [k for k in read.documents if not self.corpus.documents[k].province]
        if documents:
            cited = {c.document.key for c in card.citations}
            if self._about_documents[card.id] & set(documents):
                fit *= 1.25
            elif cited & set(documents):
                fit *= 1.1
            elif not self._card_documents[card.id] & set(documents):
                fit *= 0.7
        elif self._card_provinces[card.id] & set(read.provinces):
            fit *= ABOUT_THIS_PROVINCE
        elif card.scope == NATIONAL and scope.provinces and not scope.national:
            fit *= NATIONAL_BESIDE_NAMED if scope.named else NATIONAL_BESIDE_OWN
        elif card.scope in SEED_PROVINCES and scope.national and not scope.named:
            fit *= 0.93
        elif card.scope in SEED_PROVINCES and not scope.provinces and card.kind is CardKind.ABSENT:
            fit *= 0.8
        if documents and card.scope in SEED_PROVINCES and not scope.provinces:
            fit *= 0.75
        named = self._card_provinces[card.id]
        if named and read.provinces and not named & set(read.provinces):
            fit *= ABOUT_ANOTHER_PROVINCE
        if card.scope == NATIONAL and not scope.provinces and read.says(_OF_THE_PROVINCE):
            fit *= NATIONAL_BESIDE_NAMED
        if read.says(_IN_FORCE_STILL) and card.topic in ("thay-the", "hieu-luc"):
            fit *= STILL_ASKED if card.topic == "thay-the" else 1 / STILL_ASKED
        if read.says(_HOW_OFTEN) and card.topic == "bao-cao-mau":
            fit *= 1 / STILL_ASKED
        if read.says(_REPLACES) and card.topic == "thay-the":
            fit *= 1 / STILL_ASKED if card.kind is CardKind.ABSENT else STILL_ASKED
        if read.says(_BOUND) and card.topic in ("khuyen-khich", "doi-tuong"):
            fit *= STILL_ASKED
        if read.says(_WHO) and card.title.startswith(("Ai ", "Cơ quan nào")):
            fit *= WHO_IS_ASKED
        months = set(_MONTH.findall(read.folded))
        if months and months & self._card_months[card.id]:
            fit *= 1.12
        step = _STEP.search(read.folded)
        if step and card.step is not None:
            fit *= 1.3 if card.step == int(step.group(1)) else 0.9
        if card.scope == BOT and (documents or scope.named or not read.says(_ABOUT_BOT)):
            fit *= 0.8
        return fit * self._level_fit(read, level, card)

    @staticmethod
    def _level_fit(read: Question, level: str, card: Card) -> float:
        if not card.levels:
            return 1.0
        if read.level:
            return 1.1 if read.level in card.levels else 0.88
        if level:
            return 1.03 if level in card.levels else 0.93
        return 1.0

    # --- what is not answered ---

    def _guard(self, read: Question, scope: _Scope, hits: Sequence[Hit]) -> Answer | None:
        secret = self._phrase(read, self._lexicon.secret)
        if secret and not (hits and hits[0].score >= SURE and hits[0].card.citations):
            return self._refuse(
                read,
                "Tôi không nhận và không xử lý tài liệu mật. Anh/chị không gửi tài liệu mật vào đây; "
                "việc này thực hiện theo quy định về bảo vệ bí mật nhà nước tại cơ quan.",
            )
        for name, phrases in self._lexicon.outside:
            said = self._phrase(read, phrases, focus=True)
            about_bot = bool(hits) and hits[0].score >= SURE and hits[0].card.scope == BOT
            if said and not (about_bot and said in self._asked_as(hits[0].card)):
                return self._refuse(read, OUTSIDE.format(name))
        strange = [r for r in read.references if not r.known]
        if strange and not read.documents and not self._written_somewhere(strange[0].text):
            return self._refuse(read, NOT_AT_HAND)
        if read.says(_OTHER_STANDARD):
            return self._refuse(read, OUTSIDE.format("tiêu chuẩn ISO khác ISO 9001"))
        if read.says(_OFFICE_HOLDER) and not read.says(_SIGNING):
            return self._refuse(read, OUTSIDE.format("người đang giữ chức vụ"))
        if read.other_provinces and not read.provinces and not read.documents:
            wanted = read.other_provinces[0]
            told = [h for h in hits[:8] if h.score >= ENOUGH and wanted in h.card.answer]
            if told:
                return self._of_card(told[0].card)
            names = ", ".join(SEED_PROVINCES.values())
            return self._refuse(
                read,
                f"Tôi không có văn bản của {read.other_provinces[0]}. Tôi chỉ có văn bản của {names} "
                "(địa giới trước 1/7/2025) và một số văn bản của trung ương.",
            )
        return None

    def _written_somewhere(self, reference: str) -> bool:
        """Tell whether any card writes out a document number that is no document of the corpus."""
        number = _number(reference)
        return any(number in text for text in self._folded_cards)

    @staticmethod
    def _asked_as(card: Card) -> str:
        return " | ".join([*card.asks, card.title, card.answer]).casefold()

    def _phrase(self, read: Question, phrases: Sequence[str], *, focus: bool = False) -> str:
        """Return the first of the phrases that the question, or only the clause that asks, holds."""
        words = [w for w in read.words if not focus or read.sentences[w.sentence] == 1.0]
        marked = " ".join(w.marked for w in words)
        folded = _NOT_WORDS.sub(" ", " ".join(w.bare for w in words))
        text, bare = f" {marked} ", f" {folded} "
        for phrase in phrases:
            if f" {_spelt(phrase)} " in text or (not read.marks and f" {_folded(phrase)} " in bare):
                return phrase
        return ""

    def _refuse(self, read: Question, text: str) -> Answer:
        scopes = (*read.provinces, NATIONAL, BOT) if read.provinces else (*SEED_PROVINCES, NATIONAL, BOT)
        near: list[Nearest] = []
        for hit in self._index.search(read, scopes):
            if hit.score >= ENOUGH / 2 and hit.card.topic not in {
                self.corpus.cards[n.card].topic for n in near
            }:
                near.append(Nearest(self.corpus.topics[hit.card.topic].label, hit.card.id))
            if len(near) == 3:
                break
        return Answer(Outcome.REFUSED, text, nearest=tuple(near))

    # --- documents ---

    def _relation(self, read: Question, hits: Sequence[Hit]) -> Answer | None:
        """Say whether one document changes another, where two are named."""
        if len(read.documents) != 2 or not read.says(_RELATION):
            return None
        both = set(read.documents)
        if any(h.score >= ENOUGH and both <= self._card_documents[h.card.id] for h in hits[:3]):
            return None
        first, second = (self.corpus.documents[k] for k in read.documents)
        for new, old in ((first, second), (second, first)):
            if old.key in new.replaces or old.replaced_by == new.key:
                return self._stating(f"{new.full_name()} thay thế {old.full_name()}.", new, old)
            if new.key in old.amended_by:
                return self._stating(f"{new.full_name()} sửa đổi, bổ sung {old.full_name()}.", new, old)
        text = (
            f"Các văn bản tôi có không nêu {first.kind} {first.number} sửa đổi hay thay thế "
            f"{second.kind} {second.number}; quan hệ này chưa xác minh."
        )
        return self._stating(text, first, second)

    @staticmethod
    def _stating(text: str, *documents: LegalDocument) -> Answer:
        citations = tuple(Citation(d, "") for d in documents)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _in_force(self, read: Question) -> Answer | None:
        """Say which decision or circular applied in a year, from the days they replaced one another."""
        if len(read.documents) == 1 and read.says(_BEFORE) and read.says(_WHICH_DOCUMENT):
            return self._before(self.corpus.documents[read.documents[0]])
        if len(read.years) != 1 or not read.says(_WHICH_DOCUMENT) or read.provinces or read.says(_OF_A_PLAN):
            return None
        if read.says(_PREMIER):
            issuer, kind = "Thủ tướng Chính phủ", "Quyết định"
        elif read.says(_FINANCE):
            issuer, kind = "Bộ Tài chính", "Thông tư"
        elif read.says(_SCIENCE):
            issuer, kind = "Bộ Khoa học và Công nghệ", "Thông tư"
        else:
            return None
        year = read.years[0]
        chain = [
            d
            for d in self.corpus.documents.values()
            if d.kind == kind and fold(issuer) in fold(d.issuer) and (d.replaces or d.replaced_by)
        ]
        held = [d for d in chain if _first_year(d) <= year <= _last_year(d)]
        if not held:
            return None
        held.sort(key=lambda d: (_first_year(d), d.number))
        text = f"Năm {year}: " + "; ".join(_span(d) for d in held) + "."
        later = [d for d in chain if _first_year(d) > year and any(k.key in d.replaces for k in held)]
        for document in later:
            text += f" Khi đó chưa có {document.kind} {document.number} ({_span(document)})."
        citations = tuple(Citation(d, "") for d in (*held, *later))[:MOST_CITATIONS]
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _before(self, document: LegalDocument) -> Answer | None:
        """Say what a document replaced."""
        old = [self.corpus.documents[k] for k in document.replaces if k in self.corpus.documents]
        if not old:
            return None
        named = "; ".join(d.full_name() for d in old)
        text = f"Trước {document.kind} {document.number} là: {named}. Các văn bản này đã bị thay thế."
        citations = tuple(Citation(d, "") for d in (document, *old))[:MOST_CITATIONS]
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _order_of_issue(self, read: Question) -> Answer | None:
        if not read.says(_ISSUED) or not (read.says(_FIRST) or read.says(_LAST)):
            return None
        slugs = read.provinces if len(read.provinces) > 1 else tuple(SEED_PROVINCES)
        dated = [(d.issued, slug, d) for slug in slugs if (d := self.corpus.documents[slug]).issued]
        dated.sort(key=lambda row: str(row[0]), reverse=read.says(_LAST))
        head = "Muộn nhất" if read.says(_LAST) else "Sớm nhất"
        lines = [f"{head} là {SEED_PROVINCES[dated[0][1]]}: {dated[0][2].full_name()}.", "Tiếp theo:"]
        lines += [f"- {SEED_PROVINCES[slug]}: {document.full_name()}" for _, slug, document in dated[1:]]
        return Answer(
            Outcome.ANSWERED, "\n".join(lines), tuple(Citation(d, "Tên văn bản") for _, _, d in dated)
        )

    # --- rosters, comparison ---

    def _from_rosters(
        self, read: Question, scope: _Scope, own: Sequence[Unit], hits: Sequence[Hit]
    ) -> Answer | None:
        if len(read.provinces) > 1 or any(not self.corpus.documents[k].province for k in read.documents):
            return None
        sure = bool(hits) and hits[0].score >= SURE
        found = self._rosters.answer(read, scope.provinces, own, cards_know=sure)
        return found or self._rosters.short(read, scope.provinces)

    def _compare(self, read: Question) -> Answer | None:
        """Set provinces side by side on the topic that fits best for most of them."""
        ordered = self._order_of_issue(read)
        if ordered:
            return ordered
        slugs = read.provinces if len(read.provinces) > 1 else tuple(SEED_PROVINCES)
        best: dict[str, dict[str, Hit]] = defaultdict(dict)
        for hit in self._index.search(read, slugs, ignore=self._said_already(read)):
            score = hit.score * self._level_fit(read, "", hit.card)
            known = best[hit.card.topic].get(hit.card.scope)
            if known is None or known.score < score:
                best[hit.card.topic][hit.card.scope] = replace(hit, score=score)
        if not best:
            return None
        topic, found = max(best.items(), key=lambda item: (sum(h.score for h in item[1].values()), item[0]))
        if max(h.score for h in found.values()) < ENOUGH_COMPARED:
            return None
        lines, citations, cards = [], [], []
        full = len(slugs) <= 2
        for slug in slugs:
            best_of = found.get(slug)
            if best_of is None:
                lines.append(f"- {SEED_PROVINCES[slug]}: tôi không có nội dung này trong văn bản của tỉnh.")
                continue
            card = best_of.card
            text = card.answer if full else card.short or card.answer
            lines.append(f"- {SEED_PROVINCES[slug]}: {text.rstrip('.')}.")
            citations += list(card.citations[: 2 if full else 1])
            cards.append(card.id)
        chosen = tuple(dict.fromkeys(citations))[:MOST_LIST_CITATIONS]
        text = with_sources("\n".join([self.corpus.topics[topic].label + ":", *lines]), chosen)
        return Answer(Outcome.ANSWERED, text[:LONGEST_LIST], chosen, cards=tuple(cards))

    # --- cards ---

    def _from_cards(self, read: Question, scope: _Scope, hits: Sequence[Hit], today: date) -> Answer:
        least = ENOUGH if read.plain else ENOUGH_STORY
        good = [h for h in hits if h.score >= least and h.covered >= ENOUGH_COVERED]
        if not good or not self._holds_the_subject(read, hits):
            return self._refuse(read, REFUSAL)
        if not scope.provinces:
            asked_back = self._which_province(read, good)
            if asked_back:
                return asked_back
            good = _told_first(good)
            if good[0].card.scope in SEED_PROVINCES:
                good = _law_first(good)
        return self._given(read, scope, good, today)

    def _holds_the_subject(self, read: Question, hits: Sequence[Hit]) -> bool:
        unknown, strange = self._index.strangeness(read, self._said_already(read))
        held = max(h.held for h in hits[:3])
        signs = Signs(min(1.0, hits[0].score), held, unknown, strange, self._index.is_short(read))
        return sureness(signs, read) >= LEAST_SURE

    def _which_province(self, read: Question, good: Sequence[Hit]) -> Answer | None:
        """Ask which province is meant where cards of several fit about as well."""
        top = good[0]
        if any(not self.corpus.documents[k].province for k in read.documents):
            return None
        if top.card.scope == BOT or (top.card.scope == NATIONAL and self._stands_out(good)):
            return None
        provincial = [h for h in good[:12] if h.card.scope in SEED_PROVINCES]
        topics = [self._same_in_other_provinces(good, leading) for leading in provincial[:6]]
        fitting = [
            found
            for found in topics
            if len(found) > 1 and any(h.card.kind is not CardKind.ABSENT for h in found.values())
        ]
        if not fitting:
            return None
        if self._law_says_it(read, good, max(fitting, key=len)):
            return None
        # What fits in several provinces is more likely meant than what fits best in one.
        return self._ask_province(
            max(fitting, key=lambda found: sum(sorted((h.score for h in found.values()), reverse=True)[:3]))
        )

    @staticmethod
    def _law_says_it(read: Question, good: Sequence[Hit], found: Mapping[str, Hit]) -> bool:
        """Tell whether the national rule answers a stranger, and half of the provinces say nothing of it."""
        leading = next(iter(found.values()))
        silent = sum(h.card.kind is CardKind.ABSENT for h in found.values())
        told = any(
            h.card.scope == NATIONAL
            and h.card.topic == leading.card.topic
            and h.card.kind is not CardKind.ABSENT
            and h.score >= LAW_INSTEAD * leading.score
            for h in good
        )
        return told and 2 * silent >= len(found) and not read.says(_OF_THE_PROVINCE)

    @staticmethod
    def _same_in_other_provinces(good: Sequence[Hit], leading: Hit) -> dict[str, Hit]:
        """Return the best card of each province on the leading card's topic."""
        found: dict[str, Hit] = {}
        for hit in good:
            same = hit.card.topic == leading.card.topic and hit.card.scope in SEED_PROVINCES
            if same and hit.score >= AS_GOOD * leading.score:
                found.setdefault(hit.card.scope, hit)
        return found

    @staticmethod
    def _ask_province(found: Mapping[str, Hit]) -> Answer:
        shown = [found[s] for s in SEED_PROVINCES if s in found]
        lines = [
            f"- {SEED_PROVINCES[h.card.scope]}: {(h.card.short or h.card.answer).rstrip('.')}." for h in shown
        ]
        head = "Mỗi tỉnh quy định một khác. Anh/chị hỏi tỉnh nào?"
        citations = tuple(h.card.citations[0] for h in shown if h.card.citations)
        options = tuple(
            Option(SEED_PROVINCES[h.card.scope], Refinement(province=h.card.scope)) for h in shown
        )
        text = with_sources("\n".join([head, *lines]), citations)
        return Answer(Outcome.CLARIFY, text, citations, options, tuple(h.card.id for h in shown))

    @staticmethod
    def _stands_out(good: Sequence[Hit]) -> bool:
        others = {
            h.card.scope for h in good if h.card.scope in SEED_PROVINCES and h.score >= 0.9 * good[0].score
        }
        return len(others) < 3

    def _given(self, read: Question, scope: _Scope, good: Sequence[Hit], today: date) -> Answer:
        good = self._own_first(read, scope, good)
        top = good[0]
        cards = [top.card]
        for hit in self._beside(read, scope, good):
            together = (*cards, hit.card)
            length = sum(len(c.answer) for c in together) + 160
            cited = {c.document.key for card in together for c in card.citations[:1]}
            if length <= LONGEST and len(cited) <= MOST_CITATIONS and len(cards) < 2:
                cards.append(hit.card)
        answer = self._of_card(*cards, unknown=not scope.provinces, asked=read.documents)
        premise = self._other_version(read, top.card)
        if premise and premise not in answer.text:
            answer = replace(answer, text=f"{premise} {answer.text}")
        note = self._note(read, top.card, today)
        if note and len(answer.text) + len(note) < LONGEST:
            body, mark, sources = answer.text.rpartition("\nCăn cứ:")
            answer = replace(
                answer, text=f"{body}\n{note}{mark}{sources}" if mark else f"{answer.text}\n{note}"
            )
        return answer

    def _own_first(self, read: Question, scope: _Scope, good: Sequence[Hit]) -> Sequence[Hit]:
        """Put the asker's own province before the national rule, where nobody asked for the latter.

        A province's card that says only "không nêu" stays behind, and is told along.
        """
        top = good[0]
        if top.card.scope != NATIONAL or not scope.provinces or scope.national or read.documents:
            return good
        own = [
            h
            for h in good
            if h.card.scope in scope.provinces
            and h.card.topic == top.card.topic
            and not self._card_provinces[top.card.id] & set(scope.provinces)
            and h.card.kind is not CardKind.ABSENT
            and h.score >= OWN_INSTEAD * top.score
        ]
        return [own[0], *(h for h in good if h is not own[0])] if own else good

    def _beside(self, read: Question, scope: _Scope, good: Sequence[Hit]) -> list[Hit]:
        """Return the cards that are worth giving along with the best one.

        These are cards of the same place that fit nearly as well; one for a second document that the
        question names; and the card of the asker's own province on the document asked about.
        """
        top, documents = good[0], {k for k in read.documents if not self.corpus.documents[k].province}
        cited = {c.document.key for c in top.card.citations}
        missing = documents - cited
        silent = CardKind.ABSENT
        asks_two = len(_INTERROGATIVE.findall(read.focus)) > 1 and top.score < SURE
        found = []
        for hit in good[1:25]:
            cites = {c.document.key for c in hit.card.citations}
            near = top.score < SURE and hit.score >= (BESIDE_TWO if asks_two else BESIDE) * top.score
            near = near and silent not in (hit.card.kind, top.card.kind)
            # "Thông tư 26 hiệu lực" asks from when, or whether still: both are told.
            either = read.says(_FORCE) and not read.says(_IN_FORCE_STILL)
            either = either and {top.card.topic, hit.card.topic} == {"hieu-luc", "thay-the"}
            near = (near or (either and hit.score >= 0.6 * top.score)) and hit.card.scope == top.card.scope
            second = bool(missing & cites) and hit.score >= 0.3 * top.score
            own = (
                bool(documents & self._card_documents[hit.card.id])
                and top.card.scope == NATIONAL
                and hit.card.scope in scope.provinces
                and hit.score >= 0.5 * top.score
            )
            if near or second or own:
                found.append((not second, not own, -hit.score, hit))
        return [row[-1] for row in sorted(found, key=lambda row: row[:3])]

    def _other_version(self, read: Question, card: Card) -> str:
        """Correct a version of the standard that the province's document is not written for."""
        asked = {m.group(1) for m in _VERSION.finditer(read.folded)}
        if len(asked) != 1 or card.scope not in SEED_PROVINCES:
            return ""
        document = self.corpus.documents[card.scope]
        own = _VERSION.search(document.title)
        if own is None or own.group(1) in asked:
            return ""
        return (
            f"{document.kind} {document.number} viết theo TCVN ISO 9001:{own.group(1)}, "
            f"không phải 9001:{asked.pop()}."
        )

    def _of_card(self, *cards: Card, unknown: bool = False, asked: Sequence[str] = ()) -> Answer:
        """Give one card, or two that belong together.

        Documents that were `asked` about and that the answer speaks of are cited first.
        """
        texts = [c.answer for c in cards]
        scope = cards[0].scope
        if unknown and scope in SEED_PROVINCES and SEED_PROVINCES[scope] not in texts[0]:
            texts[0] = f"{SEED_PROVINCES[scope]}: {texts[0]}"
        # The first place of each card comes first, so that none of them is cut.
        ranked = sorted(
            ((place, n, c) for n, card in enumerate(cards) for place, c in enumerate(card.citations)),
            key=lambda r: r[:2],
        )
        citations = tuple(dict.fromkeys(c for _, _, c in ranked))[:MOST_CITATIONS]
        spoken = set().union(*(self._card_documents[c.id] for c in cards))
        wanted = [k for k in asked if k in spoken and not self.corpus.documents[k].province]
        if len(wanted) > 1:
            named = [next((c for c in citations if c.document.key == k), None) for k in wanted]
            first = [c or Citation(self.corpus.documents[k], "") for c, k in zip(named, wanted, strict=True)]
            citations = tuple(dict.fromkeys((*first, *citations)))[:MOST_CITATIONS]
        silent = all(c.kind is CardKind.ABSENT and not c.citations for c in cards)
        outcome = Outcome.REFUSED if silent else Outcome.ANSWERED
        return Answer(
            outcome, with_sources("\n".join(texts), citations), citations, cards=tuple(c.id for c in cards)
        )

    def _note(self, read: Question, card: Card, today: date) -> str:
        """Say that a plan is over or a document replaced, where the question is about the present."""
        if not read.says(_STILL) or not card.citations or "xác minh" in card.answer:
            return ""
        document = card.citations[0].document
        if document.replaced_by:
            heir: Collection[str] = [document.replaced_by]
            return f"{document.kind} {document.number} đã được thay thế bằng {', '.join(heir)}."
        if document.period_to and document.period_to < today.year:
            return (
                f"Thời gian thực hiện của văn bản ({document.period_from}-{document.period_to}) đã hết; "
                "hiện còn áp dụng hay không thì chưa xác minh."
            )
        return ""


def _level_of(unit: str | None, own: Sequence[Unit]) -> str:
    """Return the level of the asker's unit: from the records, else from its name."""
    if own:
        return _LEVELS[own[0].level]
    name = fold(unit or "").replace("uy ban nhan dan", "ubnd")
    for level, pattern in (
        ("xa", r"^(ubnd )?(xa|phuong|thi tran|dac khu)\b"),
        ("huyen", r"^(ubnd )?(huyen|thanh pho|thi xa)\b"),
        ("chi-cuc", r"^chi cuc\b"),
        ("so", r"^(so|ban|thanh tra|van phong)\b"),
    ):
        if re.search(pattern, name):
            return level
    return ""


def _first_year(document: LegalDocument) -> int:
    day = document.effective or document.issued
    return day.year if day else 9999


def _last_year(document: LegalDocument) -> int:
    return document.replaced_on.year if document.replaced_on else 9999


def _span(document: LegalDocument) -> str:
    begun = document.effective or document.issued
    text = document.full_name()
    if begun and document.effective:
        text += f", có hiệu lực từ {begun.day:02d}/{begun.month}/{begun.year}"
    if document.replaced_on and document.replaced_by:
        day = document.replaced_on
        text += f", bị {document.replaced_by} thay thế từ {day.day:02d}/{day.month}/{day.year}"
    return text


def _kind_gains(read: Question) -> dict[CardKind, float]:
    """Return what a card of each kind gains or loses by the words of the question."""
    gains = dict.fromkeys(CardKind, 1.0)
    for pattern, kind, gain in _WANTED_KINDS:
        if not read.says(pattern):
            continue
        for other in CardKind:
            if other is kind:
                gains[other] *= gain
            elif kind is CardKind.LEGAL_BASIS:
                gains[other] *= OTHER_THAN_A_DOCUMENT
    return gains


def _mentioned(texts: Sequence[str], reader: Reader, finder: ReferenceFinder) -> frozenset[str]:
    """Return the keys of the documents that texts name."""
    folded = " . ".join(" ".join(w.bare for w in reader.read(text)) for text in texts)
    return frozenset(key for r in finder.find(folded) for key in r.keys)


def _law_first(good: Sequence[Hit]) -> list[Hit]:
    """Put the national rule on the same subject before one province's, for a stranger."""
    top = good[0]
    told = [
        h
        for h in good
        if h.card.scope == NATIONAL
        and h.card.topic == top.card.topic
        and h.card.kind is not CardKind.ABSENT
        and h.score >= LAW_INSTEAD * top.score
    ]
    return [*told[:1], *(h for h in good if h not in told[:1])]


def _told_first(good: Sequence[Hit]) -> list[Hit]:
    """Put what one province's plan does not say behind something that is said anywhere else."""
    if good[0].card.kind is not CardKind.ABSENT or good[0].card.scope not in SEED_PROVINCES:
        return list(good)
    told = [h for h in good if h.card.scope not in SEED_PROVINCES and h.score >= TOLD * good[0].score]
    return [*told, *(h for h in good if h not in told)]


def _number(reference: str) -> str:
    return next((part for part in reference.split() if part[:1].isdigit()), reference)


@cache
def _spelt(phrase: str) -> str:
    return " ".join(one_spelling(w) for w in phrase.split())


@cache
def _folded(phrase: str) -> str:
    return fold(phrase)

"""Weighing: which cards fit a question, by its words and by all that it says beside them.

Search counts words; here the province, the level, the document and article, the kind of answer wanted
and the asker's own office are weighed in.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from isobot.domain.text import fold
from isobot.domain.units import Unit
from knowledge.beside import Beside
from knowledge.bodies import Body, asks_duty_of, body_in, body_of
from knowledge.card_fit import CardFit, level_fit
from knowledge.corpus import BOT, NATIONAL, SEED_PROVINCES, Card, CardKind, Corpus
from knowledge.duties import OWN_DUTY, duty_first, is_duty_of, whose_duty
from knowledge.fitting import Asked
from knowledge.grasp import Grasp
from knowledge.home import level_of
from knowledge.lexicon import Lexicon
from knowledge.model import Asker
from knowledge.places import speaks_of_self
from knowledge.question import Question
from knowledge.reach import Scope
from knowledge.references import ReferenceFinder, places_in_common
from knowledge.search import Hit, Index
from knowledge.vietnamese import Reader, Word
from knowledge.year_asked import own_year_clause

# Chosen on marked questions and on wordings held out; benchmarks/calibrate_answers.py.
ENOUGH, ENOUGH_STORY = 0.25, 0.22
"""The least score of a card that is given as an answer; less in a long story, whose words go round it."""
SURE = 0.8
"""From this score on, a card is certainly meant."""
ENOUGH_COVERED = 0.12
"""The least share of the question that the card has to hold."""
AT_THE_PLACE = 0.25
"""What a card gains whose first citation is the very article asked for."""
OWN_OFFICE, OTHER_OFFICE = 1.35, 0.85
"""What a card on the duties of one office is worth to one of that office, and of another."""
SENT_UP = 1.5
"""What a card on the reports sent up is worth to the office that sends them."""
ELSEWHERE = 0.6
"""What a card is worth that stands at other articles of the document."""
OF_ITS_KIND = 1.4
"""What a card on those who are free to adopt is worth to the question if a school or a tax office has to."""
OF_OTHER_KINDS = 0.75
"""What a card on who has to adopt, by when, is worth to it that does not speak of such bodies."""
_NATIONAL_WORDS = re.compile(
    r"\b(?:thu tuong|thong tu(?! (?:nao|gi|so may|so nao)\b)|bo khoa hoc|bo tai chinh|chinh phu|"
    r"ca nuoc|toan quoc|(?<!can )(?<!noi )(?<!toan )(?<!dong )bo (?:tong hop|nhan|trinh)|"
    r"(?<!thuoc )(?<!co quan )(?<!do )trung uong)\b"
)
_COMPARING = {
    "khac", "nhau", "giong", "so", "sanh", "lan", "luot", "khac nhau", "so sanh", "lan luot", "nhau the",
    "hai", "nam tinh", "5 tinh", "tinh nao", "tinh", "cac tinh",
}  # fmt: skip
_AGENCY = re.compile(r"^\s*(?:sở|văn phòng|ban|thanh tra|chi cục)\b", re.IGNORECASE)
_OF_AGENCIES = ("doi-tuong", "danh-sach", "han-hoan-thanh", "muc-tieu")
"""Topics that tell which agencies have to adopt, and by when."""
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
        re.compile(
            r"\b(?:bao nhieu tien|muc chi|kinh phi|tien|chi tra|don gia|bao nhieu kinh phi|trieu|chi theo|"
            r"dinh muc|muc nao|"
            r"(?:rot|bo ra|xai|(?<!kiem )(?<!thanh )tra|(?<!chi )(?<!muc )tieu(?! chi| chuan))"
            r"(?: \w+){0,2} (?:bao nhieu|toi da|nhieu nhat))\b"
        ),
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
_ISSUING = re.compile(r"\b(?:do|ai|co quan nao)(?: \w+){0,7} ban hanh\b|\bban hanh boi\b")
_LEADS = re.compile(r"^so (?:khoa hoc|khcn|kh&cn)")
_REPORTING = re.compile(r"\bbao cao\b")
_BOT = re.compile(r"\b(?:bot|tro ly)\b")
_SUBMITTING = re.compile(r"\b(?:trinh|tham muu|de nghi|de xuat|xin)\b.*\bky\b")
"""Who puts a paper before the one who signs it: "ai trình chủ tịch ký"."""
SIGNING = re.compile(
    r"\b(?:ky (?:ban hanh|ke hoach|quyet dinh|chi thi|van ban)|(?:do )?ai ky|nguoi ky|ky ten|chu ky|nao ky)\b"
)


class Weigher:
    """Finds the cards that fit a question, best first."""

    def __init__(
        self, corpus: Corpus, lexicon: Lexicon, words: Reader, finder: ReferenceFinder, index: Index
    ) -> None:
        self.corpus = corpus
        self.index = index
        self.grasp = Grasp(index)
        self.fit = CardFit(corpus, words, finder)
        self._lexicon = lexicon
        self._words = words
        plans: dict[tuple[int, int], list[str]] = {}
        for document in corpus.documents.values():
            if document.province and document.period_from and document.period_to:
                plans.setdefault((document.period_from, document.period_to), []).append(document.province)
        self._plans = {period: of[0] for period, of in plans.items() if len(of) == 1}
        self._offices = {
            t.id: fold(t.label).replace("uy ban nhan dan", "ubnd")
            for t in corpus.topics.values()
            if t.group == "trach-nhiem" and _AGENCY.match(t.label)
        }

    def scope(self, read: Question, province: str | None) -> Scope:
        """Return the provinces asked about: those named, else those of its documents, else the asker's."""
        documents = [self.corpus.documents[key] for key in read.documents]
        from_documents = tuple(dict.fromkeys(d.province for d in documents if d.province))
        national = any(not d.province for d in documents)
        if read.provinces:
            return Scope(read.provinces, True, national)
        if from_documents:
            return Scope(from_documents, True, national)
        by_period = self._plans.get(read.period) if read.period and not province else None
        if by_period:
            return Scope((by_period,), False, national)
        national = national or read.says(_NATIONAL_WORDS)
        return Scope((province,) if province else (), False, national)

    def hits(self, read: Question, scope: Scope, own: Sequence[Unit], asker: Asker) -> list[Hit]:
        """Return the cards that fit, best first, weighed by everything the question and the asker say."""
        provinces = scope.provinces or tuple(SEED_PROVINCES)
        scopes = (*provinces, NATIONAL, BOT)
        level = level_of(asker.unit, own)
        body = body_in(read.focus)
        beside: tuple[Word, ...] = ()
        if asker.unit and _AGENCY.match(asker.unit) and not body_of(asker.unit) and speaks_of_self(read):
            beside = tuple(w for w in self._words.read(asker.unit) if w.bare not in _PROVINCE_WORDS)
        else:
            # What the rules call such a body is known without being typed.
            beside = self._words.read(body_of(asker.unit) or (body.called if body else ""))
        hits = self.index.search(read, scopes, ignore=self.said_already(read), beside=beside)
        gains, asked = _kind_gains(read), Asked.of(read)
        signing = read.says(SIGNING) and not read.says(_SUBMITTING) and not read.says(_BOT)
        leads = bool(_LEADS.search(fold(asker.unit or "")))
        said = Beside.of(read, self.corpus.documents, level, leads=leads)
        duty_of = whose_duty(read, level)
        fitted = [
            replace(
                h,
                score=h.score
                * gains[h.card.kind]
                * asked.fit(h.card)
                * (OWN_DUTY if is_duty_of(duty_of, h.card) else 1)
                * (self.fit.of(said, scope, h.card) * level_fit(read, level, h.card)),
            )
            for h in hits
        ]
        if signing:
            fitted = [
                replace(h, score=h.score * (1.25 if h.card.topic == "nguoi-ky" else 0.9)) for h in fitted
            ]
        if read.says(_ISSUING):
            fitted = [replace(h, score=h.score * (1.35 if h.card.topic == "so-hieu" else 1)) for h in fitted]
        office = fold(asker.unit or "").replace("uy ban nhan dan", "ubnd") if speaks_of_self(read) else ""
        if leads and office and read.asks(_REPORTING):
            fitted = [
                replace(h, score=h.score * (SENT_UP if h.card.topic == "bao-cao-tren" else 1)) for h in fitted
            ]
        if office:
            fitted = [replace(h, score=h.score * self._of_office(read, h.card, office)) for h in fitted]
        if body and asks_duty_of(read.focus):
            places = (NATIONAL, *scope.provinces)
            fitted = [
                replace(h, score=h.score * (_of_its_kind(h.card, body) if h.card.scope in places else 1))
                for h in fitted
            ]
        fitted = self._at_the_place(read, fitted)
        if level and not own and own_year_clause(read, self._lexicon.stop_words):
            fitted = duty_first(level, fitted)
        if len(scope.provinces) == 1:
            fitted = asked.contents_first(fitted, self.corpus.of_scope(scope.provinces[0]))
        fitted.sort(key=lambda h: (-h.score, h.card.id))
        ignore = self.said_already(read)
        return [replace(h, held=self.grasp.share(read, h.card.id, ignore)) for h in fitted[:3]] + fitted[3:]

    def _of_office(self, read: Question, card: Card, office: str) -> float:
        """Weigh a card on the duties of one office by whether the asker works there."""
        name = self._offices.get(card.topic, "")
        if not name:
            return 1.0
        if name in office:
            return OWN_OFFICE
        return 1.0 if name in read.folded or not office.startswith("so ") else OTHER_OFFICE

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

    def said_already(self, read: Question) -> set[str]:
        """Return the words of provinces' names, which have chosen the scope and need not be found again."""
        words: set[str] = set()
        for slug in read.provinces:
            a, b = fold(SEED_PROVINCES[slug]).split()
            words |= {a, b, f"{a} {b}", f"tinh {a}", "tinh"} - ({"ha"} if "ha noi" in read.folded else set())
            words |= {two.casefold() for two, of in self._lexicon.province_letters.items() if of == slug}
        if len(read.provinces) > 1 or read.all_provinces:
            words |= _COMPARING
        return words


def _of_its_kind(card: Card, body: Body) -> float:
    """Weigh a card, where it is asked if a body has to adopt, by whether it speaks of bodies of its kind."""
    if body.is_meant_by(" ".join([card.answer, *card.asks])):
        return OF_ITS_KIND if card.topic == "khuyen-khich" else 1.0
    return OF_OTHER_KINDS if card.topic in _OF_AGENCIES else 1.0


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

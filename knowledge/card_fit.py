"""What a card is worth to a question by what it is about: documents, provinces, a topic, levels."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, combinations
from math import prod

from isobot.domain.text import fold
from knowledge.beside import MONTH, Beside
from knowledge.corpus import BOT, NATIONAL, SEED_PROVINCES, Card, CardKind, Corpus
from knowledge.question import Question
from knowledge.reach import Scope
from knowledge.references import ReferenceFinder
from knowledge.vietnamese import Reader

ABOUT_THIS_PROVINCE, ABOUT_ANOTHER_PROVINCE = 1.1, 0.5
"""What a national card is worth that is about the province named, or about another one."""
BESIDE_THE_POINT = 0.8
"""What a card is worth on what nobody asked."""
STILL_ASKED = 1.15
"""What a card on replacement gains over one on the first day in force, where "còn hiệu lực" is asked."""
OWN_LEVEL, OTHER_LEVEL = 1.3, 0.6
"""What a card for some levels is worth to one of them who asks about "đơn vị tôi", and to another."""
OF_SOME_OFFICES = 0.75
"""What a card for some levels is worth to one who asks about "đơn vị tôi" and whose level nobody knows, where
the answer depends on it."""
STILL_HELD = 1.5
"""What the card gains that tells whether the very document named still holds, where that is asked."""
WHO_IS_ASKED = 1.12
"""What a card gains whose title asks who, where the question does."""
NATIONAL_BESIDE_OWN, NATIONAL_BESIDE_NAMED = 0.78, 0.55
"""What a national card is worth where the asker's province, or a province named, has cards of its own."""
PROVINCE_BESIDE_COUNTRY = 0.7
"""What a province's card is worth where every province of the country is asked about."""
_OF_ONE_LEVEL = ("so-nganh", "huyen", "xa")
"""Topics that are the duties of one level."""
_TITLE_OF_FORCE, _TITLE_OF_PLAN = "còn hiệu lực", "còn áp dụng"


class CardFit:
    """Knows what each card is about, and holds it against what a question says beside its words."""

    def __init__(self, corpus: Corpus, words: Reader, finder: ReferenceFinder) -> None:
        self._cards = corpus.cards
        asked = {c.id: _mentioned([*c.asks, c.title], words, finder) for c in corpus.cards.values()}
        self.card_documents = {
            c.id: asked[c.id]
            | _mentioned([c.answer], words, finder)
            | {citation.document.key for citation in c.citations}
            for c in corpus.cards.values()
        }
        self._named_in_title = {c.id: _mentioned([c.title], words, finder) for c in corpus.cards.values()}
        self._differs = _topics_that_differ(corpus)
        self.card_provinces = {
            c.id: frozenset(
                slug
                for slug, name in SEED_PROVINCES.items()
                if any(name.casefold() in text.casefold() for text in (c.title, *c.asks))
            )
            if c.scope == NATIONAL
            else frozenset()
            for c in corpus.cards.values()
        }
        self._about_documents = {
            c.id: asked[c.id] | {citation.document.key for citation in c.citations[:1]}
            for c in corpus.cards.values()
        }

    @property
    def documents_with_cards(self) -> frozenset[str]:
        """Return the documents that some card is about: it asks after them, or cites them first."""
        return frozenset().union(*self._about_documents.values())

    @cached_property
    def folded_cards(self) -> tuple[str, ...]:
        """Return what each card says, folded; made when a question first asks for it."""
        cards = self._cards.values()
        return tuple(fold(f"{' '.join(c.asks)} {c.answer}") + "\n" + fold(c.title) for c in cards)

    @cached_property
    def _card_months(self) -> dict[str, set[str]]:
        """Return the months that each card names in its answer or its wordings."""
        texts = (folded.rpartition("\n")[0] for folded in self.folded_cards)
        return {card_id: set(MONTH.findall(t)) for card_id, t in zip(self._cards, texts, strict=True)}

    def of(self, said: Beside, scope: Scope, card: Card) -> float:
        """Weigh a card by what the question says beside its words."""
        return prod(
            chain(
                self._by_place(said, scope, card),
                self._by_what_is_asked(said, card),
                self._by_level(said, scope, card),
            )
        )

    def _by_place(self, said: Beside, scope: Scope, card: Card) -> Iterator[float]:
        """Weigh documents and provinces: those named, or the asker's own."""
        documents = said.documents
        if documents:
            cited = {c.document.key for c in card.citations}
            if self._about_documents[card.id] & documents:
                yield 1.25
            elif cited & documents:
                yield 1.1
            elif not self.card_documents[card.id] & documents:
                yield 0.7
        elif self.card_provinces[card.id] & said.provinces:
            yield ABOUT_THIS_PROVINCE
        elif card.scope == NATIONAL and scope.provinces and not scope.national:
            yield NATIONAL_BESIDE_NAMED if scope.named else NATIONAL_BESIDE_OWN
        elif card.scope in SEED_PROVINCES and scope.country:
            yield PROVINCE_BESIDE_COUNTRY
        elif card.scope in SEED_PROVINCES and scope.national and not scope.named:
            yield 0.93
        elif card.scope in SEED_PROVINCES and not scope.provinces and card.kind is CardKind.ABSENT:
            yield 0.8
        if documents and card.scope in SEED_PROVINCES and not scope.provinces:
            yield 0.75
        named = self.card_provinces[card.id]
        if named and said.provinces and not named & said.provinces:
            yield ABOUT_ANOTHER_PROVINCE
        if card.scope == NATIONAL and not scope.provinces and said.of_the_province:
            yield NATIONAL_BESIDE_NAMED

    def _by_what_is_asked(self, said: Beside, card: Card) -> Iterator[float]:
        """Weigh the topic and the title: what holds, what was replaced, who, how often, when."""
        if said.in_force_still and card.topic in ("thay-the", "hieu-luc"):
            yield STILL_ASKED if card.topic == "thay-the" else 1 / STILL_ASKED
        if said.in_force_still and card.topic == "sap-xep" and not said.reform:
            yield 1 / STILL_ASKED
        of_the_document = self._named_in_title[card.id] & said.documents
        if said.rule_held and of_the_document and _TITLE_OF_FORCE in card.title:
            yield STILL_HELD
        if said.plan_held:
            yield STILL_HELD if _TITLE_OF_PLAN in card.title else 1.0
            yield ABOUT_ANOTHER_PROVINCE if card.topic == "sap-xep" else 1.0
        if card.scope in SEED_PROVINCES and card.topic in said.beside_the_point:
            yield BESIDE_THE_POINT
        if said.how_often and card.topic == "bao-cao-mau":
            yield 1 / STILL_ASKED
        if said.replaces and card.topic == "thay-the":
            yield 1 / STILL_ASKED if card.kind is CardKind.ABSENT else STILL_ASKED
        if said.bound and card.topic in ("khuyen-khich", "doi-tuong"):
            yield STILL_ASKED
        if said.who and card.title.startswith(("Ai ", "Cơ quan nào")):
            yield WHO_IS_ASKED
        if card.kind is CardKind.ROSTER and said.today:
            yield ABOUT_ANOTHER_PROVINCE
        if said.months & self._card_months[card.id]:
            yield 1.12
        if said.step is not None and card.step is not None:
            yield 1.3 if card.step == said.step else 0.9

    def _by_level(self, said: Beside, scope: Scope, card: Card) -> Iterator[float]:
        """Weigh whom a card is for: this bot's users, or units of some levels."""
        if card.scope == BOT and (said.documents or scope.named or not said.about_bot):
            yield 0.8
        if said.own_of_no_level and card.levels and (card.scope, card.topic) in self._differs:
            yield OF_SOME_OFFICES
        if said.own_level and card.levels:
            yield OWN_LEVEL if said.own_level in card.levels else OTHER_LEVEL


def level_fit(read: Question, level: str, card: Card) -> float:
    """Return what a card for some levels is worth to the level asked about, or to the asker's."""
    if not card.levels:
        return 1.0
    if read.level:
        return 1.1 if read.level in card.levels else 0.88
    if level:
        return 1.03 if level in card.levels else 0.93
    return 1.0


def _topics_that_differ(corpus: Corpus) -> frozenset[tuple[str, str]]:
    """Return the topics of a place whose answer depends on the level: some cards hold for no common one."""
    levels: dict[tuple[str, str], list[frozenset[str]]] = {}
    for card in corpus.cards.values():
        if card.levels:
            levels.setdefault((card.scope, card.topic), []).append(frozenset(card.levels))
    return frozenset(
        (scope, topic)
        for (scope, topic), of in levels.items()
        if topic in _OF_ONE_LEVEL or any(not one & two for one, two in combinations(of, 2))
    )


def _mentioned(texts: Sequence[str], reader: Reader, finder: ReferenceFinder) -> frozenset[str]:
    """Return the keys of the documents that texts name."""
    folded = " . ".join([" ".join([w.bare for w in reader.read(text)]) for text in texts])
    return frozenset(key for r in finder.find(folded) for key in r.keys)

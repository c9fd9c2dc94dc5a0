"""Answering: from a question and who asks it, to an answer with its citations.

The order of decisions: subjects that the documents do not hold; relations between two documents; units,
counted and looked up in the rosters; provinces set side by side; and last the best card, which is given,
asked back about, or withheld when it does not fit well enough. No card, no answer.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from isobot.domain.text import fold
from isobot.domain.units import Province, UnitDirectory
from isobot.unitfiles import load_provinces, shipped_units
from knowledge.about_documents import AboutDocuments
from knowledge.after_reform import AfterReform
from knowledge.asking_back import act_first, law_first, told_first, which_province
from knowledge.building import without_collecting
from knowledge.card_fit import level_fit
from knowledge.corpus import SEED_PROVINCES, Card, CardKind, Corpus, load_corpus
from knowledge.deciding import LEAST_SURE, Signs, of_the_trade, sureness
from knowledge.features import Features
from knowledge.giving import Giver
from knowledge.guarding import REFUSAL, Guard
from knowledge.home import Home, home_of
from knowledge.lexicon import load_lexicon
from knowledge.menus import MenuGroup, MenuTopic, menu, steps
from knowledge.model import (
    LONGEST_LIST,
    MOST_LIST_CITATIONS,
    Answer,
    Asker,
    Nearest,
    Option,
    Outcome,
    Refinement,
    with_sources,
)
from knowledge.places import PlaceFinder
from knowledge.question import Question, QuestionReader
from knowledge.reach import Scope, law_of_the_country, of_the_country
from knowledge.references import ReferenceFinder
from knowledge.rosters import Rosters
from knowledge.search import Hit, Index
from knowledge.validity import Validity
from knowledge.vietnamese import Reader
from knowledge.vocabulary import Vocabulary, plain_words
from knowledge.weighing import ENOUGH, ENOUGH_COVERED, ENOUGH_STORY, SURE, Weigher
from knowledge.year_asked import own_year_clause

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

WELL_GROUNDED = 0.3
"""Below this, the other sentences of a long message are heard, and the best grounded reading answered."""
CLEARLY_BETTER = 1.2
"""How much better another reading has to be grounded than the one by the surest signs, to be answered."""
OF_THE_WHOLE_TOPIC = 1.3
"""What a card gains, where provinces are compared, that bears the name of its topic."""
LEADING_ITS_TOPIC = 1.2
"""What a card gains there that comes first of its topic in its province: the others tell of a part."""
OF_A_DOCUMENT = 1.3
"""What a card gains there that names a document, where documents are asked for."""
OF_ONE_YEAR = 0.9
"""What a card on one year of a plan is worth, where provinces are compared and no year is named."""
_A_DOCUMENT = re.compile(
    r"\b(?:quyet dinh|thong tu|cong van|nghi quyet|nghi dinh|luat)(?: \w+){0,2} (?:nao|gi|so may)\b"
)
_CC = re.compile(r"\bcc\b", re.IGNORECASE)
_ISO = re.compile(r"\b(?:iso|9001|he thong quan ly chat luong)\b")
_A_YEAR = re.compile(r"\b20\d\d\b")
ENOUGH_COMPARED = 0.22
"""The same where provinces are expressly set side by side."""


def load_knowledge() -> "KnowledgeBase":
    """Read the corpus that ships with isobot, and make it ready to answer."""
    return KnowledgeBase(load_corpus(Path(__file__).parent), shipped_units())


def _of_the_office(question: str, asker: Asker) -> str:
    """Write out "cc", which is a chi cục to those who work in one, and elsewhere may be công chức."""
    own = fold(asker.unit or "").startswith("chi cuc ")
    return _CC.sub("chi cục", question) if own else question


def _told_elsewhere(hit: Hit, leading: Hit) -> bool:
    """Tell whether a province's card says only "không nêu", where another of its cards fits better."""
    silent = hit.card.kind is CardKind.ABSENT and leading.card.kind is not CardKind.ABSENT
    return silent and bool(leading.card.short) and leading.score > hit.score


class KnowledgeBase:
    """Answers questions from one corpus and one directory of units; building it takes about a second."""

    def __init__(
        self,
        corpus: Corpus,
        units: UnitDirectory,
        provinces: Mapping[str, Province] | None = None,
    ) -> None:
        self.corpus = corpus
        self._named: dict[str, tuple[str, ...]] = {}
        self._lexicon = load_lexicon(Path(__file__).parent / "lexicon.yaml")
        self._units = units
        self._provinces = provinces or load_provinces()
        self._places = PlaceFinder(units)
        vocabulary = Vocabulary(self._texts(), self._places.names())
        reader = self._words = Reader(self._lexicon, vocabulary)
        finder = ReferenceFinder(corpus.documents.values())
        self._reader = QuestionReader(self._lexicon, reader, finder)
        with without_collecting(), reader.remembering():
            index = Index(corpus, reader, Features(self._lexicon))
            weigher = self._weigher = Weigher(corpus, self._lexicon, reader, finder, index)
        self._giver = Giver(corpus, weigher)
        self._guard = Guard(corpus, self._lexicon, weigher, self._giver, self._places)
        self._validity = Validity(
            corpus.documents, weigher.fit.card_documents, weigher.fit.documents_with_cards
        )
        first: dict[tuple[str, str], str] = {}
        for card in corpus.cards.values():
            first.setdefault((card.scope, card.topic), card.id)
        self._leading = frozenset(first.values())
        plans = [d for d in corpus.documents.values() if d.province]
        self._of_plans = frozenset(key for plan in plans for key in (plan.key, *plan.rests_on))
        self._about_documents = AboutDocuments(corpus.documents, self._lexicon)
        self._rosters = Rosters(
            units,
            self._places,
            corpus.documents,
            self._provinces,
            self._common_words(),
            self._lexicon.stop_words,
        )
        self._reform = AfterReform(corpus.documents, units, self._provinces, self._rosters)

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

    def answer(
        self, question: str, asker: Asker, refinement: Refinement | None = None, *, today: date
    ) -> Answer:
        """Answer one question.

        `refinement` is what the person picked among the options of an earlier answer to it.
        """
        picked = refinement or Refinement()
        if picked.card:
            return self.card_answer(picked.card)
        read = self._reader.read(_of_the_office(question, asker))
        if picked.province:
            read = replace(read, provinces=(picked.province,), all_provinces=False)
        own = self._places.own(asker.unit, asker.province)
        if picked.unit:
            unit = self._units.get(picked.unit)
            chosen = self._rosters.about(read, unit) if unit else None
            if chosen:
                return self._with_replaced(chosen)
        province = picked.province or asker.province or (own[0].province if own else None)
        scope = self._weigher.scope(read, province)
        home = home_of(asker.unit, province, own)
        return self._with_replaced(self._decide(read, scope, home, asker, today))

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
        hits = self._weigher.index.search(self._reader.read(question), (scope,))
        return tuple(hit.card.id for hit in hits[:most])

    def _with_replaced(self, answer: Answer) -> Answer:
        """Say so first where an answer computed from a document meets one the office marked as replaced."""
        cited = dict.fromkeys(c.document.key for c in answer.citations)
        notes = [self.corpus.replaced[key] for key in cited if key in self.corpus.replaced]
        if not notes or answer.cards:
            return answer
        head = " ".join(notes) + " Dưới đây là nội dung của văn bản cũ."
        return replace(answer, text=f"{head}\n{answer.text}")

    def _decide(self, read: Question, scope: Scope, home: Home, asker: Asker, today: date) -> Answer:
        if not any(w.bare.isalpha() for w in read.words) and not read.documents:
            return self._guard.refuse(
                read, "Tôi chưa đọc được câu hỏi. Anh/chị gõ lại giúp, ví dụ: “Xã tôi báo cáo tháng mấy?”"
            )
        typed = read
        of_a_unit = bool(read.otherwise) and self._rosters.asks_year_of_named(read, scope.provinces)
        if of_a_unit:  # the story before it is no other reading, and tells of the reform at most
            hits = self._weigher.hits(read, scope, home.units, asker)
        else:
            read, hits = self._best_reading(read, scope, home, asker)
        if read.all_provinces and of_the_country(read, scope, hits):
            read, scope = (
                replace(read, all_provinces=False),
                Scope((), named=False, national=True, country=True),
            )
            hits = self._weigher.hits(read, scope, home.units, asker)
        one_province = scope.provinces[0] if len(scope.provinces) == 1 else ""
        return (
            (None if of_a_unit else self._after_reform(read, scope, home))
            or self._guard.guard(self._at_home(read, one_province), hits, one_province)
            or self._rosters.own_line(typed, scope.provinces, home)
            or self._about_documents.answer(read, one_province, asker)
            or self._validity.relation(read, hits)
            or self._validity.in_force(read, one_province)
            or self._validity.described(read)
            or self._from_rosters(read, scope, home, hits)
            or self._side_by_side(read)
            or self._from_cards(read, scope, hits, today)
        )

    def _best_reading(
        self, read: Question, scope: Scope, home: Home, asker: Asker
    ) -> tuple[Question, list[Hit]]:
        """Return the question with the cards that fit; of a long message the best grounded reading."""
        hits = self._weigher.hits(read, scope, home.units, asker)
        if not read.otherwise or self._grounds(read, hits) >= WELL_GROUNDED:
            return read, hits
        others = [(r, self._weigher.hits(r, scope, home.units, asker)) for r in read.read_otherwise()]
        better = max([(read, hits), *others], key=lambda reading: self._grounds(*reading))
        clearly = self._grounds(*better) >= CLEARLY_BETTER * self._grounds(read, hits)
        return better if clearly else (read, hits)

    def _at_home(self, read: Question, province: str) -> Question:
        """Return a question without the new name of the asker's own province, where it is only told."""
        now = self._provinces[province].now if province in self._provinces else ""
        told = read.other_provinces == (now,) and fold(now) not in read.focus
        return replace(read, other_provinces=()) if told else read

    def _after_reform(self, read: Question, scope: Scope, home: Home) -> Answer | None:
        if read.documents or self._guard.is_secret(read):
            return None
        if self._rosters.asks_year_of_the_former(read, scope.provinces):
            return None
        return self._reform.answer(read, scope.provinces, home)

    def _side_by_side(self, read: Question) -> Answer | None:
        every = read.all_provinces and len(read.provinces) != 1 and not self._of_no_plan(read)
        return self._compare(read) if every or len(read.provinces) > 1 else None

    def _of_no_plan(self, read: Question) -> bool:
        """Tell whether only documents are named that no province's plan rests on."""
        return bool(read.documents) and self._of_plans.isdisjoint(read.documents)

    def card_answer(self, card_id: str) -> Answer:
        """Give one card as it stands, for menus and picked options.

        Raises:
            KeyError: there is no such card.
        """
        card = self.corpus.cards[card_id]
        return self._giver.of_card(card)

    def steps(self, province: str | None, level: str | None) -> tuple[Card, ...]:
        """Return the cards of the /cacbuoc walk in order; national ones where the province has none."""
        return steps(self.corpus, province, level)

    def menu(self, province: str | None) -> tuple[MenuGroup, ...]:
        """Return the /cancu menu; without a province only the national cards and the assistant's own."""
        return menu(self.corpus, province)

    def _from_rosters(self, read: Question, scope: Scope, home: Home, hits: Sequence[Hit]) -> Answer | None:
        if len(read.provinces) > 1 or any(not self.corpus.documents[k].province for k in read.documents):
            return None
        sure = bool(hits) and hits[0].score >= SURE
        found = self._rosters.answer(read, scope.provinces, home, cards_know=sure)
        return found or self._rosters.short(read, scope.provinces)

    def _compare(self, read: Question) -> Answer | None:
        """Set provinces side by side on the topic that fits best for most of them."""
        ordered = self._validity.order_of_issue(read)
        if ordered:
            return ordered
        slugs = read.provinces if len(read.provinces) > 1 else tuple(SEED_PROVINCES)
        best: dict[str, dict[str, Hit]] = defaultdict(dict)
        leading: dict[str, Hit] = {}
        documents = read.asks(_A_DOCUMENT)
        for hit in self._weigher.index.search(read, slugs, ignore=self._weigher.said_already(read)):
            score = hit.score * level_fit(read, "", hit.card)
            if not read.years and _A_YEAR.search(hit.card.title):
                score *= OF_ONE_YEAR
            if fold(self.corpus.topics[hit.card.topic].label) in fold(hit.card.title):
                score *= OF_THE_WHOLE_TOPIC
            if hit.card.id in self._leading and not read.level:
                score *= LEADING_ITS_TOPIC
            if documents and hit.card.kind is CardKind.LEGAL_BASIS:
                score *= OF_A_DOCUMENT
            hit = replace(hit, score=score)
            for known in (best[hit.card.topic], leading):
                if hit.card.scope not in known or known[hit.card.scope].score < score:
                    known[hit.card.scope] = hit
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
            told = [card]
            if full and _told_elsewhere(best_of, leading[slug]):
                told.append(leading[slug].card)
                text = f"{text.rstrip('.')}. {leading[slug].card.short}"
            lines.append(f"- {SEED_PROVINCES[slug]}: {text.rstrip('.')}.")
            for one in told:
                citations += list(one.citations[: 2 if full and one is card else 1])
                cards.append(one.id)
        chosen = tuple(dict.fromkeys(citations))[:MOST_LIST_CITATIONS]
        text = with_sources("\n".join([self.corpus.topics[topic].label + ":", *lines]), chosen)
        return Answer(Outcome.ANSWERED, text[:LONGEST_LIST], chosen, cards=tuple(cards))

    def _from_cards(self, read: Question, scope: Scope, hits: Sequence[Hit], today: date) -> Answer:
        least = ENOUGH if read.plain else ENOUGH_STORY
        good = [h for h in hits if h.score >= least and h.covered >= ENOUGH_COVERED]
        own_year = own_year_clause(read, self._lexicon.stop_words) is not None
        if not good or not (own_year or self._holds_the_subject(read, hits)):
            named = self._rosters.one_named(read, scope.provinces) if read.says(_ISO) else None
            return named or self._guard.refuse(read, REFUSAL)
        if scope.country:
            good = list(law_of_the_country(good))
        elif not scope.provinces:
            asked_back = which_province(read, good, self.corpus.documents)
            if asked_back:
                return asked_back
            good = act_first(read, told_first(good))
            if good[0].card.scope in SEED_PROVINCES:
                good = law_first(good)
        return self._giver.given(read, scope, good, today)

    def _grounds(self, read: Question, hits: Sequence[Hit]) -> float:
        """Return how well the best card grounds an answer: how sure the subject is, and how well it fits."""
        return min(1.0, hits[0].score) * sureness(self._signs(read, hits), read) if hits else 0.0

    def _holds_the_subject(self, read: Question, hits: Sequence[Hit]) -> bool:
        return sureness(self._signs(read, hits), read) >= LEAST_SURE

    def _signs(self, read: Question, hits: Sequence[Hit]) -> Signs:
        grasp = self._weigher.grasp
        unknown, strange = grasp.strangeness(
            read, self._weigher.said_already(read), of_the_trade=of_the_trade(read)
        )
        held = max(h.held for h in hits[:3])
        return Signs(min(1.0, hits[0].score), held, unknown, strange, grasp.is_short(read))

"""Search over cards: how well each fits a question, from 0 to about 1.

Every card is a handful of short ways of asking, plus its answer. A question fits a card as well as it
fits the best of these ways (both ways round, by rarity of the words), helped by how much of the
question the whole card covers. Words count without their marks; where the person typed marks, a word
whose marks differ counts less.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import log

from knowledge.corpus import Card, Corpus
from knowledge.features import Features
from knowledge.question import Question
from knowledge.vietnamese import Reader, Word

WRONG_MARKS = 0.7
"""What a word is worth whose marks differ from the card's."""
ANSWER_WEIGHT = 0.55
TOPIC_WEIGHT = 0.8
ASK_SHARE, COVER_SHARE = 0.6, 0.4
BM25_SHARE = 0.5
"""How much of a score is BM25, brought to the scale of the best score: BM25 alone has no scale to refuse by.

Chosen on wordings held out of the cards (docs/search.md).
"""
BM25_K, BM25_B = 1.2, 0.75
UNKNOWN_WEIGHT = 2.2
"""What a word weighs that no card holds; a word of one card in a hundred weighs about 4.6."""
LOOKED_AT = 60
"""How many cards are weighed closely, after the first count."""
MOST_READ = 20_000
"""Entries of the index read in full for one question; beyond, the rarest words choose the candidates.

The cards that ship have fewer entries altogether, so for them the count is always whole.
"""
CANDIDATES = 500
"""How many wordings stay in the running where that limit is reached."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A card with its score.

    `covered` is the share of the question, synonyms and pairs included, that the card holds; `held` the
    share of the bare words asked, set where it has been looked at.
    """

    card: Card
    score: float
    covered: float
    held: float = 0.0


_Phrase = tuple[str, float, float]
"""One way of asking: its card, or topic; what its words weigh together; and twice what it is worth."""
_TOPICS = "topic "
"""Under which the wordings of topics are kept, beside the scopes of cards, and before their ids."""
_NOBODY: Mapping[str, float] = {}


class Index:
    """All cards of a corpus, ready to be searched."""

    def __init__(self, corpus: Corpus, reader: Reader, features: Features) -> None:
        self.features = features
        self._cards = corpus.cards
        self._topics = {card.id: _TOPICS + card.topic for card in corpus.cards.values()}
        self._phrases: list[_Phrase] = []
        self._features_of: list[tuple[str, ...]] = []
        self._in_phrases: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._in_cards: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        self._often: dict[str, dict[str, float]] = {}
        self._marked: dict[str, set[str]] = {}
        self._rarity: dict[str, float] = {}
        self._build(corpus, reader)

    def _build(self, corpus: Corpus, reader: Reader) -> None:
        of = self.features.of
        topic_asks = {
            topic.id: [features for ask in (*topic.asks, topic.label) if (features := of(reader.read(ask)))]
            for topic in corpus.topics.values()
        }
        phrases = [
            (_TOPICS, _TOPICS + topic, found, TOPIC_WEIGHT)
            for topic, asks in topic_asks.items()
            for found in asks
        ]
        for card in corpus.cards.values():
            told = [reader.read(text) for text in (card.answer, card.short)]
            asked = [reader.read(text) for text in (*card.asks, card.title)]
            self._marked[card.id] = {w.marked for words in (*told, *asked) for w in words}
            wordings = [of(words) for words in asked]
            phrases += [(card.scope, card.id, found, 1.0) for found in wordings]
            self._note(
                card,
                [
                    *((of(words), ANSWER_WEIGHT) for words in told),
                    *((found, 1.0) for found in wordings),
                    *((found, TOPIC_WEIGHT) for found in topic_asks[card.topic]),
                ],
            )
        holders = Counter[str]()
        for held in self._in_cards.values():
            holders.update({feature: len(cards) for feature, cards in held.items()})
        total = len(corpus.cards)
        self._rarity = {f: log(1 + total / count) for f, count in holders.items()}
        self._weigh_often()
        for scope, owner, found, worth in phrases:
            self._add_phrase(scope, owner, found, worth)

    def _note(self, card: Card, texts: Sequence[tuple[Mapping[str, float], float]]) -> None:
        """Note what a card holds: each feature with the weight of the best text, and with that of all."""
        best: dict[str, float] = {}
        often: dict[str, float] = {}
        for features, weight in texts:
            for feature in features:
                if feature not in often:
                    often[feature] = best[feature] = weight
                    continue
                often[feature] += weight
                if best[feature] < weight:
                    best[feature] = weight
        self._often[card.id] = often
        held = self._in_cards[card.scope]
        for feature, weight in best.items():
            held[feature][card.id] = weight

    def _weigh_often(self) -> None:
        """Turn how often a card holds a feature into what BM25 makes of it."""
        lengths = {card_id: sum(often.values()) for card_id, often in self._often.items()}
        usual = sum(lengths.values()) / max(1, len(lengths))
        for card_id, often in self._often.items():
            flat = BM25_K * (1 - BM25_B + BM25_B * lengths[card_id] / usual)
            for feature, times in often.items():
                often[feature] = times * (BM25_K + 1) / (times + flat)

    def _add_phrase(self, scope: str, owner: str, found: Mapping[str, float], worth: float) -> None:
        rarity = self._rarity
        if scope == _TOPICS and any(f not in rarity for f in found):  # a topic without cards
            return
        number = len(self._phrases)
        mass = sum([rarity[f] * weight for f, weight in found.items()])
        self._phrases.append((owner, mass, 2 * worth))
        self._features_of.append(tuple(found))
        numbers = self._in_phrases[scope]
        for feature in found:
            numbers[feature].append(number)

    def holds(self, card_id: str, feature: str) -> bool:
        """Tell whether a card holds a feature."""
        return card_id in self._in_cards[self._cards[card_id].scope].get(feature, _NOBODY)

    def says(self, card_id: str, marked: str) -> bool:
        """Tell whether a card has a word with these very marks."""
        return marked in self._marked[card_id]

    def rarity(self, feature: str) -> float | None:
        """Return what a feature weighs; None where no card holds it."""
        return self._rarity.get(feature)

    def search(
        self,
        question: Question,
        scopes: Sequence[str],
        ignore: Iterable[str] = (),
        beside: Sequence[Word] = (),
    ) -> list[Hit]:
        """Return the cards of the given scopes that share anything with the question, best first.

        `ignore` names words that have done their work already, such as the name of a province;
        `beside` are words that are known without being typed, such as the asker's office.
        """
        wanted = self._wanted(question, frozenset(ignore))
        for feature, weight in self.features.of(beside).items():
            if feature in self._rarity:
                wanted.setdefault(feature, 0.5 * weight * self._rarity[feature])
        if not wanted:
            return []
        mass = sum(wanted.values())
        asked, covered = self._shares(wanted, mass, scopes)
        cards, topics, fit = self._cards, self._topics, asked.get
        marks = {w.bare: w.marked for w in question.words if w.marked != w.bare} if question.marks else {}
        counted = []
        for card_id, cover in covered.items():
            ask = max(fit(card_id, 0.0), fit(topics[card_id], 0.0))
            counted.append((-(ASK_SHARE * ask + COVER_SHARE * cover / mass), card_id, cover / mass))
        counted.sort()
        ranked = self._by_bm25(counted[: 2 * LOOKED_AT], wanted)
        hits = [
            Hit(cards[card_id], -score * self._marks_fit(card_id, marks, wanted), share)
            for score, card_id, share in ranked[:LOOKED_AT]
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.card.id))
        return hits

    def _by_bm25(
        self, counted: Sequence[tuple[float, str, float]], wanted: Mapping[str, float]
    ) -> list[tuple[float, str, float]]:
        """Blend the scores with those of BM25, on the scale of the best score."""
        places = []
        known = [(feature, weight) for feature, weight in wanted.items() if feature in self._rarity]
        for _, card_id, _ in counted:
            often = self._often[card_id]
            places.append(sum([weight * often[feature] for feature, weight in known if feature in often]))
        most, best = max(places, default=0.0) or 1.0, min((score for score, _, _ in counted), default=0.0)
        return sorted(
            ((1 - BM25_SHARE) * score + BM25_SHARE * best * place / most, card_id, share)
            for (score, card_id, share), place in zip(counted, places, strict=True)
        )

    def _wanted(self, question: Question, ignore: frozenset[str]) -> dict[str, float]:
        found = self.features.of(question.words, question.weights())
        wanted = {}
        for feature, weight in found.items():
            if feature in ignore:
                continue
            rarity = self._rarity.get(feature)
            if rarity is None:
                # A pair nobody wrote says nothing; a word nobody wrote says that the cards lack it.
                if " " in feature or feature.startswith("#"):
                    continue
                rarity = UNKNOWN_WEIGHT if weight == 1.0 else 0.2 * UNKNOWN_WEIGHT
            wanted[feature] = rarity * weight
        return wanted

    def _shares(
        self, wanted: Mapping[str, float], mass: float, scopes: Sequence[str]
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Return how well each card, or topic, is asked for, and how much of the question each card holds."""
        lists = [
            (weight, numbers)
            for scope in (_TOPICS, *scopes)
            for feature, weight in wanted.items()
            if (numbers := self._in_phrases[scope].get(feature))
        ]
        holders = [
            (weight, cards)
            for scope in scopes
            for feature, weight in wanted.items()
            if (cards := self._in_cards[scope].get(feature))
        ]
        if sum(len(numbers) for _, numbers in lists) + sum(len(cards) for _, cards in holders) > MOST_READ:
            return self._likeliest(lists, holders, wanted, mass)
        shared: dict[int, float] = defaultdict(float)
        for weight, numbers in lists:
            for number in numbers:
                shared[number] += weight
        covered: dict[str, float] = defaultdict(float)
        for weight, cards in holders:
            for card_id, share in cards.items():
                covered[card_id] += weight * share
        return self._best_phrases(shared, mass), covered

    def _likeliest(
        self,
        lists: Sequence[tuple[float, list[int]]],
        holders: Sequence[tuple[float, Mapping[str, float]]],
        wanted: Mapping[str, float],
        mass: float,
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Do the same for a big corpus: rare words choose the candidates, then all words count."""
        left = MOST_READ // 2
        counts: dict[int, float] = defaultdict(float)
        for weight, numbers in sorted(lists, key=lambda row: len(row[1])):
            for number in numbers[:left]:
                counts[number] += weight
            left -= len(numbers)
            if left <= 0:
                break
        shared = {
            number: sum(wanted.get(f, 0.0) for f in self._features_of[number])
            for number in nlargest(CANDIDATES, counts, key=counts.__getitem__)
        }
        owners = {self._phrases[number][0] for number in shared}
        covered = {
            owner: cover
            for owner in owners
            if (cover := sum(weight * cards.get(owner, 0.0) for weight, cards in holders))
        }
        return self._best_phrases(shared, mass), covered

    def _best_phrases(self, shared: Mapping[int, float], mass: float) -> dict[str, float]:
        best: dict[str, float] = {}
        phrases, known = self._phrases, best.get
        for number, common in shared.items():
            owner, own, twice = phrases[number]
            # A long story holds the question once: what it says beside counts a quarter.
            told = mass if mass <= 1.5 * own else 1.5 * own + 0.25 * (mass - 1.5 * own)
            score = twice * common / (told + own)
            if score > known(owner, 0.0):
                best[owner] = score
        return best

    def _marks_fit(self, card_id: str, marks: Mapping[str, str], wanted: Mapping[str, float]) -> float:
        if not marks:
            return 1.0
        held = self._marked[card_id]
        mass = lost = 0.0
        for bare, marked in marks.items():
            weight = wanted.get(bare, 0.0)
            mass += weight
            if weight and marked not in held and self.holds(card_id, bare):
                lost += weight * (1 - WRONG_MARKS)
        return 1 - lost / mass if mass else 1.0

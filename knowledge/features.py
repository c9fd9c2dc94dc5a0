"""What of a text is compared: its words, their neighbours, and the concepts that synonyms share."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from knowledge.lexicon import Lexicon
from knowledge.vietnamese import Word

PAIR_WEIGHT = 0.6
"""What two neighbouring words are worth, beside each of them alone."""


class Features:
    """Turns words into what is compared: syllables, neighbours, and concepts for synonyms."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._stop = lexicon.stop_words
        self._light = lexicon.light_words - lexicon.stop_words
        self._synonyms: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for concept, phrase in lexicon.synonyms:
            self._synonyms[phrase[0]].append((phrase, "#" + concept))

    def of(self, words: Sequence[Word], weights: Sequence[float] | None = None) -> dict[str, float]:
        """Return the features of a text with their weights (1 where none are given)."""
        bares = [w.bare for w in words]
        if weights is None:
            return self._unweighed(bares)
        found: dict[str, float] = {}
        for bare, weight in zip(bares, weights, strict=True):
            if bare not in self._stop:
                found[bare] = max(found.get(bare, 0.0), weight)
        stop = self._stop
        for (first, second), weight in zip(pairwise(bares), weights[1:], strict=False):
            if first not in stop or second not in stop:
                pair = f"{first} {second}"
                found[pair] = max(found.get(pair, 0.0), PAIR_WEIGHT * weight)
        for place, concept, _ in self._concepts_at(bares):
            found[concept] = max(found.get(concept, 0.0), weights[place])
        return found

    def _unweighed(self, bares: Sequence[str]) -> dict[str, float]:
        stop = self._stop
        found = dict.fromkeys([bare for bare in bares if bare not in stop], 1.0)
        for first, second in pairwise(bares):
            if first not in stop or second not in stop:
                found[f"{first} {second}"] = PAIR_WEIGHT
        for _, concept, _ in self._concepts_at(bares):
            found[concept] = 1.0
        return found

    def is_stop(self, bare: str) -> bool:
        """Tell whether a word carries no question."""
        return bare in self._stop

    def is_light(self, bare: str) -> bool:
        """Tell whether a word names no subject, and so may stand beside any."""
        return bare in self._light

    def concepts(self, words: Sequence[Word]) -> list[tuple[str, tuple[str, ...]]]:
        """Return the concepts of a text with the words that express them."""
        return [(concept, phrase) for _, concept, phrase in self._concepts_at([w.bare for w in words])]

    def _concepts_at(self, bares: Sequence[str]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        behind = 0  # the last phrase found
        for place, bare in enumerate(bares):
            if place < behind or bare not in self._synonyms:
                continue
            for phrase, concept in self._synonyms[bare]:
                if tuple(bares[place : place + len(phrase)]) == phrase:
                    yield place, concept, phrase
                    behind = place + len(phrase)
                    break

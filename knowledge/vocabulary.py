"""The words that cards and units use, and what a word nobody uses may have been meant to be."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import log

from isobot.domain.text import nfc
from knowledge.spelling import SYLLABLES, fold, one_spelling

WORD = re.compile(r"\d+(?:[.,]\d{3})+(?!\d)|\d+(?:[/:-]\d+)*(?:/[^\W\d_][\w&-]*)?|[^\W_]+(?:['’][^\W_]+)*")
"""A syllable, a number with its groups, or the number of a document."""
_WORD_OR_END = re.compile(rf"{WORD.pattern}|\n")


class Vocabulary:
    """The syllables and neighbours that cards and units use, counted."""

    def __init__(self, texts: Iterable[str], names: Iterable[str] = ()) -> None:
        """Count texts; the words of `names` are known even where no rule of spelling allows them."""
        self.marked: Counter[str] = Counter()
        self.bare: Counter[str] = Counter()
        self.pairs: Counter[str] = Counter()
        self._spelt: dict[str, list[str]] = {}
        """Each bare word with its marked spellings."""
        self._count(texts)
        self._names = frozenset(fold(w) for name in names for w in WORD.findall(_without_apostrophes(name)))
        self._joined = {pair.replace(" ", ""): pair for pair in self.pairs}
        self._letters = frozenset("".join(self.bare))
        self._longest = max(map(len, (*self.bare, *self._joined)), default=0)

    def _count(self, texts: Iterable[str]) -> None:
        # All texts in one go, a line each, so that the counting is done for words and not for texts.
        lines = _without_apostrophes("\n".join([text.replace("\n", " ") for text in texts]))
        tokens = _WORD_OR_END.findall(lines)
        spelt = {token: "\n" if token == "\n" else one_spelling(token) for token in set(tokens)}
        marked = [spelt[token] for token in tokens]
        self.marked.update(marked)
        del self.marked["\n"]
        bares = {token: fold(token) for token in self.marked}
        for token, times in self.marked.items():
            self.bare[bares[token]] += times
            if not token.isascii():
                self._spelt.setdefault(bares[token], []).append(token)
        pairs = Counter(pairwise([bares.get(token) for token in marked]))
        self.pairs.update({f"{a} {b}": times for (a, b), times in pairs.items() if a and b})

    def nearest(self, bare: str, previous: str, following: str, marked: str = "") -> str | None:
        """Return the word, or two words run together, that is one slip away, if there is one.

        A slip loses a letter sooner than a mark: "thắg" is "thắng" and no "thay".
        """
        kept = frozenset(c for c in marked if not c.isascii())
        slips = self._one_slip_away(bare) if len(bare) <= self._longest + 1 else ()
        near = [n for n in slips if (n in self.bare or n in self._joined) and len(n) > 2 and not n.isdigit()]
        if not near:
            return None
        # A letter left out is the commonest slip, so of equals the longer word is meant.
        best = max(
            near,
            key=lambda n: (
                not kept or any(kept <= set(spelt) for spelt in self._spelt.get(n, ())),
                min(self.pairs[f"{previous} {n}"], 3) + 4 * min(self.pairs[f"{n} {following}"], 3),
                len(n),
                self._frequency(n),
                n,
            ),
        )
        return self._joined.get(best, best) if best not in self.bare else best

    def _one_slip_away(self, bare: str) -> set[str]:
        """Return all that one slip may have been: a key too many, too few, a wrong one, two turned round.

        The first letter is seldom missed, so it is only ever one too many.
        """
        ends = [(bare[:at], bare[at:]) for at in range(len(bare) + 1)]
        fewer = {head + tail[1:] for head, tail in ends if tail}
        turned = {head + tail[1] + tail[0] + tail[2:] for head, tail in ends[1:] if len(tail) > 1}
        others = {head + key + tail[1:] for head, tail in ends[1:] if tail for key in self._letters}
        more = {head + key + tail for head, tail in ends[1:] for key in self._letters}
        return (fewer | turned | others | more) - {bare}

    def knows(self, bare: str) -> bool:
        """Tell whether a word is used; a slip of one card, or a run of syllables, is no word."""
        if bare in SYLLABLES or len(bare) < 5 or bare in self._names:
            return bare in self.bare
        return self.bare[bare] > 2 and bare not in self._joined

    def follows(self, previous: str, word: str, following: str) -> bool:
        """Tell whether a word stands beside one of these neighbours anywhere."""
        return self.pairs[f"{previous} {word}"] > 1 or self.pairs[f"{word} {following}"] > 1

    def _frequency(self, entry: str) -> int:
        return self.bare[entry] or self.pairs[self._joined.get(entry, "")]

    def split(self, bare: str) -> list[str] | None:
        """Cut a run of syllables into known ones; None when it cannot be cut."""
        best: list[tuple[float, list[str]] | None] = [(0.0, [])] + [None] * len(bare)
        for end in range(1, len(bare) + 1):
            for start in range(max(0, end - 7), end):
                before, piece = best[start], bare[start:end]
                if before is None or piece not in self.bare or (len(piece) == 1 and piece not in "oy"):
                    continue
                cost = before[0] + (10 if len(piece) > 2 else 14) - log(1 + self.bare[piece])
                if before[1]:
                    cost -= 2 * log(1 + self.pairs[f"{before[1][-1]} {piece}"])
                known = best[end]
                if known is None or cost < known[0]:
                    best[end] = (cost, [*before[1], piece])
        found = best[len(bare)]
        return found[1] if found and len(found[1]) > 1 else None


def _without_apostrophes(text: str) -> str:
    return nfc(text).casefold().replace("'", "").replace("’", "")


def plain_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of texts, with and without their marks."""
    words = {one_spelling(m) for m in set(WORD.findall(nfc("\n".join(texts)).casefold()))}
    return frozenset(words | {fold(w) for w in words})

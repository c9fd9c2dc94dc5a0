"""Vietnamese as typed on a phone, turned into words that can be looked up.

Keyboards compose letters in two ways and place tones in two places; officers leave out marks, use
short forms, run words together, slip on Telex or VNI keys, and paste text in the old TCVN3 encoding.
`Reader.read` undoes all that as far as the vocabulary of the cards and units allows, and marks what
it had to guess.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from knowledge.clauses import clauses
from knowledge.keystrokes import decode_telex, decode_vni
from knowledge.lexicon import Lexicon, ShortForm
from knowledge.spelling import SYLLABLES, fold, one_spelling
from knowledge.spoken import in_figures, without_fillers
from knowledge.tcvn3 import unicode_text
from knowledge.vocabulary import WORD, Vocabulary

_CHUNK_EDGES = '"“”()[]{}<>,;:!?…'
MOST_REMEMBERED = 20_000
"""Words kept with their reading, so that the same word is not worked out twice."""
_TWICE = re.compile(r"([a-z])\1")
_SLASHED = re.compile(r"[^\W\d_]{1,2}/[^\W\d_]{1,2}")
"""A short form with a stroke between its letters: "k/h", "b/c"."""
_GLUED = re.compile(r"^([^\W\d_]+?)(\d+(?:/.*)?)$")


@dataclass(frozen=True, slots=True)
class Word:
    """One syllable, number or name of a question.

    `bare` is without marks; `marked` keeps them in one spelling. `guessed` words were not typed so.
    """

    marked: str
    bare: str
    sentence: int = 0
    guessed: bool = False
    capital: bool = False


class Reader:
    """Turns typed text into words, with the lexicon's short forms and the corpus's vocabulary."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._known: dict[tuple[str, str, str], tuple[tuple[str, str], ...]] = {}
        self._chunks: dict[str, tuple[str, ...]] = {}
        self._plain: dict[tuple[str, int], Word] = {}
        self._texts: dict[str, tuple[Word, ...]] | None = None

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Keep what is read meanwhile, because the parts that prepare cards read the same texts."""
        self._texts = {}
        try:
            yield
        finally:
            self._texts = None

    def read(self, text: str) -> tuple[Word, ...]:
        """Return the words of a text; sentences are counted from 0."""
        if self._texts is None:
            return self._read(text)
        known = self._texts.get(text)
        if known is None:
            known = self._texts[text] = self._read(text)
        return known

    def _read(self, text: str) -> tuple[Word, ...]:
        words: list[Word] = []
        plain, chunks = self._plain, self._chunks
        for number, sentence in enumerate(clauses(unicode_text(text))):
            tokens: list[str] = []
            for chunk in sentence.split():
                tokens += chunks.get(chunk) or self._chunk(chunk)
            tokens = in_figures(without_fillers(tokens, self._lexicon.fillers))
            for place, token in enumerate(tokens):
                known = plain.get((token, number))
                if known is not None:
                    words.append(known)
                    continue
                previous = words[-1].bare if words else ""
                following = fold(tokens[place + 1]) if place + 1 < len(tokens) else ""
                words.extend(self._words(token, previous, following, number))
        return tuple(words)

    def _chunk(self, chunk: str) -> tuple[str, ...]:
        """Cut what stands between two spaces into words, numbers and short forms; remembered."""
        tokens = self._chunks.get(chunk)
        if tokens is None:
            tokens = self._chunks[chunk] = tuple(self._tokens(chunk.strip(_CHUNK_EDGES)))
            _keep_small(self._chunks)
        return tokens

    def _tokens(self, bare: str) -> list[str]:
        for whole in (bare, bare.rstrip(".")):
            if self._short_forms(whole.casefold()):
                return [whole]
        if _SLASHED.fullmatch(bare) and self._short_forms(bare.replace("/", "").casefold()):
            return [bare.replace("/", "")]
        tokens: list[str] = []
        glued = _GLUED.match(bare)
        if glued and (glued[1].casefold() in "đdk" or self._short_forms(glued[1].casefold())):
            tokens.append(glued[1])
            bare = glued[2]
        return tokens + [match.group() for match in WORD.finditer(bare)]

    def _short_forms(self, token: str) -> tuple[ShortForm, ...]:
        if token in self._lexicon.short_forms:
            return self._lexicon.short_forms[token]
        return self._lexicon.folded_short_forms.get(token, ()) if token.isascii() else ()

    def _words(self, token: str, previous: str, following: str, sentence: int) -> list[Word]:
        low = token.casefold().replace("'", "").replace("’", "")
        if low in ("đ", "d") and following[:1].isdigit():
            return [Word("điều", "dieu", sentence)]
        if low == "k" and following[:1].isdigit():
            return [Word("khoản", "khoan", sentence)]
        forms = self._short_forms(token.casefold())
        for form in forms:
            if form.fits(previous, following):
                return [Word(w, fold(w), sentence) for w in form.full.split()]
        plain = self._vocabulary.knows(fold(low))
        key = (low, "" if plain else previous, "" if plain else following)
        if key not in self._known:
            self._known[key] = tuple(self._resolve(low, previous, following))
            _keep_small(self._known)
        if len(self._known[key]) > 1 and not plain:
            glued = [w for m, _ in self._known[key] for w in self._written_out(m, sentence)]
            if len(glued) > len(self._known[key]):
                return glued
        typed = one_spelling(low)
        words = [
            Word(m, b, sentence, guessed=m != typed and fold(m) != fold(typed), capital=token[:1].isupper())
            for m, b in self._known[key]
        ]
        if plain and not forms:
            self._plain[token, sentence] = words[0]
            _keep_small(self._plain)
        return words

    def _written_out(self, piece: str, sentence: int) -> list[Word]:
        """Write out a short form that was run together with another word: "ubndhuyện"."""
        full = next((f.full for f in self._short_forms(piece) if f.fits("", "")), piece)
        return [Word(w, fold(w), sentence, guessed=True) for w in full.split()]

    def _resolve(self, low: str, previous: str, following: str) -> list[tuple[str, str]]:
        """Find what a token means: itself, a keyboard slip, syllables run together, or one letter off."""
        marked, bare = one_spelling(low), fold(low)
        vocabulary = self._vocabulary
        if vocabulary.knows(bare) or not bare.isalnum() or bare[:1].isdigit():
            return [(marked, bare)]
        for decoded in (self._telex(low), self._vni(low)):
            if decoded:
                return [(decoded, fold(decoded))]
        if bare in SYLLABLES or len(bare) < 3:
            return [(marked, bare)]
        once = _TWICE.sub(r"\1", bare)
        if once != bare and vocabulary.knows(once):
            return [(once, once)]
        near = vocabulary.nearest(bare, previous, following, marked)
        short_slip = near and len(bare) <= 5 and vocabulary.follows(previous, near, following)
        pieces = None if short_slip else vocabulary.split(bare)
        if once != bare and (others := vocabulary.split(once)) and len(others) < len(pieces or bare):
            return [(piece, piece) for piece in others]
        if pieces:
            return self._cut(marked, pieces)
        if near:
            return [(piece, piece) for piece in near.split()]
        return [(marked, bare)]

    def _cut(self, marked: str, pieces: list[str]) -> list[tuple[str, str]]:
        out, at = [], 0
        for piece in pieces:
            out.append((one_spelling(marked[at : at + len(piece)]), piece))
            at += len(piece)
        return out

    def _telex(self, low: str) -> str:
        return self._checked(decode_telex(low), low)

    def _vni(self, token: str) -> str:
        low = token.casefold()
        return self._checked(decode_vni(low), low) if re.search(r"[a-zà-ỹ]\d", low) else ""

    def _checked(self, decoded: str, low: str) -> str:
        decoded = one_spelling(decoded)
        return decoded if decoded != low and decoded in self._vocabulary.marked else ""


def _keep_small(remembered: dict[Any, Any]) -> None:
    """Forget everything before strangers' words fill the memory."""
    if len(remembered) > MOST_REMEMBERED:
        remembered.clear()

"""Vietnamese as typed on a phone, turned into words that can be looked up.

Keyboards compose letters in two ways and place tones in two places; officers leave out marks, use
short forms, run words together, slip on Telex or VNI keys, and paste text in the old TCVN3 encoding.
`Reader.read` undoes all that as far as the vocabulary of the cards and units allows, and marks what
it had to guess.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import Any

from isobot.domain.text import fold as fold_text
from isobot.domain.text import nfc
from knowledge.lexicon import Lexicon, ShortForm
from knowledge.spoken import in_figures, without_fillers

_TOKEN = re.compile(r"\d+(?:[.,]\d{3})+(?!\d)|\d+(?:[/:-]\d+)*(?:/[^\W\d_][\w&-]*)?|[^\W_]+(?:['’][^\W_]+)*")
_TOKEN_OR_END = re.compile(rf"{_TOKEN.pattern}|\n")
_CHUNK_EDGES = '"“”()[]{}<>,;:!?…'
_CAPITAL_INSIDE = re.compile(r"[a-z][ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ]")
_SENTENCE = re.compile(r"(?<=[.?!;])(?<!\b[a-zđ]\.)(?<!\b(?:tt|tp|tx|ub|vp|bc|kt)\.)\s+|\n+", re.IGNORECASE)
"""The end of a sentence; "h. Sa Thầy" and "tt. Mường Lát" end none."""
_MAY_END = re.compile(r"[.?!;]\s|\n")
"""Without one of these there is but one sentence, which is quicker to see than to cut."""
MOST_REMEMBERED = 20_000
"""Words kept with their reading, so that the same word is not worked out twice."""
_LONG_SENTENCE, _LONG_CLAUSE = 22, 5
_TWICE = re.compile(r"([a-z])\1")
_SLASHED = re.compile(r"[^\W\d_]{1,2}/[^\W\d_]{1,2}")
"""A short form with a stroke between its letters: "k/h", "b/c"."""
_GLUED = re.compile(r"^([^\W\d_]+?)(\d+(?:/.*)?)$")

_INITIALS = "b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay e ec em en eng enh ech eo ep et eu i ia ich iec iem ien ieng "
    "iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi "
    "om on ong op ot u ua uan uang uanh uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot "
    "uou up ut uu uy uya uych uyen uyet uynh uyt uyu y yem yen yet yeu"
)
SYLLABLES = frozenset(i + r for i in ["", *_INITIALS.split()] for r in _RIMES.split())
"""Every syllable the spelling rules allow, without marks."""

_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_TONE_MARKS = frozenset(_TONES.values())
_OPEN_PAIRS = {"oa", "oe", "uy"}

_TCVN3 = dict(
    zip(
        "µ¸¶·¹»¾¼½ÆÇÊÈÉËÌÐÎÏÑÒÕÓÔÖ×ÝØÜÞßãáâäåèæçéêíëìîïóñòôõøö÷ùúýûüþ¨©ª«¬\xad®¡¢§£¤¥¦",
        "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵăâêôơưđĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_TCVN3_ONLY = frozenset(_TCVN3) - frozenset("àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ")


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Fold one word; remembered, because the same words come again and again."""
    return fold_text(word)


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
        self._names = frozenset(fold(w) for name in names for w in _TOKEN.findall(_without_apostrophes(name)))
        self._joined = {pair.replace(" ", ""): pair for pair in self.pairs}
        self._letters = frozenset("".join(self.bare))
        self._longest = max(map(len, (*self.bare, *self._joined)), default=0)

    def _count(self, texts: Iterable[str]) -> None:
        # All texts in one go, a line each, so that the counting is done for words and not for texts.
        lines = _without_apostrophes("\n".join([text.replace("\n", " ") for text in texts]))
        tokens = _TOKEN_OR_END.findall(lines)
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
        return tokens + [match.group() for match in _TOKEN.finditer(bare)]

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


def _without_apostrophes(text: str) -> str:
    return nfc(text).casefold().replace("'", "").replace("’", "")


def plain_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of texts, with and without their marks."""
    words = {one_spelling(m) for m in set(_TOKEN.findall(nfc("\n".join(texts)).casefold()))}
    return frozenset(words | {fold(w) for w in words})


def _keep_small(remembered: dict[Any, Any]) -> None:
    """Forget everything before strangers' words fill the memory."""
    if len(remembered) > MOST_REMEMBERED:
        remembered.clear()


def clauses(text: str) -> list[str]:
    """Cut a text into sentences, and long sentences at the commas between long parts."""
    return [part for sentence in sentences(text) for part in sentence]


def sentences(text: str) -> list[list[str]]:
    """Return the clauses of each sentence."""
    if _MAY_END.search(text) is None:
        return [_parts(text)] if text.strip() else []
    return [_parts(s) for s in _SENTENCE.split(text) if s.strip()]


def _parts(sentence: str) -> list[str]:
    if ", " not in sentence or len(sentence.split()) < _LONG_SENTENCE:
        return [sentence]
    parts: list[str] = []
    pieces = sentence.split(", ")
    current = pieces[0]
    for piece in pieces[1:]:
        if len(current.split()) >= _LONG_CLAUSE and len(piece.split()) >= _LONG_CLAUSE:
            parts.append(current)
            current = piece
        else:
            current = f"{current}, {piece}"
    return [*parts, current]


def unicode_text(text: str) -> str:
    """Bring text to NFC, decoding the words that are in TCVN3."""
    if not _TCVN3_ONLY.isdisjoint(text) and sum(c in _TCVN3_ONLY for c in text) >= 2:
        words = text.split(" ")
        old = [_looks_tcvn3(w) for w in words]
        near = [any(old[max(0, i - 1) : i + 2]) for i in range(len(words))]
        text = " ".join(_from_tcvn3(w) if n else w for w, n in zip(words, near, strict=True))
    return nfc(text).replace("\u200b", "").replace("\ufeff", "")


def _looks_tcvn3(word: str) -> bool:
    if any("\u0100" <= c <= "\u1eff" for c in word):
        return False
    return any(c in _TCVN3_ONLY for c in word) or _CAPITAL_INSIDE.search(word) is not None


def _from_tcvn3(word: str) -> str:
    if any("\u0100" <= c <= "\u1eff" for c in word):
        return word
    return "".join(_TCVN3.get(c, c) for c in word)


@lru_cache(maxsize=50_000)
def one_spelling(word: str) -> str:
    """Write a syllable with its tone where the old rule puts it: "hoà" and "hòa" become "hòa"."""
    word = _after_gi(nfc(word).casefold())
    if len(word) < 2 or word.startswith("qu"):
        return word
    last = unicodedata.normalize("NFD", word[-1])
    tone = "".join(c for c in last if c in _TONE_MARKS)
    if not tone:
        return word
    plain = "".join(c for c in last if c not in _TONE_MARKS)
    if word[-2] + plain not in _OPEN_PAIRS:
        return word
    return nfc(word[:-2] + word[-2] + tone + plain)


def _after_gi(word: str) -> str:
    """Move a tone off the "i" of "gi": "gía" is "giá"."""
    if (
        len(word) < 3
        or word[0] != "g"
        or fold_text(word[1]) != "i"
        or fold_text(word[2]) not in tuple("aeou")
    ):
        return word
    plain, tone = _without_tone(word)
    return _with_tone(plain, tone) if tone and word[1] != "i" else word


def decode_telex(low: str) -> str:
    """Return what the keys would give with Telex on: "nooij" is "nội", "mươngf" is "mường"."""
    low, typed = _without_tone(low)
    body, tone = low, typed
    for place in range(len(low) - 1, 0, -1):
        if low[place] in _TONES and place > 0:
            body, tone = low[:place] + low[place + 1 :], _TONES[low[place]]
            break
    for keys, letter in (
        ("uow", "ươ"), ("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"),
        ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"),
    ):  # fmt: skip
        body = body.replace(keys, letter)
    if "w" in body:
        body = re.sub(r"uo(\w*?)w", r"ươ\1", body)
        body = re.sub(r"([aou])(\w*?)w", lambda m: {"a": "ă", "o": "ơ", "u": "ư"}[m[1]] + m[2], body)
    body = body.replace("uơ", "ươ") if re.search(r"uơ\w", body) else body
    return _with_tone(body, tone)


def decode_vni(low: str) -> str:
    """Return what the keys would give with VNI on: "bao1" is "báo", "d9iện" is "điện"."""
    low, typed = _without_tone(low)
    tone = "".join(_VNI_TONES.get(c, "") for c in low)[-1:] or typed
    body = re.sub(r"[1-5]", "", low)
    for key, pairs in (("6", "aâeêoô"), ("7", "oơuư"), ("8", "aă"), ("9", "dđ")):
        while key in body:
            at = body.index(key)
            head = body[:at]
            for plain, letter in zip(pairs[::2], pairs[1::2], strict=True):
                found = head.rfind(plain)
                if found >= 0:
                    head = head[:found] + letter + head[found + 1 :]
                    break
            body = head + body[at + 1 :]
    body = body.replace("uơ", "ươ") if re.search(r"uơ\w", body) else body
    return _with_tone(body, tone)


def _without_tone(word: str) -> tuple[str, str]:
    """Take the tone that is already there off a word, so that the other keys can be read."""
    letters = unicodedata.normalize("NFD", word)
    tone = "".join(c for c in letters if c in _TONE_MARKS)[:1]
    return nfc("".join(c for c in letters if c not in _TONE_MARKS)), tone


def _with_tone(body: str, tone: str) -> str:
    if not tone:
        return body
    vowels = [i for i, c in enumerate(body) if fold(c) in "aeiouy"]
    if body.startswith(("qu", "gi")) and len(vowels) > 1:
        vowels = vowels[1:]
    if not vowels:
        return body
    shaped = [i for i in vowels if body[i] in "ăâêôơư"]
    if shaped:
        at = shaped[-1]
    elif len(vowels) == 1 or (vowels[-1] == len(body) - 1 and len(vowels) == 2):
        at = vowels[0]
    else:
        at = vowels[1]
    return nfc(body[: at + 1] + tone + body[at + 1 :])

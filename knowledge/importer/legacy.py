"""Decodes text of the old Vietnamese encodings that sits inside Unicode text: TCVN3 (ABC) and VNI.

Such text comes from fonts that drew Vietnamese letters in the places of Western ones, so a Unicode
file holds "®óng" for "đúng" (TCVN3) or "ñuùng" (VNI). Only runs of it are decoded. A word is proof of
an old encoding when it cannot be Vietnamese as it stands and is Vietnamese once decoded; a word that is
Vietnamese both ways ("tù": tự) goes with its neighbours; everything else stays as it is.

TCVN3 wrote a toneless "ư" as byte 0xAD, which Unicode calls a soft hyphen and many programs drop. It is put
back where no other reading exists ("lợng" can only be "lượng"); where another does ("thời"), it is not, and a
word that is common with it ("ngời": người) is reported.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.importer.model import Change, Doubt, Line, Remarks
from knowledge.importer.syllables import is_syllable, split_tones

_TCVN3_CODES = "µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ¡¢£¤¥¦§¨©ª«¬\u00ad®"
_TCVN3_LETTERS = "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵĂÂÊÔƠƯĐăâêôơưđ"
TCVN3 = dict(zip(_TCVN3_CODES, _TCVN3_LETTERS, strict=True)) | {"∙": "ã"}
"""Code, as Latin-1 shows it, to letter; U+2219 is what some converters make of 0xB7."""

_VNI_MARKS = {
    "a": {"ù": "á", "ø": "à", "û": "ả", "õ": "ã", "ï": "ạ", "â": "â", "á": "ấ", "à": "ầ", "å": "ẩ", "ã": "ẫ",
          "ä": "ậ", "ê": "ă", "é": "ắ", "è": "ằ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ"},
    "e": {"ù": "é", "ø": "è", "û": "ẻ", "õ": "ẽ", "ï": "ẹ", "â": "ê", "á": "ế", "à": "ề", "å": "ể", "ã": "ễ",
          "ä": "ệ"},
    "o": {"ù": "ó", "ø": "ò", "û": "ỏ", "õ": "õ", "ï": "ọ", "â": "ô", "á": "ố", "à": "ồ", "å": "ổ", "ã": "ỗ",
          "ä": "ộ"},
    "u": {"ù": "ú", "ø": "ù", "û": "ủ", "õ": "ũ", "ï": "ụ"},
    "y": {"ù": "ý", "ø": "ỳ", "û": "ỷ", "õ": "ỹ"},
    "ô": {"ù": "ớ", "ø": "ờ", "û": "ở", "õ": "ỡ", "ï": "ợ"},
    "ö": {"ù": "ứ", "ø": "ừ", "û": "ử", "õ": "ữ", "ï": "ự"},
}  # fmt: skip
_VNI_ALONE = {"ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ô": "ơ", "ö": "ư"}
_VNI_LETTERS = frozenset("ùøûõïâáàåãäêéèúüëñíìæóòîôö")

_TOKEN = re.compile(r"[^\W\d_]+(?:[¡-©«¬\u00ad®µ-¹»-¾×÷∙]+[^\W\d_]*)*|[¡-©«¬\u00ad®µ-¹»-¾×÷∙]+[^\W\d_]*"
                    r"(?:[¡-©«¬\u00ad®µ-¹»-¾×÷∙]+[^\W\d_]*)*")  # fmt: skip
_BREAK = re.compile(r"[.,;:!?()\[\]“”\"]|\n\s*\n")

_HORNED = (
    "người mười dưới lưới tưới tươi cười rưỡi vườn mượn vượt lượt trượt lượn cướp gươm "
    "bướm như tư thư dư sư cư"
)
_COMMON_WITH_HORN = frozenset(_HORNED.split())


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str
    as_tcvn3: str
    as_vni: str
    kind: str
    """"unicode" for sure, "old" for sure, "either", or "plain" (ASCII)."""


def decode_lines(lines: Sequence[Line], remarks: Remarks) -> list[Line]:
    """Decode the runs in old encodings and bring everything to NFC, telling what was changed."""
    text = "\n".join(unicodedata.normalize("NFC", line.text) for line in lines)
    decoded, changes, doubts = decode_text(text)
    numbers = [line.number for line in lines]
    remarks.changes += [Change(numbers[c.line - 1], c.what, c.before, c.after) for c in changes]
    remarks.doubts += [Doubt(numbers[d.line - 1], d.text, d.why, d.suggestion) for d in doubts]
    return [Line(n, t) for n, t in zip(numbers, decoded.split("\n"), strict=True)]


def decode_text(text: str) -> tuple[str, list[Change], list[Doubt]]:
    """Decode the runs of TCVN3 and VNI in a text; without one the text comes back as it was.

    Lines in the remarks count from 1.
    """
    words = [_word(found) for found in _TOKEN.finditer(text)]
    _settle_sure_words(words)
    pieces: list[str] = []
    changes: list[Change] = []
    doubts: list[Doubt] = []
    at = 0
    for run, encoding in _runs(text, words):
        first, last = words[run[0]], words[run[-1]]
        line = text.count("\n", 0, first.start) + 1
        pieces.append(text[at : first.start])
        made: list[str] = []
        cursor = first.start
        for index in run:
            word = words[index]
            made.append(text[cursor : word.start])
            read, doubt = _read(word, encoding)
            made.append(read)
            if doubt is not None:
                doubts.append(Doubt(line + text.count("\n", first.start, word.start), *doubt))
            cursor = word.end
        pieces.append("".join(made))
        at = last.end
        for offset, (before, after) in enumerate(
            zip(text[first.start : last.end].split("\n"), "".join(made).split("\n"), strict=True)
        ):
            changes.append(Change(line + offset, f"giải mã {encoding}", before, after))
    pieces.append(text[at:])
    decoded = "".join(pieces)
    for found in _TOKEN.finditer(decoded):
        if (
            any(c in _PROOF_SIGNS for c in found[0])
            and any(c.isalpha() for c in found[0])
            and len(found[0]) > 2
        ):
            line = decoded.count("\n", 0, found.start()) + 1
            doubts.append(Doubt(line, found[0], "ký tự lạ, có thể là mã chữ cũ (TCVN3) chưa giải được"))
    return decoded, changes, doubts


_PROOF_SIGNS = frozenset("µ·¸¹»¼½¾×÷®©¬§¨ª«")


def _word(found: re.Match[str]) -> _Word:
    token = found[0]
    old = all(c.isascii() or c in TCVN3 or c.lower() in _VNI_LETTERS for c in token)
    if token.isascii() or not old:
        return _Word(found.start(), found.end(), token, "", "", "plain" if token.isascii() else "unicode")
    as_tcvn3 = from_tcvn3(token) if all(c.isascii() or c in TCVN3 for c in token) else ""
    as_vni = from_vni(token)
    tcvn3_fits = bool(as_tcvn3) and as_tcvn3 != token and is_syllable(_with_horn(as_tcvn3) or as_tcvn3)
    vni_fits = bool(as_vni) and as_vni != token and is_syllable(as_vni)
    fits = tcvn3_fits or vni_fits
    if is_syllable(token):
        # "lý" is the same in TCVN3, so it says nothing.
        kind = "either" if fits else ("plain" if as_tcvn3 == token else "unicode")
    else:
        kind = "old" if fits else "unicode"
    return _Word(
        found.start(), found.end(), token, as_tcvn3 if tcvn3_fits else "", as_vni if vni_fits else "", kind
    )


def _settle_sure_words(words: list[_Word]) -> None:
    """Ask for two proofs, or one with a sign that is no letter: a foreign word alone proves nothing."""
    proofs = [w for w in words if w.kind == "old"]
    if len(proofs) >= 2 or any(_PROOF_SIGNS & set(w.text) for w in proofs if len(w.text) > 1):
        return
    words[:] = [
        _Word(w.start, w.end, w.text, "", "", "unicode" if w.kind in ("old", "either") else w.kind)
        for w in words
    ]


def _runs(text: str, words: Sequence[_Word]) -> list[tuple[list[int], str]]:
    """Find the runs of words that belong to an old encoding, each with its name."""
    is_old = [word.kind == "old" for word in words]
    for index, word in enumerate(words):
        if word.kind == "either":
            is_old[index] = _nearer_to_old(text, words, index)
    runs: list[list[int]] = []
    for index in range(len(words)):
        if is_old[index]:
            starts_anew = not runs or any(
                not is_old[k] and words[k].kind in ("unicode", "either")
                for k in range(runs[-1][-1] + 1, index)
            )
            if starts_anew:
                runs.append([index])
            else:
                runs[-1] += range(runs[-1][-1] + 1, index + 1)
    return [(run, _encoding([words[i] for i in run])) for run in runs]


def _encoding(words: Sequence[_Word]) -> str:
    tcvn3 = sum(1 for w in words if w.as_tcvn3 and not w.as_vni)
    vni = sum(1 for w in words if w.as_vni and not w.as_tcvn3)
    return "VNI" if vni > tcvn3 else "TCVN3"


def _nearer_to_old(text: str, words: Sequence[_Word], index: int) -> bool:
    """Tell whether the nearest sure word, punctuation counting as distance, is in an old encoding."""
    left = _distance(text, words, index, -1)
    right = _distance(text, words, index, +1)
    found = min(left, right)
    return found[1] if found[0] < _FAR else False


_FAR = 10_000


def _distance(text: str, words: Sequence[_Word], index: int, step: int) -> tuple[int, bool]:
    far = 0
    previous = index
    at = index + step
    while 0 <= at < len(words) and far < _FAR:
        gap = (
            text[words[previous].end : words[at].start]
            if step > 0
            else text[words[at].end : words[previous].start]
        )
        far += 2 + (5 if _BREAK.search(gap) else 0)
        if words[at].kind in ("old", "unicode"):
            # At equal distance the old encoding wins: False sorts before True.
            is_old = words[at].kind == "old"
            return (far if is_old else far + 1, is_old)
        previous, at = at, at + step
    return (_FAR, False)


def _read(word: _Word, encoding: str) -> tuple[str, tuple[str, str, str] | None]:
    """Read one word of a run; with what there is to report on it."""
    if encoding == "VNI":
        return (word.as_vni or (word.text if word.text.isascii() else from_vni(word.text) or word.text)), None
    read = word.as_tcvn3 or word.text
    certain = _with_horn(read)
    if certain:
        return certain, None
    if "\u00ad" in word.text:
        return read, None
    possible = _maybe_with_horn(read)
    if possible:
        return read, (read, "chữ “ư” của mã TCVN3 có thể đã mất", possible)
    return read, None


def from_tcvn3(word: str) -> str:
    """Read one word as TCVN3."""
    return unicodedata.normalize("NFC", "".join(TCVN3.get(c, c) for c in word))


def from_vni(word: str) -> str:
    """Read one word as VNI; empty when it cannot be that."""
    letters: list[str] = []
    index = 0
    while index < len(word):
        letter, mark = word[index], word[index + 1 : index + 2]
        marked = _VNI_MARKS.get(letter.lower(), {}).get(mark.lower())
        if marked is not None:
            read, step = marked, 2
        elif letter.lower() in _VNI_ALONE:
            read, step = _VNI_ALONE[letter.lower()], 1
        elif letter.isascii():
            read, step = letter, 1
        else:
            return ""
        letters.append(read.upper() if letter.isupper() else read)
        index += step
    return "".join(letters)


def _with_horn(word: str) -> str:
    """Put the lost "ư" back where the word is no syllable without it; empty where it needs none."""
    if is_syllable(word):
        return ""
    for index, letter in enumerate(word):
        if split_tones(letter)[0] in ("ơ", "Ơ"):
            candidate = f"{word[:index]}ư{word[index:]}"
            return candidate if is_syllable(candidate) else ""
    return ""


def _maybe_with_horn(word: str) -> str:
    low = word.lower()
    for index, letter in enumerate(low):
        if split_tones(letter)[0] == "ơ":
            candidate = f"{low[:index]}ư{low[index:]}"
            return candidate if candidate in _COMMON_WITH_HORN else ""
    if low.isascii() and not any(c in "aeiouy" for c in low):
        candidate = low + "ư"
        return candidate if candidate in _COMMON_WITH_HORN else ""
    return ""

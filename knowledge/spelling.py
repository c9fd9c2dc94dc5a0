"""How Vietnamese syllables are spelt: which there are, where the tone stands, how marks are folded away."""

import unicodedata
from functools import lru_cache

from isobot.domain.text import fold as fold_text
from isobot.domain.text import nfc

_INITIALS = "b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay e ec em en eng enh ech eo ep et eu i ia ich iec iem ien ieng "
    "iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi "
    "om on ong op ot u ua uan uang uanh uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot "
    "uou up ut uu uy uya uych uyen uyet uynh uyt uyu y yem yen yet yeu"
)
SYLLABLES = frozenset(i + r for i in ["", *_INITIALS.split()] for r in _RIMES.split())
"""Every syllable the spelling rules allow, without marks."""

_TONE_MARKS = frozenset("\u0300\u0301\u0303\u0309\u0323")
_OPEN_PAIRS = {"oa", "oe", "uy"}


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Fold one word; remembered, because the same words come again and again."""
    return fold_text(word)


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
    plain, tone = without_tone(word)
    return with_tone(plain, tone) if tone and word[1] != "i" else word


def without_tone(word: str) -> tuple[str, str]:
    """Take the tone that is already there off a word, so that the other keys can be read."""
    letters = unicodedata.normalize("NFD", word)
    tone = "".join(c for c in letters if c in _TONE_MARKS)[:1]
    return nfc("".join(c for c in letters if c not in _TONE_MARKS)), tone


def with_tone(body: str, tone: str) -> str:
    """Put a tone on the vowel that bears it by the old rule."""
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

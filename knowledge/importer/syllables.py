"""What can be a Vietnamese syllable (âm tiết): enough to tell text from text in the wrong encoding.

An onset, a rime, one tone; syllables that end in c, ch, p or t take only the acute and the dot below.
"""

import unicodedata
from functools import lru_cache

_ONSET_LIST = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RIME_LIST = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im "
    "in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap "
    "oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong "
    "ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uây uân uâng uât uc "
    "uê uêch uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyt uyu "
    "ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu ynh"
)
_ONSETS = frozenset([*_ONSET_LIST.split(), ""])
RIMES = frozenset(_RIME_LIST.split())
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_STOPPED = ("c", "ch", "p", "t")
_HIGH_OR_LOW = {"\u0301", "\u0323"}


@lru_cache(maxsize=20_000)
def split_tones(word: str) -> tuple[str, str]:
    """Take the tone marks off: "lượng" gives ("lương", dot below)."""
    decomposed = unicodedata.normalize("NFD", word)
    tones = "".join(c for c in decomposed if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES)), tones


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Tell whether a word could be a Vietnamese syllable, in any case."""
    bare, tones = split_tones(word.lower())
    if len(tones) > 1:
        return False
    for length in (3, 2, 1, 0):
        onset, rime = bare[:length], bare[length:]
        if onset not in _ONSETS:
            continue
        if onset == "gi" and not rime:
            rime = "i"
        if rime in RIMES and _sounds(onset, rime, tones):
            return True
    # "gì", "giêng": the i of gi serves twice.
    return bare.startswith("gi") and is_syllable_rime(bare[1:], tones)


def is_syllable_rime(rime: str, tones: str) -> bool:
    """Tell whether a rime can carry a tone."""
    return rime in RIMES and _sounds("", rime, tones)


def _sounds(onset: str, rime: str, tones: str) -> bool:
    if rime.endswith(_STOPPED) and tones not in _HIGH_OR_LOW:
        return False
    if onset in ("k", "gh", "ngh"):
        return rime[0] in "eêiy"
    if onset in ("c", "g", "ng"):
        return rime[0] not in "eê" and not (onset != "g" and rime[0] in "iy")
    return True

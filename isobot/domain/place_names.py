"""Names of places as people and lists write them: divided, folded, and compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from isobot.domain.text import fold, nfc

_KIND = re.compile(
    r"(?:ubnd|ủy ban nhân dân|uỷ ban nhân dân|uy ban nhan dan)?\s*"
    r"(xã|phường|thị trấn|đặc khu|xa|phuong|thi tran|dac khu|tt\.?|p\.)?\s+(?=\S)",
    re.IGNORECASE,
)
_KINDS = {"xa": "xã", "phuong": "phường", "p.": "phường", "thi tran": "thị trấn", "dac khu": "đặc khu"}
_KINDS |= {"tt": "thị trấn", "tt.": "thị trấn"}
_PROVINCE_KIND = re.compile(r"^(tỉnh|thành phố|tinh|thanh pho|tp\.?)\s*(?=\S)", re.IGNORECASE)
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place as typed: "xã Đắk Long, Kon Plông, Kon Tum"."""

    name: str
    kind: str = ""
    district: str = ""
    province: str = ""


def divide(text: str) -> PlaceName:
    """Take the kind off a commune's name: "UBND xã Thành Sơn" is xã, Thành Sơn."""
    said = _KIND.match(nfc(text))
    if said is None:
        return PlaceName(nfc(text).strip())
    kind = fold(said.group(1) or "")
    return PlaceName(nfc(text)[said.end() :].strip(), _KINDS.get(kind, ""))


@lru_cache(maxsize=30_000)
def name_key(name: str) -> str:
    """Fold a name to its letters, with the spellings that official lists mix made one (Đắk, Ngọk)."""
    words = fold(name.replace("'", "").replace("’", "")).split()
    same = {"ngok": "ngoc", "dac": "dak"}
    joined = "".join(same.get(word, word) for word in words)
    return "".join(c for c in joined if c.isalnum())


def one_letter_apart(left: str, right: str) -> bool:
    """Tell whether one letter was replaced, added or left out."""
    if left == right or abs(len(left) - len(right)) > 1 or min(len(left), len(right)) < 3:
        return False
    short, long = sorted((left, right), key=len)
    at = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


@lru_cache(maxsize=30_000)
def spelling(name: str) -> str:
    """Bring a name to letters with marks, wherever the tone was put and however it was spaced."""
    lower = nfc(name).casefold().replace("đắk", "đăk").replace("ngọk", "ngọc")
    words = ("".join(c for c in word if c.isalnum() or unicodedata.combining(c)) for word in lower.split())
    return "".join(_tone_last(word) for word in words)


def _tone_last(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(c for c in letters if c in _TONES)
    return "".join(c for c in letters if c not in _TONES) + tones


def province_key(text: str) -> str:
    """Fold a province's name without its kind, and write short names out."""
    key = name_key(_PROVINCE_KIND.sub("", nfc(text).strip()))
    return {"hcm": "hochiminh", "tphcm": "hochiminh", "saigon": "hochiminh"}.get(key, key)

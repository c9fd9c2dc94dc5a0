"""Vietnamese text as people type it: comparing without marks, sorting, shortening."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """Drop marks, case and doubled spaces, so that "Hòa", "hoà" and "HOA" compare equal.

    Folding loses meaning ("Hạ Trung" and "Hà Trung" become one), so a hit by fold alone may have
    to be asked back.
    """
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", bare).strip()


def nfc(text: str) -> str:
    """Bring text to NFC, as Vietnamese keyboards differ in composing their letters."""
    return unicodedata.normalize("NFC", text)


def shorten(text: str, most: int) -> str:
    """Cut a text to at most `most` characters, marking the cut with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"

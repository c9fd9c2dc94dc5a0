"""Vietnamese text as people type it: comparing without marks, sorting, shortening."""

import unicodedata


class _WithoutMarks(dict[int, int | None]):
    """A table for `str.translate` that drops marks, filled as letters are met."""

    def __missing__(self, letter: int) -> int | None:
        kept = self[letter] = None if unicodedata.combining(chr(letter)) else letter
        return kept


_WITHOUT_MARKS = _WithoutMarks()


def fold(text: str) -> str:
    """Drop marks, case and doubled spaces, so that "Hòa", "hoà" and "HOA" compare equal.

    Folding loses meaning ("Hạ Trung" and "Hà Trung" become one), so a hit by fold alone may have
    to be asked back.
    """
    bare = text.casefold()
    if not bare.isascii():
        bare = unicodedata.normalize("NFD", bare.replace("đ", "d")).translate(_WITHOUT_MARKS)
    return " ".join(bare.split())


def nfc(text: str) -> str:
    """Bring text to NFC, as Vietnamese keyboards differ in composing their letters."""
    return unicodedata.normalize("NFC", text)


def shorten(text: str, most: int) -> str:
    """Cut a text to at most `most` characters, marking the cut with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def capital(text: str) -> str:
    """Begin a line with a capital letter."""
    return text[:1].upper() + text[1:]

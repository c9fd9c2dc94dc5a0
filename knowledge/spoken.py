"""Talk written down: phrases that only lead up to a question, and numbers spelt out.

Both work on the pieces of a sentence as they were typed, before these are read as words.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from isobot.domain.text import fold as fold_text

fold = lru_cache(maxsize=50_000)(fold_text)
"""Remembered, because every word of every card is looked at."""
_MUOI = "muoi"
_TEN, _TENS = {"mười", "muoi"}, {"mươi", "muoi"}
_ONES = {
    "một": 1, "mốt": 1, "mot": 1, "hai": 2, "ba": 3, "bốn": 4, "bon": 4, "tư": 4, "tu": 4, "năm": 5,
    "nam": 5, "lăm": 5, "lam": 5, "sáu": 6, "sau": 6, "bảy": 7, "bẩy": 7, "bay": 7, "tám": 8, "tam": 8,
    "chín": 9, "chin": 9,
}  # fmt: skip
_MONTH = "thang"
_LAST_MONTH = 12


def without_fillers(tokens: Sequence[str], fillers: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """Leave out what only leads up to a question: "rốt cuộc", "nói chung"; never the whole sentence.

    `fillers` are folded phrases by their first word, the longest first.
    """
    bares = [fold(token) for token in tokens]
    if fillers.keys().isdisjoint(bares):
        return list(tokens)
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        phrases = fillers.get(bares[at], ())
        length = next((len(p) for p in phrases if tuple(bares[at : at + len(p)]) == tuple(p)), 0)
        kept += [] if length else [tokens[at]]
        at += length or 1
    return kept or list(tokens)


def in_figures(tokens: Sequence[str]) -> list[str]:
    """Write numbers from eleven to ninety-nine in figures where they are spelt out: "hai mươi hai" is 22."""
    if not any(fold(token) == _MUOI for token in tokens):
        return list(tokens)
    low = [token.casefold() for token in tokens]
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        number, length = _number_at(low, at)
        kept.append(str(number) if length else tokens[at])
        at += length or 1
    return kept


def _number_at(low: Sequence[str], at: int) -> tuple[int, int]:
    """Return the number that begins at a place, and how many words it takes: none where no number does."""
    if low[at] in _TEN:
        ones = _ones_at(low, at + 1)
        of_a_month = at > 0 and fold(low[at - 1]) == _MONTH
        # "Tháng mười làm gì": there is no month fifteen.
        return (10 + ones, 2) if ones and not (of_a_month and 10 + ones > _LAST_MONTH) else (0, 0)
    if at + 1 == len(low) or low[at + 1] not in _TENS or _ones_at(low, at) < 2:
        return 0, 0
    ones = _ones_at(low, at + 2)
    return 10 * _ones_at(low, at) + ones, 3 if ones else 2


def _ones_at(low: Sequence[str], at: int) -> int:
    return _ONES.get(low[at], 0) if at < len(low) else 0

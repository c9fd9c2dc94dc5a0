"""Several named amounts in one answer: "ngân sách địa phương 10 triệu, tài trợ 5 triệu".

The value is one string, JSON from the key of a source to whole đồng, in the order of the form; so it
is stored, compared and sent like any other value, and nothing that was said is lost.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from isobot.domain.numbers import format_number, read_money
from isobot.domain.text import fold, nfc, shorten
from isobot.domain.values import Value
from isobot.errors import AnswerRefused


class Named(Protocol):
    """A source that money may come from: an option of the field."""

    @property
    def key(self) -> str:
        """Its key, as the form and stored values write it."""

    @property
    def label(self) -> str:
        """Its Vietnamese name."""

    @property
    def words(self) -> tuple[str, ...]:
        """Other ways to say it."""


# A comma between digits parts decimals ("3,98 tỷ"); one before a space or a word parts amounts.
_BETWEEN_PARTS = re.compile(r"[;\n+]|,(?!\d)|(?<!\d),|\s(?:và|va)\s")
_JOINING = re.compile(r"^[\s:=\-–]+|[\s:=\-–]+$")
_SMALL_WORDS = ("từ", "tu", "là", "la", "nguồn", "nguon", "do")


def amounts_value(amounts: Mapping[str, int]) -> Value:
    """Make a value of amounts by source, in the order given."""
    return Value.of(json.dumps(dict(amounts), separators=(",", ":")))


def amounts_in(value: Value | None) -> dict[str, int]:
    """Return the amounts of a value by source; none of a value that is not given or holds no amounts."""
    if value is None or not isinstance(value.given, str):
        return {}
    try:
        stored = json.loads(value.given)
    except json.JSONDecodeError:
        return {}
    if not isinstance(stored, dict):
        return {}
    return {str(key): amount for key, amount in stored.items() if isinstance(amount, int)}


def show_amounts(value: Value, sources: Iterable[Named]) -> str:
    """Write amounts for people: "Ngân sách địa phương: 10.000.000 đồng; Tài trợ: 5.000.000 đồng"."""
    labels = {source.key: source.label for source in sources}
    amounts = amounts_in(value)
    parts = (f"{labels.get(key, key)}: {format_number(amount)} đồng" for key, amount in amounts.items())
    return "; ".join(parts)


def read_amounts(text: str, sources: tuple[Named, ...], *, expected: str, example: str) -> Value:
    """Read each amount with its source.

    Raises:
        AnswerRefused: a part names no source or no amount, or a source comes twice.
    """
    found: dict[str, int] = {}
    for part in filter(None, (_JOINING.sub("", p) for p in _BETWEEN_PARTS.split(nfc(text)))):
        source, amount = _source_and_amount(part, sources, expected=expected, example=example)
        if source.key in found:
            understood = f"Nguồn “{source.label}” được nêu hai lần."
            raise AnswerRefused(f"{understood} {expected} Ví dụ: {example}.")
        found[source.key] = amount
    if not found:
        raise AnswerRefused(f"Tôi chưa thấy nguồn nào. {expected} Ví dụ: {example}.")
    return amounts_value({source.key: found[source.key] for source in sources if source.key in found})


def _source_and_amount(
    part: str, sources: tuple[Named, ...], *, expected: str, example: str
) -> tuple[Named, int]:
    words = _without_small_words(part.split())
    for source, name in _by_length(sources):
        size = len(name)
        for start in {0, max(len(words) - size, 0)}:
            end = start + size
            if [_plain(word) for word in words[start:end]] != name:
                continue
            rest = " ".join(_without_small_words(words[:start] + words[end:]))
            if not rest:
                raise AnswerRefused(f"“{source.label}” chưa có số tiền. {expected} Ví dụ: {example}.")
            return source, read_money(rest, expected=expected, example=example)
    raise AnswerRefused(f"“{shorten(part, 40)}” chưa rõ là nguồn nào. {expected} Ví dụ: {example}.")


def _by_length(sources: Iterable[Named]) -> list[tuple[Named, list[str]]]:
    """List every name of every source, the longest first, so that a short one never hides a long one."""
    named = [(s, [_plain(w) for w in name.split()]) for s in sources for name in (s.label, *s.words)]
    return sorted(named, key=lambda pair: -len(pair[1]))


def _plain(word: str) -> str:
    return fold(word).strip(" .,:;=")


def _without_small_words(words: list[str]) -> list[str]:
    kept = list(words)
    while kept and _says_nothing(kept[0]):
        kept = kept[1:]
    while kept and _says_nothing(kept[-1]):
        kept = kept[:-1]
    return kept


def _says_nothing(word: str) -> bool:
    return _plain(word).strip("-–") in ("", *_SMALL_WORDS)

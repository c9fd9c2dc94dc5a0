"""Cutting what was typed into sentences, and long sentences into clauses."""

import re

_SENTENCE = re.compile(r"(?<=[.?!;])(?<!\b[a-zđ]\.)(?<!\b(?:tt|tp|tx|ub|vp|bc|kt)\.)\s+|\n+", re.IGNORECASE)
"""The end of a sentence; "h. Sa Thầy" and "tt. Mường Lát" end none."""
_MAY_END = re.compile(r"[.?!;]\s|\n")
"""Without one of these there is but one sentence, which is quicker to see than to cut."""
_LONG_SENTENCE, _LONG_CLAUSE = 22, 5


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

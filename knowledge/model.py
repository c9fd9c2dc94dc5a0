"""What the answerer takes and gives."""

from dataclasses import dataclass, field
from enum import StrEnum

from isobot.domain.law import Citation

LONGEST = 900
"""Characters of an answer that is no list."""
LONGEST_LIST = 3000
MOST_CITATIONS, MOST_LIST_CITATIONS = 3, 8


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known of the person who asks.

    `province` is a slug. `unit` is a code or the name on the profile: "UBND xã Tam Lư, huyện Quan Sơn".
    """

    province: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Refinement:
    """What a person added to a question by picking an option: a province, a unit's code, or a card."""

    province: str | None = None
    unit: str | None = None
    card: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One way to make a question plainer."""

    label: str
    refinement: Refinement


@dataclass(frozen=True, slots=True)
class Nearest:
    """A card that lies near a question nobody could answer."""

    label: str
    card: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, ready to be sent: `text` ends with its citations where it has any."""

    outcome: Outcome
    text: str
    citations: tuple[Citation, ...] = ()
    options: tuple[Option, ...] = ()
    cards: tuple[str, ...] = ()
    nearest: tuple[Nearest, ...] = field(default=())


def with_sources(text: str, citations: tuple[Citation, ...]) -> str:
    """Add the last line, which says where the answer stands: places of one document together."""
    if not citations:
        return text
    places: dict[str, list[str]] = {}
    for citation in citations:
        found = places.setdefault(citation.document.full_name(), [])
        if citation.section and citation.section not in found:
            found.append(citation.section)
    named = ["; ".join(sections) + (", " if sections else "") + name for name, sections in places.items()]
    return f"{text}\nCăn cứ: {'; '.join(named)}."

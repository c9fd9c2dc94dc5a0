"""Whether the asker's own unit has to adopt at all: the cards that say so for its level go first."""

from collections.abc import Sequence
from dataclasses import replace

from knowledge.corpus import SEED_PROVINCES, Card
from knowledge.places import speaks_of_self
from knowledge.question import Question
from knowledge.search import Hit
from knowledge.year_asked import asks_own_duty

OWN_DUTY = 2.0
"""What a card gains that says whether a unit of the asker's level has to adopt, where that is asked."""
FIRST, AT_LEAST = 1.1, 0.8
"""How far that card is put above the best one, where the year of a unit is asked that no list names."""
_TOPICS = ("doi-tuong", "khuyen-khich")


def whose_duty(read: Question, level: str) -> str:
    """Return the level of the asker's unit, where it is asked whether that has to adopt at all."""
    if not speaks_of_self(read) or (read.level and level and read.level != level):
        return ""
    return (level or read.level) if asks_own_duty(read) else ""


def is_duty_of(level: str, card: Card) -> bool:
    """Tell whether a card says which units of a level have to adopt."""
    return level in card.levels and card.topic in _TOPICS


def duty_first(level: str, hits: Sequence[Hit]) -> list[Hit]:
    """Put whether one has to adopt before the years of others, for a unit that no list gives a year."""
    fitting = [h for h in hits if is_duty_of(level, h.card) and h.card.scope in SEED_PROVINCES]
    if not fitting:
        return list(hits)
    told = max(fitting, key=lambda h: h.score)
    first = replace(told, score=max(FIRST * max(h.score for h in hits), AT_LEAST))
    return [first, *(h for h in hits if h is not told)]

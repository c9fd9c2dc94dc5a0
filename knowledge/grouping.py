"""Groups questions by meaning and ranks the groups, for people who write answers.

Plain and repeatable on purpose: two questions mean the same when they share most of their words and
neighbouring words, without marks, and are about the same place. No model, no randomness.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import log2

from isobot.domain.curation import Asked
from isobot.domain.text import fold

ALIKE = 0.5
"""How like a group's questions one has to be, in the mean, by Dice's measure over their features."""
ALIKE_SAME_TOPIC = 0.35
"""The same where the nearest cards of both are of one topic."""
HALF_LIFE_DAYS = 30.0
"""An asker of this many days ago weighs half of one of today."""
REPEATS = 0.2
"""What doubling the number of times it was asked adds, in askers of today."""

_WORD = re.compile(r"[a-z0-9/]+")
_FILLERS = frozenset(
    word
    for line in (
        "a ah oi ma thi la va cua co cho em toi minh anh ad xin hoi duoc khong ko k nhe voi vay",
        "nay nao gi ai sao bi ve o biet giup giai dap nhi nhung cac",
    )
    for word in line.split()
)
"""Words, without marks, that open and close questions about anything; none that is half of a term."""
_TRADE = frozenset(
    word
    for line in (
        "iso tcvn 9001 can bo cap xa phuong huyen so tinh ubnd uy ban nhan dan don vi co quan",
        "ap dung he thong quan ly chat luong htqlcl gio nhieu the may",
    )
    for word in line.split()
)
"""Words that most questions here hold: they count little."""
TRADE_WEIGHT = 0.3

Features = Mapping[str, float]
"""Words and pairs of neighbours, each with its weight."""


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that mean the same, oldest first; `scope` is a province's slug, "" where none is known."""

    scope: str
    topic: str
    questions: tuple[Asked, ...]
    weight: float

    @property
    def key(self) -> str:
        """Return the reference of the oldest question, which names the group as it grows."""
        return self.questions[0].ref

    @property
    def askers(self) -> int:
        """Return how many chats asked."""
        return len({q.chat_key for q in self.questions})

    @property
    def latest(self) -> Asked:
        """Return the newest question, whose wording stands for the group."""
        return self.questions[-1]

    def wordings(self, most: int) -> list[str]:
        """Return the different wordings, the newest first."""
        found: dict[str, str] = {}
        for question in reversed(self.questions):
            found.setdefault(fold(question.text).strip(" .?!"), question.text.strip())
        return list(found.values())[:most]


@dataclass(slots=True)
class _Open:
    """A group that still grows: how many of its questions hold each feature, and what they weigh."""

    scope: str
    topics: dict[str, int]
    questions: list[Asked]
    held: dict[str, int]
    mass: float = 0.0

    def take(self, question: Asked, features: Features) -> None:
        self.questions.append(question)
        self.topics[question.topic] += 1
        self.mass += sum(features.values())
        for feature in features:
            self.held[feature] += 1


def features_of(text: str) -> Features:
    """Return a text's words without marks and fillers, and their neighbours; all words if nothing is left."""
    said = _WORD.findall(fold(text))
    words = [w for w in said if w not in _FILLERS] or said
    weights = {w: TRADE_WEIGHT if w in _TRADE else 1.0 for w in words}
    return weights | {f"{a} {b}": (weights[a] + weights[b]) / 2 for a, b in pairwise(words)}


def group_questions(
    asked: Iterable[Asked], provinces_named: Callable[[str], Sequence[str]], *, now: datetime
) -> list[QuestionGroup]:
    """Group questions and rank the groups: by how many asked, how recently, how often.

    Each question joins the group whose questions are, in the mean, most like it, if they are like
    enough and of the same place: the one province it names, else the asker's own.
    """
    groups: list[_Open] = []
    holding: dict[str, set[int]] = defaultdict(set)
    for question in sorted(asked, key=lambda q: (q.at, q.ref)):
        features = features_of(question.text)
        named = provinces_named(question.text)
        scope = named[0] if len(named) == 1 else question.province if not named else ""
        place = _most_alike(groups, holding, features, scope, question.topic)
        if place is None:
            groups.append(_Open(scope, defaultdict(int), [], defaultdict(int)))
            place = len(groups) - 1
        groups[place].take(question, features)
        for feature in features:
            holding[feature].add(place)
    made = [
        QuestionGroup(g.scope, _commonest(g.topics), tuple(g.questions), _weight(g.questions, now))
        for g in groups
    ]
    return sorted(made, key=lambda g: (-g.weight, g.key))


def _most_alike(
    groups: Sequence[_Open],
    holding: Mapping[str, set[int]],
    features: Features,
    scope: str,
    topic: str,
) -> int | None:
    shared: dict[int, float] = defaultdict(float)
    for feature, weight in features.items():
        for place in holding.get(feature, ()):
            group = groups[place]
            if group.scope == scope:
                shared[place] += weight * group.held[feature] / len(group.questions)
    mass = sum(features.values())
    best: tuple[float, int] | None = None
    for place, common in shared.items():
        group = groups[place]
        alike = 2 * common / (mass + group.mass / len(group.questions))
        enough = ALIKE_SAME_TOPIC if topic and topic in group.topics else ALIKE
        if alike >= enough and (best is None or (alike, -place) > (best[0], -best[1])):
            best = (alike, place)
    return best[1] if best else None


def _commonest(topics: dict[str, int]) -> str:
    known = {topic: count for topic, count in topics.items() if topic}
    return max(known, key=lambda t: (known[t], t)) if known else ""


def _weight(questions: Sequence[Asked], now: datetime) -> float:
    newest: dict[str, datetime] = {}
    for question in questions:
        newest[question.chat_key] = max(question.at, newest.get(question.chat_key, question.at))
    askers: float = sum(
        0.5 ** (max(0.0, (now - at).total_seconds()) / 86400 / HALF_LIFE_DAYS) for at in newest.values()
    )
    return askers + REPEATS * log2(len(questions))

"""How large a rush is, what it came to, and what is promised."""

import statistics
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SLACK = 1.02
"""The rush may take so much longer than the best possible time."""
ANSWER_SECONDS = 0.1
"""The median of the answers' times is below this; see `Size.is_slow`."""
FIRST_REMINDED = 1000
"""The number of the first chat that is reminded; the others of all bots follow it."""
FIRST_OFFICER = 50_000_000
"""The number of the first chat that asks."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a rush is."""

    bots: int
    people: int
    """To be reminded, of each bot."""
    a_second: int
    officers: int
    """Who write meanwhile, of each bot."""
    thinking_seconds: float
    """Between an answer and the next question, in the mean."""

    @property
    def is_slow(self) -> bool:
        """Tell whether the limit alone keeps a busy bot's answers waiting for longer than is promised.

        At one message a second every second of a campaign belongs to a message, and whoever writes waits
        for the next: there the promise is for what the bot adds to that.
        """
        return 1 / self.a_second > ANSWER_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """When an officer wrote to a bot, and when the first answer arrived, in seconds of the server."""

    bot: int
    said: float
    answered: float

    @property
    def seconds(self) -> float:
        """Return how long the officer waited."""
        return self.answered - self.said

    def forced_wait(self, sent: Sequence[float], a_second: int) -> float:
        """Return for how long the limit allowed no answer, whatever the bot did from then on.

        `sent` is when the bot's messages arrived. Those before the question count; what the bot sends
        between the question and the answer is its own fault.
        """
        before = bisect_left(sent, self.said)
        return max(0.0, sent[before - a_second] + 1.0 - self.said) if before >= a_second else 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rush came to; of several bots the worst."""

    size: Size
    seconds: float
    best_seconds: float
    reminders: int
    answers: int
    flooded: int
    lost: int
    twice: int
    ledger_rows: int
    latencies: tuple[float, ...]
    """Seconds from each question to its answer."""
    own_latencies: tuple[float, ...]
    """The same without the wait that the limit forces."""

    @property
    def ratio(self) -> float:
        """Return how many times as long as the best possible time it took."""
        return self.seconds / self.best_seconds

    @property
    def median(self) -> float:
        """Return the seconds within which half of the answers came."""
        return statistics.median(self.latencies)

    @property
    def own_median(self) -> float:
        """Return the same, without what the limit forced."""
        return statistics.median(self.own_latencies)

    def at(self, part: float) -> float:
        """Return the time within which such a part of the answers came."""
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(len(self.latencies) * part))]

    def everybody_was_told_once(self) -> bool:
        """Tell whether each reminder arrived, and has its row in the ledger."""
        everybody = self.size.bots * self.size.people
        return self.reminders == self.ledger_rows == everybody and not (self.lost or self.twice)

    def keeps_its_promises(self) -> bool:
        """Tell whether it was quick, whole, and never beyond the limit."""
        answered = self.own_median if self.size.is_slow else self.median
        quick = self.ratio <= SLACK and answered < ANSWER_SECONDS
        return quick and not self.flooded and self.everybody_was_told_once()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server of one bot saw."""

    sent: Sequence[tuple[int, float]]
    """Chat and moment of each message."""
    flooded: int

    def moments(self) -> list[float]:
        """Return when the messages arrived."""
        return [at for _, at in self.sent]

    def campaign(self) -> list[float]:
        """Return when the reminders arrived."""
        return [at for chat, at in self.sent if chat < FIRST_OFFICER]

    def spans(self, a_second: int) -> tuple[float, float, int]:
        """Return the seconds of the campaign, the best possible ones, and the answers meanwhile."""
        campaign = self.campaign()
        begin, end = min(campaign), max(campaign)
        answers = sum(1 for chat, at in self.sent if chat >= FIRST_OFFICER and begin <= at <= end)
        return end - begin, (len(campaign) + answers) / a_second, answers


def outcome_of(size: Size, seen: Sequence[Seen], asked: Sequence[Answer], ledger_rows: int) -> Outcome:
    """Compare what the servers saw with what was wanted; of several bots the worst time counts."""
    wanted = Counter(range(FIRST_REMINDED, FIRST_REMINDED + size.bots * size.people))
    got = Counter(chat for each in seen for chat, _ in each.sent if chat < FIRST_OFFICER)
    spans = [each.spans(size.a_second) for each in seen]
    seconds, best, _ = max(spans, key=lambda span: span[0] / span[1])
    moments = [each.moments() for each in seen]
    return Outcome(
        size,
        seconds,
        best,
        reminders=got.total(),
        answers=sum(answers for _, _, answers in spans),
        flooded=sum(each.flooded for each in seen),
        lost=(wanted - got).total(),
        twice=(got - wanted).total(),
        ledger_rows=ledger_rows,
        latencies=tuple(answer.seconds for answer in asked),
        own_latencies=tuple(
            answer.seconds - answer.forced_wait(moments[answer.bot], size.a_second) for answer in asked
        ),
    )

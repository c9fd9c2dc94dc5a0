"""How fast one bot may send: tokens, an even pace for campaigns, and pauses that the platform asks for.

A token is taken for each message and comes back a fixed time after the message left. So however the
messages bunch, no stretch of that length ever holds more messages than there are tokens, which is how
platforms count, and nothing is lost to an average that was not used up. Seconds are those of a
monotonic clock, given by the caller: a clock that is set back must not stop the mail.
"""

import heapq
from dataclasses import dataclass
from datetime import timedelta

LONGEST_DELAY_SECONDS = 1.0
"""A message that was answered late may have arrived late, so that it stands nearer to those after it than
when it left. Its tokens come back so much later, up to this. What every message needs does not count: it
shifts all of them alike, and a far platform slows nobody down."""

SPARE_SECONDS = 0.002
"""A token comes back so much later than is surely needed if all went as it goes at best: a machine that was
slow and is quick again sends the next message a little nearer to the one before."""

CATCHING_UP = 0.9
"""Two messages of a campaign are at least this part of the even distance apart, so that after a pause
they neither come in a heap, with answers waiting behind it, nor stay behind for good."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in so many seconds."""

    messages: int
    seconds: float

    @property
    def distance(self) -> float:
        """The seconds between two messages that are spread evenly."""
        return self.seconds / self.messages


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform allows one bot; None is no limit."""

    overall: Rate | None = None
    chat: Rate | None = None
    group: Rate | None = None
    """For chats of several people, whose numbers Telegram writes below zero."""
    monthly: int | None = None
    """How many messages a calendar month holds."""

    def of_chat(self, chat: str) -> Rate | None:
        """Return the limit of one chat."""
        return self.group if chat.startswith("-") else self.chat


UNLIMITED = Limits()


def telegram_limits(a_second: int, a_month: int | None = None) -> Limits:
    """Return Telegram's limits for a bot that may send so many messages a second.

    The platform has no monthly limit; an office may set one.

    Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: about
    30 messages a second over all, one a second in a chat with short bursts allowed, 20 a minute in a
    group.
    """
    return Limits(Rate(a_second, 1.0), chat=Rate(5, 5.0), group=Rate(20, 60.0), monthly=a_month)


def zalo_limits(a_second: int, a_month: int) -> Limits:
    """Return the limits of a Zalo bot; the platform publishes the monthly one only."""
    return Limits(Rate(a_second, 1.0), monthly=a_month)


class TokenBucket:
    """The tokens of one limit."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self.size = rate.messages
        self._there_at = [float("-inf")] * rate.messages

    def available(self, by: float) -> int:
        """Count the tokens that are there at a moment."""
        return sum(1 for at in self._there_at if at <= by)

    def next_at(self) -> float:
        """Return from when on a token is there; infinity while all are taken and none is back."""
        return self._there_at[0] if self._there_at else float("inf")

    def take(self) -> float:
        """Take the token that is there first, and return from when on it may be used."""
        return heapq.heappop(self._there_at)

    def put_back(self, there_at: float) -> None:
        """Put back a token that was not used."""
        heapq.heappush(self._there_at, there_at)

    def use(self, arrived: float) -> None:
        """Put back a token that was used for a message that arrived at a moment."""
        heapq.heappush(self._there_at, arrived + self._rate.seconds)

    def is_full(self, at: float) -> bool:
        """Tell whether every token is there: such a bucket remembers nothing."""
        return len(self._there_at) == self._rate.messages and max(self._there_at) <= at


class Quickest:
    """The shortest time of late: of the present hundred and the one before.

    Of the first hundred nothing is known before they are over, and connections are opened, so there every
    delay counts in full.
    """

    HUNDRED = 100

    def __init__(self) -> None:
        self._before, self._present = 0.0, float("inf")
        self._counted = 0

    def of(self, taken: float) -> float:
        """Take in one more time, and return the shortest."""
        if self._counted == self.HUNDRED:
            self._before, self._present, self._counted = self._present, float("inf"), 0
        self._counted += 1
        self._present = min(self._present, taken)
        return min(self._before, self._present)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to send one message, from a moment on."""

    chat: str
    at: float
    tokens: tuple[float, ...]
    chat_tokens: tuple[float, ...]


class Gate:
    """What one bot may send now."""

    MOST_CHATS = 2000

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._overall = TokenBucket(limits.overall) if limits.overall else None
        self._chats: dict[str, TokenBucket] = {}
        self._campaign_at = float("-inf")
        self._quickest = Quickest()

    def room(self, by: float) -> int | None:
        """Count the messages that may leave until a moment; None when there is no limit."""
        return None if self._overall is None else self._overall.available(by)

    def is_rested(self, at: float) -> bool:
        """Tell whether every token is back: whoever begins now may go at full speed."""
        return self._overall is None or self._overall.is_full(at)

    def opens_at(self) -> float:
        """Return when the next token is there."""
        return float("-inf") if self._overall is None else self._overall.next_at()

    def campaign_opens_at(self) -> float:
        """Return when the next message of a campaign may leave."""
        return max(self.opens_at(), self._campaign_at)

    def admit(self, chat: str, *, campaign: bool, messages: int, now: float, by: float) -> Ticket | None:
        """Give leave to send to a chat until a moment, or None when it must wait.

        `messages` is how many the platform will count; more than its whole limit is taken as the limit.
        """
        own = self._bucket(chat, now)
        if own is not None and own.available(by) < self._share(own, messages):
            return None
        if campaign and self._campaign_at > by:
            return None
        if self._overall is not None and self._overall.available(by) < self._share(self._overall, messages):
            return None
        tokens = self._taken(self._overall, messages)
        at = max(now, *tokens) if tokens else now
        if campaign and self.limits.overall is not None:
            at = max(at, self._campaign_at)
            self._campaign_at = at + CATCHING_UP * self.limits.overall.distance * messages
        return Ticket(chat, at, tokens, self._taken(own, messages))

    def used(self, ticket: Ticket, *, left: float, answered: float) -> None:
        """Note that the message of a ticket left and was answered."""
        taken = answered - left
        arrived = left + min(LONGEST_DELAY_SECONDS, max(0.0, taken - self._quickest.of(taken)))
        arrived += SPARE_SECONDS
        for bucket, tokens in self._buckets(ticket):
            for _ in tokens:
                bucket.use(arrived)

    def unused(self, ticket: Ticket) -> None:
        """Take back a ticket whose message did not leave."""
        for bucket, tokens in self._buckets(ticket):
            for token in tokens:
                bucket.put_back(token)

    def rests_until(self, chat: str) -> float:
        """Return from when on a chat takes messages again."""
        bucket = self._chats.get(chat)
        return float("-inf") if bucket is None else bucket.next_at()

    def _bucket(self, chat: str, now: float) -> TokenBucket | None:
        rate = self.limits.of_chat(chat)
        if rate is None:
            return None
        if chat not in self._chats:
            if len(self._chats) >= self.MOST_CHATS:
                self._chats = {key: each for key, each in self._chats.items() if not each.is_full(now)}
            self._chats[chat] = TokenBucket(rate)
        return self._chats[chat]

    def _share(self, bucket: TokenBucket, messages: int) -> int:
        return min(messages, bucket.size)

    def _taken(self, bucket: TokenBucket | None, messages: int) -> tuple[float, ...]:
        if bucket is None:
            return ()
        return tuple(bucket.take() for _ in range(self._share(bucket, messages)))

    def _buckets(self, ticket: Ticket) -> list[tuple[TokenBucket, tuple[float, ...]]]:
        pairs = [(self._overall, ticket.tokens), (self._chats.get(ticket.chat), ticket.chat_tokens)]
        return [(bucket, tokens) for bucket, tokens in pairs if bucket is not None]


class Pause:
    """Silence that a platform asked for, by the clock on the wall, which may be set meanwhile."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._length = 0.0

    def begin(self, wait: timedelta, *, at: float) -> None:
        """Be silent for a while; a pause under way is only ever made longer."""
        end = at + wait.total_seconds()
        if self._until is None or end > self._until:
            self._until, self._length = end, wait.total_seconds()

    def left(self, at: float) -> float:
        """Return how many seconds are left."""
        if self._until is None:
            return 0.0
        if self._until - at > self._length:
            self._until = at + self._length  # the clock was set back
        if self._until <= at:
            self._until = None
            return 0.0
        return self._until - at

"""One bot's way out: what it has at hand, which of its chats are busy, and what may leave when.

A lane decides and does nothing: the sender fetches for it and sends what it chooses. Moments are seconds of
a monotonic clock, given by the caller.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from isobot.chat.limits import Gate, Pause, Ticket
from isobot.chat.outgoing import Channel, Outgoing
from isobot.chat.quota import LONGEST_PART, Quota, messages_in

CHATS_AT_ONCE = 50
"""Of each bot."""
MESSAGES_A_CHAT = 2
"""How many messages an answer has in the mean, or more."""
STOCK_SECONDS = 1.0
"""Messages for so long are fetched ahead, so that no token waits for the database."""
SMALLEST_STOCK = 4
AHEAD_SECONDS = 0.01
"""A message is begun so long before its token is there, and waits for it at the door."""
LOOK_SECONDS = 1.0
"""How often the outbox is looked at when no bell rings: another process may have filled it in silence."""
SOON_SECONDS = 0.5
"""A campaign's messages are noted as about to leave so long before, so that no token waits for the note."""


def cost(message: Outgoing) -> int:
    """Return how many messages of the rate to set aside; what a month holds is counted in `quota.py`."""
    parts = max(1, -(-len(message.reply.text) // LONGEST_PART))
    return parts + (1 if message.reply.attachment is not None else 0)


@dataclass(slots=True)
class Lane:
    """What the sender knows of one bot."""

    channel: Channel
    gate: Gate
    chats_at_once: int = CHATS_AT_ONCE
    pause: Pause = field(default_factory=Pause)
    busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """Chats to which a message is under way, or is not marked yet."""
    reminded: set[str] = field(default_factory=set)
    """Those of them to which a message of a campaign is under way."""
    resting: dict[str, float] = field(default_factory=dict)
    """Chats that took as much as one chat may get, and until when."""
    stock: list[Outgoing] = field(default_factory=list)
    """Fetched and not begun yet, in the order in which they leave."""
    examined: set[int] = field(default_factory=set)
    """Messages of a campaign that are being looked at for the last time."""
    noted: set[int] = field(default_factory=set)
    """Messages of a campaign noted as about to leave, and surely not gone yet."""
    more: bool = False
    """The last look did not bring everything."""
    passed_by: set[str] = field(default_factory=set)
    """Chats left out by looks because they were busy: more may wait for them."""
    freed: bool = False
    """One of those is free now: time to look again."""
    looked_at: float = float("-inf")
    troubles: int = 0
    """How often in a row the platform could not be reached."""
    worked_at: float = float("-inf")
    token_refused: bool | None = None
    """None until the platform took or refused a message of this process."""
    quota: Quota | None = field(init=False)
    """None where the plan does not count messages."""

    def __post_init__(self) -> None:
        monthly = self.gate.limits.monthly
        self.quota = None if monthly is None else Quota(monthly)

    @property
    def bot(self) -> str:
        """The key of the bot."""
        return self.channel.bot

    @property
    def answers_only(self) -> bool:
        """Tell whether the monthly quota is too short for campaigns."""
        return self.quota is not None and self.quota.room(campaign=True) == 0

    # What is fetched

    def room(self, now: float, *, rung: bool) -> int:
        """Return how many messages to fetch: 0 when there is no need."""
        for chat in [chat for chat, at in self.resting.items() if at <= now + AHEAD_SECONDS]:
            del self.resting[chat]
            self.freed = True
        if self.quota is not None and self.quota.room(campaign=False) == 0:
            return 0
        low = self.more and not self.has_stock()
        wanted = rung or low or self.freed or now - self.looked_at >= LOOK_SECONDS
        return self.full() if wanted else 0

    def short_of(self) -> int:
        """Return how many messages of a campaign that goes on would fill up the stock."""
        return max(0, self.full() - self.stocked()) if self.more and not self.answers_only else 0

    def full(self) -> int:
        """Return how many messages are fetched ahead at most."""
        free = max(0, self.slots() - len(self.busy))
        overall = self.gate.limits.overall
        if overall is None or self.troubles:
            return free * MESSAGES_A_CHAT
        return min(free, max(SMALLEST_STOCK, int(STOCK_SECONDS / overall.distance)))

    def at_hand(self) -> set[int]:
        """Return the messages that were fetched and are not begun yet."""
        return self.examined | {message.id for message in self.stock}

    def stocked(self) -> int:
        """Count what is at hand: chats that are busy or rest keep no other waiting."""
        held_up = self.busy.keys() | self.resting.keys()
        return len(self.examined) + sum(1 for message in self.stock if message.chat_key not in held_up)

    def has_stock(self) -> bool:
        """Tell whether a campaign goes on that needs nothing fetched now: only answers are looked for."""
        return self.more and self.stocked() * 2 > self.full()

    def slots(self) -> int:
        """Return how many chats may be served at once: one, to try, while the platform is out of reach."""
        return 1 if self.troubles else self.chats_at_once

    def looked(self, now: float, *, rung: bool) -> None:
        """Take down that the outbox was looked at, without the chats that could get nothing."""
        self.freed, self.looked_at = False, now
        if rung or not self.more:
            self.passed_by |= {*self.busy, *self.resting}

    def put_in_stock(self, found: Iterable[Outgoing]) -> None:
        """Take messages, answers before campaigns; they push the end of the stock back to the outbox."""
        self.stock += found
        self.stock.sort(key=lambda message: (message.priority, message.id))
        most = 2 * self.full()
        self.more = self.more or len(self.stock) > most
        del self.stock[most:]

    def put_back(self, chat_key: str) -> None:
        """Let what follows in a chat wait in the outbox for the message that did not leave."""
        self.stock = [message for message in self.stock if message.chat_key != chat_key]
        self.more = True

    def put_campaign_back(self) -> None:
        """Let what a campaign has in stock wait in the outbox."""
        self.stock = [message for message in self.stock if not message.is_campaign]

    def has_campaign(self) -> bool:
        """Tell whether messages of a campaign are about to leave, lists of what became of it apart."""
        if self.troubles:
            return False
        waiting = any(message.is_campaign and not message.is_list for message in self.stock)
        return waiting or bool(self.examined or self.reminded)

    def let_go(self, number: int) -> None:
        """Take out of stock what nobody wants sent any more, since it was looked at."""
        self.stock = [message for message in self.stock if message.id != number]

    def free(self, chat_key: str) -> None:
        """Let a chat take its next message."""
        self.busy.pop(chat_key, None)
        self.reminded.discard(chat_key)
        if self.quota is not None:
            self.quota.end(chat_key)
        if chat_key in self.passed_by:
            self.passed_by.discard(chat_key)
            self.freed = True

    # What leaves

    def affords(self, message: Outgoing) -> bool:
        """Tell whether the month surely holds a message."""
        quota = self.quota
        return quota is None or messages_in(message) <= quota.room(campaign=message.is_campaign)

    def may_leave(self, message: Outgoing) -> bool:
        """Tell whether a message need not be noted any more before it leaves."""
        return not message.is_campaign or message.id in self.noted

    def soon(self) -> list[int]:
        """List the messages that leave within a moment, and have to be noted before.

        They come in batches, each when half of the one before has left: every batch is a statement.
        """
        overall = self.gate.limits.overall
        most = self.slots()
        if overall is not None:
            most = min(most, max(1, int(SOON_SECONDS / overall.distance)))
        if self.quota is not None:
            most = min(most, self.quota.room(campaign=True))
        campaign = (m for m in self.stock if m.is_campaign and m.chat_key not in self.busy)
        ahead = [message.id for message in islice(campaign, most)]
        fresh = [number for number in ahead if number not in self.noted]
        return fresh if 2 * len(fresh) >= len(ahead) else []

    def opens_at(self) -> float | None:
        """Return when a token comes that something in stock waits for."""
        first = next((m for m in self.stock if m.chat_key not in self.busy and self.may_leave(m)), None)
        if first is None:
            return None
        return self.gate.campaign_opens_at() if first.is_campaign else self.gate.opens_at()

    def choose(self, now: float) -> Sequence[tuple[Outgoing, Ticket]]:
        """Take out of stock what may leave now, one message of a chat, with leave to send it.

        What the month does not hold goes back to the outbox, with all that follows in its chat.
        """
        chosen: dict[str, tuple[Outgoing, Ticket]] = {}
        later: list[Outgoing] = []
        stopped = set(self.busy)
        too_much: set[str] = set()
        by = now + AHEAD_SECONDS
        for place, message in enumerate(self.stock):
            chat = message.chat_key
            if chat in too_much:
                continue
            if chat in stopped or chat in chosen or len(self.busy) + len(chosen) >= self.slots():
                later.append(message)
                continue
            if not self.affords(message):
                too_much.add(chat)
                continue
            if not self.may_leave(message):
                stopped.add(chat)
                later.append(message)
                continue
            ticket = self.gate.admit(
                message.chat, campaign=message.is_campaign, messages=cost(message), now=now, by=by
            )
            if ticket is not None:
                chosen[chat] = message, ticket
                if self.quota is not None:
                    self.quota.begin(chat, messages_in(message))
            elif (until := self.gate.rests_until(message.chat)) > by:
                stopped.add(chat)
                self.resting[chat] = until
                self.more = True
            else:
                later += [each for each in self.stock[place:] if each.chat_key not in too_much]
                break
        self.stock = later
        return list(chosen.values())

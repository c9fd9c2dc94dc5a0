"""One event being dealt with: who said what in which chat, and what is said back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from isobot.clock import vietnam_day
from isobot.domain.messages import Attachment, Choice, Incoming, IncomingKind, Reply, read_choice
from isobot.domain.people import Actor
from isobot.storage.conversations import Conversation
from isobot.storage.store import Store

LONGEST_JOINED = 1500
"""Characters; with its choices a message then still fits Zalo's 2000."""


@dataclass(slots=True)
class Turn:
    """One event with everything a handler needs; handlers say things and change records."""

    incoming: Incoming
    conversation: Conversation
    actor: Actor
    store: Store
    replies: list[Reply] = field(default_factory=list)
    carries: int = 0
    """A waiting reminder whose words stand under the last reply."""

    @property
    def now(self) -> datetime:
        """The moment of this transaction, in UTC."""
        return self.store.now

    @property
    def today(self) -> date:
        """The day in Việt Nam."""
        return vietnam_day(self.store.now)

    @property
    def text(self) -> str:
        """What the person typed."""
        return self.incoming.text

    def say(self, text: str, *choices: Choice, attachment: Attachment | None = None) -> None:
        """Answer in this chat."""
        self.replies.append(Reply(text, choices, attachment))

    def picked(self) -> Choice | None:
        """Tell which choice this event picks: a button, or its number or label typed."""
        incoming, record = self.incoming, self.conversation
        if incoming.kind is IncomingKind.CHOICE:
            if incoming.prompt == 0:
                return Choice(incoming.choice, "", lasting=True)
            if incoming.prompt != record.prompt:
                return None
            return next((c for c in record.offered if c.key == incoming.choice), None)
        if incoming.kind is IncomingKind.TEXT:
            return read_choice(incoming.text, record.offered)
        return None

    def finish(self) -> None:
        """Queue what was said, and remember the choices that are now on offer."""
        record = self.conversation
        replies = _joined(self.replies)
        offering = [reply for reply in replies if reply.choices]
        if offering:
            record.prompt += 1
            record.offered = offering[-1].choices
        elif replies:
            record.offered = ()
        for reply in replies:
            carried = self.carries if reply is replies[-1] else 0
            self.store.send(record.bot, record.chat, reply, prompt=record.prompt, carries=carried)
        self.store.keep(record)


def _joined(replies: Sequence[Reply]) -> list[Reply]:
    """Put replies that follow each other into one message: some platforms count messages by the month."""
    joined: list[Reply] = []
    for reply in replies:
        last = joined[-1] if joined else None
        if (
            last is not None
            and not last.choices
            and last.attachment is None
            and reply.attachment is None
            and len(last.text) + len(reply.text) <= LONGEST_JOINED
        ):
            joined[-1] = Reply(f"{last.text}\n\n{reply.text}", reply.choices)
        else:
            joined.append(reply)
    return joined


class Router(Protocol):
    """Decides who answers; the dialogues stand behind it."""

    async def ready(self, store: Store) -> None:
        """Be up to date before events are taken; `store` only reads, and holds nobody up."""

    async def prefetch(self, store: Store, turns: Sequence[Turn]) -> None:
        """Load in few statements what several turns are going to read."""

    async def route(self, turn: Turn) -> None:
        """Deal with one event: say what is to be said, change what is to be changed."""

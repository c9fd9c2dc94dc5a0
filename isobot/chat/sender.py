"""The sender: drains the outbox, each chat in its order, many chats at once.

A message is marked sent after the platform took it, several marks to a commit, so only a kill between
a send and its mark may repeat a message. A channel that asks to slow down is waited for; a chat that
is gone, or a message that is refused, ends as a dead letter that stays in the table.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from isobot.chat.bell import Bell
from isobot.clock import Clock
from isobot.domain.messages import Attachment
from isobot.errors import ChannelBusy, ChatGone, MessageRefused
from isobot.storage import outbox, people
from isobot.storage.database import Database
from isobot.storage.outbox import Outgoing

log = structlog.get_logger()

CHATS_AT_ONCE = 50
MESSAGES_A_CHAT = 2
"""How many messages an answer has in the mean, or more."""
TRIES = 8
FIRST_BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file made from its recipe."""

    filename: str
    content: bytes
    media_type: str


Renderer = Callable[[Attachment], Awaitable[RenderedFile]]


class Channel(Protocol):
    """What the sender asks of a channel."""

    bot: str
    sends_files: bool
    """False when files are offered as links instead of being rendered and sent."""

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        """Send one message and return the platform's own reference to it.

        Raises:
            ChannelBusy: send it again after the wait it names.
            ChatGone: never send to this chat again.
            MessageRefused: never send this message again.
        """


@dataclass(slots=True)
class _Outcome:
    message: Outgoing
    sent: bool = False
    reference: str | None = None
    wait: timedelta | None = None
    gone: bool = False
    why: str = ""


class Sender:
    """Delivers what is queued."""

    def __init__(
        self,
        database: Database,
        channels: Sequence[Channel],
        render: Renderer,
        clock: Clock,
        *,
        bell: Bell,
        chats_at_once: int = CHATS_AT_ONCE,
    ) -> None:
        self._database = database
        self._channels: Mapping[str, Channel] = {channel.bot: channel for channel in channels}
        self._render = render
        self._clock = clock
        self._bell = bell
        self._chats_at_once = chats_at_once
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._outcomes: list[_Outcome] = []
        self._finished: set[str] = set()

    async def run(self) -> None:
        """Work until cancelled; what was sent by then is marked before leaving."""
        try:
            while True:
                try:
                    worked = await self.step()
                except Exception:
                    log.exception("sender_step_failed")
                    await asyncio.sleep(1)
                    continue
                if not worked:
                    await self._bell.wait(1.0)
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)
            await asyncio.shield(self._mark())

    async def step(self) -> bool:
        """Mark what was delivered and start what is due; False when there was neither."""
        marked = await self._mark()
        room = self._chats_at_once - len(self._busy)
        started = 0
        if room > 0:
            async with self._database.read() as connection:
                due = await outbox.due(
                    connection,
                    list(self._channels),
                    now=self._clock.now(),
                    most=room * MESSAGES_A_CHAT,
                    apart_from=list(self._busy),
                )
            for chat_key, messages in list(_by_chat(due).items())[:room]:
                self._busy[chat_key] = asyncio.create_task(self._deliver_all(chat_key, messages))
                started += 1
        if started:
            await asyncio.sleep(0)
        return bool(marked or started)

    async def drain(self) -> None:
        """Send until nothing is due and nothing is under way."""
        while await self.step() or self._busy:
            if self._busy and not self._outcomes:
                await self._bell.wait(0.2)

    async def _deliver_all(self, chat_key: str, messages: list[Outgoing]) -> None:
        try:
            for message in messages:
                outcome = await self._deliver(message)
                self._outcomes.append(outcome)
                if outcome.wait is not None or outcome.gone:
                    break
        finally:
            self._finished.add(chat_key)
            self._bell.ring()

    async def _deliver(self, message: Outgoing) -> _Outcome:
        channel = self._channels[message.bot]
        try:
            file = None
            if message.reply.attachment is not None and channel.sends_files:
                file = await self._render(message.reply.attachment)
            return _Outcome(message, sent=True, reference=await channel.deliver(message, file))
        except ChannelBusy as busy:
            return _Outcome(message, wait=max(busy.wait, _back_off(message.attempts)), why=str(busy))
        except ChatGone as gone:
            return _Outcome(message, gone=True, why=str(gone))
        except MessageRefused as refused:
            return _Outcome(message, why=str(refused))
        except Exception as error:
            log.exception("delivery_failed", message=message.id, bot=message.bot)
            return _Outcome(message, wait=_back_off(message.attempts), why=type(error).__name__)

    async def _mark(self) -> bool:
        """Write down what became of the messages, then free their chats."""
        outcomes, self._outcomes = self._outcomes, []
        finished, self._finished = self._finished, set()
        if not outcomes and not finished:
            return False
        try:
            if outcomes:
                await self._write(outcomes)
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            self._finished |= finished
            raise
        for chat_key in finished:
            self._busy.pop(chat_key, None)
        return True

    async def _write(self, outcomes: list[_Outcome]) -> None:
        now = self._clock.now()
        async with self._database.write() as connection:
            sent = [(o.message.id, o.reference) for o in outcomes if o.sent]
            await outbox.mark_sent(connection, sent, at=now)
            for outcome in outcomes:
                if outcome.sent:
                    continue
                key, attempts = outcome.message.id, outcome.message.attempts + 1
                if outcome.wait is not None and attempts < TRIES:
                    until = now + outcome.wait
                    await outbox.mark_waiting(
                        connection, key, attempts=attempts, until=until, why=outcome.why
                    )
                    continue
                log.warning("dead_letter", message=key, bot=outcome.message.bot, why=outcome.why)
                await outbox.mark_dead(connection, key, attempts=attempts, why=outcome.why)
                if outcome.gone:
                    await people.mark_gone(connection, outcome.message.chat_key, at=now)


def _by_chat(messages: Sequence[Outgoing]) -> dict[str, list[Outgoing]]:
    grouped: dict[str, list[Outgoing]] = defaultdict(list)
    for message in messages:
        grouped[message.chat_key].append(message)
    return grouped


def _back_off(attempts: int) -> timedelta:
    doubled: timedelta = FIRST_BACK_OFF * 2**attempts
    return min(LONGEST_BACK_OFF, doubled)

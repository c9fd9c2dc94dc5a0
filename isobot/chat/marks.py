"""What became of messages, gathered and written down: several marks to a commit."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog

from isobot.chat.lane import Lane
from isobot.chat.outgoing import Outgoing
from isobot.clock import Clock
from isobot.storage import delivery, dispatch, outbox, people
from isobot.storage.database import Database, Transaction

log = structlog.get_logger()

TRIES = 8
MARK_SECONDS = 0.05
"""How long marks of a campaign may wait for others to share a commit."""


@dataclass(slots=True)
class Outcome:
    """What became of one message."""

    message: Outgoing
    sent: bool = False
    reference: str | None = None
    wait: timedelta | None = None
    """When not sent: try again after so long; None is never."""
    gone: bool = False
    """The chat takes nothing any more."""
    counts: bool = True
    """False when the failure says nothing of this message: its tries are not used up."""
    unknown: bool = False
    """True when it may have arrived all the same: the connection broke before the answer."""
    why: str = ""


class Marks:
    """Keeps outcomes until they are in the database, and what is about to leave."""

    def __init__(
        self, database: Database, lanes: Mapping[str, Lane], clock: Clock, *, queued: Callable[[], None]
    ) -> None:
        """Start with nothing; `queued` is called when a message found another way."""
        self._database = database
        self._lanes = lanes
        self._clock = clock
        self._queued = queued
        self._outcomes: list[Outcome] = []
        self._finished: set[tuple[str, str]] = set()
        self._token_news: dict[str, bool] = {}
        self._written_at = float("-inf")
        self._writing = asyncio.Lock()

    @property
    def waiting(self) -> bool:
        """Tell whether outcomes are not written yet."""
        return bool(self._outcomes)

    def add(self, outcome: Outcome) -> None:
        """Keep what became of a message."""
        self._outcomes.append(outcome)

    def add_finished(self, message: Outgoing) -> None:
        """Free the chat of a message with the next commit."""
        self._finished.add((message.bot, message.chat_key))

    def add_token(self, bot: str, *, refused: bool) -> None:
        """Keep whether a platform takes the bot's token."""
        self._token_news[bot] = refused

    def about_to_leave(self) -> dict[int, Lane]:
        """Return the messages to be noted before they leave, each with its lane."""
        return {number: lane for lane in self._lanes.values() for number in lane.soon()}

    def may_wait(self) -> bool:
        """Tell whether marks may gather: nobody waits for them while a campaign goes on."""
        if monotonic() - self._written_at >= MARK_SECONDS:
            return False
        going_on = {bot for bot, lane in self._lanes.items() if lane.stock}
        return all(o.sent and o.message.is_campaign and o.message.bot in going_on for o in self._outcomes)

    async def write(self) -> bool:
        """Write down what became of the messages and what leaves next, then free the chats."""
        async with self._writing:
            outcomes, self._outcomes = self._outcomes, []
            finished, self._finished = self._finished, set()
            soon = self.about_to_leave()
            if not outcomes and not finished and not soon:
                return False
            try:
                if outcomes or self._token_news or soon:
                    await self._write(outcomes, soon)
            except BaseException:
                self._outcomes = outcomes + self._outcomes
                self._finished |= finished
                raise
            self._written_at = monotonic()
            for bot, chat_key in finished:
                self._lanes[bot].free(chat_key)
            return True

    async def take_back(self, lane: Lane) -> None:
        """Take back the notes of what surely did not leave: another process will send it."""
        async with self._writing:
            if lane.noted:
                async with self._database.write() as connection:
                    await outbox.take_back_begun(connection, lane.noted)
                lane.noted.clear()

    async def write_the_last(self) -> None:
        """Write down what was sent before leaving, and take back the notes of what surely was not."""
        for lane in self._lanes.values():
            lane.stock.clear()
        await self.write()
        async with self._database.write() as connection:
            await outbox.take_back_begun(connection, self._noted())

    def _noted(self) -> set[int]:
        return {number for lane in self._lanes.values() for number in lane.noted}

    async def _write(self, outcomes: list[Outcome], soon: Mapping[int, Lane]) -> None:
        now = self._clock.now()
        news = dict(self._token_news)
        sent = [(o.message.id, o.reference) for o in outcomes if o.sent]
        failed = [o for o in outcomes if not o.sent and o.counts]
        if not (sent or failed or news or soon):
            return
        stayed = {o.message.id for o in failed} & self._noted()
        async with self._database.write() as connection:
            begun = await outbox.begin(connection, list(soon))
            await outbox.take_back_begun(connection, stayed)
            await outbox.mark_sent(connection, sent, at=now)
            await dispatch.settle(connection, sent=[key for key, _ in sent], at=now)
            for bot, refused in news.items():
                await delivery.note_token(connection, bot, refused=refused, at=now)
            for outcome in failed:
                await self._write_failed(connection, outcome, now)
        self._token_news = {b: refused for b, refused in self._token_news.items() if news.get(b) != refused}
        for lane in self._lanes.values():
            lane.noted -= stayed
        for number, lane in soon.items():
            if number in begun:
                lane.noted.add(number)
            else:
                lane.let_go(number)
        if again := sorted(key for key, times in begun.items() if times > 1):
            log.warning("reminders_perhaps_repeated", messages=again)

    async def _write_failed(self, connection: Transaction, outcome: Outcome, now: datetime) -> None:
        """Let a message wait for its next try, find another way for it, or give it up."""
        message, attempts = outcome.message, outcome.message.attempts + 1
        if outcome.wait is not None and attempts < TRIES:
            until = now + outcome.wait
            await outbox.mark_waiting(connection, message.id, attempts=attempts, until=until, why=outcome.why)
            return
        if outcome.gone:
            await people.mark_gone(connection, message.chat_key, at=now)
            if message.is_campaign and await delivery.send_elsewhere(
                connection, message, bots=list(self._lanes), at=now
            ):
                log.info("reminder_sent_elsewhere", message=message.id, bot=message.bot)
                self._queued()
                return
        log.warning("dead_letter", message=message.id, bot=message.bot, why=outcome.why)
        await outbox.mark_dead(connection, message.id, attempts=attempts, why=outcome.why)
        await dispatch.settle(connection, dead=[message.id], at=now)

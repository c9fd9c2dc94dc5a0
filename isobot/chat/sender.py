"""The sender: drains the outbox, each chat in its order, each bot within its limits.

A message is marked sent after the platform took it, several marks to a commit, so only a kill between
a send and its mark may repeat a message. Every bot has a lane of its own: one that is slow, or that was
asked to pause, keeps no other waiting. What may leave next is looked up just before it may leave, so an
answer written now overtakes a campaign of any length, and a reminder taken back stays here. A chat that
is gone, or a message that is refused, ends as a dead letter that stays in the table; a campaign's message
goes to the person's next chat instead, if there is one.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Protocol

import structlog

from isobot.chat.bell import Bell
from isobot.chat.limits import UNLIMITED, Gate, Limits, Pause, Ticket
from isobot.clock import Clock
from isobot.domain.messages import Attachment
from isobot.errors import ChannelBusy, ChatGone, MessageRefused
from isobot.storage import delivery, outbox, people, records
from isobot.storage.database import Database
from isobot.storage.outbox import Outgoing

log = structlog.get_logger()

CHATS_AT_ONCE = 50
"""Of each bot."""
MESSAGES_A_CHAT = 2
"""How many messages an answer has in the mean, or more."""
TRIES = 8
FIRST_BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(minutes=30)
LONGEST_SILENCE = timedelta(minutes=1)
"""Between two tries to reach a platform that cannot be reached."""
AHEAD_SECONDS = 0.04
"""What may leave within this time is looked up at once, so that no token waits for the database."""
LEAD_SECONDS = 0.015
SHORTEST_WAIT_SECONDS = 0.005
LATELY_SECONDS = 60.0
QUOTA_LOOK_SECONDS = 60.0
KEPT_FOR_ANSWERS = 10
"""One in so many messages of a monthly quota is not for campaigns."""
LONGEST_PART = 2000
"""Characters; a longer message may count as several."""


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


class Meter(Protocol):
    """Counts what happens, for whoever watches."""

    def sent(self, bot: str) -> None:
        """Count a message that a platform took."""

    def limited(self, bot: str) -> None:
        """Count an answer that asked to slow down."""


class NoMeter:
    """Counts nothing."""

    def sent(self, bot: str) -> None:
        """Pass over it."""

    def limited(self, bot: str) -> None:
        """Pass over it."""


@dataclass(slots=True)
class _Outcome:
    message: Outgoing
    sent: bool = False
    reference: str | None = None
    wait: timedelta | None = None
    gone: bool = False
    counts: bool = True
    """False when the failure says nothing of this message: its tries are not used up."""
    why: str = ""


@dataclass(slots=True)
class _Lane:
    """One bot's way out."""

    channel: Channel
    gate: Gate
    pause: Pause = field(default_factory=Pause)
    busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    resting: dict[str, float] = field(default_factory=dict)
    more: bool = False
    """More waits than could leave at the last look; it is a campaign's if `campaign_next`."""
    campaign_next: bool = False
    troubles: int = 0
    worked_at: float = float("-inf")
    token_refused: bool = False
    counted_at: float = float("-inf")
    quota_left: int | None = None

    @property
    def answers_only(self) -> bool:
        """Tell whether the monthly quota is too short for campaigns."""
        monthly = self.gate.limits.monthly
        return (
            monthly is not None
            and self.quota_left is not None
            and (self.quota_left <= monthly // KEPT_FOR_ANSWERS)
        )


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
        limits: Mapping[str, Limits] | None = None,
        may_send: Callable[[str], bool] = lambda _bot: True,
        meter: Meter | None = None,
        chats_at_once: int = CHATS_AT_ONCE,
    ) -> None:
        """Prepare; `may_send` tells which bots this process sends for at this moment."""
        known = limits or {}
        self._database = database
        self._lanes = {c.bot: _Lane(c, Gate(known.get(c.bot, UNLIMITED))) for c in channels}
        self._render = render
        self._clock = clock
        self._bell = bell
        self._may_send = may_send
        self._meter: Meter = meter or NoMeter()
        self._chats_at_once = chats_at_once
        self._outcomes: list[_Outcome] = []
        self._finished: set[tuple[str, str]] = set()
        self._token_news: dict[str, bool] = {}

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
                    await self._bell.wait(self._patience())
        finally:
            tasks = [task for lane in self._lanes.values() for task in lane.busy.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.shield(self._mark())

    async def step(self) -> bool:
        """Mark what was delivered and start what is due; False when there was neither."""
        marked = await self._mark()
        started = await self._start()
        if started:
            await asyncio.sleep(0)
        return bool(marked or started)

    async def drain(self) -> None:
        """Send until nothing is due and nothing is under way."""
        while await self.step() or any(lane.busy for lane in self._lanes.values()):
            if not self._outcomes and any(lane.busy for lane in self._lanes.values()):
                await self._bell.wait(0.2)

    # What may leave

    async def _start(self) -> int:
        """Look up what each bot may send now, and begin to send it."""
        await self._count_quotas()
        now = monotonic()
        rooms = {bot: room for bot, lane in self._lanes.items() if (room := self._room(lane, now)) > 0}
        if not rooms:
            return 0
        apart_from = {bot: [*self._lanes[bot].busy, *self._lanes[bot].resting] for bot in rooms}
        async with self._database.read() as connection:
            due = await outbox.due_of_each(
                connection,
                rooms,
                now=self._clock.now(),
                apart_from=apart_from,
                answers_only=[bot for bot in rooms if self._lanes[bot].answers_only],
            )
        by_bot: dict[str, list[Outgoing]] = defaultdict(list)
        for message in due:
            by_bot[message.bot].append(message)
        return sum(self._start_lane(self._lanes[bot], by_bot[bot], rooms[bot]) for bot in rooms)

    def _start_lane(self, lane: _Lane, due: list[Outgoing], room: int) -> int:
        now = monotonic()
        started = admitted = 0
        for chat_key, messages in _by_chat(due).items():
            if len(lane.busy) >= self._slots(lane):
                break
            batch = self._admitted(lane, messages, now)
            if batch:
                lane.busy[chat_key] = asyncio.create_task(self._deliver_all(lane, chat_key, batch))
                started += 1
                admitted += len(batch)
        lane.more = len(due) >= room or admitted < len(due)
        lane.campaign_next = bool(due) and due[-1].is_campaign
        return started

    def _admitted(self, lane: _Lane, messages: list[Outgoing], now: float) -> list[tuple[Outgoing, Ticket]]:
        batch = []
        for message in messages:
            ticket = lane.gate.admit(
                message.chat,
                campaign=message.is_campaign,
                messages=_cost(message),
                now=now,
                by=now + AHEAD_SECONDS,
            )
            if ticket is None:
                if (until := lane.gate.rests_until(message.chat)) > now + AHEAD_SECONDS:
                    lane.resting[message.chat_key] = until
                break
            batch.append((message, ticket))
        return batch

    def _slots(self, lane: _Lane) -> int:
        """Return how many chats may be served at once: one, to try, while the platform is out of reach."""
        return 1 if lane.troubles else self._chats_at_once

    def _room(self, lane: _Lane, now: float) -> int:
        """Return how many messages of a bot may leave about now."""
        if not self._may_send(lane.channel.bot) or lane.pause.left(self._clock.now().timestamp()) > 0:
            return 0
        lane.resting = {chat: at for chat, at in lane.resting.items() if at > now + AHEAD_SECONDS}
        most = max(0, self._slots(lane) - len(lane.busy)) * MESSAGES_A_CHAT
        tokens = lane.gate.room(now + AHEAD_SECONDS)
        return most if tokens is None else min(most, tokens)

    def _patience(self) -> float:
        """Return for how many seconds there is surely nothing to do, unless the bell rings."""
        now, wall = monotonic(), self._clock.now().timestamp()
        moments = [now + 1.0]
        for lane in self._lanes.values():
            if (pause := lane.pause.left(wall)) > 0:
                moments.append(now + pause)
            elif lane.more:
                opens = lane.gate.campaign_opens_at() if lane.campaign_next else lane.gate.opens_at()
                moments.append(opens - LEAD_SECONDS)
            moments += [at - LEAD_SECONDS for at in lane.resting.values()]
        return max(SHORTEST_WAIT_SECONDS, min(moments) - now)

    async def _count_quotas(self) -> None:
        """Find out now and then what is left of the monthly quotas; merge what they hold up."""
        now = monotonic()
        for bot, lane in self._lanes.items():
            monthly = lane.gate.limits.monthly
            if monthly is None or now - lane.counted_at < QUOTA_LOOK_SECONDS or not self._may_send(bot):
                continue
            lane.counted_at = now
            async with self._database.read() as connection:
                used = await delivery.sent_this_month(connection, bot, at=self._clock.now())
            lane.quota_left = monthly - used
            if lane.answers_only:
                async with self._database.write() as connection:
                    merged = await delivery.merge_waiting(connection, bot)
                log.warning("monthly_quota_short", bot=bot, left=lane.quota_left, merged=merged)

    # Sending

    async def _deliver_all(
        self, lane: _Lane, chat_key: str, batch: Sequence[tuple[Outgoing, Ticket]]
    ) -> None:
        tickets = [ticket for _, ticket in batch]
        try:
            for message, ticket in batch:
                file = await self._file_of(lane, message)
                if isinstance(file, _Outcome):
                    self._outcomes.append(file)
                    break
                if (early := ticket.at - monotonic()) > 0:
                    await asyncio.sleep(early)
                if lane.pause.left(self._clock.now().timestamp()) > 0:
                    break
                left = monotonic()
                tickets.remove(ticket)
                outcome = await self._deliver(lane, message, file)
                lane.gate.used(ticket, left=left, answered=monotonic())
                self._outcomes.append(outcome)
                if outcome.wait is not None or outcome.gone:
                    break
        finally:
            for ticket in tickets:
                lane.gate.unused(ticket)
            self._finished.add((lane.channel.bot, chat_key))
            self._bell.ring()

    async def _file_of(self, lane: _Lane, message: Outgoing) -> RenderedFile | _Outcome | None:
        if message.reply.attachment is None or not lane.channel.sends_files:
            return None
        try:
            return await self._render(message.reply.attachment)
        except Exception as error:
            return self._failed(message, error)

    async def _deliver(self, lane: _Lane, message: Outgoing, file: RenderedFile | None) -> _Outcome:
        try:
            reference = await lane.channel.deliver(message, file)
        except ChannelBusy as busy:
            return self._held_up(lane, message, busy)
        except ChatGone as gone:
            return _Outcome(message, gone=True, why=str(gone))
        except MessageRefused as refused:
            return _Outcome(message, why=str(refused))
        except Exception as error:
            return self._failed(message, error)
        lane.troubles = 0
        lane.worked_at = monotonic()
        if lane.quota_left is not None:
            lane.quota_left -= _cost(message)
        if lane.token_refused:
            lane.token_refused = self._token_news[message.bot] = False
        self._meter.sent(message.bot)
        return _Outcome(message, sent=True, reference=reference)

    def _failed(self, message: Outgoing, error: Exception) -> _Outcome:
        log.error("delivery_failed", message=message.id, bot=message.bot, exc_info=error)
        return _Outcome(message, wait=_back_off(message.attempts), why=type(error).__name__)

    def _held_up(self, lane: _Lane, message: Outgoing, busy: ChannelBusy) -> _Outcome:
        """Let the whole bot pause: what one message ran into, the next would too."""
        wall = self._clock.now().timestamp()
        if busy.why:
            lane.pause.begin(busy.wait, at=wall)
            if busy.why == "limit":
                self._meter.limited(message.bot)
                log.warning("limit_reached", bot=message.bot, wait_seconds=busy.wait.total_seconds())
            elif not lane.token_refused:
                lane.token_refused = self._token_news[message.bot] = True
            return _Outcome(message, wait=busy.wait, counts=False, why=str(busy))
        lane.troubles += 1
        silence = min(LONGEST_SILENCE, timedelta(seconds=2 ** min(lane.troubles - 1, 6)))
        lane.pause.begin(silence, at=wall)
        # While others get through, the trouble is this message's own, such as a file too slow to send.
        own = monotonic() - lane.worked_at < LATELY_SECONDS
        return _Outcome(message, wait=max(busy.wait, _back_off(message.attempts)), counts=own, why=str(busy))

    # Marking

    async def _mark(self) -> bool:
        """Write down what became of the messages, then free their chats."""
        outcomes, self._outcomes = self._outcomes, []
        finished, self._finished = self._finished, set()
        if not outcomes and not finished:
            return False
        try:
            if outcomes or self._token_news:
                await self._write(outcomes)
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            self._finished |= finished
            raise
        for bot, chat_key in finished:
            self._lanes[bot].busy.pop(chat_key, None)
        return True

    async def _write(self, outcomes: list[_Outcome]) -> None:
        now = self._clock.now()
        news, self._token_news = self._token_news, {}
        sent = [(o.message.id, o.reference) for o in outcomes if o.sent]
        failed = [o for o in outcomes if not o.sent and o.counts]
        if not (sent or failed or news):
            return
        async with self._database.write() as connection:
            await outbox.mark_sent(connection, sent, at=now)
            for bot, refused in news.items():
                await records.set_meta(
                    connection, delivery.token_key(bot), now.isoformat() if refused else ""
                )
            for outcome in failed:
                message, attempts = outcome.message, outcome.message.attempts + 1
                if outcome.wait is not None and attempts < TRIES:
                    until = now + outcome.wait
                    await outbox.mark_waiting(
                        connection, message.id, attempts=attempts, until=until, why=outcome.why
                    )
                    continue
                if outcome.gone:
                    await people.mark_gone(connection, message.chat_key, at=now)
                    if message.is_campaign and await delivery.send_elsewhere(
                        connection, message, bots=list(self._lanes), at=now
                    ):
                        log.info("reminder_sent_elsewhere", message=message.id, bot=message.bot)
                        self._bell.ring()
                        continue
                log.warning("dead_letter", message=message.id, bot=message.bot, why=outcome.why)
                await outbox.mark_dead(connection, message.id, attempts=attempts, why=outcome.why)


def _cost(message: Outgoing) -> int:
    """Return how many messages the platform will count, or one more."""
    parts = max(1, -(-len(message.reply.text) // LONGEST_PART))
    return parts + (1 if message.reply.attachment is not None else 0)


def _by_chat(messages: Sequence[Outgoing]) -> dict[str, list[Outgoing]]:
    grouped: dict[str, list[Outgoing]] = defaultdict(list)
    for message in messages:
        grouped[message.chat_key].append(message)
    return grouped


def _back_off(attempts: int) -> timedelta:
    doubled: timedelta = FIRST_BACK_OFF * 2**attempts
    return min(LONGEST_BACK_OFF, doubled)

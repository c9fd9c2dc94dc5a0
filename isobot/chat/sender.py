"""The sender: drains the outbox, each chat in its order, each bot within its limits.

A message is marked sent after the platform took it, several marks to a commit, and before the next of
its chat leaves: only a kill between a send and its mark may repeat a message, and one for each chat at
most. A campaign's message is noted as about to leave before it does, so such a repeat is counted. Every
bot has a lane of its own: one that is slow, or that was asked to pause, keeps no other waiting. Only what
leaves within a moment is fetched ahead, and answers are put before it, so an answer written now overtakes
a campaign of any length, and a reminder taken back stays here. A chat that is gone, or a message that is
refused, ends as a dead letter that stays in the table; a campaign's message goes to the person's next
chat instead, if there is one.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic
from typing import Protocol

import structlog

from isobot.chat.bell import Bell
from isobot.chat.limits import UNLIMITED, Gate, Limits, Pause, Ticket
from isobot.clock import Clock
from isobot.domain.messages import Attachment, Reply
from isobot.errors import ChannelBusy, ChatGone, MessageRefused
from isobot.storage import delivery, dispatch, outbox, people
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
STOCK_SECONDS = 1.0
"""Messages for so long are fetched ahead, so that no token waits for the database."""
SMALLEST_STOCK = 4
AHEAD_SECONDS = 0.01
SHORTEST_WAIT_SECONDS = 0.002
LOOK_SECONDS = 1.0
"""How often the outbox is looked at when no bell rings: another process may have filled it in silence."""
SOON_SECONDS = 0.5
"""A campaign's messages are noted as about to leave so long before, so that no token waits for the note."""
MARK_SECONDS = 0.05
"""How long marks of a campaign may wait for others to share a commit."""
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

LastLook = Callable[[Sequence[Outgoing]], Awaitable[Mapping[int, Reply | None]]]
"""Asked about campaign messages right before they leave: what each says now, None where it does not leave."""


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
    stock: list[Outgoing] = field(default_factory=list)
    """Fetched and not begun yet, in the order in which they leave."""
    more: bool = False
    """The last look did not bring everything."""
    passed_by: set[str] = field(default_factory=set)
    """Chats left out by looks because they were busy: more may wait for them."""
    freed: bool = False
    """One of those is free now: time to look again."""
    looked_at: float = float("-inf")
    troubles: int = 0
    worked_at: float = float("-inf")
    token_refused: bool | None = None
    """None until the platform took or refused a message of this process."""
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
        last_look: LastLook | None = None,
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
        self._last_look = last_look
        self._chats_at_once = chats_at_once
        self._outcomes: list[_Outcome] = []
        self._marked_at = float("-inf")
        self._finished: set[tuple[str, str]] = set()
        self._noted: set[int] = set()
        """Noted as about to leave, and surely not gone yet."""
        self._token_news: dict[str, bool] = {}
        self._rings_heard = -1
        self._own_rings = 0
        self._changed = asyncio.Event()
        self._news = asyncio.Event()
        self._last_looks: set[asyncio.Task[None]] = set()
        self._looked_at_last: dict[int, Outgoing] = {}

    async def run(self) -> None:
        """Work until cancelled; what was sent by then is marked before leaving."""
        helpers = [asyncio.create_task(self._pump()), asyncio.create_task(self._marker())]
        try:
            while True:
                try:
                    await self._look()
                except Exception:
                    log.exception("outbox_not_read")
                    await asyncio.sleep(1)
                    continue
                await self._bell.wait(self._patience())
        finally:
            tasks = [*helpers, *self._last_looks]
            tasks += [task for lane in self._lanes.values() for task in lane.busy.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.shield(self._finish())

    async def step(self) -> bool:
        """Mark what was delivered and start what is due; False when there was neither."""
        marked = await self._mark()
        await self._look()
        await asyncio.gather(*self._last_looks)
        marked = await self._mark() or marked
        started = sum(self._begin(lane) for lane in self._lanes.values())
        if started:
            await asyncio.sleep(0)
        return bool(marked or started)

    async def _pump(self) -> None:
        """Begin each message at its moment, however long the database takes meanwhile."""
        while True:
            for lane in self._lanes.values():
                self._begin(lane)
            if self._soon():
                self._news.set()
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._until_next()):
                    await self._changed.wait()

    async def _marker(self) -> None:
        """Write down what became of messages, while others are looked up and sent."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self._marks_may_wait():
                await asyncio.sleep(MARK_SECONDS)
            try:
                await self._mark()
            except Exception:
                log.exception("marks_not_written")
                await asyncio.sleep(1)
                self._news.set()
            else:
                self._own_rings += 1
                self._bell.ring()

    def _until_next(self) -> float:
        """Return for how many seconds no token comes that something in stock waits for."""
        now = monotonic()
        moments = [now + LOOK_SECONDS]
        for lane in self._lanes.values():
            first = next((m for m in lane.stock if m.chat_key not in lane.busy and self._may_leave(m)), None)
            if first is not None:
                gate = lane.gate
                moments.append(gate.campaign_opens_at() if first.is_campaign else gate.opens_at())
        return max(SHORTEST_WAIT_SECONDS, min(moments) - now - AHEAD_SECONDS / 2)

    async def drain(self) -> None:
        """Send until nothing is due and nothing is under way."""
        self._rings_heard = -1
        while await self.step() or self._is_busy():
            if not self._outcomes and self._is_busy():
                await self._bell.wait(0.2)
            self._rings_heard = -1

    def _is_busy(self) -> bool:
        return any(lane.busy for lane in self._lanes.values())

    # What may leave

    async def _look(self) -> None:
        """Fetch what each bot may send next, for those that need it."""
        await self._count_quotas()
        now = monotonic()
        rings = self._bell.rings - self._own_rings
        rung, self._rings_heard = rings != self._rings_heard, rings
        lanes = {bot: lane for bot, lane in self._lanes.items() if self._is_open(lane)}
        rooms = {bot: room for bot, lane in lanes.items() if (room := self._room(lane, now, rung=rung)) > 0}
        for_answers = {bot for bot in rooms if lanes[bot].answers_only or self._has_stock(lanes[bot])}
        if for_answers != rooms.keys():
            rooms |= self._missing_elsewhere(lanes, rooms)
        if not rooms:
            return
        lanes = {bot: lanes[bot] for bot in rooms}
        try:
            async with self._database.glance() as connection:
                found = await outbox.due_of_each(
                    connection,
                    rooms,
                    now=self._clock.now(),
                    apart_from={bot: [*lane.busy, *lane.resting] for bot, lane in lanes.items()},
                    not_these=[
                        *self._looked_at_last,
                        *(message.id for lane in lanes.values() for message in lane.stock),
                    ],
                    answers_only=for_answers,
                )
        except BaseException:
            self._rings_heard = -1
            raise
        fetched = Counter(message.bot for message in found)
        for bot, lane in lanes.items():
            lane.freed, lane.looked_at = False, now
            if rung or not lane.more:
                lane.passed_by |= {*lane.busy, *lane.resting}
            if bot not in for_answers or lane.answers_only:
                lane.more = fetched[bot] >= rooms[bot]
        self._put_in_stock([message for message in found if not message.is_campaign])
        campaign = [message for message in found if message.is_campaign]
        if self._last_look is None:
            self._put_in_stock(campaign)
        elif campaign:
            self._looked_at_last |= {message.id: message for message in campaign}
            # Not waited for: an answer may come meanwhile, and has to be looked up.
            task = asyncio.create_task(self._look_last(self._last_look, campaign))
            self._last_looks.add(task)
            task.add_done_callback(self._last_looks.discard)

    async def _look_last(self, look: LastLook, campaign: list[Outgoing]) -> None:
        """Put in stock what still holds; what a failure leaves out is found at the next look."""
        try:
            says = await look(campaign)
            kept = [replace(m, reply=reply) for m in campaign if (reply := says.get(m.id)) is not None]
            self._put_in_stock(kept)
        except Exception:
            log.exception("last_look_failed", messages=len(campaign))
        finally:
            for message in campaign:
                self._looked_at_last.pop(message.id, None)

    def _put_in_stock(self, found: Sequence[Outgoing]) -> None:
        for message in found:
            self._lanes[message.bot].stock.append(message)
        for bot in {message.bot for message in found}:
            lane = self._lanes[bot]
            lane.stock.sort(key=lambda message: (message.priority, message.id))
            # Answers push the end of a campaign's stock back to where it came from.
            most = 2 * self._full(lane)
            lane.more = lane.more or len(lane.stock) > most
            del lane.stock[most:]
        self._changed.set()

    def _missing_elsewhere(self, lanes: Mapping[str, _Lane], rooms: Mapping[str, int]) -> dict[str, int]:
        """Return what the stock of other bots is short of.

        Of many slow bots one is always nearly out of stock. To fill up all of them with it takes one
        statement and one last look, instead of one for each bot.
        """
        short = {
            bot: self._full(lane) - self._stocked(lane)
            for bot, lane in lanes.items()
            if bot not in rooms and lane.more and not lane.answers_only
        }
        return {bot: count for bot, count in short.items() if count > 0}

    def _is_open(self, lane: _Lane) -> bool:
        """Tell whether a bot has leave to send; what one without it had in stock goes back."""
        if self._may_send(lane.channel.bot) and lane.pause.left(self._clock.now().timestamp()) <= 0:
            return True
        lane.stock.clear()
        return False

    def _room(self, lane: _Lane, now: float, *, rung: bool) -> int:
        """Return how many messages of a bot to fetch: 0 when there is no need."""
        for chat in [chat for chat, at in lane.resting.items() if at <= now + AHEAD_SECONDS]:
            del lane.resting[chat]
            lane.freed = True
        low = lane.more and self._stocked(lane) * 2 <= self._full(lane)
        wanted = rung or low or lane.freed or now - lane.looked_at >= LOOK_SECONDS
        return self._full(lane) if wanted else 0

    def _full(self, lane: _Lane) -> int:
        """Return how many messages of a bot are fetched ahead at most."""
        free = max(0, self._slots(lane) - len(lane.busy))
        overall = lane.gate.limits.overall
        if overall is None or lane.troubles:
            return free * MESSAGES_A_CHAT
        return min(free, max(SMALLEST_STOCK, int(STOCK_SECONDS / overall.distance)))

    def _stocked(self, lane: _Lane) -> int:
        """Count what a bot has at hand: chats that are busy or rest keep no other waiting."""
        held_up = lane.busy.keys() | lane.resting.keys()
        ready = sum(1 for message in lane.stock if message.chat_key not in held_up)
        waiting = sum(1 for m in self._looked_at_last.values() if m.bot == lane.channel.bot)
        return ready + waiting

    def _has_stock(self, lane: _Lane) -> bool:
        """Tell whether a campaign goes on that needs nothing fetched now: only answers are looked for."""
        return lane.more and self._stocked(lane) * 2 > self._full(lane)

    def _slots(self, lane: _Lane) -> int:
        """Return how many chats may be served at once: one, to try, while the platform is out of reach."""
        return 1 if lane.troubles else self._chats_at_once

    def _begin(self, lane: _Lane) -> int:
        """Begin to send what may leave now, and return to how many chats."""
        if not lane.stock:
            return 0
        now = monotonic()
        begun: dict[str, tuple[Outgoing, Ticket]] = {}
        later: list[Outgoing] = []
        stopped: set[str] = set(lane.busy)
        for place, message in enumerate(lane.stock):
            chat = message.chat_key
            if chat in stopped or chat in begun or len(lane.busy) + len(begun) >= self._slots(lane):
                later.append(message)
                continue
            if not self._may_leave(message):
                stopped.add(chat)
                later.append(message)
                continue
            ticket = lane.gate.admit(
                message.chat,
                campaign=message.is_campaign,
                messages=_cost(message),
                now=now,
                by=now + AHEAD_SECONDS,
            )
            if ticket is not None:
                begun[chat] = message, ticket
            elif (until := lane.gate.rests_until(message.chat)) > now + AHEAD_SECONDS:
                stopped.add(chat)
                lane.resting[chat] = until
                lane.more = True
            else:
                later += lane.stock[place:]
                break
        lane.stock = later
        for chat, (message, ticket) in begun.items():
            lane.busy[chat] = asyncio.create_task(self._send(lane, message, ticket))
        return len(begun)

    def _may_leave(self, message: Outgoing) -> bool:
        """Tell whether a message need not be noted any more before it leaves."""
        return not message.is_campaign or message.id in self._noted

    def _soon(self) -> list[int]:
        """List the messages that leave within a moment, and have to be noted before."""
        return [
            message.id
            for lane in self._lanes.values()
            for message in [m for m in lane.stock if m.is_campaign][: self._at_hand(lane)]
            if not self._may_leave(message)
        ]

    def _at_hand(self, lane: _Lane) -> int:
        overall = lane.gate.limits.overall
        soon = self._slots(lane) if overall is None else max(1, int(SOON_SECONDS / overall.distance))
        return min(soon, self._slots(lane))

    def _patience(self) -> float:
        """Return for how many seconds there is surely nothing to do, unless the bell rings."""
        now, wall = monotonic(), self._clock.now().timestamp()
        moments = [now + LOOK_SECONDS]
        for lane in self._lanes.values():
            if (pause := lane.pause.left(wall)) > 0:
                moments.append(now + pause)
            moments += lane.resting.values()
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

    async def _send(self, lane: _Lane, message: Outgoing, ticket: Ticket) -> None:
        outcome = None
        try:
            outcome = await self._try(lane, message, ticket)
            if outcome is not None:
                self._outcomes.append(outcome)
        finally:
            if outcome is None or outcome.wait is not None or outcome.gone:
                self._put_back(lane, message.chat_key)
            self._finished.add((lane.channel.bot, message.chat_key))
            self._news.set()
            self._own_rings += 1
            self._bell.ring()

    async def _try(self, lane: _Lane, message: Outgoing, ticket: Ticket) -> _Outcome | None:
        """Return what became of a message; None when the bot was asked to pause before it left."""
        used = False
        try:
            file = await self._file_of(lane, message)
            if isinstance(file, _Outcome):
                return file
            # A loop may wake a little early, and a message that leaves early is one too many in its second.
            while (early := ticket.at - monotonic()) > 0:
                await asyncio.sleep(early)
            if lane.pause.left(self._clock.now().timestamp()) > 0:
                return None
            left, used = monotonic(), True
            self._noted.discard(message.id)
            outcome = await self._deliver(lane, message, file)
            if message.is_campaign and not outcome.sent:
                self._noted.add(message.id)
            lane.gate.used(ticket, left=left, answered=monotonic())
            self._changed.set()
            return outcome
        finally:
            if not used:
                lane.gate.unused(ticket)

    def _put_back(self, lane: _Lane, chat_key: str) -> None:
        """Let what follows in a chat wait in the outbox for the message that did not leave."""
        lane.stock = [message for message in lane.stock if message.chat_key != chat_key]
        lane.more = True

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
        if lane.token_refused is not False:
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

    def _marks_may_wait(self) -> bool:
        """Tell whether marks may gather: nobody waits for them while a campaign goes on."""
        if monotonic() - self._marked_at >= MARK_SECONDS:
            return False
        going_on = {bot for bot, lane in self._lanes.items() if lane.stock}
        return all(o.sent and o.message.is_campaign and o.message.bot in going_on for o in self._outcomes)

    async def _mark(self) -> bool:
        """Write down what became of the messages, then free their chats."""
        outcomes, self._outcomes = self._outcomes, []
        finished, self._finished = self._finished, set()
        soon = self._soon()
        if not outcomes and not finished and not soon:
            return False
        try:
            if outcomes or self._token_news or soon:
                await self._write(outcomes, soon)
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            self._finished |= finished
            raise
        self._marked_at = monotonic()
        self._changed.set()
        for bot, chat_key in finished:
            lane = self._lanes[bot]
            lane.busy.pop(chat_key, None)
            if chat_key in lane.passed_by:
                lane.passed_by.discard(chat_key)
                lane.freed = True
        return True

    async def _finish(self) -> None:
        """Mark what was sent before leaving, and take back the notes of what surely was not."""
        for lane in self._lanes.values():
            lane.stock.clear()
        await self._mark()
        async with self._database.write() as connection:
            await outbox.take_back_begun(connection, self._noted)

    async def _write(self, outcomes: list[_Outcome], soon: list[int]) -> None:
        now = self._clock.now()
        news = dict(self._token_news)
        sent = [(o.message.id, o.reference) for o in outcomes if o.sent]
        failed = [o for o in outcomes if not o.sent and o.counts]
        if not (sent or failed or news or soon):
            return
        stayed = {o.message.id for o in failed} & self._noted
        async with self._database.write() as connection:
            begun = await outbox.begin(connection, soon)
            await outbox.take_back_begun(connection, stayed)
            await outbox.mark_sent(connection, sent, at=now)
            await dispatch.settle(connection, sent=[key for key, _ in sent], at=now)
            for bot, refused in news.items():
                await delivery.note_token(connection, bot, refused=refused, at=now)
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
                await dispatch.settle(connection, dead=[message.id], at=now)
        self._token_news = {b: refused for b, refused in self._token_news.items() if news.get(b) != refused}
        self._noted = (self._noted - stayed) | begun.keys()
        self._let_go(set(soon) - begun.keys())
        if again := sorted(key for key, times in begun.items() if times > 1):
            log.warning("reminders_perhaps_repeated", messages=again)

    def _let_go(self, taken_back: set[int]) -> None:
        """Take out of stock what nobody wants sent any more, since it was looked at."""
        if taken_back:
            for lane in self._lanes.values():
                lane.stock = [message for message in lane.stock if message.id not in taken_back]


def _cost(message: Outgoing) -> int:
    """Return how many messages the platform will count, or one more."""
    parts = max(1, -(-len(message.reply.text) // LONGEST_PART))
    return parts + (1 if message.reply.attachment is not None else 0)


def _back_off(attempts: int) -> timedelta:
    doubled: timedelta = FIRST_BACK_OFF * 2**attempts
    return min(LONGEST_BACK_OFF, doubled)

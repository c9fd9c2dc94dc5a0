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
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import structlog

from isobot.chat.bell import Bell
from isobot.chat.lane import AHEAD_SECONDS, CHATS_AT_ONCE, LOOK_SECONDS, Lane
from isobot.chat.limits import UNLIMITED, Gate, Limits, Ticket
from isobot.chat.marks import MARK_SECONDS, Marks, Outcome
from isobot.chat.outgoing import Channel, Meter, NoMeter, Outgoing, RenderedFile, Renderer
from isobot.clock import Clock
from isobot.domain.messages import Reply
from isobot.errors import ChannelBusy, ChatGone, MessageRefused
from isobot.storage import delivery, outbox
from isobot.storage.database import Database

log = structlog.get_logger()

FIRST_BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(minutes=30)
LONGEST_SILENCE = timedelta(minutes=1)
"""Between two tries to reach a platform that cannot be reached."""
SHORTEST_WAIT_SECONDS = 0.002
LATELY_SECONDS = 60.0
LISTS_PATIENCE = timedelta(minutes=30)
"""Lists wait no longer for a campaign to end; 20,000 reminders of one bot take eleven minutes."""

LastLook = Callable[[Sequence[Outgoing]], Awaitable[Mapping[int, Reply | None]]]
"""Asked about campaign messages right before they leave: what each says now, None where it does not leave."""


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
        self._lanes = {c.bot: Lane(c, Gate(known.get(c.bot, UNLIMITED)), chats_at_once) for c in channels}
        self._marks = Marks(database, self._lanes, clock, queued=bell.ring)
        self._render = render
        self._clock = clock
        self._bell = bell
        self._may_send = may_send
        self._meter: Meter = meter or NoMeter()
        self._last_look = last_look
        self._rings_heard = -1
        self._own_rings = 0
        self._changed = asyncio.Event()
        self._news = asyncio.Event()
        self._last_looks: set[asyncio.Task[None]] = set()
        self._lists_wait_since: datetime | None = None

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
            await asyncio.shield(self._marks.write_the_last())

    async def step(self) -> bool:
        """Mark what was delivered and start what is due; False when there was neither."""
        marked = await self._marks.write()
        await self._look()
        await asyncio.gather(*self._last_looks)
        if self._lists_wait_since is not None and not self._has_campaign():
            self._rings_heard = -1  # none of the reminders that lists waited for is to leave after all
            await self._look()
            await asyncio.gather(*self._last_looks)
        marked = await self._marks.write() or marked
        started = sum(self._begin(lane) for lane in self._lanes.values())
        if started:
            await asyncio.sleep(0)
        return bool(marked or started)

    async def _pump(self) -> None:
        """Begin each message at its moment, however long the database takes meanwhile."""
        while True:
            for lane in self._lanes.values():
                self._begin(lane)
            if self._marks.about_to_leave():
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
            if self._marks.may_wait():
                await asyncio.sleep(MARK_SECONDS)
            try:
                await self._marks.write()
            except Exception:
                log.exception("marks_not_written")
                await asyncio.sleep(1)
                self._news.set()
            else:
                self._changed.set()
                self._own_rings += 1
                self._bell.ring()

    def _until_next(self) -> float:
        """Return for how many seconds no token comes that something in stock waits for."""
        now = monotonic()
        moments = [now + LOOK_SECONDS]
        moments += [at for lane in self._lanes.values() if (at := lane.opens_at()) is not None]
        return max(SHORTEST_WAIT_SECONDS, min(moments) - now - AHEAD_SECONDS / 2)

    async def let_go(self, bot: str) -> bool:
        """Bring to rest a bot that this process has no leave for any more; False while it is not.

        At rest nothing is under way, all is written down, and every token is back: whoever sends for the
        bot next may begin at full speed.
        """
        lane = self._lanes[bot]
        lane.stock.clear()
        pausing = lane.pause.left(self._clock.now().timestamp()) > 0
        if lane.busy or lane.examined or pausing or not lane.gate.is_rested(monotonic()):
            return False
        await self._marks.take_back(lane)
        return True

    async def drain(self) -> None:
        """Send until nothing is due and nothing is under way."""
        self._rings_heard = -1
        while await self.step() or self._is_busy():
            if not self._marks.waiting and self._is_busy():
                await self._bell.wait(0.2)
            self._rings_heard = -1

    def _has_campaign(self) -> bool:
        return any(lane.has_campaign() for lane in self._lanes.values())

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
        rooms = {bot: room for bot, lane in lanes.items() if (room := lane.room(now, rung=rung)) > 0}
        for_answers = {bot for bot in rooms if lanes[bot].answers_only or lanes[bot].has_stock()}
        if for_answers != rooms.keys():
            # Of many slow bots one is always nearly out of stock: filling up all of them with it takes
            # one statement and one last look, instead of one for each bot.
            short = {bot: lane.short_of() for bot, lane in lanes.items() if bot not in rooms}
            rooms |= {bot: count for bot, count in short.items() if count > 0}
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
                    not_these={bot: lane.at_hand() for bot, lane in lanes.items()},
                    answers_only=for_answers,
                )
        except BaseException:
            self._rings_heard = -1
            raise
        fetched = Counter(message.bot for message in found)
        for bot, lane in lanes.items():
            lane.looked(now, rung=rung)
            if bot not in for_answers or lane.answers_only:
                lane.more = fetched[bot] >= rooms[bot]
        self._put_in_stock([message for message in found if not message.is_campaign])
        campaign = self._without_early_lists([message for message in found if message.is_campaign])
        if self._last_look is None:
            self._put_in_stock(campaign)
        elif campaign:
            for message in campaign:
                self._lanes[message.bot].examined.add(message.id)
            # Not waited for: an answer may come meanwhile, and has to be looked up.
            task = asyncio.create_task(self._look_last(self._last_look, campaign))
            self._last_looks.add(task)
            task.add_done_callback(self._last_looks.discard)

    def _without_early_lists(self, campaign: list[Outgoing]) -> list[Outgoing]:
        """Leave out lists while a campaign goes on: only after it is known who blocked the bot.

        A bot that cannot reach its platform is not waited for, and none for ever: lists tell offices who
        does not act.
        """
        reminders = [message for message in campaign if not message.is_list]
        now = self._clock.now()
        if not reminders and not self._has_campaign():
            self._lists_wait_since = None
            return campaign
        since = self._lists_wait_since
        if since is None or since > now:
            self._lists_wait_since = since = now
        return campaign if now - since >= LISTS_PATIENCE else reminders

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
                self._lanes[message.bot].examined.discard(message.id)

    def _put_in_stock(self, found: Sequence[Outgoing]) -> None:
        for bot in {message.bot for message in found if self._may_send(message.bot)}:
            self._lanes[bot].put_in_stock(message for message in found if message.bot == bot)
        self._changed.set()

    def _is_open(self, lane: Lane) -> bool:
        """Tell whether a bot has leave to send; what one without it had in stock goes back."""
        if self._may_send(lane.bot) and lane.pause.left(self._clock.now().timestamp()) <= 0:
            return True
        lane.stock.clear()
        return False

    def _begin(self, lane: Lane) -> int:
        """Begin to send what may leave now, and return to how many chats."""
        chosen = lane.choose(monotonic()) if lane.stock and self._may_send(lane.bot) else ()
        for message, ticket in chosen:
            if message.is_campaign and not message.is_list:
                lane.reminded.add(message.chat_key)
            lane.busy[message.chat_key] = asyncio.create_task(self._send(lane, message, ticket))
        return len(chosen)

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
        now, moment = monotonic(), self._clock.now()
        month = delivery.month_of(moment)
        for bot, lane in self._lanes.items():
            quota = lane.quota
            if quota is None:
                continue
            if not self._may_send(bot):
                quota.forget()
            elif quota.is_due(now, month=month):
                written = quota.written
                async with self._database.read() as connection:
                    used = await delivery.sent_this_month(connection, bot, at=moment)
                quota.counted(used + quota.written - written, month=month, now=now)
                if quota.is_short:
                    await self._merge_waiting(lane, left=quota.left)

    async def _merge_waiting(self, lane: Lane, *, left: int) -> None:
        """Merge what a campaign has to say to each chat; what is at hand would leave with its old words."""
        lane.put_campaign_back()
        merged = 0
        if not lane.examined:
            async with self._database.write() as connection:
                merged = await delivery.merge_waiting(connection, lane.bot, apart_from=list(lane.busy))
        log.warning("monthly_quota_short", bot=lane.bot, left=left, merged=merged)

    # Sending

    async def _send(self, lane: Lane, message: Outgoing, ticket: Ticket) -> None:
        outcome = None
        try:
            outcome = await self._try(lane, message, ticket)
            if outcome is not None:
                self._marks.add(outcome)
        finally:
            if outcome is None or outcome.wait is not None or outcome.gone:
                lane.put_back(message.chat_key)
            self._marks.add_finished(message)
            self._news.set()
            self._own_rings += 1
            self._bell.ring()

    async def _try(self, lane: Lane, message: Outgoing, ticket: Ticket) -> Outcome | None:
        """Return what became of a message; None when the bot had to pause, or to stop, before it left."""
        used = False
        try:
            file = await self._file_of(lane, message)
            if isinstance(file, Outcome):
                return file
            # A loop may wake a little early, and a message that leaves early is one too many in its second.
            while (early := ticket.at - monotonic()) > 0:
                await asyncio.sleep(early)
            if lane.pause.left(self._clock.now().timestamp()) > 0 or not self._may_send(lane.bot):
                return None
            left, used = monotonic(), True
            lane.noted.discard(message.id)
            outcome = await self._deliver(lane, message, file)
            if message.is_campaign and not (outcome.sent or outcome.unknown):
                lane.noted.add(message.id)
            lane.gate.used(ticket, left=left, answered=monotonic())
            self._changed.set()
            return outcome
        finally:
            if not used:
                lane.gate.unused(ticket)

    async def _file_of(self, lane: Lane, message: Outgoing) -> RenderedFile | Outcome | None:
        if message.reply.attachment is None or not lane.channel.sends_files:
            return None
        try:
            return await self._render(message.reply.attachment)
        except Exception as error:
            return self._failed(message, error)

    async def _deliver(self, lane: Lane, message: Outgoing, file: RenderedFile | None) -> Outcome:
        try:
            reference = await lane.channel.deliver(message, file)
        except ChannelBusy as busy:
            return self._held_up(lane, message, busy)
        except ChatGone as gone:
            self._meter.failed(message.bot, "gone")
            return Outcome(message, gone=True, why=str(gone))
        except MessageRefused as refused:
            self._meter.failed(message.bot, "refused")
            return Outcome(message, why=str(refused))
        except Exception as error:
            return self._failed(message, error)
        lane.troubles = 0
        lane.worked_at = monotonic()
        if lane.quota is not None:
            lane.quota.took(message.chat_key)
        if lane.token_refused is not False:
            lane.token_refused = False
            self._marks.add_token(message.bot, refused=False)
        self._meter.sent(message.bot)
        return Outcome(message, sent=True, reference=reference)

    def _failed(self, message: Outgoing, error: Exception) -> Outcome:
        self._meter.failed(message.bot, "error")
        log.error("delivery_failed", message=message.id, bot=message.bot, exc_info=error)
        return Outcome(message, wait=_back_off(message.attempts), why=type(error).__name__)

    def _held_up(self, lane: Lane, message: Outgoing, busy: ChannelBusy) -> Outcome:
        """Let the whole bot pause: what one message ran into, the next would too."""
        wall = self._clock.now().timestamp()
        if busy.why != "limit":
            self._meter.failed(message.bot, busy.why or "unreachable")
        if busy.why:
            lane.pause.begin(busy.wait, at=wall)
            if busy.why == "limit":
                self._meter.limited(message.bot)
                log.warning("limit_reached", bot=message.bot, wait_seconds=busy.wait.total_seconds())
            elif not lane.token_refused:
                lane.token_refused = True
                self._marks.add_token(message.bot, refused=True)
            return Outcome(message, wait=busy.wait, counts=False, why=str(busy))
        lane.troubles += 1
        if busy.perhaps_taken and lane.quota is not None:
            lane.quota.took(message.chat_key)
        silence = min(LONGEST_SILENCE, timedelta(seconds=2 ** min(lane.troubles - 1, 6)))
        lane.pause.begin(silence, at=wall)
        # While others get through, the trouble is this message's own, such as a file too slow to send.
        own = monotonic() - lane.worked_at < LATELY_SECONDS
        wait = max(busy.wait, _back_off(message.attempts))
        return Outcome(message, wait=wait, counts=own, unknown=busy.perhaps_taken, why=str(busy))


def _back_off(attempts: int) -> timedelta:
    doubled: timedelta = FIRST_BACK_OFF * 2**attempts
    return min(LONGEST_BACK_OFF, doubled)

"""The engine: takes the oldest waiting event of each chat, decides, saves and queues, in one commit.

Events of several chats that wait at the same moment share one transaction. When one of them fails,
the whole transaction is undone and each is dealt with alone, so the failure stays with its own
event; that one is tried again a few times, then given up with an apology, and its chat goes on.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog

from isobot.chat.bell import Bell
from isobot.chat.turn import Router, Turn
from isobot.clock import Clock, vietnam_day
from isobot.domain.chat_keys import bot_and_chat, key_of
from isobot.domain.messages import Reply
from isobot.domain.people import STRANGER
from isobot.storage import conversations, inbox, people
from isobot.storage.database import Database
from isobot.storage.inbox import Place
from isobot.storage.outbox import Priority
from isobot.storage.store import Store

log = structlog.get_logger()

CHATS_AT_ONCE = 100
TRIES = 4
BACK_OFF = timedelta(seconds=2)
APOLOGY = (
    "Xin lỗi, tôi gặp trục trặc nên chưa xử lý được tin vừa rồi. Số liệu đã nhập vẫn còn nguyên.\n"
    "Anh/chị thử gửi lại, hoặc gõ “trợ giúp”. Nếu vẫn lỗi, xin báo quản trị viên."
)


class Engine:
    """Turns waiting events into answers."""

    def __init__(
        self,
        database: Database,
        router: Router,
        clock: Clock,
        *,
        bell: Bell,
        outbox_bell: Bell,
        handled: Callable[[Iterable[float]], None] = lambda _seconds: None,
    ) -> None:
        """Prepare; `handled` is told how many seconds events took from their arrival."""
        self._database = database
        self._router = router
        self._clock = clock
        self._bell = bell
        self._outbox_bell = outbox_bell
        self._handled = handled
        self._looked_at = clock.now()

    async def run(self) -> None:
        """Work until cancelled; a cancellation in mid-transaction undoes it."""
        while True:
            try:
                handled = await self.step()
                patience = 0.0 if handled else await self._patience()
            except Exception:
                log.exception("engine_step_failed")
                await asyncio.sleep(1)
                continue
            if not handled:
                await self._bell.wait(patience)

    async def step(self) -> int:
        """Deal with the first event of each of several chats; return how many were dealt with."""
        waiting = await self._look()
        fresh = [place for place in waiting if place.attempts == 0]
        again = [place for place in waiting if place.attempts > 0]
        handled = 0
        if len(fresh) == 1:
            again = fresh + again
        elif fresh:
            try:
                handled = await self._handle([place.chat_key for place in fresh])
            except Exception:
                log.warning("batch_failed", events=len(fresh))
                again = fresh + again
        for place in again:
            handled += await self._handle_alone(place)
        if handled:
            self._outbox_bell.ring()
        return handled

    async def _look(self) -> list[Place]:
        self._looked_at = self._clock.now()
        async with self._database.glance() as connection:
            waiting = await inbox.first_in_line(connection, now=self._looked_at, most=CHATS_AT_ONCE)
            if waiting:
                await self._router.ready(Store(connection, self._looked_at))
            return waiting

    async def _handle(self, chats: list[str]) -> int:
        """Deal with the first event of each chat that no other process holds, in one commit."""
        async with self._database.write() as connection:
            now = self._clock.now()
            store = Store(connection, now)
            records = await conversations.load(connection, chats)
            events = await inbox.first_events(connection, list(records), now=now)
            senders = {e.id: key_of(e.incoming.bot, e.incoming.sender) for e in events}
            today = vietnam_day(now)
            actors = await people.actors(connection, senders.values(), on=today) if events else {}
            turns = [
                Turn(e.incoming, records[e.chat_key], actors.get(senders[e.id], STRANGER), store)
                for e in events
            ]
            await people.touch(connection, actors, at=now)
            await self._router.prefetch(store, turns)
            for turn in turns:
                await self._router.route(turn)
                turn.finish()
            await store.flush()
            await inbox.mark_done(connection, [event.id for event in events], at=now)
        done = self._clock.now()
        self._handled((done - event.received_at).total_seconds() for event in events)
        return len(events)

    async def _handle_alone(self, place: Place) -> int:
        try:
            return await self._handle([place.chat_key])
        except Exception:
            log.exception("event_failed", number=place.id, attempt=place.attempts + 1)
            await self._fail(place)
            return 1

    async def _fail(self, place: Place) -> None:
        """Try an event again later, or give it up with an apology after the last try."""
        now = self._clock.now()
        last = place.attempts + 1 >= TRIES
        again_at = None if last else now + BACK_OFF * (2**place.attempts)
        async with self._database.write() as connection:
            await inbox.mark_failed(
                connection, place, why="see the log of this moment", again_at=again_at, at=now
            )
            if last:
                store = Store(connection, now)
                bot, chat = bot_and_chat(place.chat_key)
                store.send(bot, chat, Reply(APOLOGY), priority=Priority.ANSWER)
                await store.flush()

    async def _patience(self) -> float:
        """Return for how many seconds there is surely nothing to do, unless the bell rings."""
        async with self._database.glance() as connection:
            due = await inbox.next_moment(connection, after=self._looked_at)
        if due is None:
            return 1.0
        return min(1.0, max(0.02, (due - self._clock.now()).total_seconds()))

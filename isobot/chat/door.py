"""The door: channels hand in events here; when it returns, they are on disk."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from isobot.chat.bell import Bell
from isobot.clock import Clock
from isobot.domain.messages import Incoming
from isobot.storage import inbox
from isobot.storage.database import Database


@dataclass(frozen=True, slots=True)
class _Delivery:
    events: Sequence[Incoming]
    gapless: bool
    done: asyncio.Future[int]


class Door:
    """Keeps events and wakes the engine.

    Deliveries that come while another is being written share the next commit, so that a rush of
    webhooks costs few commits.
    """

    def __init__(self, database: Database, clock: Clock, bell: Bell) -> None:
        self._database = database
        self._clock = clock
        self._bell = bell
        self._queue: list[_Delivery] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, events: Sequence[Incoming], *, gapless: bool = False) -> int:
        """Keep events, each once however often it comes; return how many were new.

        Tell the platform that it was received only after this returned. `gapless`: the events are
        numbered without a gap but may come out of turn; see the inbox.
        """
        if not events:
            return 0
        delivery = _Delivery(events, gapless, asyncio.get_running_loop().create_future())
        self._queue.append(delivery)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await asyncio.shield(delivery.done)

    async def _write(self) -> None:
        while self._queue:
            together, self._queue = self._queue, []
            try:
                await self._store(together)
            except Exception:
                # One delivery that cannot be stored must not take the others with it.
                for delivery in together:
                    await self._store_alone(delivery)
            self._bell.ring()

    async def _store_alone(self, delivery: _Delivery) -> None:
        try:
            await self._store([delivery])
        except Exception as error:
            if not delivery.done.done():
                delivery.done.set_exception(error)

    async def _store(self, deliveries: Sequence[_Delivery]) -> None:
        events = [event for delivery in deliveries for event in delivery.events]
        async with self._database.write() as connection:
            fresh = await inbox.store(
                connection,
                events,
                at=self._clock.now(),
                out_of_turn={event.bot for d in deliveries if d.gapless for event in d.events},
            )
        for delivery in deliveries:
            new = {(event.bot, event.event_id) for event in delivery.events} & fresh
            fresh -= new
            if not delivery.done.done():
                delivery.done.set_result(len(new))

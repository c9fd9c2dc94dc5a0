"""The door: channels hand in events here; when it returns, they are on disk."""

from collections.abc import Sequence

from isobot.chat.bell import Bell
from isobot.clock import Clock
from isobot.domain.messages import Incoming
from isobot.storage import inbox
from isobot.storage.database import Database


class Door:
    """Keeps events and wakes the engine."""

    def __init__(self, database: Database, clock: Clock, bell: Bell) -> None:
        self._database = database
        self._clock = clock
        self._bell = bell

    async def take(self, events: Sequence[Incoming], *, gapless: bool = False) -> int:
        """Keep events, each once however often it comes; return how many were new.

        Tell the platform that it was received only after this returned. `gapless`: see the inbox.
        """
        if not events:
            return 0
        async with self._database.write() as connection:
            fresh = await inbox.store(connection, events, at=self._clock.now(), gapless=gapless)
        self._bell.ring()
        return fresh

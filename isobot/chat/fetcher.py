"""Fetches what people attached, after the commit that noted it: content never travels in a transaction.

The platform's own reference waits in the database, so a kill loses nothing: the file is fetched when the
process is back. What cannot be had is told to whoever sent it.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import structlog

from isobot.clock import Clock
from isobot.domain.attached import LARGEST, media_type_of, refusal_of_size
from isobot.domain.messages import Reply
from isobot.errors import ChannelBusy, FileUnavailable
from isobot.storage import report_files
from isobot.storage.database import Database
from isobot.storage.report_files import ReportFile
from isobot.storage.store import Store

log = structlog.get_logger()

AT_ONCE = 4
TRIES = 5
LOOK_SECONDS = 3.0
UPLOADS_KEPT = timedelta(hours=1)


class Source(Protocol):
    """A channel that can fetch what was sent to it."""

    bot: str

    async def fetch(self, source: Mapping[str, Any], most: int) -> bytes:
        """Return the content of a file of at most `most` bytes.

        Raises:
            FileUnavailable: it will never be had.
            ChannelBusy: try again after the wait it names.
        """


class Fetcher:
    """Fetches the files of reports through the channels they came by."""

    def __init__(
        self,
        database: Database,
        sources: Sequence[Source],
        clock: Clock,
        *,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; `told` is called when a message about a failure was queued."""
        self._database = database
        self._sources = {source.bot: source for source in sources}
        self._clock = clock
        self._told = told
        self._tries: dict[int, int] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                fetched = await self.step()
            except Exception:
                log.exception("files_not_fetched")
                fetched = 0
            if not fetched:
                await asyncio.sleep(LOOK_SECONDS)

    async def step(self) -> int:
        """Fetch some of the files that wait; return how many are settled now."""
        async with self._database.read() as connection:
            waiting = await report_files.to_fetch(connection, list(self._sources), most=AT_ONCE)
        settled = await asyncio.gather(*(self._settle(file) for file in waiting))
        return sum(settled)

    async def _settle(self, file: ReportFile) -> bool:
        try:
            content = await self._sources[file.bot].fetch(file.source, LARGEST)
            if len(content) > LARGEST:
                raise FileUnavailable(refusal_of_size())
            await self._keep(file, content, media_type_of(content))
        except FileUnavailable as problem:
            await self._give_up(file, str(problem))
        except ChannelBusy as busy:
            return await self._try_later(file, busy)
        self._tries.pop(file.id, None)
        return True

    async def _keep(self, file: ReportFile, content: bytes, media_type: str) -> None:
        now = self._clock.now()
        digest = hashlib.sha256(content).hexdigest()
        async with self._database.write() as connection:
            await report_files.keep(
                connection, file.id, content=content, media_type=media_type, sha256=digest, at=now
            )
            keys = [str(file.source["upload"])] if "upload" in file.source else []
            await report_files.forget_uploads(connection, keys=keys, before=now - UPLOADS_KEPT)
        log.info("file_fetched", file=file.id, bot=file.bot, bytes=len(content))

    async def _give_up(self, file: ReportFile, why: str) -> None:
        """Note the failure, and tell the person who sent the file."""
        async with self._database.write() as connection:
            if await report_files.give_up(connection, file.id, why=why):
                store = Store(connection, self._clock.now())
                words = f"Tôi chưa lưu được tệp “{file.filename}”: {why} Anh/chị gửi lại giúp tôi."
                store.send(file.bot, str(file.source.get("chat", "")), Reply(words))
                await store.flush()
        self._told()
        log.warning("file_not_fetched", file=file.id, bot=file.bot)

    async def _try_later(self, file: ReportFile, busy: ChannelBusy) -> bool:
        tries = self._tries[file.id] = self._tries.get(file.id, 0) + 1
        if tries < TRIES:
            await asyncio.sleep(min(busy.wait.total_seconds(), LOOK_SECONDS))
            return False
        await self._give_up(file, "nơi giữ tệp không trả lời.")
        return True

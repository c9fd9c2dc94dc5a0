"""What pages of the web chat send up, kept until it is fetched for its report."""

import secrets
from datetime import timedelta

from isobot.clock import Clock
from isobot.errors import FileUnavailable
from isobot.storage import report_files
from isobot.storage.database import Database

MOST_WAITING = 40
"""Anybody can open the page, so what strangers send up must not fill the disk: at 10 MB each, 400 MB."""

KEPT = timedelta(hours=1)
"""A file is fetched within seconds, unless the process was stopped."""


class Uploads:
    """Keeps and returns contents by a key that cannot be guessed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, content: bytes) -> str:
        """Keep a content and return its key.

        Raises:
            FileUnavailable: too many wait already.
        """
        key, now = secrets.token_hex(16), self._clock.now()
        async with self._database.write() as connection:
            await report_files.forget_uploads(connection, before=now - KEPT)
            if await report_files.count_uploads(connection) >= MOST_WAITING:
                raise FileUnavailable("Máy chủ đang nhận nhiều tệp. Anh/chị thử lại sau ít phút.")
            await report_files.add_upload(connection, key, content=content, at=now)
        return key

    async def read(self, key: str) -> bytes | None:
        """Return what a key stands for; None when it was fetched already, or never was."""
        async with self._database.read() as connection:
            return await report_files.upload(connection, key)

"""Keeps how many parts of a long message have left, so that a crash repeats one part and not the whole."""

import structlog

from isobot.storage import outbox
from isobot.storage.database import Database

log = structlog.get_logger()


class PartsSent:
    """Writes down each part but the last; that one is marked with the message."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, message: int, parts: int) -> None:
        """Note that so many parts have left; a failure is logged, for the part is on its way all the same."""
        try:
            async with self._database.write() as connection:
                await outbox.note_parts(connection, message, parts=parts)
        except Exception:
            log.exception("parts_not_noted", message=message)

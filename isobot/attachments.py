"""Turns the recipes that messages carry into files."""

import asyncio
from collections.abc import Awaitable, Callable

from handlers.services import Services
from isobot.chat.outgoing import RenderedFile
from isobot.clock import Clock
from isobot.domain.messages import Attachment
from isobot.files.desk import Desk
from isobot.files.report_file import REPORT_FILE, load_report_file
from isobot.storage.database import Database


class FileMaker:
    """Turns a recipe into a file."""

    def __init__(self, database: Database, services: Services, clock: Clock) -> None:
        self._desk = Desk(database, services, clock)

    async def make(self, attachment: Attachment) -> RenderedFile:
        """Make the file of a recipe.

        Raises:
            NotFound: what the recipe names is no more.
        """
        if attachment.kind == REPORT_FILE:
            return await load_report_file(self._desk, **attachment.parameters)
        make_file = await asyncio.to_thread(_maker)
        return await make_file(self._desk, attachment)


def _maker() -> Callable[[Desk, Attachment], Awaitable[RenderedFile]]:
    from isobot.making import make_file  # brings the libraries for Word and Excel, which no start needs

    return make_file

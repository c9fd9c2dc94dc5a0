"""What was said in a chat, for channels that show it themselves."""

from isobot.storage import outbox
from isobot.storage.database import Database
from isobot.storage.outbox import Outgoing

SHOWN_AT_ONCE = 100


class History:
    """Reads the messages of a chat that were handed to its channel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def after(self, chat_key: str, message: int) -> list[Outgoing]:
        """Return the messages after a number, oldest first, at most `SHOWN_AT_ONCE`."""
        async with self._database.read() as connection:
            return await outbox.history(connection, chat_key, after=message, most=SHOWN_AT_ONCE)

    async def message(self, number: int) -> Outgoing | None:
        """Return a message of any chat by its number; None where there is none."""
        async with self._database.read() as connection:
            return await outbox.get(connection, number)

"""The database: one engine, and its kinds of transaction.

SQLite: WAL and synchronous=FULL, so what is committed survives a power cut; the driver begins no
transaction by itself, a writer says BEGIN IMMEDIATE, so it waits at its start and never fails in its
middle. Writers of one process also queue up in memory, which is fairer and faster than polling for
the file's lock; writers of other processes wait by busy_timeout.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from isobot.errors import SettingsError
from isobot.storage import sqlite_driver

_WRITES = "isobot_writes"
_GLANCES = "isobot_glances"
BUSY_SECONDS = 20
"""How long a writer waits for another process to finish its transaction."""

Transaction = AsyncConnection
"""For rooms that hand a transaction on to the storage, and know nothing else of it."""

POOL_SIZE = 10
"""Connections that a process holds to PostgreSQL at most, apart from those that leases and ticks need."""

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Database:
    """Opens transactions; everything in one `write` is kept or lost together."""

    def __init__(self, url: str) -> None:
        self.url = url
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        # Errors would quote the values of a statement, and so what people wrote, into the log.
        options: dict[str, Any] = {"json_serializer": _COMPACT.encode, "hide_parameters": True}
        if self.is_sqlite:
            file = parsed.database or ""
            # Both kinds of transaction below end by themselves: a connection comes back clean.
            options["pool_reset_on_return"] = None
            options["async_creator"] = lambda: sqlite_driver.connect(file, busy_seconds=BUSY_SECONDS)
        else:
            # No more beyond these: PostgreSQL has a hundred connections for all processes together.
            options |= {"pool_size": POOL_SIZE, "max_overflow": 0, "pool_pre_ping": True}
        self.conninfo = (
            ""
            if self.is_sqlite
            else parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        )
        """The address as psycopg itself reads it."""
        self._engine: AsyncEngine = create_async_engine(parsed, **options)
        self._queue = asyncio.Lock()
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that changes something; it commits when the block ends well."""
        if not self.is_sqlite:
            async with self._engine.begin() as connection:
                yield connection
            return
        async with self._queue, self._engine.connect() as connection:
            await connection.execution_options(**{_WRITES: True})
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads, at one moment in time."""
        async with self._engine.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[AsyncConnection]:
        """Read without a transaction on SQLite: for reads that need not be of one moment, and are many."""
        async with self._engine.connect() as connection:
            if self.is_sqlite:
                await connection.execution_options(**{_GLANCES: True})
            async with connection.begin():
                yield connection

    async def reach(self) -> None:
        """See that the database can be reached.

        Raises:
            SettingsError: it cannot; the message says why, without the password.
        """
        try:
            async with self.glance() as connection:
                await connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError) as error:
            said = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
            cure = (
                "Kiểm tra quyền ghi của ISOBOT_DATA_DIR và chỗ trống của ổ đĩa."
                if self.is_sqlite
                else "Kiểm tra ISOBOT_DATABASE_URL, và PostgreSQL có đang chạy không."
            )
            raise SettingsError(f"Không mở được cơ sở dữ liệu: {said}. {cure}") from None

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_GLANCES, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES, False) else "BEGIN")

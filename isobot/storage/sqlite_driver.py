"""SQLite connections that cross to their thread once a statement.

aiosqlite runs each call on a connection's own thread. Opening a cursor, executing, fetching and closing
are four calls, and each waits for its turn in the event loop twice; in a rush, with the loop full of
deliveries, that waiting was most of an answer's time. Here a statement and the reading of its rows are
one call.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self

import aiosqlite

_ROWS_A_CHUNK = 64
"""aiosqlite's own default, for whoever iterates over a cursor."""


class OneCallCursor(aiosqlite.Cursor):
    """A cursor that has read its rows when its statement is done; opening and closing it cost nothing."""

    _cursor: sqlite3.Cursor

    def __init__(self, connection: aiosqlite.Connection, open_cursor: Callable[[], sqlite3.Cursor]) -> None:
        super().__init__(connection, None)  # type: ignore[arg-type]
        self._open = open_cursor
        self._rows: list[Any] = []
        self._call: Callable[..., Awaitable[Any]] = connection._execute

    async def __aenter__(self) -> Self:
        """Return itself, without a call: the real cursor is opened with the first statement."""
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Self:
        """Execute a statement and read all its rows."""
        await self._call(self._run, sql, parameters if parameters is not None else ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """Execute a statement once for each row of parameters."""
        await self._call(self._run_many, sql, parameters)
        return self

    async def fetchone(self) -> sqlite3.Row | None:
        """Return the next row that is not read yet."""
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> Iterable[sqlite3.Row]:
        """Return the next rows that are not read yet."""
        most = self.arraysize if size is None else size
        rows, self._rows = self._rows[:most], self._rows[most:]
        return rows

    async def fetchall(self) -> Iterable[sqlite3.Row]:
        """Return the rows that are not read yet."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Forget the rows; the statement itself ended with its last row."""
        self._rows = []

    def _run(self, sql: str, parameters: Any) -> None:
        self._cursor = self._open()
        self._cursor.execute(sql, parameters)
        self._rows = self._cursor.fetchall() if self._cursor.description else []

    def _run_many(self, sql: str, parameters: Any) -> None:
        self._cursor = self._open()
        self._cursor.executemany(sql, parameters)
        # It would keep its statement, and that the file's lock, after the connection of a cancelled writer
        # was closed, until the memory is tidied up.
        self._cursor.close()


class OneCallConnection(aiosqlite.Connection):
    """A connection whose cursors are of that kind."""

    def cursor(self) -> OneCallCursor:  # type: ignore[override]
        """Return a cursor, not opened yet."""
        return OneCallCursor(self, lambda: self._conn.cursor())

    async def commit(self) -> None:
        """Commit, if a transaction was begun at all."""
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Undo, if a transaction was begun at all."""
        if self.in_transaction:
            await super().rollback()


async def connect(file: str, *, busy_seconds: float) -> OneCallConnection:
    """Open an SQLite file; its writers wait so long for those of other processes."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(file, timeout=busy_seconds, isolation_level=None, check_same_thread=False)

    connection = OneCallConnection(opened, _ROWS_A_CHUNK)
    # A process that ends does not wait for the thread of a connection nobody closed.
    connection._thread.daemon = True
    await connection
    return connection

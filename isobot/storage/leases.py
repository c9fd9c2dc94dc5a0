"""What processes that share a PostgreSQL say to each other: who sends for which bot, and that work came.

A lease is an advisory lock on a connection of its own. The server lets go of it when the connection
ends, however the process died, and whoever stands by takes it over. SQLite needs none of this: there
one process serves, and a lock file sees to that.
"""

import asyncio
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage import records

if TYPE_CHECKING:
    import psycopg

log = structlog.get_logger()

LOCKS = 0x150B07
"""The first half of our advisory locks' keys, so that they meet nobody else's."""

LOOK_SECONDS = 0.5
TRUST_SECONDS = 5.0
"""A lease that was not confirmed for so long counts as lost: the server may have given it away."""
RECONNECT_SECONDS = 1.0

KEEP_ALIVE: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "options": "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3",
}
"""Both ends notice within about ten seconds that the other machine is gone."""

_TRIGGERS = """
CREATE OR REPLACE FUNCTION isobot_came() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('isobot_' || TG_TABLE_NAME, ''); RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION isobot_shown() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('isobot_web', NEW.chat); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER isobot_came AFTER INSERT ON inbox
    FOR EACH STATEMENT EXECUTE FUNCTION isobot_came();
CREATE OR REPLACE TRIGGER isobot_came AFTER INSERT ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION isobot_came();
CREATE OR REPLACE TRIGGER isobot_shown AFTER UPDATE OF status ON outbox
    FOR EACH ROW WHEN (NEW.bot = 'web' AND NEW.status = 'sent' AND OLD.status <> 'sent')
    EXECUTE FUNCTION isobot_shown();
"""


def _key(name: str) -> int:
    """Return a name's half of the key, a signed number of 32 bits."""
    number = zlib.crc32(name.encode())
    return number - 2**32 if number >= 2**31 else number


async def alone(connection: AsyncConnection, name: str) -> None:
    """Do the rest of this transaction in no two processes at once.

    On SQLite the writer's lock on the file is that already.
    """
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:space, :name)")
        await connection.execute(lock, {"space": LOCKS, "name": _key(name)})


async def nobody_sends_for(connection: AsyncConnection, bots: Sequence[str]) -> list[str]:
    """Return the bots among some that no process sends for, nor begins to during this transaction.

    On SQLite one process sends, so nobody sends for what it does not.
    """
    if connection.dialect.name != "postgresql":
        return list(bots)
    lock = text("SELECT pg_try_advisory_xact_lock(:space, :name)")
    asked = {bot: {"space": LOCKS, "name": _key(bot)} for bot in bots}
    return [bot for bot, lease in asked.items() if (await connection.execute(lock, lease)).scalar()]


async def has_table(connection: AsyncConnection, name: str) -> bool:
    """Tell whether a PostgreSQL has a table, ours or another's."""
    found = await connection.execute(text("SELECT to_regclass(:name)"), {"name": name})
    return found.scalar() is not None


async def connections(connection: AsyncConnection) -> tuple[int, int]:
    """Return how many connections of a PostgreSQL are in use, and how many it allows."""
    found = await connection.execute(
        text(
            "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity"
            " WHERE backend_type = 'client backend'"
        )
    )
    used, most = found.one()
    return int(used), int(most)


async def install_signals(connection: AsyncConnection) -> None:
    """Let the database itself tell that work came, so that nobody can forget to."""
    edition = str(zlib.crc32(_TRIGGERS.encode()))
    if await records.get_meta(connection, "signals") == edition:
        return
    await records.set_meta(connection, "signals", edition)
    for statement in _TRIGGERS.replace("\nCREATE", ";;CREATE").split(";;"):
        if statement.strip():
            await connection.execute(text(statement.strip().rstrip(";")))


async def _connect(conninfo: str) -> "psycopg.AsyncConnection[Any]":
    """Open a connection of its own, which notices soon that its other end is gone."""
    import psycopg  # for PostgreSQL alone

    return await psycopg.AsyncConnection.connect(conninfo, autocommit=True, connect_timeout=10, **KEEP_ALIVE)


class Leases:
    """The bots that this process may send for."""

    def __init__(self, conninfo: str, names: Iterable[str], *, taken: Callable[[], None]) -> None:
        """Prepare; `taken` is called when a lease was taken, since its work may have waited."""
        self._conninfo = conninfo
        self._names = list(names)
        self._taken = taken
        self._held: set[str] = set()
        self._confirmed = float("-inf")

    def held(self, name: str) -> bool:
        """Tell whether a lease is held now."""
        return name in self._held and monotonic() - self._confirmed < TRUST_SECONDS

    async def run(self) -> None:
        """Hold what can be held until cancelled."""
        import psycopg  # for PostgreSQL alone

        while True:
            try:
                async with await _connect(self._conninfo) as connection:
                    await self._hold(connection)
            except (psycopg.Error, TimeoutError) as error:
                log.warning("leases_lost", problem=type(error).__name__, bots=sorted(self._held))
            finally:
                self._held.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hold(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        while True:
            asked = monotonic()
            async with asyncio.timeout(TRUST_SECONDS):
                await self._take_one(connection)
            self._confirmed = asked
            await asyncio.sleep(LOOK_SECONDS)

    async def _take_one(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        """Take one lease more, if one is free; only one, so that processes that start together share."""
        await connection.execute("SELECT 1")
        for name in self._names:
            if name in self._held:
                continue
            cursor = await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCKS, _key(name)))
            row = await cursor.fetchone()
            if row is not None and row[0]:
                self._held.add(name)
                self._confirmed = monotonic()
                log.info("lease_taken", bot=name)
                self._taken()
                return


class Signals:
    """Hears from the other processes."""

    def __init__(self, conninfo: str, hear: Mapping[str, Callable[[str], None]]) -> None:
        """Prepare; `hear` holds what to do at each signal of `_TRIGGERS`, given its word."""
        self._conninfo = conninfo
        self._hear = hear

    async def run(self) -> None:
        """Listen until cancelled. What is missed meanwhile is found by the look that comes every second."""
        import psycopg  # for PostgreSQL alone

        while True:
            try:
                async with await _connect(self._conninfo) as connection:
                    for name in self._hear:
                        await connection.execute(f'LISTEN "{name}"'.encode())
                    async for note in connection.notifies():
                        self._hear[note.channel](note.payload)
            except psycopg.Error as error:
                log.warning("signals_lost", problem=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

"""What processes that share a PostgreSQL say to each other: who sends for which bot, and that work came.

A lease is an advisory lock on a connection of its own. The server lets go of it when the connection
ends, however the process died, and whoever stands by takes it over. SQLite needs none of this: there
one process serves, and a lock file sees to that.
"""

import asyncio
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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

PRESENT = "present, to share the bots"
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


def _unsigned(name: str) -> int:
    """Return a name's half of the key as PostgreSQL lists it."""
    return zlib.crc32(name.encode())


def _key(name: str) -> int:
    """Return a name's half of the key, a signed number of 32 bits."""
    number = _unsigned(name)
    return number - 2**32 if number >= 2**31 else number


def _of_bot(bot: str) -> str:
    """Return the name of a bot's lease, which is no other lock's."""
    return f"bot {bot}"


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
    asked = {bot: {"space": LOCKS, "name": _key(_of_bot(bot))} for bot in bots}
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


_LOCKS_HELD = (
    "SELECT objid::bigint FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
    " WHERE datname = current_database() AND locktype = 'advisory' AND granted AND objsubid = 2"
    " AND classid::bigint = %s"
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast bots move between processes, in seconds."""

    look: float = 0.5
    """Between two looks."""
    soon: float = 0.1
    """Between two looks while leases are taken or given up."""
    patience: float = 3.0
    """A lease that nobody took for so long is taken by whoever sees it, beyond its share."""
    rest: float = 0.5
    """Between two that are given up: few bots pause at once."""
    giving: float = 3.0
    """What does not come to rest for so long is kept. Well below `TRUST_SECONDS`."""


async def _connect(conninfo: str) -> "psycopg.AsyncConnection[Any]":
    """Open a connection of its own, which notices soon that its other end is gone."""
    import psycopg  # for PostgreSQL alone

    return await psycopg.AsyncConnection.connect(conninfo, autocommit=True, connect_timeout=10, **KEEP_ALIVE)


class Leases:
    """The bots that this process may send for: its share of them, while others are there to take the rest.

    Every process holds a lock of presence, which all of them may hold at once; counting those tells each
    its share. Who holds more gives up one after the other, each when nothing of it is under way.
    """

    def __init__(
        self,
        conninfo: str,
        names: Iterable[str],
        *,
        taken: Callable[[], None],
        let_go: Callable[[str], Awaitable[bool]],
        pace: Pace = Pace(),
    ) -> None:
        """Prepare; `taken` is called when a lease was taken, since its work may have waited.

        `let_go` brings a bot to rest for which leave was withdrawn, and returns False while it is not.
        """
        self._conninfo = conninfo
        self._names = list(names)
        self._taken = taken
        self._let_go = let_go
        self._pace = pace
        self._held: dict[str, None] = {}
        """In the order in which they are kept: the last is given up first."""
        self._confirmed = float("-inf")
        self._leaving = ""
        """The bot that is being given up: no longer sent for, and not anybody else's yet."""
        self._since = float("-inf")
        """When the last one was given up, or began to be."""
        self._free_since: dict[str, float] = {}
        self._unwanted: set[str] = set()
        """Bots that none of the others takes, such as those whose token only this process has."""
        self._workers = 0

    def held(self, name: str) -> bool:
        """Tell whether a lease is held now."""
        trusted = monotonic() - self._confirmed < TRUST_SECONDS
        return trusted and name in self._held and name != self._leaving

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
                self._leaving = ""
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hold(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        await connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", (LOCKS, _key(PRESENT)))
        while True:
            asked = monotonic()
            async with asyncio.timeout(TRUST_SECONDS):
                moved = await self._even_out(connection)
            self._confirmed = asked
            await asyncio.sleep(self._pace.soon if moved else self._pace.look)

    async def _even_out(self, connection: "psycopg.AsyncConnection[Any]") -> bool:
        """Take one lease, or give one up; True when there may be more to do soon.

        Only one, so that processes that start together share.
        """
        free, workers = await self._look(connection)
        if workers != self._workers:
            self._workers = workers
            self._unwanted.clear()
        share = -(-len(self._names) // workers)
        if self._leaving:
            await self._give_up(connection)
            return True
        if name := self._to_take(free, share):
            if await self._take(connection, name) and len(self._held) > share:
                self._unwanted.add(name)
            return True
        spare = [name for name in self._held if name not in self._unwanted]
        if len(self._held) > share and spare and monotonic() - self._since >= self._pace.rest:
            self._leaving, self._since = spare[-1], monotonic()
            return True
        return False

    async def _look(self, connection: "psycopg.AsyncConnection[Any]") -> tuple[list[str], int]:
        """Return the bots that nobody sends for, and how many processes could."""
        cursor = await connection.execute(_LOCKS_HELD, (LOCKS,))
        held = Counter(row[0] for row in await cursor.fetchall())
        free = [name for name in self._names if _unsigned(_of_bot(name)) not in held]
        now = monotonic()
        self._free_since = {name: self._free_since.get(name, now) for name in free}
        return free, max(1, held[_unsigned(PRESENT)])

    def _to_take(self, free: Sequence[str], share: int) -> str:
        """Choose a lease to take: any while the share is not full, then only what nobody else takes."""
        if len(self._held) < share:
            return next(iter(free), "")
        since = monotonic() - self._pace.patience
        return next((name for name in free if self._free_since[name] <= since), "")

    async def _take(self, connection: "psycopg.AsyncConnection[Any]", name: str) -> bool:
        lease = (LOCKS, _key(_of_bot(name)))
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", lease)
        row = await cursor.fetchone()
        if row is None or not row[0]:
            return False
        self._held[name] = None
        self._confirmed = monotonic()
        log.info("lease_taken", bot=name)
        self._taken()
        return True

    async def _give_up(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        """Let go of the bot that is leaving once it is at rest; keep it if that takes too long."""
        name = self._leaving
        try:
            async with asyncio.timeout(self._pace.giving):
                at_rest = await self._let_go(name)
        except Exception:
            log.exception("lease_not_given_up", bot=name)
            at_rest = False
        if at_rest:
            del self._held[name]
            await connection.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCKS, _key(_of_bot(name))))
            log.info("lease_given_up", bot=name)
        elif monotonic() - self._since < self._pace.giving:
            return
        else:
            self._held = {name: None, **self._held}  # another one next time
            self._taken()
        self._leaving, self._since = "", monotonic()


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

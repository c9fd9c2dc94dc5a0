"""Brings a database to the present schema."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from isobot.storage import leases
from isobot.storage.database import Database
from isobot.storage.tables import metadata


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave Procrastinate's own tables to its own migrations."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(_config(connection), revision)


async def migrate(database: Database, *, revision: str = "head") -> None:
    """Apply the migrations that are missing, all or none; safe to run at every start."""
    async with database.write() as connection:
        await leases.alone(connection, "migrate")
        await connection.run_sync(_upgrade, revision)
        if not database.is_sqlite:
            await leases.install_signals(connection)


async def is_current(database: Database) -> bool:
    """Tell whether the database has the newest schema."""

    def revision(connection: Connection) -> bool:
        newest = ScriptDirectory.from_config(_config()).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == newest

    async with database.read() as connection:
        return await connection.run_sync(revision)


async def differences(database: Database) -> list[object]:
    """List where the migrated database differs from the tables as written in code."""

    def compare(connection: Connection) -> list[object]:
        opts = {"compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, metadata))

    async with database.read() as connection:
        return await connection.run_sync(compare)

"""The schema's migrations as Alembic runs them; apart from the rest because Alembic is slow to load."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from isobot.storage.database import Database
from isobot.storage.migrate import MIGRATIONS
from isobot.storage.tables import metadata


def upgrade(connection: Connection, revision: str) -> None:
    """Apply the migrations up to a revision, or "head"."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave Procrastinate's own tables to its own migrations."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


async def differences(database: Database) -> list[object]:
    """List where the migrated database differs from the tables as written in code."""

    def compare(connection: Connection) -> list[object]:
        opts = {"compare_type": True, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, metadata))

    async with database.read() as connection:
        return await connection.run_sync(compare)

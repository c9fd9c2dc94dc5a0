"""Brings a database to the present schema."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from isobot.errors import SettingsError
from isobot.storage import leases
from isobot.storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "head"


def newest_revision() -> str:
    """Return the revision of the present schema, by which its file's name begins: "0002_what_it_adds.py"."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def migrate(database: Database, *, revision: str = HEAD) -> None:
    """Apply the migrations that are missing, all or none; safe to run at every start.

    Raises:
        SettingsError: a newer isobot has been at work on this database.
    """
    async with database.write() as connection:
        await leases.alone(connection, "migrate")
        present = await connection.run_sync(_revision)
        if present is not None and present > newest_revision():
            raise SettingsError(
                "Cơ sở dữ liệu này do một bản isobot mới hơn dùng. Cài lại bản mới đó, hoặc khôi phục bản "
                "sao lưu từ trước khi nâng cấp."
            )
        if revision != HEAD or present != newest_revision():
            from isobot.storage.upgrading import upgrade  # slow to load, and most starts have nothing to do

            await connection.run_sync(upgrade, revision)
        if not database.is_sqlite:
            await leases.install_signals(connection)


async def is_current(database: Database) -> bool:
    """Tell whether the database has the newest schema."""
    async with database.read() as connection:
        return await connection.run_sync(_revision) == newest_revision()


def _revision(connection: Connection) -> str | None:
    """Return the revision that the database is at; None for one without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

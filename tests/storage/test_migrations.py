"""One schema for two databases, made by migrations, equal to the tables in code."""

from isobot.storage import unit_records
from isobot.storage.migrate import differences, is_current, migrate


async def test_migrated_database_equals_the_tables(database):
    assert await differences(database) == []


async def test_migrating_again_changes_nothing(database):
    await migrate(database)

    assert await is_current(database)
    async with database.read() as connection:
        assert len(await unit_records.load_directory(connection)) > 300

"""One schema for two databases, made by migrations, equal to the tables in code."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from isobot.domain.deadlines import DayOfYear, Move
from isobot.errors import SettingsError
from isobot.storage import office, reports, unit_records
from isobot.storage.database import Database
from isobot.storage.migrate import MIGRATIONS, is_current, migrate, newest_revision
from isobot.storage.upgrading import differences

AT = datetime(2027, 5, 12, 3, tzinfo=UTC)
OF_THE_FIRST_SCHEMA = (
    "INSERT INTO reports (id, unit, province, rule, period, practice_of, form, form_version, status, draft,"
    " authors, version, receipt, submitted_at, first_submitted_at, events, last_hash, created_at, updated_at)"
    " VALUES (7, 'th.pu-luong', 'thanh-hoa', 'thanh-hoa-xa', '2027-05', 0, 'xa-rut-gon', 1, 'submitted',"
    """ '{"tthc_total": {"given": 120}}', '{}', 1, 'TH-2027-P2R4-M', :at, :at, 0, '', :at, :at)""",
    "INSERT INTO report_versions (report, version, figures, receipt, submitted_at, person, channel)"
    """ VALUES (7, 1, '{"tthc_total": {"given": 120}}', 'TH-2027-P2R4-M', :at, 1, 'web')""",
    "INSERT INTO report_events (report, number, at, person, channel, kind, field, why, hash)"
    " VALUES (7, 1, :at, 1, 'web', 'submit', '', '', '')",
    "INSERT INTO bots (key, channel, province, address, poll_offset) VALUES ('zalo', 'zalo', '', '', 5)",
    "INSERT INTO outbox (bot, chat_key, chat, body, prompt, priority, status, attempts, created_at,"
    """ not_before, blanked) VALUES ('zalo', 'zalo:1', '1', '{"text": "a"}', 0, 0, 'queued', 0, :at, :at,"""
    " false)",
    "INSERT INTO office_acts (at, person, channel, kind, province, rule, period, unit, why)"
    " VALUES (:at, 1, 'web', 'extend', 'thanh-hoa', '', '', '', 'vì lũ')",
    "INSERT INTO office_dates (rule, occurrence, from_year, day, month, set_on)"
    " VALUES ('th-xa', '{year}-05', 2027, 25, 5, '2027-05-02')",
)


@pytest.fixture(params=["sqlite", "postgresql"])
async def of_the_first_schema(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database as the first schema left it, with a report in it."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    else:
        url = request.getfixturevalue("empty_postgres")
    old = Database(url)
    await migrate(old, revision="0001")
    async with old.write() as connection:
        for statement in OF_THE_FIRST_SCHEMA:
            named = {"at": AT.replace(tzinfo=None) if old.is_sqlite else AT} if ":at" in statement else {}
            await connection.execute(text(statement), named)
    yield old
    await old.close()


async def test_migrated_database_equals_the_tables(database):
    assert await differences(database) == []


def test_the_newest_file_is_where_the_migrations_end():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert newest_revision() == ScriptDirectory.from_config(config).get_current_head()


async def test_migrating_again_changes_nothing(database):
    await migrate(database)

    assert await is_current(database)
    async with database.read() as connection:
        assert len(await unit_records.load_directory(connection)) > 300


async def test_what_an_older_installation_holds_is_still_there_after_an_update(of_the_first_schema):
    database = of_the_first_schema

    await migrate(database)

    assert await is_current(database)
    assert await differences(database) == []
    async with database.read() as connection:
        (report,) = await reports.of_units(connection, ["th.pu-luong"])
        version = await reports.version_of(connection, 7, 1)
        parts = (await connection.execute(text("SELECT parts FROM outbox"))).scalars().all()
        begun = (await connection.execute(text("SELECT begun FROM outbox"))).scalars().all()
        acts = (await connection.execute(text("SELECT number, hash, why FROM office_acts"))).all()
        moves = await office.moves(connection)
        off = (await connection.execute(text("SELECT off FROM bots"))).scalars().all()
    assert (report.draft, report.marks, report.letter_no) == ({"tthc_total": {"given": 120}}, {}, None)
    assert version is not None
    assert version.figures == {"tthc_total": {"given": 120}}
    assert parts == begun == [0]
    assert [tuple(row) for row in acts] == [(0, "", "vì lũ")]
    assert [bool(one) for one in off] == [False]
    assert moves == (Move("th-xa", "{year}-05", 2027, DayOfYear(25, 5), date(2027, 5, 2)),)


async def test_a_database_of_a_newer_isobot_is_left_alone_and_told(database):
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SettingsError, match="bản isobot mới hơn"):
        await migrate(database)

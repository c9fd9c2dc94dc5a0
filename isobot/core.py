"""What every command shares: the checked content, the database brought up to date, the units."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from handlers.services import Services
from isobot.actions import counting
from isobot.clock import Clock, SystemClock
from isobot.content import Content, load_content
from isobot.errors import SettingsError
from isobot.settings import Settings
from isobot.storage import bots, curation, leases, rulebook, unit_records
from isobot.storage.bots import BotRow
from isobot.storage.database import Database
from isobot.storage.migrate import migrate
from isobot.storage.store import Store
from isobot.unitfiles import load_units
from knowledge.answer import KnowledgeBase
from knowledge.live import live_corpus
from scheduler.rounds import Timetable


@dataclass(slots=True)
class Core:
    """The parts that every command shares."""

    settings: Settings
    database: Database
    clock: Clock
    content: Content
    services: Services
    bots: tuple[BotRow, ...] = ()

    @property
    def timetable(self) -> Timetable:
        """What the plan of reminders is made from, as the files have it."""
        content = self.content
        return Timetable(content.rules, content.calendar, content.ladder, content.duty_ladder)


async def prepare(settings: Settings) -> Core:
    """Read the content, bring the database up to date, and load the units.

    Raises:
        DataFileError: a shipped or edited file cannot be used.
    """
    clock = SystemClock()
    content = load_content(own_forms=settings.own_forms, own=settings.data_dir)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"Không tạo được thư mục dữ liệu {settings.data_dir} ({error.strerror}). "
            "Đặt ISOBOT_DATA_DIR khác."
        ) from error
    database = Database(settings.database)
    await database.reach()
    await migrate(database)
    if not database.is_sqlite:
        from scheduler.runner_shared import migrate_tasks  # for PostgreSQL alone

        await migrate_tasks(database)
    shipped = [unit for unit in load_units() if settings.is_demo or not unit.demo]
    async with database.write() as connection:
        await leases.alone(connection, "units")
        await unit_records.refresh_shipped(connection, shipped)
        directory = await unit_records.load_directory(connection)
        overlay = await curation.load_overlay(connection)
        rows = await bots.all_bots(connection)
        rules = await rulebook.current(connection, content.rules)
        rules_edition = await rulebook.edition(connection)
        await counting.rebuild_if_older(Store(connection, clock.now()), content.forms)
    corpus = live_corpus(content.corpus, overlay)
    services = Services(
        knowledge=KnowledgeBase(corpus, directory, content.provinces),
        forms=content.forms,
        rules=rules,
        directory=directory,
        provinces=content.provinces,
        calendar=content.calendar,
        ladder=content.ladder,
        duty_ladder=content.duty_ladder,
        demo=settings.is_demo,
        cards_edition=overlay.edition,
        shipped=content.corpus,
        shipped_rules=content.rules,
        rules_edition=rules_edition,
    )
    return Core(settings, database, clock, content, services, rows)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Core]:
    """Prepare, and close the database at the end."""
    core = await prepare(settings)
    try:
        yield core
    finally:
        await core.database.close()

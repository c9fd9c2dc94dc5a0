"""What stands in the log when the database is away, and in which shape."""

import json
import logging

import pytest
import structlog

from isobot import logs
from isobot.errors import SettingsError
from isobot.storage.database import Database

NOWHERE = "postgresql://isobot:m4tkh4u@127.0.0.1:1/isobot"


@pytest.fixture(autouse=True)
def handlers_as_they_were():
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level


async def _look() -> None:
    database = Database(NOWHERE)
    try:
        async with database.read():
            raise AssertionError("there is no such server")
    except Exception:
        structlog.get_logger().exception("engine_step_failed")
        logging.getLogger("library").exception("worker failed")
    finally:
        await database.close()


async def test_a_database_away_takes_one_line_not_a_hundred(capsys):
    logs.configure(level="INFO", as_json=True, secrets=[NOWHERE])

    await _look()

    own, librarys = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert own["event"] == "engine_step_failed"
    assert own["problem"].startswith("OperationalError: ")
    assert "storage/database.py:" in own["problem"]
    assert "exception" not in own
    assert (librarys["event"], librarys["logger"]) == ("worker failed", "library")
    assert "\n" not in librarys["exception"]


async def test_other_errors_keep_their_traceback(capsys):
    logs.configure(level="INFO", as_json=True)
    try:
        raise ValueError("a fault of ours")
    except ValueError:
        structlog.get_logger().exception("engine_step_failed")

    assert "Traceback" in json.loads(capsys.readouterr().err)["exception"]


async def test_a_command_says_in_one_line_that_the_database_is_away():
    database = Database(NOWHERE)
    with pytest.raises(SettingsError, match="ISOBOT_DATABASE_URL") as error:
        await database.reach()
    await database.close()

    assert "m4tkh4u" not in str(error.value)
    assert "\n" not in str(error.value)

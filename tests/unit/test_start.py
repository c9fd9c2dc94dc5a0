"""What a command loads before it does anything: no more than it needs."""

import subprocess
import sys

import pytest

SLOW = (
    "sqlalchemy",
    "alembic",
    "telegram",
    "starlette",
    "openpyxl",
    "docx",
    "pypdf",
    "psycopg",
    "procrastinate",
)
"""Libraries that take long to load, and that answering a question needs none of."""


@pytest.mark.parametrize("module", ["isobot.cli", "isobot.ask_cli"])
def test_a_question_waits_for_no_library_it_does_not_need(module):
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert module in loaded.split()
    assert set(SLOW) & set(loaded.split()) == set()

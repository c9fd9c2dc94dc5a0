"""What a command loads before it does anything: no more than it needs."""

import subprocess
import sys

import pytest

FOR_FILES = ("docx", "lxml", "xlsxwriter", "openpyxl", "icalendar", "pypdf", "PIL", "segno")
"""Libraries that make and read files; the first file loads them."""
FOR_PLATFORMS = ("telegram", "httpx")
FOR_OTHER_STARTS = ("alembic", "holidays", "psycopg", "procrastinate")
"""What a start of an up-to-date SQLite file needs none of."""
FOR_CHATS = ("sqlalchemy", "starlette", "structlog")
SLOW = (*FOR_FILES, *FOR_PLATFORMS, *FOR_OTHER_STARTS)


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("isobot.cli", (*SLOW, *FOR_CHATS)),
        ("isobot.ask_cli", (*SLOW, *FOR_CHATS)),
        ("isobot.run_cli", SLOW),
    ],
)
def test_a_start_waits_for_no_library_it_does_not_need(module, unneeded):
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert module in loaded.split()
    assert set(unneeded) & set(loaded.split()) == set()

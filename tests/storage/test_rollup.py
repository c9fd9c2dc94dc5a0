"""Totals by the database are those of plain loops, whatever was sent, returned, corrected or left out."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count as counting_up
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isobot.actions import counting
from isobot.actions.totals import Register, grouped, totals_of
from isobot.domain.deadlines import Extension, ReportingRule, find_period
from isobot.domain.filing import file_figures
from isobot.domain.forms import Form
from isobot.domain.period_totals import Structure
from isobot.domain.rollup import Totals
from isobot.domain.standings import Standing
from isobot.domain.units import Level
from isobot.domain.values import BLANK, NONE_ARISING, Value, values_to_json
from isobot.storage import figures, office, reports
from isobot.storage.database import Database
from isobot.storage.figures import Counted
from isobot.storage.reports import Version
from isobot.storage.store import Store
from tests import rollup_oracle
from tests.rollup_oracle import Counts

PERIODS = ("2024", "2026")
"""Before and after 1 July 2025: Kon Tum's old communes, and its new ones."""

LAST_DAYS = {"2024": date(2024, 12, 14), "2026": date(2026, 12, 14)}
NUMBERS = ("tthc_total", "tthc_in", "proc_changes", "ia_count", "nc_found")
STATUSES = ("submitted", "accepted", "returned", "draft")

said = st.one_of(st.integers(0, 10**12), st.integers(0, 2), st.just(("none",)), st.just(("blank",)))
figures_said = st.dictionaries(st.sampled_from(NUMBERS), said, max_size=5)
steps = st.sampled_from(("chua-xay-dung", "dang-xay-dung"))


@dataclass(frozen=True)
class Sent:
    """One report as a test makes it up."""

    unit: str
    period: str
    status: str
    days_late: int
    extended: int
    figures: dict[str, Any]


@st.composite
def many_sent(draw: Any, codes: tuple[str, ...]) -> list[Sent]:
    keys = draw(st.sets(st.tuples(st.sampled_from(codes), st.sampled_from(PERIODS)), max_size=14))
    return [
        Sent(
            unit,
            period,
            draw(st.sampled_from(STATUSES)),
            draw(st.integers(-5, 5)),
            draw(st.sampled_from((0, 0, 3))),
            draw(figures_said) | {"status": draw(steps)},
        )
        for unit, period in sorted(keys)
    ]


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


numbers = counting_up(1)


def value(said: Any) -> Value:
    return {("none",): NONE_ARISING, ("blank",): BLANK}.get(said) or Value.of(said)


async def write(database: Database, form: Form, rule: str, sent: list[Sent]) -> None:
    async with database.write() as connection:
        for one in sent:
            first = datetime.combine(LAST_DAYS[one.period], datetime.min.time(), UTC)
            first += timedelta(days=one.days_late, hours=3)
            record = await reports.open_draft(
                connection,
                unit=one.unit,
                province="kon-tum",
                rule=rule,
                period=one.period,
                practice_of=0,
                form=form.id,
                form_version=form.version,
                at=first,
            )
            if one.extended:
                longer = Extension(LAST_DAYS[one.period] + timedelta(days=one.extended), date(2024, 12, 1))
                await office.add_extension(
                    connection, rule=rule, period=one.period, unit=one.unit, extension=longer
                )
            if one.status == "draft":
                continue
            values = {key: value(given) for key, given in one.figures.items()}
            store = Store(connection, first)
            store.hold(record)
            record.status, record.version = "submitted", 1
            record.first_submitted_at = record.submitted_at = first
            await reports.add_version(
                connection, Version(record.id, 1, values_to_json(values), f"R{record.id}", first, 1, "test")
            )
            store.count(record, file_figures(form, values))
            record.new_events.append(event(record.id, 1, "submit", first))
            await store.flush()
            if one.status != "submitted":
                record.status = one.status
                kind = "return" if one.status == "returned" else "accept"
                record.new_events.append(event(record.id, 2, kind, first))
                await store.flush()


def event(report: int, number: int, kind: str, at: datetime) -> dict[str, Any]:
    return {
        "report": report,
        "number": number,
        "at": at,
        "person": 1,
        "channel": "test",
        "kind": kind,
        "field": "",
        "before": None,
        "after": None,
        "why": "",
        "hash": "",
    }


def plain(form: Form, sent: list[Sent]) -> list[dict[str, Any]]:
    """Leave out what is not asked of a unit that has not announced, and work out what is computed."""
    found = []
    for one in sent:
        report = dict(one.figures)
        total, within = report.get("tthc_total"), report.get("tthc_in")
        if total is not None and within is not None:
            parts = [0 if part == ("none",) else part for part in (total, within)]
            if ("blank",) in parts:
                report["tthc_out"] = ("blank",)
            else:
                none = total == within == ("none",)
                report["tthc_out"] = ("none",) if none else parts[0] - parts[1]
        found.append(report)
    return found


def check(totals: Totals, expected: dict[str, Counts]) -> None:
    for total in totals.fields:
        right = expected.get(total.field.key, Counts())
        if total.field.key == "nc_open":
            continue  # asked only where faults were found, and made of a figure that these tests leave out
        seen = (total.sum, total.given, total.at_least_one, total.none_arising, total.blank)
        if total.field.key == "status":
            assert {o.key: n for o, n in total.choices if n} == dict(right.choices)
            continue
        assert seen == (right.sum, right.given, right.at_least_one, right.none_arising, right.blank)


def test_totals_are_those_of_plain_loops(database_url, loop, services):
    database = Database(database_url)
    form = services.forms.get("xa-rut-gon", 1)
    base = services.rules.by_id("kt-nam")
    register = Register(services.directory, services.forms)
    communes = [u.code for u in services.directory.of_province("kon-tum", Level.XA)]
    codes = (*communes[:6], *communes[-4:], "kt.so-tu-phap", "kt.so-gtvt", "th.pu-luong", "kt.khong-co")
    examples: list[int] = []

    @given(many_sent(codes))
    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        derandomize=True,
    )
    def totals_agree(sent: list[Sent]) -> None:
        examples.append(len(sent))
        rule = replace(base, id=f"kt-nam-{next(numbers)}")
        loop.run_until_complete(totals_of_one_example(database, register, form, rule, sent))

    try:
        totals_agree()
    finally:
        loop.run_until_complete(database.close())
    assert max(examples) > 1, "no example had anything to add up"


async def totals_of_one_example(
    database: Database, register: Register, form: Form, rule: ReportingRule, sent: list[Sent]
) -> None:
    await write(database, form, rule.id, sent)
    periods = [find_period(rule, key) for key in PERIODS]
    async with database.read() as connection:
        store = Store(connection, datetime(2027, 1, 1, tzinfo=UTC))
        found = await totals_of(store, register, rule=rule, periods=periods, province="kon-tum")
        for totals in found:
            here = [one for one in sent if one.period == totals.period.key]
            owing = {unit.code for unit in register.owing(rule, totals.period, "kon-tum")}
            counted = [one for one in here if one.status in ("submitted", "accepted")]
            own = [one for one in counted if one.unit in owing]
            check(totals.whole, rollup_oracle.count(plain(form, own)))
            assert {u.code for u in totals.whole.reported} == {one.unit for one in own}
            assert {u.code for u in totals.whole.missing} == owing - {one.unit for one in own}
            for level in totals.levels:
                of_level = [o for o in own if register.directory.get(o.unit).level.value == level.key]
                check(level.totals, rollup_oracle.count(plain(form, of_level)))
            stand(totals.whole, here)
            await structures(store, register, totals, own, form)
        assert await counting.discrepancies(store, register.forms) == []
        assert await counting.crooked_lines(store) == 0


def stand(totals: Totals, sent: list[Sent]) -> None:
    right = {}
    for one in sent:
        if one.status == "draft":
            continue
        if one.status == "returned":
            right[one.unit] = Standing.RETURNED
        elif one.days_late <= 0:
            right[one.unit] = Standing.ON_TIME
        else:
            right[one.unit] = Standing.EXTENDED if one.days_late <= one.extended else Standing.LATE
    for owed in totals.owed:
        assert owed.standing is right.get(owed.unit.code, Standing.MISSING)


async def structures(store: Store, register: Register, totals: Any, own: list[Sent], form: Form) -> None:
    """Whatever the structure, its groups hold every unit once, and add up to the whole."""
    for structure in Structure:
        groups = await grouped(store, register, totals, structure=structure, today=date(2026, 12, 20))
        placed = [owed.unit.code for group in groups for owed in group.totals.owed]
        assert sorted(placed) == sorted(owed.unit.code for owed in totals.whole.owed)
        for group in groups:
            members = {owed.unit.code for owed in group.totals.owed}
            check(group.totals, rollup_oracle.count(plain(form, [o for o in own if o.unit in members])))
            assert len(members) == 1 or not group.divided


async def test_rows_that_went_astray_are_found_and_mended(database, services):
    form = services.forms.get("xa-rut-gon", 1)
    some = [
        Sent(code, "2024", "submitted", 0, 0, {"status": "chua-xay-dung", "tthc_total": 5, "tthc_in": 3})
        for code in ("kt.so-tu-phap", "kt.so-gtvt")
    ]
    await write(database, form, "kt-nam", some)
    async with database.write() as connection:
        store = Store(connection, datetime(2027, 1, 1, tzinfo=UTC))
        first, second = sorted(await figures.counted_reports(connection))
        await figures.change(connection, gone=[first])
        stray = Counted(second, "kt.so-gtvt", "kon-tum", "kt-nam", "2024", file_figures(form, {}))
        await figures.change(connection, counted=[stray])

        found = await counting.discrepancies(store, services.forms)
        assert [(one.report, len(one.lacking), len(one.surplus)) for one in found] == [
            (first, 4, 0),
            (second, 4, 0),
        ]

        assert await figures.crooked_lines(connection) == 0

        assert await counting.rebuild(store, services.forms) == 2
        assert await counting.discrepancies(store, services.forms) == []
        assert not await counting.rebuild_if_older(store, services.forms)


async def test_reports_sent_at_the_same_moment_are_all_counted(database, services):
    form = services.forms.get("xa-rut-gon", 1)
    codes = [unit.code for unit in services.directory.of_province("kon-tum", Level.XA)][:24]
    drafts = [Sent(code, period, "draft", 0, 0, {}) for code in codes for period in PERIODS]
    await write(database, form, "kt-nam", drafts)
    values = {"status": Value.of("chua-xay-dung"), "tthc_total": Value.of(5), "tthc_in": Value.of(3)}

    async def send(some: list[str], order: tuple[str, ...]) -> None:
        async with database.write() as connection:
            store = Store(connection, datetime(2026, 12, 1, tzinfo=UTC))
            for period in order:
                for code in some:
                    record = await reports.find(connection, unit=code, rule="kt-nam", period=period)
                    record.status, record.version = "submitted", 1
                    store.hold(record)
                    store.count(record, file_figures(form, values))
            await store.flush()

    # Each sends for both periods, half of them in the other order, so that they meet on the same lines.
    some = [codes[start : start + 3] for start in range(0, len(codes), 3)]
    await asyncio.gather(*(send(each, PERIODS[:: 1 if n % 2 else -1]) for n, each in enumerate(some)))

    async with database.read() as connection:
        assert await figures.crooked_lines(connection) == 0
        assert len(await figures.counted_reports(connection)) == len(codes) * len(PERIODS)

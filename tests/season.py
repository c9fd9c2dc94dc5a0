"""A season of reports acted out: officers fill in and send, the office accepts and returns, by the real acts.

What everybody said is kept as plain Python beside it (`Told`), so that totals can be worked out without
the program.
"""

import random
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from handlers.services import Services
from isobot.actions import receiving, reporting
from isobot.actions.reporting import Work
from isobot.domain.deadlines import Extension, Period, ReportingRule
from isobot.domain.fields import Field, Kind
from isobot.domain.people import Actor, Post, Role
from isobot.domain.standings import Standing
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.domain.values import BLANK, NONE_ARISING, Value
from isobot.errors import Refusal
from isobot.storage import office
from isobot.storage.database import Database
from isobot.storage.store import Store
from tests.fakes import FakeClock

CHANNEL = "telegram"
AT_ONCE = 60
MENDED = "tthc_total"
"""A figure that every form asks, and that may grow without contradicting another."""

NONE, NOT_KNOWN = ("none",), ("blank",)


@dataclass
class Told:
    """What one unit's report says in the end, and how the unit stands; None where nothing counts."""

    unit: Unit
    standing: Standing
    said: dict[str, Any] | None = None


@dataclass
class Season:
    """One period of one rule."""

    database: Database
    services: Services
    directory: UnitDirectory
    rule: ReportingRule
    period: Period
    chance: random.Random
    told: dict[str, Told] = field(default_factory=dict)

    async def play(self, units: Iterable[Unit]) -> None:
        """Let every unit report, each in one of the ways that happen."""
        everyone = list(units)
        for start in range(0, len(everyone), AT_ONCE):
            for unit in everyone[start : start + AT_ONCE]:
                self.told[unit.code] = Told(unit, Standing.MISSING)
            await self._send(everyone[start : start + AT_ONCE])

    async def _send(self, units: list[Unit]) -> None:
        late: list[Unit] = []
        back: list[Unit] = []
        async with self._at(self.period.last_day - timedelta(days=3)) as store:
            for unit in units:
                luck = self.chance.random()
                if luck < 0.03:
                    await self._say_on_paper(store, unit)
                    continue
                if luck < 0.10:
                    continue
                if luck < 0.25:
                    late.append(unit)
                    if luck < 0.17:
                        await self._extend(store, unit)
                    continue
                if luck < 0.30:
                    await self._begin_and_leave(store, unit)
                    continue
                await self.send(store, unit)
                if luck < 0.50:
                    back.append(unit)
        async with self._at(self.period.last_day - timedelta(days=1)) as store:
            for unit in back:
                await self._return_correct_accept(store, unit)
        async with self._at(self.period.last_day + timedelta(days=4)) as store:
            for unit in late:
                await self.send(store, unit)

    def _at(self, day: date) -> "_Session":
        return _Session(self.database, FakeClock.on(day).now())

    async def _extend(self, store: Store, unit: Unit) -> None:
        longer = Extension(self.period.last_day + timedelta(days=5), self.period.last_day - timedelta(days=3))
        await office.add_extension(
            store.connection, rule=self.rule.id, period=self.period.key, unit=unit.code, extension=longer
        )
        self.told[unit.code].standing = Standing.EXTENDED

    async def _say_on_paper(self, store: Store, unit: Unit) -> None:
        report = (self.rule.id, self.period.key, unit.code)
        await office.say_on_paper(store.connection, report, said="12/BC-UBND", person=7, at=store.now)
        self.told[unit.code].standing = Standing.ON_PAPER

    async def open(self, store: Store, unit: Unit) -> Work:
        return await reporting.open_report(
            store,
            actor=officer(unit),
            unit=unit,
            rule=self.rule,
            period=self.period,
            forms=self.services.forms,
            directory=self.directory,
        )

    async def _begin_and_leave(self, store: Store, unit: Unit) -> None:
        work = await self.open(store, unit)
        first = work.form.fields[0]
        self._enter(work, store, unit, first, Value.of(first.options[0].key))

    async def send(self, store: Store, unit: Unit) -> None:
        """Fill in a report and send it."""
        work = await self.open(store, unit)
        self._fill(store, work, unit)
        await self._submit(store, work, unit)

    def _fill(self, store: Store, work: Work, unit: Unit) -> None:
        while (asked := work.form.next_field(work.values)) is not None:
            for value in (self._value(work, asked), Value.of(0), NONE_ARISING):
                with suppress(Refusal):
                    self._enter(work, store, unit, asked, value)
                    break

    def _enter(self, work: Work, store: Store, unit: Unit, asked: Field, value: Value) -> None:
        reporting.enter(
            store,
            actor=officer(unit),
            work=work,
            field=asked,
            value=value,
            seen=work.record.draft.get(asked.key),
            channel=CHANNEL,
        )

    async def _submit(self, store: Store, work: Work, unit: Unit) -> None:
        for warning in work.unexplained:
            reporting.give_reason(
                store,
                actor=officer(unit),
                work=work,
                check=warning.check,
                reason="Đã soát lại",
                channel=CHANNEL,
            )
        await reporting.submit(store, actor=officer(unit), work=work, channel=CHANNEL)
        told = self.told.setdefault(unit.code, Told(unit, Standing.MISSING))
        told.said = {f.key: plain(work.values[f.key]) for f in work.form.visible_fields(work.values)}
        if told.standing is Standing.MISSING:
            on_time = store.now <= FakeClock.on(self.period.last_day).now()
            told.standing = Standing.ON_TIME if on_time else Standing.LATE

    async def _return_correct_accept(self, store: Store, unit: Unit) -> None:
        """Correct unasked, be returned for good, returned and mended, accepted, or opened again."""
        luck = self.chance.random()
        work = await self.open(store, unit)
        if luck < 0.25:
            await self._mend(store, unit)
            return
        seen, desk = work.record.version, receiver(unit)
        if luck < 0.75:
            await receiving.send_back(
                store, actor=desk, work=work, marks={}, why="Số liệu chưa khớp", seen=seen, channel=CHANNEL
            )
            if luck < 0.5:
                self.told[unit.code].said = None
                self.told[unit.code].standing = Standing.RETURNED
                return
            await self._mend(store, unit)
        work = await self.open(store, unit)
        seen = work.record.version
        await receiving.accept(store, actor=desk, work=work, seen=seen, channel=CHANNEL)
        if luck > 0.9:
            await receiving.reopen(store, actor=desk, work=work, why="Đơn vị xin sửa", channel=CHANNEL)
            await self._mend(store, unit)

    async def _mend(self, store: Store, unit: Unit) -> None:
        work = await self.open(store, unit)
        mended = work.form.field(MENDED)
        self._enter(work, store, unit, mended, Value.of(self.chance.randrange(1000, 2000)))
        self._fill(store, work, unit)
        await self._submit(store, work, unit)

    def _value(self, work: Work, asked: Field) -> Value:
        """Say something that fits the field."""
        chance, luck = self.chance, self.chance.random()
        if asked.key == "fund_spent" and work.form.id == "co-quan-day-du":
            return NONE_ARISING  # its parts would have to add up
        if luck < 0.08 and not asked.required:
            return BLANK
        if luck < 0.2 and "khong-phat-sinh" in {o.key for o in asked.shortcuts}:
            return NONE_ARISING
        match asked.kind:
            case Kind.CHOICE | Kind.YES_NO:
                picked = chance.choice(asked.options).key
                return Value.of(picked if asked.kind is Kind.CHOICE else picked == "co")
            case Kind.DATE:
                return Value.of(self.period.covers_to - timedelta(days=20))
            case Kind.TEXT:
                return Value.of(f"{chance.randrange(1, 90)}/QĐ-UBND")
            case Kind.MONEY:
                return Value.of(chance.randrange(0, 30) * 500_000)
        return Value.of(chance.choice((0, 1, 2, chance.randrange(3, 300))))


class _Session:
    """One transaction at a moment."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._transaction = database.write()
        self._now = now

    async def __aenter__(self) -> Store:
        self._store = Store(await self._transaction.__aenter__(), self._now)
        return self._store

    async def __aexit__(self, *failure: Any) -> None:
        if failure[0] is None:
            await self._store.flush()
        await self._transaction.__aexit__(*failure)


def officer(unit: Unit) -> Actor:
    """Return who reports for a unit."""
    return Actor(7, (Post(1, unit.code, unit.province, Role.REPORTER),))


def receiver(unit: Unit) -> Actor:
    """Return who receives the reports of a unit's province."""
    return Actor(8, (Post(2, "so-khcn", unit.province, Role.RECEIVER),))


def plain(value: Value) -> Any:
    """Write a value as the oracle reads it."""
    if value.is_none_arising or value.is_blank:
        return NONE if value.is_none_arising else NOT_KNOWN
    given = value.given
    return given.isoformat() if isinstance(given, date) else given


def with_computed(said: dict[str, Any]) -> dict[str, Any]:
    """Add the figures that the forms work out."""
    made = dict(said)
    for key, plus, minus in (
        ("tthc_out", ("tthc_total",), "tthc_in"),
        ("nc_open", ("nc_found",), "nc_closed"),
        ("nc_open_end", ("nc_open_start", "nc_found"), "nc_closed"),
    ):
        parts = [said.get(part) for part in (*plus, minus)]
        if None in parts or (key == "nc_open" and "nc_open_start" in said):
            continue
        if NOT_KNOWN in parts:
            made[key] = NOT_KNOWN
        elif all(part == NONE for part in parts):
            made[key] = NONE
        else:
            counted = [0 if part == NONE else part for part in parts]
            made[key] = sum(counted[:-1]) - counted[-1]
    return made


def invented() -> list[Unit]:
    """Make the 191 units of Kiên Giang that its plan counts and does not name: 22, 9, 15 and 145."""
    made = []
    for level, count, name in (
        (Level.SO, 22, "Sở Giả định"),
        (Level.CHI_CUC, 9, "Chi cục Giả định"),
        (Level.HUYEN, 15, "UBND huyện Giả định"),
        (Level.XA, 145, "UBND xã Giả định"),
    ):
        for number in range(1, count + 1):
            code = f"kg.gia-dinh-{level.value}-{number}"
            unit = Unit(code=code, name=f"{name} {number}", province="kien-giang", level=level)
            made.append(replace(unit, district=f"Giả định {number % 15 + 1}") if level is Level.XA else unit)
    return made

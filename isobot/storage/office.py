"""What officers and offices changed about deadlines: more time, other days, letters, duties done.

Every change stands in `office_acts` as well: who, when, before, after, why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.deadlines import DayOfYear, Extension, Move, Switch
from isobot.storage.office_acts import acts as acts
from isobot.storage.office_acts import note_act as note_act
from isobot.storage.statements import insert_if_absent, insert_or_replace
from isobot.storage.tables import (
    declined,
    deeds,
    duty_events,
    duty_switches,
    extensions,
    letters,
    office_dates,
)

Report = tuple[str, str, str]
"""(rule, period, unit)."""

STILL_MISSING = "missing"
"""The receiver says: figures are still wanted, remind on."""

ENOUGH = "enough"
"""The receiver says: the letter is enough, ask no more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An officer's word that the report went out on paper; `said` is its number and date as typed."""

    said: str
    person: int
    at: datetime
    verdict: str


async def add_extension(
    connection: AsyncConnection, *, rule: str, period: str, unit: str, extension: Extension
) -> None:
    """Give a unit more time; the latest counts."""
    await connection.execute(
        insert(extensions).values(
            rule=rule,
            period=period,
            unit=unit,
            last_day=extension.last_day,
            granted_on=extension.granted_on,
        )
    )


async def all_extensions(
    connection: AsyncConnection, *, units: Iterable[str] = ()
) -> dict[Report, Extension]:
    """Return the extension that counts for each report that has one, of all units or of some.

    It remembers the earlier ones of the same report.
    """
    query = select(extensions).order_by(extensions.c.id)
    codes = list(units)
    if codes:
        query = query.where(extensions.c.unit.in_(codes))
    found: dict[Report, Extension] = {}
    for row in await connection.execute(query):
        report = (row.rule, row.period, row.unit)
        found[report] = Extension(row.last_day, row.granted_on, found.get(report))
    return found


async def add_move(connection: AsyncConnection, move: Move) -> None:
    """Set another last day of an occurrence."""
    await connection.execute(
        insert(office_dates).values(
            rule=move.rule,
            occurrence=move.occurrence,
            from_year=move.from_year,
            day=move.day.day,
            month=move.day.month,
            set_on=move.set_on,
            province=move.province,
        )
    )


async def moves(connection: AsyncConnection) -> tuple[Move, ...]:
    """Return every last day that offices set, in the order they were set."""
    found = await connection.execute(select(office_dates).order_by(office_dates.c.id))
    return tuple(
        Move(row.rule, row.occurrence, row.from_year, DayOfYear(row.day, row.month), row.set_on, row.province)
        for row in found
    )


async def switch_duty(
    connection: AsyncConnection, *, province: str, rule: str, turned_on: bool, set_on: date
) -> None:
    """Turn a duty without a form on or off in a province; the latest word counts."""
    await connection.execute(
        insert(duty_switches).values(province=province, rule=rule, turned_on=turned_on, set_on=set_on)
    )


async def switched_duties(connection: AsyncConnection) -> dict[tuple[str, str], Switch]:
    """Return which duties offices turned on or off, by (province, rule); each remembers the word before."""
    found: dict[tuple[str, str], Switch] = {}
    for row in await connection.execute(select(duty_switches).order_by(duty_switches.c.id)):
        key = (row.province, row.rule)
        found[key] = Switch(row.turned_on, row.set_on, found.get(key))
    return found


async def say_on_paper(
    connection: AsyncConnection, report: Report, *, said: str, person: int, at: datetime
) -> None:
    """Note that somebody says the report went out on paper; the receiver has not looked yet."""
    rule, period, unit = report
    row = {
        "rule": rule,
        "period": period,
        "unit": unit,
        "said": said,
        "person": person,
        "at": at,
        "verdict": "",
    }
    await connection.execute(insert_or_replace(connection, letters, ["rule", "period", "unit"], row))


async def judge_letter(connection: AsyncConnection, report: Report, *, verdict: str) -> bool:
    """Keep what the receiver says about a letter; False when there is none."""
    rule, period, unit = report
    done = await connection.execute(
        letters.update()
        .where(letters.c.rule == rule, letters.c.period == period, letters.c.unit == unit)
        .values(verdict=verdict)
    )
    return done.rowcount == 1


async def all_letters(connection: AsyncConnection, *, units: Iterable[str] = ()) -> dict[Report, Letter]:
    """Return every letter, or those of some units."""
    query = select(letters)
    codes = list(units)
    if codes:
        query = query.where(letters.c.unit.in_(codes))
    return {
        (row.rule, row.period, row.unit): Letter(row.said, row.person, row.at, row.verdict)
        for row in await connection.execute(query)
    }


async def decline(connection: AsyncConnection, *, unit: str, person: int, at: datetime) -> bool:
    """Note that somebody is not the one to remind for a unit; False when that was known."""
    row = {"unit": unit, "person": person, "at": at}
    done = await connection.execute(
        insert_if_absent(connection, declined).returning(declined.c.person), [row]
    )
    return done.first() is not None


async def take_back_decline(connection: AsyncConnection, *, unit: str, person: int) -> None:
    """Remind somebody again."""
    await connection.execute(delete(declined).where(declined.c.unit == unit, declined.c.person == person))


async def all_declined(connection: AsyncConnection) -> dict[tuple[str, int], datetime]:
    """Return (unit, person) of everybody who is not to be reminded for a unit, and since when."""
    return {(row.unit, row.person): row.at for row in await connection.execute(select(declined))}


async def add_event(
    connection: AsyncConnection, *, rule: str, unit: str, happened_on: date, person: int, at: datetime
) -> None:
    """Keep the day of something that a duty follows."""
    row = {"rule": rule, "unit": unit, "happened_on": happened_on, "person": person, "at": at}
    await connection.execute(insert_if_absent(connection, duty_events), [row])


async def all_events(connection: AsyncConnection) -> set[tuple[str, str, date]]:
    """Return (rule, unit, day) of everything that duties follow."""
    query = select(duty_events.c.rule, duty_events.c.unit, duty_events.c.happened_on)
    return {(row[0], row[1], row[2]) for row in await connection.execute(query)}


async def note_deed(
    connection: AsyncConnection, report: Report, *, done_on: date, person: int, at: datetime
) -> None:
    """Note that a duty is done."""
    rule, period, unit = report
    row = {
        "rule": rule,
        "period": period,
        "unit": unit,
        "done_on": done_on,
        "person": person,
        "at": at,
    }
    await connection.execute(insert_or_replace(connection, deeds, ["rule", "period", "unit"], row))


async def all_deeds(connection: AsyncConnection) -> dict[Report, tuple[date, datetime]]:
    """Return every duty done: the day named, and when it was said."""
    return {
        (row.rule, row.period, row.unit): (row.done_on, row.at)
        for row in await connection.execute(select(deeds))
    }

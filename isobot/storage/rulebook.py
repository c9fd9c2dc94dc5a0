"""The rules as they are now: those of the files, with the last days, duties and rounds that offices set."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.deadlines import RuleBook
from isobot.storage import office, requests
from isobot.storage.tables import duty_switches, office_dates
from isobot.storage.tables import requests as rounds


async def edition(connection: AsyncConnection) -> str:
    """Return what changes with every change of an office to the rules; one small query.

    Numbers of rows are counted and not read off the last: a row may be seen after one that follows it.
    """
    moves = select(func.count()).select_from(office_dates).scalar_subquery()
    switches = select(func.count()).select_from(duty_switches).scalar_subquery()
    changes = select(func.coalesce(func.sum(rounds.c.revision), 0)).scalar_subquery()
    row = (await connection.execute(select(moves, changes, switches))).one()
    return ".".join(map(str, row))


async def current(
    connection: AsyncConnection,
    book: RuleBook,
    *,
    since: date | None = None,
    rounds: Collection[str] | None = None,
) -> RuleBook:
    """Return a book with what offices set: every round, those that end `since` a day, or some by id."""
    moved = book.with_moves(await office.moves(connection))
    moved = moved.with_switches(await office.switched_duties(connection))
    asked = await requests.load(connection, rules=rounds, since=since)
    return moved.with_rounds(request.as_rule() for request in asked)

"""Statements that the two databases spell differently."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Row = dict[str, Any]


def insert_if_absent(connection: AsyncConnection, table: Table) -> Any:
    """Build an INSERT that leaves an existing row alone; with RETURNING it tells whether it took.

    (The count of rows is no help: PostgreSQL's driver gives -1 here.)
    """
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def insert_or_replace(connection: AsyncConnection, table: Table, keys: Sequence[str], values: Row) -> Any:
    """Build an INSERT that overwrites the other columns of a row with the same keys."""
    rest = {name: value for name, value in values.items() if name not in keys}
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).values(**values).on_conflict_do_update(index_elements=keys, set_=rest)
    return postgresql.insert(table).values(**values).on_conflict_do_update(index_elements=keys, set_=rest)

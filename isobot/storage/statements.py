"""Statements that the two databases spell differently."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import String, Table, Text, cast, column, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
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


def as_pairs(connection: AsyncConnection, pairs: Mapping[str, str]) -> Any:
    """Make a table of two columns, `key` and `value`, of a mapping that is sent as one parameter."""
    columns = (column("key", String), column("value", String))
    if connection.dialect.name == "sqlite":
        return func.json_each(json.dumps(dict(pairs))).table_valued(*columns)
    made = func.jsonb_each_text(cast(cast(json.dumps(dict(pairs)), Text), JSONB))
    return made.table_valued(*columns).render_derived(name="pairs")

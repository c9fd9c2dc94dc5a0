"""Alembic's entry: runs the migrations on the connection that `isobot.storage.migrate` hands over."""

from alembic import context

from isobot.storage.tables import metadata


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave Procrastinate's own tables to its own migrations."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_name=include_name,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

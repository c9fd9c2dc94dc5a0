"""What comes in, what goes out, and by which bot."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from isobot.storage.tables.base import Json, Key, Moment, metadata

meta = Table(
    "meta",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("value", Text, nullable=False),
)

bots = Table(
    "bots",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("province", String(40), nullable=False, default=""),
    Column("address", Text, nullable=False, default=""),
    Column("poll_offset", BigInteger, nullable=False, default=0),
    Column("token_env", String(80), nullable=False, default="", server_default=""),
    Column("per_second", Integer),
    Column("monthly", Integer),
    Column("users", Integer),
    Column("off", Boolean, nullable=False, default=False, server_default="0"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("bot", String(40), nullable=False),
    Column("event_id", String(120), nullable=False),
    Column("chat_key", String(160), nullable=False),
    Column("chat", String(120), nullable=False),
    Column("event_order", BigInteger, nullable=False),
    Column("payload", Json, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("done_at", Moment),
    Column("failure", Text),
    Column("blanked", Boolean, nullable=False, default=False),
    UniqueConstraint("bot", "event_id"),
)
Index(
    "ix_inbox_waiting",
    inbox.c.chat_key,
    inbox.c.event_order,
    sqlite_where=text("done_at IS NULL"),
    postgresql_where=text("done_at IS NULL"),
)
Index(
    "ix_inbox_arrival",
    inbox.c.id,
    sqlite_where=text("done_at IS NULL"),
    postgresql_where=text("done_at IS NULL"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("chat_key", String(160), primary_key=True),
    Column("bot", String(40), nullable=False),
    Column("chat", String(120), nullable=False),
    Column("dialogue", String(40), nullable=False, default=""),
    Column("state", Json, nullable=False),
    Column("prompt", Integer, nullable=False, default=0),
    Column("offered", Json, nullable=False),
    Column("memory", Json, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("bot", String(40), nullable=False),
    Column("chat_key", String(160), nullable=False),
    Column("chat", String(120), nullable=False),
    Column("body", Json, nullable=False),
    Column("prompt", Integer, nullable=False, default=0),
    Column("priority", Integer, nullable=False, default=0),
    Column("status", String(10), nullable=False, default="queued"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("message_ref", String(120)),
    Column("parts", Integer, nullable=False, default=0, server_default="0"),
    Column("failure", Text),
    Column("blanked", Boolean, nullable=False, default=False),
    Column("begun", Integer, nullable=False, default=0, server_default="0"),
)
Index(
    "ix_outbox_begun_again",
    outbox.c.bot,
    sqlite_where=text("begun > 1"),
    postgresql_where=text("begun > 1"),
)
Index(
    "ix_outbox_queued",
    outbox.c.bot,
    outbox.c.priority,
    outbox.c.id,
    sqlite_where=text("status = 'queued'"),
    postgresql_where=text("status = 'queued'"),
)
Index(
    "ix_outbox_queued_chat",
    outbox.c.chat_key,
    outbox.c.id,
    sqlite_where=text("status = 'queued'"),
    postgresql_where=text("status = 'queued'"),
)
Index("ix_outbox_chat", outbox.c.chat_key, outbox.c.id)

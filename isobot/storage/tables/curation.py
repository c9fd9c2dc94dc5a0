"""What was asked, and how the cards change."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text

from isobot.storage.tables.base import Json, Key, Moment, metadata

questions = Table(
    "questions",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("ref", String(16), nullable=False, unique=True),
    Column("asked_at", Moment, nullable=False, index=True),
    Column("chat_key", String(160), nullable=False, index=True),
    Column("province", String(40), nullable=False, default=""),
    Column("question", Text, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("topic", String(60), nullable=False, default=""),
    Column("cards", Json, nullable=False),
    Column("helpful", Boolean),
    Column("settled", String(80), nullable=False, default=""),
)

tellings = Table(
    "tellings",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("chat_key", String(160), nullable=False, index=True),
    Column("card", String(80), nullable=False, default=""),
    Column("document", String(80), nullable=False),
    Column("question", String(16), nullable=False, default=""),
    Column("told_at", Moment, nullable=False),
)
Index("ix_tellings_document", tellings.c.document, tellings.c.told_at)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("kind", String(12), nullable=False),
    Column("target", String(80), nullable=False),
    Column("scope", String(40), nullable=False),
    Column("record", Json, nullable=False),
    Column("before", Json),
    Column("base", Integer, nullable=False, default=0),
    Column("questions", Json, nullable=False),
    Column("author", String(120), nullable=False),
    Column("author_person", Key),
    Column("why", Text, nullable=False, default=""),
    Column("status", String(10), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("decided_by", String(120), nullable=False, default=""),
    Column("decided_at", Moment),
    Column("reason", Text, nullable=False, default=""),
)

card_versions = Table(
    "card_versions",
    metadata,
    Column("card", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("record", Json, nullable=False),
    Column("before", Json),
    Column("author", String(120), nullable=False),
    Column("approver", String(120), nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("at", Moment, nullable=False),
    Column("review_by", Date, nullable=False),
)

replacements = Table(
    "replacements",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("document", String(80), nullable=False, index=True),
    Column("replaced_by", Text, nullable=False),
    Column("replaced_on", Date, nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("author", String(120), nullable=False),
    Column("approver", String(120), nullable=False),
    Column("at", Moment, nullable=False),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("card", String(80), nullable=False),
    Column("document", String(80), nullable=False),
    Column("confirmed_by", String(120), nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("at", Moment, nullable=False),
)

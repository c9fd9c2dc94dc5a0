"""Imported wordings of documents."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from isobot.storage.tables.base import Json, Key, Moment, metadata

legal_texts = Table(
    "legal_texts",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("document", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("imported_at", Moment, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("source_hash", String(64), nullable=False),
    Column("heading", Json, nullable=False),
    Column("original", Text, nullable=False),
    Column("remarks", Json, nullable=False),
    UniqueConstraint("document", "version"),
)

legal_nodes = Table(
    "legal_nodes",
    metadata,
    Column("text", Key, ForeignKey("legal_texts.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("depth", Integer, nullable=False),
    Column("beyond", Integer, nullable=False),
    Column("section", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("body", Text, nullable=False),
    Column("cells", Json, nullable=False),
    Column("first_line", Integer, nullable=False),
    Column("last_line", Integer, nullable=False),
    Index("ix_legal_nodes_section", "text", "section"),
)

"""Who is who: people, units, posts, and who stands in for whom."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text

from isobot.storage.tables.base import Json, Key, Moment, metadata

people = Table(
    "people",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("created_at", Moment, nullable=False),
    Column("erased_at", Moment),
)

person_names = Table(
    "person_names",
    metadata,
    Column("person", Key, ForeignKey("people.id"), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("contact", String(120), nullable=False, default=""),
)

identities = Table(
    "identities",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("person", Key, ForeignKey("people.id"), nullable=False, index=True),
    Column("chat_key", String(160), nullable=False),
    Column("since", Moment, nullable=False),
    Column("gone_at", Moment),
    Column("last_seen", Moment, nullable=False),
)

units = Table(
    "units",
    metadata,
    Column("code", String(80), primary_key=True),
    Column("province", String(40), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("record", Json, nullable=False),
    Column("source", String(20), nullable=False),
    Column("place", Integer, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("person", Key, ForeignKey("people.id"), nullable=False, index=True),
    Column("unit", String(80), nullable=False, index=True),
    Column("province", String(40), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("granted_by", Text, nullable=False, default=""),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("unit", String(80), nullable=False),
    Column("province", String(40), nullable=False),
    Column("role", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("used_by", Key, ForeignKey("people.id")),
    Column("links", Key, ForeignKey("people.id")),
)

delegations = Table(
    "delegations",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("unit", String(80), nullable=False, index=True),
    Column("giver", Key, ForeignKey("people.id"), nullable=False),
    Column("taker", Key, ForeignKey("people.id"), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("at", Moment, nullable=False),
    Column("ended_at", Moment),
)

unit_settings = Table(
    "unit_settings",
    metadata,
    Column("unit", String(80), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("value", Json, nullable=False),
    Column("person", Key, nullable=False),
    Column("set_at", Moment, nullable=False),
)

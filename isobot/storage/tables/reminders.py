"""Rounds, last days, the ledger of reminders, and the acts of offices on them."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from isobot.storage.tables.base import Json, Key, Moment, metadata

requests = Table(
    "requests",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("rule", String(60), nullable=False, unique=True),
    Column("province", String(40), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("forms", Json, nullable=False),
    Column("opens", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("moves", Json, nullable=False),
    Column("covers_from", Date, nullable=False),
    Column("covers_to", Date, nullable=False),
    Column("basis_document", Text, nullable=False),
    Column("basis_section", Text, nullable=False, default=""),
    Column("basis", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("units", Json, nullable=False),
    Column("person", Key, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revision", Integer, nullable=False, default=1),
    Column("closed_at", Moment),
    Column("closed_why", Text, nullable=False, default=""),
)

dispatches = Table(
    "dispatches",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("rule", String(60), nullable=False),
    Column("period", String(40), nullable=False),
    Column("unit", String(80), nullable=False),
    Column("person", Key, nullable=False),
    Column("step", String(40), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("status", String(12), nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("outbox", Key, index=True),
    Column("told_at", Moment),
    Column("why", String(20), nullable=False, default=""),
    UniqueConstraint("rule", "period", "unit", "person", "step"),
)

reminder_days = Table(
    "reminder_days",
    metadata,
    Column("person", Key, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("outbox", Key, index=True),
)

snoozes = Table(
    "snoozes",
    metadata,
    Column("person", Key, ForeignKey("people.id"), primary_key=True),
    Column("rule", String(60), primary_key=True),
    Column("period", String(40), primary_key=True),
    Column("unit", String(80), primary_key=True),
    Column("until", Date, nullable=False),
)

extensions = Table(
    "extensions",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("rule", String(60), nullable=False),
    Column("period", String(40), nullable=False),
    Column("unit", String(80), nullable=False),
    Column("last_day", Date, nullable=False),
    Column("granted_on", Date, nullable=False),
)
Index("ix_extensions_report", extensions.c.rule, extensions.c.period, extensions.c.unit)

office_dates = Table(
    "office_dates",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("rule", String(60), nullable=False),
    Column("occurrence", String(40), nullable=False),
    Column("from_year", Integer, nullable=False),
    Column("day", Integer, nullable=False),
    Column("month", Integer, nullable=False),
    Column("set_on", Date, nullable=False),
    Column("province", String(40), nullable=False, default="", server_default=""),
)

duty_switches = Table(
    "duty_switches",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("province", String(40), nullable=False),
    Column("rule", String(60), nullable=False),
    Column("turned_on", Boolean, nullable=False),
    Column("set_on", Date, nullable=False),
)

letters = Table(
    "letters",
    metadata,
    Column("rule", String(60), primary_key=True),
    Column("period", String(40), primary_key=True),
    Column("unit", String(80), primary_key=True),
    Column("said", Text, nullable=False, default=""),
    Column("person", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("verdict", String(10), nullable=False, default=""),
)

planned_nudges = Table(
    "planned_nudges",
    metadata,
    Column("rule", String(60), primary_key=True),
    Column("period", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("person", Key, nullable=False),
    Column("at", Moment, nullable=False),
)

declined = Table(
    "declined",
    metadata,
    Column("unit", String(80), primary_key=True),
    Column("person", Key, ForeignKey("people.id"), primary_key=True),
    Column("at", Moment, nullable=False),
)

duty_events = Table(
    "duty_events",
    metadata,
    Column("rule", String(60), primary_key=True),
    Column("unit", String(80), primary_key=True),
    Column("happened_on", Date, primary_key=True),
    Column("person", Key, nullable=False),
    Column("at", Moment, nullable=False),
)

deeds = Table(
    "deeds",
    metadata,
    Column("rule", String(60), primary_key=True),
    Column("period", String(40), primary_key=True),
    Column("unit", String(80), primary_key=True),
    Column("done_on", Date, nullable=False),
    Column("person", Key, nullable=False),
    Column("at", Moment, nullable=False),
)

office_acts = Table(
    "office_acts",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("number", Integer, nullable=False, default=0, server_default="0"),
    Column("at", Moment, nullable=False),
    Column("person", Key, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("province", String(40), nullable=False, default=""),
    Column("rule", String(60), nullable=False, default=""),
    Column("period", String(40), nullable=False, default=""),
    Column("unit", String(80), nullable=False, default=""),
    Column("before", Json),
    Column("after", Json),
    Column("why", Text, nullable=False, default=""),
    Column("hash", String(64), nullable=False, default="", server_default=""),
)
Index("ix_office_acts_chain", office_acts.c.province, office_acts.c.number)
Index("ix_office_acts_report", office_acts.c.rule, office_acts.c.period, office_acts.c.unit)

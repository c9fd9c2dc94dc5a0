"""Every table, once, for SQLite and PostgreSQL.

Keys of chats and identities are text, "bot:id". Moments are aware and in UTC. Days are dates.
Folded names are made in Python, since neither database lower-cases Vietnamese as we need.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite forgets the zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone, and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the moment aware, in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Key = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
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

reports = Table(
    "reports",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("unit", String(80), nullable=False),
    Column("province", String(40), nullable=False),
    Column("rule", String(60), nullable=False),
    Column("period", String(40), nullable=False),
    Column("practice_of", Key, nullable=False, default=0),
    Column("form", String(60), nullable=False),
    Column("form_version", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("draft", Json, nullable=False),
    Column("authors", Json, nullable=False),
    Column("version", Integer, nullable=False, default=0),
    Column("receipt", String(40)),
    Column("submitted_at", Moment),
    Column("first_submitted_at", Moment),
    Column("returned_why", Text),
    Column("marks", Json, nullable=False, default=dict, server_default="{}"),
    Column("asked_by", Key),
    Column("letter_no", String(60)),
    Column("letter_date", Date),
    Column("events", Integer, nullable=False, default=0),
    Column("last_hash", String(64), nullable=False, default=""),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("unit", "rule", "period", "practice_of"),
)
Index("ix_reports_period", reports.c.province, reports.c.rule, reports.c.period)
# Who is in, and since when, is read from this index alone: a row of `reports` carries a whole draft.
Index(
    "ix_reports_standing",
    reports.c.rule,
    reports.c.period,
    reports.c.status,
    reports.c.unit,
    reports.c.first_submitted_at,
    reports.c.province,
    reports.c.practice_of,
)

report_versions = Table(
    "report_versions",
    metadata,
    Column("report", Key, ForeignKey("reports.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("figures", Json, nullable=False),
    Column("receipt", String(40), nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("person", Key, nullable=False),
    Column("channel", String(40), nullable=False),
)

figure_lines = Table(
    "figure_lines",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("rule", String(60), nullable=False),
    Column("period", String(40), nullable=False),
    Column("province", String(40), nullable=False),
    Column("level", String(20), nullable=False),
    Column("field", String(60), nullable=False),
    Column("says", String(80), nullable=False),
    Column("units", Integer, nullable=False, default=0),
    Column("total", BigInteger, nullable=False, default=0),
    UniqueConstraint("rule", "period", "province", "level", "field", "says"),
)

# Kept in the order of its lines, so a total reads what it adds up in one sweep. `line` is no foreign key:
# lines are never deleted, and on PostgreSQL every submission would lock the same few of them.
figures = Table(
    "figures",
    metadata,
    Column("line", Key, primary_key=True, autoincrement=False),
    Column("report", Key, ForeignKey("reports.id"), primary_key=True, autoincrement=False, index=True),
    Column("number", BigInteger),
    sqlite_with_rowid=False,
)

report_events = Table(
    "report_events",
    metadata,
    Column("report", Key, ForeignKey("reports.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("person", Key, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("field", String(60), nullable=False, default=""),
    Column("before", Json),
    Column("after", Json),
    Column("why", Text, nullable=False, default=""),
    Column("hash", String(64), nullable=False),
)

report_notes = Table(
    "report_notes",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("report", Key, ForeignKey("reports.id"), nullable=False, index=True),
    Column("field", String(60), nullable=False),
    Column("side", String(10), nullable=False),
    Column("person", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

report_files = Table(
    "report_files",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("report", Key, ForeignKey("reports.id"), nullable=False, index=True),
    Column("field", String(60), nullable=False, default=""),
    Column("filename", Text, nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("size", BigInteger, nullable=False, default=0),
    Column("sha256", String(64), nullable=False, default=""),
    Column("content", LargeBinary),
    Column("bot", String(40), nullable=False, default=""),
    Column("source", Json, nullable=False),
    Column("person", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("fetched_at", Moment),
    Column("failure", Text, nullable=False, default=""),
)

uploads = Table(
    "uploads",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)

filled_files = Table(
    "filled_files",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("bot", String(40), nullable=False),
    Column("chat", String(120), nullable=False),
    Column("source", Json, nullable=False),
    Column("filename", Text, nullable=False),
    Column("person", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("stage", String(20), nullable=False, index=True),
    Column("content", LargeBinary),
)

form_links = Table(
    "form_links",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("report", Key, ForeignKey("reports.id"), nullable=False),
    Column("person", Key, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("session", String(64), nullable=False, default=""),
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

"""Reports with their versions, history, figures and files."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from isobot.storage.tables.base import Json, Key, Moment, metadata

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

"""Every table, once, for SQLite and PostgreSQL.

Keys of chats and identities are text, "bot:id". Moments are aware and in UTC. Days are dates.
Folded names are made in Python, since neither database lower-cases Vietnamese as we need.
"""

from isobot.storage.tables.base import Json, Key, Moment, metadata
from isobot.storage.tables.chats import bots, conversations, inbox, meta, outbox
from isobot.storage.tables.curation import (
    card_versions,
    confirmations,
    proposals,
    questions,
    replacements,
    tellings,
)
from isobot.storage.tables.law import legal_nodes, legal_texts
from isobot.storage.tables.people import (
    delegations,
    identities,
    invitations,
    people,
    person_names,
    posts,
    unit_settings,
    units,
)
from isobot.storage.tables.reminders import (
    declined,
    deeds,
    dispatches,
    duty_events,
    duty_switches,
    extensions,
    letters,
    office_acts,
    office_dates,
    reminder_days,
    requests,
    snoozes,
)
from isobot.storage.tables.reports import (
    figure_lines,
    figures,
    filled_files,
    form_links,
    report_events,
    report_files,
    report_notes,
    report_versions,
    reports,
    uploads,
)

__all__ = [
    "Json",
    "Key",
    "Moment",
    "bots",
    "card_versions",
    "confirmations",
    "conversations",
    "declined",
    "deeds",
    "delegations",
    "dispatches",
    "duty_events",
    "duty_switches",
    "extensions",
    "figure_lines",
    "figures",
    "filled_files",
    "form_links",
    "identities",
    "inbox",
    "invitations",
    "legal_nodes",
    "legal_texts",
    "letters",
    "meta",
    "metadata",
    "office_acts",
    "office_dates",
    "outbox",
    "people",
    "person_names",
    "posts",
    "proposals",
    "questions",
    "reminder_days",
    "replacements",
    "report_events",
    "report_files",
    "report_notes",
    "report_versions",
    "reports",
    "requests",
    "snoozes",
    "tellings",
    "unit_settings",
    "units",
    "uploads",
]

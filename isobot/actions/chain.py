"""The chained history of a report: every change of a figure or a status is an event of it."""

from typing import Any

from isobot.domain.people import Actor
from isobot.domain.reports import ReportEvent, chain_hash
from isobot.storage.reports import ReportRecord
from isobot.storage.store import Store


def write_event(
    store: Store,
    record: ReportRecord,
    actor: Actor,
    channel: str,
    kind: str,
    *,
    field: str = "",
    before: Any = None,
    after: Any = None,
    why: str = "",
) -> None:
    """Add an event to the report's chained history."""
    event = ReportEvent(
        report=record.id,
        number=record.events + 1,
        at=store.now,
        person=actor.id or 0,
        channel=channel,
        kind=kind,
        field=field,
        before=before,
        after=after,
        why=why,
    )
    record.events += 1
    record.last_hash = chain_hash(record.last_hash, event)
    record.new_events.append(
        {
            "report": event.report,
            "number": event.number,
            "at": event.at,
            "person": event.person,
            "channel": channel,
            "kind": kind,
            "field": field,
            "before": before,
            "after": after,
            "why": why,
            "hash": record.last_hash,
        }
    )

"""A report that is in, written straight into the database."""

from datetime import datetime

from isobot.storage import reports

RULE, PERIOD = "th-xa", "2027-05"


async def submit_report(connection, unit: str, *, at: datetime) -> None:
    """Hand in the commune's report of May 2027, with the event that says so."""
    record = await reports.open_draft(
        connection,
        unit=unit,
        province="thanh-hoa",
        rule=RULE,
        period=PERIOD,
        practice_of=0,
        form="xa-rut-gon",
        form_version=1,
        at=at,
    )
    record.status, record.submitted_at, record.version = "submitted", at, 1
    event = {"report": record.id, "number": 1, "at": at, "person": 0, "channel": "test", "kind": "submit"}
    blank = {"field": "", "before": None, "after": None, "why": "", "hash": ""}
    record.new_events.append(event | blank)
    await reports.save(connection, [record], at=at)

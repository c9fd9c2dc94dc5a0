"""The chained history of offices: changes of deadlines, rounds and ways of working, and who made them."""

from isobot.domain.people import Actor
from isobot.storage import office
from isobot.storage.office import Report
from isobot.storage.store import Store


async def write_act(
    store: Store,
    actor: Actor,
    channel: str,
    kind: str,
    *,
    province: str = "",
    report: Report = ("", "", ""),
    before: object = None,
    after: object = None,
    why: str = "",
) -> None:
    """Add what somebody did now; without a province, that of the report's unit counts."""
    await office.note_act(
        store.connection,
        kind=kind,
        person=actor.id or 0,
        channel=channel,
        at=store.now,
        province=province,
        report=report,
        before=before,
        after=after,
        why=why,
    )

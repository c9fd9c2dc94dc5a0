"""A report as the dialogues work on it: its record with form, period and the last figures."""

from handlers.services import Services
from isobot.actions.work import Work, load_work
from isobot.chat.turn import Turn
from isobot.storage.reports import ReportRecord


async def work_of(turn: Turn, services: Services, record: ReportRecord) -> Work:
    """Put a record together with what its form and its rule say now."""
    return await load_work(
        turn.store, record, forms=services.forms, rules=services.rules, directory=services.directory
    )


async def work_if_there(turn: Turn, services: Services, key: int) -> Work | None:
    """Load the report with a number; None where it is gone, as an old button may name it."""
    found = await turn.store.preload_reports([key])
    return await work_of(turn, services, found[0]) if found else None

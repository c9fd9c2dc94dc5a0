"""Loads the deadlines of a year for a calendar file."""

from handlers.deadline_calendar import deadline_calendar
from isobot.exports.calendar import CalendarData
from isobot.files.desk import Desk
from isobot.storage import office


async def load_deadlines(desk: Desk, *, units: list[str], province: str) -> tuple[CalendarData, str]:
    """Load the last days of units, or with a province those of its office."""
    async with desk.reading() as store:
        extensions = await office.all_extensions(store.connection)
        events = await office.all_events(store.connection)
    return deadline_calendar(
        desk.services,
        units=units,
        province=province,
        extensions=extensions,
        events=events,
        now=desk.clock.now(),
    )

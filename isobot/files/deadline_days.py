"""Loads the deadlines of a year for a calendar file."""

from handlers.deadline_calendar import Known, deadline_calendar
from isobot.exports.calendar import CalendarData
from isobot.files.desk import Desk
from isobot.storage import office, reports


async def load_deadlines(desk: Desk, *, units: list[str], province: str) -> tuple[CalendarData, str]:
    """Load the last days of units, or with a province those of its office."""
    lead = desk.services.directory.lead_office(province) if province else None
    whose = [lead.code] if lead else units
    async with desk.reading() as store:
        letters = await office.all_letters(store.connection, units=whose)
        known = Known(
            extensions=await office.all_extensions(store.connection, units=whose),
            events=await office.all_events(store.connection),
            settled={
                *await reports.moments_in(store.connection, units=whose),
                *(report for report, letter in letters.items() if letter.verdict == office.ENOUGH),
                *await office.all_deeds(store.connection),
            },
        )
    return deadline_calendar(desk.services, units=units, province=province, known=known, now=desk.clock.now())

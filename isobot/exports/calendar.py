"""Deadlines as a calendar file (.ics) for the calendar of a phone or an office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event


@dataclass(frozen=True, slots=True)
class Entry:
    """One whole day in a calendar; `uid` stays the same when it is made again, so nothing doubles."""

    uid: str
    day: date
    title: str
    text: str
    remind_days: int = 3


@dataclass(frozen=True, slots=True)
class CalendarData:
    """A calendar to write; `made_at` is an aware moment."""

    name: str
    made_at: datetime
    entries: Sequence[Entry]


def calendar_ics(data: CalendarData) -> bytes:
    """Write the file."""
    calendar = Calendar()
    calendar.add("prodid", "-//isobot//deadlines//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", data.name)
    for entry in data.entries:
        event = Event()
        event.add("uid", f"{entry.uid}@isobot")
        event.add("dtstamp", data.made_at)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        event.add("description", entry.text)
        event.add("transp", "TRANSPARENT")
        if entry.remind_days:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry.title)
            alarm.add("trigger", timedelta(days=-entry.remind_days))
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())

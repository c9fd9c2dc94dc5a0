"""Deadlines as a calendar file (.ics) for the calendar of a phone or an office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Entry:
    """One whole day in a calendar; `uid` stays the same when it is made again, so nothing doubles.

    `remind_on` is the day on which the calendar reminds, None for an entry that only stands there.
    """

    uid: str
    day: date
    title: str
    text: str
    remind_on: date | None = None


@dataclass(frozen=True, slots=True)
class CalendarData:
    """A calendar to write; `made_at` is an aware moment, `remind_at` the hour of its reminders."""

    name: str
    made_at: datetime
    entries: Sequence[Entry]
    remind_at: time = time(8, 0)


def calendar_ics(data: CalendarData) -> bytes:
    """Write the file."""
    from icalendar import Alarm, Calendar, Event  # slow to load, and a start needs none

    calendar = Calendar()
    calendar.add("prodid", "-//isobot//deadlines//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", data.name)
    for entry in data.entries:
        event = Event()
        event.add("uid", f"{entry.uid}@isobot")
        event.add("dtstamp", data.made_at)
        # Calendars take an event they know over again only under a sequence that has grown.
        event.add("sequence", int(data.made_at.timestamp()) // 60)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        event.add("description", entry.text)
        event.add("transp", "TRANSPARENT")
        if entry.remind_on is not None:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry.title)
            alarm.add("trigger", _before(entry.day, entry.remind_on, data.remind_at))
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _before(day: date, remind_on: date, at: time) -> timedelta:
    """Return how long before the begin of a whole day its reminder comes, at an hour of working time."""
    return datetime.combine(remind_on, at) - datetime.combine(day, time(0))

"""A commune with its officers and its receiving office, and what the plan of reminders says of them."""

from datetime import UTC, datetime

from isobot.clock import VIETNAM
from isobot.domain.deadlines import (
    Audience,
    find_period,
)
from isobot.domain.people import Role
from isobot.rulefiles import load_calendar, load_duty_ladder, load_ladder, load_rules
from isobot.unitfiles import load_units
from scheduler.plan import (
    UnitIndex,
    due_now,
)

BOOK, CALENDAR, LADDER, DUTY_LADDER = load_rules(), load_calendar(), load_ladder(), load_duty_ladder()
UNITS = load_units()
INDEX = UnitIndex(UNITS)
RULE = BOOK.by_id("th-xa")
COMMUNE = next(unit for unit in UNITS if unit.code == "th.pu-luong")
OFFICE = next(unit for unit in UNITS if unit.code == "th.so-khcn")
REPORTER, DEPUTY, HEAD, RECEIVER = 1, 2, 3, 4
REPORT = ("th-xa", "2027-05", COMMUNE.code)
ALL = {
    COMMUNE.code: {Role.REPORTER: [REPORTER], Role.DEPUTY: [DEPUTY], Role.HEAD: [HEAD]},
    OFFICE.code: {Role.RECEIVER: [RECEIVER]},
}


def period(key="2027-05", rule="th-xa", book=BOOK):
    return find_period(next(r for r in book.reminded if r.id == rule), key)


def written(planned, audience=Audience.REPORTER):
    return " ".join(f"{p.step}={p.day.day}/{p.day.month}" for p in planned if p.audience is audience)


def due(today, situation, rules=(RULE,), steps=LADDER):
    found = due_now(rules, (COMMUNE, OFFICE), CALENDAR, steps, situation, today=today)
    return [(s.person, s.step, s.audience.value) for s in found]


def at(day, hour):
    return datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM).astimezone(UTC)

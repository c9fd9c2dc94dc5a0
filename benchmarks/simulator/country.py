"""The country that is played: provinces, units, their rules, and who holds which post."""

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Literal

from isobot.clock import VIETNAM
from isobot.domain.deadlines import (
    Basis,
    DayOfYear,
    Kind,
    Nature,
    Occurrence,
    ReportingRule,
    RuleBook,
)
from isobot.domain.people import Role
from isobot.domain.units import Level, Unit
from isobot.rulefiles import load_calendar, load_duty_ladder, load_ladder, load_rules
from scheduler.plan import Holding, UnitIndex
from scheduler.rounds import Timetable

FIRST_DAY = date(2026, 1, 1)
PROVINCES = 34


@dataclass(frozen=True, slots=True)
class Size:
    """How large a country is played."""

    units: int
    people: int
    days: int = 730


BIG = Size(10_000, 20_000)
SMALL = Size(160, 330, 400)


Whose = Literal["communes", "office", "all"]
"""Who owes something: the communes, the lead office, or both."""


@dataclass(frozen=True, slots=True)
class Yearly:
    """What a province asks every year: (key, day, month) of each last day, and how long before it opens.

    `window` is None where it opens with the month. A duty may be one of the whole country (`shared`), which
    the province's office turns on and off; `usual` tells whether it is on before anybody said so.
    """

    rule: str
    province: str
    days: tuple[tuple[str, int, int], ...]
    window: int | None
    duty: bool = False
    shared: bool = False
    usual: bool = True
    whose: Whose = "communes"


NOVEMBER = "qg-thang-11"
"""What lead offices do in November, by its last day."""

AUDIT, MANAGEMENT = "qg-danh-gia-noi-bo", "qg-xem-xet-lanh-dao"
"""What every office does once a year where its province's lead office turned it on: by 31/10, by 30/11."""

KINDS: tuple[tuple[tuple[tuple[str, int, int], ...], int | None], ...] = (
    ((("{year}-05", 31, 5), ("{year}-10", 31, 10)), None),
    ((("{year}", 14, 12),), 30),
    ((("{year}-H1", 14, 6), ("{year}", 14, 12)), 30),
)
REVIEW = ((("{year}", 30, 11),), 60)
"""A yearly duty without a form, of the communes of every third province."""


def at(day: date, hour: int = 8, minute: int = 0) -> datetime:
    """Return a moment of a day in Việt Nam."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM).astimezone(UTC)


class Country:
    """Provinces, units, rules, and people with their posts."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self.random = random.Random(seed)
        self.calendar = load_calendar()
        self.units: list[Unit] = []
        self.yearly: list[Yearly] = []
        self.posts: dict[str, dict[Role, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.holdings: list[Holding] = []
        self.persons = count(1)
        self.changes = 0
        """How often somebody took or left a post."""
        self._build()
        rules = tuple(_rule(each) for each in self.yearly if not each.duty)
        duties = tuple(_rule(each) for each in self.yearly if each.duty and not each.shared)
        shared = load_rules()
        book = RuleBook(rules, duties=(*duties, *shared.duties), idle=shared.idle)
        self.timetable = Timetable(book, self.calendar, load_ladder(), load_duty_ladder())
        self.index = UnitIndex(self.units)

    def _build(self) -> None:
        provinces = max(2, min(PROVINCES, self.size.units // 40))
        each = self.size.units // provinces
        for number in range(provinces):
            slug = f"tinh-{number}"
            office = Unit(f"{slug}.so-khcn", "Sở KHCN", slug, Level.SO, lead_office=True)
            here = [
                Unit(f"{slug}.xa-{n}", f"UBND xã {n}", slug, Level.XA, voluntary=n % 20 == 19)
                for n in range(each - 1)
            ]
            self.units += [office, *here]
            self.yearly.append(Yearly(f"r{number}", slug, *KINDS[number % 3]))
            if number % 3 == 1:
                self.yearly.append(Yearly(f"d{number}", slug, *REVIEW, duty=True))
            self.yearly += _shared(slug)
            for _ in range(2):
                self.take(office.code, Role.RECEIVER, next(self.persons), at(FIRST_DAY, 0))
            for unit in here:
                self.take(unit.code, Role.REPORTER, next(self.persons), at(FIRST_DAY, 0))
        while next(self.persons) < self.size.people:
            unit = self.random.choice(self.units)
            role = self.random.choices((Role.HEAD, Role.DEPUTY, Role.REPORTER), (70, 20, 10))[0]
            self.take(unit.code, role, next(self.persons) - 1, at(FIRST_DAY, 0))
        known = [h for h in self.holdings if h.role is Role.REPORTER]
        for _ in range(self.size.units // 50):  # some report for a second unit
            self.take(
                self.random.choice(self.units).code,
                Role.REPORTER,
                self.random.choice(known).person,
                at(FIRST_DAY, 0),
            )

    def take(self, unit: str, role: Role, person: int, since: datetime) -> None:
        """Give somebody a post, unless they hold one in that unit."""
        if any(person in held for held in self.posts[unit].values()):
            return
        self.changes += 1
        self.posts[unit][role].append(person)
        self.holdings.append(Holding(unit, role, person, since))

    def leave(self, unit: str, role: Role, person: int, until: datetime) -> None:
        """End a post."""
        if person not in self.posts[unit][role]:
            return
        self.changes += 1
        self.posts[unit][role].remove(person)
        for number, held in enumerate(self.holdings):
            if (held.unit, held.role, held.person) == (unit, role, person) and held.until is None:
                self.holdings[number] = Holding(unit, role, person, held.since, until)

    def merge(self, one: Unit, other: Unit, *, last_day: date, begins: date) -> Unit:
        """Let two units end and one begin."""
        made = Unit(f"{one.code}+", f"{one.name} mới", one.province, Level.XA, valid_from=begins)
        gone = (one.code, other.code)
        self.units = [replace(u, valid_to=last_day) if u.code in gone else u for u in self.units]
        self.units.append(made)
        self.index = UnitIndex(self.units)
        return made


def _shared(slug: str) -> list[Yearly]:
    """Return the yearly duties of the whole country as a province has them."""
    autumn, november = (("{year}", 31, 10),), (("{year}", 30, 11),)
    return [
        Yearly(NOVEMBER, slug, november, None, duty=True, shared=True, whose="office"),
        Yearly(AUDIT, slug, autumn, 60, duty=True, shared=True, usual=False, whose="all"),
        Yearly(MANAGEMENT, slug, november, 60, duty=True, shared=True, usual=False, whose="all"),
    ]


def _rule(yearly: Yearly) -> ReportingRule:
    covers = (DayOfYear(1, 1), DayOfYear(31, 12))
    return ReportingRule(
        id=yearly.rule,
        province=yearly.province,
        title="Báo cáo",
        levels=frozenset({Level.XA}),
        occurrences=tuple(
            Occurrence(key, "kỳ {year}", DayOfYear(day, month), False, yearly.window, covers)
            for key, day, month in yearly.days
        ),
        recipient="Sở KHCN",
        forms={Level.XA: "x"},
        basis=(Basis("x", "1"),),
        nature=Nature.PLAN,
        date_nature=Nature.OFFICE,
        first_year=FIRST_DAY.year,
        kind=Kind.DUTY if yearly.duty else Kind.REPORT,
    )

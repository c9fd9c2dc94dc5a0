"""The country that is played: provinces, units, their rules, and who holds which post."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from isobot.clock import VIETNAM
from isobot.domain.deadlines import Basis, DayOfYear, Nature, Occurrence, ReportingRule, RuleBook
from isobot.domain.people import Role
from isobot.domain.units import Level, Unit
from isobot.rulefiles import load_calendar, load_ladder
from scheduler.plan import Holding, UnitIndex
from scheduler.rounds import Timetable

FIRST_DAY = date(2026, 1, 1)
PROVINCES = 34
BOTH = (("{year}-05", 31, 5), ("{year}-10", 31, 10))
YEARLY = (("{year}", 14, 12),)
HALF_YEARLY = (("{year}-H1", 14, 6), ("{year}", 14, 12))


@dataclass(frozen=True, slots=True)
class Size:
    """How large a country is played."""

    units: int
    people: int
    days: int = 730


BIG = Size(10_000, 20_000)
SMALL = Size(160, 330, 400)


def at(day: date, hour: int = 8, minute: int = 0) -> datetime:
    """Return a moment of a day in Việt Nam."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM).astimezone(UTC)


class Country:
    """Provinces, units, rules, people, and what each of them will do."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self.random = random.Random(seed)
        self.calendar = load_calendar()
        self.ladder = load_ladder()
        self.units: list[Unit] = []
        self.rules: list[ReportingRule] = []
        self.posts: dict[str, dict[Role, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.holdings: list[Holding] = []
        self.persons = count(1)
        self._build()
        self.timetable = Timetable(RuleBook(tuple(self.rules)), self.calendar, self.ladder)
        self.index = UnitIndex(self.units)

    def _build(self) -> None:
        provinces = max(2, min(PROVINCES, self.size.units // 40))
        each = self.size.units // provinces
        for number in range(provinces):
            slug = f"tinh-{number}"
            office = Unit(f"{slug}.so-khcn", "Sở KHCN", slug, Level.SO, lead_office=True)
            here = [Unit(f"{slug}.xa-{n}", f"UBND xã {n}", slug, Level.XA) for n in range(each - 1)]
            self.units += [office, *here]
            kinds = (BOTH, YEARLY, HALF_YEARLY)[number % 3]
            self.rules.append(_rule(f"r{number}", slug, kinds))
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
        self.posts[unit][role].append(person)
        self.holdings.append(Holding(unit, role, person, since))

    def leave(self, unit: str, role: Role, person: int, until: datetime) -> None:
        """End a post."""
        if person not in self.posts[unit][role]:
            return
        self.posts[unit][role].remove(person)
        for number, held in enumerate(self.holdings):
            if (held.unit, held.role, held.person) == (unit, role, person) and held.until is None:
                self.holdings[number] = Holding(unit, role, person, held.since, until)


def _rule(rule: str, province: str, kinds: Sequence[tuple[str, int, int]]) -> ReportingRule:
    covers = (DayOfYear(1, 1), DayOfYear(31, 12))
    month = kinds is BOTH
    return ReportingRule(
        id=rule,
        province=province,
        title="Báo cáo",
        levels=frozenset({Level.XA}),
        occurrences=tuple(
            Occurrence(key, "kỳ {year}", DayOfYear(day, m), False, None if month else 30, covers)
            for key, day, m in kinds
        ),
        recipient="Sở KHCN",
        forms={Level.XA: "x"},
        basis=(Basis("x", "1"),),
        nature=Nature.PLAN,
        date_nature=Nature.OFFICE,
        first_year=FIRST_DAY.year,
    )

"""Two years of reminders on a virtual clock, and a judge that computes by itself what was promised.

The plan, the rounds and the last look are the real ones; only ledger and network are in memory. Officers
submit early, late or never, block the bot, change posts, snooze, get more time, send paper; the planner
and the network are down for minutes to weeks; the planner's clock jumps; two planners run at once.
"""

import heapq
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from rich.console import Console
from rich.table import Table

from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import (
    Audience,
    Basis,
    DayOfYear,
    Extension,
    Nature,
    Occurrence,
    Period,
    ReportingRule,
    RuleBook,
    StepKey,
    periods_between,
)
from isobot.domain.people import Role
from isobot.domain.units import Level, Unit
from isobot.rulefiles import load_calendar, load_ladder
from scheduler import plan, rounds
from scheduler.plan import Holding, Situation, UnitIndex
from scheduler.rounds import Queued, Timetable

FIRST_DAY = date(2026, 1, 1)
PROVINCES = 34
ENDS = ("sent", "merged", "cancelled", "dead")
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


@dataclass(slots=True)
class LedgerRow:
    """One row of the ledger, as the database would hold it."""

    due_on: date
    status: str
    why: str = ""
    message: int | None = None
    told_at: datetime | None = None


@dataclass(slots=True)
class Message:
    """A reminder on its way."""

    person: int
    rows: list[StepKey] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Something that is wrong for a while; `shift` is how far the planner's clock is off."""

    kind: str
    begin: datetime
    end: datetime
    shift: timedelta = timedelta(0)


def at(day: date, hour: int = 8, minute: int = 0) -> datetime:
    """Return a moment of a day in Việt Nam."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM).astimezone(UTC)


def disturbances(first: date, days: int) -> list[Disturbance]:
    """Lay outages of minutes to weeks and clock jumps over the time, some across last days."""

    def span(kind: str, offset: float, **length: float) -> Disturbance:
        begin = at(first, 0) + timedelta(days=offset)
        return Disturbance(kind, begin, begin + timedelta(**length))

    found = [
        span("planner down", 24.34, minutes=40),
        span("planner down", 118.3, hours=5),
        span("planner down", 146.2, days=2),
        span("planner down", 165.1, days=9),
        span("network down", 150.33, minutes=90),
        span("network down", 291.4, days=3),
        span("planner down", 300.2, days=23),
        span("network down", 347.35, hours=30),
        span("planner down", 400.0, days=75),
        span("network down", 660.4, days=6),
        span("planner down", 668.4, minutes=25),
    ]
    for offset, shift in ((132.4, 2.0), (340.42, -3.0), (517.4, 0.9), (655.4, -0.4)):
        begin = at(first, 0) + timedelta(days=offset)
        found.append(Disturbance("clock jump", begin, begin + timedelta(hours=7), timedelta(days=shift)))
    return [each for each in found if each.begin < at(first + timedelta(days=days))]


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


class Simulation:
    """Plays the time from the first day on, event by event."""

    def __init__(self, country: Country, *, seed: int, troubles: Sequence[Disturbance]) -> None:
        self.country = country
        self.random = random.Random(seed)
        self.troubles = troubles
        self.ledger: dict[StepKey, LedgerRow] = {}
        self.reported: dict[plan.ReportKey, datetime] = {}
        self.excused: dict[plan.ReportKey, datetime] = {}
        self.extensions: dict[plan.ReportKey, Extension] = {}
        self.snoozed: dict[plan.SnoozeKey, date] = {}
        self.declined: dict[tuple[str, int], datetime] = {}
        self.blocked: set[int] = set()
        self.unreachable: set[int] = set()
        self.outbox: dict[int, Message] = {}
        self.waiting: dict[int, int] = {}
        self.told_days: dict[date, set[int]] = defaultdict(set)
        self.deliveries: list[tuple[int, int, datetime, datetime]] = []
        self.told: Counter[StepKey] = Counter()
        self.looked = ""
        self.ticks = 0
        self._numbers = count(1)
        self._order = count()
        self._events: list[tuple[datetime, int, str, tuple[object, ...]]] = []

    # What happens

    def prepare(self) -> None:
        """Decide what people will do, and when the planner looks."""
        draw, country = self.random, self.country
        last = FIRST_DAY + timedelta(days=country.size.days)
        for rule in country.rules:
            for period in periods_between(rule, FIRST_DAY + timedelta(days=20), last):
                for unit in country.index.of(rule.province):
                    if rule.concerns(unit):
                        self._decide(rule, period, unit)
        days = country.size.days
        for holding in list(country.holdings):
            if draw.random() < 0.04:
                moment = self._some_moment(days)
                self._plan(moment, "block", holding.person)
                if draw.random() < 0.4:
                    self._plan(moment + timedelta(days=draw.randint(2, 60)), "unblock", holding.person)
            if holding.role is not Role.RECEIVER and draw.random() < 0.06:
                self._plan(self._some_moment(days), "change", holding.unit, holding.role, holding.person)
            if holding.role is Role.REPORTER and draw.random() < 0.02:
                self._plan(self._some_moment(days), "decline", holding.unit, holding.person)
        for n in range(days + 45):
            day = FIRST_DAY + timedelta(days=n)
            self._plan(at(day, 8), "tick")
            self._plan(at(day, draw.randint(9, 16), draw.randint(0, 59)), "tick")
            self._plan(at(day, draw.choice((6, 12, 19, 23)), 17), "tick")

        for rule in country.rules:
            for period in periods_between(rule, FIRST_DAY + timedelta(days=20), last):
                for _ in range(2):
                    day = period.last_day + timedelta(days=draw.randint(-8, 20))
                    hour = draw.choice((7, 8, 9, 11, 15, 20))
                    self._plan(at(day, hour, draw.randint(1, 59)), "nudge", rule, period)

    def _decide(self, rule: ReportingRule, period: Period, unit: Unit) -> None:
        draw = self.random
        report = (rule.id, period.key, unit.code)
        kind = draw.choices(("early", "late", "never"), (62, 25, 13))[0]
        span = (period.last_day - period.opens).days
        if kind == "early":
            day = period.opens + timedelta(days=int(span * draw.betavariate(2.5, 1.2)))
            self._plan(at(day, draw.randint(0, 23), draw.randint(0, 59)), "submit", report)
        elif kind == "late":
            day = period.last_day + timedelta(days=draw.randint(1, 40))
            self._plan(at(day, draw.randint(0, 23), draw.randint(0, 59)), "submit", report)
        chance = draw.random()
        if chance < 0.01:
            day = period.last_day + timedelta(days=draw.randint(-9, 3))
            self._plan(at(day, 10, 5), "extend", report, period, draw.randint(5, 25))
        elif chance < 0.025:
            day = period.opens + timedelta(days=draw.randint(1, span))
            self._plan(at(day, 15), "letter", report)
        elif chance < 0.06:
            day = period.opens + timedelta(days=draw.randint(1, span))
            self._plan(at(day, 9, 30), "snooze", report, draw.choice((1, 3, 7)))

    def _some_moment(self, days: int) -> datetime:
        return at(FIRST_DAY, 0) + timedelta(minutes=self.random.randint(0, days * 24 * 60))

    def _plan(self, moment: datetime, kind: str, *what: object) -> None:
        heapq.heappush(self._events, (moment, next(self._order), kind, what))

    def run(self) -> None:
        """Let everything happen in its order."""
        while self._events:
            moment, _, kind, what = heapq.heappop(self._events)
            getattr(self, f"_on_{kind}")(moment, *what)

    def _on_submit(self, now: datetime, report: plan.ReportKey) -> None:
        if report in self.excused:
            return
        self.reported[report] = now
        self._take_back(now, lambda key: (key.rule, key.period, key.unit) == report, "reported")

    def _on_letter(self, now: datetime, report: plan.ReportKey) -> None:
        if report not in self.reported:
            self.excused[report] = now
            self._take_back(now, lambda key: (key.rule, key.period, key.unit) == report, "paper")

    def _on_extend(self, now: datetime, report: plan.ReportKey, period: Period, days: int) -> None:
        if report in self.reported or report in self.excused:
            return
        self.extensions[report] = Extension(period.last_day + timedelta(days=days), vietnam_day(now))
        self._take_back(now, lambda key: (key.rule, key.period, key.unit) == report, "extended")

    def _on_snooze(self, now: datetime, report: plan.ReportKey, days: int) -> None:
        for person in self.country.posts[report[2]].get(Role.REPORTER, ()):
            self.snoozed[(*report, person)] = vietnam_day(now) + timedelta(days=days)

    def _on_decline(self, now: datetime, unit: str, person: int) -> None:
        self.declined.setdefault((unit, person), now)
        self._take_back(now, lambda key: key.unit == unit and key.person == person, "not-me")

    def _on_nudge(self, now: datetime, rule: ReportingRule, period: Period) -> None:
        """A receiver asks by hand to remind all silent units; the server answers while it is planned."""
        country, shown = self.country, self.shown_by_clock(now)
        today = vietnam_day(shown)
        steps = rounds.nudges(
            country.timetable, country.index, self.situation(), rule=rule.id, period=period.key, today=today
        )
        planned = rounds.by_person(steps, told=self.told_days[today], waiting=self.waiting.keys())
        for person, own in planned.items():
            self._queue(person, own, now, today)

    def _on_block(self, _now: datetime, person: int) -> None:
        self.blocked.add(person)

    def _on_unblock(self, _now: datetime, person: int) -> None:
        """Somebody lets the bot in again, and says so by writing to it."""
        self.blocked.discard(person)
        self.unreachable.discard(person)

    def _on_change(self, now: datetime, unit: str, role: Role, person: int) -> None:
        self.country.leave(unit, role, person, now)
        if self.random.random() < 0.7:
            self.country.take(unit, role, next(self.country.persons), now)

    def _take_back(self, _now: datetime, concerns: object, why: str) -> None:
        assert callable(concerns)
        for number, message in list(self.outbox.items()):
            for key in list(message.rows):
                if not key.step.endswith("/receiver") and concerns(key):
                    self._end(key, "cancelled", why)
                    message.rows.remove(key)
            if not message.rows:
                self._drop(number)

    def _drop(self, number: int) -> None:
        person = self.outbox.pop(number).person
        self.waiting.pop(person, None)

    def _end(self, key: StepKey, status: str, why: str = "") -> None:
        row = self.ledger[key]
        assert row.status == "queued", (key, row)
        row.status, row.why = status, why

    # The planner

    def _trouble(self, kind: str, now: datetime) -> Disturbance | None:
        found = (t for t in self.troubles if t.kind == kind and t.begin <= now < t.end)
        return next(found, None)

    def shown_by_clock(self, now: datetime) -> datetime:
        """Return what the planner's and the sender's clock shows."""
        jump = self._trouble("clock jump", now)
        return now + jump.shift if jump else now

    def situation(self) -> Situation:
        """Return what the plan is made from, at this moment."""
        return Situation(
            posts=self.country.posts,
            reported=self.reported.keys(),
            excused=self.excused.keys(),
            ledger=self.ledger.keys(),
            snoozed=self.snoozed,
            extensions=self.extensions,
            declined=self.declined.keys(),
            unreachable=self.unreachable,
        )

    def _on_tick(self, now: datetime) -> None:
        country = self.country
        shown = self.shown_by_clock(now)
        if self._trouble("planner down", now) or not country.calendar.is_working_moment(shown):
            return
        self.ticks += 1
        today = vietnam_day(shown)
        if self.looked != today.isoformat():
            self._close_forgotten(shown, today)
        due = rounds.due_in(country.timetable, country.units, self.situation(), today=today)
        told = self.told_days[today]
        planned = rounds.by_person(due, told=told, waiting=self.waiting.keys())
        for person, steps in planned.items():
            self._queue(person, steps, now, today)
            if self.random.random() < 0.02:  # a second planner, with the same view, comes right behind
                self._queue(person, steps, now, today)

    def _queue(self, person: int, steps: Sequence[plan.DueStep], now: datetime, today: date) -> None:
        reachable = person not in self.unreachable
        free = person not in self.told_days[today]
        if reachable and not free and person not in self.waiting:
            return
        claimed = []
        for key, due_on, status, why in rounds.rows_for(steps, reachable=reachable):
            if key not in self.ledger:
                self.ledger[key] = LedgerRow(due_on, status, why)
                claimed += [key] if status == "queued" else []
        if not claimed:
            return
        number = self.waiting.get(person)
        if number is None:
            number = next(self._numbers)
            self.outbox[number] = Message(person)
            self.waiting[person] = number
            self._plan(now + timedelta(seconds=self.random.randint(1, 2400)), "leave", number)
        self.told_days[today].add(person)
        self.outbox[number].rows += claimed
        for key in claimed:
            self.ledger[key].message = number

    def _close_forgotten(self, now: datetime, today: date) -> None:
        since = min(date.fromisoformat(self.looked), today) if self.looked else today
        country = self.country
        holdings = [
            Holding(h.unit, h.role, h.person, h.since, _earlier(h.until, gone))
            if (gone := self.declined.get((h.unit, h.person)))
            else h
            for h in country.holdings
            if h.until is None or vietnam_day(h.until) >= since
        ]
        ended = {**self.reported, **self.excused}
        for step in plan.forgotten(
            country.rules,
            country.units,
            country.calendar,
            country.ladder,
            self.situation(),
            now=now,
            since=since,
            holdings=holdings,
            ended=ended,
        ):
            self.ledger.setdefault(step.key, LedgerRow(step.day, "cancelled", step.why))
        self.looked = today.isoformat()

    # The sender

    def _on_leave(self, now: datetime, number: int) -> None:
        if number not in self.outbox:
            return
        down = self._trouble("network down", now)
        if down is not None:
            self._plan(down.end + timedelta(seconds=self.random.randint(1, 1800)), "leave", number)
            return
        shown = self.shown_by_clock(now)
        message = self.outbox[number]
        verdict = rounds.look_again(
            [Queued(key, self.ledger[key].due_on) for key in message.rows],
            self.country.timetable,
            self.country.index,
            self.situation(),
            now=shown,
        )
        for key, why in verdict.cancelled:
            self._end(key, "cancelled", why)
            message.rows.remove(key)
        for key in verdict.merged:
            self._end(key, "merged")
            message.rows.remove(key)
        if verdict.wait_until is not None:
            self._plan(now + (verdict.wait_until - shown), "leave", number)
            return
        self._drop(number)
        if not verdict.tell:
            return
        if message.person in self.blocked:
            self.unreachable.add(message.person)
            for key in message.rows:
                self._end(key, "dead", "undelivered")
            return
        self.told_days[vietnam_day(shown)].add(message.person)
        self.deliveries.append((number, message.person, now, shown))
        for key in message.rows:
            self._end(key, "sent")
            self.ledger[key].told_at = now
            self.told[key] += 1


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


class Judge:
    """Computes from the written rules what was promised, without the plan, and compares."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.country = simulation.country
        self.calendar: WorkCalendar = simulation.country.calendar
        self.broken: dict[str, list[str]] = {name: [] for name in CHECKS}
        self.due = 0
        self.escalations = 0

    def judge(self) -> None:
        """Check every promise."""
        simulation = self.simulation
        self._check_rows()
        for key, row in simulation.ledger.items():
            if row.status not in ENDS:
                self._note("every due step ends in one row", f"{key} is {row.status}")
        for key, times in simulation.told.items():
            if times != 1:
                self._note("no step is told twice", f"{key} {times} times")
        for key, row in simulation.ledger.items():
            report = (key.rule, key.period, key.unit)
            ended = simulation.reported.get(report) or simulation.excused.get(report)
            if row.told_at and ended and row.told_at > ended and not key.step.endswith("/receiver"):
                self._note("none sent after submission", f"{key} at {row.told_at}")
        seen: set[tuple[int, date]] = set()
        for _, person, _, shown in simulation.deliveries:
            local = shown.astimezone(VIETNAM)
            day = local.date()
            if not (self.calendar.is_working(day) and 8 <= local.hour < 17):
                self._note("none outside working hours", f"person {person} at {local}")
            if (person, day) in seen:
                self._note("one message a person a day", f"person {person} on {day}")
            seen.add((person, day))

    def _note(self, check: str, what: str) -> None:
        self.broken[check].append(what)

    def promised(self, opens: date, last: date) -> dict[str, list[tuple[str, date]]]:
        """Lay the ladder by hand: (step, day) for each role, as the design of the project writes it."""
        offsets: dict[str, tuple[int | None, ...]] = {
            "reporter": (None, -14, -7, -3, -1, 0, 1, 3, 7, 14, 21, 28),
            "deputy": (1,),
            "head": (3,),
            "receiver": (-3, 1, 7),
        }
        found: dict[str, list[tuple[str, date]]] = {}
        for role, days in offsets.items():
            on: dict[date, str] = {}
            for offset in days:
                day = opens if offset is None else last + timedelta(days=offset)
                step = timedelta(days=1 if offset is None or offset > 0 else -1)
                while not self.calendar.is_working(day):
                    day += step
                if day >= opens and not (offset is None and day > last):
                    on[day] = "O" if offset is None else "T" if offset == 0 else f"T{offset:+d}"
            found[role] = [(name, day) for day, name in sorted(on.items())]
        return found

    def _steps_of(self, report: plan.ReportKey, period: Period, role: str) -> Iterator[tuple[str, date]]:
        extension = self.simulation.extensions.get(report)
        for name, day in self.promised(period.opens, period.last_day)[role]:
            if extension is None or day < extension.granted_on:
                yield name, day
        if extension is not None:
            mark = f"@{extension.granted_on:%y%m%d}"
            told = extension.granted_on
            while not self.calendar.is_working(told):
                told += timedelta(days=1)
            if role == "reporter":
                yield "D" + mark, told
            for name, day in self.promised(period.opens, extension.last_day)[role]:
                if name != "O" and day > (told if role == "reporter" else extension.granted_on):
                    yield name + mark, day

    def _check_rows(self) -> None:
        country, simulation = self.country, self.simulation
        end = FIRST_DAY + timedelta(days=country.size.days)
        by_unit: dict[str, list[Holding]] = defaultdict(list)
        for held in country.holdings:
            by_unit[held.unit].append(held)
        for rule in country.rules:
            office = country.index.office(rule.province)
            assert office is not None
            for period in periods_between(rule, FIRST_DAY + timedelta(days=20), end):
                ends: list[datetime | None] = []
                for unit in country.index.of(rule.province):
                    if not rule.concerns(unit):
                        continue
                    report = (rule.id, period.key, unit.code)
                    ended = simulation.reported.get(report) or simulation.excused.get(report)
                    ends.append(simulation.reported.get(report))
                    for held in by_unit[unit.code]:
                        self._check_person(report, period, held, held.role.value, unit, ended)
                known = [moment for moment in ends if moment is not None]
                all_in = max(known) if known and len(known) == len(ends) else None
                report = (rule.id, period.key, office.code)
                for held in by_unit[office.code]:
                    self._check_person(report, period, held, "receiver", office, all_in)

    def _check_person(
        self,
        report: plan.ReportKey,
        period: Period,
        held: Holding,
        role: str,
        unit: Unit,
        ended: datetime | None,
    ) -> None:
        if held.role.value != role:
            return
        gone = self.simulation.declined.get((held.unit, held.person))
        until = held.until if gone is None else _earlier(held.until, gone)
        for name, day in self._steps_of(report, period, role):
            begins = at(day, 8)
            if held.since > begins or (until and until < begins) or (ended and ended < begins):
                continue
            self.due += 1
            suffix = "" if role == Audience.REPORTER.value else f"/{role}"
            key = StepKey(report[0], report[1], unit.code, held.person, name + suffix)
            row = self.simulation.ledger.get(key)
            if row is None:
                self._note("every due step ends in one row", f"{key} due {day} has no row")
            elif role in ("head", "receiver"):
                self._check_escalation(key, row, day, ended, until)

    def _check_escalation(
        self,
        key: StepKey,
        row: LedgerRow,
        day: date,
        ended: datetime | None,
        until: datetime | None,
    ) -> None:
        """An escalation on an undisturbed day was told that day, unless its sense or its person went."""
        simulation = self.simulation
        evening = at(day, 17)
        before = at(day - timedelta(days=4), 0)  # an earlier trouble may still hold messages up
        if any(t.begin <= evening and t.end >= before for t in simulation.troubles):
            return
        if (ended and ended < evening) or (until and until < evening):
            return
        if key.person in simulation.blocked or key.person in simulation.unreachable:
            return
        if row.status == "dead":
            return
        self.escalations += 1
        if row.status != "sent" or row.told_at is None or vietnam_day(row.told_at) != day:
            self._note("escalations on their day", f"{key} promised {day}: {row}")


CHECKS = (
    "every due step ends in one row",
    "no step is told twice",
    "none sent after submission",
    "none outside working hours",
    "one message a person a day",
    "escalations on their day",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a simulation showed."""

    size: Size
    seconds: float
    ticks: int
    due: int
    escalations: int
    statuses: Mapping[str, int]
    messages: int
    broken: Mapping[str, Sequence[str]]

    @property
    def kept(self) -> bool:
        """Tell whether every promise was kept."""
        return not any(self.broken.values())


def simulate(size: Size, *, seed: int = 1) -> Outcome:
    """Play the time and judge it."""
    begin = time.perf_counter()
    country = Country(size, seed)
    simulation = Simulation(country, seed=seed, troubles=disturbances(FIRST_DAY, size.days))
    simulation.prepare()
    simulation.run()
    return outcome_of(simulation, time.perf_counter() - begin)


def outcome_of(simulation: Simulation, seconds: float) -> Outcome:
    """Judge what a simulation did."""
    judge = Judge(simulation)
    judge.judge()
    return Outcome(
        simulation.country.size,
        seconds,
        simulation.ticks,
        judge.due,
        judge.escalations,
        Counter(row.status for row in simulation.ledger.values()),
        len(simulation.deliveries),
        judge.broken,
    )


async def run(console: Console, size: Size = BIG) -> bool:
    """Run the big simulation, print its table, and tell whether every promise was kept."""
    outcome = simulate(size)
    table = Table(title="Reminders on a virtual clock", show_header=False)
    for name, value in (
        ("units, people, days", f"{size.units:,}, {size.people:,}, {size.days}"),
        ("rounds of the planner", f"{outcome.ticks:,}"),
        ("due steps, by the judge's own count", f"{outcome.due:,}"),
        ("rows of the ledger", f"{sum(outcome.statuses.values()):,}"),
        *((f"  {status}", f"{n:,}") for status, n in sorted(outcome.statuses.items())),
        ("messages delivered", f"{outcome.messages:,}"),
        ("escalations on undisturbed days", f"{outcome.escalations:,}"),
        ("seconds", f"{outcome.seconds:.0f}"),
    ):
        table.add_row(name, value)
    for check, broken in outcome.broken.items():
        table.add_row(check, "kept" if not broken else f"BROKEN {len(broken):,} times: {broken[0]}")
    console.print(table)
    return outcome.kept

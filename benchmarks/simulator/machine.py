"""The planner and the sender on a virtual clock: the real decisions, with ledger and network in memory."""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from benchmarks.simulator.country import Country
from benchmarks.simulator.facts import Facts
from benchmarks.simulator.troubles import Disturbance
from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.deadlines import Extension, Move, StepKey, Switch
from isobot.domain.requests import Request
from isobot.storage.unit_ways import Delegation
from scheduler import loading, plan, rounds
from scheduler.plan import DueStep, Posts, Situation
from scheduler.rounds import Queued, Timetable

ZONES = (UTC, VIETNAM, ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Kiritimati"))
"""Where the machines' clocks are set to: the same moment, written otherwise."""


@dataclass(slots=True)
class LedgerRow:
    """One row of the ledger, as the database would hold it."""

    due_on: date
    status: str
    why: str = ""
    told_at: datetime | None = None


@dataclass(slots=True)
class Message:
    """A reminder on its way."""

    person: int
    rows: list[StepKey] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    """The days on which it is the person's one message."""


class Machine:
    """What isobot does at each moment that somebody planned, and the tables it keeps."""

    def __init__(self, country: Country, *, seed: int, troubles: Sequence[Disturbance]) -> None:
        self.country = country
        self.random = random.Random(seed)
        self.troubles = troubles
        self.facts = Facts()
        self.ledger: dict[StepKey, LedgerRow] = {}
        self.reported: dict[plan.ReportKey, datetime] = {}
        self.pending: set[plan.ReportKey] = set()
        self.excused: dict[plan.ReportKey, datetime] = {}
        self.extensions: dict[plan.ReportKey, Extension] = {}
        self.snoozed: dict[plan.SnoozeKey, date] = {}
        self.declined: dict[tuple[str, int], datetime] = {}
        self.moves: list[Move] = []
        self.switches: dict[tuple[str, str], Switch] = {}
        self.requests: dict[str, Request] = {}
        self.events: set[tuple[str, str, date]] = set()
        self.lent: list[Delegation] = []
        self.blocked: set[int] = set()
        self.unreachable: set[int] = set()
        self.outbox: dict[int, Message] = {}
        self.waiting: dict[int, int] = {}
        self.told_days: dict[date, set[int]] = defaultdict(set)
        self.deliveries: list[tuple[int, int, datetime, datetime]] = []
        self.told: Counter[StepKey] = Counter()
        self.looked = ""
        self.ticks = 0
        self.timetable: Timetable = country.timetable
        self._posts: tuple[tuple[int, date], Posts] | None = None
        self._numbers = count(1)
        self._order = count()
        self._events: list[tuple[datetime, int, str, tuple[object, ...]]] = []

    def _plan(self, moment: datetime, kind: str, *what: object) -> None:
        heapq.heappush(self._events, (moment, next(self._order), kind, what))

    def run(self) -> None:
        """Let everything happen in its order."""
        while self._events:
            moment, _, kind, what = heapq.heappop(self._events)
            getattr(self, f"_on_{kind}")(moment, *what)

    def read_rules(self) -> None:
        """Put rounds, moved days and switched duties into the rules, as every process does after a change."""
        base = self.country.timetable
        book = base.rules.with_moves(self.moves).with_switches(self.switches)
        book = book.with_rounds(request.as_rule() for request in self.requests.values())
        self.timetable = replace(base, rules=book)

    # What an act of a person does to messages that wait

    def _take_back(self, concerns: Callable[[StepKey], bool], why: str) -> None:
        """Cancel rows whose message has not left; `concerns` says which."""
        for number, message in list(self.outbox.items()):
            for key in list(message.rows):
                if concerns(key):
                    self._end(key, "cancelled", why)
                    message.rows.remove(key)
            if not message.rows:
                self._drop(number)

    def _drop(self, number: int) -> None:
        """Take a message out of the queue that nothing is left to say in; its days are free again."""
        message = self.outbox.pop(number)
        self.waiting.pop(message.person, None)
        for day in message.days:
            self.told_days[day].discard(message.person)

    def _end(self, key: StepKey, status: str, why: str = "") -> None:
        row = self.ledger[key]
        assert row.status == "queued", (key, row)
        row.status, row.why = status, why

    # The planner

    def _trouble(self, kind: str, now: datetime) -> Disturbance | None:
        found = (t for t in self.troubles if t.kind == kind and t.begin <= now < t.end)
        return next(found, None)

    def shown_by_clock(self, now: datetime) -> datetime:
        """Return what the planner's and the sender's clock shows, in the zone of one of the machines."""
        jump = self._trouble("clock jump", now)
        return (now + jump.shift if jump else now).astimezone(self.random.choice(ZONES))

    def posts_on(self, today: date) -> Posts:
        """Return who holds each post, with those who stand in on a day."""
        edition = (self.country.changes, today)
        if self._posts is None or self._posts[0] != edition:
            lent = [each for each in self.lent if each.ended_at is None and each.since <= today <= each.until]
            self._posts = (edition, loading.with_stand_ins(self.country.posts, lent))
        return self._posts[1]

    def situation(self, today: date) -> Situation:
        """Return what the plan of a day is made from, at this moment."""
        return Situation(
            posts=self.posts_on(today),
            reported=self.reported.keys(),
            excused=self.excused,
            ledger=self.ledger.keys(),
            snoozed=self.snoozed,
            extensions=self.extensions,
            pending=self.pending,
            declined=self.declined.keys(),
            unreachable=self.unreachable,
            events=self.events,
            letters=self.excused,
        )

    def _on_tick(self, now: datetime) -> None:
        country = self.country
        shown = self.shown_by_clock(now)
        if self._trouble("planner down", now) or not country.calendar.is_working_moment(shown):
            return
        self.ticks += 1
        today = vietnam_day(shown)
        since = min(date.fromisoformat(self.looked), today) if self.looked else today
        situation = self.situation(today)
        due = rounds.due_in(self.timetable, country.index, situation, today=today, since=since)
        planned = rounds.by_person(due, told=self.told_days[today], waiting=self.waiting.keys())
        if planned and self.random.random() < 0.4:  # a second planner saw the same and is slower
            later = now + timedelta(seconds=self.random.randint(1, 900))
            self._plan(later, "second", planned, today)
        for person, steps in planned.items():
            self._queue(person, steps, now, today)
        if self.looked != today.isoformat():
            self._close_forgotten(shown, today, since)

    def _on_second(self, now: datetime, planned: Mapping[int, Sequence[DueStep]], today: date) -> None:
        for person, steps in planned.items():
            self._queue(person, steps, now, today)

    def _queue(self, person: int, planned: Sequence[DueStep], now: datetime, today: date) -> None:
        reported = self.situation(today).reported
        steps = [s for s in planned if s.missing or (s.rule.id, s.period.key, s.unit.code) not in reported]
        reachable = person not in self.unreachable
        free = person not in self.told_days[today]
        if reachable and not free and person not in self.waiting:
            return
        claimed = []
        for key, due_on, status, why in rounds.rows_for(steps, reachable=reachable):
            if self._claim(key, LedgerRow(due_on, status, why)) and status == "queued":
                claimed.append(key)
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
        self.outbox[number].days.add(today)

    def _claim(self, key: StepKey, row: LedgerRow) -> bool:
        """Take a step as the database's unique key lets one: False when somebody has it."""
        return self.ledger.setdefault(key, row) is row

    def _tell_at_once(self, step: DueStep, now: datetime) -> None:
        """Send news that somebody's act brings: it waits for no hour, and takes nobody's day."""
        claimed = [
            key
            for key, due_on, status, why in rounds.rows_for([step], reachable=True)
            if self._claim(key, LedgerRow(due_on, status, why)) and status == "queued"
        ]
        if step.person in self.blocked and claimed:
            self._find_out_of_reach(step.person, now)
        for key in claimed:
            if step.person in self.blocked:
                self._end(key, "dead", "undelivered")
            else:
                self._note_told(key, now)

    def _close_forgotten(self, now: datetime, today: date, since: date) -> None:
        country = self.country
        lent = loading.holdings_lent(country.holdings, [d for d in self.lent if d.until >= since], now=now)
        holdings = [
            replace(h, until=earlier(h.until, gone)) if (gone := self.declined.get((h.unit, h.person))) else h
            for h in (*country.holdings, *lent)
            if h.until is None or vietnam_day(h.until) >= since
        ]
        situation = self.situation(today)
        for rules, ladder in rounds.ladders(self.timetable):
            for step in plan.forgotten(
                rules,
                country.index,
                country.calendar,
                ladder,
                situation,
                now=now,
                since=since,
                holdings=holdings,
                ended={**self.excused, **self.reported},
            ):
                self._claim(step.key, LedgerRow(step.day, "cancelled", step.why))
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
            self.timetable,
            self.country.index,
            self.situation(vietnam_day(shown)),
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
        if verdict.tell:
            self._deliver(message, number, now, shown)
        else:
            self._drop(number)

    def _deliver(self, message: Message, number: int, now: datetime, shown: datetime) -> None:
        del self.outbox[number], self.waiting[message.person]
        if message.person in self.blocked:
            self._find_out_of_reach(message.person, now)
            for key in message.rows:
                self._end(key, "dead", "undelivered")
            return
        self.told_days[vietnam_day(shown)].add(message.person)
        self.deliveries.append((number, message.person, now, shown))
        for key in message.rows:
            self._note_told(key, now)

    def _find_out_of_reach(self, person: int, now: datetime) -> None:
        self.unreachable.add(person)
        self.facts.lost[person].begin(now)

    def _note_told(self, key: StepKey, now: datetime) -> None:
        self._end(key, "sent")
        self.ledger[key].told_at = now
        self.told[key] += 1


def earlier(one: datetime | None, other: datetime) -> datetime:
    """Return the earlier of two moments; None is never."""
    return other if one is None else min(one, other)

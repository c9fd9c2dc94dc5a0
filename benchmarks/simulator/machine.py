"""The planner and the sender on a virtual clock: the real decisions, with ledger and network in memory."""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from benchmarks.simulator.country import Country
from benchmarks.simulator.troubles import Disturbance
from isobot.clock import vietnam_day
from isobot.domain.deadlines import Extension, StepKey
from scheduler import plan, rounds
from scheduler.plan import Holding, Situation
from scheduler.rounds import Queued


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


class Machine:
    """What isobot does at each moment that somebody planned, and the tables it keeps."""

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

    def _plan(self, moment: datetime, kind: str, *what: object) -> None:
        heapq.heappush(self._events, (moment, next(self._order), kind, what))

    def run(self) -> None:
        """Let everything happen in its order."""
        while self._events:
            moment, _, kind, what = heapq.heappop(self._events)
            getattr(self, f"_on_{kind}")(moment, *what)

    # What an act of a person does to messages that wait

    def _take_back(self, concerns: Callable[[StepKey], bool], why: str) -> None:
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
            Holding(h.unit, h.role, h.person, h.since, earlier(h.until, gone))
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


def earlier(one: datetime | None, other: datetime) -> datetime:
    """Return the earlier of two moments; None is never."""
    return other if one is None else min(one, other)

"""What officers and offices do in the time that is played, drawn by chance from a seed."""

from datetime import datetime, timedelta

from benchmarks.simulator.country import FIRST_DAY, at
from benchmarks.simulator.machine import Machine
from isobot.clock import vietnam_day
from isobot.domain.deadlines import Extension, Period, ReportingRule, periods_between
from isobot.domain.people import Role
from isobot.domain.units import Unit
from scheduler import plan, rounds


class Simulation(Machine):
    """Plays the time from the first day on, event by event."""

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

    def _on_submit(self, now: datetime, report: plan.ReportKey) -> None:
        if report in self.excused:
            return
        self.reported[report] = now
        self._take_back(lambda key: (key.rule, key.period, key.unit) == report, "reported")

    def _on_letter(self, now: datetime, report: plan.ReportKey) -> None:
        if report not in self.reported:
            self.excused[report] = now
            self._take_back(lambda key: (key.rule, key.period, key.unit) == report, "paper")

    def _on_extend(self, now: datetime, report: plan.ReportKey, period: Period, days: int) -> None:
        if report in self.reported or report in self.excused:
            return
        self.extensions[report] = Extension(period.last_day + timedelta(days=days), vietnam_day(now))
        self._take_back(lambda key: (key.rule, key.period, key.unit) == report, "extended")

    def _on_snooze(self, now: datetime, report: plan.ReportKey, days: int) -> None:
        for person in self.country.posts[report[2]].get(Role.REPORTER, ()):
            self.snoozed[(*report, person)] = vietnam_day(now) + timedelta(days=days)

    def _on_decline(self, now: datetime, unit: str, person: int) -> None:
        self.declined.setdefault((unit, person), now)
        self._take_back(lambda key: key.unit == unit and key.person == person, "not-me")

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

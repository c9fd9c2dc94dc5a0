"""What each act of an officer or an office changes in the tables, and in the judge's diary."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from benchmarks.simulator import facts
from benchmarks.simulator.facts import Lent, Moved, Round, Switched
from benchmarks.simulator.machine import Machine
from isobot.clock import vietnam_day
from isobot.domain.deadlines import (
    Basis,
    DayOfYear,
    Extension,
    Move,
    Occurrence,
    ReportingRule,
    StepKey,
    Switch,
    find_period,
)
from isobot.domain.people import Role
from isobot.domain.requests import Request
from isobot.domain.units import Level
from isobot.storage.unit_ways import Delegation
from scheduler import news, plan, rounds


class Acts(Machine):
    """People's acts, as isobot's own functions carry them out."""

    # A unit and its report

    def _on_submit(self, now: datetime, report: plan.ReportKey) -> None:
        if report in self.excused or report in self.reported:
            return
        self.reported[report] = now
        self._end_with_head(now, report)
        self._take_back(_about(report), "reported")

    def _on_done(self, now: datetime, report: plan.ReportKey) -> None:
        """Somebody says that a duty without a form is done."""
        if report not in self.reported:
            self.reported[report] = now
            self._take_back(_about(report), "done")

    def _on_ask_head(self, now: datetime, report: plan.ReportKey) -> None:
        if report not in self.reported and report not in self.excused:
            self.pending.add(report)
            self.facts.with_head[report].begin(now)

    def _end_with_head(self, now: datetime, report: plan.ReportKey) -> None:
        self.pending.discard(report)
        self.facts.with_head[report].end(now)

    def _on_letter(self, now: datetime, report: plan.ReportKey, verdict: str) -> None:
        """The report went out on paper; some days later the receiving office says what it thinks of that."""
        if report in self.reported or report in self.excused:
            return
        self.excused[report] = now
        self.facts.on_paper[report].begin(now)
        self._take_back(_about(report), "paper")
        if verdict:
            later = now + timedelta(days=self.random.randint(1, 12))
            self._plan(later, "judge_letter", report, verdict, now)

    def _on_judge_letter(self, now: datetime, report: plan.ReportKey, verdict: str, sent: datetime) -> None:
        self.excused.pop(report, None)
        self.facts.on_paper[report].end(now)
        if verdict == "enough":
            self.reported[report] = sent

    def _on_extend(self, now: datetime, report: plan.ReportKey, days: int) -> None:
        rule = self.timetable.rules.by_id(report[0])
        period = find_period(rule, report[1]) if rule else None
        if period is None or report in self.reported:
            return
        today = vietnam_day(now)
        last_day = max(period.last_day, today) + timedelta(days=days)
        self.extensions[report] = Extension(last_day, today, self.extensions.get(report))
        self.facts.extensions[report].append(facts.Change(now, last_day))
        self._take_back(_about(report), "extended")
        unit = self.country.index.all[report[2]]
        for step in news.steps_of_news(self.timetable, unit, self.situation(today), report, today=today):
            self._tell_at_once(step, now)

    def _on_snooze(self, now: datetime, report: plan.ReportKey, days: int) -> None:
        for person in self.country.posts[report[2]].get(Role.REPORTER, ()):
            self.snoozed[(*report, person)] = vietnam_day(now) + timedelta(days=days)

    def _on_event(self, now: datetime, rule: str, unit: str, happened: date) -> None:
        """Somebody notes the day that a duty follows."""
        self.events.add((rule, unit, happened))
        self.facts.events.setdefault((rule, happened.isoformat(), unit), now)

    # People

    def _on_decline(self, now: datetime, unit: str, person: int) -> None:
        self.declined.setdefault((unit, person), now)
        self.facts.not_me[unit, person].begin(now)
        self._take_back(lambda key: key.person == person and _about_unit(key, unit), "not-me")

    def _on_me_again(self, now: datetime, unit: str, person: int) -> None:
        self.declined.pop((unit, person), None)
        self.facts.not_me[unit, person].end(now)

    def _on_block(self, now: datetime, person: int) -> None:
        self.blocked.add(person)
        self.facts.blocked[person].begin(now)

    def _on_block_unit(self, now: datetime, unit: str, days: int) -> None:
        """Everybody who reports for a unit blocks the bot; with `days` they let it in again."""
        for person in self.country.posts[unit].get(Role.REPORTER, ()):
            self._on_block(now, person)
            if days:
                self._plan(now + timedelta(days=days), "unblock", person)

    def _on_unblock(self, now: datetime, person: int) -> None:
        """Somebody lets the bot in again, and says so by writing to it."""
        self.blocked.discard(person)
        self.unreachable.discard(person)
        self.facts.blocked[person].end(now)
        self.facts.lost[person].end(now)

    def _on_change(self, now: datetime, unit: str, role: Role, person: int) -> None:
        """Somebody leaves a post; mostly another takes it, and now and then comes back to it."""
        self.country.leave(unit, role, person, now)
        if self.random.random() < 0.7:
            self.country.take(unit, role, next(self.country.persons), now)
        elif self.random.random() < 0.3:
            self._plan(
                now + timedelta(minutes=self.random.choice((40, 9000))), "come_back", unit, role, person
            )

    def _on_come_back(self, now: datetime, unit: str, role: Role, person: int) -> None:
        self.country.take(unit, role, person, now)

    def _on_hand_over(self, now: datetime, unit: str) -> None:
        """Whoever reports hands the post to a successor, in the middle of a window."""
        held = self.country.posts[unit].get(Role.REPORTER, ())
        if held:
            self.country.leave(unit, Role.REPORTER, held[0], now)
            self.country.take(unit, Role.REPORTER, next(self.country.persons), now)

    def _on_lend(self, now: datetime, unit: str, giver: int, since: date, until: date) -> None:
        """Somebody lends the posts in a unit to a colleague of it, and may take them back early."""
        posts = self.country.posts[unit]
        own = [r for r in (Role.REPORTER, Role.DEPUTY, Role.HEAD) if giver in posts.get(r, ())]
        others = [
            p for role in (Role.DEPUTY, Role.HEAD, Role.REPORTER) for p in posts.get(role, ()) if p != giver
        ]
        if not own or not others:
            return
        self.lent.append(Delegation(len(self.lent), unit, giver, others[0], since, until))
        self.facts.lent[unit].append(Lent(now, unit, giver, others[0], since, until))
        self.country.changes += 1
        if self.random.random() < 0.2:
            minutes = self.random.randint(1, (until - since).days * 1440)
            back = max(now, datetime.combine(since, now.timetz())) + timedelta(minutes=minutes)
            self._plan(back, "take_back_post", len(self.lent) - 1, len(self.facts.lent[unit]) - 1)

    def _on_take_back_post(self, now: datetime, number: int, noted: int) -> None:
        each = self.lent[number]
        self.lent[number] = replace(each, ended_at=now)
        self.facts.lent[each.unit][noted].ended = now
        self.country.changes += 1

    def _on_merge(self, now: datetime, one: str, other: str, people_move: bool) -> None:
        """Two communes become one: from today there is a new unit, mostly with the people of both.

        Where nobody told the bot about the people, the ended units are to be silent all the same.
        """
        units, today = self.country.index.all, vietnam_day(now)
        if any(units[code].valid_to is not None for code in (one, other)):
            return
        yesterday = today - timedelta(days=1)
        made = self.country.merge(units[one], units[other], last_day=yesterday, begins=today)
        for code in (one, other):
            self.facts.ended[code] = facts.Ended(now, yesterday)
            for role, held in list(self.country.posts[code].items()) if people_move else ():
                for person in list(held):
                    self.country.leave(code, role, person, now)
                    self.country.take(made.code, role, person, now)
        self.facts.begun[made.code] = now

    # The receiving office

    def _on_nudge(self, now: datetime, rule: str, period: str) -> None:
        """A receiver asks by hand to remind all silent units; the server answers while it is planned."""
        today = vietnam_day(self.shown_by_clock(now))
        steps = rounds.nudges(
            self.timetable,
            self.country.index,
            self.situation(today),
            rule=rule,
            period=period,
            today=today,
        )
        planned = rounds.by_person(steps, told=self.told_days[today], waiting=self.waiting.keys())
        for person, own in planned.items():
            self._queue(person, own, now, today)

    def _on_move(self, now: datetime, rule: str, key: str, year: int, wanted: date, province: str) -> None:
        """An office sets another last day for its province, for a year and those after it."""
        known = self.timetable.rules.get_any(rule, province)
        if known is None or not known.is_on_in(province):
            return  # nobody is offered the day of a duty that is off
        occurrence, today = self._occurrence(known, key), vietnam_day(now)
        period = find_period(known, occurrence.key.format(year=year))
        assert period is not None
        if wanted < today or wanted == period.last_day:
            return
        self.moves.append(Move(rule, key, year, DayOfYear(wanted.day, wanted.month), today, province))
        self.facts.moves.append(Moved(now, rule, key, wanted, province))
        self.read_rules()

    def _on_switch(self, now: datetime, rule: str, province: str, on: bool) -> None:
        """An office turns a duty of the whole country on or off for its province."""
        if self.timetable.rules.has_on(rule, province) is on:
            return
        key = (province, rule)
        self.switches[key] = Switch(on, vietnam_day(now), self.switches.get(key))
        self.facts.switches.append(Switched(now, rule, province, on))
        self.read_rules()

    def _occurrence(self, rule: ReportingRule, key: str) -> Occurrence:
        return next(o for o in rule.occurrences if o.key == key)

    def _on_open_round(
        self, now: datetime, rule: str, province: str, units: Sequence[str], last_day: date
    ) -> None:
        today = vietnam_day(now)
        alive = tuple(code for code in units if code not in self.facts.ended)
        request = Request(
            rule=rule,
            province=province,
            title="Báo cáo đột xuất",
            forms={Level.XA: "x"},
            opens=today,
            last_day=last_day,
            covers=(today, last_day),
            basis=Basis("x", ""),
            basis_words="Công văn",
            why="rà soát",
            recipient="Sở KHCN",
            units=alive,
            person=1,
            created_at=now,
        )
        self.requests[rule] = request
        self.facts.rounds[rule] = Round(province, request.period.key, alive, now, last_day)
        self.read_rules()

    def _on_extend_round(self, now: datetime, rule: str, days: int) -> None:
        request, today = self.requests[rule], vietnam_day(now)
        if request.closed_at is not None:
            return
        last_day = max(request.last_day, today) + timedelta(days=days)
        moves = (*request.moves, (request.last_day, today))
        self.requests[rule] = replace(request, last_day=last_day, moves=moves)
        self.facts.rounds[rule].changes.append(facts.Change(now, last_day))
        self._take_back(lambda key: key.rule == rule, "extended")
        self.read_rules()

    def _on_close_round(self, now: datetime, rule: str) -> None:
        if self.requests[rule].closed_at is not None:
            return
        self._take_back(lambda key: key.rule == rule, "closed")
        self.requests[rule] = replace(self.requests[rule], closed_at=now, closed_why="đủ số liệu")
        self.facts.rounds[rule].closed = now
        self.read_rules()


def _about_unit(key: StepKey, unit: str) -> bool:
    """Tell whether a row is of a unit; digests speak of others too."""
    return key.unit == unit and not key.step.endswith("/receiver")


def _about(report: plan.ReportKey) -> Callable[[StepKey], bool]:
    return lambda key: (key.rule, key.period) == report[:2] and _about_unit(key, report[2])

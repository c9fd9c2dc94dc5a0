"""What officers and offices are going to do, drawn by chance from a seed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from benchmarks.simulator.acts import Acts
from benchmarks.simulator.country import AUDIT, FIRST_DAY, MANAGEMENT, NOVEMBER, Yearly, at
from isobot.domain.deadlines import periods_between
from isobot.domain.people import Role
from scheduler.plan import ReportKey

BEGIN = FIRST_DAY + timedelta(days=20)
"""Periods that end earlier had begun before anybody was there."""

AFTER_DAYS = 130
"""How long the planner goes on after the last period, so that every ladder comes to its end."""

SWITCHED = {NOVEMBER: 1, AUDIT: 2, MANAGEMENT: 3}
"""In which of every eight provinces the office turns a duty of the whole country on or off."""

FOLLOWING = ("qg-khac-phuc", "qg-cap-nhat-van-ban", "qg-cong-bo-lai")


@dataclass(frozen=True, slots=True)
class Window:
    """The days of one report, as they stand when people decide what to do."""

    opens: date
    last_day: date

    @property
    def span(self) -> int:
        """How many days it is open."""
        return max((self.last_day - self.opens).days, 1)


class Simulation(Acts):
    """Plays the time from the first day on, event by event."""

    def prepare(self) -> None:
        """Decide what people will do, and when the planner looks."""
        draw, days = self.random, self.country.size.days
        for n in range(days + AFTER_DAYS):
            day = FIRST_DAY + timedelta(days=n)
            self._plan(at(day, 8), "tick")
            self._plan(at(day, draw.randint(9, 16), draw.randint(0, 59)), "tick")
            self._plan(at(day, draw.choice((6, 12, 19, 23)), 17), "tick")
        for yearly in self.country.yearly:
            if yearly.shared:
                self._draw_shared(yearly)
            else:
                self._draw_yearly(yearly)
        for province in dict.fromkeys(each.province for each in self.country.yearly):
            self._draw_rounds(province)
            self._draw_mergers(province)
        for holding in list(self.country.holdings):
            self._draw_life(holding.unit, holding.role, holding.person)
        for unit in self.country.units:
            self._draw_duties(unit.code, lead_office=unit.lead_office)

    # Every year

    def _draw_yearly(self, yearly: Yearly) -> None:
        draw = self.random
        rule = self.country.timetable.rules.get_any(yearly.rule, yearly.province)
        assert rule is not None
        last = FIRST_DAY + timedelta(days=self.country.size.days)
        keys = {key.format(year=year): (key, year) for key, _, _ in yearly.days for year in range(2025, 2030)}
        for period in periods_between(rule, BEGIN, last):
            window = Window(period.opens, period.last_day)
            for unit in self.country.index.of(rule.province):
                if rule.concerns(unit):
                    report = (rule.id, period.key, unit.code)
                    if yearly.duty:
                        self._draw_deed(report, window)
                    else:
                        self._draw_report(report, window)
            if not yearly.duty:
                self._draw_nudges(rule.id, period.key, window)
            for _ in range(draw.choice((0, 0, 0, 1, 1, 2))):
                self._draw_move(yearly, *keys[period.key], window)

    def _draw_move(self, yearly: Yearly, key: str, year: int, window: Window) -> None:
        """An office moves a date of its own: before the window, in it, or after it; some twice in a row."""
        draw = self.random
        day = draw.choice(
            (
                window.opens - timedelta(days=draw.randint(1, 60)),
                window.opens + timedelta(days=draw.randint(0, window.span)),
                window.last_day + timedelta(days=draw.randint(1, 9)),
            )
        )
        wanted = max(day, window.last_day + timedelta(days=draw.randint(-12, 17)))
        moment = at(max(day, FIRST_DAY), draw.choice((7, 8, 10, 14, 19)), draw.randint(1, 59))
        rule, province = yearly.rule, yearly.province
        self._plan(moment, "move", rule, key, year, _within(wanted, yearly, year), province)
        if draw.random() < 0.2:
            again = _within(wanted + timedelta(days=3), yearly, year)
            self._plan(
                moment + timedelta(minutes=draw.choice((3, 90))), "move", rule, key, year, again, province
            )

    # Duties of the whole country

    def _draw_shared(self, yearly: Yearly) -> None:
        """Here and there an office turns such a duty on or off; who has it on may move its day."""
        draw = self.random
        number = int(yearly.province.rpartition("-")[2])
        touched = number % 8 == SWITCHED[yearly.rule]
        units = [
            u.code
            for u in self.country.index.of(yearly.province)
            if u.lead_office or (yearly.whose == "all" and not u.voluntary)
        ]
        (key, day, month), *_ = yearly.days
        end = FIRST_DAY + timedelta(days=self.country.size.days)
        for year in (FIRST_DAY.year, FIRST_DAY.year + 1):
            last = date(year, month, day)
            if last > end:
                break
            opens = last.replace(day=1) if yearly.window is None else last - timedelta(days=yearly.window)
            for unit in units if touched or yearly.usual else ():
                self._draw_deed((yearly.rule, str(year), unit), Window(opens, last))
            for _ in range(draw.choice((0, 1, 1, 2)) if touched else draw.choice((0, 0, 0, 0, 1))):
                self._draw_move(yearly, key, year, Window(opens, last))
        if touched:
            self._draw_switches(yearly)

    def _draw_switches(self, yearly: Yearly) -> None:
        """An office turns a duty on, or off, around its first window, and mostly thinks again later."""
        draw = self.random
        _, last_day, month = yearly.days[0]
        day = date(FIRST_DAY.year, month, last_day) - timedelta(days=draw.randint(-6, 90))
        on = not yearly.usual
        for _ in range(draw.randint(1, 3)):
            moment = at(day, draw.choice((7, 9, 14, 19)), draw.randint(1, 59))
            self._plan(moment, "switch", yearly.rule, yearly.province, on)
            on = not on
            day += timedelta(days=draw.randint(100, 260) if on else draw.randint(3, 90))

    # One report

    def _draw_report(self, report: ReportKey, window: Window) -> None:
        draw, span = self.random, window.span
        kind = draw.choices(("early", "late", "never"), (62, 25, 13))[0]
        if kind == "early":
            day = window.opens + timedelta(days=int(span * draw.betavariate(2.5, 1.2)))
            self._plan(self._any_time(day), "submit", report)
        elif kind == "late":
            day = window.last_day + timedelta(days=draw.randint(1, 40))
            self._plan(self._any_time(day), "submit", report)
        chance = draw.random()
        within = window.opens + timedelta(days=draw.randint(1, span))
        if chance < 0.015:
            self._draw_extensions(report, window)
        elif chance < 0.03:
            self._plan(at(within, 15), "letter", report, draw.choice(("", "", "enough", "missing")))
        elif chance < 0.06:
            self._plan(at(within, 9, 30), "snooze", report, draw.choice((1, 3, 7)))
        elif chance < 0.09:
            self._plan(at(within, 11, 10), "ask_head", report)
        elif chance < 0.11:
            self._plan(self._any_time(within), "hand_over", report[2])
        elif chance < 0.13:
            self._plan(self._any_time(within), "block_unit", report[2], draw.choice((0, 0, 5, 30)))

    def _draw_extensions(self, report: ReportKey, window: Window) -> None:
        draw = self.random
        day = window.last_day + timedelta(days=draw.randint(-9, 3))
        moment = at(max(day, window.opens), 10, 5)
        self._plan(moment, "extend", report, draw.randint(5, 25))
        if draw.random() < 0.4:
            later = moment + timedelta(minutes=draw.choice((20, 4000, 12000)))
            self._plan(later, "extend", report, draw.randint(3, 30))

    def _draw_deed(self, report: ReportKey, window: Window) -> None:
        draw = self.random
        if draw.random() < 0.8:
            day = window.opens + timedelta(days=draw.randint(0, window.span + 12))
            self._plan(self._any_time(day), "done", report)
        if draw.random() < 0.05:
            day = window.opens + timedelta(days=draw.randint(0, window.span))
            self._plan(at(day, 9, 30), "snooze", report, draw.choice((1, 3, 7)))

    def _draw_nudges(self, rule: str, period: str, window: Window) -> None:
        draw = self.random
        for _ in range(2):
            day = window.last_day + timedelta(days=draw.randint(-8, 20))
            hour = draw.choice((7, 8, 9, 11, 15, 20))
            self._plan(at(day, hour, draw.randint(1, 59)), "nudge", rule, period)

    # Rounds, duties, mergers

    def _draw_rounds(self, province: str) -> None:
        """A receiving office asks for a report of some communes, gives more time, or closes early."""
        draw, days = self.random, self.country.size.days
        communes = [u.code for u in self.country.index.of(province) if not u.lead_office]
        for number in range(1, 1 + round(days / 240)):
            rule = f"yc-{province}-{number}"
            opens = FIRST_DAY + timedelta(days=draw.randint(21, days - 70))
            window = Window(opens, opens + timedelta(days=draw.randint(4, 50)))
            units = draw.sample(communes, max(3, int(len(communes) * draw.uniform(0.1, 0.5))))
            moment = at(opens, draw.choice((7, 8, 9, 15, 18)), draw.randint(1, 59))
            self._plan(moment, "open_round", rule, province, units, window.last_day)
            for unit in units:
                self._draw_report((rule, str(opens.year), unit), window)
            self._draw_nudges(rule, str(opens.year), window)
            chance = draw.random()
            if chance < 0.5:
                day = opens + timedelta(days=draw.randint(1, window.span + 6))
                longer = at(day, draw.choice((8, 11, 16, 18)), draw.randint(1, 59))
                self._plan(longer, "extend_round", rule, draw.randint(2, 25))
                if draw.random() < 0.4:
                    again = longer + timedelta(minutes=draw.choice((5, 60, 9000)))
                    self._plan(again, "extend_round", rule, draw.randint(1, 12))
            if draw.random() < 0.4:
                day = opens + timedelta(days=draw.randint(0, window.span + 20))
                closes = at(day, draw.choice((7, 8, 10, 16, 19)), draw.randint(1, 59))
                self._plan(max(closes, moment + timedelta(minutes=30)), "close_round", rule)

    def _draw_mergers(self, province: str) -> None:
        """Communes merge in the middle of a window."""
        draw = self.random
        yearly = next(each for each in self.country.yearly if each.province == province)
        communes = [u.code for u in self.country.index.of(province) if not u.lead_office]
        for _ in range(max(1, len(communes) // 60)):
            _, day, month = draw.choice(yearly.days)
            last = date(FIRST_DAY.year + draw.choice((0, 1)), month, day)
            moment = at(last - timedelta(days=draw.randint(-3, 25)), draw.choice((0, 8, 10)), 3)
            self._plan(moment, "merge", *draw.sample(communes, 2), draw.random() < 0.7)

    def _draw_duties(self, unit: str, *, lead_office: bool) -> None:
        draw, days = self.random, self.country.size.days
        if not lead_office and draw.random() < 0.06:
            noted = self._some_moment(days)
            day = (noted + timedelta(hours=7)).date()
            happened = day - timedelta(days=draw.choice((0, 1, 10, 45, 80)))
            rule = draw.choice(FOLLOWING)
            self._plan(noted, "event", rule, unit, happened)
            window = Window(day, day + timedelta(days=draw.randint(5, 100)))
            self._draw_deed((rule, happened.isoformat(), unit), window)

    # People

    def _draw_life(self, unit: str, role: Role, person: int) -> None:
        draw, days = self.random, self.country.size.days
        if draw.random() < 0.04:
            moment = self._some_moment(days)
            self._plan(moment, "block", person)
            if draw.random() < 0.4:
                self._plan(moment + timedelta(days=draw.randint(2, 60)), "unblock", person)
        if role is Role.RECEIVER:
            return
        if draw.random() < 0.06:
            self._plan(self._some_moment(days), "change", unit, role, person)
        if draw.random() < 0.03:
            moment = self._some_moment(days)
            self._plan(moment, "decline", unit, person)
            if draw.random() < 0.6:
                self._plan(moment + timedelta(hours=draw.choice((1, 30, 400))), "me_again", unit, person)
        if draw.random() < 0.05:
            moment = self._some_moment(days)
            since = (moment + timedelta(hours=7, days=draw.choice((0, 0, 1, 6)))).date()
            until = since + timedelta(days=draw.randint(1, 40))
            self._plan(moment, "lend", unit, person, since, until)

    def _some_moment(self, days: int) -> datetime:
        return at(FIRST_DAY, 0) + timedelta(minutes=self.random.randint(0, days * 24 * 60))

    def _any_time(self, day: date) -> datetime:
        return at(day, self.random.randint(0, 23), self.random.randint(0, 59))


def _within(day: date, yearly: Yearly, year: int) -> date:
    """Return the day, or the nearest that an office may set: of the year, or of the month of the law."""
    if yearly.rule == NOVEMBER:
        return min(max(day, date(year, 11, 1)), date(year, 11, 30))
    return min(day, date(year, 12, 31))

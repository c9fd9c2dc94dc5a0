"""The judge: computes from the written rules what was promised, without the plan, and compares."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from benchmarks.simulator.country import FIRST_DAY, at
from benchmarks.simulator.machine import LedgerRow, earlier
from benchmarks.simulator.play import Simulation
from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import Audience, Period, StepKey, periods_between
from isobot.domain.units import Unit
from scheduler import plan
from scheduler.plan import Holding

ENDS = ("sent", "merged", "cancelled", "dead")
CHECKS = (
    "every due step ends in one row",
    "no step is told twice",
    "none sent after submission",
    "none outside working hours",
    "one message a person a day",
    "escalations on their day",
)


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
        until = held.until if gone is None else earlier(held.until, gone)
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

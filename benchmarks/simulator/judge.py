"""The judge: holds what isobot did against what was promised."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar

from benchmarks.simulator.country import FIRST_DAY, NOVEMBER, at
from benchmarks.simulator.facts import Change, Report, Spans
from benchmarks.simulator.machine import LedgerRow
from benchmarks.simulator.play import AFTER_DAYS, Simulation
from benchmarks.simulator.promises import Asked, Step, asked_of, steps
from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import StepKey
from isobot.domain.people import Role
from isobot.domain.units import Unit
from scheduler.plan import Holding

ENDS = ("sent", "merged", "cancelled", "dead")
ONE_ROW = "every due step ends in one row"
ONCE = "no step is told twice"
NOT_AFTER = "none sent after submission"
IN_HOURS = "none outside working hours"
ONE_A_DAY = "one message a person a day"
ESCALATED = "escalations on their day"
ON_ITS_DAY = "reminders on their day"
CAUGHT_UP = "what an outage swallowed is told once"
AT_ONCE = "more time is told at once"
LETTERS_TOLD = "letters on paper are told on the next working day"
STOOD_IN = "somebody hears for whoever is out of reach"
STILL_ASKED = "none sent that is no longer asked, or not of that person"
NOT_LATE_YET = "nobody is called late before the last day is over"
CHECKS = (
    ONE_ROW,
    ONCE,
    NOT_AFTER,
    STILL_ASKED,
    NOT_LATE_YET,
    IN_HOURS,
    ONE_A_DAY,
    ON_ITS_DAY,
    ESCALATED,
    CAUGHT_UP,
    STOOD_IN,
    AT_ONCE,
    LETTERS_TOLD,
)
SPEAKING = ("reporter", "deputy", "head")
"""As what somebody is spoken to who holds several posts of a unit: the first."""


Key = TypeVar("Key")


class Judge:
    """Computes from the written rules what was promised, without the plan, and compares."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.facts = simulation.facts
        self.country = simulation.country
        self.calendar: WorkCalendar = simulation.country.calendar
        self.broken: dict[str, list[str]] = {name: [] for name in CHECKS}
        self.due = 0
        self.escalations = 0
        self.stood_in = 0
        self.told_at_once = 0
        self.letters_told = 0
        self.caught_up = 0
        self.asked = {
            (each.rule, each.period, each.unit or each.province): each
            for each in asked_of(self.country, self.facts)
        }
        self._held: dict[str, list[Holding]] = defaultdict(list)
        self._receiving: dict[str, list[Holding]] = defaultdict(list)
        for holding in self.country.holdings:
            self._held[holding.unit].append(holding)
            if holding.role is Role.RECEIVER:
                self._receiving[self.country.index.all[holding.unit].province].append(holding)
        self._laid: dict[tuple[str, str, str, tuple[Change, ...]], list[Step]] = {}
        self._calm: dict[date, bool] = {}
        self._told = {
            (key.rule, key.period, key.unit, key.person, vietnam_day(row.told_at))
            for key, row in simulation.ledger.items()
            if row.told_at is not None
        }

    def judge(self) -> None:
        """Check every promise."""
        for asked in self.asked.values():
            self._judge_units(asked)
            for code, units, planned in self.digests(asked):
                self._judge_digests(asked, code, units, planned)
        self._judge_ledger()
        self._judge_messages()

    def note(self, check: str, what: str) -> None:
        """Write down how a promise was broken."""
        self.broken[check].append(what)

    # What is due

    def _judge_units(self, asked: Asked) -> None:
        for code in asked.units:
            unit = self.country.index.all[code]
            if not self.owes(asked, code):
                continue
            changes = asked.changes_of(self.facts.extensions.get((asked.rule, asked.period, code), ()))
            for role in SPEAKING:
                for step in self.steps(role, asked, changes):
                    self._judge_step(asked, unit, role, step)

    def _judge_step(self, asked: Asked, unit: Unit, role: str, step: Step) -> None:
        report = (asked.rule, asked.period, unit.code)
        begins, evening = at(step.day, 8), at(step.day, 17)
        if step.day < vietnam_day(asked.known) or not self.is_wanted(asked, report, begins):
            return
        here = self.speaking(unit, begins, asked)
        calm = (
            self.is_calm(step.day)
            and asked.known <= begins
            and not step.name.startswith("D")
            and self.is_wanted(asked, report, evening)
            and self.owes(asked, unit.code, begins)
        )
        later = self.speaking(unit, evening, asked) if calm else {}
        for person, speaks in here.items():
            if speaks != role:
                continue
            self.due += 1
            suffix = "" if role == "reporter" else f"/{role}"
            key = StepKey(*report, person, step.name + suffix)
            row = self.simulation.ledger.get(key)
            if row is None:
                self.note(ONE_ROW, f"{key} due {step.day} has no row")
            elif calm and later.get(person) == role and not self.is_quiet(report, person, begins, evening):
                self._judge_day(key, row, step.day, ON_ITS_DAY if role == "reporter" else ESCALATED)
        if calm and role == "reporter" and here == later:
            self._judge_stand_in(asked, report, step, here)

    def is_wanted(self, asked: Asked, report: Report, moment: datetime) -> bool:
        """Tell whether a report was asked and neither in, nor said to be on paper, at a moment."""
        ended = self.simulation.reported.get(report)
        # A step of the very day on which a duty is turned off is owed to nobody.
        last = at(vietnam_day(asked.closed), 0) if asked.closed and asked.duty else asked.closed
        return (
            (ended is None or ended >= moment)
            and (last is None or last >= moment)
            and not self._spans(self.facts.on_paper, report).held_at(moment)
        )

    def is_quiet(self, report: Report, person: int, begin: datetime, end: datetime) -> bool:
        """Tell whether a person could not, or did not want to, be told on a day."""
        early = begin - timedelta(days=4)
        return (
            self._spans(self.facts.blocked, person).touched(early, end)
            or self._spans(self.facts.lost, person).touched(early, end)
            or (*report, person) in self.simulation.snoozed
            or self._spans(self.facts.on_paper, report).touched(begin, end)
        )

    def _judge_day(self, key: StepKey, row: LedgerRow, day: date, check: str) -> None:
        """A step of an undisturbed day was told that day, or another to who hears more than these."""
        self.escalations += check == ESCALATED
        by_another = check == ESCALATED and self.was_told(key, day)
        if not by_another and (row.told_at is None or vietnam_day(row.told_at) != day):
            self.note(check, f"{key} promised {day}: {row}")

    def was_told(self, key: StepKey, day: date) -> bool:
        """Tell whether the person of a step was told anything about its report on a day."""
        return (key.rule, key.period, key.unit, key.person, day) in self._told

    def _judge_stand_in(self, asked: Asked, report: Report, step: Step, here: dict[int, str]) -> None:
        """Where nobody who reports is in reach the deputy is told, or else the head; the head where asked."""
        begins, evening = at(step.day, 8), at(step.day, 17)
        lost = {p for p in here if self._spans(self.facts.lost, p).held_through(begins, evening)}
        wavering = {p for p in here if self._spans(self.facts.lost, p).touched(begins, evening)} - lost
        if wavering:
            return
        hearing = next((r for r in SPEAKING if any(s == r and p not in lost for p, s in here.items())), None)
        asks_head = self._spans(self.facts.with_head, report).held_through(begins, evening)
        for person, speaks in here.items():
            instead = speaks != "reporter" and (speaks == hearing or (asks_head and speaks == "head"))
            if not instead or self.is_quiet(report, person, begins, evening):
                continue
            self.stood_in += 1
            key = StepKey(*report, person, f"{step.name}/{speaks}")
            row = self.simulation.ledger.get(key)
            if row is None or row.told_at is None or vietnam_day(row.told_at) != step.day:
                self.note(STOOD_IN, f"{key} promised {step.day}: {row}")

    def digests(self, asked: Asked) -> Iterator[tuple[str, tuple[str, ...], list[Step]]]:
        """Give the digests of a period: whose code their rows carry, which units they name, and their steps.

        Besides those of all its units there are some for each unit that was granted time of its own.
        """
        if asked.duty:
            return
        office = self.country.index.office(self.country.index.all[asked.units[0]].province)
        assert office is not None
        common = list(self.steps("receiver", asked, asked.changes))
        yield office.code, asked.units, common
        for code in asked.units:
            extensions = self.facts.extensions.get((asked.rule, asked.period, code))
            if extensions and self.owes(asked, code):
                own = self.steps("receiver", asked, asked.changes_of(extensions))
                yield code, (code,), [step for step in own if step not in common]

    def _judge_digests(self, asked: Asked, code: str, units: tuple[str, ...], planned: list[Step]) -> None:
        for step in planned:
            begins, evening = at(step.day, 8), at(step.day, 17)
            if (asked.closed and asked.closed < begins) or not self.is_missing(asked, units, begins):
                continue
            calm = self.is_calm(step.day) and asked.known <= begins
            calm = calm and self.is_missing(asked, units, evening)
            calm = calm and not (asked.closed and asked.closed < evening)
            for held in self.receiving(code):
                if not covers(held, begins):
                    continue
                self.due += 1
                key = StepKey(asked.rule, asked.period, code, held.person, f"{step.name}/receiver")
                row = self.simulation.ledger.get(key)
                if row is None:
                    self.note(ONE_ROW, f"{key} due {step.day} has no row")
                elif calm and not self.is_quiet(("", "", ""), held.person, begins, evening):
                    self._judge_day(key, row, step.day, ESCALATED)

    def receiving(self, code: str) -> list[Holding]:
        """Return who receives the reports of a unit's province, or did once."""
        return self._receiving[self.country.index.all[code].province]

    def is_missing(self, asked: Asked, units: tuple[str, ...], moment: datetime) -> bool:
        """Tell whether the report of any of some units was not in at a moment."""
        reported = self.simulation.reported
        return any(
            self.owes(asked, code, moment)
            and ((ended := reported.get((asked.rule, asked.period, code))) is None or ended >= moment)
            for code in units
        )

    def owes(self, asked: Asked, code: str, moment: datetime | None = None) -> bool:
        """Tell whether a unit exists on the last day, as far as was known at a moment or in the end."""
        begun, ended = self.facts.begun.get(code), self.facts.ended.get(code)
        last = asked.last_day_at(moment or _END)
        if begun is not None and (vietnam_day(begun) > last or (moment is not None and begun > moment)):
            return False
        known = ended is not None and (moment is None or ended.known <= moment)
        return not (known and ended is not None and ended.last_day < last)

    def steps(self, role: str, asked: Asked, changes: tuple[Change, ...]) -> Iterator[Step]:
        """Return the steps of one role, as far as the simulation reaches."""
        key = (role, asked.rule, asked.period, changes)
        if key not in self._laid:
            self._laid[key] = steps(role, asked, changes, self.calendar.is_working)
        horizon = FIRST_DAY + timedelta(days=self.country.size.days + AFTER_DAYS - 20)
        return (step for step in self._laid[key] if step.day < horizon)

    def speaking(self, unit: Unit, moment: datetime, asked: Asked) -> dict[int, str]:
        """Tell who is spoken to for a unit at a moment, and as what."""
        roles: dict[int, set[str]] = defaultdict(set)
        for held in self._held.get(unit.code, ()):
            if covers(held, moment):
                roles[held.person].add(held.role.value)
        day = vietnam_day(moment)
        own = {person: set(found) for person, found in roles.items()}
        for lent in self.facts.lent.get(unit.code, ()):
            ended = lent.ended is not None and lent.ended <= moment
            if lent.at <= moment and lent.since <= day <= lent.until and not ended:
                roles[lent.taker] |= own.get(lent.giver, set())
        heard = {
            person: next((role for role in SPEAKING if role in found), "")
            for person, found in roles.items()
            if not self._spans(self.facts.not_me, (unit.code, person)).held_at(moment)
        }
        speaking = {person: role for person, role in heard.items() if role}
        if not speaking and asked.rule == NOVEMBER:
            return {h.person: "reporter" for h in self._held[unit.code] if covers(h, moment)}
        return speaking

    def is_calm(self, day: date) -> bool:
        """Tell whether no trouble of that day or the four before it may still hold messages up."""
        if day not in self._calm:
            evening, before = at(day, 17), at(day - timedelta(days=4), 0)
            troubles = self.simulation.troubles
            self._calm[day] = not any(t.begin <= evening and t.end >= before for t in troubles)
        return self._calm[day]

    @staticmethod
    def _spans(found: Mapping[Key, Spans], key: Key) -> Spans:
        return found.get(key) or _NEVER

    # What was done

    def _judge_ledger(self) -> None:
        simulation = self.simulation
        for key, row in simulation.ledger.items():
            if row.status not in ENDS:
                self.note(ONE_ROW, f"{key} is {row.status}")
            if row.told_at is not None:
                self._judge_told(key, row.told_at)
        for key, times in simulation.told.items():
            if times != 1:
                self.note(ONCE, f"{key} {times} times")

    def _judge_told(self, key: StepKey, told: datetime) -> None:
        province = self.country.index.all[key.unit].province
        about = key.rule, key.period
        asked = self.asked.get((*about, key.unit)) or self.asked.get((*about, province))
        if asked is None:
            return  # of a period before or after the time that is judged
        report = (key.rule, key.period, key.unit)
        digest = key.step.endswith("/receiver")
        ended = self.simulation.reported.get(report)
        on_paper = self._spans(self.facts.on_paper, report).held_at(told)
        if (ended and told > ended) or (on_paper and not digest):
            self.note(NOT_AFTER, f"{key} at {told}")
        if told < asked.known or (asked.closed and told > asked.closed):
            self.note(STILL_ASKED, f"{key} at {told}, asked from {asked.known} to {asked.closed}")
        if not digest and key.unit not in asked.units:
            self.note(STILL_ASKED, f"{key} at {told}, of a unit that was not asked")
        if not digest and not self.owes(asked, key.unit, told):
            self.note(STILL_ASKED, f"{key} at {told}, of a unit that is no more")
        if any(t.kind == "clock jump" and t.begin <= told < t.end for t in self.simulation.troubles):
            return  # the machine took it for another day
        if not self._is_theirs(key, asked, told):
            self.note(STILL_ASKED, f"{key} at {told}, to somebody who has no part in it")
        extensions = self.facts.extensions.get(report, ())
        says_late = key.step.startswith("T+")
        if says_late and vietnam_day(told) <= asked.last_day_at(told, extensions):
            self.note(NOT_LATE_YET, f"{key} at {told}")

    def _is_theirs(self, key: StepKey, asked: Asked, told: datetime) -> bool:
        unit = self.country.index.all[key.unit]
        if key.step.endswith("/receiver"):
            return any(h.person == key.person and covers(h, told) for h in self.receiving(key.unit))
        return key.person in self.speaking(unit, told, asked)

    def _judge_messages(self) -> None:
        seen: set[tuple[int, date, date]] = set()
        for _, person, moment, shown in self.simulation.deliveries:
            local = shown.astimezone(VIETNAM)
            day = local.date()
            if not (self.calendar.is_working(day) and 8 <= local.hour < 17):
                self.note(IN_HOURS, f"person {person} at {local}")
            # A clock that jumped makes one day of two; then it is the true day that counts.
            if (person, day, vietnam_day(moment)) in seen:
                self.note(ONE_A_DAY, f"person {person} on {day}")
            seen.add((person, day, vietnam_day(moment)))


_NEVER = Spans()
_END = at(FIRST_DAY + timedelta(days=3000))


def covers(held: Holding, moment: datetime) -> bool:
    """Tell whether a post was held at a moment."""
    return held.since <= moment and (held.until is None or held.until >= moment)

"""What the judge asks of the first day after an outage: whatever it swallowed is told once, to everybody."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.simulator.country import at
from benchmarks.simulator.facts import Change
from benchmarks.simulator.judge import CAUGHT_UP, SPEAKING, Judge, covers
from benchmarks.simulator.promises import Asked, Step
from benchmarks.simulator.troubles import Disturbance
from isobot.clock import vietnam_day
from isobot.domain.deadlines import StepKey

TAKEN_LATE_DAYS = 183
"""How long a report is taken as late; nobody is told of it afterwards."""

STILL_TOLD_DAYS = 7
"""How long after the last step of a ladder a missed one is told, even if the next period is open."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without a planner, and the first working day after it that has all its hours."""

    trouble: Disturbance
    back: date

    def swallowed(self, steps: Iterable[Step]) -> list[Step]:
        """Return the steps of one ladder whose whole day fell into it; none where another follows at once."""
        known = list(steps)
        if any(vietnam_day(self.trouble.end) <= step.day <= self.back for step in known):
            return []
        begin, end = self.trouble.begin, self.trouble.end
        return [step for step in known if begin <= at(step.day, 8) and at(step.day, 17) <= end]


def judge_outages(judge: Judge) -> None:
    """Check for each outage of days or weeks who was told on the first day after it."""
    for outage in _outages(judge):
        for asked in judge.asked.values():
            begin, evening = vietnam_day(outage.trouble.begin), at(outage.back, 17)
            if asked.opens > outage.back or vietnam_day(asked.known) > begin or asked.closed:
                continue
            if any(outage.trouble.begin <= change.at <= evening for change in asked.changes):
                continue
            _judge_units(judge, outage, asked)
            _judge_digests(judge, outage, asked)


def _outages(judge: Judge) -> Iterator[Outage]:
    """Give the outages after which nothing else went wrong for a while."""
    troubles = judge.simulation.troubles
    for trouble in troubles:
        if trouble.kind != "planner down":
            continue
        back = vietnam_day(trouble.end)
        while at(back, 8) < trouble.end or not judge.calendar.is_working(back):
            back += timedelta(days=1)
        since, until = at(back - timedelta(days=4), 0), at(back, 17)
        if not any(t is not trouble and t.begin <= until and t.end >= since for t in troubles):
            yield Outage(trouble, back)


def _judge_units(judge: Judge, outage: Outage, asked: Asked) -> None:
    evening = at(outage.back, 17)
    for code in asked.units:
        report = (asked.rule, asked.period, code)
        extensions = judge.facts.extensions.get(report, ())
        if any(outage.trouble.begin <= change.at <= evening for change in extensions):
            continue
        if not (judge.owes(asked, code) and judge.owes(asked, code, evening)):
            continue
        unit = judge.country.index.all[code]
        for role in SPEAKING:
            missed = outage.swallowed(judge.steps(role, asked, asked.changes_of(extensions)))
            moments = [*(at(step.day, 8) for step in missed), evening]
            if not missed or not all(judge.is_wanted(asked, report, moment) for moment in moments):
                continue
            here = [judge.speaking(unit, moment, asked) for moment in moments]
            suffix = "" if role == "reporter" else f"/{role}"
            for person in here[-1]:
                if all(speaking.get(person) == role for speaking in here) and not judge.is_quiet(
                    report, person, outage.trouble.begin, evening
                ):
                    keyed = [(step, StepKey(*report, person, step.name + suffix)) for step in missed]
                    keyed = [each for each in keyed if not _left_at_once(judge, each[1], extensions)]
                    last = asked.last_day_at(evening, extensions)
                    _judge_catching_up(judge, outage, asked, keyed, last)


def _left_at_once(judge: Judge, key: StepKey, granted: Sequence[Change]) -> bool:
    """Tell whether a step is news of more time that left when it was granted, before its working day."""
    row = judge.simulation.ledger.get(key)
    return key.step.startswith("D@") and row is not None and row.told_at in {change.at for change in granted}


def _judge_digests(judge: Judge, outage: Outage, asked: Asked) -> None:
    evening = at(outage.back, 17)
    for code, units, planned in judge.digests(asked):
        extensions = judge.facts.extensions.get((asked.rule, asked.period, code), ())
        if any(outage.trouble.begin <= change.at <= evening for change in extensions):
            continue
        missed = outage.swallowed(planned)
        moments = [*(at(step.day, 8) for step in missed), evening]
        if not missed or not all(judge.is_missing(asked, units, moment) for moment in moments):
            continue
        for held in judge.receiving(code):
            if all(covers(held, moment) for moment in moments) and not judge.is_quiet(
                ("", "", ""), held.person, outage.trouble.begin, evening
            ):
                report = (asked.rule, asked.period, code)
                keyed = [(step, StepKey(*report, held.person, f"{step.name}/receiver")) for step in missed]
                last = asked.last_day_at(evening, extensions)
                _judge_catching_up(judge, outage, asked, keyed, last)


def _judge_catching_up(
    judge: Judge, outage: Outage, asked: Asked, missed: Sequence[tuple[Step, StepKey]], last: date
) -> None:
    """The latest of what somebody missed is told on the first day, and nothing else of it ever."""
    if not missed:
        return
    latest, key = missed[-1]
    if (outage.back > last) != (latest.day > last):
        return  # its words would be wrong by now; the next step has the right ones
    rows = [judge.simulation.ledger.get(key) for _, key in missed]
    told = [vietnam_day(row.told_at) for row in rows if row is not None and row.told_at is not None]
    if outage.back > latest.day + timedelta(days=STILL_TOLD_DAYS) and _is_over(judge, asked, last, outage):
        if told:
            judge.note(CAUGHT_UP, f"{key} told {told}, of a period that is over")
        return
    judge.caught_up += 1
    days = [vietnam_day(outage.trouble.end) + timedelta(days=n) for n in range(10)]
    first = [day for day in days if day <= outage.back]
    by_another = any(judge.was_told(key, day) for day in first)
    if not by_another or len(told) > 1:
        judge.note(CAUGHT_UP, f"{key} missed {latest.day}, told {told}, back {outage.back}: {rows[-1]}")


def _is_over(judge: Judge, asked: Asked, last: date, outage: Outage) -> bool:
    """Tell whether a report is no longer taken, or the next one of its kind is asked for."""
    following = (
        each
        for each in judge.asked.values()
        if (each.rule, each.province, each.unit) == (asked.rule, asked.province, asked.unit)
        and each is not asked
        and each.last_day > last
    )
    later = last + timedelta(days=TAKEN_LATE_DAYS)
    return outage.back > later or any(each.opens <= outage.back for each in following)

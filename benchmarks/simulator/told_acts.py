"""What the judge asks of acts that others are told of: more time for a unit, letters on paper."""

from datetime import datetime, timedelta

from benchmarks.simulator.country import at
from benchmarks.simulator.facts import Report
from benchmarks.simulator.judge import AT_ONCE, LETTERS_TOLD, Judge, covers
from benchmarks.simulator.promises import Asked
from isobot.clock import vietnam_day
from isobot.domain.deadlines import StepKey


def judge_told_acts(judge: Judge) -> None:
    """Check that units hear of more time at once, and receivers of letters on the next working day."""
    for report in judge.facts.extensions:
        if (asked := _asked(judge, report)) is not None:
            _judge_more_time(judge, asked, report)
    for report, letters in judge.facts.on_paper.items():
        asked = _asked(judge, report)
        for sent in letters.begun() if asked is not None and not asked.duty else ():
            assert asked is not None
            _judge_letter(judge, asked, report, sent)


def _asked(judge: Judge, report: Report) -> Asked | None:
    """Return what was asked of a unit; None of one that reports of its own will, since nobody asked it."""
    asked = judge.asked.get((report[0], report[1], judge.country.index.all[report[2]].province))
    return asked if asked is not None and report[2] in asked.units else None


def _judge_more_time(judge: Judge, asked: Asked, report: Report) -> None:
    unit, granted = judge.country.index.all[report[2]], judge.facts.extensions[report]
    own = {change.at for change in granted}
    for change in asked.changes_of(granted):
        moment, day = change.at, vietnam_day(change.at)
        closed = asked.closed is not None and asked.closed <= moment
        if moment not in own or day < asked.opens or closed or not judge.owes(asked, unit.code, moment):
            continue
        for person, speaks in judge.speaking(unit, moment, asked).items():
            if speaks != "reporter" or _is_out_of_reach(judge, person, moment, moment):
                continue
            judge.told_at_once += 1
            names = (f"D@{day:%y%m%d}{again}" for again in ("", ".2", ".3"))
            rows = [judge.simulation.ledger.get(StepKey(*report, person, name)) for name in names]
            if not any(row is not None and row.told_at == moment for row in rows):
                judge.note(AT_ONCE, f"{report} to {person} at {moment}: {rows}")


def _judge_letter(judge: Judge, asked: Asked, report: Report, sent: datetime) -> None:
    office = judge.country.index.office(judge.country.index.all[report[2]].province)
    day = vietnam_day(sent) + timedelta(days=1)
    while not judge.calendar.is_working(day):
        day += timedelta(days=1)
    begins, evening = at(day, 8), at(day, 17)
    waits = judge.facts.on_paper[report].held_through(begins, evening)
    closed = asked.closed is not None and asked.closed < evening
    if office is None or not waits or closed or not judge.owes(asked, report[2], begins):
        return
    for held in judge.receiving(report[2]):
        stays = covers(held, begins) and covers(held, evening)
        early = begins - timedelta(days=4)
        if not stays or not judge.is_calm(day) or _is_out_of_reach(judge, held.person, early, evening):
            continue
        judge.letters_told += 1
        key = StepKey(report[0], report[1], office.code, held.person, f"P@{day:%y%m%d}/receiver")
        if key not in judge.simulation.ledger or not judge.was_told(key, day):
            judge.note(LETTERS_TOLD, f"{key}, of {report[2]} at {sent}")


def _is_out_of_reach(judge: Judge, person: int, begin: datetime, end: datetime) -> bool:
    found = (judge.facts.blocked.get(person), judge.facts.lost.get(person))
    return any(spans is not None and spans.touched(begin, end) for spans in found)

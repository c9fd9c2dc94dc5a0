"""What somebody was told already and wants quiet about, so that only what is still to come is promised."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import Audience, Period
from isobot.domain.units import UnitDirectory
from isobot.storage import dispatch
from isobot.storage.dispatch import Taken
from scheduler.plan import PlannedStep, ReportKey

Coming = tuple[date, PlannedStep]
"""A reminder that is still to come, with the day on which it is told."""


@dataclass(frozen=True, slots=True)
class Past:
    """The ledger of some reports, and what one person put off; empty where nothing has happened yet."""

    person: int = 0
    taken: Mapping[ReportKey, Sequence[Taken]] = field(default_factory=dict)
    put_off: Mapping[ReportKey, date] = field(default_factory=dict)

    def quiet_until(self, report: ReportKey) -> date | None:
        """Return the first day on which to remind this person again; None where nothing is put off."""
        return self.put_off.get(report)

    def last_told(self, report: ReportKey) -> date | None:
        """Return the day of this person's last reminder of a report."""
        mine = (t.told_at for t in self.taken.get(report, ()) if t.person == self.person)
        return max((vietnam_day(moment) for moment in mine if moment is not None), default=None)

    def coming(
        self,
        report: ReportKey,
        planned: Iterable[PlannedStep],
        period: Period,
        calendar: WorkCalendar,
        *,
        whose: Audience,
        own: bool,
        today: date,
        also: Sequence[ReportKey] = (),
    ) -> list[Coming]:
        """Return what is still to be told as `whose`; with `own` this person is the one who hears it.

        `also` names other reports under which the ledger may have these steps.

        What was put off is told together on the first working day on which that person may be reminded.
        """
        steps = [step for step in planned if step.audience is whose]
        told = {step for each in (report, *also) for step in self._told_of(each, whose, own=own)}
        until = self.quiet_until(report) if own else None
        if until is None:
            return [(s.day, s) for s in steps if s.day >= today and s.step not in told]
        first = calendar.next_working(until)
        after_told = max((n for n, s in enumerate(steps, start=1) if s.step in told), default=0)
        waiting = [s for s in steps[after_told:] if s.day <= first]
        fits = bool(waiting) and waiting[-1].after_last_day == (first > period.last_day)
        later = [(s.day, s) for s in steps if s.day > first]
        return [(first, waiting[-1]), *later] if fits else later

    def _told_of(self, report: ReportKey, whose: Audience, *, own: bool) -> set[str]:
        taken = [t for t in self.taken.get(report, ()) if not t.waits]
        if own:
            return {t.step.partition("/")[0] for t in taken if t.person == self.person}
        suffix = "" if whose is Audience.REPORTER else f"/{whose}"
        return {t.step.removesuffix(suffix) for t in taken if t.step.partition("/")[2] == suffix[1:]}


async def past_of(turn: Turn, services: Services, reports: Iterable[ReportKey]) -> Past:
    """Load what happened to some reports, and what the one who asks put off: two statements."""
    wanted = list(reports)
    wanted += {digest_of(report, services.directory) for report in wanted}
    person = turn.actor.id or 0
    snoozed = await dispatch.snoozed(turn.store.connection, today=turn.today, persons=[person])
    return Past(
        person,
        await dispatch.taken_of(turn.store.connection, wanted),
        {report: until for (_, *key), until in snoozed.items() if (report := _report(key))},
    )


def digest_of(report: ReportKey, directory: UnitDirectory) -> ReportKey:
    """Return under which report the ledger keeps the digest that speaks of a unit: the receiving office's."""
    rule, period, code = report
    unit = directory.get(code)
    office = directory.lead_office(unit.province) if unit is not None else None
    return report if office is None else (rule, period, office.code)


def _report(key: Sequence[str]) -> ReportKey:
    rule, period, unit = key
    return rule, period, unit

"""Which steps fell due while nothing ran and have lost their sense since, so that none stays open."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import Audience, Kind, LadderStep, ReportingRule, StepKey
from isobot.domain.people import Role
from isobot.domain.units import Unit
from scheduler.duties import CATCH_UP_DAYS, Duty, duties
from scheduler.ladder import step_key
from scheduler.situation import ROLES, ReportKey, Situation, UnitIndex

_AUDIENCES = {role: audience for audience, role in ROLES.items()}


@dataclass(frozen=True, slots=True)
class Holding:
    """One post of one person with its days; `until` is None while it is held."""

    unit: str
    role: Role
    person: int
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A step that fell due and will not be told any more, and why."""

    key: StepKey
    day: date
    why: str


def forgotten(
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    situation: Situation,
    *,
    now: datetime,
    since: date,
    holdings: Iterable[Holding],
    ended: Mapping[ReportKey, datetime],
) -> list[Forgotten]:
    """List the steps that fell due while nothing ran and that have lost their sense since `since`.

    A report came in before its missed step was told, its person left, or the ladder is long over. `ended`
    holds the moments of the reports that are in, `holdings` also the posts that ended since.
    """
    today = vietnam_day(now)
    begin = datetime.combine(since, time(0), tzinfo=VIETNAM)
    by_unit: dict[str, list[Holding]] = defaultdict(list)
    order = {Role.REPORTER: 0, Role.DEPUTY: 1, Role.HEAD: 2}
    for holding in sorted(holdings, key=lambda h: order.get(h.role, 3)):
        by_unit[holding.unit].append(holding)
    receiving = [h for held in by_unit.values() for h in held if h.role is Role.RECEIVER]
    found: list[Forgotten] = []
    known = UnitIndex(units)
    for duty in duties(rules, known, calendar, steps, situation, today, since=since):
        for unit in duty.units:
            report = (duty.rule.id, duty.period.key, unit.code)
            seen: set[int] = set()
            for held in by_unit.get(unit.code, ()):
                audience = _AUDIENCES.get(held.role)
                if audience is None or held.person in seen:
                    continue
                seen.add(held.person)
                found += _forgotten_of(
                    duty, unit, held, audience, ended.get(report), situation.ledger, calendar, today, begin
                )
        office = known.office(duty.rule.province)
        if office is None or duty.rule.kind is not Kind.REPORT:
            continue
        reports = [ended.get((duty.rule.id, duty.period.key, u.code)) for u in duty.units]
        all_in = None if None in reports else max(moment for moment in reports if moment is not None)
        for held in receiving:
            at = known.all.get(held.unit)
            if at is not None and at.province == duty.rule.province:
                found += _forgotten_of(
                    duty, office, held, Audience.RECEIVER, all_in, situation.ledger, calendar, today, begin
                )
    return found


def _forgotten_of(
    duty: Duty,
    unit: Unit,
    held: Holding,
    audience: Audience,
    ended: datetime | None,
    ledger: Collection[StepKey],
    calendar: WorkCalendar,
    today: date,
    since: datetime,
) -> Iterator[Forgotten]:
    """Look at one person's ladder; what ended before `since` was looked at on an earlier day."""
    end, why = ended, "reported"
    closed_at = duty.rule.closed_at
    if closed_at is not None and (end is None or closed_at < end):
        end, why = closed_at, "closed"
    if held.until is not None and (end is None or held.until < end):
        end, why = held.until, "left"
    if end is not None and end < since:
        return
    period, ladders = duty.of((duty.rule.id, duty.period.key, unit.code))
    planned = ladders.get(audience, ())
    if not planned:
        return
    if end is None:
        over_on = planned[-1].day + timedelta(days=CATCH_UP_DAYS + 1)
        if not since.astimezone(VIETNAM).date() <= over_on <= today:
            return
        end, why = datetime.combine(over_on, time(0), tzinfo=VIETNAM), "over"
    registered = vietnam_day(held.since)
    for step in planned:
        begins = datetime.combine(step.day, calendar.begins, tzinfo=VIETNAM)
        if begins > end or step.day > today or step.day < registered:
            continue
        key = step_key(duty.rule, period, unit, held.person, step.step, audience)
        if key not in ledger:
            yield Forgotten(key, step.day, why)

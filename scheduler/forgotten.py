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
from scheduler.ladder import PlannedStep, step_key
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


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found out so far, and from when to when one looks."""

    ledger: Collection[StepKey]
    calendar: WorkCalendar
    since: datetime
    today: date
    turned_off: Mapping[tuple[str, str], datetime]
    """From when offices have a duty off, by (rule, province)."""


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

    A report came in before its missed step was told, its person left, an office turned the duty off, or the
    ladder is long over. `ended` holds the moments of the reports that are in or said to be on paper,
    `holdings` also the posts that ended since, and what was lent of them to somebody who stood in. Look
    after what is due was claimed: on the first day after an outage a step that is due may be told although
    its ladder is over.
    """
    today = vietnam_day(now)
    listed = tuple(rules)
    turned_off = {
        (rule.id, province): _midnight(said.day)
        for rule in listed
        for province, said in rule.switches.items()
        if not said.on
    }
    look = _Look(situation.ledger, calendar, _midnight(since), today, turned_off)
    before = [rule.before_turned_off(since) for rule in listed]
    by_unit: dict[str, list[Holding]] = defaultdict(list)
    for holding in holdings:
        by_unit[holding.unit].append(holding)
    receiving = [h for held in by_unit.values() for h in held if h.role is Role.RECEIVER]
    # Receivers still have a list to look at while a letter waits for their word.
    all_in = {report: moment for report, moment in ended.items() if report not in situation.excused}
    found: dict[StepKey, Forgotten] = {}
    known = UnitIndex.over(units)
    for duty in duties(before, known, calendar, steps, situation, today, since=since):
        for unit in duty.units:
            here = by_unit.get(unit.code, ())
            for held in here:
                audience = _audience_of(held, duty.rule)
                if audience is not None:
                    report = (duty.rule.id, duty.period.key, unit.code)
                    planned = duty.of(report)[1].get(audience, ())
                    found |= _forgotten_of(duty, unit, held, planned, here, ended.get(report), look)
        office = known.office(duty.rule.province)
        if office is None or duty.rule.kind is not Kind.REPORT:
            continue
        digests = [*_common_digests(duty, office, all_in), *_own_digests(duty, all_in)]
        for held in receiving:
            at = known.all.get(held.unit)
            if at is not None and at.province == duty.rule.province:
                for unit, planned, end in digests:
                    found |= _forgotten_of(duty, unit, held, planned, (held,), end, look)
    return list(found.values())


_Digests = tuple[Unit, Sequence[PlannedStep], datetime | None]
"""The unit whose rows a ladder of digests has, the ladder, and when nothing was missing any more."""


def _common_digests(duty: Duty, office: Unit, ended: Mapping[ReportKey, datetime]) -> Iterator[_Digests]:
    moments = [ended.get((duty.rule.id, duty.period.key, unit.code)) for unit in duty.units]
    all_in = None if None in moments else max(moment for moment in moments if moment is not None)
    yield office, duty.planned.get(Audience.RECEIVER, ()), all_in


def _own_digests(duty: Duty, ended: Mapping[ReportKey, datetime]) -> Iterator[_Digests]:
    for unit in duty.units:
        report = (duty.rule.id, duty.period.key, unit.code)
        if planned := duty.own_digests(report):
            yield unit, planned, ended.get(report)


def _audience_of(held: Holding, rule: ReportingRule) -> Audience | None:
    """Return whose steps a post hears in its unit; a lead office's receivers may stand for all the others."""
    if held.role is Role.RECEIVER and rule.lead_office_only:
        return Audience.REPORTER
    return _AUDIENCES.get(held.role)


def _forgotten_of(
    duty: Duty,
    unit: Unit,
    held: Holding,
    planned: Sequence[PlannedStep],
    here: Sequence[Holding],
    ended: datetime | None,
    look: _Look,
) -> dict[StepKey, Forgotten]:
    """Look at a ladder that one post climbs; what ended before `since` was looked at on an earlier day."""
    if not planned:
        return {}
    end, why = ended, "reported"
    closed_at = duty.rule.closed_at or look.turned_off.get((duty.rule.id, unit.province))
    if closed_at is not None and (end is None or closed_at < end):
        end, why = closed_at, "closed"
    if held.until is not None and (end is None or held.until < end):
        end, why = held.until, "left"
    if end is not None and end < look.since:
        return {}
    if end is None:
        over_on = planned[-1].day + timedelta(days=CATCH_UP_DAYS + 1)
        if not look.since.astimezone(VIETNAM).date() <= over_on <= look.today:
            return {}
        end, why = _midnight(over_on), "over"
    turned_on = duty.rule.switches.get(unit.province)
    first = max(vietnam_day(held.since), turned_on.day if turned_on else date.min)
    found = {}
    for step in planned:
        begins = datetime.combine(step.day, look.calendar.begins, tzinfo=VIETNAM)
        if begins > end or step.day > look.today or step.day < first:
            continue
        key = step_key(duty.rule, duty.period, unit, held.person, step.step, step.audience)
        if key not in look.ledger and _is_spoken_to(held, here, max(begins, held.since)):
            found[key] = Forgotten(key, step.day, why)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=VIETNAM)


def _is_spoken_to(held: Holding, here: Sequence[Holding], moment: datetime) -> bool:
    """Tell whether it is by this post that its person was spoken to then: of several the first counts."""
    then = [h for h in here if h.since <= moment and (h.until is None or h.until >= moment)]
    if held.role is Role.RECEIVER:
        return all(h.role is Role.RECEIVER for h in then)
    roles = {h.role for h in then if h.person == held.person}
    return held.role is next(role for role in ROLES.values() if role in roles or role is held.role)

"""Which reminder is due for whom on a day: a function of rules, calendar, ledger and today.

Nothing here waits, sends, or asks the time. What a step says to a person is written elsewhere, from the
days that remain, since a step may be told late.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import (
    NATIONAL,
    Audience,
    Extension,
    Kind,
    LadderStep,
    Period,
    ReportingRule,
    StepKey,
    event_period,
    periods_between,
)
from isobot.domain.people import Role
from isobot.domain.units import Unit

AHEAD_DAYS = 230
"""How far ahead a last day may be whose window is open; rule files allow windows of 200 days."""

BREAK_DAYS = 30
"""No run of days off, over which a late step moves, is longer."""

CATCH_UP_DAYS = 7
"""How long after the last step of a ladder a missed one may still be told."""

LONGEST_EXTENSION_DAYS = 120
"""No unit gets more time than this at once."""

Posts = Mapping[str, Mapping[Role, Sequence[int]]]
"""The people of each unit's code, by role."""

ReportKey = tuple[str, str, str]
"""(rule, period, unit) of a report that is in."""

SnoozeKey = tuple[str, str, str, int]
"""(rule, period, unit, person) that asked not to be reminded for some days."""

MOVED = "D"
"""The step that tells of another last day, on the day it was set or the working day after."""

ROLES = {Audience.REPORTER: Role.REPORTER, Audience.DEPUTY: Role.DEPUTY, Audience.HEAD: Role.HEAD}
"""Who listens in a unit, in the order in which one who holds several roles is addressed."""


class Standing(StrEnum):
    """Why a unit's figures are not in, as far as one can tell; a receiver's digest tells them apart."""

    SILENT = "silent"
    """Somebody there gets the reminders."""
    UNREACHABLE = "unreachable"
    """Whoever reports blocked the bot or left every chat; deputy or head, if reachable, are told instead."""
    UNREGISTERED = "unregistered"
    PAPER = "paper"
    """The officer says that the letter went out on paper."""
    EXTENDED = "extended"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One rung of one period's ladder, with the working day it falls on."""

    step: str
    day: date
    audience: Audience
    after_last_day: bool


@dataclass(frozen=True, slots=True)
class DueStep:
    """One reminder to one person, due now.

    `merged` are earlier steps that nobody sent; they end with this one. `missing` is for a receiver's
    digest alone: the units whose report is not in, and in `standing` why; its `unit` is the receiving
    office.
    """

    rule: ReportingRule
    period: Period
    unit: Unit
    step: str
    audience: Audience
    person: int
    day: date
    merged: tuple[str, ...] = ()
    missing: tuple[Unit, ...] = ()
    standing: tuple[Standing, ...] = ()

    @property
    def key(self) -> StepKey:
        """Return what the ledger knows this step by."""
        return self.key_of(self.step)

    @property
    def merged_keys(self) -> tuple[StepKey, ...]:
        """Return the keys of the steps that end with this one."""
        return tuple(self.key_of(step) for step in self.merged)

    def key_of(self, step: str) -> StepKey:
        """Return the key of another step of the same person's ladder."""
        return step_key(self.rule, self.period, self.unit, self.person, step, self.audience)


def step_key(
    rule: ReportingRule, period: Period, unit: Unit, person: int, step: str, audience: Audience
) -> StepKey:
    """Return what the ledger knows a step by."""
    name = step if audience is Audience.REPORTER else f"{step}/{audience}"
    return StepKey(rule.id, period.key, unit.code, person, name)


def audience_of(key: StepKey) -> Audience:
    """Read from a step's name whom it speaks to."""
    name = key.step.partition("/")[2]
    return Audience(name) if name else Audience.REPORTER


@dataclass(frozen=True, slots=True)
class Falling:
    """What falls on one day for one unit, whoever is registered there; `people` may be empty."""

    rule: ReportingRule
    period: Period
    unit: Unit
    step: str
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What falls on one day for a receiving office: the units of one period whose report is not in."""

    rule: ReportingRule
    period: Period
    province: str
    step: str
    missing: tuple[Unit, ...]
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """What people have done and said, as far as it changes who is reminded of what.

    `reported` is in; `excused` waits for the receiver after the officer said it went out on paper.
    `snoozed` gives the first day on which to remind again. `declined` are (unit, person) where the
    person said "không phải tôi"; `unreachable` cannot be written to. `events` are (rule, unit, day) that
    duties follow.
    """

    posts: Posts
    reported: Collection[ReportKey] = ()
    excused: Collection[ReportKey] = ()
    ledger: Collection[StepKey] = ()
    snoozed: Mapping[SnoozeKey, date] | None = None
    extensions: Mapping[ReportKey, Extension] | None = None
    declined: Collection[tuple[str, int]] = ()
    unreachable: Collection[int] = ()
    events: Collection[tuple[str, str, date]] = ()


def ladder(period: Period, calendar: WorkCalendar, steps: Sequence[LadderStep]) -> tuple[PlannedStep, ...]:
    """Lay the ladder over a period: for each audience at most one step a day, none on a day off.

    A step on a day off moves to the working day before, or after the last day on time to the one after.
    None comes before the window opens; of several on one day the latest stands. Where the last day was
    changed while the window was open, the old ladder counts until then; the rest is laid anew, under
    names of its own, and begins with a step that tells of the change.
    """
    moved_on, was = period.moved_on, period.was
    if moved_on is None or was is None or moved_on < period.opens:
        return _laid(period, calendar, steps)
    before = tuple(p for p in ladder(was, calendar, steps) if p.day < moved_on)
    mark = f"@{moved_on:%y%m%d}"
    after = [
        replace(p, step=p.step + mark)
        for p in _laid(period, calendar, steps)
        if p.day > moved_on and not p.step.startswith("O")
    ]
    told = calendar.next_working(moved_on)
    after = [p for p in after if p.day > told or p.audience is not Audience.REPORTER]
    tells = PlannedStep(MOVED + mark, told, Audience.REPORTER, after_last_day=told > period.last_day)
    return (*before, tells, *after)


def _laid(period: Period, calendar: WorkCalendar, steps: Sequence[LadderStep]) -> tuple[PlannedStep, ...]:
    standing: dict[tuple[Audience, date], tuple[int, PlannedStep]] = {}
    for order, step in enumerate(steps):
        day = _day_of(step, period, calendar)
        if day is None or day < period.opens:
            continue
        late = step.days is not None and step.days > 0
        for audience in step.audiences:
            standing[audience, day] = (order, PlannedStep(step.name, day, audience, late))
    ordered = sorted(standing.values(), key=lambda entry: (entry[1].day, entry[0], entry[1].audience))
    return tuple(planned for _, planned in ordered)


def due_steps(
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    *,
    today: date,
    posts: Posts,
    reported: Collection[ReportKey] = (),
    ledger: Collection[StepKey] = (),
    snoozed: Mapping[SnoozeKey, date] | None = None,
) -> list[DueStep]:
    """List what is due in a plain situation; see `due_now`."""
    plain = Situation(posts, reported=reported, ledger=ledger, snoozed=snoozed)
    return due_now(rules, units, calendar, steps, plain, today=today)


def due_now(
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    situation: Situation,
    *,
    today: date,
) -> list[DueStep]:
    """List what is to be sent today, one step for each person, unit and period; nothing on a day off.

    Steps that were missed are told once, by the latest of them. After the last day on time only steps
    that speak of being late are told.
    """
    if not calendar.is_working(today):
        return []
    due: list[DueStep] = []
    known = UnitIndex(units)
    ledger = situation.ledger
    for duty in _asked(duties(rules, known, calendar, steps, situation, today), today):
        rule, period = duty.rule, duty.period
        missing: list[Unit] = []
        for unit in duty.units:
            report = (rule.id, period.key, unit.code)
            if report in situation.reported:
                continue
            missing.append(unit)
            if report in situation.excused:
                continue
            own_period, planned = duty.of(report)
            for person, audience, speaks in listeners(situation, rule, unit):
                if _is_snoozed(situation.snoozed, report, person, today):
                    continue
                found = _latest(
                    DueStep(rule, own_period, unit, "", audience, person, today),
                    planned.get(speaks, ()),
                    own_period,
                    today,
                    ledger,
                )
                if found is not None:
                    due.append(found)
        if missing and rule.kind is Kind.REPORT:
            due += _digests_due(duty, missing, known, situation, today)
    return due


class UnitIndex:
    """Units by province, to find quickly whom a rule concerns."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.all: Mapping[str, Unit] = {unit.code: unit for unit in units}
        self._by_province: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.all.values():
            self._by_province[unit.province].append(unit)

    def of(self, province: str) -> Iterable[Unit]:
        """Return the units of a province, or all for a national rule."""
        return self.all.values() if province == NATIONAL else self._by_province.get(province, ())

    def office(self, province: str) -> Unit | None:
        """Return the office that receives a province's reports."""
        return next((u for u in self._by_province.get(province, ()) if u.lead_office), None)


class Duty:
    """One period of one rule with the units that owe it, and the ladder as it is for each."""

    def __init__(
        self,
        rule: ReportingRule,
        period: Period,
        units: Sequence[Unit],
        calendar: WorkCalendar,
        steps: Sequence[LadderStep],
        extensions: Mapping[ReportKey, Extension],
    ) -> None:
        self.rule, self.period, self.units = rule, period, units
        self._calendar, self._steps, self._extensions = calendar, steps, extensions
        self.planned = _by_audience(ladder(period, calendar, steps))

    def of(self, report: ReportKey) -> tuple[Period, Mapping[Audience, Sequence[PlannedStep]]]:
        """Return the period and the ladder of one unit, which may have more time."""
        extension = self._extensions.get(report)
        if extension is None:
            return self.period, self.planned
        longer = self.period.with_extension(extension)
        return longer, _by_audience(ladder(longer, self._calendar, self._steps))

    def is_extended(self, report: ReportKey, today: date) -> bool:
        """Tell whether a unit has more time and it is not over."""
        extension = self._extensions.get(report)
        return extension is not None and today <= extension.last_day


def _by_audience(planned: Iterable[PlannedStep]) -> dict[Audience, list[PlannedStep]]:
    found: dict[Audience, list[PlannedStep]] = {}
    for step in planned:
        found.setdefault(step.audience, []).append(step)
    return found


def duties(
    rules: Iterable[ReportingRule],
    units: UnitIndex,
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    situation: Situation,
    day: date,
    *,
    since: date | None = None,
) -> Iterator[Duty]:
    """Give each period whose ladder may still speak, with the units that owe it.

    `since` reaches further back, for steps that may have been forgotten while nothing ran.
    """
    extensions = situation.extensions or {}
    longest = max((step.days or 0 for step in steps), default=0)
    reach = longest + BREAK_DAYS + CATCH_UP_DAYS
    first = min(day, since or day) - timedelta(days=reach)
    added: dict[tuple[str, str], int] = {}
    for (rule_id, key, _), extension in extensions.items():
        more = (extension.last_day - first).days
        if more >= 0:
            added[rule_id, key] = max(more, added.get((rule_id, key), 0))
    for rule in rules:
        if rule.follows_event:
            for rule_id, code, happened_on in situation.events:
                unit = units.all.get(code)
                if rule_id == rule.id and unit is not None and rule.concerns(unit):
                    period = event_period(rule, happened_on)
                    if first <= period.last_day and period.opens <= day:
                        yield Duty(rule, period, (unit,), calendar, steps, extensions)
            continue
        earliest = first - timedelta(days=LONGEST_EXTENSION_DAYS) if added else first
        for period in periods_between(rule, earliest, day + timedelta(days=AHEAD_DAYS)):
            alive = period.last_day >= first or (rule.id, period.key) in added
            if alive and period.opens <= day:
                owing = [
                    u for u in units.of(rule.province) if rule.concerns(u) and u.active_on(period.last_day)
                ]
                if owing:
                    yield Duty(rule, period, owing, calendar, steps, extensions)


def _asked(found: Iterable[Duty], day: date) -> Iterator[Duty]:
    """Leave out the rounds that were closed: nobody is told of them any more."""
    return (duty for duty in found if not duty.rule.is_closed_on(day))


def listeners(
    situation: Situation, rule: ReportingRule, unit: Unit
) -> Iterable[tuple[int, Audience, Audience]]:
    """Give the people of a unit, each once: who it is, as what, and whose steps of the ladder they hear.

    Who reports is not told again as the head. Where nobody who reports can be reached, the deputy hears
    the reporter's steps; if there is none, the head.
    """
    seen: dict[int, Audience] = {}
    held = situation.posts.get(unit.code, {})
    for audience, role in ROLES.items():
        for person in held.get(role, ()):
            if (unit.code, person) not in situation.declined:
                seen.setdefault(person, audience)
    if not seen and rule.kind is Kind.DUTY and rule.lead_office_only:
        seen = dict.fromkeys(held.get(Role.RECEIVER, ()), Audience.REPORTER)
    in_reach = {seen[person] for person in seen if person not in situation.unreachable}
    stand_in = next(iter(a for a in ROLES if a in in_reach), None)
    return [
        (person, audience, Audience.REPORTER if audience is stand_in else audience)
        for person, audience in seen.items()
    ]


def standing_of(situation: Situation, duty: Duty, unit: Unit, today: date) -> Standing:
    """Tell why a unit's report is not in."""
    report = (duty.rule.id, duty.period.key, unit.code)
    if report in situation.excused:
        return Standing.PAPER
    if duty.is_extended(report, today):
        return Standing.EXTENDED
    held = situation.posts.get(unit.code, {})
    reporting = [
        person
        for role in (Role.REPORTER, Role.DEPUTY)
        for person in held.get(role, ())
        if (unit.code, person) not in situation.declined
    ]
    if not reporting:
        return Standing.UNREGISTERED
    if all(person in situation.unreachable for person in reporting):
        return Standing.UNREACHABLE
    return Standing.SILENT


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


_AUDIENCES = {role: audience for audience, role in ROLES.items()}


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


def falling_on(
    on: date,
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    *,
    posts: Posts,
    reported: Collection[ReportKey] = (),
    situation: Situation | None = None,
) -> list[Falling]:
    """List the steps that fall exactly on a day, one for each unit and period, in the units' order.

    `people` are those who hear of it: who reports, and on their own steps deputies and heads as well.
    """
    known = situation or Situation(posts, reported=reported)
    found: list[Falling] = []
    for duty in _asked(duties(rules, UnitIndex(units), calendar, steps, known, on), on):
        for unit in duty.units:
            report = (duty.rule.id, duty.period.key, unit.code)
            if report in known.reported or report in known.excused:
                continue
            period, planned = duty.of(report)
            here = {a: p.step for a, own in planned.items() for p in own if p.day == on}
            step = next((here[a] for a in ROLES if a in here), None)
            if step is None:
                continue
            people = tuple(p for p, _, speaks in listeners(known, duty.rule, unit) if speaks in here)
            found.append(Falling(duty.rule, period, unit, step, people))
    return found


def digests_on(
    on: date,
    rules: Iterable[ReportingRule],
    units: Iterable[Unit],
    calendar: WorkCalendar,
    steps: Sequence[LadderStep],
    *,
    posts: Posts,
    reported: Collection[ReportKey] = (),
    situation: Situation | None = None,
) -> list[Digest]:
    """List the digests for receiving offices that fall exactly on a day; none where all reports are in."""
    state = situation or Situation(posts, reported=reported)
    known = UnitIndex(units)
    found: list[Digest] = []
    for duty in _asked(duties(rules, known, calendar, steps, state, on), on):
        rule, period = duty.rule, duty.period
        missing = tuple(u for u in duty.units if (rule.id, period.key, u.code) not in state.reported)
        here = [p.step for p in duty.planned.get(Audience.RECEIVER, ()) if p.day == on]
        if here and missing and rule.province != NATIONAL and rule.kind is Kind.REPORT:
            people = receivers(rule.province, known, posts)
            found.append(Digest(rule, period, rule.province, here[0], missing, people))
    return found


def _day_of(step: LadderStep, period: Period, calendar: WorkCalendar) -> date | None:
    if step.days is None:
        first = calendar.next_working(period.opens)
        return first if first <= period.last_day else None
    nominal = period.last_day + timedelta(days=step.days)
    return calendar.next_working(nominal) if step.days > 0 else calendar.previous_working(nominal)


def _latest(
    ask: DueStep,
    planned: Sequence[PlannedStep],
    period: Period,
    today: date,
    ledger: Collection[StepKey],
) -> DueStep | None:
    """Find the step that a person is to be told today, or None."""
    if not planned or today > planned[-1].day + timedelta(days=CATCH_UP_DAYS):
        return None
    open_steps: list[PlannedStep] = []
    for step in reversed(planned):
        if step.day > today:
            continue
        if ask.key_of(step.step) in ledger:
            break
        open_steps.append(step)
    if not open_steps:
        return None
    latest, *earlier = open_steps
    if today > period.last_day and not latest.after_last_day:
        return None  # its words would be wrong by now; the next step speaks of being late
    merged = tuple(step.step for step in reversed(earlier))
    return replace(ask, step=latest.step, day=latest.day, merged=merged)


def _digests_due(
    duty: Duty, missing: Sequence[Unit], units: UnitIndex, situation: Situation, today: date
) -> list[DueStep]:
    rule, period = duty.rule, duty.period
    office = units.office(rule.province)
    if office is None:
        return []
    due = []
    standing: tuple[Standing, ...] | None = None
    for person in receivers(rule.province, units, situation.posts):
        ask = DueStep(rule, period, office, "", Audience.RECEIVER, person, today)
        own = duty.planned.get(Audience.RECEIVER, ())
        found = _latest(ask, own, period, today, situation.ledger)
        if found is not None:
            standing = standing or tuple(standing_of(situation, duty, u, today) for u in missing)
            due.append(replace(found, missing=tuple(missing), standing=standing))
    return due


def receivers(province: str, units: UnitIndex, posts: Posts) -> tuple[int, ...]:
    """List who receives a province's reports, whichever unit of it they belong to."""
    people = (p for u in units.of(province) for p in posts.get(u.code, {}).get(Role.RECEIVER, ()))
    return tuple(dict.fromkeys(people))


def _is_snoozed(
    snoozed: Mapping[SnoozeKey, date] | None, report: ReportKey, person: int, today: date
) -> bool:
    until = snoozed.get((*report, person)) if snoozed else None
    return until is not None and today < until

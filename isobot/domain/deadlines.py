"""Reporting rules, their periods, and last days on time (chế độ báo cáo, kỳ báo cáo, hạn).

A rule says who reports, to whom, and until when; and whether law, the province's plan, or the office's
own setting says so, since the bot must never call a setting of the office the law.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from isobot.clock import vietnam_day
from isobot.domain.periods import DayOfYear as DayOfYear
from isobot.domain.periods import Extension as Extension
from isobot.domain.periods import Move as Move
from isobot.domain.periods import Occurrence as Occurrence
from isobot.domain.periods import Period as Period
from isobot.domain.units import Level, Unit, UnitDirectory

NATIONAL = "national"
"""What a rule of no single province has in place of a slug."""

INHERITED_MARK = "kế thừa, chưa xác minh hiệu lực"

LATE_DAYS = 183
"""How long a period that was missed is offered as late: half a year."""


class Nature(StrEnum):
    """Who set a duty or a day (tính chất)."""

    LAW = "law"
    PLAN = "plan"
    OFFICE = "office-setting"

    @property
    def label(self) -> str:
        """Return the Vietnamese words to tell the natures apart."""
        return _NATURES[self]


_NATURES = {
    Nature.LAW: "quy định của pháp luật",
    Nature.PLAN: "kế hoạch của tỉnh",
    Nature.OFFICE: "cài đặt của cơ quan đầu mối",
}


class Kind(StrEnum):
    """What a rule asks for: figures in a form, or a deed that somebody says is done."""

    REPORT = "report"
    DUTY = "duty"


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a rule stands: the key of a document, and its section; `name` is how the document is cited."""

    document: str
    section: str
    name: str = ""

    def words(self) -> str:
        """Return the place as a citation is written: "Điều 2 khoản 5, Quyết định 4775/QĐ-UBND ngày ..."."""
        return f"{self.section}, {self.name or self.document}"


@dataclass(frozen=True, slots=True)
class Through:
    """A link between some units and the lead office, for periods that end until a day (qua cấp huyện)."""

    levels: frozenset[Level]
    until: date
    recipient: str


@dataclass(frozen=True, slots=True)
class ReportingRule:
    """One duty to report (chế độ báo cáo).

    `nature` tells who set the duty and `date_nature` who set the day: a plan that names a month leaves
    the day to the office. `inherited` marks a rule of a plan that is over, or whose province is no more,
    carried on by the office (`INHERITED_MARK`).
    """

    id: str
    province: str
    title: str
    levels: frozenset[Level]
    occurrences: tuple[Occurrence, ...]
    recipient: str
    forms: Mapping[Level, str] = field(hash=False)
    basis: tuple[Basis, ...]
    nature: Nature
    date_nature: Nature
    first_year: int
    lead_office_only: bool = False
    inherited: bool = False
    note: str = ""
    kind: Kind = Kind.REPORT
    months_after: int = 0
    """For a duty that follows an event: by how many months, or else `days_after`, it must be done."""
    days_after: int = 0
    event: str = ""
    """The event in Vietnamese words, such as "ngày ký biên bản kiểm tra"; "" for what comes every year."""
    through: "Through | None" = None
    """Whom some units sent to instead of the lead office in earlier periods."""
    once: Period | None = None
    """The one period of a round that the office asked for (đột xuất); None for what comes every year."""
    only: frozenset[str] | None = field(default=None, hash=False)
    """The codes of the units that a round asks; None for every unit of the levels."""
    off_in: frozenset[str] = frozenset()
    """The provinces whose lead offices turned this duty off."""
    on_in: frozenset[str] | None = None
    """The only provinces where it counts, of a duty that lead offices turn on; None for every province."""
    closed_at: datetime | None = None
    """When a round was closed before its end; what was sent stays, nothing more is asked for."""

    def is_closed_on(self, day: date) -> bool:
        """Tell whether a round was closed by a day."""
        return self.closed_at is not None and vietnam_day(self.closed_at) <= day

    @property
    def follows_event(self) -> bool:
        """Tell whether it is due some time after an event, not every year."""
        return bool(self.event)

    def concerns(self, unit: Unit) -> bool:
        """Tell whether a unit's level and province fall under the rule, on whatever day."""
        if self.lead_office_only and not unit.lead_office:
            return False
        if self.only is not None and unit.code not in self.only:
            return False
        in_force = unit.level in self.levels and self.province in (unit.province, NATIONAL)
        return in_force and self.is_on_in(unit.province)

    def is_on_in(self, province: str) -> bool:
        """Tell whether a province's lead office has this on; reports always are."""
        return province not in self.off_in and (self.on_in is None or province in self.on_in)

    def is_owed_by(self, unit: Unit, period: "Period") -> bool:
        """Tell whether a unit must report for a period."""
        return self.binds(unit) and unit.active_on(period.last_day)

    def binds(self, unit: Unit) -> bool:
        """Tell whether a unit must report, on whatever day; a voluntary one only where a round names it."""
        return (not unit.voluntary or self.only is not None) and self.concerns(unit)

    def goes_through_district(self, level: Level, period: "Period") -> bool:
        """Tell whether units of a level send a period's report to their district."""
        return (
            self.through is not None
            and level in self.through.levels
            and period.last_day <= self.through.until
        )

    def recipient_for(self, level: Level, period: "Period") -> str:
        """Return in Vietnamese whom units of a level send a period's report to."""
        if self.through is not None and self.goes_through_district(level, period):
            return self.through.recipient
        return self.recipient

    def form_for(self, level: Level) -> str:
        """Return the id of the form that units of a level fill in."""
        return self.forms[level]

    def cited(self) -> str:
        """Return in Vietnamese where the duty stands; "" for a round, whose remark says it."""
        return "" if self.once is not None else f"Căn cứ: {'; '.join(b.words() for b in self.basis)}."

    def remark(self) -> str:
        """Return in Vietnamese what must be said along with a deadline: who set it, and how sure it is."""
        if self.once is not None:
            says = f"{self.title}. Đợt này do cơ quan đầu mối yêu cầu, căn cứ {self.note}"
            return f"{says} ({INHERITED_MARK})." if self.inherited else f"{says}."
        what = "Kỳ báo cáo này" if self.kind is Kind.REPORT else "Việc này"
        says = f"{what} theo {self.nature.label}"
        if self.date_nature is not self.nature:
            says += f", ngày cuối theo {self.date_nature.label}"
        return f"{says} ({INHERITED_MARK})." if self.inherited else f"{says}."


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules, and for a province without any, the sentence that says so."""

    rules: tuple[ReportingRule, ...]
    silences: Mapping[str, str] = field(default_factory=dict, hash=False)
    duties: tuple[ReportingRule, ...] = ()
    """What must be done without a form; those that the files turn on."""
    on_request: Mapping[str, tuple[Basis, ...]] = field(default_factory=dict, hash=False)
    """Where a province's plan asks for reports "khi có yêu cầu" or "đột xuất"."""
    idle: tuple[ReportingRule, ...] = ()
    """Duties without a form that the files hold and do not turn on; a lead office may."""

    def get(self, rule: str) -> ReportingRule | None:
        """Return the reporting rule of an id."""
        return next((r for r in self.rules if r.id == rule), None)

    def get_any(self, rule: str) -> ReportingRule | None:
        """Return the rule of an id, be it of a report or of a duty without a form."""
        return next((r for r in self.reminded if r.id == rule), None)

    @property
    def reminded(self) -> tuple[ReportingRule, ...]:
        """Everything that people are reminded of."""
        return (*self.rules, *self.duties)

    def duties_of(self, unit: Unit) -> tuple[ReportingRule, ...]:
        """Return the duties without a form that concern a unit."""
        return tuple(r for r in self.duties if r.concerns(unit))

    def with_documents(self, names: Mapping[str, str]) -> "RuleBook":
        """Return the book with the documents of its rules named as they are cited, by their keys."""

        def named(rule: ReportingRule) -> ReportingRule:
            basis = tuple(replace(b, name=names.get(b.document, "")) for b in rule.basis)
            return replace(rule, basis=basis)

        return replace(
            self,
            rules=tuple(map(named, self.rules)),
            duties=tuple(map(named, self.duties)),
            idle=tuple(map(named, self.idle)),
        )

    def offered_duties(self, province: str) -> tuple[ReportingRule, ...]:
        """Return the duties without a form that a province's lead office may turn on and off."""
        known = {rule.id: rule for rule in (*self.idle, *self.duties)}
        return tuple(r for r in known.values() if r.province in (province, NATIONAL))

    def has_on(self, rule: str, province: str) -> bool:
        """Tell whether a duty is on in a province."""
        return any(r.id == rule and r.is_on_in(province) for r in self.duties)

    def with_switches(self, switches: Mapping[tuple[str, str], bool]) -> "RuleBook":
        """Return the book with the duties that lead offices turned on or off, by (province, rule)."""
        if not switches:
            return self

        def where(rule: ReportingRule, turned_on: bool) -> frozenset[str]:
            return frozenset(p for (p, r), on in switches.items() if r == rule.id and on is turned_on)

        usual = tuple(replace(rule, off_in=where(rule, False)) for rule in self.duties)
        extra = tuple(replace(rule, on_in=where(rule, True)) for rule in self.idle)
        return replace(self, duties=(*usual, *(rule for rule in extra if rule.on_in)))

    def with_moves(self, moves: Iterable[Move]) -> "RuleBook":
        """Return the book with the last days that the office set, in the order they were set.

        A move counts only where the day is the office's own to set.
        """
        known = tuple(moves)

        def moved(rule: ReportingRule) -> ReportingRule:
            if rule.date_nature is not Nature.OFFICE or all(m.rule != rule.id for m in known):
                return rule
            occurrences = tuple(
                replace(o, moves=tuple(m for m in known if m.rule == rule.id and m.occurrence == o.key))
                for o in rule.occurrences
            )
            return replace(rule, occurrences=occurrences)

        return replace(self, rules=tuple(map(moved, self.rules)), duties=tuple(map(moved, self.duties)))

    def with_rounds(self, rounds: Iterable[ReportingRule]) -> "RuleBook":
        """Return the book with these rounds that offices asked for, in place of those it had.

        They stand behind a province's own rules and before the national ones.
        """
        yearly = [r for r in self.rules if r.once is None]
        own = [r for r in yearly if r.province != NATIONAL]
        return replace(self, rules=(*own, *rounds, *(r for r in yearly if r.province == NATIONAL)))

    def for_province(self, province: str) -> tuple[ReportingRule, ...]:
        """Return the province's own rules, without the national ones."""
        return tuple(r for r in self.rules if r.province == province)

    def for_unit(self, unit: Unit) -> tuple[ReportingRule, ...]:
        """Return every rule that concerns a unit; none where nothing sets a duty for it."""
        return tuple(r for r in self.rules if r.concerns(unit))

    def silence(self, province: str) -> str:
        """Return the Vietnamese sentence that a province's document sets no report, or ""."""
        return self.silences.get(province, "")


class Audience(StrEnum):
    """Whom a step of the ladder speaks to."""

    REPORTER = "reporter"
    DEPUTY = "deputy"
    HEAD = "head"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One rung of the ladder of reminders: `days` from the last day on time, None when the window opens."""

    name: str
    days: int | None
    audiences: frozenset[Audience]


@dataclass(frozen=True, slots=True, order=True)
class StepKey:
    """What the ledger knows a step by; it ends sent, merged, cancelled, or dead.

    `step` is "T-3" for the one who reports, and "T-3/receiver" where the same step speaks to another.
    """

    rule: str
    period: str
    unit: str
    person: int
    step: str


def last_day_on_time(named: date, *, exclusive: bool) -> date:
    """Return the last day that is still on time.

    "Trước ngày 15/12" leaves the 15th out, strictly read, so 14/12 is the last. An office that takes the
    day itself writes the next day into its rules.
    """
    return named - timedelta(days=1) if exclusive else named


def periods_between(rule: ReportingRule, first: date, last: date) -> tuple[Period, ...]:
    """Return the periods whose last day falls from `first` to `last`, both counted, in order."""
    if rule.once is not None:
        return (rule.once,) if first <= rule.once.last_day <= last else ()
    years = range(max(first.year, rule.first_year), last.year + 2)
    periods = (_period(rule.id, occurrence, year) for year in years for occurrence in rule.occurrences)
    return tuple(sorted((p for p in periods if first <= p.last_day <= last), key=lambda p: p.last_day))


def open_periods(rule: ReportingRule, day: date) -> tuple[Period, ...]:
    """Return the periods whose window is open on a day; none of a round that was closed."""
    if rule.is_closed_on(day):
        return ()
    return tuple(p for p in periods_between(rule, day, _in_a_year(day)) if p.is_open_on(day))


def late_periods(rule: ReportingRule, day: date, *, within_days: int = LATE_DAYS) -> tuple[Period, ...]:
    """Return the periods that ended before a day, the oldest first; none of a round that was closed."""
    if rule.is_closed_on(day):
        return ()
    return periods_between(rule, day - timedelta(days=within_days), day - timedelta(days=1))


def next_period(rule: ReportingRule, day: date) -> Period | None:
    """Return the first period that opens after a day; None for a rule that has none."""
    if rule.is_closed_on(day):
        return None
    coming = periods_between(rule, day, _in_a_year(_in_a_year(day)))
    return next((p for p in coming if p.opens > day), None)


def event_period(rule: ReportingRule, happened_on: date) -> Period:
    """Return what a duty asks for after an event of a day; its key is that day."""
    if rule.months_after:
        months = happened_on.month - 1 + rule.months_after
        last_day = DayOfYear(happened_on.day, months % 12 + 1).of(happened_on.year + months // 12)
    else:
        last_day = happened_on + timedelta(days=rule.days_after)
    label = f"{rule.title} ({rule.event} {happened_on:%d/%m/%Y})"
    return Period(rule.id, happened_on.isoformat(), label, happened_on, last_day, happened_on, last_day)


def find_period(rule: ReportingRule, key: str) -> Period | None:
    """Return the period of a key such as "2027-05"; None if the rule has no such period."""
    if rule.once is not None:
        return rule.once if rule.once.key == key else None
    if rule.follows_event:
        try:
            return event_period(rule, date.fromisoformat(key))
        except ValueError:
            return None
    year = key[:4]
    if not (year.isascii() and year.isdigit() and len(year) == 4) or int(year) < max(1, rule.first_year):
        return None
    periods = (_period(rule.id, occurrence, int(year)) for occurrence in rule.occurrences)
    return next((p for p in periods if p.key == key), None)


def previous_period(rule: ReportingRule, period: Period) -> Period | None:
    """Return the period before, by what the figures cover; None before the first, and after an event."""
    if rule.follows_event:
        return None
    first = period.covers_to - timedelta(days=3 * 366)
    earlier = [p for p in periods_between(rule, first, period.last_day) if p.covers_to < period.covers_to]
    return max(earlier, key=lambda p: p.covers_to, default=None)


def reporting_units(rule: ReportingRule, period: Period, units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return who must report: the units bound by the rule that exist on the period's last day.

    After the reform of 2025 these are the successors, each once, however many units it took in.
    """
    return tuple(u for u in units if rule.is_owed_by(u, period))


def receiving_unit(rule: ReportingRule, period: Period, unit: Unit, directory: UnitDirectory) -> Unit | None:
    """Return the unit that receives a report: the district where the rule said so then, else the lead office.

    None where the list of units holds neither.
    """
    if rule.goes_through_district(unit.level, period):
        above = directory.parent_of(unit, period.last_day)
        if above is not None:
            return above
    return directory.lead_office(unit.province)


@lru_cache(maxsize=4000)
def _period(rule: str, occurrence: Occurrence, year: int) -> Period:
    last_day = last_day_on_time(occurrence.named.of(year), exclusive=occurrence.exclusive)
    opens = _opening(occurrence, last_day)
    first, last = occurrence.covers
    covers_to = last.of(year)
    covers_from = first.of(year)
    if covers_from > covers_to:
        covers_from = first.of(year - 1)
    period = Period(
        rule=rule,
        key=occurrence.key.format(year=year),
        label=occurrence.label.format(year=year),
        opens=opens,
        last_day=last_day,
        covers_from=covers_from,
        covers_to=covers_to,
    )
    for move in occurrence.moves_for(year):
        moved_to = move.day.of(year)
        if moved_to != period.last_day:
            opens = min(period.opens, _opening(occurrence, moved_to))
            period = replace(period, opens=opens, last_day=moved_to, moved_on=move.set_on, was=period)
    return period


def _opening(occurrence: Occurrence, last_day: date) -> date:
    if occurrence.window_days is None:
        return last_day.replace(day=1)
    return last_day - timedelta(days=occurrence.window_days)


def _in_a_year(day: date) -> date:
    return day + timedelta(days=366)

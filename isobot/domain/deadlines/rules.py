"""Reporting rules (chế độ báo cáo): who reports, to whom, until when, and who says so.

Law, the province's plan, or the office's own setting: the bot must never call a setting of the office
the law.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from isobot.clock import vietnam_day
from isobot.domain.deadlines.periods import Occurrence, Period
from isobot.domain.units import Level, Unit, UnitDirectory

NATIONAL = "national"
"""What a rule of no single province has in place of a slug."""

INHERITED_MARK = "kế thừa, chưa xác minh hiệu lực"


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
class Switch:
    """What a lead office said about a duty: on or off in its province, on which day, what it said before."""

    on: bool
    day: date
    was: "Switch | None" = None


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
    through: Through | None = None
    """Whom some units sent to instead of the lead office in earlier periods."""
    once: Period | None = None
    """The one period of a round that the office asked for (đột xuất); None for what comes every year."""
    only: frozenset[str] | None = field(default=None, hash=False)
    """The codes of the units that a round asks; None for every unit of the levels."""
    usual: bool = True
    """Whether it is on in provinces whose lead offices said nothing of it."""
    switches: Mapping[str, Switch] = field(default_factory=dict, hash=False)
    """What lead offices said of this duty last, by province."""
    copy_for: str = ""
    """The province whose copy of a national rule this is, since its office set other days; else ""."""
    copied_for: frozenset[str] = frozenset()
    """The provinces that have a copy of this national rule, which counts there in its place."""
    closed_at: datetime | None = None
    """When a round was closed before its end; what was sent stays, nothing more is asked for."""

    def is_closed_on(self, day: date) -> bool:
        """Tell whether a round was closed by a day."""
        return self.closed_at is not None and vietnam_day(self.closed_at) <= day

    @property
    def follows_event(self) -> bool:
        """Tell whether it is due some time after an event, not every year."""
        return bool(self.event)

    @property
    def law_names_month(self) -> bool:
        """Tell whether the law names the month of its last days, so that an office sets but the day."""
        by_month = bool(self.occurrences) and all(o.window_days is None for o in self.occurrences)
        return by_month and self.nature is Nature.LAW

    @property
    def span(self) -> str:
        """Say in Vietnamese how long after its event it is due: "2 tháng"."""
        return f"{self.months_after} tháng" if self.months_after else f"{self.days_after} ngày"

    def concerns(self, unit: Unit) -> bool:
        """Tell whether a unit's level and province fall under the rule, on whatever day."""
        if self.lead_office_only and not unit.lead_office:
            return False
        if self.only is not None and unit.code not in self.only:
            return False
        in_force = unit.level in self.levels and self.counts_in(unit.province)
        return in_force and self.is_on_in(unit.province)

    @property
    def reach(self) -> str:
        """The province in which it counts, `NATIONAL` for a rule of all of them."""
        return self.copy_for or self.province

    def counts_in(self, province: str) -> bool:
        """Tell whether it is this rule, and not the province's own copy of it, that counts in a province."""
        return self.reach == province or (self.reach == NATIONAL and province not in self.copied_for)

    def is_on_in(self, province: str) -> bool:
        """Tell whether a province's lead office has this on; reports always are."""
        said = self.switches.get(province)
        return self.usual if said is None else said.on

    def is_owed_by(self, unit: Unit, period: Period) -> bool:
        """Tell whether a unit must report for a period."""
        return self.binds(unit) and self.asks_of(unit, period)

    def asks_of(self, unit: Unit, period: Period) -> bool:
        """Tell whether a unit exists on a last day, which was not over when its office turned the duty on."""
        said = self.switches.get(unit.province)
        return unit.active_on(period.last_day) and (said is None or said.day <= period.last_day)

    def before_turned_off(self, since: date) -> "ReportingRule":
        """Return a duty as it was where offices turned it off on a day or later."""
        if not any(not said.on and said.day >= since for said in self.switches.values()):
            return self
        before = {
            p: said.was if not said.on and said.day >= since else said for p, said in self.switches.items()
        }
        return replace(self, switches={p: said for p, said in before.items() if said is not None})

    def binds(self, unit: Unit) -> bool:
        """Tell whether a unit must report, on whatever day; a voluntary one only where a round names it."""
        return (not unit.voluntary or self.only is not None) and self.concerns(unit)

    def goes_through_district(self, level: Level, period: Period) -> bool:
        """Tell whether units of a level send a period's report to their district."""
        return (
            self.through is not None
            and level in self.through.levels
            and period.last_day <= self.through.until
        )

    def recipient_for(self, level: Level, period: Period) -> str:
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

"""The files an office may change about time: rules, ladders of reminders, days off, working hours.

Each is checked when it is read; a mistake names its file, line and cure, and nothing starts.
"""

import re
from collections import Counter
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from isobot.datafiles import data_dir, read_yaml
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import (
    NATIONAL,
    Audience,
    Basis,
    DayOfYear,
    Kind,
    LadderStep,
    Nature,
    Occurrence,
    ReportingRule,
    RuleBook,
    Through,
)
from isobot.domain.units import Level
from isobot.errors import DataFileError

YEARS = range(2014, 2061)
"""The years whose days off are estimated when no official list is at hand."""


def _day_of_year(text: str) -> str:
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})", text)
    if match is None:
        raise ValueError('must be a day and a month, such as "14/12"')
    day, month = (int(part) for part in match.groups())
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise ValueError(f"there is no day {text}")
    try:
        date(2028, month, day)  # a leap year, so that 29/2 is allowed
    except ValueError as error:
        raise ValueError(f"there is no day {text}") from error
    return text


DayText = Annotated[str, AfterValidator(_day_of_year)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _OccurrenceEntry(_Strict):
    key: str = Field(pattern=r"^\{year\}(-[A-Z0-9]+)?$")
    label: str = Field(pattern=r"\{year\}")
    last_day: DayText | None = None
    before: DayText | None = None
    opens: Literal["month"] | None = None
    opens_days_before: int | None = Field(default=None, ge=1, le=200)
    covers: tuple[DayText, DayText]

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.last_day is None) == (self.before is None):
            raise ValueError('give either "last_day" or "before"')
        if (self.opens is None) == (self.opens_days_before is None):
            raise ValueError('give either "opens: month" or "opens_days_before"')
        return self


class _BasisEntry(_Strict):
    document: str
    section: str


class _ThroughEntry(_Strict):
    link: Literal["district"]
    levels: tuple[Level, ...] = (Level.XA,)
    until: date
    recipient: str = "Ủy ban nhân dân cấp huyện"


class _DueEntry(_Strict):
    """What reports and other duties have in common."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    levels: tuple[Level, ...] = Field(min_length=1)
    recipient: str
    basis: tuple[_BasisEntry, ...] = Field(min_length=1)
    nature: Nature
    date_nature: Nature
    first_year: int = Field(ge=1990, le=2100)
    lead_office_only: bool = False
    inherited: bool = False
    note: str = ""


class _RuleEntry(_DueEntry):
    occurrences: tuple[_OccurrenceEntry, ...] = Field(min_length=1)
    through: _ThroughEntry | None = None
    form: str | dict[Level, str]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if isinstance(self.form, dict) and set(self.levels) - set(self.form):
            raise ValueError('"form" must name a form for each of the levels')
        keys = Counter(occurrence.key for occurrence in self.occurrences)
        twice = [key for key, times in keys.items() if times > 1]
        if twice:
            raise ValueError(f"two occurrences have the key {twice[0]}")
        return self


class _DutyEntry(_DueEntry):
    enabled: bool
    occurrences: tuple[_OccurrenceEntry, ...] = ()
    event: str = ""
    months_after: int = Field(default=0, ge=0, le=12)
    days_after: int = Field(default=0, ge=0, le=200)

    @model_validator(mode="after")
    def _every_year_or_after_an_event(self) -> Self:
        if bool(self.occurrences) == bool(self.event):
            raise ValueError('give "occurrences" for what comes every year, or else "event"')
        if bool(self.event) != (bool(self.months_after) != bool(self.days_after)):
            raise ValueError('with "event", give either "months_after" or "days_after"')
        return self


class _RuleFile(_Strict):
    province: str
    silence: str = ""
    rules: tuple[_RuleEntry, ...]
    duties: tuple[_DutyEntry, ...] = ()
    on_request: tuple[_BasisEntry, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if bool(self.rules) == bool(self.silence):
            raise ValueError('give rules, or else "silence": the sentence that says there are none')
        return self


class _LadderEntry(_Strict):
    name: str = Field(pattern=r"^(O|T|T[+-]\d+)$")
    days: int | None = Field(default=None, ge=-90, le=90)
    to: tuple[Audience, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _name_says_the_days(self) -> Self:
        expected = None if self.name == "O" else int(self.name[1:] or 0)
        if self.days != expected:
            raise ValueError(f'"{self.name}" must have days: {expected}')
        return self


class _LadderFile(_Strict):
    steps: tuple[_LadderEntry, ...] = Field(min_length=1)
    duties: tuple[_LadderEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        for steps in (self.steps, self.duties):
            order = [-1000 if step.days is None else step.days for step in steps]
            if order != sorted(set(order)):
                raise ValueError("the steps must stand in the order of their days, each once, O first")
        return self


class _DaysEntry(_Strict):
    day: date | None = None
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    why: str
    source: str = ""

    @model_validator(mode="after")
    def _a_day_or_a_span(self) -> Self:
        single = self.day is not None and self.first is None and self.last is None
        span = self.day is None and self.first is not None and self.last is not None
        if not (single or span):
            raise ValueError('give either "day" or both "from" and "to"')
        if self.first and self.last and not self.first <= self.last <= self.first + timedelta(days=30):
            raise ValueError('"to" must follow "from" within 30 days')
        return self

    def days(self) -> list[date]:
        if self.day is not None:
            return [self.day]
        if self.first is None or self.last is None:
            return []
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class _HoursFile(_Strict):
    begins: time
    ends: time
    quiet_days: tuple[_DaysEntry, ...] = ()

    @model_validator(mode="after")
    def _begin_before_they_end(self) -> Self:
        if not self.begins < self.ends:
            raise ValueError('"begins" must come before "ends"')
        return self


class _YearFile(_Strict):
    year: int
    official: bool
    note: str = ""
    days_off: tuple[_DaysEntry, ...]
    working_days: tuple[_DaysEntry, ...]

    @model_validator(mode="after")
    def _days_are_of_the_year(self) -> Self:
        for entry in (*self.days_off, *self.working_days):
            for day in entry.days():
                if day.year != self.year:
                    raise ValueError(f"{day:%Y-%m-%d} is not in {self.year}")
        return self


def _in_place(folder: Path, own: Path | None) -> list[Path]:
    """List the files of a folder in their order; one of the office's stands in place of its namesake."""
    found = {path.name: path for path in folder.glob("*.yaml")}
    found |= {path.name: path for path in own.glob("*.yaml")} if own is not None else {}
    return [found[name] for name in sorted(found)]


def load_rules(folder: Path | None = None, *, own: Path | None = None) -> RuleBook:
    """Read the reporting rules of every province and the national ones; `own` is the office's folder.

    Raises:
        DataFileError: a file cannot be used, or a rule's id stands twice.
    """
    rules: list[ReportingRule] = []
    duties: list[ReportingRule] = []
    idle: list[ReportingRule] = []
    silences: dict[str, str] = {}
    on_request: dict[str, tuple[Basis, ...]] = {}
    seen: set[str] = set()
    for path in _in_place(folder or data_dir() / "rules", own):
        content = read_yaml(path, _RuleFile)
        if content.silence:
            silences[content.province] = content.silence
        if content.on_request:
            on_request[content.province] = tuple(Basis(b.document, b.section) for b in content.on_request)
        for key in (*(r.id for r in content.rules), *(d.id for d in content.duties)):
            if key in seen:
                raise DataFileError(path, key, "this id stands twice", mend="give the rule another id")
            seen.add(key)
        rules += [_rule(content.province, entry) for entry in content.rules]
        for entry in content.duties:
            (duties if entry.enabled else idle).append(_duty(content.province, entry))
    # A province's own rules stand before the national ones wherever both are listed.
    rules.sort(key=lambda rule: rule.province == NATIONAL)
    return RuleBook(tuple(rules), silences, tuple(duties), on_request, tuple(idle))


def load_ladder(path: Path | None = None) -> tuple[LadderStep, ...]:
    """Read the ladder of reminders."""
    content = read_yaml(path or data_dir() / "ladder.yaml", _LadderFile)
    return tuple(LadderStep(step.name, step.days, frozenset(step.to)) for step in content.steps)


def load_duty_ladder(path: Path | None = None) -> tuple[LadderStep, ...]:
    """Read the ladder for what must be done without a form."""
    content = read_yaml(path or data_dir() / "ladder.yaml", _LadderFile)
    return tuple(LadderStep(step.name, step.days, frozenset(step.to)) for step in content.duties)


def load_calendar(
    folder: Path | None = None, *, hours: Path | None = None, own: Path | None = None
) -> WorkCalendar:
    """Read the working hours and the days off; `own` is the office's folder of years.

    A year's own file counts alone where it is official; else an estimate and what the file adds.
    """
    working_hours = read_yaml(hours or data_dir() / "hours.yaml", _HoursFile)
    days_off: set[date] = set()
    working: set[date] = set()
    official: set[int] = set()
    for path in _in_place(folder or data_dir() / "calendar", own):
        content = read_yaml(path, _YearFile)
        if content.official:
            official.add(content.year)
        days_off.update(day for entry in content.days_off for day in entry.days())
        working.update(day for entry in content.working_days for day in entry.days())
    quiet = {day for entry in working_hours.quiet_days for day in entry.days()}
    return WorkCalendar(
        frozenset(days_off | quiet),
        frozenset(working - quiet),
        frozenset(official),
        working_hours.begins,
        working_hours.ends,
        _estimated_off,
    )


def _estimated_off(day: date) -> bool:
    return day in _estimated()


@cache
def _estimated() -> frozenset[date]:
    """List the days off that the law's rules give; the days an office swaps are not known beforehand."""
    import holidays  # loads every country's: slow, and no start asks for a day off

    return frozenset(holidays.country_holidays("VN", years=YEARS))


def _rule(province: str, entry: _RuleEntry) -> ReportingRule:
    forms = entry.form if isinstance(entry.form, dict) else dict.fromkeys(entry.levels, entry.form)
    return ReportingRule(
        id=entry.id,
        province=province,
        title=entry.title,
        levels=frozenset(entry.levels),
        occurrences=tuple(_occurrence(o) for o in entry.occurrences),
        recipient=entry.recipient,
        forms=forms,
        basis=tuple(Basis(b.document, b.section) for b in entry.basis),
        nature=entry.nature,
        date_nature=entry.date_nature,
        first_year=entry.first_year,
        lead_office_only=entry.lead_office_only,
        inherited=entry.inherited,
        note=entry.note,
        through=_through(entry.through) if entry.through else None,
    )


def _through(entry: _ThroughEntry) -> Through:
    return Through(frozenset(entry.levels), entry.until, entry.recipient)


def _duty(province: str, entry: _DutyEntry) -> ReportingRule:
    return ReportingRule(
        id=entry.id,
        province=province,
        title=entry.title,
        levels=frozenset(entry.levels),
        occurrences=tuple(_occurrence(o) for o in entry.occurrences),
        recipient=entry.recipient,
        forms={},
        basis=tuple(Basis(b.document, b.section) for b in entry.basis),
        nature=entry.nature,
        date_nature=entry.date_nature,
        first_year=entry.first_year,
        lead_office_only=entry.lead_office_only,
        inherited=entry.inherited,
        note=entry.note,
        kind=Kind.DUTY,
        event=entry.event,
        months_after=entry.months_after,
        days_after=entry.days_after,
    )


def _occurrence(entry: _OccurrenceEntry) -> Occurrence:
    return Occurrence(
        key=entry.key,
        label=entry.label,
        named=_parse(entry.before or entry.last_day or ""),
        exclusive=entry.before is not None,
        window_days=entry.opens_days_before,
        covers=(_parse(entry.covers[0]), _parse(entry.covers[1])),
    )


def _parse(text: str) -> DayOfYear:
    day, month = text.split("/")
    return DayOfYear(int(day), int(month))

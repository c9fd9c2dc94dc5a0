"""Reads the reporting rules and the duties without a form, of every province and the nation."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from isobot.datafiles import data_dir, read_yaml
from isobot.domain.deadlines import (
    NATIONAL,
    Basis,
    DayOfYear,
    Kind,
    Nature,
    Occurrence,
    ReportingRule,
    RuleBook,
    Through,
)
from isobot.domain.units import Level
from isobot.errors import DataFileError
from isobot.rulefiles.reading import Strict, in_place


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


class _OccurrenceEntry(Strict):
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


class _BasisEntry(Strict):
    document: str
    section: str


class _ThroughEntry(Strict):
    link: Literal["district"]
    levels: tuple[Level, ...] = (Level.XA,)
    until: date
    recipient: str = "Ủy ban nhân dân cấp huyện"


class _DueEntry(Strict):
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


class _RuleFile(Strict):
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
    for path in in_place(folder or data_dir() / "rules", own):
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


def _rule(province: str, entry: _RuleEntry) -> ReportingRule:
    forms = entry.form if isinstance(entry.form, dict) else dict.fromkeys(entry.levels, entry.form)
    through = _through(entry.through) if entry.through else None
    return replace(_due(province, entry), forms=forms, through=through)


def _through(entry: _ThroughEntry) -> Through:
    return Through(frozenset(entry.levels), entry.until, entry.recipient)


def _duty(province: str, entry: _DutyEntry) -> ReportingRule:
    return replace(
        _due(province, entry),
        kind=Kind.DUTY,
        event=entry.event,
        months_after=entry.months_after,
        days_after=entry.days_after,
    )


def _due(province: str, entry: _RuleEntry | _DutyEntry) -> ReportingRule:
    """Read what reports and other duties have in common."""
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

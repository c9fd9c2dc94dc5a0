"""Makes the files that messages carry as recipes: loads what they name, and lays it out in a thread."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.deadline_calendar import deadline_calendar
from handlers.services import Services
from isobot.actions.former import REASON
from isobot.actions.reporting import figures_in, reasons_in, work_on
from isobot.chat.sender import RenderedFile
from isobot.clock import Clock, vietnam_day
from isobot.domain import deadlines
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.messages import Attachment
from isobot.domain.reports import ReportStatus
from isobot.domain.units import Level, Unit
from isobot.errors import NotFound
from isobot.exports.docx import UnitReportData, report_filename
from isobot.exports.render import CALENDAR_ICS, PERIOD_XLSX, REPORT_DOCX, Renderable, render
from isobot.exports.xlsx import MissingUnit, PeriodTableData, UnitRow, period_filename
from isobot.storage import office, reports
from isobot.storage.database import Database

_TYPES = {
    REPORT_DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    PERIOD_XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TYPES[CALENDAR_ICS] = "text/calendar"
_UNIT_WORDS = {Level.XA: "xã", Level.HUYEN: "huyện", Level.CHI_CUC: "chi cục", Level.SO: "cơ quan"}


class FileMaker:
    """Turns a recipe into a file."""

    def __init__(self, database: Database, services: Services, clock: Clock) -> None:
        self._database = database
        self._services = services
        self._clock = clock

    async def make(self, attachment: Attachment) -> RenderedFile:
        """Make the file of a recipe.

        Raises:
            NotFound: what the recipe names is no more.
        """
        if attachment.kind == REPORT_DOCX:
            data, name = await self._report(**attachment.parameters)
        elif attachment.kind == PERIOD_XLSX:
            data, name = await self._period(**attachment.parameters)
        elif attachment.kind == CALENDAR_ICS:
            data, name = await self._calendar(**attachment.parameters)
        else:
            raise NotFound(f"attachment of kind {attachment.kind!r}")
        content = await asyncio.to_thread(render, attachment.kind, data)
        return RenderedFile(name, content, _TYPES[attachment.kind])

    async def _report(self, report: int, version: int) -> tuple[Renderable, str]:
        """Load a version that was sent; version 0 is the draft as it stands."""
        async with self._database.read() as connection:
            record = (await reports.load(connection, [report])).get(report)
            sent = await reports.version_of(connection, report, version) if version else None
        if record is None:
            raise NotFound(f"report {report}")
        services = self._services
        unit, rule = services.directory.get(record.unit), services.rules.get(record.rule)
        form = services.forms.get(record.form, record.form_version, level=unit.level if unit else None)
        work = work_on(record, form, services.rules)
        stored = sent.figures if sent is not None else record.draft
        values = figures_in(stored)
        problems = form.problems(values, period=work.covers)
        name = unit.name if unit else "Đơn vị nhập thử"
        year = work.period.covers_to.year if work.period else vietnam_day(self._clock.now()).year
        data = UnitReportData(
            form=form,
            values=values,
            unit_name=name,
            period_label=work.label,
            year=year,
            recipient=_recipient(rule, unit, work.period),
            bases=self._bases(rule),
            place=_place(unit),
            problems=problems,
            reasons=reasons_in(stored, problems),
            former_units=self._former(unit),
            receipt=sent.receipt if sent is not None else "",
            version=max(version, 1),
            practice=record.practice_of != 0,
        )
        return data, report_filename(name, work.label, version=max(version, 1))

    async def _calendar(self, units: list[str], province: str) -> tuple[Renderable, str]:
        """Load the deadlines of a year: of units, or with a province those of its office."""
        async with self._database.read() as connection:
            moves = await office.moves(connection)
            extensions = await office.all_extensions(connection)
            events = await office.all_events(connection)
        now = self._clock.now()
        return deadline_calendar(
            replace(self._services, rules=self._services.shipped_rules.with_moves(moves)),
            units=units,
            province=province,
            extensions=extensions,
            events=events,
            now=now,
        )

    def _bases(self, rule: ReportingRule | None) -> tuple[str, ...]:
        documents = self._services.knowledge.corpus.documents
        named = [documents[b.document] for b in (rule.basis if rule else ()) if b.document in documents]
        return tuple(
            f"{document.full_name()}{'' if document.cited_as else ' của ' + document.issuer} "
            f"về {_subject(document.title)}"
            for document in named
        )

    def _former(self, unit: Unit | None) -> tuple[str, ...]:
        if unit is None:
            return ()
        return tuple(u.place_name for u in self._services.directory.predecessors_of(unit.code))

    async def _period(self, rule: str, period: str, province: str) -> tuple[Renderable, str]:
        services = self._services
        known = services.rules.get(rule)
        due = deadlines.find_period(known, period) if known else None
        if known is None or due is None:
            raise NotFound(f"period {rule} {period}")
        async with self._database.read() as connection:
            found = await reports.of_period(connection, province=province, rule=rule, period=period)
            sent = await reports.latest_versions(connection, province=province, rule=rule, period=period)
        records = {record.unit: record for record in found}
        units = [
            u for u in deadlines.reporting_units(known, due, services.directory) if u.province == province
        ]
        rows = tuple(
            UnitRow(
                code=unit.code,
                name=unit.name,
                values=figures_in(sent[unit.code].figures),
                district=unit.true_district or unit.district,
                status=ReportStatus(records[unit.code].status).label,
                submitted_on=vietnam_day(sent[unit.code].submitted_at),
                late=_late(records[unit.code], due),
                version=sent[unit.code].version,
                receipt=sent[unit.code].receipt,
                note=_reasons(sent[unit.code].figures),
            )
            for unit in units
            if unit.code in sent
        )
        missing = tuple(
            MissingUnit(unit.code, unit.name, unit.true_district or unit.district, note=unit.note)
            for unit in units
            if unit.code not in sent
        )
        name = services.provinces[province].name if province in services.provinces else province
        levels = {unit.level for unit in units}
        data = PeriodTableData(
            title=known.title,
            province_name=name,
            period_label=due.label,
            last_day=due.last_day,
            made_on=vietnam_day(self._clock.now()),
            form=services.forms.get(next(iter(known.forms.values())), on=due.covers_to),
            rows=rows,
            missing=missing,
            unit_word=_UNIT_WORDS[levels.pop()] if len(levels) == 1 else "đơn vị",
        )
        return data, period_filename(name, due.label)


def _reasons(figures: Mapping[str, Any]) -> str:
    """Put the officer's reasons for odd figures into one cell."""
    given = (value["given"] for key, value in figures.items() if key.startswith(REASON))
    return "; ".join(str(reason) for reason in given)


def _late(record: Any, period: Period) -> bool:
    first = record.first_submitted_at
    return first is not None and vietnam_day(first) > period.last_day


def _recipient(rule: ReportingRule | None, unit: Unit | None, period: Period | None) -> str:
    """Return whom the report goes to: for some earlier periods that was the district."""
    if rule is None:
        return ""
    return rule.recipient_for(unit.level, period) if unit and period else rule.recipient


def _place(unit: Unit | None) -> str:
    return unit.bare_name if unit is not None and unit.level is Level.XA else ""


def _subject(title: str) -> str:
    lowered = title[:1].lower() + title[1:]
    return lowered.removeprefix("về việc ").removeprefix("về ")

"""Filled workbooks into reports: first what would happen, cell by cell; then each figure as if typed.

Who may: the people who report for a unit, for their own; the receiving office, for the units of its
province that sent their figures in another way. Each figure is an event with the importer's name and the
channel "xlsx"; a complete report is sent and becomes a version like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from isobot.actions.approving import needs_approval
from isobot.actions.former import former_figures
from isobot.actions.reasons import read_reason
from isobot.actions.reporting import Work, enter, figures_in, give_reason, open_report, reasons_in, submit
from isobot.clock import vietnam_day
from isobot.domain.bulk import (
    CellProblem,
    FilledRow,
    Sheet,
    header_of,
    is_table,
    read_row,
    units_on,
    unknown_columns,
)
from isobot.domain.deadlines import Period, ReportingRule, RuleBook, find_period
from isobot.domain.forms import Field, Form, Problem
from isobot.domain.numbers import format_date
from isobot.domain.people import Actor, Post, Role
from isobot.domain.reports import Act, ReportStatus, next_status
from isobot.domain.steadiness import asks_again
from isobot.domain.units import Unit, UnitDirectory
from isobot.domain.values import Values
from isobot.errors import Refusal
from isobot.formfiles import Forms
from isobot.storage import reports
from isobot.storage.reports import ReportRecord
from isobot.storage.store import Store

CHANNEL = "xlsx"
NOT_YOURS = (
    "Đơn vị này không thuộc quyền nhập của anh/chị: nhập được cho đơn vị mình báo cáo, "
    "hoặc cho đơn vị trong tỉnh mình nhận báo cáo."
)
NO_HEADER = (
    "Tệp này không phải mẫu nhập của tôi: trang “Hướng dẫn” không có mã chế độ và mã kỳ. "
    "Gõ “mẫu nhập” để lấy mẫu, điền rồi gửi lại."
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What an import is checked against."""

    rules: RuleBook
    forms: Forms
    directory: UnitDirectory


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One unit's row that can be written: its new figures, and what of the old they replace.

    `lacking` is what keeps the report from being sent after this: fields or reasons; then it stays a draft.
    `odd` are figures far from the last period's, to be looked at once more before writing.
    """

    row: FilledRow
    unit: Unit
    changed: tuple[Field, ...]
    replaced: tuple[Field, ...]
    lacking: tuple[str, ...]
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. With a problem anywhere, nothing is written."""

    rule: ReportingRule | None
    period: Period | None
    rows: tuple[PlannedRow, ...]
    problems: tuple[CellProblem, ...]

    @property
    def changing(self) -> tuple[PlannedRow, ...]:
        """Return the rows that change anything."""
        return tuple(row for row in self.rows if row.changed)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one row: a receipt where it was sent, else why it stays a draft."""

    unit: Unit
    figures: int
    receipt: str = ""
    why: str = ""


def acting_for(actor: Actor, unit: Unit) -> Actor:
    """Return the person with the right to enter a unit's figures, where the province's office gives it.

    Raises:
        Refusal: the person neither reports for the unit nor receives from its province.
    """
    if actor.may_report_for(unit.code):
        return actor
    if not actor.may_receive_from(unit.province):
        raise Refusal(NOT_YOURS)
    post = Post(0, unit.code, unit.province, Role.REPORTER)
    return replace(actor, posts=(*actor.posts, post))


async def plan_import(store: Store, *, actor: Actor, sheets: Sequence[Sheet], known: Rules) -> Plan:
    """Read a filled workbook and say what would be written, and every cell that stands in the way.

    Nothing is changed.
    """
    rule_id, period_key = header_of(sheets)
    rule = known.rules.by_id(rule_id)
    period = find_period(rule, period_key) if rule else None
    if rule is None or period is None:
        return Plan(None, None, (), (CellProblem("", "", NO_HEADER),))
    if vietnam_day(store.now) < period.opens or rule.is_closed_on(vietnam_day(store.now)):
        opens = f"kỳ này mở từ {format_date(period.opens)}"
        why = CellProblem("", "", f"Kỳ {period.label} chưa mở hoặc đã đóng; {opens}.")
        return Plan(rule, period, (), (why,))
    reader = _Reader(store, actor, known, rule, period)
    for sheet in sheets:
        if is_table(sheet):
            await reader.read(sheet)
    if not reader.rows and not reader.problems:
        reader.problems.append(CellProblem("", "", "Tệp chưa có con số nào. Điền ít nhất một dòng."))
    return Plan(rule, period, tuple(reader.rows), tuple(reader.problems))


class _Reader:
    """Goes through the sheets and gathers rows and problems."""

    def __init__(self, store: Store, actor: Actor, known: Rules, rule: ReportingRule, period: Period) -> None:
        self.rows: list[PlannedRow] = []
        self.problems: list[CellProblem] = []
        self._store, self._actor, self._known = store, actor, known
        self._rule, self._period = rule, period
        self._seen: dict[str, str] = {}
        self._records: dict[str, dict[str, ReportRecord]] = {}

    async def read(self, sheet: Sheet) -> None:
        columns_checked: set[str] = set()
        for number, code in units_on(sheet).items():
            place = f"A{number}"
            unit = self._known.directory.get(code)
            problem = self._unit_problem(code, unit, f"{sheet.name}!{place}")
            if problem or unit is None:
                self.problems.append(CellProblem(sheet.name, place, problem))
                continue
            form = await self._form_of(unit)
            if form.id not in columns_checked:
                columns_checked.add(form.id)
                self.problems += unknown_columns(sheet, form)
            row, problems = read_row(sheet, number, unit.code, form, today=vietnam_day(self._store.now))
            self.problems += problems
            if not problems:
                await self._plan(row, unit, form)

    def _unit_problem(self, code: str, unit: Unit | None, place: str) -> str:
        if not code:
            return "Dòng này có số liệu mà thiếu mã đơn vị."
        if unit is None:
            return f"Không có đơn vị mã “{code}”."
        if code in self._seen:
            return f"Đơn vị này đã có ở ô {self._seen[code]}. Mỗi đơn vị một dòng."
        self._seen[code] = place
        if not self._rule.concerns(unit) or not unit.active_on(self._period.last_day):
            return f"{unit.place_name} không thuộc diện của {self._period.label}."
        try:
            acting_for(self._actor, unit)
        except Refusal as refused:
            return str(refused)
        return ""

    async def _record_of(self, unit: Unit) -> ReportRecord | None:
        if unit.province not in self._records:
            found = await reports.of_period(
                self._store.connection, province=unit.province, rule=self._rule.id, period=self._period.key
            )
            self._records[unit.province] = {record.unit: record for record in found}
        return self._records[unit.province].get(unit.code)

    async def _form_of(self, unit: Unit) -> Form:
        record = await self._record_of(unit)
        forms = self._known.forms
        if record is not None:
            return forms.get(record.form, record.form_version, level=unit.level)
        chosen = forms.get(self._rule.form_for(unit.level), on=self._period.covers_to)
        return forms.get(chosen.id, chosen.version, level=unit.level)

    async def _plan(self, row: FilledRow, unit: Unit, form: Form) -> None:
        record = await self._record_of(unit)
        try:
            next_status(ReportStatus(record.status) if record else ReportStatus.DRAFT, Act.EDIT)
        except Refusal as refused:
            self.problems.append(CellProblem(row.sheet, f"A{row.number}", str(refused)))
            return
        before = figures_in(record.draft) if record else {}
        after = {**before, **row.answers}
        former = await former_figures(
            self._store,
            unit=unit,
            rule=self._rule,
            period=self._period,
            forms=self._known.forms,
            directory=self._known.directory,
        )
        if row.reason:
            try:
                read_reason(row.reason, example="Cấp bổ sung trong tháng 12")
            except Refusal as refused:
                self.problems.append(CellProblem(row.sheet, f"dòng {row.number}", str(refused)))
                return
        covers = (self._period.covers_from, self._period.covers_to)
        found = form.problems(after, period=covers, last=former.last)
        in_the_way = _cell_problems(row, form, after, found)
        self.problems += in_the_way
        if in_the_way:
            return
        fields = [field for field in form.fields if field.key in row.answers]
        changed = tuple(f for f in fields if before.get(f.key) != row.answers[f.key])
        replaced = tuple(f for f in changed if f.key in before)
        given = reasons_in(record.draft, found) if record else {}
        numbers = ", ".join(field.number for field in form.missing(after))
        lacking = [f"mục {numbers}"] if numbers else []
        if not row.reason:
            lacking += [f"lý do ({p.as_text()})" for p in found if not p.is_error and p.check not in given]
        odd = [
            f"mục {f.number}: {asked}"
            for f in changed
            if (asked := asks_again(f, row.answers[f.key], form.last_value(f.key, former.last)))
        ]
        self.rows.append(PlannedRow(row, unit, changed, replaced, tuple(lacking), tuple(odd)))


def _cell_problems(row: FilledRow, form: Form, after: Values, found: Sequence[Problem]) -> list[CellProblem]:
    """Name the cells that contradict the others, and those that do not apply."""
    problems = []
    asked = {field.key for field in form.visible_fields(after)}
    for key in row.answers:
        if key not in asked:
            number = form.field(key).number
            told = f"Mục {number} không áp dụng khi các ô khác của dòng này như vậy. Hãy xóa ô."
            problems.append(CellProblem(row.sheet, row.cells[key], told))
    for problem in found:
        here = [key for key in problem.fields if key in row.answers]
        if problem.is_error and here:
            cells = ", ".join(row.cells[key] for key in here)
            problems.append(CellProblem(row.sheet, cells, problem.as_text()))
    return problems


async def write_import(
    store: Store, *, actor: Actor, plan: Plan, known: Rules, send: bool = True
) -> tuple[Written, ...]:
    """Write what was planned: every figure as an event, complete reports sent if `send`.

    Raises:
        Refusal: the plan has problems, or a report was changed or locked since.
    """
    if plan.problems or plan.rule is None or plan.period is None:
        raise Refusal("Tệp còn chỗ sai nên tôi chưa ghi gì.")
    return tuple([await _write(store, actor, planned, plan, known, send) for planned in plan.rows])


async def _write(
    store: Store, actor: Actor, planned: PlannedRow, plan: Plan, known: Rules, send: bool
) -> Written:
    assert plan.rule is not None
    assert plan.period is not None
    acting = acting_for(actor, planned.unit)
    work = await open_report(
        store,
        actor=acting,
        unit=planned.unit,
        rule=plan.rule,
        period=plan.period,
        forms=known.forms,
        directory=known.directory,
    )
    # Together first, so that a check between two figures sees both as the row has them.
    work.values = {**work.values, **planned.row.answers}
    for field in planned.changed:
        seen = work.record.draft.get(field.key)
        enter(
            store,
            actor=acting,
            work=work,
            field=field,
            value=planned.row.answers[field.key],
            seen=seen,
            channel=CHANNEL,
        )
    if planned.row.reason:
        for problem in work.unexplained:
            give_reason(
                store,
                actor=acting,
                work=work,
                check=problem.check,
                reason=planned.row.reason,
                channel=CHANNEL,
            )
    return await _send(store, acting, work, planned, send)


async def _send(store: Store, actor: Actor, work: Work, planned: PlannedRow, send: bool) -> Written:
    figures = len(planned.changed)
    if not send:
        return Written(planned.unit, figures, why="lưu nháp theo yêu cầu")
    if planned.lacking:
        return Written(planned.unit, figures, why="còn thiếu " + "; ".join(planned.lacking))
    if await needs_approval(store, actor=actor, work=work):
        return Written(planned.unit, figures, why="lãnh đạo đơn vị phải duyệt trước khi gửi")
    try:
        receipt = await submit(store, actor=actor, work=work, channel=CHANNEL)
    except Refusal as refused:
        return Written(planned.unit, figures, why=str(refused))
    return Written(planned.unit, figures, receipt=receipt)

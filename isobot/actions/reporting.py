"""Reporting: open, enter, submit; each checks the right, changes the record, and writes its history."""

from datetime import date
from typing import Any

from isobot.actions.chain import write_event
from isobot.actions.former import REASON, former_figures
from isobot.actions.reasons import read_reason
from isobot.actions.work import Work as Work
from isobot.actions.work import complete_answers as complete_answers
from isobot.actions.work import figures_in as figures_in
from isobot.actions.work import load_work as load_work
from isobot.actions.work import reasons_in as reasons_in
from isobot.actions.work import work_on as work_on
from isobot.clock import vietnam_day
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.filing import file_figures
from isobot.domain.forms import Field, Form, Problem
from isobot.domain.numbers import format_date
from isobot.domain.people import Actor
from isobot.domain.reports import Act, Change, ReportStatus, figures_hash, next_status, receipt_number
from isobot.domain.units import Unit, UnitDirectory
from isobot.domain.values import Value, values_to_json
from isobot.errors import Refusal, StaleEdit
from isobot.formfiles import Forms
from isobot.storage import dispatch, reports, unit_ways
from isobot.storage.reports import ReportRecord, Version
from isobot.storage.store import Store

PRACTICE_RULE = "luyen-tap"
VERSIONS_A_REPORT = 1000
"""Serials of receipts keep so many places for the versions of one report."""

NOT_YOURS = (
    "Anh/chị không giữ vai trò báo cáo cho đơn vị này. Nếu đúng là việc của anh/chị, "
    "xin quản trị viên mã đăng ký."
)
NOT_HEAD = "Việc duyệt dành cho lãnh đạo của đơn vị, hoặc người đang được ủy quyền."


async def open_report(
    store: Store,
    *,
    actor: Actor,
    unit: Unit,
    rule: ReportingRule,
    period: Period,
    forms: Forms,
    directory: UnitDirectory,
) -> Work:
    """Open the report of a unit and period, new or left half way.

    Raises:
        Refusal: the person does not report for the unit, the period is not open yet, or it is locked.
    """
    if not actor.may_report_for(unit.code):
        raise Refusal(NOT_YOURS)
    if not rule.concerns(unit):
        raise Refusal("Đơn vị này không thuộc diện của kỳ báo cáo đó.")
    if rule.is_closed_on(vietnam_day(store.now)):
        raise Refusal(f"Cơ quan nhận báo cáo đã đóng {period.label}; đơn vị không cần gửi nữa.")
    if vietnam_day(store.now) < period.opens:
        raise Refusal(f"Kỳ {period.label} chưa mở; kỳ này mở từ {format_date(period.opens)}.")
    if not unit.active_on(period.last_day):
        raise Refusal("Đơn vị này không còn trong danh sách của kỳ đó; đơn vị kế thừa sẽ báo cáo.")
    form = forms.get(rule.form_for(unit.level), on=period.covers_to)
    record = await reports.open_draft(
        store.connection,
        unit=unit.code,
        province=unit.province,
        rule=rule.id,
        period=period.key,
        practice_of=0,
        form=form.id,
        form_version=form.version,
        at=store.now,
    )
    record = store.hold(record)
    next_status(ReportStatus(record.status), Act.EDIT)
    former = await former_figures(
        store, unit=unit, rule=rule, period=period, forms=forms, directory=directory
    )
    used = forms.get(record.form, record.form_version, level=unit.level)
    return Work(record, used, figures_in(record.draft), period, former, unit)


async def open_practice(store: Store, *, person: int, form: Form, today: date) -> Work:
    """Open a person's practice report, empty whenever it is opened on another day."""
    record = await reports.open_draft(
        store.connection,
        unit="nhap-thu",
        province="",
        rule=PRACTICE_RULE,
        period=today.isoformat(),
        practice_of=person,
        form=form.id,
        form_version=form.version,
        at=store.now,
    )
    record = store.hold(record)
    return Work(record, form, figures_in(record.draft), None)


def enter(
    store: Store,
    *,
    actor: Actor,
    work: Work,
    field: Field,
    value: Value,
    seen: object,
    channel: str,
) -> tuple[Problem, ...]:
    """Write one figure into the draft, and return the warnings it raises.

    `seen` is what the draft held when the person was asked: if somebody else has written there since,
    the entry is refused. An error that this figure alone can mend is refused too; one that another
    figure has a part in is kept, and told.

    Raises:
        StaleEdit: somebody else changed this figure meanwhile.
        Refusal: it contradicts the figures above it, or the report is locked.
    """
    record = work.record
    _check_right(actor, record)
    next_status(ReportStatus(record.status), Act.EDIT)
    before, after = record.draft.get(field.key), value.to_json()
    person = actor.id or 0
    if before != seen and before != after and record.authors.get(field.key) != person:
        current = field.show(work.values.get(field.key))
        raise StaleEdit(
            f"Mục {field.number} vừa được người khác trong đơn vị nhập: {current}. Anh/chị nhập: "
            f"{field.show(value)}. Tôi chưa ghi đè; anh/chị xem lại rồi nhập số đúng."
        )
    tentative = {**work.values, field.key: value}
    problems = work.form.problems_at(field.key, tentative, period=work.covers, last=work.last)
    for problem in problems:
        if problem.is_error and problem.fields and problem.fields[-1] == field.key:
            raise Refusal(problem.as_text())
    work.values = tentative
    record.draft[field.key] = after
    record.authors[field.key] = person
    marked = record.marks.pop(field.key, None)
    if before != after or marked is not None:
        # A figure sent back that is entered again as it was is confirmed, which the history shows.
        take_back(store, record, actor, channel)
        write_event(store, record, actor, channel, "figure", field=field.key, before=before, after=after)
    return tuple(p for p in problems if not p.is_error)


def confirm(store: Store, *, actor: Actor, work: Work, field: Field, channel: str) -> None:
    """Keep a figure that was sent back as it is: the officer says that it is right.

    Raises:
        Refusal: the report is locked, or the figure contradicts others.
    """
    stored = work.record.draft.get(field.key)
    enter(
        store, actor=actor, work=work, field=field, value=work.values[field.key], seen=stored, channel=channel
    )


def give_reason(store: Store, *, actor: Actor, work: Work, check: str, reason: str, channel: str) -> None:
    """Keep the reason for a warning; it travels to the receiver and into the documents.

    Raises:
        Refusal: the reason says nothing, or is too long.
    """
    record = work.record
    _check_right(actor, record)
    next_status(ReportStatus(record.status), Act.EDIT)
    text = read_reason(reason, example="Cấp bổ sung trong tháng 12")
    key = REASON + check
    before, after = record.draft.get(key), {"given": text}
    record.draft[key] = after
    record.authors[key] = actor.id or 0
    if before != after:
        take_back(store, record, actor, channel)
        write_event(store, record, actor, channel, "reason", field=key, before=before, after=after)


def take_back(store: Store, record: ReportRecord, actor: Actor, channel: str) -> None:
    """Take back what waits for the head, because it is about to change."""
    if record.asked_by is None:
        return
    before, record.asked_by = record.status, None
    if record.status == ReportStatus.PENDING:
        record.status = status_before_asking(record).value
    write_event(store, record, actor, channel, "take-back", before=before, after={"status": record.status})


def status_before_asking(record: ReportRecord) -> ReportStatus:
    """Return what a report was before it waited for the head: one sent once before had been returned."""
    return ReportStatus.RETURNED if record.version else ReportStatus.DRAFT


async def submit(
    store: Store, *, actor: Actor, work: Work, channel: str, seen: int | None = None, approving: bool = False
) -> str:
    """Send the figures and return the receipt number; reminders still waiting are taken back.

    `seen` is how many events the report had when its summary was shown, None where none was. With
    `approving`, the head of the unit sends what somebody else entered and asked to be approved.

    Raises:
        StaleEdit: somebody else changed figures since the summary was shown.
        Refusal: something is missing or contradicts itself, or nothing changed since the last version.
    """
    record = work.record
    if not approving:
        _check_right(actor, record)
        await _check_no_approval(store, actor, record)
    elif not actor.may_approve_for(record.unit):
        raise Refusal(NOT_HEAD)
    if seen is not None:
        await refuse_if_changed(store, actor=actor, work=work, seen=seen)
    before = record.status
    status = next_status(ReportStatus(before), Act.SUBMIT)
    figures = await figures_to_send(store, work)
    record.version += 1
    year = work.period.covers_to.year if work.period else store.now.year
    prefix = "".join(word[0] for word in record.province.split("-")).upper() or "TH"
    record.receipt = receipt_number(prefix, year=year, serial=record.id * VERSIONS_A_REPORT + record.version)
    record.status = status.value
    record.submitted_at = store.now
    record.first_submitted_at = record.first_submitted_at or store.now
    author = (record.asked_by if approving else None) or actor.id or 0
    record.returned_why, record.marks, record.asked_by = None, {}, None
    await reports.add_version(
        store.connection,
        Version(record.id, record.version, figures, record.receipt, store.now, author, channel),
    )
    store.count(record, file_figures(work.form, work.values))
    kind = "submit" if record.version == 1 else "correct"
    sent = {
        "status": record.status,
        "version": record.version,
        "receipt": record.receipt,
        "figures": figures_hash(figures),
    }
    write_event(store, record, actor, channel, kind, before=before, after=sent)
    await dispatch.cancel_queued(store.connection, rule=record.rule, period=record.period, unit=record.unit)
    return record.receipt


async def _check_no_approval(store: Store, actor: Actor, record: ReportRecord) -> None:
    """Refuse to go round the head; `actions.approving.hand_in` puts the report before the head."""
    if record.practice_of or actor.may_approve_for(record.unit):
        return
    if await unit_ways.is_on(store.connection, record.unit, unit_ways.APPROVAL):
        raise Refusal("Đơn vị đang bật duyệt: lãnh đạo duyệt rồi báo cáo mới được gửi.")


async def figures_to_send(store: Store, work: Work) -> dict[str, Any]:
    """Return what a version would hold, figures and reasons.

    Raises:
        Refusal: something is missing or contradicts itself, or nothing changed since the last version.
    """
    record = work.record
    missing = work.form.missing(work.values)
    if missing:
        numbers = ", ".join(field.number for field in missing)
        raise Refusal(f"Còn thiếu mục {numbers}.")
    for problem in work.errors:
        raise Refusal(problem.as_text())
    if work.unexplained:
        raise Refusal(f"Còn một lưu ý chưa có lý do: {work.unexplained[0].as_text()}")
    if work.marked:
        numbers = ", ".join(field.number for field in work.marked)
        raise Refusal(f"Mục {numbers} bị trả lại mà chưa sửa. Anh/chị nhập lại, hoặc xác nhận số cũ.")
    figures = values_to_json(complete_answers(work.form, work.values))
    figures |= {REASON + check: {"given": reason} for check, reason in work.reasons.items()}
    if record.version and record.status == ReportStatus.SUBMITTED:
        sent = await reports.version_of(store.connection, record.id, record.version)
        if sent is not None and dict(sent.figures) == figures:
            raise Refusal(f"Số liệu không khác bản đã gửi ({record.receipt}), nên không cần gửi lại.")
    return figures


async def refuse_if_changed(store: Store, *, actor: Actor, work: Work, seen: int) -> None:
    """Refuse when somebody else changed figures after the event number `seen`: both values, field by field.

    Raises:
        StaleEdit: somebody did.
    """
    changed = await _changed_by_others(store, actor, work.record, seen)
    lines = [
        Change(field, _value(before), _value(after)).as_text()
        for key, (before, after) in changed.items()
        if (field := _field(work.form, key)) is not None and before != after
    ]
    if lines:
        shown = "\n".join(f"• {line}" for line in lines)
        raise StaleEdit(
            "Trong lúc anh/chị xem, người khác trong đơn vị đã sửa:\n"
            f"{shown}\nTôi chưa gửi. Anh/chị xem lại bản tóm tắt mới rồi gửi."
        )


async def _changed_by_others(
    store: Store, actor: Actor, record: ReportRecord, seen: int
) -> dict[str, tuple[Any, Any]]:
    """Return the figures that others changed since an event: what each held before, and holds now."""
    if record.events <= seen:
        return {}
    stored = await reports.events_of(store.connection, record.id, after=seen)
    known = {event["number"] for event in stored}
    fresh = [event for event in record.new_events if event["number"] > seen and event["number"] not in known]
    changed: dict[str, tuple[Any, Any]] = {}
    for event in (*stored, *fresh):
        if event["kind"] == "figure" and event["person"] != (actor.id or 0):
            first = changed.get(event["field"], (event["before"], None))[0]
            changed[event["field"]] = (first, event["after"])
    return changed


def _field(form: Form, key: str) -> Field | None:
    return next((field for field in form.fields if field.key == key), None)


def _value(stored: Any) -> Value | None:
    return None if stored is None else Value.from_json(stored)


def _check_right(actor: Actor, record: ReportRecord) -> None:
    if record.practice_of == 0 and not actor.may_report_for(record.unit):
        raise Refusal(NOT_YOURS)

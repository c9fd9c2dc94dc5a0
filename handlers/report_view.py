"""A report that is in, as it is read: warnings with reasons first, then changes, notes, files, figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.report_work import work_of
from handlers.services import Services
from isobot.actions import former
from isobot.actions.noting import letter_words
from isobot.actions.reporting import Work, figures_in, reasons_in
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain import timeliness
from isobot.domain.deadlines import Extension
from isobot.domain.forms import Form, Problem
from isobot.domain.messages import Attachment
from isobot.domain.numbers import format_date
from isobot.domain.reports import Diff, ReportStatus, compare
from isobot.domain.text import shorten
from isobot.domain.values import Values
from isobot.exports.names import report_filename
from isobot.storage import notes, office, reports
from isobot.storage.notes import OFFICE_SIDE, Note
from isobot.storage.reports import ReportRecord, Version

MOST_CHANGES = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A version that was sent, as the receiving office reads it; `work` holds its figures."""

    work: Work
    version: Version
    reasons: Mapping[str, str]
    extension: Extension | None = None

    @property
    def record(self) -> ReportRecord:
        """The report's record."""
        return self.work.record

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing about it wants a look: no warning, nothing sent back."""
        return not self.work.problems and not self.record.marks


async def shown(turn: Turn, services: Services, record: ReportRecord, version: Version) -> Shown:
    """Put together what was sent with what it is compared with."""
    work = await work_of(turn, services, record)
    work.values = figures_in(version.figures)
    given = await office.all_extensions(turn.store.connection, units=[record.unit])
    extension = given.get((record.rule, record.period, record.unit))
    return Shown(work, version, reasons_in(version.figures, work.warnings), extension)


async def shown_in_period(
    turn: Turn, services: Services, *, province: str, rule: str, period: str
) -> list[Shown]:
    """Put together everything that is in for a period, in few statements."""
    connection = turn.store.connection
    sent = await reports.latest_versions(connection, province=province, rule=rule, period=period)
    records = await reports.of_period(connection, province=province, rule=rule, period=period)
    found = [record for record in records if record.unit in sent]
    await former.preload(turn.store, found, services.rules, services.directory)
    made = []
    for record in found:
        work = await work_of(turn, services, record)
        version = sent[record.unit]
        work.values = figures_in(version.figures)
        made.append(Shown(work, version, reasons_in(version.figures, work.warnings)))
    return made


async def text_of(turn: Turn, one: Shown) -> str:
    """Write everything about a version that was sent."""
    connection = turn.store.connection
    record, work = one.record, one.work
    lines = [_heading(one)]
    lines += warning_lines(work.warnings, one.reasons)
    before = await reports.previous_version(connection, one.version)
    if before is not None:
        changed = compare(work.form, figures_in(before.figures), work.values)
        lines.append(f"Thay đổi so với bản {before.version}:")
        lines += change_lines(changed)
    lines += returned_lines(work)
    lines += note_lines(work.form, await notes.notes_of(connection, record.id))
    files = await notes.file_names(connection, record.id)
    lines += [f"Tệp kèm: {name}" for name in files]
    lines.append("Số liệu:")
    lines += figure_lines(work.form, work.values)
    return "\n".join(lines)


def _heading(one: Shown) -> str:
    record, work = one.record, one.work
    sent = vietnam_day(one.version.submitted_at)
    title = work.name[:1].upper() + work.name[1:]
    lines = [
        f"{title}.",
        f"Bản {one.version.version}, biên nhận {one.version.receipt}, gửi ngày {format_date(sent)}; "
        f"{ReportStatus(record.status).label}.",
    ]
    if work.period is not None and record.first_submitted_at is not None:
        first = vietnam_day(record.first_submitted_at)
        lines.append(
            f"Hạn {format_date(work.period.last_day)}: "
            f"{timeliness.sent_words(work.period, one.extension, first)}."
        )
    letter = letter_words(record.letter_no, record.letter_date)
    lines.append(f"Văn bản đã ký: {letter}." if letter else "Văn bản đã ký: chưa có số.")
    if record.asked_by is not None:
        lines.append("Đơn vị đang sửa và chờ lãnh đạo duyệt bản mới.")
    return "\n".join(lines)


def warning_lines(warnings: tuple[Problem, ...], reasons: Mapping[str, str]) -> list[str]:
    """Write what looks odd, each with the officer's reason."""
    if not warnings:
        return ["Không có lưu ý."]
    return [f"Lưu ý: {p.message} Lý do của đơn vị: {reasons.get(p.check, 'chưa có')}" for p in warnings]


def change_lines(changed: Diff) -> list[str]:
    """Write what differs, the first ones in full."""
    if not changed:
        return ["• Không có số liệu nào thay đổi."]
    lines = [f"• {change.as_text()}" for change in changed.changes[:MOST_CHANGES]]
    left = len(changed.changes) - MOST_CHANGES
    return [*lines, f"• và {left} mục khác."] if left > 0 else lines


def returned_lines(work: Work) -> list[str]:
    """Write what was sent back and is not mended yet."""
    record = work.record
    lines = [f"Trả lại: {record.returned_why}"] if record.returned_why else []
    marked = (f for f in work.form.fields if f.key in record.marks)
    return lines + [f"Trả lại mục {f.number}: {record.marks[f.key]}" for f in marked]


def note_lines(form: Form, found: list[Note]) -> list[str]:
    """Write the notes, each with its side and day."""
    numbers = {field.key: field.number for field in form.fields}
    return [
        f"Ghi chú mục {numbers.get(n.field, '?')} "
        f"({'cơ quan nhận' if n.side == OFFICE_SIDE else 'đơn vị'}, {format_date(vietnam_day(n.at))}): "
        f"{n.body}"
        for n in found
    ]


def figure_lines(form: Form, values: Values) -> list[str]:
    """Write every figure on a line of its own."""
    return [
        f"{f'{field.number}. ' if field.number else '   '}{field.label}: {shorten(field.show(value), 200)}"
        for field, value in form.lines(values)
    ]


def draft_of(one: Shown) -> Attachment:
    """Name the document of the version shown."""
    record, work = one.record, one.work
    whose = work.unit.name if work.unit else record.unit
    name = report_filename(whose, work.label, version=one.version.version)
    return Attachment("report_docx", name, {"report": record.id, "version": one.version.version})

"""A scan or photo of the signed letter: to which report it belongs, and who may open it (tệp kèm)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers import report
from handlers.report_answers import put
from handlers.report_asking import current
from handlers.services import Services
from isobot.actions import attaching, reporting
from isobot.actions.reporting import Work
from isobot.chat.turn import Turn
from isobot.domain.attached import KINDS, name_of
from isobot.domain.forms import Kind
from isobot.domain.messages import Attachment, Choice
from isobot.domain.values import file_value
from isobot.errors import Refusal
from isobot.storage import report_files, reports
from isobot.storage.report_files import ReportFile
from isobot.storage.reports import ReportRecord

WAITING = "file"
"""Under this name a chat remembers a file whose report is still to be told."""

LATELY = timedelta(days=200)
"""A letter is attached to a report sent within this time; the longest period is a year."""

OFFERED = 6
ASK_LETTER = (
    "Anh/chị cho biết số và ngày của văn bản đã ký, ví dụ: số 125/BC-UBND ngày 12/12. "
    "Chưa có thì để sau cũng được."
)


async def take(turn: Turn, services: Services) -> bool:
    """Take a file; False when this person has no report that it could belong to."""
    file = turn.incoming.file
    if file is None:
        return False
    if turn.conversation.dialogue == report.DIALOGUE:
        await _take_in_report(turn, services)
        return True
    found = await _sent_lately(turn)
    if not found:
        return False
    if len(found) == 1:
        await _attach(turn, services, found[0], file, turn.text)
        return True
    turn.conversation.memory[WAITING] = {"file": dict(file), "caption": turn.text}
    choices = [Choice(f"lf:{r.id}", _short(services, r), lasting=True) for r in found[:OFFERED]]
    turn.say(f"Tệp “{name_of(file)}” thuộc báo cáo nào?", *choices)
    return True


async def pick(turn: Turn, services: Services, key: str) -> bool:
    """Attach the file that waits to the report that was picked; False when none waits."""
    kept = turn.conversation.memory.pop(WAITING, None)
    if not isinstance(kept, dict) or not key.isdecimal() or len(key) > 18:
        return False
    record = next((r for r in await _sent_lately(turn) if r.id == int(key)), None)
    if record is None:
        return False
    await _attach(turn, services, record, kept["file"], str(kept["caption"]))
    return True


async def _sent_lately(turn: Turn) -> list[ReportRecord]:
    units = turn.actor.units_to_report()
    found = await reports.of_units(turn.store.connection, units) if units else []
    since = turn.now - LATELY
    return [r for r in found if r.version and r.submitted_at is not None and r.submitted_at >= since]


async def _attach(
    turn: Turn, services: Services, found: ReportRecord, file: Mapping[str, Any], caption: str
) -> None:
    """Attach a file to a report that was sent, and ask for the letter's number if it is not known."""
    record = await turn.store.report(found.id)
    try:
        await attaching.attach(
            turn.store,
            actor=turn.actor,
            record=record,
            file=file,
            caption=caption,
            bot=turn.incoming.bot,
            chat=turn.incoming.chat,
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    # What is typed next, such as the letter's number, is about this report.
    turn.conversation.memory["report"] = record.id
    ask = "" if record.letter_no else f"\n{ASK_LETTER}"
    turn.say(f"Đã nhận tệp “{name_of(file)}” cho {_name(services, record)}.{ask}")


async def _take_in_report(turn: Turn, services: Services) -> None:
    """Take a file while a report is open: as the answer where a file is asked for, else beside it."""
    work = await report.load(turn, services)
    file = turn.incoming.file
    assert file is not None
    if work is None:
        turn.say(KINDS)
        return
    field = current(turn, work)
    answers = field is not None and field.kind is Kind.FILE
    try:
        number = await attaching.attach(
            turn.store,
            actor=turn.actor,
            record=work.record,
            file=file,
            caption=turn.text,
            bot=turn.incoming.bot,
            chat=turn.incoming.chat,
            field=field.key if field is not None and answers else "",
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        await report.ask_again(turn, services)
        return
    turn.say(f"Đã nhận tệp “{name_of(file)}” kèm báo cáo này.")
    if field is not None and answers:
        put(turn, work, field, file_value(number, name_of(file)))
    else:
        await report.ask_again(turn, services)


def _name(services: Services, record: ReportRecord) -> str:
    work = _work(services, record)
    unit = services.directory.get(record.unit)
    return f"báo cáo {work.label} của {unit.place_name if unit else record.unit}"


def _short(services: Services, record: ReportRecord) -> str:
    unit = services.directory.get(record.unit)
    return f"{_work(services, record).label} – {unit.name if unit else record.unit}"


def _work(services: Services, record: ReportRecord) -> Work:
    form = services.forms.get(record.form, record.form_version)
    return reporting.work_on(record, form, services.rules)


# Opening


async def choices_for(turn: Turn, records: list[int]) -> tuple[Choice, ...]:
    """Offer to open the files of reports, for whoever may see them."""
    files = await report_files.of_reports(turn.store.connection, records)
    return tuple(
        Choice(f"rf:{f.id}", f"Mở tệp {f.filename}", lasting=True, by_word=True) for f in files[:OFFERED]
    )


async def send(turn: Turn, key: str) -> bool:
    """Send a file to somebody who may open it; False when there is no such file for this person."""
    file = await _openable(turn, key)
    if file is None:
        return False
    made = Attachment("report_file", file.filename, {"file": file.id})
    turn.say(f"Tệp kèm báo cáo: {file.filename}", attachment=made)
    return True


async def _openable(turn: Turn, key: str) -> ReportFile | None:
    if not key.isdecimal() or len(key) > 18:
        return None
    file = await report_files.find(turn.store.connection, int(key))
    if file is None or file.fetched_at is None:
        return None
    record = await turn.store.report(file.report)
    may = attaching.may_open(turn.actor, unit=record.unit, province=record.province)
    return file if may else None

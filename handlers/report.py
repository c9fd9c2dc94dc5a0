"""The report dialogue: one figure at a time, the same on every channel (lập báo cáo).

The draft lives in the database, not in the conversation: it can be left any day and gone on with on
any channel, by anybody who reports for the unit. The conversation only knows which report and field.

    list ──▶ field ──▶ field ... ──▶ summary ──▶ receipt
              ▲  └ “sửa mục 7”, “quay lại”, a question in between, then this field again
"""

import re
import zlib
from collections.abc import Sequence

from handlers import ask
from handlers.report_words import asks, may_be_question, number_to_mend, step_in
from handlers.services import Services
from isobot.actions import reporting
from isobot.actions.reporting import Work
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.forms import Field, Kind, Option, Problem
from isobot.domain.messages import Attachment, Choice, IncomingKind
from isobot.domain.values import Value
from isobot.errors import AnswerRefused, Refusal, StaleEdit
from isobot.exports.docx import report_filename
from isobot.storage.store import Store
from knowledge.model import Outcome

DIALOGUE = "report"
LONGEST_BUTTON = 60
PRACTICE = "luyen-tap"
PRACTICE_FORM = "xa-rut-gon"

STEER = (
    Choice("r:why", "Vì sao hỏi", by_word=True),
    Choice("r:back", "Quay lại", by_word=True),
    Choice("r:pause", "Tạm dừng", by_word=True),
)


async def open_report(turn: Turn, services: Services, rule_id: str, key: str, code: str) -> None:
    """Open the draft of a unit's report, new or left half way."""
    unit, rule = services.directory.get(code), services.rules.get(rule_id)
    period = deadlines.find_period(rule, key) if rule else None
    if unit is None or rule is None or period is None:
        turn.say("Kỳ báo cáo này không còn trong danh sách. Gõ “báo cáo” để xem các kỳ hiện có.")
        return
    form = services.forms.get(rule.form_for(unit.level))
    try:
        work = await reporting.open_report(
            turn.store, actor=turn.actor, unit=unit, rule=rule, period=period, form=form
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    _welcome(turn, work, f"Báo cáo {period.label} của {unit.place_name}.", rule.remark())
    await _go_on(turn, work)


async def practise(turn: Turn, services: Services) -> None:
    """Open a practice report, empty, that counts for nothing (nhập thử)."""
    person = turn.actor.id or -zlib.crc32(turn.conversation.chat_key.encode()) - 1
    form = services.forms.get(PRACTICE_FORM)
    work = await reporting.open_practice(turn.store, person=person, form=form, today=turn.today)
    _welcome(turn, work, "Đây là báo cáo nhập thử, không gửi đi đâu và không tính vào đâu.", "")
    await _go_on(turn, work)


def _welcome(turn: Turn, work: Work, heading: str, remark: str) -> None:
    turn.conversation.enter(DIALOGUE, report=work.record.id, field="")
    done = len(work.values)
    if work.record.version:
        turn.say(
            f"{heading}\nĐã gửi bản {work.record.version}. Anh/chị sửa rồi gửi lại sẽ thành bản "
            f"{work.record.version + 1}; bản cũ vẫn được giữ."
        )
    elif done:
        turn.say(f"{heading}\nĐã nhập {done} mục, ta làm tiếp.")
    else:
        lines = [heading, remark, f"Có {work.form.size} câu, khoảng 5 phút. {work.form.note}"]
        lines.append(
            "Lúc nào cũng có thể gõ: “quay lại”, “sửa mục 3”, “tạm dừng”, hoặc hỏi tôi. "
            "Không có gì để đếm thì gõ “không phát sinh”."
        )
        turn.say("\n".join(line for line in lines if line))


async def prefetch(store: Store, turns: Sequence[Turn]) -> None:
    """Load the drafts of several chats in one statement."""
    ids = [t.conversation.state.get("report") for t in turns if t.conversation.dialogue == DIALOGUE]
    await store.preload_reports([key for key in ids if isinstance(key, int)])


async def take(turn: Turn, services: Services) -> None:
    """Deal with one event inside the dialogue."""
    work = await _work(turn, services)
    if work is None:
        turn.conversation.leave()
        turn.say("Báo cáo đang làm không còn nữa. Gõ “báo cáo” để xem các kỳ hiện có.")
        return
    picked = turn.picked()
    key = picked.key if picked else step_in(turn.text)
    if "asking" in turn.conversation.state and re.fullmatch(r"ask:\d{1,3}", key):
        await ask.refine(turn, services, int(key.removeprefix("ask:")))
        await _ask_again(turn, work)
        return
    turn.conversation.state.pop("asking", None)
    reason_for = turn.conversation.state.pop("reason", "")
    mend = number_to_mend(turn.text) if turn.incoming.kind is IncomingKind.TEXT else ""
    if mend:
        await _mend(turn, work, mend)
    elif key.startswith("r:"):
        await _steer(turn, services, work, key)
    elif reason_for:
        await _take_reason(turn, services, work, str(reason_for))
    elif turn.conversation.state.get("picking"):
        await _mend(turn, work, turn.text.strip())
    elif turn.conversation.state.get("field"):
        await _take_answer(turn, services, work, key)
    else:
        await _at_summary(turn, services, work)


async def ask_again(turn: Turn, services: Services) -> None:
    """Ask the question of the running report once more."""
    work = await _work(turn, services)
    if work is not None:
        await _ask_again(turn, work)


async def pause(turn: Turn, services: Services) -> None:
    """Leave the report; everything entered is kept."""
    work = await _work(turn, services)
    turn.conversation.leave()
    if work is None:
        return
    left = len(work.form.missing(work.values))
    rest = f"còn {left} mục" if left else "đã đủ các mục, chưa gửi"
    word = "nhập thử" if work.record.practice_of else "báo cáo"
    turn.say(f"Đã giữ số liệu ({rest}). Gõ “{word}” để làm tiếp bất cứ lúc nào, trên kênh nào cũng được.")


async def _work(turn: Turn, services: Services) -> Work | None:
    key = turn.conversation.state.get("report")
    if not isinstance(key, int):
        return None
    record = await turn.store.report(key)
    return reporting.work_on(record, services.forms.get(record.form, record.form_version), services.rules)


async def _steer(turn: Turn, services: Services, work: Work, key: str) -> None:
    field = _current(turn, work)
    if key == "r:why" and field is not None:
        turn.say(field.why())
        _ask(turn, work, field)
    elif key == "r:back":
        await _back(turn, work, field)
    elif key == "r:pause":
        await pause(turn, services)
    elif key == "r:send":
        await _send(turn, services, work)
    elif key == "r:pick":
        turn.conversation.state.update(field="", picking=True)
        turn.say("Anh/chị muốn sửa mục số mấy? Ví dụ: 3.", Choice("r:summary", "Thôi", by_word=True))
    elif key == "r:docx":
        made = _draft_file(work, services, version=0)
        turn.say("Bản dự thảo để anh/chị soát và trình ký:", attachment=made)
        _show_summary(turn, work)
    else:
        await _go_on(turn, work)


async def _back(turn: Turn, work: Work, field: Field | None) -> None:
    if field is None:
        visible = work.form.visible_fields(work.values)
        before = visible[-1] if visible else None
    else:
        before = work.form.previous_field(field.key, work.values)
    if before is None:
        turn.say("Đây là câu đầu tiên.")
        before = field
    if before is not None:
        _ask(turn, work, before)


async def _mend(turn: Turn, work: Work, number: str) -> None:
    field = work.form.by_number(number)
    turn.conversation.state.pop("picking", None)
    if field is None or field not in work.form.visible_fields(work.values):
        turn.say(f"Biểu này không có mục {number[:10]} để sửa. Anh/chị xem số mục trong bản tóm tắt.")
        await _ask_again(turn, work)
        return
    _ask(turn, work, field)


async def _take_answer(turn: Turn, services: Services, work: Work, key: str) -> None:
    field = _current(turn, work)
    if field is None:
        await _go_on(turn, work)
        return
    if turn.incoming.kind is IncomingKind.EDITED:
        turn.say(
            "Tôi thấy anh/chị vừa sửa một tin đã gửi. Số đã nhập không tự đổi theo; "
            "muốn đổi, gõ “sửa mục” kèm số mục, ví dụ: sửa mục 3."
        )
        _ask(turn, work, field)
        return
    text = key.removeprefix("v:") if key.startswith("v:") else turn.text
    if not key and asks(text, field):
        await _answer_between(turn, services, work, field)
        return
    try:
        value = field.parse(text, today=turn.today)
        warnings = reporting.enter(
            turn.store,
            actor=turn.actor,
            work=work,
            field=field,
            value=value,
            seen=_seen(turn),
            channel=turn.incoming.bot,
        )
    except AnswerRefused as refused:
        maybe = not key and may_be_question(text, field)
        if maybe and await _answer_between(turn, services, work, field, only_if_sure=True):
            return
        turn.say(str(refused), *_choices(field))
        return
    except StaleEdit as stale:
        turn.say(str(stale))
        _ask(turn, work, field)
        return
    except Refusal as refusal:
        turn.say(str(refusal))
        _ask(turn, work, field)
        return
    if not key and _reads_otherwise(text, field, value):
        turn.say(f"Tôi ghi: {field.show(value)}.")
    asked = [w for w in warnings if w.check not in work.reasons]
    if asked and _first_error(work, field) is None:
        _ask_reason(turn, asked[0])
        return
    await _go_on(turn, work, after=field, value=value)


def _reads_otherwise(text: str, field: Field, value: Value) -> bool:
    """Tell whether a figure was typed in words or for short, so that it is read back."""
    if field.kind not in (Kind.INTEGER, Kind.MONEY, Kind.DATE) or not value.is_given:
        return False
    return "".join(text.split()) not in (str(value.given), field.show(value, unit=False))


def _ask_reason(turn: Turn, warning: Problem) -> None:
    """Ask why a figure that looks odd is right; the figure is kept already."""
    turn.conversation.state["reason"] = warning.check
    turn.say(
        f"Lưu ý: {warning.as_text()}\nSố đã được ghi. Anh/chị gõ lý do trong một câu.",
        Choice("r:no-reason", "Ghi lý do sau", by_word=True),
        Choice("r:pause", "Tạm dừng", by_word=True),
    )


async def _take_reason(turn: Turn, services: Services, work: Work, check: str) -> None:
    warning = next((w for w in work.warnings if w.check == check), None)
    if warning is None:
        await _go_on(turn, work)
        return
    if turn.incoming.kind is not IncomingKind.TEXT or turn.text.strip().endswith("?"):
        if turn.incoming.kind is IncomingKind.TEXT:
            await ask.answer(turn, services, turn.text)
        _ask_reason(turn, warning)
        return
    try:
        reporting.give_reason(
            turn.store,
            actor=turn.actor,
            work=work,
            check=check,
            reason=turn.text,
            channel=turn.incoming.bot,
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        _ask_reason(turn, warning)
        return
    await _go_on(turn, work)


async def _answer_between(
    turn: Turn, services: Services, work: Work, field: Field, *, only_if_sure: bool = False
) -> bool:
    """Answer a question in mid-form, then come back to the very field."""
    question = re.sub(r"^\s*hỏi\s*:?\s*", "", turn.text, flags=re.IGNORECASE)
    if only_if_sure:
        tried = services.knowledge.answer(question, ask.asker_of(turn, services), today=turn.today)
        if tried.outcome is Outcome.REFUSED:
            return False
    found = await ask.answer(turn, services, question)
    if found is not None and found.outcome is Outcome.CLARIFY and found.options:
        turn.conversation.state["asking"] = True
        return True
    turn.say("Ta quay lại báo cáo.")
    _ask(turn, work, field)
    return True


async def _go_on(turn: Turn, work: Work, after: Field | None = None, value: Value | None = None) -> None:
    """Ask the next field, or show the summary when all is answered."""
    broken = _first_error(work, after)
    if broken is not None:
        turn.say(broken.as_text())
        _ask(turn, work, work.form.field(broken.fields[-1]))
        return
    following = work.form.next_field(work.values)
    if following is None:
        _show_summary(turn, work)
        return
    _ask(turn, work, following)


def _first_error(work: Work, after: Field | None) -> Problem | None:
    """Return an error that a correction made in another field, so that one is asked next."""
    if after is None:
        return None
    problems = work.form.problems_at(after.key, work.values, period=work.covers)
    return next((p for p in problems if p.is_error and p.fields and p.fields[-1] != after.key), None)


async def _ask_again(turn: Turn, work: Work) -> None:
    field = _current(turn, work)
    if field is None:
        await _go_on(turn, work)
    else:
        _ask(turn, work, field)


def _current(turn: Turn, work: Work) -> Field | None:
    key = turn.conversation.state.get("field")
    if not key:
        return None
    return next((f for f in work.form.visible_fields(work.values) if f.key == key), None)


def _seen(turn: Turn) -> object:
    return turn.conversation.state.get("seen")


def _ask(turn: Turn, work: Work, field: Field) -> None:
    now = work.record.draft.get(field.key)
    turn.conversation.state.update(field=field.key, seen=now)
    turn.conversation.state.pop("picking", None)
    text = work.form.question(field.key)
    value = work.values.get(field.key)
    if value is not None:
        text += f"\nĐang ghi: {field.show(value)}."
    turn.say(text, *_choices(field))


def _choices(field: Field) -> tuple[Choice, ...]:
    picked = tuple(Choice(f"v:{o.key}", o.label) for o in field.options)
    return (*picked, *(_word(o) for o in field.shortcuts), *STEER)


def _word(option: Option) -> Choice:
    return Choice(f"v:{option.key}", option.label, by_word=True)


def _show_summary(turn: Turn, work: Work) -> None:
    """Show everything entered, what is wrong, and offer to send."""
    turn.conversation.state.update(field="")
    turn.conversation.state.pop("picking", None)
    lines = ["Tóm tắt số liệu:"]
    for field, value in work.form.lines(work.values):
        number = f"{field.number}. " if field.number else "   "
        lines.append(f"{number}{field.label}: {field.show(value)}")
    problems = work.form.problems(work.values, period=work.covers)
    errors = [p for p in problems if p.is_error]
    lines += [f"✗ {p.as_text()}" for p in errors]
    reasons = work.reasons
    for problem in work.warnings:
        given = reasons.get(problem.check)
        explained = f" Lý do: {given}" if given else " Chưa có lý do."
        lines.append(f"Lưu ý: {problem.message}{explained}")
    if work.record.practice_of:
        lines.append("Đây là bản nhập thử.")
    elif errors:
        lines.append("Còn chỗ sai nên chưa gửi được. Gõ “sửa mục” kèm số mục để sửa.")
    turn.say("\n".join(lines), *_summary_choices(work, can_send=not errors))


def _summary_choices(work: Work, *, can_send: bool) -> tuple[Choice, ...]:
    """Offer what to do with a complete draft, by words: there a number means a line of the summary."""
    rest = (
        Choice("r:pick", "Sửa một mục", by_word=True),
        Choice("r:pause", "Để sau", by_word=True),
    )
    if work.record.practice_of:
        return (Choice("r:send", "Kết thúc nhập thử", by_word=True), *rest)
    if not can_send:
        return rest
    again = work.record.version > 0
    send = Choice("r:send", "Gửi bản sửa" if again else "Gửi báo cáo", by_word=True)
    return (send, Choice("r:docx", "Xem dự thảo", by_word=True), *rest)


async def _at_summary(turn: Turn, services: Services, work: Work) -> None:
    if turn.incoming.kind is IncomingKind.TEXT and work.form.by_number(turn.text):
        await _mend(turn, work, turn.text)
        return
    if turn.incoming.kind is IncomingKind.TEXT and len(turn.text.split()) >= 3:
        found = await ask.answer(turn, services, turn.text)
        if found is not None and found.outcome is Outcome.CLARIFY and found.options:
            turn.conversation.state["asking"] = True
            return
    errors = any(p.is_error for p in work.form.problems(work.values, period=work.covers))
    send = "" if errors else "“gửi báo cáo”, "
    turn.say(
        f"Báo cáo đã đủ các mục. Anh/chị gõ {send}“sửa mục” kèm số mục, “xem lại”, hoặc “để sau”.",
        *_summary_choices(work, can_send=not errors),
    )


async def _send(turn: Turn, services: Services, work: Work) -> None:
    if work.record.practice_of:
        turn.conversation.leave()
        turn.say("Xong phần nhập thử, không có gì được gửi đi. Khi có kỳ thật, anh/chị gõ “báo cáo”.")
        return
    errors = [p for p in work.form.problems(work.values, period=work.covers) if p.is_error]
    if work.unexplained and not errors and not work.form.missing(work.values):
        _ask_reason(turn, work.unexplained[0])
        return
    try:
        receipt = await reporting.submit(turn.store, actor=turn.actor, work=work, channel=turn.incoming.bot)
    except Refusal as refusal:
        turn.say(str(refusal))
        await _go_on(turn, work)
        return
    turn.conversation.leave()
    unit = services.directory.get(work.record.unit)
    late = turn.today > work.period.last_day if work.period else False
    lines = [
        f"Đã nhận số liệu. Mã biên nhận: {receipt}.",
        f"Đơn vị: {unit.place_name if unit else work.record.unit}; kỳ: {work.label}; "
        f"bản thứ {work.record.version}{' (gửi sau hạn)' if late else ''}.",
        "Văn bản chính thức vẫn phải được ký và gửi theo quy định. Bản dự thảo ở tệp kèm theo.",
    ]
    turn.say("\n".join(lines), attachment=_draft_file(work, services, version=work.record.version))


def _draft_file(work: Work, services: Services, *, version: int) -> Attachment:
    """Name the draft of a version that was sent, or with 0 of the figures as they stand."""
    record = work.record
    unit = services.directory.get(record.unit)
    name = report_filename(unit.name if unit else "Nhập thử", work.label, version=max(version, 1))
    return Attachment("report_docx", name, {"report": record.id, "version": version})

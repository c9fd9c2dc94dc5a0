"""What the report dialogue says next: a question, a reason to give, or the summary of everything."""

from handlers.report_last import doubt, kept_value, kept_values, remark
from isobot.actions.reporting import Work
from isobot.chat.turn import Turn
from isobot.domain.forms import Field, Option, Problem
from isobot.domain.messages import Choice
from isobot.domain.values import Value

STEER = (
    Choice("r:why", "Vì sao hỏi", by_word=True),
    Choice("r:back", "Quay lại", by_word=True),
    Choice("r:pause", "Tạm dừng", by_word=True),
)


def ask_field(turn: Turn, work: Work, field: Field) -> None:
    """Ask for a field, with what it holds now; the next answer is taken for it."""
    now = work.record.draft.get(field.key)
    turn.conversation.state.update(field=field.key, seen=now)
    for open_before in ("picking", "again", "reason"):
        turn.conversation.state.pop(open_before, None)
    text = work.form.question(field.key) + remark(work, field)
    value = work.values.get(field.key)
    if value is not None:
        text += f"\nĐang ghi: {field.show(value)}."
    sent_back = work.record.marks.get(field.key)
    if sent_back:
        text += f"\nMục này bị trả lại: {sent_back}"
    turn.say(text, *choices_for(work, field))


def choices_for(work: Work, field: Field) -> tuple[Choice, ...]:
    """Return what may be picked as the answer to a field, and how to steer from there."""
    picked = tuple(Choice(f"v:{o.key}", o.label) for o in field.options)
    marked = field.key in work.record.marks and field.key in work.values
    confirm = (Choice("r:confirm", "Giữ số đang ghi", by_word=True),) if marked else ()
    return (*picked, *confirm, *_keeping(work, field), *(_word(o) for o in field.shortcuts), *STEER)


def _keeping(work: Work, field: Field) -> tuple[Choice, ...]:
    """Offer to keep the last period's value; and, where several fields are open, that of all of them."""
    if not field.keep or kept_value(work, field) is None:
        return ()
    kept = kept_values(work)
    several = sum(1 for f in work.form.missing(work.values) if f.key in kept) > 1
    every = (Choice("r:keep-all", "Giữ nguyên tất cả", by_word=True),) if several else ()
    return (Choice("r:keep", "Giữ nguyên", by_word=True), *every)


def _word(option: Option) -> Choice:
    return Choice(f"v:{option.key}", option.label, by_word=True)


def ask_reason(turn: Turn, warning: Problem) -> None:
    """Ask why a figure that looks odd is right; the figure is kept already."""
    turn.conversation.state["reason"] = warning.check
    turn.say(
        f"Lưu ý: {warning.as_text()}\nSố đã được ghi. Anh/chị gõ lý do trong một câu.",
        Choice("r:no-reason", "Ghi lý do sau", by_word=True),
        Choice("r:pause", "Tạm dừng", by_word=True),
    )


def ask_if_sure(turn: Turn, field: Field, value: Value, why: str) -> None:
    """Ask again for a figure that is far from the last one; it is written down when it is confirmed."""
    turn.conversation.state["again"] = {"field": field.key, "value": value.to_json()}
    turn.say(
        f"{why}\nĐúng thì gõ “đúng”; chưa đúng thì gõ lại số. Tôi chưa ghi số này.",
        Choice("r:sure", "Đúng", by_word=True),
        Choice("r:pause", "Tạm dừng", by_word=True),
    )


def doubted_value(turn: Turn, field: Field | None) -> Value | None:
    """Return the figure that waits to be confirmed for the field that is being asked."""
    again = turn.conversation.state.get("again")
    if field is None or not isinstance(again, dict) or again["field"] != field.key:
        return None
    return Value.from_json(again["value"])


def go_on(turn: Turn, work: Work, after: Field | None = None) -> None:
    """Ask the next field, or show the summary when all is answered."""
    broken = first_error(work, after)
    if broken is not None:
        turn.say(broken.as_text())
        ask_field(turn, work, work.form.field(broken.fields[-1]))
        return
    following = work.form.next_field(work.values) or next(iter(work.marked), None)
    if following is None:
        show_summary(turn, work)
        return
    ask_field(turn, work, following)


def first_error(work: Work, after: Field | None) -> Problem | None:
    """Return an error that a correction made in another field, so that one is asked next."""
    if after is None:
        return None
    problems = work.form.problems_at(after.key, work.values, period=work.covers, last=work.last)
    return next((p for p in problems if p.is_error and p.fields and p.fields[-1] != after.key), None)


def say_again(turn: Turn, work: Work) -> None:
    """Say once more what was asked last."""
    field = current(turn, work)
    doubted = doubted_value(turn, field)
    reason = next((w for w in work.warnings if w.check == turn.conversation.state.get("reason")), None)
    if reason is not None:
        ask_reason(turn, reason)
    elif field is not None and doubted is not None and (why := doubt(turn, work, field, doubted)):
        ask_if_sure(turn, field, doubted, why)
    elif field is None:
        go_on(turn, work)
    else:
        ask_field(turn, work, field)


def current(turn: Turn, work: Work) -> Field | None:
    """Return the field that is being asked; None at the summary."""
    key = turn.conversation.state.get("field")
    if not key:
        return None
    return next((f for f in work.form.visible_fields(work.values) if f.key == key), None)


def seen_value(turn: Turn) -> object:
    """Return what the draft held when the field was asked."""
    return turn.conversation.state.get("seen")


def show_summary(turn: Turn, work: Work) -> None:
    """Show everything entered, what is wrong, and offer to send."""
    turn.conversation.state.update(field="", summary=work.record.events)
    for open_before in ("picking", "again", "reason"):
        turn.conversation.state.pop(open_before, None)
    lines = ["Tóm tắt số liệu:"]
    for field, value in work.form.lines(work.values):
        number = f"{field.number}. " if field.number else "   "
        lines.append(f"{number}{field.label}: {field.show(value)}")
    errors = work.errors
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
    turn.say("\n".join(lines), *summary_choices(work, can_send=not errors))


def summary_choices(work: Work, *, can_send: bool) -> tuple[Choice, ...]:
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

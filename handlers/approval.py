"""The unit's head approves a report before it leaves, from the phone (duyệt).

người lập gửi ──▶ lãnh đạo xem: thay đổi, lưu ý, lý do, rồi số liệu ──▶ duyệt ──▶ đã gửi
└──▶ trả lại ──▶ lý do ──▶ người lập sửa
"""

from handlers import report_acts_words as words
from handlers.receiving import fields_marked, told_words
from handlers.report_view import change_lines, figure_lines, returned_lines, warning_lines
from handlers.report_work import work_if_there
from handlers.services import Services
from isobot.actions import approving
from isobot.actions.reporting import NOT_HEAD, Work
from isobot.chat.turn import Turn
from isobot.domain import timeliness
from isobot.domain.messages import Attachment, Choice, IncomingKind, Reply
from isobot.domain.numbers import format_date
from isobot.domain.reports import compare
from isobot.domain.text import fold
from isobot.errors import Refusal
from isobot.exports.names import report_filename
from isobot.storage import office, people, reports

DIALOGUE = "approve"
HOW_TO_DECLINE = (
    "Vì sao trả lại? Anh/chị viết một câu cho cả báo cáo, hoặc theo mục, ví dụ: "
    "mục 5: kiểm tra lại với bộ phận một cửa."
)


async def request_words(turn: Turn, work: Work, *, pushed: bool) -> Reply:
    """Write the request: changes against the last period and warnings first, the figures after."""
    record = work.record
    asked_by = record.asked_by or 0
    name = (await people.names_of(turn.store.connection, [asked_by])).get(asked_by, "cán bộ phụ trách ISO")
    lines = [f"Chờ anh/chị duyệt: {work.name}, do {name} lập."]
    if work.period is not None:
        given = await office.all_extensions(turn.store.connection, units=[record.unit])
        extension = given.get((record.rule, record.period, record.unit))
        left = timeliness.waiting_words(work.period, extension, turn.today)
        lines.append(f"Hạn {format_date(work.period.last_day)}: {left}. Chưa duyệt thì chưa tính là đã nộp.")
    if record.version:
        lines.append(f"Báo cáo đã gửi bản {record.version}; đây là bản sửa.")
    lines += returned_lines(work)
    if work.last is not None:
        lines.append("Thay đổi so với kỳ trước:")
        lines += change_lines(compare(work.form, work.last, work.values))
    else:
        lines.append("Kỳ trước không có số liệu để so.")
    lines += warning_lines(work.warnings, work.reasons)
    lines.append("Số liệu:")
    lines += figure_lines(work.form, work.values)
    if pushed:
        lines.append(
            "Trả lời bằng chữ cũng được: gõ “duyệt báo cáo” để mở, rồi “duyệt” hoặc “trả lại: lý do”."
        )
    mark = f"{record.id}:{approving.as_seen(work)}"
    return Reply(
        "\n".join(lines),
        (
            Choice(f"ap:ok:{mark}", "Duyệt", lasting=True, by_word=True),
            Choice(f"ap:no:{record.id}", "Trả lại", lasting=True, by_word=True),
            Choice(f"ap:docx:{record.id}", "Xem dự thảo", lasting=True, by_word=True),
        ),
    )


async def tell_heads(turn: Turn, work: Work) -> int:
    """Put a report that waits before the unit's heads; return how many were told."""
    return await approving.tell_heads(
        turn.store, work=work, reply=await request_words(turn, work, pushed=True)
    )


async def show_waiting(turn: Turn, services: Services) -> None:
    """Show what waits for this head: one at once, several to choose from."""
    units = turn.actor.units_to_approve()
    if not units:
        turn.say(NOT_HEAD)
        return
    found = [r for r in await reports.of_units(turn.store.connection, units) if r.asked_by is not None]
    if not found:
        turn.say("Hiện không có báo cáo nào chờ anh/chị duyệt.")
    elif len(found) == 1:
        await open_one(turn, services, found[0].id)
    else:
        works = [w for r in found if (w := await work_if_there(turn, services, r.id)) is not None]
        named = [Choice(f"ap:see:{w.record.id}", w.name[:1].upper() + w.name[1:60], True) for w in works]
        turn.say(f"Có {len(works)} báo cáo chờ anh/chị duyệt:", *named)


async def open_one(turn: Turn, services: Services, key: int) -> None:
    """Open one report that waits."""
    work = await work_if_there(turn, services, key)
    if work is None or not turn.actor.may_approve_for(work.record.unit):
        turn.say(NOT_HEAD)
        return
    if work.record.asked_by is None:
        turn.say(approving.NOT_WAITING)
        return
    turn.conversation.enter(DIALOGUE, report=key, seen=approving.as_seen(work))
    reply = await request_words(turn, work, pushed=False)
    turn.say(reply.text, *reply.choices)


async def take(turn: Turn, services: Services) -> bool:
    """Take what was typed while a request is open; False when it is a question or something else."""
    state = turn.conversation.state
    if turn.incoming.kind is not IncomingKind.TEXT:
        return False
    key, back = int(state["report"]), words.read_return(turn.text)
    if fold(turn.text).strip(" .!") in ("duyet", "dong y", "dong y duyet"):
        await approve(turn, services, key, str(state.get("seen", "")))
    elif back is not None:
        await decline(turn, services, key, back)
    elif state.get("doing") == "decline" and not turn.text.strip().endswith("?"):
        await decline(turn, services, key, words.read_marks(turn.text))
    else:
        return False
    return True


async def pick(turn: Turn, services: Services, parts: list[str]) -> bool:
    """Do what a button of a request says; False when it is none of these."""
    if len(parts) < 2 or not (parts[1].isascii() and parts[1].isdecimal() and len(parts[1]) < 19):
        return False
    key = int(parts[1])
    match parts:
        case ["ok", _, seen]:
            await approve(turn, services, key, seen)
        case ["no", _]:
            await decline(turn, services, key, words.SentBack())
        case ["see", _]:
            await open_one(turn, services, key)
        case ["docx", _]:
            await _send_draft(turn, services, key)
        case _:
            return False
    return True


async def approve(turn: Turn, services: Services, key: int, seen: str) -> None:
    """Approve: the report leaves at this moment, with a receipt to both."""
    work = await work_if_there(turn, services, key)
    if work is None:
        turn.say(NOT_HEAD)
        return
    asked_by = work.record.asked_by
    try:
        receipt = await approving.approve(
            turn.store, actor=turn.actor, work=work, seen=seen, channel=turn.incoming.bot
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        if work.record.asked_by is not None and turn.actor.may_approve_for(work.record.unit):
            await open_one(turn, services, key)
        return
    if turn.conversation.dialogue == DIALOGUE:
        turn.conversation.leave()
    words_of_law = "Văn bản chính thức vẫn phải được ký và gửi theo quy định."
    turn.say(f"Đã duyệt và gửi {work.name}. Mã biên nhận: {receipt}.\n{words_of_law}")
    if asked_by != turn.actor.id:
        told = Reply(
            f"Lãnh đạo đã duyệt, {work.name} đã được gửi. Mã biên nhận: {receipt}.\n{words_of_law} "
            "Khi có số văn bản, anh/chị gõ, ví dụ: số 12/BC-UBND ngày 5/12.",
            attachment=_draft(work, version=work.record.version),
        )
        await approving.tell_officers(turn.store, work=work, reply=told, apart_from=turn.actor.id)


async def decline(turn: Turn, services: Services, key: int, said: words.SentBack) -> None:
    """Give it back to the officer; without a reason yet, ask for it."""
    work = await work_if_there(turn, services, key)
    if work is None or not turn.actor.may_approve_for(work.record.unit):
        turn.say(NOT_HEAD)
        return
    if said.is_bare and work.record.asked_by is not None:
        turn.conversation.enter(DIALOGUE, report=key, seen=approving.as_seen(work), doing="decline")
        turn.say(HOW_TO_DECLINE)
        return
    marks = fields_marked(turn, work.form, said.marks)
    if marks is None:
        return
    try:
        told = await approving.decline(
            turn.store, actor=turn.actor, work=work, marks=marks, why=said.why, channel=turn.incoming.bot
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    if turn.conversation.dialogue == DIALOGUE:
        turn.conversation.leave()
    turn.say(f"Đã trả lại {work.name} cho người lập. {told_words(told)}")


async def _send_draft(turn: Turn, services: Services, key: int) -> None:
    work = await work_if_there(turn, services, key)
    if work is None or work.record.unit not in turn.actor.units_to_see():
        turn.say(NOT_HEAD)
        return
    turn.say("Bản dự thảo để anh/chị soát:", attachment=_draft(work, version=0))


def _draft(work: Work, *, version: int) -> Attachment:
    whose = work.unit.name if work.unit else work.record.unit
    name = report_filename(whose, work.label, version=max(version, 1))
    return Attachment("report_docx", name, {"report": work.record.id, "version": version})


async def switch(turn: Turn, services: Services, *, on: bool) -> None:
    """Turn the head's approval on or off for the units this person heads."""
    units = turn.actor.units_to_approve()
    if not units:
        turn.say("Việc bật, tắt duyệt dành cho lãnh đạo đơn vị. Đơn vị chưa có thì xin quản trị viên mã.")
        return
    for code in units:
        await approving.turn_approval(
            turn.store, actor=turn.actor, unit=code, on=on, channel=turn.incoming.bot
        )
    named = ", ".join(u.place_name if (u := services.directory.get(c)) else c for c in units)
    if on:
        turn.say(
            f"Đã bật duyệt cho {named}.\nTừ nay báo cáo chỉ được gửi khi anh/chị duyệt; tôi gửi anh/chị "
            "thay đổi, lưu ý và lý do trước.\nVắng mặt thì gõ “ủy quyền”; thôi duyệt thì gõ “tắt duyệt”."
        )
    else:
        turn.say(f"Đã tắt duyệt cho {named}. Người lập gửi báo cáo là nộp ngay.")

"""The report dialogue: one figure at a time, the same on every channel (lập báo cáo).

The draft lives in the database, not in the conversation: it can be left any day and gone on with on
any channel, by anybody who reports for the unit. The conversation only knows which report and field.

    list ──▶ field ──▶ field ... ──▶ summary ──▶ receipt
              ▲  └ “sửa mục 7”, “quay lại”, a question in between, then this field again
"""

import re
import zlib
from collections.abc import Sequence

from handlers import ask, report_batch
from handlers.report_answers import take_answer, take_reason, take_verbatim
from handlers.report_asking import ask_field, current, go_on, say_again, show_summary, summary_choices
from handlers.report_sending import draft_file, send
from handlers.report_view import returned_lines
from handlers.report_words import number_to_mend, step_in
from handlers.report_work import work_of
from handlers.services import Services
from isobot.actions import former, gathering, reporting
from isobot.actions.reporting import Work
from isobot.actions.totals import Register
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.forms import Field
from isobot.domain.messages import Choice, IncomingKind
from isobot.domain.period_totals import PeriodTotals
from isobot.errors import Refusal
from isobot.storage import form_links
from isobot.storage.store import Store
from knowledge.model import Outcome

DIALOGUE = "report"
LONGEST_BUTTON = 60
PRACTICE_FORM = "xa-rut-gon"
FIGURES = "figures"
"""Under this name a chat remembers figures that were sent or read back before their report was open."""

EDITED = (
    "Tôi thấy anh/chị vừa sửa một tin đã gửi. Số đã nhập không tự đổi theo; "
    "muốn đổi, gõ “sửa mục” kèm số mục, ví dụ: sửa mục 3."
)


async def open_report(
    turn: Turn, services: Services, rule_id: str, key: str, code: str, *, at: str = ""
) -> None:
    """Open the draft of a unit's report, new or left half way; with `at`, ask that figure first."""
    unit = services.directory.get(code)
    rule = services.rules.get(rule_id, unit.province) if unit else None
    period = deadlines.find_period(rule, key) if rule else None
    if unit is None or rule is None or period is None:
        turn.say("Kỳ báo cáo này không còn trong danh sách. Gõ “báo cáo” để xem các kỳ hiện có.")
        return
    try:
        work = await reporting.open_report(
            turn.store,
            actor=turn.actor,
            unit=unit,
            rule=rule,
            period=period,
            forms=services.forms,
            directory=services.directory,
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    gathered = await gathering.fill(
        turn.store,
        actor=turn.actor,
        work=work,
        register=Register(services.directory, services.forms),
        rules=services.rules,
        channel=turn.incoming.bot,
    )
    _welcome(turn, work, f"Báo cáo {period.label} của {unit.place_name}.", rule.remark())
    if _form_address(turn, services) and turn.actor.id is not None:
        turn.say("Muốn nhập cả biểu một lần, anh/chị gõ “mở biểu trên web”.")
    if gathered:
        turn.say(_gathered(work, gathered))
    first = next((f for f in work.form.visible_fields(work.values) if f.key == at), None)
    if first is None:
        begin(turn, work)
    else:
        ask_field(turn, work, first)


async def open_at(turn: Turn, services: Services, key: int, field_key: str) -> None:
    """Open a report at one figure, as the button under "bị trả lại" does; "" asks what comes next."""
    found = await turn.store.preload_reports([key])
    if not found or found[0].practice_of:
        turn.say("Báo cáo này không còn nữa. Gõ “báo cáo” để xem các kỳ hiện có.")
        return
    record = found[0]
    await open_report(turn, services, record.rule, record.period, record.unit, at=field_key)


def _practice_form(turn: Turn, services: Services) -> str:
    """Return the form that the person's unit fills in every year; the short one where there is none."""
    for code in turn.actor.units_to_report():
        unit = services.directory.get(code)
        rules = services.rules.for_unit(unit) if unit is not None else ()
        yearly = (rule for rule in rules if rule.once is None and not rule.lead_office_only)
        if unit is not None and (rule := next(yearly, None)):
            return rule.form_for(unit.level)
    return PRACTICE_FORM


async def practise(turn: Turn, services: Services) -> None:
    """Open a practice report, empty, that counts for nothing (nhập thử)."""
    person = turn.actor.id or -zlib.crc32(turn.conversation.chat_key.encode()) - 1
    form = services.forms.get(_practice_form(turn, services))
    work = await reporting.open_practice(turn.store, person=person, form=form, today=turn.today)
    # Who got a post since the morning goes on with the form that was begun.
    work.form = services.forms.get(work.record.form, work.record.form_version)
    _welcome(turn, work, "Đây là báo cáo nhập thử, không gửi đi đâu và không tính vào đâu.", "")
    begin(turn, work)


def _gathered(work: Work, periods: Sequence[PeriodTotals]) -> str:
    """Say how many figures were filled in from the units' reports, and out of how many."""
    filled = sum(1 for f in work.form.visible_fields(work.values) if f.gather and f.key in work.values)
    rounds: dict[str, list[str]] = {}
    for made in periods:
        rounds.setdefault(made.period.label, []).append(made.whole.denominator())
    from_where = "; ".join(f"{label}: {', '.join(counted)}" for label, counted in rounds.items())
    return (
        f"Tôi đã điền sẵn {filled} mục từ báo cáo của các đơn vị ({from_where}).\n"
        "Đơn vị thiếu được nêu tên, không tính là số 0.\n"
        "Anh/chị gõ “sửa mục 3” để sửa mục nào chưa đúng; tôi hỏi tiếp các mục còn lại."
    )


def begin(turn: Turn, work: Work) -> None:
    """Read back the figures that were sent or put aside before; else ask the first open question."""
    reading = report_batch.remembered(turn.conversation.memory.pop(FIGURES, None), turn, work)
    if reading is None:
        go_on(turn, work)
    else:
        report_batch.offer(turn, work, reading)


def _welcome(turn: Turn, work: Work, heading: str, remark: str) -> None:
    turn.conversation.enter(DIALOGUE, report=work.record.id, field="", summary=work.record.events)
    turn.conversation.memory["report"] = work.record.id
    done = len(work.values)
    if sent_back := returned_lines(work):
        turn.say("\n".join([heading, *sent_back, "Anh/chị sửa rồi gửi lại."]))
    elif work.record.asked_by is not None:
        turn.say(f"{heading}\nBáo cáo đang chờ lãnh đạo duyệt. Anh/chị sửa số nào thì báo cáo được rút lại.")
    elif work.record.version:
        turn.say(
            f"{heading}\nĐã gửi bản {work.record.version}. Anh/chị sửa rồi gửi lại sẽ thành bản "
            f"{work.record.version + 1}; bản cũ vẫn được giữ."
        )
    elif done:
        turn.say(f"{heading}\nĐã nhập {done} mục, ta làm tiếp.")
    else:
        lines = [
            heading,
            remark,
            f"Có {work.form.size} câu, khoảng {work.form.minutes} phút. {work.form.note}",
        ]
        lines.append(
            "Lúc nào cũng có thể gõ: “quay lại”, “sửa mục 3”, “tạm dừng”, hoặc hỏi tôi. "
            "Không có gì để đếm thì gõ “không phát sinh”."
        )
        lines.append(
            "Có thể gửi nhiều số trong một tin, ví dụ: “tổng 120, áp dụng 118, còn lại không phát sinh”."
        )
        turn.say("\n".join(line for line in lines if line))


async def prefetch(store: Store, services: Services, turns: Sequence[Turn]) -> None:
    """Load the drafts of several chats, and what they compare themselves with, in two statements."""
    wanted = [t.conversation.state.get("report") for t in turns if t.conversation.dialogue == DIALOGUE]
    records = await store.preload_reports([key for key in wanted if isinstance(key, int)])
    await former.preload(store, records, services.rules, services.directory)


async def take(turn: Turn, services: Services) -> None:
    """Deal with one event inside the dialogue."""
    work = await load(turn, services)
    if work is None:
        turn.conversation.leave()
        turn.say("Báo cáo đang làm không còn nữa. Gõ “báo cáo” để xem các kỳ hiện có.")
        return
    state = turn.conversation.state
    picked = turn.picked()
    key = picked.key if picked else step_in(turn.text)
    if turn.incoming.kind is IncomingKind.EDITED:
        turn.say(EDITED)
        _say_again(turn, work)
        return
    if "asking" in state and re.fullmatch(r"ask:\d{1,3}", key):
        await ask.refine(turn, services, int(key.removeprefix("ask:")))
        _say_again(turn, work)
        return
    state.pop("asking", None)
    if report_batch.is_waiting(turn) and key == "r:verbatim":
        take_verbatim(turn, work)
        return
    if report_batch.is_waiting(turn) and key != "r:pause":
        await report_batch.take(turn, services, work, key)
        return
    await _take_one(turn, services, work, key)


async def _take_one(turn: Turn, services: Services, work: Work, key: str) -> None:
    """Deal with one event while a single figure, a reason or the summary is at hand."""
    state = turn.conversation.state
    reason_for = state.pop("reason", "")
    mend = number_to_mend(turn.text) if turn.incoming.kind is IncomingKind.TEXT else ""
    if mend:
        _mend(turn, work, mend)
    elif key in ("r:keep", "r:sure"):
        await take_answer(turn, services, work, key)
    elif key.startswith("r:"):
        await _steer(turn, services, work, key)
    elif reason_for:
        await take_reason(turn, services, work, str(reason_for))
    elif state.get("picking"):
        _mend(turn, work, turn.text.strip())
    elif state.get("field"):
        await take_answer(turn, services, work, key)
    else:
        await _at_summary(turn, services, work)


async def ask_again(turn: Turn, services: Services) -> None:
    """Ask the question of the running report once more."""
    work = await load(turn, services)
    if work is not None:
        _say_again(turn, work)


async def come_back(turn: Turn, services: Services) -> None:
    """Come back to the running report, if there is one."""
    if turn.conversation.dialogue == DIALOGUE:
        await ask_again(turn, services)


async def set_aside(turn: Turn, services: Services) -> None:
    """Leave the running report, if there is one, for something else that the person began."""
    if turn.conversation.dialogue == DIALOGUE:
        await pause(turn, services)


def _say_again(turn: Turn, work: Work) -> None:
    if not report_batch.say_waiting_again(turn, work):
        say_again(turn, work)


async def pause(turn: Turn, services: Services) -> None:
    """Leave the report; everything entered is kept."""
    work = await load(turn, services)
    if work is not None and report_batch.is_waiting(turn):
        turn.conversation.memory[FIGURES] = report_batch.put_aside(turn, work)
        turn.say("Các số vừa đọc chưa được ghi; khi anh/chị làm tiếp tôi sẽ đọc lại để xác nhận.")
    turn.conversation.leave()
    if work is None:
        return
    left = len(work.form.missing(work.values))
    rest = f"còn {left} mục" if left else "đã đủ các mục, chưa gửi"
    word = "nhập thử" if work.record.practice_of else "báo cáo"
    turn.say(f"Đã giữ số liệu ({rest}). Gõ “{word}” để làm tiếp bất cứ lúc nào, trên kênh nào cũng được.")


async def load(turn: Turn, services: Services) -> Work | None:
    """Load the report that this chat is working on."""
    key = turn.conversation.state.get("report")
    if not isinstance(key, int):
        return None
    record = await turn.store.report(key)
    return await work_of(turn, services, record)


async def _steer(turn: Turn, services: Services, work: Work, key: str) -> None:
    field = current(turn, work)
    if key == "r:why" and field is not None:
        turn.say(field.why())
        ask_field(turn, work, field)
    elif key == "r:back":
        _back(turn, work, field)
    elif key == "r:pause":
        await pause(turn, services)
    elif key == "r:send":
        await send(turn, services, work)
    elif key == "r:pick":
        turn.conversation.state.update(field="", picking=True)
        turn.say("Anh/chị muốn sửa mục số mấy? Ví dụ: 3.", Choice("r:summary", "Thôi", by_word=True))
    elif key == "r:keep-all":
        report_batch.keep_all(turn, work)
    elif key == "r:confirm" and field is not None and field.key in work.values:
        reporting.confirm(turn.store, actor=turn.actor, work=work, field=field, channel=turn.incoming.bot)
        go_on(turn, work, after=field)
    elif key == "r:web":
        await _open_on_web(turn, services, work)
    elif key == "r:docx":
        made = draft_file(work, services, version=0)
        turn.say("Bản dự thảo để anh/chị soát và trình ký:", attachment=made)
        show_summary(turn, work)
    else:
        go_on(turn, work)


def _form_address(turn: Turn, services: Services) -> str:
    """Return where the form opens from this chat; "" where the link would lead nowhere."""
    return services.form_address if services.form_on_phones or turn.incoming.bot == "web" else ""


async def _open_on_web(turn: Turn, services: Services, work: Work) -> None:
    """Give a link that opens this very report as one form, once and for a while."""
    person = turn.actor.id
    address = _form_address(turn, services)
    if not address or person is None or work.record.practice_of:
        turn.say("Bản này chưa mở biểu trên web được. Ta nhập tiếp ở đây.")
    elif not turn.incoming.private:
        turn.say("Đường dẫn mở biểu chỉ gửi trong cuộc trò chuyện riêng với tôi.")
    else:
        secret = await form_links.make(
            turn.store.connection, report=work.record.id, person=person, now=turn.now
        )
        turn.say(
            f"Biểu của {work.name}:\n{address}/{secret}\n"
            "Đường dẫn này của riêng anh/chị, mở được một lần trong 30 phút; đừng chuyển cho người khác.\n"
            "Số đã nhập ở đây có sẵn trong biểu; nhập ở đâu cũng vào cùng một báo cáo."
        )
    _say_again(turn, work)


def _back(turn: Turn, work: Work, field: Field | None) -> None:
    if field is None:
        visible = work.form.visible_fields(work.values)
        before = visible[-1] if visible else None
    else:
        before = work.form.previous_field(field.key, work.values)
    if before is None:
        turn.say("Đây là câu đầu tiên.")
        before = field
    if before is not None:
        ask_field(turn, work, before)


def _mend(turn: Turn, work: Work, number: str) -> None:
    field = work.form.by_number(number)
    turn.conversation.state.pop("picking", None)
    if field is None or field not in work.form.visible_fields(work.values):
        turn.say(f"Biểu này không có mục {number[:10]} để sửa. Anh/chị xem số mục trong bản tóm tắt.")
        say_again(turn, work)
        return
    ask_field(turn, work, field)


async def _at_summary(turn: Turn, services: Services, work: Work) -> None:
    if turn.incoming.kind is IncomingKind.TEXT and work.form.by_number(turn.text):
        _mend(turn, work, turn.text)
        return
    reading = report_batch.read(turn, work, None)
    if reading is not None:
        report_batch.offer(turn, work, reading)
        return
    if turn.incoming.kind is IncomingKind.TEXT and len(turn.text.split()) >= 3:
        found = await ask.answer(turn, services, turn.text)
        if found is not None and found.outcome is Outcome.CLARIFY and found.options:
            turn.conversation.state["asking"] = True
            return
    errors = bool(work.errors)
    send = "" if errors else "“gửi báo cáo”, "
    turn.say(
        f"Báo cáo đã đủ các mục. Anh/chị gõ {send}“sửa mục” kèm số mục, “xem lại”, hoặc “để sau”.",
        *summary_choices(work, can_send=not errors),
    )

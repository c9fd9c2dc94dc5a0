"""The receiving office reads a report that is in, and accepts, returns or reopens it (tiếp nhận, trả lại).

    /tiendo ──▶ reports that are in ──▶ one report ──▶ tiếp nhận | trả lại ──▶ lý do | mở lại ──▶ lý do
      “xem xã Thành Sơn” ──────────────────▲           | ghi chú mục 5 | lịch sử

Everything also works by word; a question in between is answered, and the report stays open.
"""

from handlers import notes as noting_dialogue
from handlers import report_acts_words as words
from handlers import report_files
from handlers.periods_now import current_period
from handlers.report_view import Shown, draft_of, shown, shown_in_period, text_of
from handlers.services import Services
from isobot.actions import receiving
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.forms import Form
from isobot.domain.messages import Choice, IncomingKind
from isobot.domain.reports import ReportStatus
from isobot.domain.units import Unit
from isobot.errors import Refusal
from isobot.storage import reports
from isobot.storage.reports import ReportRecord

DIALOGUE = "receive"
ACCEPT_ALL = "accept-all"
OFFERED = 12
LONGEST_KEY = 60
NOT_THERE = "Báo cáo này không còn, hoặc chưa gửi số liệu lần nào."
HOW_TO_RETURN = (
    "Vì sao trả lại? Anh/chị viết một câu cho cả báo cáo, hoặc theo mục, ví dụ: "
    "mục 5: số hồ sơ lẻ; mục 7: thiếu ngày."
)


async def show_list(turn: Turn, services: Services, rule_id: str, key: str, province: str) -> None:
    """List the reports of a period that are in, those that want a look first."""
    rule = services.rules.get(rule_id, province)
    period = deadlines.find_period(rule, key) if rule else None
    if not turn.actor.may_receive_from(province):
        turn.say(receiving.NOT_RECEIVER)
        return
    if rule is None or period is None:
        turn.say("Kỳ này không còn trong danh sách. Gõ “tiến độ” để xem các kỳ hiện có.")
        return
    found = await shown_in_period(turn, services, province=province, rule=rule_id, period=key)
    waiting = [one for one in found if one.record.status == ReportStatus.SUBMITTED]
    odd = sorted((one for one in waiting if not one.is_plain), key=lambda one: -len(one.work.warnings))
    plain = [one for one in waiting if one.is_plain]
    lines = [f"Báo cáo {period.label} đã gửi: {len(found)}; đã tiếp nhận: {len(found) - len(waiting)}."]
    if odd:
        lines.append(f"Có lưu ý, nên xem từng báo cáo: {len(odd)}.")
    if plain:
        lines.append(f"Không có lưu ý: {len(plain)}.")
    lines.append("Xem một đơn vị, anh/chị gõ “xem” kèm tên, ví dụ: xem xã Pù Luông.")
    rest = [one for one in found if one not in odd and one not in plain]
    choices = [Choice(f"rv:{one.record.id}", _label(one), lasting=True) for one in [*odd, *plain, *rest]]
    offered = choices[:OFFERED]
    if plain and len(f"ra:{rule_id}:{key}:{province}") <= LONGEST_KEY:
        label = "Tiếp nhận tất cả báo cáo không có lưu ý"
        offered.append(Choice(f"ra:{rule_id}:{key}:{province}", label, lasting=True))
    turn.say("\n".join(lines), *offered)


def _label(one: Shown) -> str:
    whose = one.work.unit.place_name if one.work.unit else one.record.unit
    odd = f" ({len(one.work.warnings)} lưu ý)" if one.work.warnings else ""
    if one.record.status == ReportStatus.ACCEPTED:
        odd = " (đã tiếp nhận)"
    return f"{whose.removeprefix('UBND ')}{odd}"[:LONGEST_KEY]


async def open_one(turn: Turn, services: Services, key: int) -> None:
    """Open one report to read it; the unit's own people may read it too, and only read."""
    record = next(iter(await turn.store.preload_reports([key])), None)
    if record is None or record.practice_of or not record.version:
        turn.say(NOT_THERE)
        return
    receives = turn.actor.may_receive_from(record.province)
    if not receives and record.unit not in turn.actor.units_to_see():
        turn.say(receiving.NOT_RECEIVER)
        return
    version = await reports.version_of(turn.store.connection, record.id, record.version)
    if version is None:
        turn.say(NOT_THERE)
        return
    one = await shown(turn, services, record, version)
    turn.conversation.memory["report"] = record.id
    if receives:
        turn.conversation.enter(DIALOGUE, report=record.id, version=record.version)
    text = await text_of(turn, one)
    files = await report_files.choices_for(turn, [record.id])
    turn.say(text, *_choices(one, receives=receives), *files)


def _choices(one: Shown, *, receives: bool) -> list[Choice]:
    """Offer what can be done, by words: a number beside figures would be taken for one."""
    key, status = one.record.id, ReportStatus(one.record.status)
    found = []
    if receives and status is ReportStatus.SUBMITTED:
        seen = f"{key}:{one.version.version}"
        found.append(Choice(f"rv:ok:{seen}", "Tiếp nhận", lasting=True, by_word=True))
        found.append(Choice(f"rv:no:{seen}", "Trả lại", lasting=True, by_word=True))
    if receives and status is ReportStatus.ACCEPTED:
        found.append(Choice(f"rv:re:{key}", "Mở lại", lasting=True, by_word=True))
    found.append(Choice(f"rv:docx:{key}", "Tải dự thảo", lasting=True, by_word=True))
    found.append(Choice(f"hi:{key}:0", "Lịch sử", lasting=True, by_word=True))
    return found


async def find_unit(turn: Turn, services: Services, name: str) -> bool:
    """Open the report of a unit named after "xem"; False when no unit of the province is meant."""
    found: dict[str, Unit] = {}
    for province in turn.actor.provinces_to_receive():
        here = services.directory.find(name, province=province, on=turn.today)
        found |= {u.code: u for u in here or services.directory.find(name, province=province)}
    if not found:
        return False
    if len(found) > 1:
        named = [Choice(f"rv:unit:{u.code}", u.place_name, lasting=True) for u in found.values()]
        turn.say("Có vài đơn vị cùng tên, anh/chị chọn:", *named[:OFFERED])
        return True
    await open_unit(turn, services, next(iter(found)))
    return True


async def open_unit(turn: Turn, services: Services, code: str) -> None:
    """Open the report of one unit: the newest that is in, with the choice of others."""
    unit = services.directory.get(code)
    if unit is None or not turn.actor.may_receive_from(unit.province):
        turn.say(receiving.NOT_RECEIVER)
        return
    sent = [r for r in await reports.of_units(turn.store.connection, [code]) if r.version]
    if not sent:
        turn.say(f"{unit.place_name} chưa gửi báo cáo nào.")
        return
    sent.sort(key=lambda r: r.submitted_at or turn.now, reverse=True)
    now = [r for r in sent if _is_current(turn, services, r)]
    if len(now) == 1 or len(sent) == 1:
        await open_one(turn, services, (now or sent)[0].id)
        return
    offered = [Choice(f"rv:{r.id}", _period_name(services, r), True) for r in sent]
    turn.say(f"{unit.place_name}: anh/chị xem báo cáo nào?", *offered[:OFFERED])


def _is_current(turn: Turn, services: Services, record: ReportRecord) -> bool:
    rule = services.rules.get(record.rule, record.province)
    period = current_period(rule, turn.today) if rule else None
    return period is not None and period.key == record.period


def _period_name(services: Services, record: ReportRecord) -> str:
    rule = services.rules.get(record.rule, record.province)
    period = deadlines.find_period(rule, record.period) if rule else None
    return f"Báo cáo {period.label if period else record.period}"


async def take(turn: Turn, services: Services) -> bool:
    """Take what was typed while a report is open; False when it is a question or something else."""
    state = turn.conversation.state
    if turn.incoming.kind is not IncomingKind.TEXT:
        return False
    key, doing = int(state["report"]), str(state.get("doing", ""))
    text = turn.text
    note, back, again = words.read_note(text), words.read_return(text), words.read_reopen(text)
    if note is not None:
        await noting_dialogue.add(turn, services, key, *note)
    elif words.is_accept(text):
        await accept(turn, services, key, int(state["version"]))
    elif back is not None:
        await send_back(turn, services, key, int(state["version"]), back)
    elif again is not None:
        await reopen(turn, services, key, again)
    elif await noting_dialogue.take_letter(turn, services, key):
        return True
    elif doing and not text.strip().endswith("?"):
        if doing == "reopen":
            await reopen(turn, services, key, text)
        else:
            await send_back(turn, services, key, int(state["version"]), words.read_marks(text))
    else:
        return False
    return True


async def pick(turn: Turn, services: Services, parts: list[str]) -> bool:
    """Do what a button of a report says; False when it is none of these."""
    match parts:
        case ["ok", key, seen] if _whole(key, seen):
            await accept(turn, services, int(key), int(seen))
        case ["no", key, seen] if _whole(key, seen):
            await send_back(turn, services, int(key), int(seen), words.SentBack())
        case ["re", key] if _whole(key):
            await reopen(turn, services, int(key), "")
        case ["docx", key] if _whole(key):
            await send_draft(turn, services, int(key))
        case ["unit", code]:
            await open_unit(turn, services, code)
        case ["list", rule, period, province]:
            await show_list(turn, services, rule, period, province)
        case [key] if _whole(key):
            await open_one(turn, services, int(key))
        case _:
            return False
    return True


def _whole(*texts: str) -> bool:
    return all(t.isascii() and t.isdecimal() and len(t) < 19 for t in texts)


async def _loaded(turn: Turn, services: Services, key: int) -> Shown | None:
    record = next(iter(await turn.store.preload_reports([key])), None)
    version = None
    if record is not None and record.version:
        version = await reports.version_of(turn.store.connection, record.id, record.version)
    if record is None or version is None:
        turn.say(NOT_THERE)
        return None
    return await shown(turn, services, record, version)


async def accept(turn: Turn, services: Services, key: int, seen: int) -> None:
    """Accept what was read."""
    one = await _loaded(turn, services, key)
    if one is None:
        return
    try:
        await receiving.accept(
            turn.store, actor=turn.actor, work=one.work, seen=seen, channel=turn.incoming.bot
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    _leave(turn)
    turn.say(
        f"Đã tiếp nhận {one.work.name}, bản {one.version.version}. Báo cáo đã khóa, đơn vị đã được báo.",
        Choice(f"rv:re:{key}", "Mở lại", lasting=True, by_word=True),
        Choice("go:tiendo", "Tiến độ", lasting=True, by_word=True),
    )


async def send_back(turn: Turn, services: Services, key: int, seen: int, said: words.SentBack) -> None:
    """Return what was read; without a reason yet, ask for it."""
    one = await _loaded(turn, services, key)
    if one is None:
        return
    if said.is_bare:
        try:
            receiving.check_receiver(turn.actor, one.record)
        except Refusal as refusal:
            turn.say(str(refusal))
            return
        turn.conversation.enter(DIALOGUE, report=key, version=seen, doing="return")
        turn.say(HOW_TO_RETURN)
        return
    marks = fields_marked(turn, one.work.form, said.marks)
    if marks is None:
        return
    try:
        told = await receiving.send_back(
            turn.store,
            actor=turn.actor,
            work=one.work,
            marks=marks,
            why=said.why,
            seen=seen,
            channel=turn.incoming.bot,
        )
    except Refusal as refusal:
        turn.say(f"{refusal} Chưa trả lại báo cáo.")
        return
    _leave(turn)
    what = f"{len(marks)} mục của {one.work.name}" if marks else one.work.name
    turn.say(f"Đã trả lại {what}. {told_words(told)}")


async def reopen(turn: Turn, services: Services, key: int, why: str) -> None:
    """Open an accepted report again; without a reason yet, ask for it."""
    one = await _loaded(turn, services, key)
    if one is None:
        return
    if not why.strip() and one.record.status == ReportStatus.ACCEPTED:
        turn.conversation.enter(DIALOGUE, report=key, version=one.version.version, doing="reopen")
        turn.say("Vì sao mở lại? Anh/chị viết một câu ngắn; lý do được ghi vào lịch sử và gửi đơn vị.")
        return
    try:
        told = await receiving.reopen(
            turn.store, actor=turn.actor, work=one.work, why=why, channel=turn.incoming.bot
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    _leave(turn)
    turn.say(f"Đã mở lại {one.work.name}. {told_words(told)} Bản đã tiếp nhận vẫn được giữ.")


def told_words(told: int) -> str:
    """Say whether anybody could be told."""
    if told:
        return f"Tôi đã báo {told} người của đơn vị."
    return "Đơn vị chưa có ai nhận được tin, anh/chị báo họ bằng cách khác."


def fields_marked(turn: Turn, form: Form, marks: dict[str, str]) -> dict[str, str] | None:
    """Turn numbers of figures into their keys; None, and said so, where a number is unknown."""
    found: dict[str, str] = {}
    for number, reason in marks.items():
        field = form.by_number(number)
        if field is None or field.computed is not None:
            turn.say(f"Biểu này không có mục {number[:10]} để trả lại. Anh/chị xem lại số mục.")
            return None
        found[field.key] = reason
    return found


async def send_draft(turn: Turn, services: Services, key: int) -> None:
    """Send the document of the version in force."""
    one = await _loaded(turn, services, key)
    if one is None:
        return
    if not turn.actor.may_receive_from(one.record.province) and (
        one.record.unit not in turn.actor.units_to_see()
    ):
        turn.say(receiving.NOT_RECEIVER)
        return
    turn.say(f"Dự thảo của {one.work.name}, bản {one.version.version}:", attachment=draft_of(one))


async def offer_all(turn: Turn, services: Services, rule: str, key: str, province: str) -> None:
    """Count what could be accepted without a look, and ask before doing so."""
    if not turn.actor.may_receive_from(province):
        turn.say(receiving.NOT_RECEIVER)
        return
    found = await shown_in_period(turn, services, province=province, rule=rule, period=key)
    plain = [o for o in found if o.record.status == ReportStatus.SUBMITTED and o.is_plain]
    if not plain:
        turn.say("Không có báo cáo nào chờ tiếp nhận mà không có lưu ý.")
        return
    seen = [[one.record.id, one.version.version] for one in plain]
    turn.conversation.enter(ACCEPT_ALL, seen=seen)
    names = "; ".join(_label(one) for one in plain[:OFFERED])
    more = f"; và {len(plain) - OFFERED} đơn vị khác" if len(plain) > OFFERED else ""
    turn.say(
        f"{len(plain)} báo cáo {plain[0].work.label} không có lưu ý: {names}{more}.",
        Choice("ra:yes", f"Tiếp nhận cả {len(plain)} báo cáo"),
        Choice("ra:no", "Thôi"),
    )


async def offer_all_by_word(turn: Turn, services: Services) -> None:
    """Take the typed wish for the period that is on; several periods are asked one after the other."""
    for province in turn.actor.provinces_to_receive():
        for rule in services.rules.for_province(province):
            period = current_period(rule, turn.today)
            if period is None:
                continue
            found = await reports.of_period(
                turn.store.connection, province=province, rule=rule.id, period=period.key
            )
            if any(r.status == ReportStatus.SUBMITTED for r in found):
                await offer_all(turn, services, rule.id, period.key, province)
                return
    turn.say("Không có báo cáo nào chờ tiếp nhận.")


async def accept_all(turn: Turn, services: Services) -> None:
    """Accept what was counted; whatever changed meanwhile is left and named."""
    seen = {int(key): int(version) for key, version in turn.conversation.state.get("seen", ())}
    _leave(turn)
    await turn.store.preload_reports(list(seen))
    done, left = 0, []
    for key, version in seen.items():
        one = await _loaded(turn, services, key)
        if one is None:
            continue
        try:
            await receiving.accept(
                turn.store,
                actor=turn.actor,
                work=one.work,
                seen=version,
                channel=turn.incoming.bot,
                quietly=True,
            )
            done += 1
        except Refusal as refusal:
            left.append(f"• {_label(one)}: {refusal}")
    lines = [f"Đã tiếp nhận {done} báo cáo; các đơn vị được báo.", *left[:OFFERED]]
    turn.say("\n".join(lines), Choice("go:tiendo", "Tiến độ", lasting=True, by_word=True))


def _leave(turn: Turn) -> None:
    if turn.conversation.dialogue in (DIALOGUE, ACCEPT_ALL):
        turn.conversation.leave()

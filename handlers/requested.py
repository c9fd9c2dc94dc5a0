"""A lead office opens a round of reports in chat (mở đợt báo cáo), one question at a time.

what about ──▶ units ──▶ form ──▶ last day ──▶ what the figures cover ──▶ basis ──▶ read back ──▶ opened
                └──▶ names ──▶ which of namesakes                                    └──▶ one item anew
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers import deadlines_desk, reminder_lines, requested_words
from handlers.requested_questions import LABELS, NAMED, STEPS, Draft, ask, chosen_units, go_on
from handlers.services import Services
from isobot.actions import reminding, requesting
from isobot.chat.turn import Turn
from isobot.domain import requests as domain
from isobot.domain.messages import Choice, IncomingKind
from isobot.domain.numbers import format_date
from isobot.domain.text import fold, shorten
from isobot.domain.units import Level
from isobot.errors import Refusal
from scheduler import wording

DIALOGUE = "request"


def begin(turn: Turn, services: Services, province: str = "") -> None:
    """Begin a round; with several provinces ask for which."""
    provinces = turn.actor.provinces_to_receive()
    if not provinces:
        turn.say(reminding.NOT_RECEIVER)
        return
    if province not in provinces and len(provinces) > 1:
        turn.say(
            "Anh/chị mở đợt báo cáo cho tỉnh nào?",
            *(Choice(f"rq:new:{p}", _province_name(services, p), lasting=True) for p in provinces),
        )
        return
    turn.conversation.enter(DIALOGUE, province=province or provinces[0], step="why")
    turn.say(
        "Anh/chị mở một đợt báo cáo đột xuất. Gõ “hủy” để thôi, “quay lại” để về câu trước.\n"
        "Đợt này hỏi về việc gì, vì sao? Viết một câu ngắn, ví dụ: rà soát công bố lại sau sắp xếp."
    )


def _province_name(services: Services, slug: str) -> str:
    known = services.provinces.get(slug)
    return known.name if known else slug


async def take(turn: Turn, services: Services) -> None:
    """Take what was typed for the running question."""
    if turn.incoming.kind is not IncomingKind.TEXT:
        turn.say("Anh/chị gõ giúp tôi thành chữ, hoặc gõ “hủy” để thôi.")
        return
    draft = Draft(turn.conversation.state)
    step = draft.state.get("step", "why")
    if fold(turn.text) in ("quay lai", "lui lai", "/quaylai", "0"):
        await _back(turn, services, draft, step)
        return
    try:
        await _take(turn, services, draft, step)
    except Refusal as refusal:
        turn.say(str(refusal))


async def _take(turn: Turn, services: Services, draft: Draft, step: str) -> None:
    said = " ".join(turn.text.split())
    state = draft.state
    match step:
        case "why":
            reminding.check_reason(said)
            state["why"] = said
        case "units" | "names" | "several":
            await _take_names(turn, services, draft)
            return
        case "last_day":
            day = domain.read_last_day(turn.text, today=turn.today)
            await _set_last_day(turn, services, draft, day)
            return
        case "covers":
            assert draft.last_day is not None
            first, last = domain.read_span(turn.text, today=turn.today, last_day=draft.last_day)
            state["covers"] = [first.isoformat(), last.isoformat()]
        case "basis":
            letter = domain.read_letter(turn.text, today=turn.today)
            state["basis"] = {"document": letter, "section": "", "words": letter}
        case _:
            await ask(turn, services, step)
            return
    await go_on(turn, services)


async def _back(turn: Turn, services: Services, draft: Draft, step: str) -> None:
    """Go back one question; from the first there is nothing to go back to."""
    if step in ("names", "several"):
        draft.state.pop("several", None)
        await ask(turn, services, "units")
        return
    place = STEPS.index(step) if step in STEPS else len(STEPS)
    await ask(turn, services, STEPS[max(place - 1, 0)])


async def _take_names(turn: Turn, services: Services, draft: Draft) -> None:
    """Take a list of names: keep the clear ones, ask which of namesakes, say what is unknown."""
    named = domain.name_units(turn.text, services.directory, province=draft.province, on=turn.today)
    if not (named.units or named.several):
        unknown = "”, “".join(named.unknown[:NAMED]) or shorten(turn.text, 40)
        turn.say(
            f"Tôi không thấy đơn vị “{unknown}” trong tỉnh. Anh/chị gõ lại tên, ví dụ: "
            f"{_example(services, draft.province, turn.today)}."
        )
        return
    state = draft.state
    chosen = draft.units if state.get("by_name") else []
    state["by_name"] = True
    state["units"] = list(dict.fromkeys([*chosen, *(u.code for u in named.units)]))
    state["several"] = [[words, [u.code for u in units]] for words, units in named.several]
    if named.unknown:
        turn.say(
            f"Tôi không thấy trong tỉnh: “{'”, “'.join(named.unknown[:NAMED])}”. Anh/chị gõ lại các tên này."
        )
    _go_on_with_names(turn, services, draft)


def _example(services: Services, province: str, today: date) -> str:
    known = services.directory.active_on(today, province)
    return "; ".join(u.name.removeprefix("UBND ") for u in known[:2])


def _go_on_with_names(turn: Turn, services: Services, draft: Draft) -> None:
    """Ask about the next namesakes, or show the list so far."""
    state = draft.state
    if state.get("several"):
        state["step"] = "several"
        words, codes = state["several"][0]
        units = [u for code in codes if (u := services.directory.get(code))]
        turn.say(
            f"Có {len(units)} đơn vị tên “{words}”. Anh/chị chọn:",
            *(Choice(f"rq:u:{u.code}", u.place_name) for u in units),
            Choice("rq:u:all", "Lấy tất cả"),
        )
        return
    state["step"] = "names"
    units = chosen_units(services, draft)
    turn.say(
        f"Đã chọn {len(units)} đơn vị: {wording.named(units, NAMED)}.\n"
        "Còn đơn vị nữa thì anh/chị gõ thêm tên.",
        Choice("rq:n:done", "Đủ rồi, tiếp tục"),
        Choice("rq:n:again", "Chọn lại từ đầu"),
    )


async def _set_last_day(turn: Turn, services: Services, draft: Draft, day: date) -> None:
    """Keep the last day; say so where it is a day off, since reminders then aim at the day before."""
    draft.state["last_day"] = day.isoformat()
    covers = draft.state.get("covers")
    if covers and date.fromisoformat(covers[1]) > day:
        draft.state.pop("covers")
    warning = requested_words.day_off_warning(day, services.calendar)
    if warning:
        turn.say(warning)
    await go_on(turn, services)


async def open_round(turn: Turn, services: Services) -> None:
    """Open the round that was read back."""
    draft = Draft(turn.conversation.state)
    if draft.missing:
        await go_on(turn, services)
        return
    province = services.provinces.get(draft.province)
    assert province is not None
    try:
        request = await requesting.open_round(
            turn.store,
            actor=turn.actor,
            wanted=draft.wanted(),
            directory=services.directory,
            province=province,
            channel=turn.incoming.bot,
        )
    except Refusal as refusal:
        turn.say(str(refusal), Choice("rq:edit", "Sửa một mục"), Choice("rq:stop", "Thôi, không mở"))
        return
    turn.conversation.leave()
    services.rules_looked_at = None  # so that this process follows at the next event
    rule = request.as_rule()
    days = [
        step.day
        for step in reminder_lines.planned(rule, request.period, services)
        if step.audience.value == "reporter" and step.day >= turn.today
    ]
    alone = await requested_words.unregistered(turn.store, request)
    lines = [
        f"Đã mở {request.name}: {request.why.rstrip('. ')}.",
        f"{len(request.units)} đơn vị, ngày cuối {format_date(request.last_day)}. "
        "Việc này được ghi vào nhật ký.",
        f"Lịch nhắc: {', '.join(format_date(day) for day in days[:5]) or 'không còn lần nhắc nào'}.",
    ]
    if alone:
        lines.append(f"{alone} đơn vị chưa ai đăng ký nên chưa ai nhận được tin; anh/chị báo bằng cách khác.")
    turn.say("\n".join(lines), Choice(f"rq:show:{request.rule}", "Xem đợt này", lasting=True))


async def pick(turn: Turn, services: Services, parts: list[str]) -> bool:
    """Do what a button of the opening says; False when it is none of these, or another question's."""
    if parts[0] == "new":
        begin(turn, services, parts[1] if len(parts) > 1 else "")
        return True
    if turn.conversation.dialogue != DIALOGUE:
        return False
    draft = Draft(turn.conversation.state)
    match parts:
        case ["u", code] if draft.state.get("several"):
            _take_namesake(draft, code)
            _go_on_with_names(turn, services, draft)
        case ["m", rule_id, key]:
            await _choose_missing(turn, services, draft, rule_id, key)
        case ["edit"]:
            turn.say("Anh/chị sửa mục nào?", *(Choice(f"rq:e:{step}", LABELS[step]) for step in STEPS))
        case ["e", step] if step in STEPS:
            await ask(turn, services, step)
        case ["open"]:
            await open_round(turn, services)
        case ["stop"]:
            turn.conversation.leave()
            turn.say("Vâng, không mở đợt báo cáo nào.")
        case [head, value] if _fill(turn, services, draft, head, value):
            await go_on(turn, services)
        case _:
            return False
    return True


def _fill(turn: Turn, services: Services, draft: Draft, head: str, value: str) -> bool:
    """Fill in what a button stands for; False when it stands for nothing now."""
    state, province = draft.state, draft.province
    if head == "g":
        groups = requested_words.groups(services.directory, province, turn.today)
        _choose(state, next(([u.code for u in units] for key, _, units in groups if key == value), []))
    elif head == "n":
        codes = draft.units if value == "done" else []
        _choose(state, codes)
    elif head == "f":
        return _choose_form(services, draft, value)
    elif head == "c":
        spans = requested_words.spans(services.rules, province, turn.today)
        found = next((span for n, span in enumerate(spans) if str(n) == value), None)
        if found is None:
            return False
        state["covers"] = [day.isoformat() for day in found[1:]]
    elif head == "b":
        bases = requested_words.plan_bases(services, province)
        chosen = next((each for n, each in enumerate(bases) if str(n) == value), None)
        if chosen is None:
            return False
        basis, words = chosen
        state["basis"] = {"document": basis.document, "section": basis.section, "words": words}
    else:
        return False
    return True


def _take_namesake(draft: Draft, code: str) -> None:
    _, codes = draft.state["several"].pop(0)
    chosen = codes if code == "all" else [c for c in codes if c == code]
    draft.state["units"] = list(dict.fromkeys([*draft.units, *chosen]))


async def _choose_missing(turn: Turn, services: Services, draft: Draft, rule_id: str, key: str) -> None:
    """Choose the units that have not reported for a period."""
    found = deadlines_desk.known_period(turn, services, rule_id, key)
    if found is None:
        return
    missing, _ = await deadlines_desk.missing_in(turn, services, *found)
    _choose(draft.state, [u.code for u in missing if u.active_on(turn.today)])
    if not missing:
        turn.say("Các đơn vị đều đã gửi báo cáo kỳ này. Anh/chị chọn cách khác.")
    await go_on(turn, services)


def _choose(state: dict[str, Any], codes: list[str]) -> None:
    """Take these units alone; the form is asked anew, for it depends on their levels."""
    state["units"] = codes
    state.pop("by_name", None)
    state.pop("several", None)
    state.pop("form", None)


def _choose_form(services: Services, draft: Draft, form: str) -> bool:
    levels = dict.fromkeys(u.level for u in chosen_units(services, draft))
    chosen: Mapping[Level, str] = (
        requesting.usual_forms(services.rules, draft.province, levels)
        if form == "usual"
        else dict.fromkeys(levels, form)
    )
    offered = {f.id for f in requested_words.forms_to_offer(services.forms)} | {"usual"}
    if form not in offered:
        return False
    draft.state["form"] = {level.value: name for level, name in chosen.items()}
    return True

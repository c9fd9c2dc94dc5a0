"""How the letters of a unit look: shown, and set one line at a time.

thể thức ──▶ đơn vị ──▶ các mục ──▶ một mục ──▶ gõ nội dung, hoặc chọn chức vụ người ký
"""

from handlers import ask
from handlers.services import Services
from isobot.actions import letterheads
from isobot.chat.turn import Turn
from isobot.domain.letterhead import Letterhead, Setting, letterhead_for, lines_for, titles_for
from isobot.domain.messages import Choice
from isobot.domain.units import Unit
from isobot.errors import AnswerRefused, Refusal
from isobot.storage import unit_ways

DIALOGUE = "letterhead"
SIGNING = "signing"
OFFERED = 8
GONE = "Nút này không còn dùng được. Gõ “thể thức” để xem lại."


async def begin(turn: Turn, services: Services) -> None:
    """Show the letterhead of the unit, or ask of which."""
    turn.conversation.leave()
    units = [u for code in letterheads.units_of(turn.actor) if (u := services.directory.get(code))]
    if not units:
        turn.say("Thể thức văn bản là của từng đơn vị. Anh/chị gửi mã đăng ký đơn vị trước.")
    elif len(units) == 1:
        await _show(turn, services, units[0])
    else:
        named = [Choice(f"lh:of:{u.code}", u.place_name, lasting=True) for u in units[:OFFERED]]
        turn.say("Xem thể thức văn bản của đơn vị nào?", *named)


async def pick(turn: Turn, services: Services, parts: list[str]) -> None:
    """Do what a button says: show a unit's lines, ask for one, or take the titles picked."""
    unit = _own(turn, services, parts[1]) if len(parts) in (2, 3) else None
    if unit is None:
        return
    match parts:
        case ["of", _]:
            await _show(turn, services, unit)
        case ["sign", _, place] if place.isdecimal() and int(place) < len(titles_for(unit)):
            await _keep(turn, services, unit, SIGNING, titles_for(unit)[int(place)])
        case [name, _]:
            _ask(turn, unit, name)
        case _:
            turn.say(GONE)


async def take(turn: Turn, services: Services) -> None:
    """Take the words of the line that was asked for; a question is answered, and the line asked again."""
    state = turn.conversation.state
    unit = _own(turn, services, str(state.get("unit", "")))
    setting = next((s for s in lines_for(unit) if s.name == state.get("line")), None) if unit else None
    if unit is None or setting is None:
        turn.conversation.leave()
        return
    if turn.text.strip().endswith("?"):
        await ask.answer(turn, services, turn.text)
        _ask(turn, unit, setting.name)
        return
    try:
        value = setting.read(turn.text)
    except AnswerRefused as refused:
        turn.say(str(refused))
        return
    await _keep(turn, services, unit, setting.name, value)


def _own(turn: Turn, services: Services, code: str) -> Unit | None:
    unit = services.directory.get(code)
    if unit is None or code not in letterheads.units_of(turn.actor):
        turn.say(letterheads.NOT_YOURS)
        return None
    return unit


async def _keep(turn: Turn, services: Services, unit: Unit, name: str, value: str | tuple[str, ...]) -> None:
    try:
        await letterheads.set_line(
            turn.store, actor=turn.actor, unit=unit, name=name, value=value, channel=turn.incoming.bot
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    turn.say("Đã lưu. Các dự thảo lập từ nay theo mục này.")
    await _show(turn, services, unit)


async def _show(turn: Turn, services: Services, unit: Unit) -> None:
    known = services.provinces.get(unit.province)
    guessed = letterhead_for(unit, known.now if known else "")
    stored = await unit_ways.letterhead(turn.store.connection, unit.code)
    now = guessed.with_settings(stored)
    lines = [f"Thể thức văn bản của {unit.place_name}:"]
    lines += [f"• {setting.label}: {_value(now, setting, stored)}" for setting in lines_for(unit)]
    signing = ", ".join(now.signing) or "chưa có"
    lines.append(f"• Quyền hạn, chức vụ người ký: {signing}{_guessed(SIGNING, stored)}")
    lines.append("Số, ngày, họ tên và chữ ký trong dự thảo luôn để trống.")
    turn.conversation.leave()
    turn.say(
        "\n".join(lines),
        *(Choice(f"lh:{s.name}:{unit.code}", f"Sửa {_lower(s.label)}", True) for s in lines_for(unit)),
        Choice(f"lh:{SIGNING}:{unit.code}", "Sửa chức vụ người ký", lasting=True),
    )


def _value(now: Letterhead, setting: Setting, stored: dict[str, object]) -> str:
    value = str(getattr(now, setting.name))
    if not value:
        return "để trống" if setting.name in stored else "chưa có"
    return f"{value}{_guessed(setting.name, stored)}"


def _guessed(name: str, stored: dict[str, object]) -> str:
    return "" if name in stored else " (tôi tự điền, chưa ai sửa)"


def _ask(turn: Turn, unit: Unit, name: str) -> None:
    if name == SIGNING:
        titles = titles_for(unit)
        turn.say(
            "Người ký văn bản ký với quyền hạn, chức vụ nào?",
            *(Choice(f"lh:sign:{unit.code}:{n}", ", ".join(title), True) for n, title in enumerate(titles)),
        )
        return
    setting = next((s for s in lines_for(unit) if s.name == name), None)
    if setting is None:
        turn.say(GONE)
        return
    turn.conversation.enter(DIALOGUE, unit=unit.code, line=name)
    turn.say(f"{setting.label} là gì? Ví dụ: {setting.example}. Gõ “để trống” nếu để người ký tự điền.")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]

"""Somebody stands in for a head or an officer who is away, for some days (ủy quyền).

ủy quyền ──▶ đơn vị ──▶ cho ai ──▶ từ ngày nào đến ngày nào ──▶ xong; “kết thúc ủy quyền” bất cứ lúc nào
"""

import re
from datetime import date

from handlers.services import Services
from isobot.actions import approving
from isobot.chat.turn import Turn
from isobot.domain.messages import Choice, IncomingKind, Reply
from isobot.domain.numbers import format_date, read_date
from isobot.domain.text import fold
from isobot.errors import AnswerRefused, Refusal
from isobot.storage import people, unit_ways

DIALOGUE = "delegate"
OFFERED = 12
_ONE_LINE = re.compile(
    r"^\s*(?:ủy|uỷ|uy)\s+(?:quyền|quyen)\s+(?:cho\s+)?(?P<name>.+?)\s+(?P<days>(?:từ|tu|đến|den)\s.+)$",
    re.IGNORECASE,
)
_DAYS = re.compile(
    r"^\s*(?:(?:từ|tu)\s+(?:ngày\s+|ngay\s+)?(?P<since>.+?)\s+)?"
    r"(?:đến|den|tới|toi)\s+(?:hết\s+|het\s+)?(?:ngày\s+|ngay\s+)?(?P<until>.+?)[\s.]*$",
    re.IGNORECASE,
)
HOW_TO_SAY_DAYS = "Từ ngày nào đến ngày nào? Ví dụ: từ {first} đến {last}."


async def begin(turn: Turn, services: Services) -> None:
    """Show what is lent now, then ask for which unit."""
    units = list(dict.fromkeys(p.unit for p in turn.actor.own_posts if p.role in people.LENT))
    if not units:
        turn.say("Anh/chị không giữ vai trò lãnh đạo hay lập báo cáo ở đơn vị nào để ủy quyền.")
        return
    if len(units) == 1:
        await _ask_whom(turn, units[0])
        return
    named = [Choice(f"dl:unit:{c}", u.place_name) for c in units if (u := services.directory.get(c))]
    lines, ends = await _running(turn)
    turn.conversation.enter(DIALOGUE)
    turn.say("\n".join([*lines, "Anh/chị ủy quyền việc của đơn vị nào?"]), *named, *ends)


async def _running(turn: Turn) -> tuple[list[str], list[Choice]]:
    """Say what is lent by or to this person now or soon, with a button to end each."""
    units = list(dict.fromkeys(p.unit for p in turn.actor.posts))
    found = await unit_ways.delegations_of(turn.store.connection, units, on=turn.today)
    mine = [d for d in found if turn.actor.id in (d.giver, d.taker)]
    names = await people.names_of(turn.store.connection, {p for d in mine for p in (d.giver, d.taker)})
    lines, choices = [], []
    for lent in mine:
        giver, taker = (names.get(p, f"người số {p}") for p in (lent.giver, lent.taker))
        days = f"từ {format_date(lent.since)} đến {format_date(lent.until)}"
        lines.append(f"Đang ủy quyền: {giver} cho {taker}, {days}.")
        choices.append(Choice(f"dl:end:{lent.id}", f"Kết thúc ủy quyền cho {taker}", lasting=True))
    return lines, choices


async def _ask_whom(turn: Turn, unit: str) -> None:
    others = await approving.colleagues(turn.store, actor=turn.actor, unit=unit)
    lines, ends = await _running(turn)
    if not others:
        turn.conversation.leave()
        turn.say(
            "Đơn vị chưa có ai khác đăng ký. Người được ủy quyền cần mã đăng ký: "
            "anh/chị xin cơ quan nhận báo cáo hoặc quản trị viên."
        )
        return
    turn.conversation.enter(DIALOGUE, unit=unit)
    named = [Choice(f"dl:to:{person}", name) for person, name in others.items()]
    turn.say("\n".join([*lines, "Anh/chị ủy quyền cho ai?"]), *named[:OFFERED], *ends)


def is_one_line(text: str) -> bool:
    """Tell whether a text says everything at once: "ủy quyền cho Lê Văn Hùng từ 1/6 đến 10/6"."""
    return _ONE_LINE.match(text) is not None


async def take_one_line(turn: Turn, services: Services) -> None:
    """Take person and days said at once."""
    found = _ONE_LINE.match(turn.text)
    units = list(dict.fromkeys(p.unit for p in turn.actor.own_posts if p.role in people.LENT))
    if found is None or len(units) != 1:
        await begin(turn, services)
        return
    others = await approving.colleagues(turn.store, actor=turn.actor, unit=units[0])
    wanted = fold(found["name"]).strip()
    fitting = [person for person, name in others.items() if wanted and wanted in fold(name)]
    if len(fitting) != 1:
        turn.say(f"Tôi chưa rõ “{found['name'][:40]}” là ai trong đơn vị.")
        await _ask_whom(turn, units[0])
        return
    turn.conversation.enter(DIALOGUE, unit=units[0], taker=fitting[0])
    await _take_days(turn, services, found["days"])


async def take(turn: Turn, services: Services) -> None:
    """Take the days; whom is picked or typed before."""
    state = turn.conversation.state
    if turn.incoming.kind is not IncomingKind.TEXT:
        turn.say("Anh/chị gõ giúp tôi thành chữ, hoặc gõ “hủy” để thôi.")
    elif "taker" in state:
        await _take_days(turn, services, turn.text)
    elif "unit" in state:
        others = await approving.colleagues(turn.store, actor=turn.actor, unit=str(state["unit"]))
        said = fold(turn.text).strip()
        fitting = [person for person, name in others.items() if said and said in fold(name)]
        if len(fitting) == 1:
            _ask_days(turn, fitting[0])
        else:
            await _ask_whom(turn, str(state["unit"]))
    else:
        await begin(turn, services)


def _ask_days(turn: Turn, taker: int) -> None:
    turn.conversation.state["taker"] = taker
    first = turn.today
    last = date.fromordinal(first.toordinal() + 9)
    turn.say(HOW_TO_SAY_DAYS.format(first=f"{first:%d/%m}", last=f"{last:%d/%m}"))


async def _take_days(turn: Turn, services: Services, text: str) -> None:
    state = turn.conversation.state
    found = _DAYS.match(text)
    try:
        if found is None:
            raise AnswerRefused("Tôi cần ngày đầu và ngày cuối, ví dụ: từ 1/6 đến 10/6.")
        until = read_date(found["until"], today=turn.today, past=False)
        since = read_date(found["since"], today=turn.today, past=False) if found["since"] else turn.today
        await approving.delegate(
            turn.store,
            actor=turn.actor,
            unit=str(state["unit"]),
            taker=int(state["taker"]),
            since=since,
            until=until,
            channel=turn.incoming.bot,
        )
    except Refusal as refusal:
        turn.say(f"{refusal} Gõ “hủy” để thôi.")
        return
    unit, taker = services.directory.get(str(state["unit"])), int(state["taker"])
    turn.conversation.leave()
    named = await people.names_of(turn.store.connection, [taker, turn.actor.id or 0])
    whose = unit.place_name if unit else ""
    days = f"từ {format_date(since)} đến hết {format_date(until)}"
    turn.say(
        f"Đã ủy quyền việc của anh/chị ở {whose} cho {named.get(taker, 'người đã chọn')}, {days}.\n"
        "Hết ngày đó ủy quyền tự kết thúc. Muốn thôi sớm, gõ “ủy quyền” rồi chọn kết thúc."
    )
    giver = named.get(turn.actor.id or 0, "Đồng nghiệp")
    told = Reply(f"{giver} ủy quyền cho anh/chị việc báo cáo của {whose}, {days}. Gõ “tôi là ai” để xem.")
    await approving.tell_person(turn.store, unit=str(unit.code if unit else ""), person=taker, reply=told)


async def pick(turn: Turn, services: Services, parts: list[str]) -> bool:
    """Do what a button says; False when it is none of these."""
    match parts:
        case ["unit", code] if turn.conversation.dialogue == DIALOGUE:
            await _ask_whom(turn, code)
        case ["to", person] if person.isdecimal() and "unit" in turn.conversation.state:
            _ask_days(turn, int(person))
        case ["end", key] if key.isascii() and key.isdecimal() and len(key) < 19:
            await _end(turn, services, int(key))
        case _:
            return False
    return True


async def _end(turn: Turn, services: Services, key: int) -> None:
    try:
        lent = await approving.end_delegation(
            turn.store, actor=turn.actor, key=key, channel=turn.incoming.bot
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    turn.say("Ủy quyền đã kết thúc từ bây giờ.")
    other = lent.taker if turn.actor.id == lent.giver else lent.giver
    unit = services.directory.get(lent.unit)
    told = Reply(f"Ủy quyền ở {unit.place_name if unit else lent.unit} đã kết thúc từ bây giờ.")
    await approving.tell_person(turn.store, unit=lent.unit, person=other, reply=told)

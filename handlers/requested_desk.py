"""The rounds a lead office asked for: list, one in detail, more time for all, closing early.

/dotbaocao ──▶ list ──▶ one round ──▶ more time ──▶ last day ──▶ reason
                                 └──▶ close ──▶ reason
"""

from datetime import date, timedelta

from handlers import papers, requested, requested_words
from handlers.deadline_asking import asking_again, day_and_reason
from handlers.services import Services
from isobot.actions import reminding, requesting
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain import requests as domain
from isobot.domain.messages import Choice, IncomingKind
from isobot.domain.numbers import format_date
from isobot.domain.requests import Request
from isobot.errors import Refusal
from isobot.storage import reports, requests
from scheduler import wording

DIALOGUES = {"round-extend", "round-close"}
SHOWN = 8
OPEN_NEW = "Mở đợt báo cáo mới"


async def show_list(turn: Turn) -> None:
    """List the rounds of the receiver's provinces, the newest first."""
    provinces = turn.actor.provinces_to_receive()
    if not provinces:
        turn.say(reminding.NOT_RECEIVER)
        return
    found = [r for p in provinces for r in await requests.load(turn.store.connection, province=p)]
    found.sort(key=lambda request: request.created_at, reverse=True)
    sent = await reports.moments_in(
        turn.store.connection, periods=[(r.rule, r.period.key) for r in found[:SHOWN]]
    )
    lines = ["Các đợt báo cáo đột xuất:"] if found else ["Tỉnh chưa có đợt báo cáo đột xuất nào."]
    choices = []
    for request in found[:SHOWN]:
        inside = sum(1 for unit in request.units if (request.rule, request.period.key, unit) in sent)
        lines.append(f"• {_line(request, turn.today)}: {inside}/{len(request.units)} đơn vị đã gửi.")
        choices.append(Choice(f"rq:show:{request.rule}", f"Xem {request.name}", lasting=True))
    if len(found) > SHOWN:
        lines.append(f"Và {len(found) - SHOWN} đợt cũ hơn.")
    turn.say("\n".join(lines), *choices, Choice("rq:new", OPEN_NEW, lasting=True))


def _line(request: Request, today: date) -> str:
    about = f"{request.name[:1].upper()}{request.name[1:]}, {request.why.rstrip('. ')}"
    if request.closed_at is not None:
        return f"{about}, đã đóng {format_date(vietnam_day(request.closed_at))}"
    if today > request.last_day:
        return f"{about}, hết hạn {format_date(request.last_day)}"
    return f"{about}, hạn {format_date(request.last_day)}"


async def show(turn: Turn, services: Services, rule: str) -> None:
    """Show one round, with what can be done about it."""
    request = await _request(turn, rule)
    if request is None:
        return
    period = request.period
    sent = await reports.moments_in(turn.store.connection, periods=[(request.rule, period.key)])
    missing = [c for c in request.units if (request.rule, period.key, c) not in sent]
    first, last = request.covers
    lines = [
        f"{_line(request, turn.today)}.",
        f"Số liệu từ {format_date(first)} đến {format_date(last)}.",
        f"Căn cứ: {request.basis_words}.",
        f"Đã gửi: {len(request.units) - len(missing)}/{len(request.units)} đơn vị.",
    ]
    lines += [f"Hạn cũ {format_date(before)}, đổi ngày {format_date(on)}." for before, on in request.moves]
    units = [u for code in missing if (u := services.directory.get(code))]
    if units:
        lines.append(f"Chưa gửi: {wording.named(units)}.")
    choices = []
    if request.closed_at is None:
        choices = [
            Choice(f"dg:{request.rule}:{period.key}:{request.province}", "Nhắc, gia hạn, đổi người", True),
            Choice(f"rq:ext:{request.rule}", "Gia hạn cả đợt", lasting=True),
            Choice(f"rq:close:{request.rule}", "Đóng đợt sớm", lasting=True),
        ]
    else:
        lines.append(f"Lý do đóng: {request.closed_why}")
    choices += papers.choices(request.rule, period.key, request.province)
    turn.say("\n".join(lines), *choices)


async def _request(turn: Turn, rule: str) -> Request | None:
    found = await requests.load(turn.store.connection, rules=[rule])
    if not found:
        turn.say(f"{requesting.NO_ROUND} Gõ “đợt báo cáo” để xem các đợt.")
        return None
    if not turn.actor.may_receive_from(found[0].province):
        turn.say(reminding.NOT_RECEIVER)
        return None
    return found[0]


async def ask_last_day(turn: Turn, rule: str) -> None:
    """Begin to give everybody in a round more time."""
    request = await _request(turn, rule)
    if request is not None:
        turn.conversation.enter("round-extend", rule=rule)
        example = max(request.last_day, turn.today) + timedelta(days=7)
        turn.say(
            f"{request.name[:1].upper()}{request.name[1:]} đang có hạn {format_date(request.last_day)}. "
            f"Hạn mới cho cả đợt là ngày nào? Ví dụ: {format_date(example)}."
        )


async def ask_why_closed(turn: Turn, rule: str) -> None:
    """Begin to close a round before its last day."""
    request = await _request(turn, rule)
    if request is not None:
        turn.conversation.enter("round-close", rule=rule)
        turn.say(
            f"Đóng {request.name}: tôi thôi nhắc và báo các đơn vị chưa gửi. Số liệu đã gửi vẫn giữ.\n"
            "Lý do là gì? Anh/chị viết một câu ngắn, hoặc gõ “hủy” để thôi."
        )


async def take(turn: Turn, services: Services) -> None:
    """Take what was typed while a round is being extended or closed."""
    if turn.incoming.kind is not IncomingKind.TEXT:
        turn.say("Anh/chị gõ giúp tôi thành chữ, hoặc gõ “hủy” để thôi.")
        return
    try:
        if turn.conversation.dialogue == "round-extend":
            await _take_extension(turn, services)
        else:
            await _take_closing(turn, services)
    except Refusal as refusal:
        turn.say(f"{refusal} Gõ “hủy” để thôi.")


async def _take_extension(turn: Turn, services: Services) -> None:
    state = turn.conversation.state

    def say(day: date) -> str:
        warning = requested_words.day_off_warning(day, services.calendar)
        return f"Gia hạn cả đợt đến {format_date(day)}. {warning}".rstrip()

    given = day_and_reason(turn, read=lambda said: domain.read_last_day(said, today=turn.today), say=say)
    if given is None:
        return
    last_day, why = given
    with asking_again(turn):
        request = await requesting.extend_round(
            turn.store,
            actor=turn.actor,
            rule=state["rule"],
            last_day=last_day,
            why=why,
            channel=turn.incoming.bot,
        )
    turn.conversation.leave()
    services.rules_looked_at = None
    turn.say(
        f"Đã gia hạn {request.name} đến {format_date(request.last_day)}. Việc này được ghi vào nhật ký.\n"
        "Các đơn vị chưa gửi được báo hạn mới và nhắc theo hạn đó."
    )


async def _take_closing(turn: Turn, services: Services) -> None:
    closed = await requesting.close_round(
        turn.store,
        actor=turn.actor,
        rule=turn.conversation.state["rule"],
        why=" ".join(turn.text.split()),
        directory=services.directory,
        calendar=services.calendar,
        channel=turn.incoming.bot,
    )
    turn.conversation.leave()
    services.rules_looked_at = None
    turn.say(
        f"Đã đóng {closed.request.name}. Việc này được ghi vào nhật ký.\n"
        f"Tôi báo {closed.told} người của các đơn vị chưa gửi, và thôi nhắc đợt này."
    )


async def pick(turn: Turn, services: Services, parts: list[str]) -> bool:
    """Do what a button about rounds says; False when it is none of these."""
    match parts:
        case ["list"]:
            await show_list(turn)
        case ["show", rule]:
            await show(turn, services, rule)
        case ["ext", rule]:
            await ask_last_day(turn, rule)
        case ["close", rule]:
            await ask_why_closed(turn, rule)
        case _:
            return await requested.pick(turn, services, parts)
    return True

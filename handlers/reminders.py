"""What an officer may say to a reminder (nhắc việc).

reminder ──▶ begin | snooze ──▶ how long | on paper ──▶ number and date | not me | done ──▶ which day
"""

from collections.abc import Mapping

from handlers import putting_off, reminder_lines, reminder_page
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain.deadlines import Kind, ReportingRule
from isobot.domain.messages import Attachment, Choice, Reply
from isobot.domain.numbers import format_date, read_date
from isobot.errors import AnswerRefused, Refusal
from isobot.storage import office
from isobot.storage.outbox import Priority
from scheduler import wording

DIALOGUES = {"snooze", "paper", "done", "event"}
HEADS = ("sn", "pp", "nm", "mn", "dd", "wd", "ev", "ic", "snooze", "paper", "done")
"""How the keys of its buttons begin."""
OFFICE_ICS = "office"


async def take(turn: Turn, services: Services) -> bool:
    """Take the answer of a dialogue of this page; False when it was something else, and it is over."""
    state, dialogue = dict(turn.conversation.state), turn.conversation.dialogue
    turn.conversation.leave()
    try:
        if dialogue == "snooze":
            return await putting_off.take_days(turn, services, state)
        if dialogue == "paper":
            await _take_letter(turn, services, state)
        elif dialogue == "done":
            await _take_day_done(turn, services, state)
        else:
            await _take_event(turn, services, state)
    except AnswerRefused as refused:
        turn.conversation.enter(dialogue, **state)
        turn.say(str(refused))
    except Refusal as refusal:
        turn.say(str(refusal))
    return True


def ask_for_letter(turn: Turn, rule: str, period: str, unit: str) -> None:
    """Ask for number and date of the letter that went out."""
    if not turn.actor.may_report_for(unit):
        turn.say("Anh/chị không giữ vai trò báo cáo cho đơn vị này.")
        return
    turn.conversation.enter("paper", rule=rule, period=period, unit=unit)
    turn.say(
        f"Anh/chị cho tôi số và ngày của văn bản đã gửi, ví dụ: 45/BC-UBND ngày {format_date(turn.today)}.",
        Choice("paper:none", "Không nhớ số", by_word=True),
        Choice("paper:stop", "Chưa gửi", by_word=True),
    )


async def _take_letter(turn: Turn, services: Services, state: Mapping[str, str]) -> None:
    picked = turn.picked()
    if picked is not None and picked.key == "paper:stop":
        turn.say("Vâng, tôi vẫn nhắc như lịch.")
        return
    said = "" if picked is not None else " ".join(turn.text.split())
    report = (state["rule"], state["period"], state["unit"])
    told = await reminding.send_on_paper(
        turn.store,
        actor=turn.actor,
        rules=services.rules,
        report=report,
        said=said,
        calendar=services.calendar,
        channel=turn.incoming.bot,
    )
    number = f" ({said})" if said else ""
    hears = (
        f" và báo cơ quan nhận vào ngày làm việc kế tiếp, {format_date(told)}"
        if told
        else "; cơ quan nhận chưa có ai nhận được tin của tôi, anh/chị báo họ giúp"
    )
    turn.say(
        f"Đã ghi: đơn vị báo đã gửi bản giấy{number}. Tôi thôi nhắc{hears}.\n"
        "Số liệu chưa có trong hệ thống; khi cơ quan nhận vẫn cần, tôi sẽ nhắc lại. "
        "Anh/chị vẫn nhập được, gõ “báo cáo”."
    )


async def not_me(turn: Turn, services: Services, code: str) -> None:
    """End reminders to this person about a unit, and tell the receivers, who must find somebody else."""
    unit = services.directory.get(code)
    if unit is None:
        turn.say("Đơn vị này không còn trong danh sách.")
        return
    try:
        chats = await reminding.not_me(turn.store, actor=turn.actor, unit=unit, channel=turn.incoming.bot)
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    told = (
        "và đã báo cơ quan nhận báo cáo."
        if chats
        else "nhưng chưa báo được cơ quan nhận báo cáo; anh/chị báo giúp để họ giao người khác."
    )
    turn.say(
        f"Tôi thôi nhắc anh/chị về {unit.place_name} {told} "
        "Số liệu đã nhập vẫn còn nguyên. Nếu bấm nhầm, anh/chị chọn:",
        Choice(f"mn:{code}", "Nhắc lại tôi", lasting=True, by_word=True),
        Choice("go:roi", "Rời vai trò", lasting=True, by_word=True),
    )
    name = turn.incoming.sender_name.strip()[:60] or "Cán bộ đang đăng ký"
    words = Reply(
        f"{name} cho biết không phụ trách báo cáo của {unit.place_name}. "
        "Anh/chị cần giao người khác; tôi tạo được mã đăng ký cho người mới.",
        (Choice(f"rc:{code}", "Tạo mã cho người mới", lasting=True, by_word=True),),
    )
    for bot, chat in chats:
        turn.store.send(bot, chat, words, priority=Priority.ANSWER)


async def me_again(turn: Turn, code: str) -> None:
    """Take "không phải tôi" back."""
    await reminding.me_again(turn.store, actor=turn.actor, unit=code, channel=turn.incoming.bot)
    turn.say("Vâng, tôi lại nhắc anh/chị như lịch. Gõ “nhắc việc” để xem.")


async def choose_unit(turn: Turn, services: Services, head: str, question: str) -> None:
    """Ask which unit, or which report, a typed answer to a reminder is about; one is taken at once."""
    codes = reminding.units_of(turn.actor)
    found: list[Choice] = []
    for code in codes:
        unit = services.directory.get(code)
        if unit is None:
            continue
        if head == "nm" or (head == "ev" and any(r.follows_event for r in services.rules.duties_of(unit))):
            found.append(Choice(f"{head}:{code}", unit.place_name, lasting=True))
        if head in ("nm", "ev"):
            continue
        rules = services.rules.for_unit(unit) if head == "pp" else services.rules.duties_of(unit)
        events = await office.all_events(turn.store.connection)
        deeds = await office.all_deeds(turn.store.connection)
        for rule in rules:
            periods = (
                [p for p in reminder_page.periods_of(rule, unit, {}, turn.today) if p.opens <= turn.today]
                if rule.kind is Kind.REPORT
                else reminder_lines.duty_periods(rule, unit, events, turn.today)
            )
            found += [
                Choice(f"{head}:{rule.id}:{p.key}:{code}", f"{p.label}, {unit.name}", lasting=True)
                for p in periods
                if p.opens <= turn.today and (rule.id, p.key, code) not in deeds
            ]
    if not found:
        turn.say("Hiện không có kỳ nào của anh/chị đang cần nhắc. Gõ “nhắc việc” để xem lịch.")
    elif len(found) == 1:
        await pick(turn, services, *_split(found[0].key))
    else:
        turn.say(question, *found[:12])


def _split(key: str) -> tuple[str, list[str]]:
    head, _, rest = key.partition(":")
    return head, rest.split(":")


def _rule_of(services: Services, rule: str, code: str) -> ReportingRule | None:
    unit = services.directory.get(code)
    return services.rules.get_any(rule, unit.province) if unit is not None else None


def ask_when_done(turn: Turn, services: Services, rule: str, period: str, unit: str) -> None:
    """Ask on which day a duty was done."""
    known = _rule_of(services, rule, unit)
    if known is None or known.kind is not Kind.DUTY or unit not in reminding.units_of(turn.actor):
        turn.say("Việc này không còn trong danh sách của anh/chị.")
        return
    turn.conversation.enter("done", rule=rule, period=period, unit=unit)
    turn.say(
        f"{known.title}: anh/chị làm xong ngày nào? Ví dụ: {format_date(turn.today)}.",
        Choice("done:today", "Hôm nay", by_word=True),
        Choice("done:stop", "Chưa làm", by_word=True),
    )


async def _take_day_done(turn: Turn, services: Services, state: Mapping[str, str]) -> None:
    picked = turn.picked()
    if picked is not None and picked.key == "done:stop":
        turn.say("Vâng, tôi vẫn nhắc như lịch.")
        return
    day = turn.today if picked is not None else read_date(turn.text, today=turn.today)
    await reminding.done(
        turn.store,
        actor=turn.actor,
        rules=services.rules,
        report=(state["rule"], state["period"], state["unit"]),
        done_on=day,
        channel=turn.incoming.bot,
    )
    turn.say(f"Đã ghi: làm xong ngày {format_date(day)}. Tôi thôi nhắc việc này.")


def offer_events(turn: Turn, services: Services, code: str) -> None:
    """Offer the duties that follow an event, so that its day can be told."""
    unit = services.directory.get(code)
    rules = [r for r in services.rules.duties_of(unit) if r.follows_event] if unit else []
    if not rules or code not in reminding.units_of(turn.actor):
        turn.say("Hiện không có việc nào để thêm.")
        return
    turn.say(
        "Anh/chị cần tôi nhắc việc nào?",
        *(Choice(f"ev:{code}:{rule.id}", rule.title, lasting=True) for rule in rules),
    )


def ask_event(turn: Turn, services: Services, code: str, rule: str) -> None:
    """Ask on which day something happened that a duty follows."""
    known = _rule_of(services, rule, code)
    if known is None or not known.follows_event or code not in reminding.units_of(turn.actor):
        turn.say("Việc này không còn trong danh sách.")
        return
    turn.conversation.enter("event", rule=rule, unit=code)
    turn.say(f"{known.title}: cho tôi {known.event}. Ví dụ: {format_date(turn.today)}.")


async def _take_event(turn: Turn, services: Services, state: Mapping[str, str]) -> None:
    day = read_date(turn.text, today=turn.today)
    period = await reminding.add_event(
        turn.store,
        actor=turn.actor,
        rules=services.rules,
        rule=state["rule"],
        unit=state["unit"],
        happened_on=day,
        channel=turn.incoming.bot,
    )
    known = _rule_of(services, state["rule"], state["unit"])
    assert known is not None
    told = [f"Đã ghi. Hạn là {format_date(period.last_day)}; tôi sẽ nhắc trước hạn."]
    told += filter(None, [wording.day_off_words(period.last_day, turn.today, services.calendar)])
    turn.say("\n".join([*told, known.remark(), known.cited()]))


def send_calendar(turn: Turn, services: Services, whose: str) -> None:
    """Send the deadlines as a file for the person's own calendar."""
    provinces = turn.actor.provinces_to_receive()
    units = [c for c in reminding.units_of(turn.actor) if c in turn.actor.units_to_see()]
    if whose == OFFICE_ICS and provinces:
        made = Attachment("calendar_ics", f"lich-{provinces[0]}.ics", {"units": [], "province": provinces[0]})
    elif units:
        made = Attachment("calendar_ics", "lich-bao-cao.ics", {"units": units, "province": ""})
    else:
        turn.say("Lịch chỉ có cho người đã đăng ký đơn vị. Anh/chị gửi mã đăng ký.")
        return
    turn.say("Lịch các hạn sắp tới. Anh/chị mở tệp bằng ứng dụng lịch; hạn đổi thì tải lại.", attachment=made)


async def pick(turn: Turn, services: Services, head: str, parts: list[str]) -> bool:
    """Do what a button of a reminder says; False when it is none of these."""
    match head, parts:
        case "sn", [rule, period, unit]:
            putting_off.ask_how_long(turn, rule, period, unit)
        case "sn", [days, *which] if days.isdecimal() and len(days) < 3:
            await putting_off.put_off(turn, services, int(days), ":".join(which))
        case "pp", [rule, period, unit]:
            ask_for_letter(turn, rule, period, unit)
        case "nm", [unit]:
            await not_me(turn, services, unit)
        case "mn", [unit]:
            await me_again(turn, unit)
        case "dd", [rule, period, unit]:
            ask_when_done(turn, services, rule, period, unit)
        case "wd", [rule, period, unit]:
            await reminder_page.show_words(turn, services, rule, period, unit)
        case "ev", [unit]:
            offer_events(turn, services, unit)
        case "ev", [unit, rule]:
            ask_event(turn, services, unit, rule)
        case "ic", [whose]:
            send_calendar(turn, services, whose)
        case (("snooze" | "paper" | "done"), _) if turn.conversation.dialogue == head:
            await take(turn, services)
        case _:
            return False
    return True

"""What a receiving office does about deadlines in chat: nudge, more time, another officer, other days.

period ──▶ nudge all | more time ──▶ unit ──▶ last day ──▶ reason | another officer ──▶ unit ──▶ code
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from handlers import deadline_dates, deadline_nudge, reminder_lines
from handlers.deadline_asking import asking_again, day_and_reason
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.messages import Choice, IncomingKind, Reply
from isobot.domain.numbers import format_date, read_date
from isobot.domain.text import shorten
from isobot.domain.units import Unit
from isobot.errors import AnswerRefused, Refusal
from isobot.storage import dispatch, office
from isobot.storage.outbox import Priority
from isobot.storage.people import Holder
from scheduler import rounds, wording
from scheduler.dispatch import Loaded, situation_on
from scheduler.plan import ReportKey, Standing, UnitIndex, standing_of

DIALOGUES = {"extend", "reassign", deadline_dates.DIALOGUE}
HEADS = ("dg", "na", "nl", "nx", "ex", "re", "xu", "ru", "ro", "rc", "lt", "lm", "le", "hd")
"""How the keys of its buttons begin."""
OFFERED = 12


async def loaded_now(turn: Turn, services: Services, province: str) -> Loaded:
    """Load what the plan of today is made from in a province, without the ledger."""
    return await situation_on(
        turn.store.connection,
        services.timetable,
        services.directory,
        today=turn.today,
        province=province,
    )


def periods_now(turn: Turn, services: Services, province: str) -> list[tuple[ReportingRule, Period]]:
    """Return what can be worked on now: the open periods of a province, else those that ended last."""
    found = []
    for rule in services.rules.for_province(province):
        late = deadlines.late_periods(rule, turn.today, within_days=60)[-1:]
        found += [(rule, p) for p in (deadlines.open_periods(rule, turn.today) or late)]
    return found


async def show_desk(turn: Turn, services: Services, rule_id: str, key: str) -> None:
    """Show who is missing in one period and why, with what can be done about it."""
    found = known_period(turn, services, rule_id, key)
    if found is None:
        return
    rule, period = found
    missing, standing = await missing_in(turn, services, rule, period)
    lines = [f"{rule.title}, {period.label}, hạn {format_date(period.last_day)}."]
    lines.append(
        f"Còn {len(missing)} đơn vị chưa gửi số liệu." if missing else "Các đơn vị đều đã gửi số liệu."
    )
    lines += wording.standing_lines(missing, standing)
    choices = wording.desk_choices(rule.id, period) if missing else []
    choices += letter_choices(rule, period, missing, standing)
    choices += [
        Choice(f"nu:{rule.id}:{period.key}", "Nhật ký nhắc", lasting=True, by_word=True),
        Choice("go:tiendo", "Tiến độ", lasting=True, by_word=True),
    ]
    turn.say("\n".join(lines), *choices)


def letter_choices(
    rule: ReportingRule, period: Period, missing: Sequence[Unit], standing: Sequence[Standing]
) -> list[Choice]:
    """Offer to look at the units that say they sent paper."""
    found = []
    for unit, why in zip(missing, standing, strict=True):
        key = f"lt:{rule.id}:{period.key}:{unit.code}"
        if why is Standing.PAPER and len(key) <= 60:
            found.append(Choice(key, f"Bản giấy: {unit.place_name}"[:60], lasting=True))
    return found[:OFFERED]


async def missing_in(
    turn: Turn, services: Services, rule: ReportingRule, period: Period
) -> tuple[list[Unit], list[Standing]]:
    """Return the units whose figures are not in, and why as far as one can tell."""
    loaded = await loaded_now(turn, services, "" if rule.province == deadlines.NATIONAL else rule.province)
    timetable = loaded.timetable
    owing = deadlines.reporting_units(rule, period, services.directory)
    duty = rounds.duty_of(rule, period, owing, timetable, loaded.situation)
    reported = loaded.situation.reported
    missing = [u for u in owing if (rule.id, period.key, u.code) not in reported]
    standing = [standing_of(loaded.situation, duty, u, turn.today) for u in missing]
    silent = [u.code for u, why in zip(missing, standing, strict=True) if why is Standing.SILENT]
    seen = await dispatch.seen_units(turn.store.connection, rule=rule.id, period=period.key, among=silent)
    return missing, [
        Standing.SEEN if unit.code in seen else why for unit, why in zip(missing, standing, strict=True)
    ]


def known_period(
    turn: Turn, services: Services, rule_id: str, key: str
) -> tuple[ReportingRule, Period] | None:
    """Return a rule and its period for a receiver; None, and say why, where there is none."""
    rule = services.rules.by_id(rule_id)
    period = deadlines.find_period(rule, key) if rule else None
    if rule is None or period is None:
        turn.say("Kỳ này không còn trong danh sách. Gõ “tiến độ” để xem các kỳ hiện có.")
        return None
    if not turn.actor.may_receive_from(rule.province):
        turn.say(reminding.NOT_RECEIVER)
        return None
    return rule, period


async def begin(turn: Turn, services: Services, what: str, rule_id: str, key: str) -> None:
    """Begin to give more time, or to find another officer: ask which unit."""
    found = known_period(turn, services, rule_id, key)
    if found is None:
        return
    if what == "extend" and found[0].is_closed_on(turn.today):
        turn.say(reminding.ROUND_IS_CLOSED)
        return
    missing, _ = await missing_in(turn, services, *found)
    if not missing:
        turn.say("Các đơn vị đều đã gửi số liệu.")
        return
    turn.conversation.enter(what, rule=rule_id, period=key)
    verb = "gia hạn cho" if what == "extend" else "đổi người phụ trách của"
    head = "xu" if what == "extend" else "ru"
    choices = [Choice(f"{head}:{u.code}", u.place_name) for u in missing[:OFFERED]]
    more = " Đơn vị không có trong danh sách dưới đây thì anh/chị gõ tên." if len(missing) > OFFERED else ""
    turn.say(f"Anh/chị {verb} đơn vị nào?{more}", *choices)


async def begin_by_word(turn: Turn, services: Services, what: str) -> None:
    """Take a typed word of a digest: for the one open period at once, else ask which."""
    heads = {"nudge": "na", "extend": "ex", "reassign": "re"}
    found = [
        (rule, period)
        for province in turn.actor.provinces_to_receive()
        for rule, period in periods_now(turn, services, province)
    ]
    if not turn.actor.provinces_to_receive():
        turn.say(reminding.NOT_RECEIVER)
    elif not found:
        turn.say("Hiện không có kỳ báo cáo nào đang mở.")
    elif len(found) == 1:
        await pick(turn, services, heads[what], [found[0][0].id, found[0][1].key])
    elif (main := await _main_of(turn, services, found)) is not None:
        rule, period = found[main]
        turn.say(
            f"Kỳ này là {period.label}: {shorten(rule.title, 80)}, còn thiếu nhiều đơn vị nhất. "
            "Kỳ khác thì anh/chị gõ “tiến độ”."
        )
        await pick(turn, services, heads[what], [rule.id, period.key])
    else:
        turn.say(
            "Anh/chị chọn kỳ báo cáo:",
            *(
                Choice(f"{heads[what]}:{r.id}:{p.key}", f"{p.label}: {shorten(r.title, 40)}", lasting=True)
                for r, p in found
            ),
        )


async def _main_of(
    turn: Turn, services: Services, found: Sequence[tuple[ReportingRule, Period]]
) -> int | None:
    """Return the place of the period whose missing units are next to all; None where there is none."""
    reported: set[ReportKey] = set()
    for province in dict.fromkeys(rule.province for rule, _ in found):
        reported.update((await loaded_now(turn, services, province)).situation.reported)
    index = UnitIndex(services.directory)
    missing = [
        sum((rule.id, period.key, unit.code) not in reported for unit in index.owing(rule, period))
        for rule, period in found
    ]
    return wording.outweighing(missing) if any(missing) else None


async def take(turn: Turn, services: Services) -> None:
    """Take what was typed or picked inside a dialogue of the desk."""
    state: dict[str, Any] = dict(turn.conversation.state)
    dialogue = turn.conversation.dialogue
    if turn.incoming.kind is not IncomingKind.TEXT:
        turn.say("Anh/chị gõ giúp tôi thành chữ, hoặc gõ “hủy” để thôi.")
        return
    try:
        if dialogue == deadline_dates.DIALOGUE:
            await deadline_dates.take(turn, services, state)
        elif "unit" not in state:
            unit = _unit_named(turn, services, state)
            if unit is not None:
                await unit_picked(turn, services, unit.code)
        else:
            await _take_extension(turn, services, state)
    except AnswerRefused as refused:
        turn.say(str(refused))
    except Refusal as refusal:
        turn.say(f"{refusal} Gõ “hủy” để thôi.")


def _unit_named(turn: Turn, services: Services, state: Mapping[str, Any]) -> Unit | None:
    rule = services.rules.by_id(state["rule"])
    province = rule.province if rule else ""
    found = services.directory.find(turn.text, province=province, on=turn.today)
    if len(found) == 1:
        return found[0]
    if found:
        turn.say(
            "Có vài đơn vị cùng tên, anh/chị chọn:", *(Choice(_key(turn, u), u.place_name) for u in found)
        )
    else:
        known = services.directory.active_on(turn.today, province)
        example = next((u.name.removeprefix("UBND ") for u in known if not u.lead_office), "")
        turn.say(f"Tôi không thấy đơn vị này trong tỉnh. Anh/chị gõ lại tên, ví dụ: {example}; hoặc “hủy”.")
    return None


def _key(turn: Turn, unit: Unit) -> str:
    return f"{'xu' if turn.conversation.dialogue == 'extend' else 'ru'}:{unit.code}"


async def unit_picked(turn: Turn, services: Services, code: str) -> None:
    """Go on with the unit that was named."""
    unit = services.directory.get(code)
    if unit is None or not turn.actor.may_receive_from(unit.province):
        turn.conversation.leave()
        turn.say(reminding.NOT_RECEIVER)
        return
    if turn.conversation.dialogue == "reassign":
        await give_code(turn, services, code)
        return
    turn.conversation.state["unit"] = code
    rule = services.rules.by_id(turn.conversation.state["rule"])
    due = deadlines.find_period(rule, turn.conversation.state["period"]) if rule else None
    example = max(due.last_day if due else turn.today, turn.today) + timedelta(days=14)
    turn.say(f"{unit.place_name}: gia hạn đến hết ngày nào? Ví dụ: {format_date(example)}.")


async def give_code(turn: Turn, services: Services, code: str) -> None:
    """Give the receiver a code of registration for another officer of a unit."""
    unit = services.directory.get(code)
    if turn.conversation.dialogue == "reassign":
        turn.conversation.leave()
    if unit is None:
        turn.say("Đơn vị này không còn trong danh sách.")
        return
    try:
        made = await reminding.invite_for(turn.store, actor=turn.actor, unit=unit, channel=turn.incoming.bot)
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    now = await reminding.officers_of(turn.store, unit)
    names = ", ".join(_name(each) for each in now)
    holding = f"Tôi đang nhắc: {names}." if now else "Hiện chưa có ai để tôi nhắc."
    turn.say(
        f"{unit.place_name}. {holding}\n"
        f"Mã cho người mới: {made} (dùng một lần, trong 14 ngày). "
        "Anh/chị chuyển mã cho người đó; họ gửi mã này cho tôi là xong."
        + (" Người cũ không còn phụ trách thì anh/chị chọn thôi nhắc." if now else ""),
        *(Choice(f"ro:{code}:{each.person}", f"Thôi nhắc {_name(each)}", lasting=True) for each in now),
    )


def _name(holder: Holder) -> str:
    return holder.name or f"người số {holder.person}"


async def relieve(turn: Turn, services: Services, code: str, person: int) -> None:
    """End reminders to an officer who is no longer in charge, and tell the officer."""
    unit = services.directory.get(code)
    if unit is None:
        turn.say("Đơn vị này không còn trong danh sách.")
        return
    try:
        chat = await reminding.relieve(
            turn.store, actor=turn.actor, unit=unit, person=person, channel=turn.incoming.bot
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    turn.say(f"Đã thôi nhắc người cũ về {unit.place_name}. Việc này được ghi vào nhật ký.")
    if chat is not None:
        words = Reply(
            f"Cơ quan nhận báo cáo cho biết {unit.place_name} có người khác phụ trách, "
            "nên tôi thôi nhắc anh/chị. Nếu anh/chị vẫn phụ trách, anh/chị chọn:",
            (Choice(f"mn:{code}", "Nhắc lại tôi", lasting=True, by_word=True),),
        )
        turn.store.send(*chat, words, priority=Priority.ANSWER)


async def _take_extension(turn: Turn, services: Services, state: Mapping[str, Any]) -> None:
    """Take the new day, which is checked at once, then the reason."""
    unit = services.directory.get(state["unit"])
    rule = services.rules.by_id(state["rule"])
    due = deadlines.find_period(rule, state["period"]) if rule else None
    if unit is None or rule is None or due is None:
        raise Refusal(reminding.NO_PERIOD)

    def read(said: str) -> date:
        day = read_date(said, today=turn.today, past=False)
        reminding.check_longer(due, day, today=turn.today)
        return day

    def say(day: date) -> str:
        off = wording.day_off_words(day, turn.today, services.calendar)
        return f"Gia hạn đến {format_date(day)}. {off}".rstrip()

    given = day_and_reason(turn, read=read, say=say)
    if given is None:
        return
    last_day, why = given
    with asking_again(turn):
        made = await reminding.extend(
            turn.store,
            actor=turn.actor,
            timetable=services.timetable,
            directory=services.directory,
            unit=unit,
            rule=rule.id,
            period=due.key,
            last_day=last_day,
            why=why,
            channel=turn.incoming.bot,
        )
    turn.conversation.leave()
    turn.say(_extended_words(made, unit, rule, services, turn.today))


def _extended_words(
    made: reminding.Extended, unit: Unit, rule: ReportingRule, services: Services, today: date
) -> str:
    period = made.period
    days = reminder_lines.days_after_news(rule, period, services, today)
    told = (
        f"Tôi báo ngay cho {made.told} người của đơn vị."
        if made.told
        else "Đơn vị chưa có ai nhận được tin của tôi; anh/chị báo họ giúp."
    )
    return (
        f"Đã gia hạn cho {unit.place_name}: {period.label}, hạn mới {format_date(period.last_day)}. "
        f"Việc này được ghi vào nhật ký.\n{told}\n"
        f"Các lần nhắc theo hạn mới: {reminder_lines.days_in_words(days)}."
    )


async def show_letter(turn: Turn, services: Services, rule: str, period: str, code: str) -> None:
    """Show what a unit said about its letter, and ask whether figures are still wanted."""
    unit = services.directory.get(code)
    letter = (await office.all_letters(turn.store.connection, units=[code])).get((rule, period, code))
    if unit is None or letter is None or not turn.actor.may_receive_from(unit.province):
        turn.say("Đơn vị này chưa báo gửi bản giấy cho kỳ này.")
        return
    about = f"{rule}:{period}:{code}"
    turn.say(
        f"{unit.place_name} báo đã gửi bản giấy: {letter.said or 'không nêu số văn bản'}. "
        "Số liệu chưa có trong hệ thống.",
        Choice(f"lm:{about}", "Vẫn thiếu số liệu, nhắc tiếp", lasting=True),
        Choice(f"le:{about}", "Đủ rồi, không nhắc nữa", lasting=True),
    )


async def judge_letter(
    turn: Turn, services: Services, verdict: str, rule: str, period: str, code: str
) -> None:
    """Keep the receiver's word about a letter."""
    unit = services.directory.get(code)
    if unit is None:
        turn.say("Đơn vị này không còn trong danh sách.")
        return
    try:
        await reminding.judge_letter(
            turn.store,
            actor=turn.actor,
            province=unit.province,
            report=(rule, period, code),
            verdict=verdict,
            channel=turn.incoming.bot,
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    if verdict == office.ENOUGH:
        turn.say(f"Đã ghi: {unit.place_name} không cần nhập số liệu kỳ này. Tôi không nhắc nữa.")
    else:
        turn.say(f"Đã ghi: {unit.place_name} vẫn thiếu số liệu. Tôi nhắc tiếp theo lịch.")


async def pick(turn: Turn, services: Services, head: str, parts: list[str]) -> bool:
    """Do what a button of the desk says; False when it is none of these."""
    match head, parts:
        case "dg", [rule, period, _]:
            await show_desk(turn, services, rule, period)
        case "na", [rule, period]:
            if known_period(turn, services, rule, period) is not None:
                await deadline_nudge.at_once(turn, services, rule, period)
        case "nl" | "nx", [rule, period, day]:
            await deadline_nudge.later(turn, services, rule, period, day, on=head == "nl")
        case "ex", [rule, period]:
            await begin(turn, services, "extend", rule, period)
        case "re", [rule, period]:
            await begin(turn, services, "reassign", rule, period)
        case "xu", [unit] if turn.conversation.dialogue == "extend":
            await unit_picked(turn, services, unit)
        case "ru", [unit] if turn.conversation.dialogue == "reassign":
            await unit_picked(turn, services, unit)
        case "ro", [unit, person] if person.isdecimal() and len(person) < 19:
            await relieve(turn, services, unit, int(person))
        case "rc", [unit]:
            await give_code(turn, services, unit)
        case "lt", [rule, period, unit]:
            await show_letter(turn, services, rule, period, unit)
        case "lm", [rule, period, unit]:
            await judge_letter(turn, services, office.STILL_MISSING, rule, period, unit)
        case "le", [rule, period, unit]:
            await judge_letter(turn, services, office.ENOUGH, rule, period, unit)
        case "hd", [rule, number, period, *where] if (
            number.isdecimal() and len(number) < 3 and len(where) < 2
        ):
            deadline_dates.ask(turn, services, rule, number, period, *where or [""])
        case _:
            return False
    return True

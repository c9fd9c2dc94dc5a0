"""What a receiving office does about deadlines in chat: nudge, more time, another officer, other days.

period ──▶ nudge all | more time ──▶ unit ──▶ last day ──▶ reason | another officer ──▶ unit ──▶ code
/hanbaocao ──▶ which day ──▶ new day ──▶ reason
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from handlers import reminder_lines
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.messages import Choice, IncomingKind
from isobot.domain.numbers import format_date, read_date
from isobot.domain.text import shorten
from isobot.domain.units import Unit
from isobot.errors import AnswerRefused, Refusal
from isobot.storage import office, rulebook
from scheduler import rounds, wording
from scheduler.dispatch import Loaded, situation_on
from scheduler.plan import Standing, UnitIndex, standing_of

DIALOGUES = {"extend", "reassign", "move"}
OFFERED = 12
AHEAD_DAYS = 10


async def show_campaign(turn: Turn, services: Services) -> None:
    """Show a receiver what will be reminded in the next days, how many it reaches, and what it says."""
    for province in turn.actor.provinces_to_receive():
        loaded = await _loaded(turn, services)
        units = [u for u in services.directory if u.province == province]
        lines = [f"Lịch nhắc {AHEAD_DAYS} ngày tới của tỉnh:"]
        for n in range(AHEAD_DAYS + 1):
            day = turn.today + timedelta(days=n)
            falling, digests = rounds.falling_on(day, loaded.timetable, units, loaded.situation)
            sizes = Counter((f.rule.title, f.period.label, f.step) for f in falling)
            for (title, label, step), size in sizes.items():
                told = {
                    p
                    for f in falling
                    for p in f.people
                    if (f.rule.title, f.period.label, f.step) == (title, label, step)
                    and p not in loaded.situation.unreachable
                }
                name = label if title in label else f"{shorten(title, 60)}, {label}"
                lines.append(
                    f"• {format_date(day)}: {name} ({step}), {size} đơn vị, {len(told)} người nhận tin."
                )
            lines += [
                f"• {format_date(day)}: bản tổng hợp {d.period.label} gửi anh/chị ({len(d.missing)} đơn vị)."
                for d in digests
            ]
        if len(lines) == 1:
            lines = [f"{AHEAD_DAYS} ngày tới không có lần nhắc nào trong tỉnh."]
        choices = [
            Choice(
                f"dg:{rule.id}:{period.key}:{province}",
                f"Xử lý {period.label}: {shorten(rule.title, 30)}",
                True,
            )
            for rule, period in periods_now(turn, services, province)
        ]
        turn.say(
            "\n".join(lines),
            *choices,
            Choice("go:hanbaocao", "Đổi hạn báo cáo", lasting=True),
            Choice("go:dotbaocao", "Đợt báo cáo đột xuất", lasting=True),
            Choice("ic:office", "Tải lịch của cơ quan (.ics)", lasting=True),
        )


async def _loaded(turn: Turn, services: Services) -> Loaded:
    return await situation_on(turn.store.connection, services.timetable, services.directory, today=turn.today)


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
    turn.say("\n".join(lines), *choices, Choice("go:tiendo", "Tiến độ", lasting=True, by_word=True))


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
    loaded = await _loaded(turn, services)
    index = UnitIndex(services.directory)
    timetable = loaded.timetable
    owing = deadlines.reporting_units(rule, period, index.of(rule.province))
    duty = rounds.duty_of(rule, period, owing, timetable, loaded.situation)
    reported = loaded.situation.reported
    missing = [u for u in owing if (rule.id, period.key, u.code) not in reported]
    return missing, [standing_of(loaded.situation, duty, u, turn.today) for u in missing]


def known_period(
    turn: Turn, services: Services, rule_id: str, key: str
) -> tuple[ReportingRule, Period] | None:
    """Return a rule and its period for a receiver; None, and say why, where there is none."""
    rule = services.rules.get(rule_id)
    period = deadlines.find_period(rule, key) if rule else None
    if rule is None or period is None:
        turn.say("Kỳ này không còn trong danh sách. Gõ “tiến độ” để xem các kỳ hiện có.")
        return None
    if not turn.actor.may_receive_from(rule.province):
        turn.say(reminding.NOT_RECEIVER)
        return None
    return rule, period


async def nudge(turn: Turn, services: Services, rule_id: str, key: str) -> None:
    """Remind every silent unit by hand, one message a person a day."""
    found = known_period(turn, services, rule_id, key)
    if found is None:
        return
    made = await reminding.nudge(
        turn.store,
        actor=turn.actor,
        timetable=services.timetable,
        directory=services.directory,
        rule=rule_id,
        period=key,
        channel=turn.incoming.bot,
    )
    lines = [f"Đã xếp {made.messages} tin nhắc tới {made.units} đơn vị."]
    if made.told_today:
        lines.append(f"{made.told_today} người đã được nhắc hôm nay nên tôi không nhắc thêm.")
    if not services.calendar.is_working_moment(turn.now):
        opens = services.calendar.next_working_moment(turn.now)
        lines.append(f"Tin sẽ đi vào giờ làm việc, từ {opens:%H:%M} ngày {format_date(opens.date())}.")
    lines.append(
        "Đơn vị chưa ai đăng ký, không nhận được tin, đã gửi bản giấy hay được gia hạn thì không nhắc."
    )
    turn.say("\n".join(lines))


async def begin(turn: Turn, services: Services, what: str, rule_id: str, key: str) -> None:
    """Begin to give more time, or to find another officer: ask which unit."""
    found = known_period(turn, services, rule_id, key)
    if found is None:
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
    else:
        turn.say(
            "Anh/chị chọn kỳ báo cáo:",
            *(
                Choice(f"{heads[what]}:{r.id}:{p.key}", f"{p.label}: {shorten(r.title, 40)}", lasting=True)
                for r, p in found
            ),
        )


async def take(turn: Turn, services: Services) -> None:
    """Take what was typed or picked inside a dialogue of the desk."""
    state: dict[str, Any] = dict(turn.conversation.state)
    dialogue = turn.conversation.dialogue
    if turn.incoming.kind is not IncomingKind.TEXT:
        turn.say("Anh/chị gõ giúp tôi thành chữ, hoặc gõ “hủy” để thôi.")
        return
    try:
        if dialogue == "move":
            await _take_move(turn, services, state)
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
    rule = services.rules.get(state["rule"])
    province = rule.province if rule else ""
    found = services.directory.find(turn.text, province=province, on=turn.today)
    if len(found) == 1:
        return found[0]
    if found:
        turn.say(
            "Có vài đơn vị cùng tên, anh/chị chọn:", *(Choice(_key(turn, u), u.place_name) for u in found)
        )
    else:
        turn.say("Tôi không thấy đơn vị này trong tỉnh. Anh/chị gõ lại tên, ví dụ: xã Pù Luông; hoặc “hủy”.")
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
    turn.say(
        f"{unit.place_name}: gia hạn đến hết ngày nào? Ví dụ: {format_date(turn.today + timedelta(days=14))}."
    )


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
    holding = f"Đang đăng ký: {', '.join(now)}." if now else "Hiện chưa ai đăng ký."
    turn.say(
        f"{unit.place_name}. {holding}\n"
        f"Mã cho người mới: {made} (dùng một lần, trong 14 ngày). "
        "Anh/chị chuyển mã cho người đó; họ gửi mã này cho tôi là xong."
    )


async def _take_extension(turn: Turn, services: Services, state: Mapping[str, Any]) -> None:
    unit = services.directory.get(state["unit"])
    assert unit is not None
    if "day" not in state:
        day = read_date(turn.text, today=turn.today, past=False)
        turn.conversation.state["day"] = day.isoformat()
        turn.say(f"Gia hạn đến {format_date(day)}. Lý do là gì? Anh/chị viết một câu ngắn.")
        return
    try:
        period = await reminding.extend(
            turn.store,
            actor=turn.actor,
            rules=services.rules,
            unit=unit,
            rule=state["rule"],
            period=state["period"],
            last_day=date.fromisoformat(state["day"]),
            why=" ".join(turn.text.split()),
            channel=turn.incoming.bot,
        )
    except Refusal:
        turn.conversation.state.pop("day")
        raise
    turn.conversation.leave()
    days = _coming(turn, services, state["rule"], period)
    turn.say(
        f"Đã gia hạn cho {unit.place_name}: {period.label}, hạn mới {format_date(period.last_day)}. "
        f"Việc này được ghi vào nhật ký.\nTôi báo đơn vị và nhắc theo hạn mới: {days}."
    )


def _coming(turn: Turn, services: Services, rule_id: str, period: Period) -> str:
    rule = services.rules.get(rule_id)
    steps = reminder_lines.planned(rule, period, services) if rule else ()
    days = [s.day for s in steps if s.audience.value == "reporter" and s.day >= turn.today]
    return ", ".join(format_date(day) for day in days[:5]) or "không còn lần nhắc nào"


async def show_dates(turn: Turn, services: Services) -> None:
    """List the last days that the office itself sets, and those it cannot change."""
    provinces = turn.actor.provinces_to_receive()
    if not provinces:
        turn.say(reminding.NOT_RECEIVER)
        return
    for province in provinces:
        choices = []
        lines = ["Hạn do cơ quan đặt, anh/chị đổi được:"]
        for rule, number in reminding.movable(services.rules, province):
            period = _next_of(rule, number, turn)
            if period is None:
                continue
            lines.append(f"• {rule.title}, {period.label}: {format_date(period.last_day)}.")
            choices.append(
                Choice(
                    f"hd:{rule.id}:{number}:{period.key}", f"{period.label}: {shorten(rule.title, 35)}", True
                )
            )
        fixed = [
            r for r in services.rules.for_province(province) if r.date_nature is not deadlines.Nature.OFFICE
        ]
        lines += [f"• {r.title}: ngày theo {r.date_nature.label}, không đổi ở đây." for r in fixed]
        if not choices and not fixed:
            lines = [services.rules.silence(province) or "Tỉnh không có hạn nào do cơ quan đặt."]
        turn.say("\n".join(lines), *choices)


def _next_of(rule: ReportingRule, number: int, turn: Turn) -> Period | None:
    """Return the period of an occurrence that ends next."""
    prefix = rule.occurrences[number].key
    coming = deadlines.periods_between(rule, turn.today, turn.today + timedelta(days=366))
    return next((p for p in coming if prefix.format(year=p.key[:4]) == p.key), None)


def ask_date(turn: Turn, services: Services, rule_id: str, number: str, key: str) -> None:
    """Ask for the new last day of a period."""
    rule = services.rules.get_any(rule_id)
    period = deadlines.find_period(rule, key) if rule else None
    if rule is None or period is None or not turn.actor.may_receive_from(rule.province):
        turn.say(reminding.NOT_RECEIVER)
        return
    turn.conversation.enter("move", rule=rule_id, number=int(number), period=key)
    turn.say(
        f"{rule.title}, {period.label}: hạn đang là {format_date(period.last_day)}. "
        f"Hạn mới là ngày nào? Ví dụ: {format_date(period.last_day - timedelta(days=3))}."
    )


async def _take_move(turn: Turn, services: Services, state: Mapping[str, Any]) -> None:
    if "day" not in state:
        day = read_date(turn.text, today=turn.today, past=False)
        turn.conversation.state["day"] = day.isoformat()
        turn.say(
            f"Đổi hạn thành {format_date(day)}, áp dụng từ kỳ này và các năm sau. "
            "Lý do là gì? Anh/chị viết một câu ngắn."
        )
        return
    try:
        move = await reminding.move_date(
            turn.store,
            actor=turn.actor,
            rules=services.rules,
            rule=state["rule"],
            occurrence=state["number"],
            period=state["period"],
            last_day=date.fromisoformat(state["day"]),
            why=" ".join(turn.text.split()),
            channel=turn.incoming.bot,
        )
    except Refusal:
        turn.conversation.state.pop("day")
        raise
    turn.conversation.leave()
    services.rules_looked_at = None  # so that this process follows at the next event
    moved = await rulebook.current(turn.store.connection, services.shipped_rules)
    rule = moved.get_any(move.rule)
    period = deadlines.find_period(rule, state["period"]) if rule else None
    assert rule is not None
    assert period is not None
    steps = reminder_lines.planned(rule, period, services)
    days = [s.day for s in steps if s.audience.value == "reporter" and s.day >= turn.today]
    turn.say(
        f"Đã đổi hạn {period.label}: {format_date(period.last_day)}. Việc này được ghi vào nhật ký.\n"
        f"Lịch nhắc mới: {', '.join(format_date(day) for day in days[:5]) or 'không còn lần nhắc nào'}."
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
            await nudge(turn, services, rule, period)
        case "ex", [rule, period]:
            await begin(turn, services, "extend", rule, period)
        case "re", [rule, period]:
            await begin(turn, services, "reassign", rule, period)
        case "xu", [unit] if turn.conversation.dialogue == "extend":
            await unit_picked(turn, services, unit)
        case "ru", [unit] if turn.conversation.dialogue == "reassign":
            await unit_picked(turn, services, unit)
        case "rc", [unit]:
            await give_code(turn, services, unit)
        case "lt", [rule, period, unit]:
            await show_letter(turn, services, rule, period, unit)
        case "lm", [rule, period, unit]:
            await judge_letter(turn, services, office.STILL_MISSING, rule, period, unit)
        case "le", [rule, period, unit]:
            await judge_letter(turn, services, office.ENOUGH, rule, period, unit)
        case "hd", [rule, number, period] if number.isdecimal() and len(number) < 3:
            ask_date(turn, services, rule, number, period)
        case _:
            return False
    return True

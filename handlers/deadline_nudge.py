"""A receiver has the silent units reminded by hand: now, or on a later day as promised (nhắc riêng)."""

from datetime import date

from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.units import Unit
from isobot.errors import Refusal


async def at_once(turn: Turn, services: Services, rule_id: str, key: str) -> None:
    """Remind every silent unit by hand, one message a person a day; offer a later day for the rest."""
    made = await reminding.nudge(
        turn.store,
        actor=turn.actor,
        timetable=services.timetable,
        directory=services.directory,
        rule=rule_id,
        period=key,
        channel=turn.incoming.bot,
    )
    lines = [_nudged(made)]
    if made.messages and not services.calendar.is_working_moment(turn.now):
        opens = services.calendar.next_working_moment(turn.now)
        lines.append(f"Tin sẽ đi vào giờ làm việc, từ {opens:%H:%M} ngày {format_date(opens.date())}.")
    lines.append(
        "Tôi không nhắc đơn vị chưa ai đăng ký, không nhận được tin, đã gửi bản giấy hoặc được gia hạn."
    )
    later = Choice(
        f"nl:{rule_id}:{key}:{made.free_day.isoformat()}", f"Nhắc vào {format_date(made.free_day)}", True
    )
    if made.told_today:
        lines.append(
            f"Ngày làm việc gần nhất chưa có lần nhắc nào của kỳ này là {format_date(made.free_day)}. "
            "Anh/chị chọn thì hôm đó tôi nhắc riêng các đơn vị còn im lặng."
        )
    turn.say("\n".join(lines), *([later] if made.told_today else []))


async def one_unit(turn: Turn, services: Services, unit: Unit, rule: ReportingRule, period: Period) -> None:
    """Remind one unit by hand."""
    made = await reminding.nudge(
        turn.store,
        actor=turn.actor,
        timetable=services.timetable,
        directory=services.directory,
        rule=rule.id,
        period=period.key,
        channel=turn.incoming.bot,
        only=unit.code,
    )
    if made.messages:
        turn.say(f"{unit.place_name}, {period.label}: đã xếp {made.messages} tin nhắc.")
    elif made.told_today:
        turn.say(f"{unit.place_name} đã được nhắc hôm nay nên tôi không nhắc thêm.")
    else:
        turn.say(
            f"{unit.place_name}: chưa ai nhận được tin, hoặc đơn vị đã gửi bản giấy hay được gia hạn, "
            "nên tôi không nhắc."
        )


def _nudged(made: reminding.Nudged) -> str:
    """Say whom a nudge reaches today."""
    told = f"{made.told_today} người đã được nhắc hôm nay nên tôi không nhắc thêm."
    if made.messages:
        queued = f"Đã xếp {made.messages} tin nhắc tới {made.units} đơn vị."
        return f"{queued}\n{told}" if made.told_today else queued
    return told if made.told_today else "Hiện không có đơn vị im lặng nào để nhắc."


async def later(turn: Turn, services: Services, rule: str, period: str, said: str, *, on: bool) -> None:
    """Promise a nudge on a later day, or take the promise back."""
    try:
        day = date.fromisoformat(said)
        acting = reminding.nudge_later if on else reminding.no_nudge
        done = await acting(
            turn.store,
            actor=turn.actor,
            timetable=services.timetable,
            rule=rule,
            period=period,
            day=day,
            channel=turn.incoming.bot,
        )
    except ValueError:
        turn.say(reminding.NO_PERIOD)
        return
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    if on:
        turn.say(
            f"Vâng, từ {services.calendar.begins:%H:%M} ngày {format_date(day)} tôi nhắc riêng các đơn vị "
            "còn im lặng. Đơn vị nào gửi số liệu trước đó thì tôi không nhắc.",
            Choice(f"nx:{rule}:{period}:{said}", f"Không nhắc vào {format_date(day)}", lasting=True),
        )
    else:
        turn.say(
            f"Vâng, ngày {format_date(day)} tôi không nhắc riêng nữa."
            if done
            else f"Ngày {format_date(day)} không có lần nhắc riêng nào để bỏ."
        )

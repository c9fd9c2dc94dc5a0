"""What will be reminded and when, and how to put it off (nhắc việc)."""

from datetime import timedelta

from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.deadlines import Audience, Period
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.errors import Refusal
from isobot.storage import reports
from scheduler.plan import PlannedStep, ladder

SHOWN = 5
PUT_OFF_DAYS = (1, 3, 7)


async def show(turn: Turn, services: Services) -> None:
    """Show the coming reminders of my units."""
    codes = turn.actor.units_to_report()
    if not codes:
        receives = turn.actor.provinces_to_receive()
        turn.say(
            "Tôi nhắc từng đơn vị chưa gửi số liệu theo lịch của mỗi kỳ. "
            "Gõ “tiến độ” để xem đơn vị nào còn thiếu."
            if receives
            else "Tôi chỉ nhắc người đã đăng ký báo cáo cho một đơn vị. Anh/chị gửi mã đăng ký để được nhắc."
        )
        return
    sent = {
        (r.unit, r.rule, r.period)
        for r in await reports.of_units(turn.store.connection, codes)
        if r.status in ("submitted", "accepted")
    }
    lines: list[str] = []
    choices: list[Choice] = []
    for code in codes:
        unit = services.directory.get(code)
        if unit is None:
            continue
        lines.append(f"{unit.place_name}:")
        rules = services.rules.for_unit(unit)
        if not rules:
            lines.append(services.rules.silence(unit.province) or "Không có kỳ báo cáo nào để nhắc.")
        for rule in rules:
            coming = deadlines.next_period(rule, turn.today)
            late = deadlines.late_periods(rule, turn.today)[-1:]
            periods = [*late, *deadlines.open_periods(rule, turn.today), *([coming] if coming else [])]
            for period in periods:
                if not unit.active_on(period.last_day):
                    continue
                if (unit.code, rule.id, period.key) in sent:
                    lines.append(f"• {period.label}: đã gửi số liệu, tôi không nhắc nữa.")
                    continue
                steps = [s for s in _own_steps(period, services) if s.day >= turn.today]
                days = ", ".join(format_date(s.day) for s in steps[:SHOWN]) or "không còn lần nhắc nào"
                lines.append(f"• {period.label}, hạn {format_date(period.last_day)}: nhắc {days}.")
                key = f"sn:{rule.id}:{period.key}:{unit.code}"
                if steps and period.opens <= turn.today and len(key) <= 60:
                    choices.append(Choice(key, f"Hoãn nhắc {period.label}", lasting=True))
            lines.append(f"  {rule.remark()}")
    turn.say("\n".join(lines), *choices)


def _own_steps(period: Period, services: Services) -> list[PlannedStep]:
    planned = ladder(period, services.calendar, services.ladder)
    return [step for step in planned if step.audience is Audience.REPORTER]


def ask_how_long(turn: Turn, rule: str, period: str, unit: str) -> None:
    """Ask for how many days to keep quiet."""
    turn.conversation.enter("snooze", rule=rule, period=period, unit=unit)
    choices = [Choice(f"snooze:{days}", f"{days} ngày") for days in PUT_OFF_DAYS]
    turn.say("Anh/chị muốn tôi hoãn nhắc bao lâu?", *choices, Choice("snooze:0", "Không hoãn"))


async def take(turn: Turn, services: Services) -> bool:
    """Take the answer; False when it was something else, and the dialogue is over."""
    picked = turn.picked()
    state = dict(turn.conversation.state)
    turn.conversation.leave()
    if picked is None or not picked.key.startswith("snooze:"):
        return False
    days = int(picked.key.removeprefix("snooze:"))
    if days == 0:
        turn.say("Vâng, tôi vẫn nhắc như lịch.")
        return True
    until = turn.today + timedelta(days=days)
    try:
        last_day = await reminding.snooze(
            turn.store,
            actor=turn.actor,
            rules=services.rules,
            rule=state["rule"],
            period=state["period"],
            unit=state["unit"],
            until=until,
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return True
    note = f" Hạn cuối vẫn là {format_date(last_day)}." if last_day >= turn.today else ""
    turn.say(f"Đã hoãn, tôi sẽ nhắc lại từ {format_date(until)}.{note}")
    return True

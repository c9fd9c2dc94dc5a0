"""What reminders cost each bot, month by month, and what its months still hold."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from isobot.bots import limits_of, silent_bots
from isobot.chat.limits import Limits
from isobot.chat.quota import kept_for_answers
from isobot.clock import VIETNAM, vietnam_day
from isobot.core import Core
from isobot.domain.chat_keys import bot_and_chat
from isobot.storage import delivery, people

ByDay = Mapping[date, Iterable[int]]
"""The people who are told on each day."""


async def print_cost_of_day(core: Core, persons: Iterable[int], day: date) -> None:
    """Say what a day's reminders cost each bot, and what is left of the month in which the day lies."""
    limits = limits_of(core.settings, core.bots)
    is_ahead = _month(day) > _month(vietnam_day(core.clock.now()))
    hint = False
    for bot, by_day in sorted((await _messages(core, {day: persons})).items()):
        messages = sum(by_day.values())
        line = f"Chi phí ngày {day:%d/%m/%Y}, kênh {bot}: {messages} tin"
        line += _pace(messages, limits.get(bot)) + await _left(core, bot, day, messages, limits.get(bot))
        print(line + ".")
        hint |= is_ahead and _monthly(limits.get(bot)) is not None
    if hint:
        print("Chưa kể các ngày nhắc khác của tháng đó: thêm --month để tính cả tháng.")


async def print_cost_of_days(core: Core, told: ByDay, *, of: str) -> None:
    """Say what many days of reminders cost each bot at most, month by month."""
    limits = limits_of(core.settings, core.bots)
    costs = await _messages(core, told)
    if not costs:
        print(f"Chi phí {of}: không có tin nhắc nào.")
    for bot, by_day in sorted(costs.items()):
        busiest = max(by_day, key=lambda day: by_day[day])
        print(
            f"Chi phí {of}, kênh {bot}: nhiều nhất {sum(by_day.values())} tin trong {len(by_day)} ngày; "
            f"ngày nhiều nhất là {busiest:%d/%m/%Y}: {by_day[busiest]} tin"
            f"{_pace(by_day[busiest], limits.get(bot))}."
        )
        months: Counter[date] = Counter()
        for day, messages in by_day.items():
            months[_month(day)] += messages
        for month, messages in sorted(months.items()):
            left = await _left(core, bot, month, messages, limits.get(bot))
            print(f"  Tháng {month:%m/%Y}: {messages} tin{left}.")


async def _messages(core: Core, told: ByDay) -> dict[str, Counter[date]]:
    """Count the messages of each bot that will send them: one a person a day, whatever it says."""
    silent = silent_bots(core.settings, core.bots)
    async with core.database.read() as connection:
        chats = {h.person: h.chats for h in await people.holders(connection)}
    costs: dict[str, Counter[date]] = defaultdict(Counter)
    for day, persons in told.items():
        for person in set(persons):
            if bots := [bot_and_chat(chat)[0] for chat in chats.get(person, ())]:
                costs[next((bot for bot in bots if bot not in silent), bots[0])][day] += 1
    return costs


async def _left(core: Core, bot: str, day: date, messages: int, limits: Limits | None) -> str:
    """Say what the month of a day still holds; "" where the bot has no monthly quota."""
    monthly = _monthly(limits)
    if monthly is None:
        return ""
    month, now = _month(day), _month(vietnam_day(core.clock.now()))
    async with core.database.read() as connection:
        used = await delivery.sent_in_month(connection, bot, month=datetime.combine(month, time(12), VIETNAM))
    left = monthly - used
    if month < now:
        return f"; tháng {month:%m/%Y} đã qua, đã gửi {used}/{monthly}"
    which = "tháng này" if month == now else f"tháng {month:%m/%Y}"
    line = f"; {which} đã gửi {used}/{monthly}, còn {left}"
    if messages > left - (kept := kept_for_answers(monthly)):
        line += f", KHÔNG ĐỦ (giữ {kept} tin cho câu trả lời): tin nhắc sẽ chờ và được gộp"
    return line


def _monthly(limits: Limits | None) -> int | None:
    return limits.monthly if limits is not None else None


def _month(day: date) -> date:
    return day.replace(day=1)


def _pace(messages: int, limits: Limits | None) -> str:
    if limits is None or limits.overall is None:
        return ""
    return f", gửi trong khoảng {_span(messages * limits.overall.distance)}"


def _span(seconds: float) -> str:
    if seconds < 1:
        return "1 giây"
    return f"{seconds:.0f} giây" if seconds < 90 else f"{seconds / 60:.0f} phút"

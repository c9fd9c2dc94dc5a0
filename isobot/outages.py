"""What people were not reminded of because nothing looked or nothing left: found at the next tick at work.

The ledger knows it: by then each step that was missed has its row, merged, queued or given up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.storage import delivery, dispatch, records
from isobot.storage.delivery import Untold
from isobot.storage.dispatch import Connection

LAST_AT_WORK = "last_tick_at_work"
"""The database's note of when reminders were last looked for within working hours."""

LONGEST_GAP = timedelta(minutes=30)
"""Of working time, without a tick; restarts and upgrades are shorter."""
MOST_DAYS_NAMED = 6


@dataclass(frozen=True, slots=True)
class Outage:
    """Working time in which nobody was reminded of what fell due.

    `stood` is from when to when nothing looked for reminders at all; None if only nothing left the house.
    """

    stood: tuple[datetime, datetime] | None
    untold: Sequence[Untold]
    people_today: int


async def found_at(
    connection: Connection, calendar: WorkCalendar, now: datetime, *, told_of: date | None
) -> Outage | None:
    """Note a tick at work, and return what was missed before it: each outage once.

    `told_of` is the last day of which the administrators know already that nothing left the house.
    """
    before = await records.get_moment(connection, LAST_AT_WORK)
    await records.set_meta(connection, LAST_AT_WORK, now.isoformat())
    if before is None or before >= now:
        return None
    today, begun = vietnam_day(now), delivery.day_of(now)[0]
    days_before = vietnam_day(before) < today
    untold: list[Untold] = []
    if days_before:
        untold = await delivery.untold(connection, since=before, today=today, begun=begun)
    stood = calendar.worked_between(before, now) > LONGEST_GAP
    if not stood:
        untold = [each for each in untold if each.day != told_of and not await _left_on(connection, each.day)]
    if not stood and not untold:
        return None
    people = len(await dispatch.told_on(connection, today))
    return Outage((before, now) if stood else None, untold, people)


async def _left_on(connection: Connection, day: date) -> bool:
    """Tell whether any reminder left the house on a day."""
    noon = datetime.combine(day, time(12), tzinfo=VIETNAM)
    return await delivery.campaign_between(connection, *delivery.day_of(noon)) > 0


def words_for(outage: Outage) -> str:
    """Say it to an administrator."""
    steps = sum(each.steps for each in outage.untold)
    dropped = sum(each.dropped for each in outage.untold)
    lines = []
    if outage.stood is None:
        lines.append(
            f"{_days(outage.untold)}: có {steps} lần nhắc đến hạn, nhưng không tin nhắc nào được gửi đi."
        )
    else:
        begin, end = map(_moment, outage.stood)
        lines.append(f"Từ {begin} đến {end} bot không xếp lịch nhắc, vì bot dừng hoặc gặp lỗi.")
        if not outage.untold:
            return lines[0] + "\nKhông ngày nào lỡ lịch nhắc; lần nhắc của hôm nay vẫn gửi trong hôm nay."
        lines.append(f"Lỡ {steps} lần nhắc, của {_days(outage.untold).lower()}.")
    if dropped:
        lines.append(
            f"Trong đó {dropped} lần không còn cần nhắc nên bỏ (đơn vị đã gửi, người phụ trách đã thôi, "
            "hoặc đã quá lâu)."
        )
    if steps > dropped:
        lines.append(
            f"Phần còn lại được nhắc bù, gộp một tin cho mỗi người. Hôm nay có {outage.people_today} người "
            "nhận tin nhắc."
        )
    lines.append("Anh/chị chạy isobot doctor và xem nhật ký để biết vì sao.")
    return "\n".join(lines)


def _days(untold: Sequence[Untold]) -> str:
    days = [f"{each.day:%d/%m/%Y}" for each in untold]
    if len(days) == 1:
        return f"Ngày {days[0]}"
    if len(days) <= MOST_DAYS_NAMED:
        return f"{len(days)} ngày {', '.join(days[:-1])} và {days[-1]}"
    return f"{len(days)} ngày, từ {days[0]} đến {days[-1]}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%H:%M ngày %d/%m/%Y")

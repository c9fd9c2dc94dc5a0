"""Other last days: more time for one unit, and days that are the office's own to set."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from isobot.actions import telling
from isobot.actions.office_history import write_act
from isobot.actions.reminding.rights import NO_PERIOD, check_reason, check_receiver, period_of
from isobot.clock import vietnam_day
from isobot.domain.deadlines import (
    DayOfYear,
    Extension,
    Move,
    Nature,
    Period,
    ReportingRule,
    RuleBook,
    StepKey,
    find_period,
)
from isobot.domain.messages import Reply
from isobot.domain.numbers import format_date
from isobot.domain.people import Actor
from isobot.domain.units import Unit, UnitDirectory
from isobot.errors import Refusal
from isobot.storage import dispatch, office, people, reports
from isobot.storage.store import Store
from scheduler import news
from scheduler.dispatch import situation_on
from scheduler.plan import LONGEST_EXTENSION_DAYS
from scheduler.rounds import Timetable
from scheduler.situation import ReportKey


@dataclass(frozen=True, slots=True)
class Extended:
    """A period as it is for a unit with more time, and how many people there are told of it now."""

    period: Period
    told: int


ROUND_IS_CLOSED = "Đợt này đã đóng nên không gia hạn được nữa."


async def extend(
    store: Store,
    *,
    actor: Actor,
    timetable: Timetable,
    directory: UnitDirectory,
    unit: Unit,
    rule: str,
    period: str,
    last_day: date,
    why: str,
    channel: str,
) -> Extended:
    """Give one unit more time for one report, and tell its people and the other receivers at once.

    Raises:
        Refusal: no right, no reason, or the day does not lie ahead.
    """
    check_receiver(actor, unit.province)
    due = period_of(timetable.rules, rule, period, unit.province)
    today = vietnam_day(store.now)
    known = timetable.rules.get(rule, unit.province)
    if known is not None and known.is_closed_on(today):
        raise Refusal(ROUND_IS_CLOSED)
    check_longer(due, last_day, today=today)
    check_reason(why)
    report = (rule, period, unit.code)
    before = await _extension_before(store, unit, due, report, last_day)
    extension = Extension(last_day, today, before)
    await office.add_extension(
        store.connection, rule=rule, period=period, unit=unit.code, extension=extension
    )
    await dispatch.cancel_queued(store.connection, rule=rule, period=period, unit=unit.code, why="extended")
    await write_act(
        store,
        actor,
        channel,
        "extend",
        province=unit.province,
        report=report,
        before=(before.last_day if before else due.last_day).isoformat(),
        after=last_day.isoformat(),
        why=why,
    )
    granting = news.Granting(await _granted_by(store, actor, unit, directory), why)
    told = await _tell_people(store, timetable, directory, unit, report, granting)
    longer = due.with_extension(extension)
    # Time is given by hand, one unit after the other: told at once it is no flood.
    colleagues = _words_to_colleagues(unit, longer, granting)
    await telling.tell_receivers(store, unit.province, colleagues, apart_from=actor.id)
    return Extended(longer, told)


async def _extension_before(
    store: Store, unit: Unit, due: Period, report: ReportKey, last_day: date
) -> Extension | None:
    """Return the time that a unit was given before; refuse where it needs none, or has this day already."""
    if report in await reports.moments_in(store.connection, units=[unit.code]):
        raise Refusal(f"{unit.place_name} đã gửi số liệu nên không cần gia hạn.")
    before = (await office.all_extensions(store.connection, units=[unit.code])).get(report)
    if before is not None and due.with_extension(before).last_day == last_day:
        raise Refusal(f"{unit.place_name} đã được gia hạn đến {format_date(last_day)} từ trước.")
    return before


async def _tell_people(
    store: Store,
    timetable: Timetable,
    directory: UnitDirectory,
    unit: Unit,
    report: ReportKey,
    granting: news.Granting,
) -> int:
    """Queue the news for a unit's people, and return how many it goes to."""
    today = vietnam_day(store.now)
    loaded = await situation_on(store.connection, timetable, directory, today=today, province=unit.province)
    taken = (await dispatch.taken_of(store.connection, [report])).get(report, ())
    situation = replace(loaded.situation, ledger={StepKey(*report, t.person, t.step) for t in taken})
    return await news.tell_of_more_time(
        store.connection,
        news.steps_of_news(loaded.timetable, unit, situation, report, today=today),
        {holder.person: holder.chats for holder in loaded.holders},
        granting,
        timetable.calendar,
        now=store.now,
    )


def _words_to_colleagues(unit: Unit, period: Period, granting: news.Granting) -> Reply:
    was = f", hạn cũ {format_date(period.was.last_day)}" if period.was is not None else ""
    return Reply(
        f"📅 {unit.place_name} được gia hạn báo cáo {period.label}: "
        f"hạn mới {format_date(period.last_day)}{was}.\n"
        f"Người gia hạn: {granting.who}.\n"
        f"Lý do: {granting.why.rstrip(' .')}."
    )


async def _granted_by(store: Store, actor: Actor, unit: Unit, directory: UnitDirectory) -> str:
    """Name who receives the reports and gave more time: the person, as far as known, and the office."""
    office_ = directory.lead_office(unit.province)
    where = office_.place_name if office_ is not None else "cơ quan nhận báo cáo"
    name = await people.name_of(store.connection, actor.id or 0)
    return f"{name}, {where}" if name else where


def check_longer(due: Period, last_day: date, *, today: date) -> None:
    """Refuse a last day that gives a unit no more time, or too much of it."""
    if last_day <= due.last_day:
        raise Refusal(f"Ngày gia hạn phải sau hạn chung {format_date(due.last_day)}.")
    if last_day < today:
        raise Refusal(f"Ngày {format_date(last_day)} đã qua. Anh/chị chọn một ngày từ hôm nay trở đi.")
    if last_day > max(due.last_day, today) + timedelta(days=LONGEST_EXTENSION_DAYS):
        raise Refusal(f"Mỗi lần chỉ gia hạn được {LONGEST_EXTENSION_DAYS} ngày.")


def check_move(rule: ReportingRule, due: Period, last_day: date, *, today: date) -> None:
    """Refuse another last day that is not the office's to set, or that does not fit the year."""
    if rule.date_nature is not Nature.OFFICE:
        raise Refusal(f"Ngày này theo {rule.date_nature.label}, cơ quan không tự đổi được.")
    original = due if due.was is None else due.was
    if last_day.year != original.last_day.year:
        raise Refusal(
            f"Ngày mới phải cùng năm {original.last_day.year}. "
            "Cần lâu hơn, anh/chị gia hạn cho từng đơn vị ở mục “tiến độ”."
        )
    month = original.last_day.month
    if rule.law_names_month and last_day.month != month:
        raise Refusal(
            f"Văn bản nêu tháng {month}, cơ quan chỉ chọn được ngày trong tháng {month}. {rule.cited()}"
        )
    if last_day < today:
        raise Refusal(f"Ngày {format_date(last_day)} đã qua. Anh/chị chọn một ngày từ hôm nay trở đi.")
    if last_day == due.last_day:
        raise Refusal(f"Hạn đang là {format_date(last_day)} rồi. Anh/chị chọn ngày khác.")


def movable(rules: RuleBook, province: str) -> list[tuple[ReportingRule, int]]:
    """List the days that a province's office may set: a rule, and the place of the occurrence in it.

    Of national rules the days count for the province alone.
    """
    return [
        (rule, number)
        for rule in rules.reminded_in(province)
        if rule.date_nature is Nature.OFFICE
        for number in range(len(rule.occurrences))
    ]


async def move_date(
    store: Store,
    *,
    actor: Actor,
    rules: RuleBook,
    province: str,
    rule: str,
    occurrence: int,
    period: str,
    last_day: date,
    why: str,
    channel: str,
) -> Move:
    """Set another last day for a period and the years after it, for the units of one province.

    Raises:
        Refusal: no right, the day is law or plan and not the office's, or it does not fit the year.
    """
    check_receiver(actor, province)
    known = next((r for r in rules.reminded_in(province) if r.id == rule), None)
    due = find_period(known, period) if known else None
    if known is None or due is None or not 0 <= occurrence < len(known.occurrences):
        raise Refusal(NO_PERIOD)
    today = vietnam_day(store.now)
    check_move(known, due, last_day, today=today)
    check_reason(why)
    original = due if due.was is None else due.was
    move = Move(
        rule,
        known.occurrences[occurrence].key,
        original.last_day.year,
        DayOfYear(last_day.day, last_day.month),
        today,
        province,
    )
    await office.add_move(store.connection, move)
    await write_act(
        store,
        actor,
        channel,
        "move-date",
        province=province,
        report=(rule, period, ""),
        before=due.last_day.isoformat(),
        after=last_day.isoformat(),
        why=why,
    )
    return move

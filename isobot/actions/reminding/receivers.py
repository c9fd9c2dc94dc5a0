"""What who receives the reports does about reminders: judge a letter, turn a duty on or off, nudge."""

from dataclasses import dataclass
from datetime import date, timedelta

from isobot.actions.office_history import write_act
from isobot.actions.reminding.rights import NO_PERIOD, check_receiver
from isobot.clock import vietnam_day
from isobot.domain.deadlines import ReportingRule, RuleBook, find_period
from isobot.domain.people import Actor
from isobot.domain.units import UnitDirectory
from isobot.errors import Refusal
from isobot.storage import dispatch, nudges, office
from isobot.storage.office import Report
from isobot.storage.store import Store
from scheduler import rounds
from scheduler.dispatch import queue_round, situation_on
from scheduler.plan import PlannedStep, UnitIndex, ladder
from scheduler.rounds import Timetable

FARTHEST_NUDGE_DAYS = 60
"""How far ahead a nudge may be asked for; the days on which a ladder is silent are nearer."""


async def judge_letter(
    store: Store, *, actor: Actor, province: str, report: Report, verdict: str, channel: str
) -> None:
    """Take the receiver's word about a letter: figures are still missing, or the letter is enough.

    Raises:
        Refusal: the person does not receive this province's reports, or there is no such letter.
    """
    check_receiver(actor, province)
    if not await office.judge_letter(store.connection, report, verdict=verdict):
        raise Refusal("Đơn vị này chưa báo gửi bản giấy cho kỳ này.")
    await write_act(store, actor, channel, "letter", province=province, report=report, after=verdict)


async def turn_duty(
    store: Store, *, actor: Actor, rules: RuleBook, province: str, rule: str, on: bool, channel: str
) -> ReportingRule:
    """Turn a duty without a form on or off for the units of a province; return it as the files have it.

    Raises:
        Refusal: the person does not receive this province's reports, or there is no such duty.
    """
    check_receiver(actor, province)
    known = next((r for r in rules.offered_duties(province) if r.id == rule), None)
    if known is None:
        raise Refusal("Việc này không còn trong danh sách.")
    if rules.has_on(rule, province) is on:
        raise Refusal(f"Việc này đang {'bật' if on else 'tắt'} rồi.")
    today = vietnam_day(store.now)
    await office.switch_duty(store.connection, province=province, rule=rule, turned_on=on, set_on=today)
    await write_act(
        store, actor, channel, "duty", province=province, report=(rule, "", ""), before=not on, after=on
    )
    return known


@dataclass(frozen=True, slots=True)
class Nudged:
    """What became of a nudge: how many messages wait now, and whom it could not reach today."""

    messages: int
    told_today: int
    units: int
    free_day: date
    """The next working day on which no reminder of the period falls."""


async def nudge(
    store: Store,
    *,
    actor: Actor,
    timetable: Timetable,
    directory: UnitDirectory,
    rule: str,
    period: str,
    channel: str,
    only: str = "",
) -> Nudged:
    """Queue a reminder to each silent unit of a period, or to one only, one message a person a day.

    Raises:
        Refusal: the person does not receive these reports.
    """
    known = timetable.rules.by_id(rule)
    if known is None:
        raise Refusal(NO_PERIOD)
    check_receiver(actor, known.province)
    today = vietnam_day(store.now)
    loaded = await situation_on(store.connection, timetable, directory, today=today, province=known.province)
    steps = rounds.nudges(
        loaded.timetable, UnitIndex(directory), loaded.situation, rule=rule, period=period, today=today
    )
    if only:
        steps = [step for step in steps if step.unit.code == only]
    told = await dispatch.told_on(store.connection, today)
    waiting = await dispatch.waiting_messages(store.connection)
    planned = rounds.by_person(steps, told=told, waiting=waiting)
    chats = {holder.person: holder.chats for holder in loaded.holders}
    tally = await queue_round(
        store.connection, planned, chats, directory, store.now, calendar=timetable.calendar
    )
    units = {step.unit.code for own in planned.values() for step in own}
    await write_act(
        store,
        actor,
        channel,
        "nudge",
        province=known.province,
        report=(rule, period, only),
        after={"messages": tally.messages, "units": len(units)},
    )
    left = {step.person for step in steps} - set(planned)
    free = rounds.free_day(ladder_of(loaded.timetable, known, period), timetable.calendar, after=today)
    return Nudged(tally.messages, len(left), len(units), free)


def ladder_of(timetable: Timetable, rule: ReportingRule, period: str) -> tuple[PlannedStep, ...]:
    """Return the steps of a period that units without more time hear."""
    due = find_period(rule, period)
    return ladder(due, timetable.calendar, timetable.ladder) if due is not None else ()


async def nudge_later(
    store: Store, *, actor: Actor, timetable: Timetable, rule: str, period: str, day: date, channel: str
) -> None:
    """Keep that the silent units of a period are nudged on a later day.

    Raises:
        Refusal: the person does not receive these reports, or the day is none to remind on.
    """
    known = _received(actor, timetable, rule, period)
    today = vietnam_day(store.now)
    if not today < day <= today + timedelta(days=FARTHEST_NUDGE_DAYS) or not timetable.calendar.is_working(
        day
    ):
        raise Refusal("Ngày này không nhắc được nữa. Anh/chị chọn lại “nhắc các đơn vị im lặng”.")
    await nudges.plan(store.connection, rule=rule, period=period, day=day, person=actor.id or 0, at=store.now)
    report, after = (rule, period, ""), day.isoformat()
    await write_act(store, actor, channel, "nudge-later", province=known.province, report=report, after=after)


async def no_nudge(
    store: Store, *, actor: Actor, timetable: Timetable, rule: str, period: str, day: date, channel: str
) -> bool:
    """Take a nudge of a later day back; False when there is none, or it has begun.

    Raises:
        Refusal: the person does not receive these reports.
    """
    known = _received(actor, timetable, rule, period)
    begun = day <= vietnam_day(store.now)
    if begun or not await nudges.drop(store.connection, rule=rule, period=period, day=day):
        return False
    report, after = (rule, period, ""), day.isoformat()
    await write_act(store, actor, channel, "no-nudge", province=known.province, report=report, after=after)
    return True


def _received(actor: Actor, timetable: Timetable, rule: str, period: str) -> ReportingRule:
    known = timetable.rules.by_id(rule)
    if known is None or find_period(known, period) is None:
        raise Refusal(NO_PERIOD)
    check_receiver(actor, known.province)
    return known

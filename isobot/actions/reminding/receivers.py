"""What who receives the reports does about reminders: judge a letter, turn a duty on or off, nudge."""

from dataclasses import dataclass

from isobot.actions.office_history import write_act
from isobot.actions.reminding.rights import NO_PERIOD, check_receiver
from isobot.clock import vietnam_day
from isobot.domain.deadlines import ReportingRule, RuleBook
from isobot.domain.people import Actor
from isobot.domain.units import UnitDirectory
from isobot.errors import Refusal
from isobot.storage import dispatch, office
from isobot.storage.office import Report
from isobot.storage.store import Store
from scheduler import rounds
from scheduler.dispatch import queue_round, situation_on
from scheduler.plan import UnitIndex
from scheduler.rounds import Timetable


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


async def nudge(
    store: Store,
    *,
    actor: Actor,
    timetable: Timetable,
    directory: UnitDirectory,
    rule: str,
    period: str,
    channel: str,
) -> Nudged:
    """Queue a reminder to each silent unit of a period, one message a person a day.

    Raises:
        Refusal: the person does not receive these reports.
    """
    known = timetable.rules.by_id(rule)
    if known is None:
        raise Refusal(NO_PERIOD)
    check_receiver(actor, known.province)
    today = vietnam_day(store.now)
    loaded = await situation_on(store.connection, timetable, directory, today=today)
    steps = rounds.nudges(
        loaded.timetable, UnitIndex(directory), loaded.situation, rule=rule, period=period, today=today
    )
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
        report=(rule, period, ""),
        after={"messages": tally.messages, "units": len(units)},
    )
    left = {step.person for step in steps} - set(planned)
    return Nudged(tally.messages, len(left), len(units))

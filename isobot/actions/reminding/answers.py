"""What a person who is reminded answers: later, sent on paper, not me, done, it happened."""

from datetime import date, timedelta

from isobot.actions.office_history import write_act
from isobot.actions.reminding.rights import LONGEST_WHY, period_of, province_of, units_of
from isobot.clock import vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.chat_keys import bot_and_chat
from isobot.domain.deadlines import NATIONAL, Kind, Period, RuleBook, event_period, find_period
from isobot.domain.numbers import format_date
from isobot.domain.people import Actor, Role
from isobot.domain.units import Unit
from isobot.errors import Refusal
from isobot.storage import dispatch, office, people, reports
from isobot.storage.office import Report
from isobot.storage.store import Store
from scheduler.letters import told_on


async def snooze(
    store: Store, *, actor: Actor, rules: RuleBook, rule: str, period: str, unit: str, until: date
) -> date:
    """Keep quiet towards one person about one report before `until`; return the unit's last day on time.

    Raises:
        Refusal: the person does not report for the unit, or there is no such period.
    """
    if actor.id is None or unit not in units_of(actor):
        raise Refusal("Anh/chị không giữ vai trò báo cáo cho đơn vị này nên không có gì để hoãn.")
    due = period_of(rules, rule, period, province_of(actor, unit))
    await dispatch.snooze(store.connection, person=actor.id, rule=rule, period=period, unit=unit, until=until)
    extensions = await office.all_extensions(store.connection, units=[unit])
    return due.with_extension(extensions.get((rule, period, unit))).last_day


async def send_on_paper(
    store: Store,
    *,
    actor: Actor,
    rules: RuleBook,
    report: Report,
    said: str,
    calendar: WorkCalendar,
    channel: str,
) -> date | None:
    """Note that a report went out on paper: reminders stop, the receivers are to look at it.

    Returns the day on which they are told; None where none of them can be.

    Raises:
        Refusal: the person does not report for the unit, or its figures are in already.
    """
    rule, period, unit = report
    if actor.id is None or not actor.may_report_for(unit):
        raise Refusal("Anh/chị không giữ vai trò báo cáo cho đơn vị này.")
    province = province_of(actor, unit)
    period_of(rules, rule, period, province)
    if report in await reports.moments_in(store.connection, units=[unit]):
        raise Refusal("Kỳ này đơn vị đã gửi số liệu rồi, nên không cần báo bản giấy.")
    await office.say_on_paper(
        store.connection, report, said=said[:LONGEST_WHY], person=actor.id, at=store.now
    )
    await dispatch.cancel_queued(store.connection, rule=rule, period=period, unit=unit, why="paper")
    await write_act(store, actor, channel, "paper", report=report, after=said[:LONGEST_WHY])
    known = rules.get(rule, province)
    holders = await people.holders(store.connection, provinces=[province])
    receiving = any(h.post.role is Role.RECEIVER and h.chats for h in holders)
    if not receiving or known is None or known.province == NATIONAL:
        return None
    return told_on(store.now, calendar)


async def not_me(store: Store, *, actor: Actor, unit: Unit, channel: str) -> list[tuple[str, str]]:
    """End reminders to one person about a unit; return the chats of the receivers, who are to be told.

    Raises:
        Refusal: the person holds no post in the unit.
    """
    if actor.id is None or unit.code not in units_of(actor):
        raise Refusal("Anh/chị không giữ vai trò nào ở đơn vị này nên tôi không nhắc anh/chị.")
    if not await office.decline(store.connection, unit=unit.code, person=actor.id, at=store.now):
        return []
    await dispatch.cancel_queued(store.connection, unit=unit.code, person=actor.id, why="not-me")
    await write_act(store, actor, channel, "not-me", province=unit.province, report=("", "", unit.code))
    holders = await people.holders(store.connection, provinces=[unit.province])
    receiving = [h for h in holders if h.post.role is Role.RECEIVER and h.chats and h.person != actor.id]
    chats = dict.fromkeys(h.chats[0] for h in receiving)
    return [bot_and_chat(key) for key in chats]


async def me_again(store: Store, *, actor: Actor, unit: str, channel: str) -> None:
    """Remind somebody again who had said "không phải tôi"."""
    if actor.id is not None:
        await office.take_back_decline(store.connection, unit=unit, person=actor.id)
        await write_act(store, actor, channel, "me-again", report=("", "", unit))


async def done(
    store: Store, *, actor: Actor, rules: RuleBook, report: Report, done_on: date, channel: str
) -> None:
    """Note that a duty without a form is done.

    Raises:
        Refusal: the person has no part in the unit, or the day lies ahead.
    """
    rule, period, unit = report
    if actor.id is None or unit not in units_of(actor):
        raise Refusal("Anh/chị không giữ vai trò nào ở đơn vị này.")
    known = rules.get_any(rule, province_of(actor, unit))
    if known is None or known.kind is not Kind.DUTY or find_period(known, period) is None:
        raise Refusal("Việc này không còn trong danh sách.")
    today = vietnam_day(store.now)
    if done_on > today:
        raise Refusal(
            f"Ngày {format_date(done_on)} chưa đến. Anh/chị ghi ngày đã làm, ví dụ: {format_date(today)}."
        )
    await office.note_deed(store.connection, report, done_on=done_on, person=actor.id, at=store.now)
    await dispatch.cancel_queued(store.connection, rule=rule, period=period, unit=unit, why="done")
    await write_act(store, actor, channel, "done", report=report, after=done_on.isoformat())


async def add_event(
    store: Store, *, actor: Actor, rules: RuleBook, rule: str, unit: str, happened_on: date, channel: str
) -> Period:
    """Keep the day of something that a duty follows, and return what is due because of it.

    Raises:
        Refusal: the person has no part in the unit, or the day lies ahead or too far back.
    """
    if actor.id is None or unit not in units_of(actor):
        raise Refusal("Anh/chị không giữ vai trò nào ở đơn vị này.")
    known = rules.get_any(rule, province_of(actor, unit))
    if known is None or not known.follows_event:
        raise Refusal("Việc này không còn trong danh sách.")
    today = vietnam_day(store.now)
    if not today - timedelta(days=366) <= happened_on <= today:
        raise Refusal(f"Tôi cần một ngày trong một năm qua, ví dụ: {format_date(today)}.")
    await office.add_event(
        store.connection, rule=rule, unit=unit, happened_on=happened_on, person=actor.id, at=store.now
    )
    report = (rule, happened_on.isoformat(), unit)
    await write_act(store, actor, channel, "event", report=report)
    return event_period(known, happened_on)

"""Acts that change who is reminded of what: put off, on paper, not me, done; more time, other days, nudges.

Each checks the right, changes the record, takes back what waits, and writes the history.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from isobot.actions import registration
from isobot.clock import vietnam_day
from isobot.domain.deadlines import (
    DayOfYear,
    Extension,
    Kind,
    Move,
    Nature,
    Period,
    ReportingRule,
    RuleBook,
    find_period,
)
from isobot.domain.numbers import format_date
from isobot.domain.people import Actor, Role
from isobot.domain.units import Unit, UnitDirectory
from isobot.errors import Refusal
from isobot.storage import dispatch, office, people, reports
from isobot.storage.office import Report
from isobot.storage.people import Holder
from isobot.storage.store import Store
from scheduler import rounds
from scheduler.dispatch import queue_round, situation_on
from scheduler.plan import LONGEST_EXTENSION_DAYS, UnitIndex
from scheduler.rounds import Timetable

NOT_RECEIVER = "Việc này dành cho cán bộ đầu mối nhận báo cáo của tỉnh."
NO_PERIOD = "Kỳ báo cáo này không còn trong danh sách."
LONGEST_WHY = 300
LEAST_LETTERS = 3


async def snooze(
    store: Store, *, actor: Actor, rules: RuleBook, rule: str, period: str, unit: str, until: date
) -> date:
    """Keep quiet towards one person about one report before `until`; return the unit's last day on time.

    Raises:
        Refusal: the person does not report for the unit, or there is no such period.
    """
    due = _period(rules, rule, period)
    if actor.id is None or unit not in units_of(actor):
        raise Refusal("Anh/chị không giữ vai trò báo cáo cho đơn vị này nên không có gì để hoãn.")
    await dispatch.snooze(store.connection, person=actor.id, rule=rule, period=period, unit=unit, until=until)
    extensions = await office.all_extensions(store.connection, units=[unit])
    return due.with_extension(extensions.get((rule, period, unit))).last_day


def units_of(actor: Actor) -> tuple[str, ...]:
    """Return the units whose reminders somebody gets, whatever the role."""
    mine = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.RECEIVER)
    return tuple(dict.fromkeys(p.unit for p in actor.posts if p.role in mine))


def _period(rules: RuleBook, rule: str, period: str) -> Period:
    known = rules.get_any(rule)
    due = find_period(known, period) if known else None
    if due is None:
        raise Refusal(NO_PERIOD)
    return due


async def send_on_paper(
    store: Store, *, actor: Actor, rules: RuleBook, report: Report, said: str, channel: str
) -> None:
    """Note that a report went out on paper: reminders stop, the receiver is to look at it.

    Raises:
        Refusal: the person does not report for the unit, or its figures are in already.
    """
    rule, period, unit = report
    _period(rules, rule, period)
    if actor.id is None or not actor.may_report_for(unit):
        raise Refusal("Anh/chị không giữ vai trò báo cáo cho đơn vị này.")
    if report in await reports.moments_in(store.connection, units=[unit]):
        raise Refusal("Kỳ này đơn vị đã gửi số liệu rồi, nên không cần báo bản giấy.")
    await office.say_on_paper(
        store.connection, report, said=said[:LONGEST_WHY], person=actor.id, at=store.now
    )
    await dispatch.cancel_queued(store.connection, rule=rule, period=period, unit=unit, why="paper")
    await _note(store, actor, channel, "paper", report=report, after=said[:LONGEST_WHY])


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
    await _note(store, actor, channel, "letter", province=province, report=report, after=verdict)


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
    await _note(store, actor, channel, "not-me", province=unit.province, report=("", "", unit.code))
    holders = await people.holders(store.connection, provinces=[unit.province])
    receiving = [h for h in holders if h.post.role is Role.RECEIVER and h.chats and h.person != actor.id]
    chats = dict.fromkeys(h.chats[0] for h in receiving)
    return [(bot, chat) for bot, _, chat in (key.partition(":") for key in chats)]


async def me_again(store: Store, *, actor: Actor, unit: str, channel: str) -> None:
    """Remind somebody again who had said "không phải tôi"."""
    if actor.id is not None:
        await office.take_back_decline(store.connection, unit=unit, person=actor.id)
        await _note(store, actor, channel, "me-again", report=("", "", unit))


async def done(
    store: Store, *, actor: Actor, rules: RuleBook, report: Report, done_on: date, channel: str
) -> None:
    """Note that a duty without a form is done.

    Raises:
        Refusal: the person has no part in the unit, or the day lies ahead.
    """
    rule, period, unit = report
    known = rules.get_any(rule)
    if known is None or known.kind is not Kind.DUTY or find_period(known, period) is None:
        raise Refusal("Việc này không còn trong danh sách.")
    if actor.id is None or unit not in units_of(actor):
        raise Refusal("Anh/chị không giữ vai trò nào ở đơn vị này.")
    today = vietnam_day(store.now)
    if done_on > today:
        raise Refusal(
            f"Ngày {format_date(done_on)} chưa đến. Anh/chị ghi ngày đã làm, ví dụ: {format_date(today)}."
        )
    await office.note_deed(store.connection, report, done_on=done_on, person=actor.id, at=store.now)
    await dispatch.cancel_queued(store.connection, rule=rule, period=period, unit=unit, why="done")
    await _note(store, actor, channel, "done", report=report, after=done_on.isoformat())


async def add_event(
    store: Store, *, actor: Actor, rules: RuleBook, rule: str, unit: str, happened_on: date, channel: str
) -> Period:
    """Keep the day of something that a duty follows, and return what is due because of it.

    Raises:
        Refusal: the person has no part in the unit, or the day lies ahead or too far back.
    """
    known = rules.get_any(rule)
    if known is None or not known.follows_event:
        raise Refusal("Việc này không còn trong danh sách.")
    if actor.id is None or unit not in units_of(actor):
        raise Refusal("Anh/chị không giữ vai trò nào ở đơn vị này.")
    today = vietnam_day(store.now)
    if not today - timedelta(days=366) <= happened_on <= today:
        raise Refusal(f"Tôi cần một ngày trong một năm qua, ví dụ: {format_date(today)}.")
    await office.add_event(
        store.connection, rule=rule, unit=unit, happened_on=happened_on, person=actor.id, at=store.now
    )
    report = (rule, happened_on.isoformat(), unit)
    await _note(store, actor, channel, "event", report=report)
    return _period(rules, rule, happened_on.isoformat())


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
    await _note(
        store, actor, channel, "duty", province=province, report=(rule, "", ""), before=not on, after=on
    )
    return known


async def extend(
    store: Store,
    *,
    actor: Actor,
    rules: RuleBook,
    unit: Unit,
    rule: str,
    period: str,
    last_day: date,
    why: str,
    channel: str,
) -> Period:
    """Give one unit more time for one report, and return the period as it is for that unit.

    Raises:
        Refusal: no right, no reason, or the day does not lie ahead.
    """
    check_receiver(actor, unit.province)
    due = _period(rules, rule, period)
    today = vietnam_day(store.now)
    check_longer(due, last_day, today=today)
    check_reason(why)
    report = (rule, period, unit.code)
    if report in await reports.moments_in(store.connection, units=[unit.code]):
        raise Refusal(f"{unit.place_name} đã gửi số liệu nên không cần gia hạn.")
    before = (await office.all_extensions(store.connection, units=[unit.code])).get(report)
    extension = Extension(last_day, today)
    await office.add_extension(
        store.connection, rule=rule, period=period, unit=unit.code, extension=extension
    )
    await dispatch.cancel_queued(store.connection, rule=rule, period=period, unit=unit.code, why="extended")
    await _note(
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
    return due.with_extension(extension)


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
    if last_day < today or last_day == due.last_day:
        raise Refusal(f"Ngày mới phải từ hôm nay trở đi và khác ngày đang dùng {format_date(due.last_day)}.")


def movable(rules: RuleBook, province: str) -> list[tuple[ReportingRule, int]]:
    """List the office's own days of a province: a rule, and the place of the occurrence in it."""
    return [
        (rule, number)
        for rule in (*rules.for_province(province), *(d for d in rules.duties if d.province == province))
        if rule.date_nature is Nature.OFFICE
        for number in range(len(rule.occurrences))
    ]


async def move_date(
    store: Store,
    *,
    actor: Actor,
    rules: RuleBook,
    rule: str,
    occurrence: int,
    period: str,
    last_day: date,
    why: str,
    channel: str,
) -> Move:
    """Set another last day for a period and the years after it.

    Raises:
        Refusal: no right, the day is law or plan and not the office's, or it does not fit the year.
    """
    known = rules.get_any(rule)
    due = find_period(known, period) if known else None
    if known is None or due is None or not 0 <= occurrence < len(known.occurrences):
        raise Refusal(NO_PERIOD)
    check_receiver(actor, known.province)
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
    )
    await office.add_move(store.connection, move)
    await _note(
        store,
        actor,
        channel,
        "move-date",
        province=known.province,
        report=(rule, period, ""),
        before=due.last_day.isoformat(),
        after=last_day.isoformat(),
        why=why,
    )
    return move


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
    known = timetable.rules.get(rule)
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
    await _note(
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


async def invite_for(store: Store, *, actor: Actor, unit: Unit, channel: str) -> str:
    """Make a code for another officer of a unit.

    Raises:
        Refusal: the person does not receive this province's reports.
    """
    check_receiver(actor, unit.province)
    code = await registration.invite(store, unit=unit, role=Role.REPORTER, created_by=f"person {actor.id}")
    await _note(store, actor, channel, "reassign", province=unit.province, report=("", "", unit.code))
    return code


async def officers_of(store: Store, unit: Unit) -> list[Holder]:
    """Return who is reminded of a unit's reports now: reporters first, then deputies, each once."""
    holders = await people.holders(store.connection, provinces=[unit.province])
    declined = await office.all_declined(store.connection)
    found: dict[int, Holder] = {}
    for role in (Role.REPORTER, Role.DEPUTY):
        for holder in holders:
            mine = holder.post.unit == unit.code and holder.post.role is role
            if mine and (unit.code, holder.person) not in declined:
                found.setdefault(holder.person, holder)
    return list(found.values())


async def relieve(
    store: Store, *, actor: Actor, unit: Unit, person: int, channel: str
) -> tuple[str, str] | None:
    """End reminders to an officer whom another follows; return the chat to tell it in, if there is one.

    The role stays until the officer leaves it; what was entered stays as it is.

    Raises:
        Refusal: the person does not receive this province's reports, or the officer is not reminded.
    """
    check_receiver(actor, unit.province)
    held = next((h for h in await officers_of(store, unit) if h.person == person), None)
    if held is None:
        raise Refusal("Tôi đã không còn nhắc người này về đơn vị này.")
    await office.decline(store.connection, unit=unit.code, person=person, at=store.now)
    await dispatch.cancel_queued(store.connection, unit=unit.code, person=person, why="not-me")
    await _note(
        store,
        actor,
        channel,
        "relieve",
        province=unit.province,
        report=("", "", unit.code),
        before=person,
    )
    if not held.chats:
        return None
    bot, _, chat = held.chats[0].partition(":")
    return bot, chat


def check_receiver(actor: Actor, province: str) -> None:
    """Refuse who does not receive the province's reports."""
    if not actor.may_receive_from(province):
        raise Refusal(NOT_RECEIVER)


def check_reason(why: str) -> None:
    """Refuse a reason that says nothing, or too much."""
    if sum(c.isalpha() for c in why) < LEAST_LETTERS:
        raise Refusal("Anh/chị viết lý do bằng một câu ngắn, ví dụ: “Đơn vị đang sáp nhập”.")
    if len(why) > LONGEST_WHY:
        raise Refusal(f"Lý do dài {len(why)} ký tự; xin rút gọn trong {LONGEST_WHY} ký tự.")


async def _note(
    store: Store,
    actor: Actor,
    channel: str,
    kind: str,
    *,
    province: str = "",
    report: Report = ("", "", ""),
    before: object = None,
    after: object = None,
    why: str = "",
) -> None:
    await office.note_act(
        store.connection,
        kind=kind,
        person=actor.id or 0,
        channel=channel,
        at=store.now,
        province=province,
        report=report,
        before=before,
        after=after,
        why=why,
    )

"""What a lead office does about rounds it asks for: open, extend, close (mở, gia hạn, đóng đợt báo cáo)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from isobot.actions import reminding
from isobot.actions.office_history import write_act
from isobot.clock import vietnam_day
from isobot.domain import requests as domain
from isobot.domain.calendar import WorkCalendar
from isobot.domain.chat_keys import bot_and_chat
from isobot.domain.deadlines import Basis, RuleBook
from isobot.domain.messages import Choice, Reply
from isobot.domain.numbers import format_date
from isobot.domain.people import Actor, Role
from isobot.domain.requests import Request
from isobot.domain.units import Level, Province, Unit, UnitDirectory
from isobot.errors import Refusal
from isobot.storage import dispatch, outbox, people, reports, requests
from isobot.storage.outbox import Priority
from isobot.storage.store import Store

NO_ROUND = "Đợt báo cáo này không còn trong danh sách."
NAMED = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a lead office fills in to open a round."""

    province: str
    units: tuple[str, ...]
    forms: Mapping[Level, str]
    last_day: date
    covers: tuple[date, date]
    basis: Basis
    basis_words: str
    why: str


def usual_forms(rules: RuleBook, province: str, levels: Iterable[Level]) -> dict[Level, str]:
    """Return the form that units of each level fill in every year; a level without one is left out."""
    found: dict[Level, str] = {}
    for level in levels:
        for rule in rules.for_province(province):
            if rule.once is None and level in rule.forms:
                found.setdefault(level, rule.forms[level])
    return found


async def open_round(
    store: Store,
    *,
    actor: Actor,
    wanted: Wanted,
    directory: UnitDirectory,
    province: Province,
    channel: str,
) -> Request:
    """Open a round: from now on it is reminded of, chased, rolled up and exported like any period.

    Raises:
        Refusal: no right, nobody to ask, or a day, reason or basis that will not do.
    """
    reminding.check_receiver(actor, wanted.province)
    reminding.check_reason(wanted.why)
    today = vietnam_day(store.now)
    domain.check_last_day(wanted.last_day, today=today)
    units = [_unit(directory, code, wanted) for code in dict.fromkeys(wanted.units)]
    if not units:
        raise Refusal("Chưa có đơn vị nào được chọn cho đợt này.")
    unformed = [u for u in units if u.level not in wanted.forms]
    if unformed:
        raise Refusal(f"Chưa có biểu cho {unformed[0].level.label}. Anh/chị chọn biểu khác.")
    lead = directory.lead_office(wanted.province)
    request = await requests.add(
        store.connection,
        Request(
            rule="",
            province=wanted.province,
            title=domain.title_of(wanted.why),
            forms={u.level: wanted.forms[u.level] for u in units},
            opens=today,
            last_day=wanted.last_day,
            covers=wanted.covers,
            basis=wanted.basis,
            basis_words=wanted.basis_words,
            why=wanted.why,
            recipient=lead.name if lead else "Sở Khoa học và Công nghệ",
            units=tuple(u.code for u in units),
            person=actor.id or 0,
            created_at=store.now,
        ),
        prefix=province.prefix,
    )
    after = {"last_day": wanted.last_day.isoformat(), "units": len(units), "basis": wanted.basis_words}
    await _note(store, actor, channel, "open-round", request, after=after, why=wanted.why)
    return request


def _unit(directory: UnitDirectory, code: str, wanted: Wanted) -> Unit:
    unit = directory.get(code)
    if unit is None or unit.province != wanted.province:
        raise Refusal("Có đơn vị không thuộc tỉnh của anh/chị. Anh/chị chọn lại đơn vị.")
    if not unit.active_on(wanted.last_day):
        raise Refusal(
            f"{unit.place_name} không còn hoạt động vào ngày {format_date(wanted.last_day)}. "
            "Anh/chị bỏ đơn vị này hoặc chọn đơn vị kế thừa."
        )
    return unit


async def extend_round(
    store: Store, *, actor: Actor, rule: str, last_day: date, why: str, channel: str
) -> Request:
    """Give everybody in a round more time; what waits to be sent gives way to word of the new day.

    Raises:
        Refusal: no right, no such round, it is closed, or the day is not later.
    """
    request = await _open(store, actor, rule)
    today = vietnam_day(store.now)
    domain.check_last_day(last_day, today=today)
    if last_day <= request.last_day:
        raise Refusal(f"Hạn mới phải sau hạn đang dùng {format_date(request.last_day)}.")
    reminding.check_reason(why)
    longer = await requests.extend(store.connection, request, last_day=last_day, on=today)
    await dispatch.cancel_queued(store.connection, rule=rule, period=request.period.key, why="extended")
    await _note(
        store,
        actor,
        channel,
        "extend-round",
        request,
        before=request.last_day.isoformat(),
        after=last_day.isoformat(),
        why=why,
    )
    return longer


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing a round did: the round, and how many people are told."""

    request: Request
    told: int


async def close_round(
    store: Store,
    *,
    actor: Actor,
    rule: str,
    why: str,
    directory: UnitDirectory,
    calendar: WorkCalendar,
    channel: str,
) -> Closed:
    """End a round before its last day: reminders stop, and who has not sent figures is told.

    Raises:
        Refusal: no right, no such round, it is closed already, or no reason.
    """
    request = await _open(store, actor, rule)
    reminding.check_reason(why)
    await dispatch.cancel_queued(store.connection, rule=rule, period=request.period.key, why="closed")
    closed = await requests.close(store.connection, request, at=store.now, why=why)
    told = await _tell_closed(store, closed, directory, calendar.next_working_moment(store.now))
    await _note(store, actor, channel, "close-round", request, after={"told": told}, why=why)
    return Closed(closed, told)


async def _tell_closed(store: Store, request: Request, directory: UnitDirectory, when: datetime) -> int:
    """Queue one message to each person whose unit has not sent its figures."""
    period = request.period
    reported = await reports.moments_in(store.connection, periods=[(request.rule, period.key)])
    silent = {c for c in request.units if (request.rule, period.key, c) not in reported}
    units: dict[int, list[str]] = defaultdict(list)
    chats: dict[int, str] = {}
    for holder in await people.holders(store.connection, provinces=[request.province]):
        listens = holder.post.role in (Role.REPORTER, Role.DEPUTY)
        if listens and holder.chats and holder.post.unit in silent:
            units[holder.person].append(holder.post.unit)
            chats[holder.person] = holder.chats[0]
    rows = []
    for person, codes in units.items():
        bot, chat = bot_and_chat(chats[person])
        reply = _closing_words(request, [u for c in dict.fromkeys(codes) if (u := directory.get(c))])
        row = outbox.row_of(bot, chat, reply, prompt=0, priority=Priority.CAMPAIGN, at=store.now)
        rows.append(row | {"not_before": max(when, store.now)})
    await dispatch.queue_messages(store.connection, rows)
    return len(rows)


def _closing_words(request: Request, units: list[Unit]) -> Reply:
    names = "; ".join(u.place_name for u in units[:NAMED])
    return Reply(
        f"Cơ quan nhận báo cáo đã đóng báo cáo {request.label}: {request.why.rstrip('. ')}.\n"
        f"{names} không cần gửi nữa; tôi thôi nhắc đợt này.\n"
        f"Lý do: {request.closed_why}",
        (Choice("go:baocao", "Xem các kỳ báo cáo", lasting=True, by_word=True),),
    )


async def _open(store: Store, actor: Actor, rule: str) -> Request:
    found = await requests.load(store.connection, rules=[rule])
    if not found:
        raise Refusal(NO_ROUND)
    reminding.check_receiver(actor, found[0].province)
    if found[0].closed_at is not None:
        raise Refusal(f"Đợt này đã đóng ngày {format_date(vietnam_day(found[0].closed_at))}.")
    return found[0]


async def _note(
    store: Store,
    actor: Actor,
    channel: str,
    kind: str,
    request: Request,
    *,
    before: object = None,
    after: object = None,
    why: str = "",
) -> None:
    report = (request.rule, request.period.key, "")
    await write_act(
        store,
        actor,
        channel,
        kind,
        province=request.province,
        report=report,
        before=before,
        after=after,
        why=why,
    )

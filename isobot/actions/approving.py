"""Approval by the unit's own head before a report leaves, where the unit wants it (duyệt, ủy quyền)."""

from collections.abc import Mapping
from datetime import date

from isobot.actions import receiving, telling
from isobot.actions.chain import write_event
from isobot.actions.office_history import write_act
from isobot.actions.reasons import read_reason
from isobot.actions.reporting import (
    NOT_HEAD,
    NOT_YOURS,
    Work,
    figures_in,
    figures_to_send,
    refuse_if_changed,
    status_before_asking,
    submit,
)
from isobot.clock import vietnam_day
from isobot.domain.messages import Reply
from isobot.domain.people import Actor, Role
from isobot.domain.reports import Act, ReportStatus, compare, figures_hash, next_status
from isobot.errors import Refusal, StaleEdit
from isobot.storage import office, people, reports, unit_ways
from isobot.storage.store import Store
from isobot.storage.unit_ways import APPROVAL, Delegation

LONGEST_DELEGATION_DAYS = 366
NOT_WAITING = "Báo cáo này không còn chờ duyệt: đã được duyệt, hoặc người lập đang sửa tiếp."


async def needs_approval(store: Store, *, actor: Actor, work: Work) -> bool:
    """Tell whether a report has to be approved before it leaves; who may approve need not ask."""
    record = work.record
    if record.practice_of or actor.may_approve_for(record.unit):
        return False
    return await unit_ways.is_on(store.connection, record.unit, APPROVAL)


async def ask_approval(
    store: Store, *, actor: Actor, work: Work, channel: str, seen: int | None = None
) -> None:
    """Put a complete report before the head; it is not sent yet. `seen` is as for `submit`.

    Raises:
        StaleEdit: somebody else changed figures since the summary was shown.
        Refusal: it could not be sent as it is, or it waits already.
    """
    record = work.record
    if not actor.may_report_for(record.unit):
        raise Refusal(NOT_YOURS)
    if seen is not None:
        await refuse_if_changed(store, actor=actor, work=work, seen=seen)
    if record.asked_by is not None:
        raise Refusal("Báo cáo này đang chờ lãnh đạo đơn vị duyệt. Anh/chị sửa số nào thì trình lại.")
    after = next_status(ReportStatus(record.status), Act.ASK)
    await figures_to_send(store, work)
    before, record.status = record.status, after.value
    record.asked_by = actor.id
    write_event(store, record, actor, channel, "ask", before=before, after={"status": record.status})


async def hand_in(
    store: Store, *, actor: Actor, work: Work, channel: str, seen: int | None = None
) -> str | None:
    """Send a report, or put it before the head where the unit wants that; `seen` is as for `submit`.

    Returns:
        The receipt number; None while it waits for the head.

    Raises:
        StaleEdit: somebody else changed figures since the summary was shown.
        Refusal: it cannot be sent as it is, or it waits already.
    """
    if await needs_approval(store, actor=actor, work=work):
        await ask_approval(store, actor=actor, work=work, channel=channel, seen=seen)
        return None
    return await _send(store, actor, work, channel, seen=seen)


async def _send(
    store: Store, actor: Actor, work: Work, channel: str, *, seen: int | None = None, approving: bool = False
) -> str:
    """Send, and tell the office what changed where the report had come back."""
    record = work.record
    had_come_back = bool(record.version) and record.status != ReportStatus.SUBMITTED
    sent = await reports.version_of(store.connection, record.id, record.version) if had_come_back else None
    receipt = await submit(store, actor=actor, work=work, channel=channel, seen=seen, approving=approving)
    if sent is not None:
        changes = compare(work.form, figures_in(sent.figures), work.values).as_text()
        by_whom = await reports.last_to(store.connection, record.id, ("return", "reopen"))
        await receiving.tell_of_new_version(store, work=work, changes=changes, returned_by=by_whom)
    return receipt


async def tell_heads(store: Store, *, work: Work, reply: Reply) -> int:
    """Put the request before the unit's heads, and who stands in for them; return how many were told."""
    return await telling.tell_unit(store, work.record.unit, reply, roles=(Role.HEAD,))


def as_seen(work: Work) -> str:
    """Return a short mark of everything entered, so that an approval is of these very figures."""
    return figures_hash(work.record.draft)[:12]


async def tell_officers(store: Store, *, work: Work, reply: Reply, apart_from: int | None) -> int:
    """Tell who reports for the unit; return how many were told."""
    return await telling.tell_unit(store, work.record.unit, reply, apart_from=apart_from)


async def tell_person(store: Store, *, unit: str, person: int, reply: Reply) -> int:
    """Tell one person of a unit; return 0 where no chat of theirs takes messages."""
    return await telling.tell_person(store, unit, person, reply)


async def approve(store: Store, *, actor: Actor, work: Work, seen: str, channel: str) -> str:
    """Approve what was seen, by its mark; it is sent at this moment.

    Returns:
        The receipt number.

    Raises:
        StaleEdit: the figures changed since they were shown.
        Refusal: not this person's to approve, or it does not wait any more.
    """
    record = work.record
    _check_waiting(actor, work)
    if as_seen(work) != seen:
        raise StaleEdit("Báo cáo có thay đổi sau khi anh/chị xem. Anh/chị xem lại rồi duyệt.")
    asked = {"asked": record.asked_by}
    write_event(store, record, actor, channel, "approve", before=record.status, after=asked)
    return await _send(store, actor, work, channel, approving=True)


async def decline(
    store: Store, *, actor: Actor, work: Work, marks: Mapping[str, str], why: str, channel: str
) -> int:
    """Give a report back to the one who put it before the head, with reasons; return how many were told.

    Raises:
        Refusal: not this person's to approve, it does not wait any more, or a reason says nothing.
    """
    record = work.record
    _check_waiting(actor, work)
    reasons = {key: read_reason(text, example=receiving.EXAMPLE) for key, text in marks.items()}
    whole = read_reason(why, example=receiving.EXAMPLE) if why or not reasons else ""
    before = record.status
    if record.status == ReportStatus.PENDING:
        record.status = status_before_asking(record).value
    record.asked_by = None
    record.marks, record.returned_why = {**record.marks, **reasons}, whole or None
    done = {"status": record.status, "marks": reasons}
    write_event(store, record, actor, channel, "decline", before=before, after=done, why=whole)
    words = receiving.returned_words(work, "decline")
    return await telling.tell_unit(store, record.unit, words, apart_from=actor.id)


def _check_waiting(actor: Actor, work: Work) -> None:
    if not actor.may_approve_for(work.record.unit):
        raise Refusal(NOT_HEAD)
    if work.record.asked_by is None:
        raise Refusal(NOT_WAITING)


async def turn_approval(store: Store, *, actor: Actor, unit: str, on: bool, channel: str) -> None:
    """Turn the head's approval on or off for a unit.

    Raises:
        Refusal: only the unit's head decides that.
    """
    if not actor.may_approve_for(unit):
        raise Refusal("Việc bật, tắt duyệt dành cho lãnh đạo của đơn vị.")
    await set_approval(store, unit=unit, on=on, channel=channel, person=actor.id or 0)


async def set_approval(store: Store, *, unit: str, on: bool, channel: str, person: int = 0) -> None:
    """Turn the head's approval on or off; without a person, the administrator does at the command line."""
    await unit_ways.turn(store.connection, unit, APPROVAL, on=on, person=person, at=store.now)
    await office.note_act(
        store.connection,
        kind="approval",
        person=person,
        channel=channel,
        at=store.now,
        report=("", "", unit),
        before=not on,
        after=on,
    )


async def colleagues(store: Store, *, actor: Actor, unit: str) -> dict[int, str]:
    """Name the others of a unit, to whom somebody may lend their posts while away."""
    held = await people.holders(store.connection, units=[unit])
    return {h.person: h.name or f"người số {h.person}" for h in held if h.person != actor.id}


async def delegate(
    store: Store, *, actor: Actor, unit: str, taker: int, since: date, until: date, channel: str
) -> None:
    """Lend one's posts in a unit to another person of it; it ends by itself after the last day.

    Raises:
        Refusal: nothing to lend, somebody from elsewhere, or days that make no sense.
    """
    today = vietnam_day(store.now)
    if all(p.unit != unit or p.role not in people.LENT for p in actor.own_posts):
        raise Refusal("Anh/chị không giữ vai trò nào ở đơn vị này để ủy quyền.")
    if taker not in await colleagues(store, actor=actor, unit=unit):
        raise Refusal("Chỉ ủy quyền được cho người đang đăng ký ở cùng đơn vị.")
    if until < max(since, today):
        raise Refusal("Ngày cuối phải từ hôm nay trở đi và không trước ngày đầu.")
    if (until - since).days > LONGEST_DELEGATION_DAYS:
        raise Refusal("Mỗi lần ủy quyền nhiều nhất một năm. Anh/chị chọn ngày cuối gần hơn.")
    await unit_ways.delegate(
        store.connection,
        unit=unit,
        giver=actor.id or 0,
        taker=taker,
        since=since,
        until=until,
        why="",
        at=store.now,
    )
    days = {"taker": taker, "since": since.isoformat(), "until": until.isoformat()}
    await write_act(store, actor, channel, "delegate", report=("", "", unit), after=days)


async def end_delegation(store: Store, *, actor: Actor, key: int, channel: str) -> Delegation:
    """Take back at once what one lent, or give back what was lent to one.

    Raises:
        Refusal: there is no such delegation, or it is between others.
    """
    units = dict.fromkeys(p.unit for p in actor.posts)
    found = await unit_ways.delegations_of(store.connection, units, on=vietnam_day(store.now))
    lent = next((d for d in found if d.id == key and actor.id in (d.giver, d.taker)), None)
    if lent is None:
        raise Refusal("Ủy quyền này đã kết thúc, hoặc không phải của anh/chị.")
    await unit_ways.end_delegation(store.connection, key, at=store.now)
    report = ("", "", lent.unit)
    await write_act(store, actor, channel, "end-delegation", report=report, after={"taker": lent.taker})
    return lent

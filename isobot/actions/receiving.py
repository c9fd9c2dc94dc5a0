"""What the receiving office does with a report that is in: accept, return, reopen (tiếp nhận, trả lại).

It does not approve: it receives. Each act tells the officer at once.
"""

from collections.abc import Mapping

from isobot.actions import telling
from isobot.actions.chain import write_event
from isobot.actions.reasons import read_reason
from isobot.actions.reporting import Work
from isobot.domain.messages import Choice, Reply
from isobot.domain.people import Actor
from isobot.domain.reports import Act, ReportStatus, next_status
from isobot.domain.text import shorten
from isobot.errors import Refusal
from isobot.storage import unit_ways
from isobot.storage.outbox import Priority
from isobot.storage.reports import ReportRecord
from isobot.storage.store import Store

NOT_RECEIVER = "Việc này dành cho cán bộ đầu mối nhận báo cáo của tỉnh."
EXAMPLE = "Số hồ sơ đúng hạn lớn hơn tổng số hồ sơ"
MOST_BUTTONS = 5
MEND_RETURNED = "Sửa báo cáo bị trả lại"


def check_receiver(actor: Actor, record: ReportRecord) -> None:
    """Refuse whoever does not receive this province's reports; a practice is nobody else's."""
    if record.practice_of or not actor.may_receive_from(record.province):
        raise Refusal(NOT_RECEIVER)


async def accept(
    store: Store, *, actor: Actor, work: Work, seen: int, channel: str, quietly: bool = False
) -> None:
    """Accept the version that was seen; the report is locked from then on.

    With `quietly` it is one of many at once, and the message to the officer waits behind answers.

    Raises:
        Refusal: not this person's, not in, changed meanwhile, or without the signed letter that the
            office asks for.
    """
    record = work.record
    check_receiver(actor, record)
    after = next_status(ReportStatus(record.status), Act.ACCEPT)
    _check_seen(record, seen)
    if not record.letter_no and await unit_ways.is_on(
        store.connection, record.province, unit_ways.NEEDS_LETTER
    ):
        raise Refusal(
            "Cơ quan đang yêu cầu có số văn bản đã ký trước khi tiếp nhận, mà báo cáo này chưa có. "
            "Anh/chị gõ, ví dụ: số 12/BC-UBND ngày 5/12."
        )
    before, record.status = record.status, after.value
    record.asked_by = None
    done = {"status": record.status, "version": record.version}
    write_event(store, record, actor, channel, "accept", before=before, after=done)
    told = Reply(
        f"Cơ quan nhận đã tiếp nhận {work.name} (bản {record.version}, biên nhận {record.receipt}).\n"
        "Báo cáo đã khóa; cần sửa, anh/chị đề nghị cơ quan nhận mở lại."
    )
    priority = Priority.CAMPAIGN if quietly else Priority.ANSWER
    await telling.tell_unit(store, record.unit, told, apart_from=actor.id, priority=priority)


async def send_back(
    store: Store,
    *,
    actor: Actor,
    work: Work,
    marks: Mapping[str, str],
    why: str,
    seen: int,
    channel: str,
) -> int:
    """Return a report for mending, with reasons on figures, on the whole, or both; tell the officer.

    Returns:
        How many people of the unit were told.

    Raises:
        Refusal: not this person's, not in, changed meanwhile, or a reason says nothing.
    """
    record = work.record
    check_receiver(actor, record)
    after = next_status(ReportStatus(record.status), Act.RETURN)
    _check_seen(record, seen)
    return await _hand_back(store, actor, work, marks, why, after, channel, kind="return")


async def reopen(store: Store, *, actor: Actor, work: Work, why: str, channel: str) -> int:
    """Open an accepted report again, so that its officer can mend it; what was accepted stays kept.

    Raises:
        Refusal: not this person's, not accepted, or the reason says nothing.
    """
    check_receiver(actor, work.record)
    after = next_status(ReportStatus(work.record.status), Act.REOPEN)
    return await _hand_back(store, actor, work, {}, why, after, channel, kind="reopen")


async def _hand_back(
    store: Store,
    actor: Actor,
    work: Work,
    marks: Mapping[str, str],
    why: str,
    after: ReportStatus,
    channel: str,
    *,
    kind: str,
) -> int:
    record = work.record
    reasons = {key: read_reason(reason, example=EXAMPLE) for key, reason in marks.items()}
    whole = read_reason(why, example=EXAMPLE) if why or not reasons else ""
    before, record.status = record.status, after.value
    # A copy, for marks are taken off as figures are mended, and the event keeps them all.
    record.marks, record.returned_why, record.asked_by = dict(reasons), whole or None, None
    done = {"status": record.status, "marks": reasons}
    write_event(store, record, actor, channel, kind, before=before, after=done, why=whole)
    return await telling.tell_unit(store, record.unit, returned_words(work, kind), apart_from=actor.id)


def _check_seen(record: ReportRecord, seen: int) -> None:
    if record.version != seen:
        raise Refusal(
            f"Đơn vị vừa gửi bản {record.version}, mới hơn bản {seen} anh/chị đang xem. "
            "Anh/chị mở lại báo cáo để xem bản mới."
        )


def returned_words(work: Work, kind: str = "return") -> Reply:
    """Tell the officer what came back and why, with a button for each figure to mend."""
    record, form = work.record, work.form
    by_whom = "Lãnh đạo đơn vị trả lại" if kind == "decline" else "Cơ quan nhận trả lại"
    if kind == "reopen":
        by_whom = "Cơ quan nhận mở lại"
    lines = [f"{by_whom} {work.name} để sửa."]
    if record.returned_why:
        lines.append(f"Lý do: {record.returned_why}")
    choices = []
    for field in form.fields:
        if field.key not in record.marks:
            continue
        now = field.show(work.values.get(field.key))
        lines.append(f"• Mục {field.number}. {field.label}: đang ghi {now}. Lý do: {record.marks[field.key]}")
        label = f"Sửa mục {field.number}"
        choices.append(Choice(f"fx:{record.id}:{field.key}", label, lasting=True, by_word=True))
    if not choices:
        choices = [Choice(f"fx:{record.id}:", MEND_RETURNED, lasting=True, by_word=True)]
    lines.append("Anh/chị sửa rồi gửi lại." if kind != "reopen" else "Anh/chị sửa rồi gửi bản mới.")
    return Reply("\n".join(lines), tuple(choices[:MOST_BUTTONS]))


def look_choice(work: Work) -> Choice:
    """Offer the office to open a report; typed, the words name the unit, so they work any time."""
    whose = work.unit.place_name if work.unit else work.record.unit
    return Choice(f"rv:{work.record.id}", f"Xem {whose}", lasting=True, by_word=True)


async def tell_of_new_version(store: Store, *, work: Work, changes: str, returned_by: int | None) -> None:
    """Tell the office what a report that had come back says now; whoever returned it first of all."""
    record = work.record
    reply = Reply(
        f"Bản {record.version} của {work.name} đã được gửi lại (biên nhận {record.receipt}).\n"
        f"Thay đổi so với bản {record.version - 1}:\n{shorten(changes, 1200)}",
        (look_choice(work),),
    )
    only = () if returned_by is None else (returned_by,)
    await telling.tell_receivers(store, record.province, reply, only=only)


async def require_letter(store: Store, *, actor: Actor, province: str, on: bool) -> None:
    """Turn on or off that a report is accepted only with the number of its signed letter.

    Raises:
        Refusal: the person does not receive this province's reports.
    """
    if not actor.may_receive_from(province):
        raise Refusal(NOT_RECEIVER)
    await unit_ways.turn(
        store.connection, province, unit_ways.NEEDS_LETTER, on=on, person=actor.id or 0, at=store.now
    )

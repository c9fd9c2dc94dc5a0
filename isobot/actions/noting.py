"""Notes on figures, and the number of the signed letter: what hangs on a report beside its figures."""

from datetime import date

from isobot.actions import receiving, telling
from isobot.actions.chain import write_event
from isobot.actions.reasons import read_reason
from isobot.actions.reporting import NOT_YOURS, Work
from isobot.clock import vietnam_day
from isobot.domain.forms import Field
from isobot.domain.messages import Choice, Reply
from isobot.domain.numbers import format_date
from isobot.domain.people import Actor
from isobot.errors import Refusal
from isobot.storage import notes
from isobot.storage.notes import OFFICE_SIDE, UNIT_SIDE, Note
from isobot.storage.store import Store

LONGEST_NUMBER = 60


async def add_note(
    store: Store, *, actor: Actor, work: Work, field: Field, text: str, channel: str
) -> tuple[str, int]:
    """Hang a note on one figure and tell the other side; return the side it came from, how many were told.

    Raises:
        Refusal: the person is of neither side, it is a practice, or the note says nothing.
    """
    record = work.record
    if record.practice_of:
        raise Refusal("Báo cáo nhập thử không có ghi chú.")
    if actor.may_receive_from(record.province) and record.version:
        side = OFFICE_SIDE
    elif record.unit in actor.units_to_see():
        side = UNIT_SIDE
    else:
        raise Refusal("Chỉ đơn vị và cơ quan nhận ghi chú được vào báo cáo này.")
    body = read_reason(text, example="Số này gồm cả phần của xã cũ")
    note = Note(field.key, side, actor.id or 0, store.now, body)
    await notes.add(store.connection, record.id, note)
    write_event(store, record, actor, channel, "note", field=field.key, after=body, why=side)
    whose = "Cơ quan nhận" if side == OFFICE_SIDE else "Đơn vị"
    now = field.show(work.values.get(field.key))
    words = f"{whose} ghi chú ở {work.name}.\nMục {field.number}. {field.label}: {now}.\n“{body}”"
    if side == OFFICE_SIDE:
        choice = Choice(f"rv:{record.id}", "Xem báo cáo", lasting=True, by_word=True)
        answer = f"Trả lời thì gõ “ghi chú mục {field.number}: ...”."
        told = await telling.tell_unit(
            store, record.unit, Reply(f"{words}\n{answer}", (choice,)), apart_from=actor.id
        )
        return side, told
    if not record.version:
        return side, 0
    choice = receiving.look_choice(work)
    return side, await telling.tell_receivers(store, record.province, Reply(words, (choice,)))


async def record_letter(
    store: Store, *, actor: Actor, work: Work, number: str, dated: date, channel: str
) -> None:
    """Write down the number and date of the signed letter of a report that is in.

    Raises:
        Refusal: the person is of neither side, nothing was sent yet, or number or date cannot be.
    """
    record = work.record
    if record.practice_of or not (
        actor.may_report_for(record.unit) or actor.may_receive_from(record.province)
    ):
        raise Refusal(NOT_YOURS)
    if not record.version:
        raise Refusal("Báo cáo này chưa gửi số liệu. Anh/chị gửi số liệu trước, rồi ghi số văn bản.")
    said = " ".join(number.split())
    if not any(c.isdecimal() for c in said) or len(said) > LONGEST_NUMBER:
        raise Refusal("Số văn bản cần có chữ số, ví dụ: số 12/BC-UBND ngày 5/12.")
    if dated > vietnam_day(store.now):
        raise Refusal(f"Ngày {format_date(dated)} chưa đến. Anh/chị xem lại ngày ký văn bản.")
    before = _letter(record.letter_no, record.letter_date)
    record.letter_no, record.letter_date = said, dated
    write_event(store, record, actor, channel, "letter", before=before, after=_letter(said, dated))


def letter_words(number: str | None, dated: date | None) -> str:
    """Write the letter in words: "số 12/BC-UBND ngày 05/12/2026"; "" where it is not known."""
    return f"số {number} ngày {format_date(dated)}" if number and dated else ""


def _letter(number: str | None, dated: date | None) -> dict[str, str] | None:
    return {"number": number, "date": dated.isoformat()} if number and dated else None

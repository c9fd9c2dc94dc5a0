"""A note on one figure, and the number of the signed letter: typed any time, by either side."""

from handlers import report_acts_words as words
from handlers.report_work import work_if_there
from handlers.services import Services
from isobot.actions import noting
from isobot.actions.noting import letter_words
from isobot.chat.turn import Turn
from isobot.errors import AnswerRefused, Refusal
from isobot.storage import reports
from isobot.storage.notes import OFFICE_SIDE

WHICH = "Anh/chị ghi chú cho báo cáo nào? Mở báo cáo trước (gõ “báo cáo”), rồi gõ lại ghi chú."


async def report_meant(turn: Turn, *, sent: bool = False) -> int | None:
    """Return the report somebody speaks of: the one open or seen last, else the unit's newest."""
    open_now, seen = turn.conversation.state.get("report"), turn.conversation.memory.get("report")
    for key in (open_now, seen):
        if isinstance(key, int):
            return key
    own = await reports.of_units(turn.store.connection, list(turn.actor.units_to_see()))
    found = [r for r in own if r.version or not sent]
    found.sort(key=lambda r: (r.submitted_at is not None, r.submitted_at or turn.now, r.id))
    return found[-1].id if found else None


async def add(turn: Turn, services: Services, key: int, number: str, text: str) -> None:
    """Hang a note on a figure and tell the other side."""
    work = await work_if_there(turn, services, key)
    field = work.form.by_number(number) if work else None
    if work is None or field is None:
        turn.say(f"Biểu này không có mục {number[:10]}. Anh/chị xem số mục trong báo cáo.")
        return
    try:
        side, told = await noting.add_note(
            turn.store, actor=turn.actor, work=work, field=field, text=text, channel=turn.incoming.bot
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    other = "đơn vị" if side == OFFICE_SIDE else "cơ quan nhận"
    tail = f"Tôi đã báo {other}." if told else f"Khi mở báo cáo, {other} sẽ thấy."
    turn.say(f"Đã ghi chú mục {field.number} ({field.label}) của {work.name}. {tail}")


async def take_note(turn: Turn, services: Services) -> bool:
    """Take "ghi chú mục 5: ..." typed anywhere; False when it is no note."""
    said = words.read_note(turn.text)
    if said is None:
        return False
    key = await report_meant(turn)
    if key is None:
        turn.say(WHICH)
    else:
        await add(turn, services, key, *said)
    return True


async def take_letter(turn: Turn, services: Services, key: int | None = None) -> bool:
    """Take "số 12/BC-UBND ngày 5/12"; False when it is no number of a letter."""
    try:
        said = words.read_letter(turn.text, today=turn.today)
    except AnswerRefused as refused:
        turn.say(str(refused))
        return True
    if said is None:
        return False
    key = key if key is not None else await report_meant(turn, sent=True)
    work = await work_if_there(turn, services, key) if key is not None else None
    if work is None:
        return False
    number, day = said
    try:
        await noting.record_letter(
            turn.store, actor=turn.actor, work=work, number=number, dated=day, channel=turn.incoming.bot
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return True
    turn.say(f"Đã ghi văn bản {letter_words(number, day)} cho {work.name}. Sai thì anh/chị gõ lại.")
    return True

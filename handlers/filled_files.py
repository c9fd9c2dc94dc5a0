"""A filled workbook sent into the chat: noted here, read outside the transaction, written on a word."""

from pathlib import PurePath

from isobot.chat.turn import Turn
from isobot.domain.attached import LARGEST, name_of
from isobot.storage import filled_files
from isobot.storage.filled_files import Stage

KEY = "wb"
"""How the keys of its buttons begin: wb:<workbook>:<what>."""

_STAGES = {"send": Stage.WANTED, "drafts": Stage.WANTED_DRAFTS, "drop": Stage.DONE}
_SAID = {
    "send": "Tôi đang ghi và gửi. Xong tôi báo ngay.",
    "drafts": "Tôi đang ghi nháp. Xong tôi báo ngay.",
    "drop": "Vâng, tôi bỏ tệp này, không ghi gì.",
}
_TOO_LARGE = "Tệp “{name}” lớn hơn 10 MB nên tôi không nhận."


async def take(turn: Turn) -> bool:
    """Take a workbook from somebody who may enter figures; False where it is something else."""
    file, person = turn.incoming.file, turn.actor.id
    if file is None or person is None or PurePath(name_of(file)).suffix.lower() != ".xlsx":
        return False
    if not turn.actor.units_to_report() and not turn.actor.provinces_to_receive():
        return False
    name = name_of(file)
    if not turn.incoming.private:
        turn.say("Mẫu nhập chỉ nhận trong cuộc trò chuyện riêng với tôi.")
        return True
    size = file.get("size")
    if isinstance(size, int) and size > LARGEST:
        turn.say(_TOO_LARGE.format(name=name))
        return True
    await filled_files.add(
        turn.store.connection,
        bot=turn.incoming.bot,
        chat=turn.incoming.chat,
        source=file,
        filename=name,
        person=person,
        at=turn.now,
    )
    turn.say(f"Đã nhận tệp “{name}”. Tôi đọc và kiểm tra từng ô trước, chưa ghi gì.")
    return True


async def pick(turn: Turn, number: str, what: str) -> bool:
    """Write a checked workbook, or drop it; False where it was dealt with already."""
    person, stage = turn.actor.id, _STAGES.get(what)
    if person is None or stage is None or not number.isdecimal() or len(number) > 18:
        return False
    if not await filled_files.want(turn.store.connection, int(number), person=person, stage=stage):
        return False
    turn.say(_SAID[what])
    return True

"""The acts of an office in words: who did what about deadlines, and why (nhật ký cơ quan)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from isobot.clock import in_vietnam
from isobot.domain.history import CHANNELS, ERASED
from isobot.domain.numbers import format_date
from isobot.domain.office_acts import OfficeAct

ADMINISTRATOR = "quản trị viên"
"""Who acts at the command line has no number."""

_PLAIN = {
    "reassign": "tạo mã đăng ký cho người mới",
    "not-me": "báo không phụ trách, tôi thôi nhắc",
    "me-again": "nhận nhắc trở lại",
    "open-round": "mở đợt báo cáo",
    "close-round": "đóng đợt báo cáo",
    "event": "thêm việc cần nhắc",
    "letterhead": "sửa thể thức văn bản",
    "delegate": "ủy quyền cho người khác",
    "end-delegation": "thôi ủy quyền",
    "end-role": "kết thúc một vai trò",
}
_VERDICTS = {"missing": "văn bản giấy chưa đủ, vẫn cần số liệu", "enough": "văn bản giấy là đủ, thôi nhắc"}


def act_words(act: OfficeAct, names: Mapping[int, str]) -> str:
    """Say what an act was: "gia hạn đến 10/06/2027 (trước đó 31/05/2027)"."""
    before, after = act.before, act.after
    match act.kind:
        case "extend":
            return f"gia hạn đến {_day(after)} (trước đó {_day(before)})"
        case "extend-round":
            return f"gia hạn cả đợt đến {_day(after)} (trước đó {_day(before)})"
        case "move-date":
            return f"đổi hạn chung sang {_day(after)} (trước đó {_day(before)})"
        case "nudge":
            units = after.get("units", 0) if isinstance(after, Mapping) else 0
            return f"nhờ nhắc các đơn vị im lặng, {units} đơn vị"
        case "nudge-later":
            return f"nhờ nhắc các đơn vị im lặng vào {_day(after)}"
        case "no-nudge":
            return f"thôi nhờ nhắc vào {_day(after)}"
        case "relieve":
            person = before if isinstance(before, int) else 0
            return f"thôi nhắc người cũ, {names.get(person, ERASED)}"
        case "paper":
            return f"báo đã gửi bản giấy, {after}" if after else "báo đã gửi bản giấy, không nêu số"
        case "letter":
            return f"xác nhận: {_VERDICTS.get(str(after), after)}"
        case "done":
            return f"báo đã làm xong ngày {_day(after)}"
        case "duty":
            return f"{'bật' if after else 'tắt'} việc hằng năm"
        case "approval":
            return f"{'bật' if after else 'tắt'} việc lãnh đạo duyệt trước khi gửi"
    return _PLAIN.get(act.kind, f"thay đổi khác ({act.kind})")


def act_line(act: OfficeAct, names: Mapping[int, str]) -> str:
    """Write one act: "28/05/2027 09:05, Trần Thị Mai (Telegram): gia hạn đến ... Lý do: ..."."""
    channel = CHANNELS.get(
        act.channel.partition("-")[0], "dòng lệnh" if act.channel == "cli" else act.channel
    )
    why = f" Lý do: {act.why.rstrip('.')}." if act.why else ""
    said = f"{act_words(act, names)}".rstrip(".")
    return f"{in_vietnam(act.at):%d/%m/%Y %H:%M}, {actor_name(act, names)} ({channel}): {said}.{why}"


def actor_name(act: OfficeAct, names: Mapping[int, str]) -> str:
    """Name who acted, as far as the name is kept."""
    return names.get(act.person, ERASED) if act.person else ADMINISTRATOR


def people_of(act: OfficeAct) -> set[int]:
    """Return whose names an act's words need."""
    about = {act.before} if act.kind == "relieve" and isinstance(act.before, int) else set()
    return {act.person, *about}


def _day(stored: Any) -> str:
    try:
        return format_date(date.fromisoformat(str(stored)))
    except ValueError:
        return str(stored)

"""The history of a report in words: who, when, through which channel, before and after, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isobot.clock import in_vietnam
from isobot.domain.forms import Form
from isobot.domain.reports import ReportEvent
from isobot.domain.text import shorten
from isobot.domain.values import Value

ERASED = "người đã xóa thông tin"
CHANNELS = {
    "telegram": "Telegram",
    "zalo": "Zalo",
    "web": "trang web",
    "web-form": "biểu trên web",
    "xlsx": "tệp .xlsx",
    "terminal": "dòng lệnh",
}
REASON = "reason:"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event, ready to be read."""

    number: int
    text: str


def history_line(event: ReportEvent, form: Form, names: Mapping[int, str]) -> HistoryLine:
    """Write one event: "20/05/2027 09:12, Phạm Thị Lan (Telegram): mục 2: chưa nhập → 120 thủ tục"."""
    at = in_vietnam(event.at)
    who = names.get(event.person, ERASED)
    channel = CHANNELS.get(event.channel.partition("-")[0], event.channel)
    what = _what(event, form)
    why = f" Lý do: {event.why}" if event.why and event.kind not in ("note",) else ""
    return HistoryLine(event.number, f"{at:%d/%m/%Y %H:%M}, {who} ({channel}): {what}.{why}")


def _what(event: ReportEvent, form: Form) -> str:
    match event.kind:
        case "figure":
            return _figure(event, form)
        case "gathered":
            return f"lấy từ báo cáo của các đơn vị: {_figure(event, form)}"
        case "reason":
            return f"ghi lý do: {_given(event.after)}"
        case "submit":
            return "gửi số liệu, bản 1"
        case "correct":
            return f"gửi bản sửa, bản {_version(event.after)}"
        case "ask":
            return "trình lãnh đạo duyệt"
        case "approve":
            return "duyệt để gửi"
        case "decline":
            return f"không duyệt, trả lại{_marks(event.after, form)}"
        case "take-back":
            return "rút lại để sửa tiếp"
        case "return":
            return f"trả lại để sửa{_marks(event.after, form)}"
        case "accept":
            return f"tiếp nhận bản {_version(event.after)}"
        case "reopen":
            return "mở lại báo cáo đã tiếp nhận"
        case "note":
            return f"ghi chú mục {_number(event.field, form)}: {event.after}"
        case "letter":
            before = f"{_letter(event.before)} → " if event.before else ""
            return f"văn bản đã ký: {before}{_letter(event.after)}"
        case "file":
            return f"đính kèm tệp {_given(event.after)}"
        case _:
            return f"thay đổi ({event.kind})"


def _figure(event: ReportEvent, form: Form) -> str:
    field = next((f for f in form.fields if f.key == event.field), None)
    if field is None:
        return "sửa một mục không còn trong biểu"
    before = "chưa nhập" if event.before is None else field.show(Value.from_json(event.before))
    after = "bỏ" if event.after is None else field.show(Value.from_json(event.after))
    if before == after:
        return f"mục {field.number} ({field.label}): giữ nguyên {shorten(after, 80)}"
    return f"mục {field.number} ({field.label}): {shorten(before, 80)} → {shorten(after, 80)}"


def _number(key: str, form: Form) -> str:
    return next((f.number for f in form.fields if f.key == key), "?")


def _marks(after: Any, form: Form) -> str:
    marks = after.get("marks", {}) if isinstance(after, Mapping) else {}
    said = "; ".join(f"mục {_number(key, form)}: {reason}" for key, reason in marks.items())
    return f" ({said})" if said else ""


def _version(after: Any) -> Any:
    if isinstance(after, Mapping):
        return after.get("version", "?")
    return after[1] if isinstance(after, list) and len(after) > 1 else "?"


def _given(after: Any) -> str:
    return str(after.get("given", after)) if isinstance(after, Mapping) else str(after)


def _letter(stored: Any) -> str:
    if not isinstance(stored, Mapping):
        return "chưa có"
    year, month, day = str(stored.get("date", "--")).split("-")
    return f"số {stored.get('number', '?')} ngày {day}/{month}/{year}"

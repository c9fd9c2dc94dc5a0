"""The ledger of reminders in words: who was told of which step, when, and how it ended (nhật ký nhắc)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from isobot.clock import in_vietnam, vietnam_day
from isobot.domain.history import ERASED
from isobot.domain.numbers import format_date

ROLES = {
    "": "người lập báo cáo",
    "deputy": "người thay thế",
    "head": "lãnh đạo đơn vị",
    "receiver": "cơ quan nhận",
}
"""As whom somebody was told, by what stands behind the step's name in the ledger."""

WHY = {
    "reported": "đơn vị đã gửi số liệu",
    "paper": "đơn vị báo đã gửi bản giấy",
    "extended": "đơn vị được gia hạn",
    "snoozed": "người này đã hoãn nhắc",
    "not-me": "người này báo không phụ trách",
    "left": "người này thôi vai trò",
    "gone": "kỳ báo cáo hoặc đơn vị không còn",
    "done": "việc đã làm xong",
    "closed": "đợt báo cáo đã đóng",
    "over": "lúc đó tôi không chạy, đến khi chạy lại thì đã quá lâu",
    "unreachable": "người này đã chặn hoặc rời bot",
    "undelivered": "kênh nhắn tin từ chối",
}
"""Why a step was not told."""

_ENDS = {"cancelled": "không gửi", "dead": "không gửi được"}


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the ledger: `seen` where the person pressed, answered or wrote after it was sent."""

    step: str
    person: int
    due_on: date
    status: str
    why: str
    claimed_at: datetime
    told_at: datetime | None
    message: int | None
    seen: bool = False

    @property
    def at(self) -> datetime:
        """The moment it was told, or else noted."""
        return self.told_at or self.claimed_at


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a unit's history, with its moment."""

    at: datetime
    text: str


def step_words(step: str) -> str:
    """Say what a step of the ledger is: "T-3" is "nhắc trước hạn 3 ngày"."""
    name, _, whom = step.partition("/")
    rung, _, moved = name.partition("@")
    if rung == "N":
        return "nhắc riêng theo yêu cầu của cơ quan nhận"
    if rung == "D":
        return "báo hạn mới"
    if rung == "P":
        return "báo đơn vị đã gửi bản giấy"
    verb = "bản tổng hợp" if whom == "receiver" else "nhắc"
    return f"{verb} {_when(rung)}" + (" theo hạn mới" if moved else "")


def _when(rung: str) -> str:
    days = rung[2:]
    if rung == "O":
        return "khi mở kỳ"
    if rung == "T":
        return "ngày cuối"
    if rung[:2] in ("T-", "T+") and days.isdecimal():
        return f"{'trước' if rung[1] == '-' else 'sau'} hạn {days} ngày"
    return f"bước {rung}"


def entries_of(rows: Iterable[Told], names: Mapping[int, str]) -> list[Entry]:
    """Write a line for each step that told or was to tell somebody; merged ones stand with it."""
    told: list[Told] = []
    merged: dict[tuple[int, object], list[Told]] = defaultdict(list)
    for row in rows:
        if row.status == "merged":
            merged[row.person, row.message or row.claimed_at].append(row)
        else:
            told.append(row)
    found = []
    for row in told:
        also = [*merged.pop((row.person, row.message), ()), *merged.pop((row.person, row.claimed_at), ())]
        found.append(Entry(row.at, _line(row, also, names)))
    left = [row for rest in merged.values() for row in rest]
    return found + [Entry(row.at, _line(row, (), names)) for row in left]


def _line(row: Told, also: Sequence[Told], names: Mapping[int, str]) -> str:
    who = names.get(row.person, ERASED)
    role = ROLES.get(row.step.partition("/")[2], "")
    planned = "" if vietnam_day(row.at) == row.due_on else f" (lịch ngày {format_date(row.due_on)})"
    said = f"{_moment(row.at)}, {who} ({role}): {step_words(row.step)}{planned}, {end_words(row)}."
    if also:
        said += f" Gộp vào tin này: {'; '.join(step_words(each.step) for each in also)}."
    return said


def end_words(row: Told) -> str:
    """Say how a step ended: sent and perhaps seen, merged, or why it was not told."""
    if row.status == "sent":
        return "đã gửi, đã xem" if row.seen else "đã gửi"
    if row.status == "queued":
        return "đang chờ gửi"
    if row.status == "merged":
        return "gộp vào tin khác"
    because = WHY.get(row.why, row.why)
    return _ENDS.get(row.status, row.status) + (f" vì {because}" if because else "")


def _moment(at: datetime) -> str:
    return f"{in_vietnam(at):%d/%m/%Y %H:%M}"

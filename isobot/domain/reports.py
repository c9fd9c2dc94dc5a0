"""The life of a report (báo cáo): its statuses, receipts, differences, and the chained history.

```mermaid
stateDiagram-v2
    [*] --> draft
    draft --> submitted: nộp
    draft --> pending: trình lãnh đạo đơn vị (khi đơn vị bật duyệt)
    returned --> pending: trình lại
    pending --> submitted: duyệt
    pending --> draft: không duyệt, hoặc sửa tiếp (lần đầu)
    pending --> returned: không duyệt, hoặc sửa tiếp (bản đã bị trả lại)
    submitted --> submitted: nộp bản sửa (phiên bản mới)
    submitted --> returned: trả lại, kèm lý do
    returned --> submitted: nộp lại (phiên bản mới)
    submitted --> accepted: tiếp nhận (khóa)
    accepted --> returned: mở lại để sửa, kèm lý do
```

A correction of a report that is in stays "submitted" while it waits for the head: what was sent counts
until the new version leaves. "Late" is no status: it follows from the moment of the first version and
the last day on time, an extension counted in.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from isobot.domain.forms import Field, Form
from isobot.domain.text import fold
from isobot.domain.values import Value, Values
from isobot.errors import AnswerRefused, Refusal


class ReportStatus(StrEnum):
    """Where a report is between the unit and the receiving office."""

    DRAFT = "draft"
    PENDING = "pending"
    """Complete, and waiting for the head of the unit, who has to approve before it leaves."""
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        """Return the Vietnamese words for the status."""
        return _STATUS_LABELS[self]

    @property
    def is_in(self) -> bool:
        """Tell whether the figures are with the receiving office, so that nobody is reminded."""
        return self in (ReportStatus.SUBMITTED, ReportStatus.ACCEPTED)


_STATUS_LABELS = {
    ReportStatus.DRAFT: "đang nhập",
    ReportStatus.PENDING: "chờ lãnh đạo đơn vị duyệt",
    ReportStatus.SUBMITTED: "đã nộp số liệu",
    ReportStatus.RETURNED: "bị trả lại để sửa",
    ReportStatus.ACCEPTED: "đã được tiếp nhận",
}


class Act(StrEnum):
    """What can be done with a report."""

    EDIT = "edit"
    ASK = "ask"
    """Ask the head of the unit to approve."""
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    REOPEN = "reopen"


_D, _S, _R, _A = ReportStatus.DRAFT, ReportStatus.SUBMITTED, ReportStatus.RETURNED, ReportStatus.ACCEPTED
_P = ReportStatus.PENDING

_NEXT = {
    (_D, Act.EDIT): _D,
    (_P, Act.EDIT): _P,
    (_R, Act.EDIT): _R,
    (_S, Act.EDIT): _S,
    (_D, Act.ASK): _P,
    (_P, Act.ASK): _P,
    (_R, Act.ASK): _P,
    (_S, Act.ASK): _S,
    (_D, Act.SUBMIT): _S,
    (_P, Act.SUBMIT): _S,
    (_R, Act.SUBMIT): _S,
    (_S, Act.SUBMIT): _S,
    (_S, Act.RETURN): _R,
    (_A, Act.REOPEN): _R,
    (_S, Act.ACCEPT): _A,
}
"""An edit of what waits for the head takes it back first (`actions.approving.take_back`)."""

_LOCKED = "Báo cáo đã được tiếp nhận nên không sửa được. Anh/chị đề nghị cơ quan nhận mở lại, rồi sửa."
_NOT_LOCKED = "Báo cáo này chưa được tiếp nhận nên không cần mở lại."
_NOT_IN = "Báo cáo này chưa nộp nên chưa trả lại được."
_REFUSALS = {
    (_A, Act.EDIT): _LOCKED,
    (_A, Act.ASK): _LOCKED,
    (_A, Act.SUBMIT): _LOCKED,
    (_A, Act.RETURN): "Báo cáo này đã được tiếp nhận. Muốn đơn vị sửa, anh/chị mở lại kèm lý do.",
    **{(status, Act.REOPEN): _NOT_LOCKED for status in (_D, _P, _S, _R)},
    (_P, Act.RETURN): _NOT_IN,
    (_P, Act.ACCEPT): "Báo cáo này đang chờ lãnh đạo đơn vị duyệt, chưa nộp nên chưa tiếp nhận được.",
    (_A, Act.ACCEPT): "Báo cáo này đã được tiếp nhận trước đó.",
    (_D, Act.RETURN): _NOT_IN,
    (_R, Act.RETURN): "Báo cáo này đã trả lại rồi, đơn vị chưa nộp bản sửa.",
    (_D, Act.ACCEPT): "Báo cáo này chưa nộp nên chưa tiếp nhận được.",
    (_R, Act.ACCEPT): "Báo cáo này đang trả lại để sửa. Khi đơn vị nộp bản sửa, anh/chị mới tiếp nhận được.",
}


def next_status(status: ReportStatus, act: Act) -> ReportStatus:
    """Return the status after an act. A submitted report that is edited stays in until sent anew.

    Raises:
        Refusal: a report in this status does not allow the act; the message says what would.
    """
    after = _NEXT.get((status, act))
    if after is None:
        raise Refusal(_REFUSALS[status, act])
    return after


ALPHABET = "234679ACDEFHJKMNPQRTWXY"
"""No two of them look alike (0 O, 1 I L, 5 S, 8 B, 2 Z, 6 G, U V); 23 is prime, as the check needs."""

_RECEIPT = re.compile(r"([A-Z]{2,4})-?(\d{4})-?([A-Z0-9]{4,10})-?([A-Z0-9])")


def receipt_number(prefix: str, *, year: int, serial: int) -> str:
    """Make a receipt number such as "KT-2026-7F3K-2".

    The same prefix, year and serial always give the same number, and different serials different
    ones. The last character betrays any one mistyped or any two swapped characters of the group
    before it.

    Args:
        prefix: two to four capital letters that name the province, or practice.
        year: the year of the period.
        serial: a number from 0, unique for the prefix and year; one for each version sent.
    """
    group = _scrambled(serial)
    return f"{prefix}-{year}-{group}-{_check_character(prefix, year, group)}"


def read_receipt(text: str) -> str:
    """Read a receipt number as somebody types it, and write it properly.

    Raises:
        AnswerRefused: it is none, or a character is wrong.
    """
    typed = re.sub(r"[\s.–]+", "-", fold(text).upper().strip())
    match = _RECEIPT.fullmatch(typed)
    example = receipt_number("KT", year=2026, serial=0)
    if match is None:
        raise AnswerRefused(f"Đây chưa phải mã biên nhận. Mã có dạng như {example}.")
    prefix, year, group, check = match[1], int(match[2]), match[3], match[4]
    if not set(group) <= set(ALPHABET) or _check_character(prefix, year, group) != check:
        raise AnswerRefused(f"Mã biên nhận có ký tự chưa đúng. Anh/chị xem lại; mã có dạng như {example}.")
    return f"{prefix}-{year}-{group}-{check}"


def _scrambled(serial: int) -> str:
    """Write a serial in our letters, neighbours far apart, so that a guess seldom hits a real one."""
    length = 4
    while serial >= len(ALPHABET) ** length:
        length += 1
    # The factor is coprime to 23, so no two serials of one length meet.
    number = (serial * 7_368_787 + 1_046_527) % len(ALPHABET) ** length
    letters = ""
    for _ in range(length):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters


def _check_character(prefix: str, year: int, group: str) -> str:
    total = sum(place * ALPHABET.index(letter) for place, letter in enumerate(group, start=1))
    total += sum(place * int(letter, 36) for place, letter in enumerate(f"{prefix}{year}", start=3))
    return ALPHABET[total % len(ALPHABET)]


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that differs between two sets of values; None where there was, or is, none."""

    field: Field
    before: Value | None
    after: Value | None

    def as_text(self) -> str:
        """Say it in one line: "Mục 3. Số TTHC đã đưa vào hệ thống: 118 thủ tục → 120 thủ tục"."""
        before = "chưa nhập" if self.before is None else self.field.show(self.before)
        after = "bỏ" if self.after is None else self.field.show(self.after)
        return f"Mục {self.field.number}. {self.field.label}: {before} → {after}"


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between two sets of values of one form, in its order."""

    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def as_text(self) -> str:
        """List the changes, one a line; says so when there is none."""
        return "\n".join(change.as_text() for change in self.changes) or "Không có số liệu nào thay đổi."


def compare(form: Form, before: Values, after: Values) -> Diff:
    """Compare what counts in two sets of values; computed figures follow and are left out."""
    old, new = form.complete(before), form.complete(after)
    asked = (field for field in form.fields if field.computed is None)
    changes = (Change(field, old.get(field.key), new.get(field.key)) for field in asked)
    return Diff(tuple(change for change in changes if not _same(change.before, change.after)))


def _same(one: Value | None, other: Value | None) -> bool:
    # Python holds False and 0 for equal; what is stored tells them apart.
    if one is None or other is None:
        return one is other
    return json.dumps(one.to_json()) == json.dumps(other.to_json())


@dataclass(frozen=True, slots=True)
class ReportEvent:
    """One change of a figure or a status: who, when, through which channel, before, after, why.

    `number` counts the events of a report from 1. People are keys; their names can be erased
    without breaking the chain. `before` and `after` are plain JSON.
    """

    report: int
    number: int
    at: datetime
    person: int
    channel: str
    kind: str
    field: str = ""
    before: Any = None
    after: Any = None
    why: str = ""


def chain_hash(previous: str, event: ReportEvent) -> str:
    """Return the SHA-256 that binds an event to the one before it; the first has "" before it."""
    content = {
        "previous": previous,
        "report": event.report,
        "number": event.number,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "person": event.person,
        "channel": event.channel,
        "kind": event.kind,
        "field": event.field,
        "before": event.before,
        "after": event.after,
        "why": event.why,
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def figures_hash(figures: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what was sent, so that the history vouches for the version."""
    plain = json.dumps(figures, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def verify_chain(events: Iterable[tuple[ReportEvent, str]]) -> int | None:
    """Return the number of the first event that does not fit its hash or its place; None if all do.

    Events cut off at the end leave a chain that fits: compare the last hash and the count with
    those kept beside the report.
    """
    previous = ""
    for number, (event, stored) in enumerate(events, start=1):
        if event.number != number or chain_hash(previous, event) != stored:
            return number
        previous = stored
    return None

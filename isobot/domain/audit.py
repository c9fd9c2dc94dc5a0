"""Does what stands beside a report agree with its chained history? (kiểm tra nhật ký)

The history is told again from its first event: it says what the draft, the status, each version, the
letter and the notes must be. A change made past it shows, and so does one made inside it, by the hashes.
Whoever can rewrite a whole history with all its hashes is beyond this: keep backups elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from isobot.domain.reports import ReportEvent, ReportStatus, figures_hash, verify_chain

CONTENT = ("figure", "reason")
SENDING = ("submit", "correct")
ALL_MENDED: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """One version as the tables hold it."""

    version: int
    figures: Mapping[str, Any]
    receipt: str
    submitted_at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class KeptReport:
    """What the tables hold about a report, to be compared with its history.

    `events` come with the hash stored beside each; `notes` are (field, body), the oldest first.
    """

    id: int
    unit: str
    rule: str
    period: str
    status: str
    draft: Mapping[str, Any]
    version: int
    receipt: str | None
    marks: Mapping[str, str]
    letter: Mapping[str, str] | None
    count: int
    last_hash: str
    events: Sequence[tuple[ReportEvent, str]] = ()
    versions: Sequence[KeptVersion] = ()
    notes: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class _Told:
    """What the history says so far."""

    draft: dict[str, Any] = field(default_factory=dict)
    status: str = ReportStatus.DRAFT.value
    version: int = 0
    receipt: str | None = None
    marks: dict[str, str] = field(default_factory=dict)
    letter: Any = None
    notes: list[tuple[str, str]] = field(default_factory=list)
    sent: dict[int, tuple[ReportEvent, dict[str, Any]]] = field(default_factory=dict)


def faults(kept: KeptReport) -> list[str]:
    """Say in Vietnamese what does not agree; nothing for a report that is whole."""
    found = _chain_faults(kept)
    if found:
        # Telling a broken history again would only repeat the fault in other words.
        return found + _version_count(kept)
    told = _tell(event for event, _ in kept.events)
    found += _content_faults(kept, told)
    for version in kept.versions:
        found += _version_faults(version, told)
    missing = sorted(set(told.sent) - {v.version for v in kept.versions})
    found += [f"mất bản {number} đã gửi" for number in missing]
    return found


def _chain_faults(kept: KeptReport) -> list[str]:
    broken = verify_chain(kept.events)
    if broken is not None:
        return [f"việc số {broken} trong lịch sử đã bị sửa, thêm hoặc bớt (mã băm không khớp)"]
    found = []
    if len(kept.events) != kept.count:
        found.append(
            f"lịch sử có {len(kept.events)} việc, lẽ ra {kept.count}: việc ở cuối đã bị thêm hoặc bớt"
        )
    last = kept.events[-1][1] if kept.events else ""
    if not found and last != kept.last_hash:
        found.append("mã băm cuối của lịch sử khác mã ghi cạnh báo cáo")
    return found


def _version_count(kept: KeptReport) -> list[str]:
    numbers = sorted(v.version for v in kept.versions)
    if numbers != list(range(1, kept.version + 1)):
        return [f"số bản đã gửi là {len(numbers)}, cạnh báo cáo ghi {kept.version}"]
    return []


def _tell(events: Iterable[ReportEvent]) -> _Told:
    told = _Told()
    for event in events:
        if event.kind in CONTENT:
            told.draft[event.field] = event.after
            told.marks.pop(event.field, None)
        elif event.kind == "note":
            told.notes.append((event.field, event.after))
        elif event.kind == "letter":
            told.letter = event.after
        else:
            _tell_status(told, event)
    told.draft = {key: value for key, value in told.draft.items() if value is not None}
    return told


def _tell_status(told: _Told, event: ReportEvent) -> None:
    """Take over the status; histories begun before it was spelt out hold [status, version]."""
    after = event.after
    if isinstance(after, list) and len(after) == 2:
        after = {"status": after[0], "version": after[1]}
    if not isinstance(after, Mapping) or "status" not in after:
        return
    told.status = str(after["status"])
    if event.kind in SENDING:
        told.version = int(after.get("version", told.version + 1))
        told.receipt = after.get("receipt")
        told.marks = {}
        told.sent[told.version] = (event, dict(told.draft))
    elif event.kind == "decline":
        told.marks |= after.get("marks", ALL_MENDED)
    elif event.kind in ("return", "reopen"):
        told.marks = dict(after.get("marks", ALL_MENDED))


def _content_faults(kept: KeptReport, told: _Told) -> list[str]:
    keys = sorted(set(kept.draft) | set(told.draft))
    changed = [key for key in keys if kept.draft.get(key) != told.draft.get(key)]
    found = [f"số liệu “{key}” khác lịch sử" for key in changed]
    if kept.status != told.status:
        found.append(f"tình trạng là “{kept.status}”, theo lịch sử là “{told.status}”")
    if kept.version != told.version:
        found.append(f"số bản ghi cạnh báo cáo là {kept.version}, theo lịch sử là {told.version}")
    if told.receipt is not None and kept.receipt != told.receipt:
        found.append(f"mã biên nhận {kept.receipt} khác lịch sử")
    if dict(kept.marks) != told.marks:
        found.append("các mục bị trả lại khác lịch sử")
    if kept.letter != told.letter:
        found.append("số hoặc ngày văn bản ký khác lịch sử")
    if list(kept.notes) != told.notes:
        found.append("ghi chú khác lịch sử")
    return found


def _version_faults(version: KeptVersion, told: _Told) -> list[str]:
    known = told.sent.get(version.version)
    if known is None:
        return [f"bản {version.version} không có trong lịch sử"]
    event, draft = known
    name = f"bản {version.version}"
    after = event.after if isinstance(event.after, Mapping) else {}
    found = []
    changed = sorted(key for key, value in version.figures.items() if draft.get(key) != value)
    if changed:
        found.append(f"{name}: số liệu {', '.join(f'“{key}”' for key in changed)} khác lịch sử")
    elif "figures" in after and figures_hash(version.figures) != after["figures"]:
        found.append(f"{name}: có số liệu bị bớt hoặc thêm")
    if "receipt" in after and version.receipt != after["receipt"]:
        found.append(f"{name}: mã biên nhận khác lịch sử")
    if version.submitted_at != event.at or version.channel != event.channel:
        found.append(f"{name}: lúc gửi hoặc kênh gửi khác lịch sử")
    return found

"""The history of an office: what was changed about deadlines, rounds, letters and roles (nhật ký cơ quan).

The acts of a province form one chain by hash, like the events of a report: a change in the past shows.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class OfficeAct:
    """One act: who, when, through which channel, about which report, before, after, why.

    `number` counts the acts of a province from 1. People are keys; their names can be erased without
    breaking the chain. `before` and `after` are plain JSON.
    """

    province: str
    number: int
    at: datetime
    person: int
    channel: str
    kind: str
    rule: str = ""
    period: str = ""
    unit: str = ""
    before: Any = None
    after: Any = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a province's chain, kept apart from it: how many acts there are, and the last hash."""

    count: int = 0
    last_hash: str = ""


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """Where a province's history does not fit: the number of the first act that is wrong or missing."""

    province: str
    number: int


def act_hash(previous: str, act: OfficeAct) -> str:
    """Return the SHA-256 that binds an act to the one before it; the first has "" before it."""
    content = {
        "previous": previous,
        "province": act.province,
        "number": act.number,
        "at": act.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "person": act.person,
        "channel": act.channel,
        "kind": act.kind,
        "rule": act.rule,
        "period": act.period,
        "unit": act.unit,
        "before": act.before,
        "after": act.after,
        "why": act.why,
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_broken(acts: Iterable[tuple[OfficeAct, str]], head: Head) -> int | None:
    """Return the number of the first act that does not fit its hash, its place or the head; else None."""
    previous, number = "", 0
    for number, (act, stored) in enumerate(acts, start=1):
        if act.number != number or act_hash(previous, act) != stored:
            return number
        previous = stored
    if number != head.count:
        return min(number, head.count) + 1
    return number if previous != head.last_hash else None

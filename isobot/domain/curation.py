"""Curation (biên tập): proposals, versions and confirmations of cards, and who may do what.

Two people stand behind every change: one writes, another approves. Whoever acts is known by a key:
"person 12" in chat, or the account of the server's command line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from isobot.domain.people import Actor, Role

REVIEW_AFTER = timedelta(days=365)
"""A card is read again a year after somebody approved it."""
TOLD_FOR = timedelta(days=365)
"""For how long back those who were told a card can be warned."""

Record = Mapping[str, Any]
"""A card in the words of a card file: id, scope, topic, kind, title, asks, answer, short, cite, ..."""


class ProposalKind(StrEnum):
    """What a proposal would change."""

    CARD = "card"
    REPLACED = "replaced"
    """A document is marked as replaced by another."""


class ProposalStatus(StrEnum):
    """What became of a proposal; a returned one is proposed anew under another number."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody who writes or approves, with the scopes this person may change; `any_scope` for admins."""

    key: str
    scopes: tuple[str, ...] = ()
    any_scope: bool = False
    person: int | None = None

    @property
    def may_edit(self) -> bool:
        """Tell whether this person edits anything at all."""
        return self.any_scope or bool(self.scopes)

    def may_change(self, scope: str) -> bool:
        """Tell whether this person may write or approve cards of a scope."""
        return self.any_scope or scope in self.scopes


def editor_of(actor: Actor) -> Editor:
    """Return what a person may edit: a curator the own province, an administrator everything."""
    provinces = dict.fromkeys(p.province for p in actor.posts if p.role is Role.CURATOR)
    anything = any(p.role is Role.ADMIN for p in actor.posts)
    return Editor(f"person {actor.id}", tuple(provinces), anything, actor.id)


def operator(account: str) -> Editor:
    """Return the editor behind a command on the server."""
    return Editor(f"server account {account}", any_scope=True)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that waits for a second person, or the memory of one.

    For a card `target` is its id, `record` its new wording and `before` the wording it would replace;
    for a replaced document `target` is the document's key and `record` says by what and from when.
    `questions` are the references of the questions it answers; `base` is the version it was written on.
    """

    id: int
    kind: ProposalKind
    target: str
    scope: str
    record: Record
    before: Record | None
    base: int
    questions: tuple[str, ...]
    author: str
    author_person: int | None
    why: str
    status: ProposalStatus
    created_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CardVersion:
    """One approved wording of a card."""

    card: str
    version: int
    record: Record
    before: Record | None
    author: str
    approver: str
    why: str
    at: datetime
    review_by: date


@dataclass(frozen=True, slots=True)
class Replacement:
    """A document that was marked as replaced; `at` is when, `on` the day from which the new one rules."""

    document: str
    by: str
    on: date
    why: str
    author: str
    approver: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A curator read a frozen card again and found that it still holds."""

    card: str
    document: str
    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Overlay:
    """Everything the office changed on top of the shipped cards; `edition` changes with any of it."""

    edition: str = ""
    versions: tuple[CardVersion, ...] = ()
    """The newest version of each card."""
    replacements: tuple[Replacement, ...] = ()
    """The newest mark of each document."""
    confirmations: tuple[Confirmation, ...] = ()

    def freezing(self, card: str, documents: Iterable[str]) -> Replacement | None:
        """Return the mark that freezes a card, if it rests on a replaced document and nobody read it since.

        A version approved after the mark counts as reading.
        """
        written = next((v.at for v in self.versions if v.card == card), None)
        for mark in self.replacements:
            if mark.document not in documents:
                continue
            read = [c.at for c in self.confirmations if (c.card, c.document) == (card, mark.document)]
            if written is not None:
                read.append(written)
            if all(moment < mark.at for moment in read):
                return mark
        return None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the log (câu hỏi đã ghi).

    `text` is "" once it has expired. `topic` is that of the nearest card. `helpful` is the asker's own
    word. `settled` says how a curator dealt with it, "" while nobody did.
    """

    ref: str
    chat_key: str
    province: str
    text: str
    outcome: str
    topic: str
    cards: tuple[str, ...]
    at: datetime
    helpful: bool | None = None
    settled: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A chat was told a card resting on a document; `card` is "" for an answer computed from it."""

    chat_key: str
    card: str
    document: str
    at: datetime

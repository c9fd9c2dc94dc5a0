"""Proposals: a card is written by one person, and approved or returned by another."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from isobot.actions.curating.news import tell_askers
from isobot.actions.curating.replaced import put_proposed
from isobot.actions.curating.rights import NOT_YOURS, OWN_WORK
from isobot.clock import vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.curation import (
    REVIEW_AFTER,
    CardVersion,
    Editor,
    Proposal,
    ProposalKind,
    ProposalStatus,
    Record,
)
from isobot.errors import Refusal
from isobot.storage import curation
from isobot.storage.store import Store
from knowledge.corpus import Card, CardProblem, Corpus
from knowledge.live import card_of, record_of


async def propose_card(
    store: Store,
    editor: Editor,
    *,
    record: Record,
    corpus: Corpus,
    shipped: Corpus,
    why: str,
    questions: Iterable[str] = (),
    base: int | None = None,
) -> int:
    """Send a card for approval; returns the proposal's number.

    `base` is the version that was on the screen when the writing began, by default the newest.

    Raises:
        Refusal: the card does not fit, or is of another province.
    """
    card = _checked(record, corpus)
    before = await wording(store, card.id, shipped)
    for scope in {card.scope, str(before["scope"]) if before else card.scope}:
        if not editor.may_change(scope):
            raise Refusal(NOT_YOURS)
    if not why.strip():
        raise Refusal("Anh/chị ghi lý do, để người duyệt và người sau biết vì sao.")
    newest = await curation.newest_version(store.connection, card.id)
    return await curation.add_proposal(
        store.connection,
        kind=ProposalKind.CARD,
        target=card.id,
        scope=card.scope,
        record=record_of(card),
        before=before,
        base=newest if base is None else base,
        refs=questions,
        author=editor.key,
        author_person=editor.person,
        why=why.strip(),
        at=store.now,
    )


def _checked(record: Record, corpus: Corpus) -> Card:
    try:
        return card_of(record, corpus)
    except CardProblem as problem:
        raise Refusal(f"Thẻ chưa dùng được: {problem}; {problem.mend}.") from problem


async def wording(store: Store, card: str, shipped: Corpus) -> Record | None:
    """Return a card's wording in force, frozen or not; None for a new card."""
    versions = await curation.versions_of(store.connection, card)
    if versions:
        return versions[-1].record
    return record_of(shipped.cards[card]) if card in shipped.cards else None


async def decide_proposal(store: Store, editor: Editor, number: int) -> Proposal:
    """Return a waiting proposal that this editor may decide on.

    Raises:
        Refusal: it is decided already, of another province, or of the editor's own hand.
    """
    found = await curation.proposal(store.connection, number)
    if found is None:
        raise Refusal(f"Không có đề nghị số {number}.")
    if found.status is not ProposalStatus.WAITING:
        raise Refusal("Đề nghị này đã được người khác xử lý.")
    if not editor.may_change(found.scope):
        raise Refusal(NOT_YOURS)
    if found.author == editor.key:
        raise Refusal(OWN_WORK)
    return found


@dataclass(frozen=True, slots=True)
class Approved:
    """What an approval brought about."""

    proposal: Proposal
    version: int = 0
    told: int = 0
    """How many chats will hear that their question has its answer, or that a document was replaced."""
    frozen: int = 0


async def approve(
    store: Store,
    editor: Editor,
    number: int,
    *,
    corpus: Corpus,
    calendar: WorkCalendar,
    provinces_named: Callable[[str], Sequence[str]],
) -> Approved:
    """Make a proposal live; the askers of its questions are told once, in working hours.

    Raises:
        Refusal: it may not be decided by this editor, or the card was changed since it was written.
    """
    found = await decide_proposal(store, editor, number)
    if found.kind is ProposalKind.REPLACED:
        await _decide(store, found, editor, ProposalStatus.APPROVED)
        frozen = await put_proposed(store, found, approver=editor, corpus=corpus)
        return Approved(found, frozen=frozen)
    card = _checked(found.record, corpus)
    newest = await curation.newest_version(store.connection, card.id)
    if newest != found.base:
        raise Refusal(
            f"Thẻ {card.id} đã có bản mới (bản {newest}) từ khi đề nghị này được soạn. "
            "Anh/chị trả lại để người soạn viết trên bản mới."
        )
    await _decide(store, found, editor, ProposalStatus.APPROVED)
    await curation.add_version(
        store.connection,
        CardVersion(
            card=card.id,
            version=newest + 1,
            record=found.record,
            before=found.before,
            author=found.author,
            approver=editor.key,
            why=found.why,
            at=store.now,
            review_by=card.review_by or vietnam_day(store.now) + REVIEW_AFTER,
        ),
    )
    told = await tell_askers(store, found, card, calendar, provinces_named)
    return Approved(found, newest + 1, told)


async def return_proposal(store: Store, editor: Editor, number: int, *, reason: str) -> Proposal:
    """Give a proposal back to its author with a reason.

    Raises:
        Refusal: there is no reason, or it may not be decided by this editor.
    """
    found = await decide_proposal(store, editor, number)
    if not reason.strip():
        raise Refusal("Anh/chị ghi lý do trả lại, ví dụ: “thiếu khoản của điều được dẫn”.")
    await _decide(store, found, editor, ProposalStatus.RETURNED, reason.strip())
    return found


async def _decide(
    store: Store, found: Proposal, editor: Editor, status: ProposalStatus, reason: str = ""
) -> None:
    done = await curation.decide(
        store.connection, found.id, status=status, by=editor.key, reason=reason, at=store.now
    )
    if not done:
        raise Refusal("Đề nghị này vừa được người khác xử lý.")

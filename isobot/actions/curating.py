"""Curation: writing, approving and returning cards, marking documents as replaced (biên tập).

One person proposes, another decides; a change is live for every process at its next answer, because
it changes the stored edition in the same transaction.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from isobot.clock import vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.curation import (
    REVIEW_AFTER,
    TOLD_FOR,
    Asked,
    CardVersion,
    Confirmation,
    Editor,
    Proposal,
    ProposalKind,
    ProposalStatus,
    Record,
    Replacement,
    Told,
    editor_of,
)
from isobot.domain.law import LegalDocument
from isobot.domain.messages import Choice, Reply
from isobot.domain.numbers import format_date
from isobot.domain.people import Actor
from isobot.domain.text import shorten
from isobot.errors import NotFound, Refusal
from isobot.storage import curation, outbox, people, records, retention
from isobot.storage.outbox import Priority
from isobot.storage.store import Store
from knowledge import grouping
from knowledge.corpus import BOT, NATIONAL, Card, CardProblem, Corpus
from knowledge.grouping import QuestionGroup
from knowledge.live import card_of, record_of, replaced_sentence
from knowledge.model import with_sources

LOOKED_BACK = timedelta(days=180)
"""Questions older than this are not brought to a curator any more."""
KEPT_TOLD = TOLD_FOR + timedelta(days=35)
_EXPIRED_ON = "questions_expired_on"

NOT_YOURS = "Anh/chị chỉ biên tập được nội dung của tỉnh mình; nội dung này do quản trị viên phụ trách."
OWN_WORK = "Người soạn không tự duyệt được. Xin một người biên tập khác hoặc quản trị viên duyệt giúp."


async def expire(store: Store, *, question_days: int, message_days: int) -> int:
    """Let old wordings of questions and messages go, once a day; returns how many questions went."""
    today = vietnam_day(store.now).isoformat()
    if await records.get_meta(store.connection, _EXPIRED_ON) == today:
        return 0
    await records.set_meta(store.connection, _EXPIRED_ON, today)
    await retention.expire_messages(store.connection, before=store.now - timedelta(days=message_days))
    return await curation.prune(
        store.connection,
        texts_before=store.now - timedelta(days=question_days),
        told_before=store.now - KEPT_TOLD,
    )


async def say_helpful(store: Store, *, chat_key: str, ref: str, helpful: bool) -> None:
    """Keep the asker's own word on an answer.

    Raises:
        Refusal: the question is not of this chat, or is gone.
    """
    if not await curation.set_helpful(store.connection, ref, chat_key=chat_key, helpful=helpful):
        raise Refusal("Câu trả lời đó đã qua lâu rồi, tôi không ghi nhận được nữa.")


# --- questions ---


async def groups_for(
    store: Store, editor: Editor, provinces_named: Callable[[str], Sequence[str]]
) -> list[QuestionGroup]:
    """Return the groups of open questions that an editor may answer, the most wanted first.

    Questions without a province are everybody's.
    """
    asked = await curation.open_questions(store.connection, since=store.now - LOOKED_BACK)
    groups = grouping.group_questions(asked, provinces_named, now=store.now)
    return [g for g in groups if not g.scope or editor.may_change(g.scope)]


async def dismiss(store: Store, editor: Editor, group: QuestionGroup) -> None:
    """Take a group off the list without an answer.

    Raises:
        Refusal: the group is of another province.
    """
    if group.scope and not editor.may_change(group.scope):
        raise Refusal(NOT_YOURS)
    refs = [q.ref for q in group.questions]
    await curation.settle(store.connection, refs, how=f"dismissed by {editor.key}"[:80])


# --- cards ---


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
        mark = _mark_of(found, approver=editor.key, at=store.now)
        await _decide(store, found, editor, ProposalStatus.APPROVED)
        frozen = await _mark_replaced(store, mark, corpus)
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
    told = await _tell_askers(store, found, card, calendar, provinces_named)
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


async def _tell_askers(
    store: Store,
    found: Proposal,
    card: Card,
    calendar: WorkCalendar,
    provinces_named: Callable[[str], Sequence[str]],
) -> int:
    """Tell each chat once that its question has its answer now; also those who asked alike meanwhile."""
    asked = await curation.questions_of(store.connection, found.questions)
    wanted = {q.ref for q in asked}
    still_open = await curation.open_questions(store.connection, since=store.now - LOOKED_BACK)
    groups = grouping.group_questions(still_open, provinces_named, now=store.now)
    alike = [q for g in groups if any(q.ref in wanted for q in g.questions) for q in g.questions]
    everyone = {q.ref: q for q in (*asked, *alike)}
    settled = set(
        await curation.settle(store.connection, list(everyone), how=f"card {card.id}"[:80])
        if everyone
        else []
    )
    by_chat: dict[str, Asked] = {}
    for question in everyone.values():
        named = provinces_named(question.text)
        place = named[0] if len(named) == 1 else question.province
        fitting = card.scope in (NATIONAL, BOT) or place in ("", card.scope)
        if question.ref in settled and question.chat_key and fitting:
            by_chat.setdefault(question.chat_key, question)
    for chat_key, question in by_chat.items():
        day = format_date(vietnam_day(question.at))
        quoted = f" (“{shorten(question.text, 120)}”)" if question.text else ""
        text = (
            f"Câu hỏi anh/chị gửi ngày {day}{quoted} nay đã có câu trả lời:\n"
            f"{with_sources(card.answer, card.citations)}"
        )
        await tell(store, chat_key, Reply(text), calendar)
        for document in dict.fromkeys(c.document.key for c in card.citations):
            store.log_told(chat_key=chat_key, card=card.id, document=document, question=question.ref)
    return len(by_chat)


async def tell(store: Store, chat_key: str, reply: Reply, calendar: WorkCalendar) -> None:
    """Queue a message that nobody waits for: behind the answers, and in working hours only."""
    bot, _, chat = chat_key.partition(":")
    row = outbox.row_of(bot, chat, reply, prompt=0, priority=Priority.CAMPAIGN, at=store.now)
    row["not_before"] = calendar.next_working_moment(store.now)
    await outbox.add_one(store.connection, row)


async def tell_editors(store: Store, proposal: int, calendar: WorkCalendar) -> int:
    """Tell those who may decide on a proposal that it waits; returns how many were told."""
    found = await curation.proposal(store.connection, proposal)
    if found is None:
        raise NotFound(f"proposal {proposal}")
    what = "thẻ" if found.kind is ProposalKind.CARD else "văn bản được thay thế"
    title = str(found.record.get("title") or found.target)
    reply = Reply(
        f"Có một {what} chờ anh/chị duyệt: “{shorten(title, 80)}”. Gõ “biên tập” để xem.",
        (Choice(f"cu:show:{found.id}", "Xem đề nghị", lasting=True, by_word=True),),
    )
    told = 0
    for person, (editor, chats) in (await _editors(store)).items():
        if chats and person != found.author_person and editor.may_change(found.scope):
            await tell(store, chats[0], reply, calendar)
            told += 1
    return told


async def tell_author(store: Store, proposal: Proposal, text: str, calendar: WorkCalendar) -> None:
    """Tell the author what became of a proposal, where the author has a chat."""
    holders = await people.holders(store.connection)
    chats = next((h.chats for h in holders if h.person == proposal.author_person and h.chats), ())
    if chats:
        await tell(store, chats[0], Reply(text), calendar)


async def _editors(store: Store) -> dict[int, tuple[Editor, tuple[str, ...]]]:
    holders = await people.holders(store.connection)
    found: dict[int, tuple[Editor, tuple[str, ...]]] = {}
    for person in dict.fromkeys(h.person for h in holders):
        posts = tuple(h.post for h in holders if h.person == person)
        chats = next((h.chats for h in holders if h.person == person), ())
        found[person] = (editor_of(Actor(person, posts)), chats)
    return {person: row for person, row in found.items() if row[0].may_edit}


# --- documents ---


def scope_of_document(document: LegalDocument) -> str:
    """Return whose cards a document's fate touches: its province's, or everybody's."""
    return document.province or NATIONAL


async def propose_replaced(
    store: Store, editor: Editor, *, document: LegalDocument, by: str, on: date, why: str
) -> int:
    """Send the mark of a replaced document for approval; returns the proposal's number.

    Raises:
        Refusal: the document is of another province, or something is missing.
    """
    scope = scope_of_document(document)
    _check_mark(editor, document, by, why)
    return await curation.add_proposal(
        store.connection,
        kind=ProposalKind.REPLACED,
        target=document.key,
        scope=scope,
        record={"title": f"{document.number} được thay thế bằng {by}", "by": by, "on": on.isoformat()},
        before=None,
        base=0,
        refs=(),
        author=editor.key,
        author_person=editor.person,
        why=why.strip(),
        at=store.now,
    )


def _check_mark(editor: Editor, document: LegalDocument, by: str, why: str) -> None:
    if not editor.may_change(scope_of_document(document)):
        raise Refusal(NOT_YOURS)
    if not by.strip() or not why.strip():
        raise Refusal("Anh/chị ghi văn bản thay thế và lý do.")
    if by.strip().casefold() in (document.key.casefold(), document.number.casefold()):
        raise Refusal("Một văn bản không tự thay thế chính nó.")


def _mark_of(found: Proposal, *, approver: str, at: datetime) -> Replacement:
    record = found.record
    return Replacement(
        document=found.target,
        by=str(record["by"]),
        on=date.fromisoformat(str(record["on"])),
        why=found.why,
        author=found.author,
        approver=approver,
        at=at,
    )


async def mark_replaced(
    store: Store,
    editor: Editor,
    *,
    document: LegalDocument,
    by: str,
    on: date,
    why: str,
    corpus: Corpus,
) -> int:
    """Mark a document as replaced at once, from the server's command line; returns how many cards froze.

    Raises:
        Refusal: something is missing.
    """
    _check_mark(editor, document, by, why)
    mark = Replacement(document.key, by.strip(), on, why.strip(), editor.key, editor.key, store.now)
    return await _mark_replaced(store, mark, corpus)


async def _mark_replaced(store: Store, mark: Replacement, corpus: Corpus) -> int:
    await curation.add_replacement(store.connection, mark)
    return len(cards_on(corpus, mark.document))


def cards_on(corpus: Corpus, document: str) -> list[Card]:
    """Return the cards that rest on a document."""
    return [c for c in corpus.cards.values() if any(s.document.key == document for s in c.citations)]


async def confirm(store: Store, editor: Editor, *, card: Card, document: str, why: str) -> None:
    """Say that a frozen card still holds; it is given again.

    Raises:
        Refusal: the card is of another province, or there is no reason.
    """
    if not editor.may_change(card.scope):
        raise Refusal(NOT_YOURS)
    if not why.strip():
        raise Refusal("Anh/chị ghi căn cứ của việc xác nhận, ví dụ: “văn bản mới giữ nguyên nội dung này”.")
    await curation.add_confirmation(
        store.connection, Confirmation(card.id, document, editor.key, why.strip(), store.now)
    )


async def affected(store: Store, document: str) -> list[Told]:
    """Return which chats were told what rests on a document, in the last year."""
    return await curation.told(store.connection, document, since=store.now - TOLD_FOR)


async def warn(store: Store, document: LegalDocument, mark: Replacement, calendar: WorkCalendar) -> int:
    """Warn each chat once that was told something resting on a replaced document; returns how many."""
    told = await affected(store, document.key)
    chats = dict.fromkeys(t.chat_key for t in told if t.at < store.now)
    text = (
        f"{replaced_sentence(document, mark)} Trước đây tôi đã trả lời anh/chị theo văn bản cũ; nội dung "
        "đang được kiểm tra lại. Trước khi dùng câu trả lời đó, anh/chị xem văn bản mới hoặc hỏi lại tôi."
    )
    for chat_key in chats:
        await tell(store, chat_key, Reply(text), calendar)
    return len(chats)


def documents_of(corpus: Corpus, scopes: Collection[str]) -> list[LegalDocument]:
    """Return the documents a card of these scopes may cite: their own first, then the national ones."""
    own = [d for d in corpus.documents.values() if d.province in scopes]
    return own + [d for d in corpus.documents.values() if not d.province]

"""Documents that were replaced: the mark, the cards that rest on them, and who was told those."""

from collections.abc import Collection
from datetime import date

from isobot.actions.curating.news import tell
from isobot.actions.curating.rights import NOT_YOURS
from isobot.domain.calendar import WorkCalendar
from isobot.domain.curation import (
    TOLD_FOR,
    Confirmation,
    Editor,
    Proposal,
    ProposalKind,
    Replacement,
    Told,
)
from isobot.domain.law import LegalDocument
from isobot.domain.messages import Reply
from isobot.errors import Refusal
from isobot.storage import curation, questions
from isobot.storage.store import Store
from knowledge.corpus import NATIONAL, Card, Corpus
from knowledge.live import replaced_sentence


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
    return await _put_mark(store, mark, corpus)


async def put_proposed(store: Store, found: Proposal, *, approver: Editor, corpus: Corpus) -> int:
    """Mark the document of an approved proposal as replaced; returns how many cards froze."""
    record = found.record
    mark = Replacement(
        document=found.target,
        by=str(record["by"]),
        on=date.fromisoformat(str(record["on"])),
        why=found.why,
        author=found.author,
        approver=approver.key,
        at=store.now,
    )
    return await _put_mark(store, mark, corpus)


async def _put_mark(store: Store, mark: Replacement, corpus: Corpus) -> int:
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
    return await questions.told(store.connection, document, since=store.now - TOLD_FOR)


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

"""Who is told what came of a question or a proposal, in working hours and behind the answers."""

from collections.abc import Callable, Sequence

from isobot.actions.curating.asked import LOOKED_BACK
from isobot.clock import vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.chat_keys import bot_and_chat
from isobot.domain.curation import Asked, Editor, Proposal, ProposalKind, editor_of
from isobot.domain.messages import Choice, Reply
from isobot.domain.numbers import format_date
from isobot.domain.people import Actor
from isobot.domain.text import shorten
from isobot.errors import NotFound
from isobot.storage import curation, outbox, people, questions
from isobot.storage.outbox import Priority
from isobot.storage.store import Store
from knowledge import grouping
from knowledge.corpus import BOT, NATIONAL, Card
from knowledge.model import with_sources


async def tell_askers(
    store: Store,
    found: Proposal,
    card: Card,
    calendar: WorkCalendar,
    provinces_named: Callable[[str], Sequence[str]],
) -> int:
    """Tell each chat once that its question has its answer now; returns how many chats."""
    waiting = await _settle(store, found, card, provinces_named)
    for chat_key, question in waiting.items():
        day = format_date(vietnam_day(question.at))
        quoted = f" (“{shorten(question.text, 120)}”)" if question.text else ""
        text = (
            f"Câu hỏi anh/chị gửi ngày {day}{quoted} nay đã có câu trả lời:\n"
            f"{with_sources(card.answer, card.citations)}"
        )
        await tell(store, chat_key, Reply(text), calendar)
        for document in dict.fromkeys(c.document.key for c in card.citations):
            store.log_told(chat_key=chat_key, card=card.id, document=document, question=question.ref)
    return len(waiting)


async def _settle(
    store: Store, found: Proposal, card: Card, provinces_named: Callable[[str], Sequence[str]]
) -> dict[str, Asked]:
    """Settle what a card answers, also what was asked alike meanwhile; return a question for each chat."""
    asked = await questions.questions_of(store.connection, found.questions)
    wanted = {q.ref for q in asked}
    still_open = await questions.open_questions(store.connection, since=store.now - LOOKED_BACK)
    groups = grouping.group_questions(still_open, provinces_named, now=store.now)
    alike = [q for g in groups if any(q.ref in wanted for q in g.questions) for q in g.questions]
    everyone = {q.ref: q for q in (*asked, *alike)}
    settled = set(
        await questions.settle(store.connection, list(everyone), how=f"card {card.id}"[:80])
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
    return by_chat


async def tell(store: Store, chat_key: str, reply: Reply, calendar: WorkCalendar) -> None:
    """Queue a message that nobody waits for: behind the answers, and in working hours only."""
    bot, chat = bot_and_chat(chat_key)
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

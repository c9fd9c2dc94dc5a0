"""The curator's desk: cards to be read again, frozen by a replaced document or due for review."""

from handlers import writing
from handlers.curate_words import DIALOGUE, SHOWN
from handlers.services import Services
from isobot.actions import curating
from isobot.chat.turn import Turn
from isobot.domain.curation import Editor, Replacement, editor_of
from isobot.domain.messages import Choice
from isobot.domain.text import shorten
from isobot.errors import Refusal
from isobot.storage import curation
from knowledge.corpus import Card
from knowledge.live import card_of, frozen_cards, record_of, replaced_sentence


async def frozen_for(turn: Turn, services: Services) -> list[tuple[Card, Replacement]]:
    """Return the frozen cards that this editor may confirm, each with the mark that froze it."""
    overlay = await curation.load_overlay(turn.store.connection)
    editor = editor_of(turn.actor)
    return [row for row in frozen_cards(services.shipped, overlay) if editor.may_change(row[0].scope)]


async def show_frozen(turn: Turn, services: Services) -> None:
    """Show the list of frozen cards."""
    found = await frozen_for(turn, services)
    if not found:
        turn.say("Không có thẻ nào đang tạm dừng.")
        return
    choices = [Choice(f"cu:f:{c.id}", shorten(c.title, 60), lasting=True) for c, _ in found[:SHOWN]]
    turn.say(
        f"{len(found)} thẻ tạm dừng vì văn bản bị thay thế. Đọc từng thẻ rồi xác nhận hoặc sửa:", *choices
    )


async def show_one_frozen(turn: Turn, services: Services, card_id: str) -> None:
    """Show a frozen card with what replaced its document."""
    card, mark = await _one_frozen(turn, services, card_id)
    document = services.knowledge.corpus.documents[mark.document]
    turn.say(
        f"{replaced_sentence(document, mark)}\n{writing.show_card(card, services)}",
        Choice(f"cu:holds:{card.id}", "Vẫn đúng"),
        Choice(f"cu:edit:{card.id}", "Sửa thẻ"),
        Choice("cu:frozen", "Về danh sách", lasting=True),
    )


async def _one_frozen(turn: Turn, services: Services, card_id: str) -> tuple[Card, Replacement]:
    for card, mark in await frozen_for(turn, services):
        if card.id == card_id:
            return card, mark
    raise Refusal("Thẻ này không còn tạm dừng.")


def ask_why_it_holds(turn: Turn, card_id: str) -> None:
    """Ask what a card rests on now."""
    turn.conversation.enter(DIALOGUE, do="confirm", card=card_id)
    turn.say("Căn cứ của việc xác nhận? Ví dụ: “văn bản mới giữ nguyên nội dung này tại Điều 4”.")


async def confirm(turn: Turn, services: Services, editor: Editor, card_id: str, why: str) -> None:
    """Let a frozen card be given again, for the reason that was typed."""
    card, mark = await _one_frozen(turn, services, card_id)
    await curating.confirm(turn.store, editor, card=card, document=mark.document, why=why)
    turn.conversation.leave()
    left = [c for c, _ in await frozen_for(turn, services)]
    turn.say(
        f"Đã xác nhận; thẻ “{shorten(card.title, 80)}” được dùng lại. Còn {len(left)} thẻ tạm dừng.",
        *([Choice("cu:frozen", "Thẻ tiếp theo", lasting=True)] if left else []),
    )


def due_for(turn: Turn, services: Services) -> list[Card]:
    """Return the cards of this editor whose day of review has come, the oldest day first."""
    editor = editor_of(turn.actor)
    cards = services.knowledge.corpus.cards.values()
    due = [c for c in cards if c.review_by and c.review_by <= turn.today and editor.may_change(c.scope)]
    return sorted(due, key=lambda c: (str(c.review_by), c.id))


def show_due(turn: Turn, services: Services) -> None:
    """Show the list of cards that are due for review."""
    due = due_for(turn, services)
    if not due:
        turn.say("Không có thẻ nào đến hạn rà soát.")
        return
    choices = [Choice(f"cu:d:{c.id}", shorten(c.title, 60), lasting=True) for c in due[:SHOWN]]
    turn.say(f"{len(due)} thẻ đến hạn rà soát, quá hạn lâu nhất trước:", *choices)


def show_one_due(turn: Turn, services: Services, card_id: str) -> None:
    """Show a card that is due for review."""
    card = services.knowledge.corpus.cards.get(card_id)
    if card is None:
        raise Refusal("Thẻ này không còn.")
    turn.say(
        writing.show_card(card, services),
        Choice(f"cu:keep:{card.id}", "Vẫn đúng, dùng thêm một năm"),
        Choice(f"cu:edit:{card.id}", "Sửa thẻ"),
        Choice("cu:due", "Về danh sách", lasting=True),
    )


async def propose_unchanged(turn: Turn, services: Services, editor: Editor, card_id: str) -> None:
    """Propose that a card that was read again stays as it is, for another year."""
    record = await curating.wording(turn.store, card_id, services.shipped)
    if record is None:
        raise Refusal("Thẻ này không còn.")
    card = card_of({k: v for k, v in record.items() if k != "review_by"}, services.knowledge.corpus)
    number = await curating.propose_card(
        turn.store,
        editor,
        record=record_of(card),
        corpus=services.knowledge.corpus,
        shipped=services.shipped,
        why="Rà soát định kỳ: nội dung vẫn đúng",
    )
    await curating.tell_editors(turn.store, number, services.calendar)
    turn.say(f"Đã gửi duyệt kết quả rà soát (đề nghị số {number}).")

"""Showing the wording behind an answer (xem nguyên văn), where the document's text was imported."""

from collections.abc import Sequence

from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain.law import Citation
from isobot.domain.messages import Choice
from isobot.storage import legal_texts

LONGEST_PROVISION = 1500
"""Characters of a provision that one message shows."""
MOST_OFFERED = 2
"""Provisions offered under one answer; more would bury what else is on offer."""
LONGEST_KEY = 60
"""Bytes; a Telegram button carries 64, of which the channel needs some."""

LABEL = "Xem nguyên văn"
GONE = "Nguyên văn của căn cứ này chưa được nhập, hoặc bản đã nhập không có mục đó."


async def offers(turn: Turn, services: Services, cards: Sequence[str]) -> tuple[Choice, ...]:
    """Offer the wording of the places these cards cite; nothing where no text was imported."""
    wanted: dict[tuple[str, str], str] = {}
    for card_id in cards:
        card = services.knowledge.corpus.cards.get(card_id)
        for number, citation in enumerate(card.citations if card else ()):
            key = f"src:{card_id}:{number}"
            if citation.section and len(key.encode()) <= LONGEST_KEY:
                wanted.setdefault((citation.document.key, citation.section), key)
    there = await legal_texts.imported_sections(turn.store.connection, wanted)
    shown = [place for place in wanted if place in there][:MOST_OFFERED]
    alone = len(shown) == 1
    return tuple(
        Choice(wanted[place], LABEL if alone else f"{LABEL} {place[1]}", lasting=True, by_word=True)
        for place in shown
    )


async def show(turn: Turn, services: Services, card_id: str, number: str) -> None:
    """Show the very provision that a card cites, as it was imported."""
    citation = _cited(services, card_id, number)
    found = None
    if citation is not None:
        found = await legal_texts.find_provision(
            turn.store.connection, citation.document.key, citation.section
        )
    if citation is None or found is None:
        turn.say(GONE)
        return
    text = found.text
    if len(text) > LONGEST_PROVISION:
        cut = text.rfind(" ", 0, LONGEST_PROVISION)
        text = text[: cut if cut > 0 else LONGEST_PROVISION].rstrip() + " […]"
        rest = " Mục này dài, tôi chỉ trích phần đầu."
    else:
        rest = ""
    day = vietnam_day(found.imported_at)
    turn.say(
        f"Nguyên văn: {citation.as_text()}.\n\n{text}\n\n"
        f"Theo bản được nhập ngày {day.day:02d}/{day.month}/{day.year}.{rest}"
    )


def _cited(services: Services, card_id: str, number: str) -> Citation | None:
    card = services.knowledge.corpus.cards.get(card_id)
    if card is None or not number.isdecimal() or int(number) >= len(card.citations):
        return None
    return card.citations[int(number)]

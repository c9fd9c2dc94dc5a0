"""The curator's desk: what people asked and got no good answer to."""

from handlers import writing, writing_steps
from handlers.curate_words import SHOWN
from handlers.services import Services
from isobot.actions import curating
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain.curation import editor_of
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.text import shorten
from isobot.errors import Refusal
from knowledge.corpus import Card
from knowledge.grouping import QuestionGroup

WORDINGS = 5
"""So many wordings of a question are shown."""


async def open_groups(turn: Turn, services: Services) -> list[QuestionGroup]:
    """Return the groups of questions that this editor may answer."""
    editor = editor_of(turn.actor)
    return await curating.groups_for(turn.store, editor, services.knowledge.provinces_named)


async def _group(turn: Turn, services: Services, ref: str) -> QuestionGroup:
    for group in await open_groups(turn, services):
        if any(q.ref == ref for q in group.questions):
            return group
    raise Refusal("Nhóm câu hỏi này đã được xử lý.")


async def show_groups(turn: Turn, services: Services) -> None:
    """Show the list of groups, the most wanted first."""
    groups = await open_groups(turn, services)
    if not groups:
        turn.say("Không có câu hỏi nào đang chờ.")
        return
    choices = [
        Choice(
            f"cu:g:{g.key}",
            f"“{shorten(g.latest.text, 60)}” · {g.askers} người, {len(g.questions)} lần",
            lasting=True,
        )
        for g in groups[:SHOWN]
    ]
    more = f" (xếp theo số người hỏi và độ mới; hiện {SHOWN}/{len(groups)})" if len(groups) > SHOWN else ""
    turn.say(f"Câu hỏi chưa trả lời được hoặc bị báo chưa đúng{more}:", *choices)


async def show_group(turn: Turn, services: Services, ref: str) -> None:
    """Show one group: who asked, in which words, what can be done about it."""
    group = await _group(turn, services, ref)
    latest = format_date(vietnam_day(group.latest.at))
    place = writing_steps.scope_label(group.scope, services) if group.scope else "chưa rõ tỉnh"
    lines = [f"{group.askers} người hỏi {len(group.questions)} lần, gần nhất {latest}; {place}."]
    lines += [f"• {shorten(w, 200)}" for w in group.wordings(WORDINGS)]
    wrong = sum(1 for q in group.questions if q.helpful is False)
    if wrong:
        lines.append(f"{wrong} lần đã trả lời nhưng người hỏi báo chưa đúng.")
    choices = [Choice(f"cu:write:{group.key}", "Soạn thẻ trả lời", lasting=True)]
    card = _answered_by(group, services)
    if card is not None:
        lines.append(f"Đã trả lời bằng thẻ {card.id}: “{shorten(card.title, 80)}”.")
        choices.append(Choice(f"cu:fix:{group.key}", "Sửa thẻ đã trả lời", lasting=True))
    choices.append(Choice(f"cu:skip:{group.key}", "Bỏ qua nhóm này"))
    choices.append(Choice("cu:list", "Về danh sách", lasting=True))
    turn.say("\n".join(lines), *choices)


async def write_answer(turn: Turn, services: Services, ref: str) -> None:
    """Begin a card that answers a group."""
    await writing.begin(turn, services, await _group(turn, services, ref))


async def mend_answer(turn: Turn, services: Services, ref: str) -> None:
    """Begin to mend the card that a group was answered with."""
    group = await _group(turn, services, ref)
    card = _answered_by(group, services)
    if card is not None:
        await writing.edit(turn, services, card.id, [q.ref for q in group.questions])


async def skip_group(turn: Turn, services: Services, ref: str) -> None:
    """Take a group off the list without an answer."""
    await curating.dismiss(turn.store, editor_of(turn.actor), await _group(turn, services, ref))
    turn.say("Đã bỏ nhóm này khỏi danh sách.")


def _answered_by(group: QuestionGroup, services: Services) -> Card | None:
    """Return the card that was given to the latest asker who found it wrong."""
    cards = [q.cards[0] for q in group.questions if q.helpful is False and q.cards]
    return services.knowledge.corpus.cards.get(cards[-1]) if cards else None

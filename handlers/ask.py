"""Questions and answers, legal basis by topic, and the steps one at a time (hỏi đáp)."""

import re
from typing import Any

from handlers import opinions, original
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.domain.messages import Choice
from isobot.storage import questions
from knowledge.corpus import Corpus
from knowledge.model import Answer, Asker, Outcome, Refinement

LONGEST_QUESTION = 1500
OFFERED = 6
_STEP = re.compile(r"^Bước \d+(\.\d+)?\s*[:.-]\s*", re.IGNORECASE)


def asker_of(turn: Turn, services: Services) -> Asker:
    """Tell for whom an answer is: the one province and unit of the posts, or the province chosen."""
    provinces = {post.province for post in turn.actor.posts}
    units = [post.unit for post in turn.actor.posts]
    chosen = turn.conversation.memory.get("province") or services.bot_provinces.get(turn.incoming.bot)
    if chosen and (not provinces or len(provinces) > 1):
        return Asker(province=str(chosen))
    if len(provinces) == 1:
        unit = services.directory.get(units[0]) if len(set(units)) == 1 else None
        return Asker(province=next(iter(provinces)), unit=unit.code if unit else None)
    return Asker()


async def answer(turn: Turn, services: Services, question: str) -> Answer | None:
    """Answer a question; a clarifying one leaves its choices on offer.

    Returns the answer given, or None when there was nothing to answer.
    """
    if len(question) > LONGEST_QUESTION:
        turn.say(
            "Tin này dài quá nên tôi chưa trả lời được. "
            "Anh/chị hỏi từng ý, mỗi câu trong khoảng hai, ba dòng."
        )
        return None
    if not any(c.isalnum() for c in question):
        turn.say("Anh/chị gõ giúp tôi câu hỏi bằng chữ, ví dụ: “xã báo cáo tháng nào”.")
        return None
    found = services.knowledge.answer(question, asker_of(turn, services), today=turn.today)
    await _tell(turn, services, question, found)
    return found


async def refine(turn: Turn, services: Services, number: int) -> Answer | None:
    """Answer again after a clarifying choice."""
    asked = turn.conversation.memory.get("asked")
    if not isinstance(asked, dict) or number >= len(asked.get("options", [])):
        turn.say("Câu hỏi đó đã qua lâu rồi. Anh/chị gõ lại câu hỏi giúp tôi.")
        return None
    province, unit, card = asked["options"][number]
    refinement = Refinement(province=province, unit=unit, card=card)
    question = str(asked["question"])
    if province and not unit and not card:
        turn.conversation.memory["province"] = province
    found = services.knowledge.answer(question, asker_of(turn, services), refinement, today=turn.today)
    await _tell(turn, services, question, found)
    return found


async def _tell(turn: Turn, services: Services, question: str, found: Answer) -> None:
    options: list[list[Any]] = []
    choices: list[Choice] = []
    for option in found.options[:OFFERED]:
        r = option.refinement
        choices.append(Choice(f"ask:{len(options)}", option.label))
        options.append([r.province, r.unit, r.card])
    near = found.nearest[: OFFERED - len(options)]
    choices += [Choice(f"card:{each.card}", each.label, lasting=True) for each in near]
    if options:
        turn.conversation.memory["asked"] = {"question": question, "options": options}
    ref = questions.new_ref()
    if found.outcome is Outcome.ANSWERED and not turn.conversation.dialogue:
        choices += opinions.choices(ref)
    if found.citations:
        choices += await original.offers(turn, services, found.cards)
    turn.say(found.text, *choices)
    log_answer(turn, services, found, ref=ref, question=question)


def log_answer(turn: Turn, services: Services, found: Answer, *, ref: str = "", question: str = "") -> None:
    """Log what this chat was told, and the question it was told for, in this transaction."""
    corpus = services.knowledge.corpus
    chat_key = turn.conversation.chat_key
    near = (*found.cards, *(each.card for each in found.nearest))
    if ref:
        row = questions.question_row(
            ref=ref,
            chat_key=chat_key,
            province=asker_of(turn, services).province or "",
            text=question,
            outcome=found.outcome.value,
            topic=corpus.cards[near[0]].topic if near and near[0] in corpus.cards else "",
            cards=found.cards,
            at=turn.now,
        )
        turn.store.log_question(row)
    for card, document in told_in(found, corpus):
        turn.store.log_told(chat_key=chat_key, card=card, document=document, question=ref)


def told_in(found: Answer, corpus: Corpus) -> list[tuple[str, str]]:
    """List which card, resting on which document, an answer tells; the card is "" where it is computed."""
    if found.outcome is Outcome.REFUSED and not found.cards:
        return []
    cards = [corpus.cards[card] for card in found.cards if card in corpus.cards]
    told = [(card.id, citation.document.key) for card in cards for citation in card.citations]
    covered = {document for _, document in told}
    told += [("", c.document.key) for c in found.citations if c.document.key not in covered]
    return list(dict.fromkeys(told))


async def show_card(turn: Turn, services: Services, card: str) -> None:
    """Show one card, picked from a menu."""
    try:
        found = services.knowledge.card_answer(card)
    except KeyError:
        turn.say("Nội dung này không còn. Anh/chị gõ câu hỏi giúp tôi.")
        return
    turn.say(found.text, *await original.offers(turn, services, found.cards or (card,)))
    log_answer(turn, services, found)


def show_groups(turn: Turn, services: Services) -> None:
    """Offer the groups of topics (căn cứ theo chủ đề)."""
    turn.conversation.leave()
    menu = services.knowledge.menu(asker_of(turn, services).province)
    choices = [Choice(f"grp:{g.group.id}", g.group.label, lasting=True) for g in menu]
    turn.say("Anh/chị muốn xem căn cứ về việc gì?", *choices)


def show_group(turn: Turn, services: Services, group_id: str) -> None:
    """Offer the topics of a group."""
    menu = services.knowledge.menu(asker_of(turn, services).province)
    found = next((g for g in menu if g.group.id == group_id), None)
    if found is None:
        show_groups(turn, services)
        return
    choices = [Choice(f"top:{t.topic.id}", t.topic.label, lasting=True) for t in found.topics]
    turn.say(f"{found.group.label}. Anh/chị chọn chủ đề:", *choices)


async def show_topic(turn: Turn, services: Services, topic_id: str) -> None:
    """Offer the cards of a topic; a single one is shown at once."""
    menu = services.knowledge.menu(asker_of(turn, services).province)
    found = next((t for g in menu for t in g.topics if t.topic.id == topic_id), None)
    if found is None:
        show_groups(turn, services)
        return
    if len(found.cards) == 1:
        await show_card(turn, services, found.cards[0].id)
        return
    choices = [Choice(f"card:{card.id}", card.title, lasting=True) for card in found.cards[:10]]
    turn.say(f"{found.topic.label}:", *choices)


def show_step(turn: Turn, services: Services, number: int = 1) -> None:
    """Show one step of the way, with the next and the one before (các bước)."""
    asker = asker_of(turn, services)
    unit = services.directory.get(asker.unit or "")
    steps = services.knowledge.steps(asker.province, unit.level.value if unit else None)
    if not steps:
        turn.say("Tôi chưa có các bước cho trường hợp này. Anh/chị gõ câu hỏi cụ thể giúp tôi.")
        return
    number = min(max(number, 1), len(steps))
    card = steps[number - 1]
    shown = services.knowledge.card_answer(card.id)
    log_answer(turn, services, shown)
    heading = f"Bước {number}/{len(steps)}: {_STEP.sub('', card.title)}"
    if number == 1:
        heading = _whose_steps(services, asker, card.scope) + heading
    turns = []
    if number < len(steps):
        turns.append(Choice(f"step:{number + 1}", "Bước tiếp theo", lasting=True))
    if number > 1:
        turns.append(Choice(f"step:{number - 1}", "Bước trước", lasting=True))
    turn.say(f"{heading}\n{_capital(_STEP.sub('', shown.text))}", *turns)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _whose_steps(services: Services, asker: Asker, scope: str) -> str:
    province = services.provinces.get(scope)
    if province is not None:
        return f"Các bước theo văn bản của tỉnh {province.name}.\n"
    if asker.province:
        return "Văn bản của tỉnh không nêu riêng các bước; đây là các bước theo quy định chung.\n"
    return "Đây là các bước theo quy định chung. Nếu đã đăng ký đơn vị, tôi sẽ nêu theo tỉnh của anh/chị.\n"

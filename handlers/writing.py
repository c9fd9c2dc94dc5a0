"""Writing or editing a card, one question at a time, up to the proposal (soạn thẻ).

The draft lives in the conversation record; nothing else knows of it until it is sent for approval.
"""

import re
from collections.abc import Sequence
from typing import Any

from handlers.services import Services
from handlers.writing_steps import QUESTIONS, TAKERS, scope_label, scopes_of
from isobot.actions import curating
from isobot.chat.turn import Turn
from isobot.domain.curation import editor_of
from isobot.domain.messages import Choice
from isobot.domain.text import fold, nfc, shorten
from isobot.errors import Refusal
from isobot.storage import curation, legal_texts
from isobot.storage.store import Store
from knowledge.corpus import (
    BOT,
    NATIONAL,
    Card,
    CardProblem,
)
from knowledge.grouping import QuestionGroup
from knowledge.lint import lint_card
from knowledge.live import card_of, record_of
from knowledge.model import with_sources

DIALOGUE = "write-card"
LONGEST_ID = 32
PREFILLED = 6

STEPS = ("scope", "topic", "kind", "title", "answer", "short", "document", "section", "asks", "why")
_FIELDS = (
    ("title", "Sửa tiêu đề"),
    ("answer", "Sửa câu trả lời"),
    ("short", "Sửa câu ngắn"),
    ("document", "Sửa căn cứ"),
    ("asks", "Sửa cách hỏi"),
    ("topic", "Sửa chủ đề"),
    ("why", "Sửa lý do"),
)
_BACK = {"quay lai", "lui lai", "0"}
_EDIT = re.compile(r"sua the ([a-z0-9-]{3,32})")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def card_named(text: str) -> str:
    """Read "sửa thẻ th-bao-cao-ky"; "" when the text is something else."""
    found = _EDIT.fullmatch(fold(text).strip(" ."))
    return found.group(1) if found else ""


async def begin(turn: Turn, services: Services, group: QuestionGroup | None = None) -> None:
    """Start a new card; from a group of questions, with their wordings as ways of asking."""
    asks = group.wordings(PREFILLED) if group else []
    draft: dict[str, Any] = {"asks": asks, "cite": [], "levels": []}
    if group and group.scope:
        draft["scope"] = group.scope
    state: dict[str, Any] = {"draft": draft, "base": 0, "refs": [], "new": True}
    if group:
        state["refs"] = [q.ref for q in group.questions]
        state["suggested"] = group.topic
        state["why"] = f"Trả lời câu hỏi của {group.askers} người: “{shorten(group.latest.text, 120)}”"
    turn.conversation.enter(DIALOGUE, **state)
    await _ask(turn, services, "scope")


async def edit(turn: Turn, services: Services, card: str, refs: Sequence[str] = ()) -> None:
    """Start from a card's wording in force."""
    record = await curating.wording(turn.store, card, services.shipped)
    if record is None:
        turn.say(f"Không có thẻ mã “{card}”. Mã thẻ viết như: th-bao-cao-ky.")
        return
    if not editor_of(turn.actor).may_change(str(record["scope"])):
        turn.say(curating.NOT_YOURS)
        return
    draft = {name: value for name, value in record.items() if name != "review_by"}
    base = await curation.newest_version(turn.store.connection, card)
    turn.conversation.enter(DIALOGUE, draft=draft, base=base, refs=list(refs), new=False, why="")
    await _preview(turn, services)


async def take(turn: Turn, services: Services) -> None:
    """Take what was typed or pressed for the question that is open."""
    state = turn.conversation.state
    picked = turn.picked()
    said = nfc(turn.text).strip()
    if picked is None and fold(said) in _BACK:
        await _back(turn, services)
        return
    step = str(state.get("step", "preview"))
    key = picked.key.removeprefix("w:") if picked else ""
    if step == "preview":
        await _at_preview(turn, services, key)
        return
    try:
        done = TAKERS[step](turn, services, key, said)
    except Refusal as refusal:
        turn.say(str(refusal))
        await _ask(turn, services, step)
        return
    if not done:
        return
    if step == "document":
        state.pop("more", None)
    whole = step == STEPS[-1] or (state.get("once") and not (step == "document" and state["draft"]["cite"]))
    if whole:
        await _preview(turn, services)
    else:
        await _ask(turn, services, STEPS[STEPS.index(step) + 1])


# --- asking ---


async def _ask(turn: Turn, services: Services, step: str) -> None:
    """Ask a step's question, or the next one's where the answer is known already."""
    state = turn.conversation.state
    draft = state["draft"]
    if step == "scope" and (draft.get("scope") or len(scopes_of(turn)) == 1):
        draft.setdefault("scope", scopes_of(turn)[0])
        step = "topic"
    if step == "section" and not draft["cite"]:
        step = "asks"
    if step == "why" and state.get("why"):
        await _preview(turn, services)
        return
    state["step"] = step
    QUESTIONS[step](turn, services)


async def _back(turn: Turn, services: Services) -> None:
    state = turn.conversation.state
    step = str(state.get("step", "preview"))
    if state.pop("once", False):
        await _preview(turn, services)
        return
    if not state.get("new"):
        _drop(turn)
        return
    place = STEPS.index(step) if step in STEPS else len(STEPS)
    first = 0 if len(scopes_of(turn)) > 1 else 1
    if place <= first:
        _drop(turn)
        return
    before = STEPS[place - 1]
    if before == "section" and not state["draft"]["cite"]:
        before = "document"
    if before == "scope":
        state["draft"].pop("scope", None)
    await _ask(turn, services, before)


def _drop(turn: Turn) -> None:
    turn.conversation.leave()
    turn.say("Đã bỏ bản soạn. Gõ “biên tập” để xem việc khác.")


# --- the end ---


def _complete(turn: Turn, services: Services) -> Card:
    """Make the card of the draft; a new one gets its id from its place and title.

    Raises:
        CardProblem: something is missing or does not fit.
    """
    draft = dict(turn.conversation.state["draft"])
    if "id" not in draft:
        draft["id"] = new_id(services, str(draft.get("scope", "")), str(draft.get("title", "")))
    return card_of(draft, services.knowledge.corpus)


def new_id(services: Services, scope: str, title: str) -> str:
    """Make an id that no card has: "th-xa-nop-muon"."""
    province = services.provinces.get(scope)
    prefix = province.prefix if province else {NATIONAL: "nat", BOT: "bot"}.get(scope, scope)
    words = _NOT_SLUG.sub("-", fold(title)).strip("-")
    stem = f"{prefix}-{words or 'the'}"[: LONGEST_ID - 3].rstrip("-")
    taken = services.knowledge.corpus.cards
    return next(i for n in range(1, 1000) if (i := stem if n == 1 else f"{stem}-{n}") not in taken)


def show_card(card: Card, services: Services, why: str = "") -> str:
    """Write a card out in full, as the author and the second person read it."""
    lines = [
        f"Thẻ {card.id}. {scope_label(card.scope, services)}, "
        f"chủ đề “{services.shipped.topics[card.topic].label}”.",
        f"Tiêu đề: {card.title}",
        f"Trả lời: {with_sources(card.answer, card.citations)}",
    ]
    if card.short:
        lines.append(f"Câu ngắn: {card.short}")
    lines.append("Cách hỏi: " + "; ".join(shorten(ask, 80) for ask in card.asks))
    if why:
        lines.append(f"Lý do: {why}")
    return "\n".join(lines)


async def warnings(store: Store, card: Card, services: Services) -> str:
    """Say what is doubtful about a card beside those that are live; "" where nothing is."""
    places = {(c.document.key, c.section) for c in card.citations}
    there = await legal_texts.imported_sections(store.connection, places)
    imported = await legal_texts.newest_imports(store.connection) if places else {}

    def known(document: str, section: str) -> bool | None:
        return (document, section) in there if document in imported else None

    found = lint_card(services.knowledge.corpus, card, known)
    return "\n".join(f"⚠ {f.problem} Cách sửa: {f.cure}" for f in found[:3])


async def _preview(turn: Turn, services: Services) -> None:
    state = turn.conversation.state
    state["step"] = "preview"
    for name in ("once", "more"):
        state.pop(name, None)
    try:
        card = _complete(turn, services)
    except CardProblem as problem:
        text = f"Thẻ chưa dùng được: {problem}; {problem.mend}."
    else:
        text = show_card(card, services, str(state.get("why", "")))
        doubtful = await warnings(turn.store, card, services)
        text += f"\n{doubtful}" if doubtful else ""
    choices = [Choice("w:send", "Gửi duyệt"), *(Choice(f"w:edit:{name}", label) for name, label in _FIELDS)]
    turn.say(text, *choices, Choice("w:drop", "Bỏ bản soạn"))


async def _at_preview(turn: Turn, services: Services, key: str) -> None:
    state = turn.conversation.state
    if key == "drop":
        _drop(turn)
    elif key.startswith("edit:") and key.removeprefix("edit:") in STEPS:
        state["once"] = True
        state.pop("more", None)
        step = key.removeprefix("edit:")
        state["step"] = step
        QUESTIONS[step](turn, services)
    elif key == "send":
        await _send(turn, services)
    else:
        turn.say("Anh/chị chọn “Gửi duyệt”, hoặc mục cần sửa.")
        await _preview(turn, services)


async def _send(turn: Turn, services: Services) -> None:
    state = turn.conversation.state
    if not state.get("why"):
        state["once"] = True
        state["step"] = "why"
        QUESTIONS["why"](turn, services)
        return
    try:
        card = _complete(turn, services)
        number = await curating.propose_card(
            turn.store,
            editor_of(turn.actor),
            record=record_of(card),
            corpus=services.knowledge.corpus,
            shipped=services.shipped,
            why=str(state["why"]),
            questions=state.get("refs", []),
            base=int(state.get("base", 0)),
        )
    except (CardProblem, Refusal) as problem:
        turn.say(str(problem))
        await _preview(turn, services)
        return
    told = await curating.tell_editors(turn.store, number, services.calendar)
    turn.conversation.leave()
    to_whom = f"Tôi đã báo {told} người duyệt." if told else "Hiện chưa có người duyệt nào khác để báo."
    turn.say(f"Đã gửi duyệt (đề nghị số {number}). {to_whom} Thẻ chỉ dùng sau khi có người khác duyệt.")

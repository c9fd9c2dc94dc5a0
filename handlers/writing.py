"""Writing or editing a card, one question at a time, up to the proposal (soạn thẻ).

The draft lives in the conversation record; nothing else knows of it until it is sent for approval.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from handlers.services import Services
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
    LONGEST_ANSWER,
    LONGEST_SHORT,
    MOST_CITATIONS,
    NATIONAL,
    SEED_PROVINCES,
    Card,
    CardKind,
    CardProblem,
    Corpus,
)
from knowledge.grouping import QuestionGroup
from knowledge.lint import lint_card
from knowledge.live import card_of, record_of
from knowledge.model import with_sources

DIALOGUE = "write-card"
LONGEST_TITLE = 80
LONGEST_ID = 32
MOST_ASKS = 10
PREFILLED = 6
OFFERED = 10

STEPS = ("scope", "topic", "kind", "title", "answer", "short", "document", "section", "asks", "why")
KINDS: Mapping[CardKind, str] = {
    CardKind.FACT: "Thông tin, con số",
    CardKind.DEADLINE: "Thời hạn",
    CardKind.STEPS: "Các bước",
    CardKind.ROLE: "Trách nhiệm",
    CardKind.FUNDING: "Kinh phí",
    CardKind.LEGAL_BASIS: "Căn cứ pháp lý",
    CardKind.ROSTER: "Danh sách",
    CardKind.ABSENT: "Văn bản không nêu",
}
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


def scope_label(scope: str, services: Services) -> str:
    """Name a scope for people."""
    if scope == NATIONAL:
        return "Quy định chung cả nước"
    if scope == BOT:
        return "Về trợ lý này"
    province = services.provinces.get(scope)
    return f"Tỉnh {province.name if province else scope}"


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
        done = _TAKERS[step](turn, services, key, said)
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
    if step == "scope" and (draft.get("scope") or len(_scopes(turn)) == 1):
        draft.setdefault("scope", _scopes(turn)[0])
        step = "topic"
    if step == "section" and not draft["cite"]:
        step = "asks"
    if step == "why" and state.get("why"):
        await _preview(turn, services)
        return
    state["step"] = step
    _QUESTIONS[step](turn, services)


def _scopes(turn: Turn) -> list[str]:
    editor = editor_of(turn.actor)
    return [s for s in (*SEED_PROVINCES, NATIONAL, BOT) if editor.may_change(s)]


def _ask_scope(turn: Turn, services: Services) -> None:
    choices = [Choice(f"w:{s}", scope_label(s, services)) for s in _scopes(turn)]
    turn.say("Thẻ này cho nơi nào?", *choices)


def _ask_topic(turn: Turn, services: Services) -> None:
    corpus = services.shipped
    suggested = corpus.topics.get(str(turn.conversation.state.get("suggested", "")))
    choices = [Choice(f"w:t:{suggested.id}", f"Chủ đề: {suggested.label}")] if suggested else []
    choices += [Choice(f"w:g:{g.id}", g.label) for g in corpus.groups]
    turn.say("Thẻ thuộc chủ đề nào? Anh/chị chọn nhóm, hoặc gõ tên chủ đề.", *choices)


def _ask_kind(turn: Turn, services: Services) -> None:
    turn.say("Câu trả lời thuộc loại nào?", *(Choice(f"w:{k.value}", label) for k, label in KINDS.items()))


def _ask_title(turn: Turn, services: Services) -> None:
    turn.say("Tiêu đề ngắn của thẻ, hiện trong danh mục (ví dụ: “Xã báo cáo vào tháng nào”):")


def _ask_answer(turn: Turn, services: Services) -> None:
    turn.say(
        "Anh/chị viết câu trả lời: 1-4 câu ngắn, lời của mình, đúng số và ngày trong văn bản "
        f"(không quá {LONGEST_ANSWER} ký tự). Căn cứ tôi hỏi sau, không cần ghi ở đây."
    )


def _ask_short(turn: Turn, services: Services) -> None:
    turn.say(
        "Ý chính trong một dòng, dùng khi so sánh các tỉnh (dưới 140 ký tự):",
        Choice("w:none", "Không cần", by_word=True),
    )


def _ask_document(turn: Turn, services: Services) -> None:
    draft = turn.conversation.state["draft"]
    documents = curating.documents_of(services.knowledge.corpus, [draft["scope"]])
    shown = documents[:OFFERED]
    turn.conversation.state["documents"] = [d.key for d in shown]
    choices = [Choice(f"w:{n}", f"{d.kind} {d.number}") for n, d in enumerate(shown)]
    choices.append(Choice("w:none", "Không dẫn văn bản", by_word=True))
    turn.say("Căn cứ ở văn bản nào? Anh/chị chọn, hoặc gõ số hiệu (ví dụ: 19/2014/QĐ-TTg).", *choices)


def _ask_section(turn: Turn, services: Services) -> None:
    document = services.knowledge.corpus.documents[turn.conversation.state["draft"]["cite"][-1]["document"]]
    turn.say(f"Ở chỗ nào trong {document.number}? Ví dụ: “Điều 2 khoản 5”, “Phụ lục mục II.3”.")


def _ask_asks(turn: Turn, services: Services) -> None:
    asks = turn.conversation.state["draft"]["asks"]
    if not asks:
        turn.say("Cán bộ hay hỏi việc này bằng câu nào? Gõ vài cách hỏi, mỗi dòng một câu.")
        return
    listed = "\n".join(f"• {shorten(ask, 120)}" for ask in asks)
    turn.say(
        f"Thẻ sẽ được tìm theo các cách hỏi này:\n{listed}\nGõ thêm (mỗi dòng một câu), hoặc:",
        Choice("w:keep", "Giữ nguyên", by_word=True),
        Choice("w:clear", "Viết lại", by_word=True),
    )


def _ask_why(turn: Turn, services: Services) -> None:
    turn.say("Vì sao viết hoặc sửa thẻ này? Một câu, để người duyệt và người sau biết.")


_QUESTIONS: Mapping[str, Callable[[Turn, Services], None]] = {
    "scope": _ask_scope,
    "topic": _ask_topic,
    "kind": _ask_kind,
    "title": _ask_title,
    "answer": _ask_answer,
    "short": _ask_short,
    "document": _ask_document,
    "section": _ask_section,
    "asks": _ask_asks,
    "why": _ask_why,
}


# --- taking: True when the step is done, False when it asked something more of its own ---


def _take_scope(turn: Turn, services: Services, key: str, said: str) -> bool:
    if key not in _scopes(turn):
        raise Refusal("Anh/chị chọn một nơi trong danh sách.")
    turn.conversation.state["draft"]["scope"] = key
    return True


def _take_topic(turn: Turn, services: Services, key: str, said: str) -> bool:
    corpus = services.shipped
    kind, _, chosen = key.partition(":")
    if kind == "g":
        topics = [t for t in corpus.topics.values() if t.group == chosen]
        turn.say("Chủ đề nào?", *(Choice(f"w:t:{t.id}", t.label) for t in topics))
        return False
    if kind != "t":
        fitting = [t for t in corpus.topics.values() if fold(said) in (t.id, fold(t.label))]
        if len(fitting) != 1:
            raise Refusal(f"Tôi không có chủ đề “{shorten(said, 40)}”.")
        chosen = fitting[0].id
    turn.conversation.state["draft"]["topic"] = chosen
    return True


def _take_kind(turn: Turn, services: Services, key: str, said: str) -> bool:
    if key not in {kind.value for kind in CardKind}:
        raise Refusal("Anh/chị chọn một loại trong danh sách.")
    turn.conversation.state["draft"]["kind"] = key
    return True


def _take_title(turn: Turn, services: Services, key: str, said: str) -> bool:
    turn.conversation.state["draft"]["title"] = _fitting(said, LONGEST_TITLE)
    return True


def _take_answer(turn: Turn, services: Services, key: str, said: str) -> bool:
    turn.conversation.state["draft"]["answer"] = _fitting(said, LONGEST_ANSWER)
    return True


def _take_short(turn: Turn, services: Services, key: str, said: str) -> bool:
    turn.conversation.state["draft"]["short"] = "" if key == "none" else _fitting(said, LONGEST_SHORT)
    return True


def _fitting(said: str, most: int) -> str:
    if not said:
        raise Refusal("Anh/chị gõ giúp bằng chữ.")
    if len(said) > most:
        raise Refusal(f"Đoạn này dài {len(said)} ký tự; cần không quá {most}. Anh/chị viết gọn lại giúp.")
    return said


def _take_document(turn: Turn, services: Services, key: str, said: str) -> bool:
    state = turn.conversation.state
    cite = state["draft"]["cite"]
    if not state.get("more"):
        cite.clear()
    if key == "none":
        return True
    offered = state.get("documents", [])
    chosen = offered[int(key)] if key.isdecimal() and int(key) < len(offered) else ""
    chosen = chosen or document_named(services.knowledge.corpus, said)
    if not chosen:
        raise Refusal(f"Tôi không có văn bản “{shorten(said, 40)}”. Anh/chị gõ đủ số hiệu.")
    cite.append({"document": chosen, "section": ""})
    return True


def document_named(corpus: Corpus, said: str) -> str:
    """Return the key of the one document that a typed number means; "" where there is none."""
    wanted = fold(said).strip(" .")
    if len(wanted) < 2:
        return ""
    exact = [
        d.key
        for d in corpus.documents.values()
        if wanted in (fold(d.key), fold(d.number), fold(f"{d.kind} {d.number}"), *map(fold, d.also_written))
    ]
    near = [d.key for d in corpus.documents.values() if fold(d.number).startswith(wanted)]
    found = exact or near
    return found[0] if len(found) == 1 else ""


def _take_section(turn: Turn, services: Services, key: str, said: str) -> bool:
    state = turn.conversation.state
    cite = state["draft"]["cite"]
    if key == "done":
        return True
    if key == "more":
        state["step"], state["more"] = "document", True
        _ask_document(turn, services)
        return False
    cite[-1]["section"] = _fitting(said, 80)
    if len(cite) >= MOST_CITATIONS:
        return True
    turn.say(
        "Đã ghi. Còn căn cứ nào nữa không?",
        Choice("w:done", "Đủ rồi", by_word=True),
        Choice("w:more", "Thêm căn cứ", by_word=True),
    )
    return False


def _take_asks(turn: Turn, services: Services, key: str, said: str) -> bool:
    draft = turn.conversation.state["draft"]
    if key == "clear":
        draft["asks"] = []
        _ask_asks(turn, services)
        return False
    if key != "keep":
        lines = [line.strip(" •-") for line in said.splitlines()]
        draft["asks"] = list(dict.fromkeys([*draft["asks"], *(x for x in lines if x)]))[:MOST_ASKS]
    if not draft["asks"]:
        raise Refusal("Thẻ cần ít nhất một cách hỏi, nếu không sẽ không ai tìm thấy.")
    return True


def _take_why(turn: Turn, services: Services, key: str, said: str) -> bool:
    turn.conversation.state["why"] = _fitting(said, 300)
    return True


_TAKERS: Mapping[str, Callable[[Turn, Services, str, str], bool]] = {
    "scope": _take_scope,
    "topic": _take_topic,
    "kind": _take_kind,
    "title": _take_title,
    "answer": _take_answer,
    "short": _take_short,
    "document": _take_document,
    "section": _take_section,
    "asks": _take_asks,
    "why": _take_why,
}


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
    first = 0 if len(_scopes(turn)) > 1 else 1
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
        _QUESTIONS[step](turn, services)
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
        _ask_why(turn, services)
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

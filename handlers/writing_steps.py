"""What is asked of the author of a card, step by step, and how each answer is taken."""

from collections.abc import Callable, Mapping

from handlers.services import Services
from isobot.actions import curating
from isobot.chat.turn import Turn
from isobot.domain.curation import editor_of
from isobot.domain.messages import Choice
from isobot.domain.text import fold, shorten
from isobot.errors import Refusal
from knowledge.corpus import (
    BOT,
    LONGEST_ANSWER,
    LONGEST_SHORT,
    MOST_CITATIONS,
    NATIONAL,
    SEED_PROVINCES,
    CardKind,
    Corpus,
)

LONGEST_TITLE = 80
MOST_ASKS = 10
OFFERED = 10

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


def scope_label(scope: str, services: Services) -> str:
    """Name a scope for people."""
    if scope == NATIONAL:
        return "Quy định chung cả nước"
    if scope == BOT:
        return "Về trợ lý này"
    province = services.provinces.get(scope)
    return f"Tỉnh {province.name if province else scope}"


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


def scopes_of(turn: Turn) -> list[str]:
    """List the places that this person may write for."""
    editor = editor_of(turn.actor)
    return [s for s in (*SEED_PROVINCES, NATIONAL, BOT) if editor.may_change(s)]


def _ask_scope(turn: Turn, services: Services) -> None:
    choices = [Choice(f"w:{s}", scope_label(s, services)) for s in scopes_of(turn)]
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


QUESTIONS: Mapping[str, Callable[[Turn, Services], None]] = {
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


def _take_scope(turn: Turn, services: Services, key: str, said: str) -> bool:
    if key not in scopes_of(turn):
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


TAKERS: Mapping[str, Callable[[Turn, Services, str, str], bool]] = {
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
"""How each step takes its answer: True when it is done, False when it asked something more of its own."""

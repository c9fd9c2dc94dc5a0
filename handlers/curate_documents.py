"""The curator's desk: a document was replaced by another; which, by what, since when."""

from collections.abc import Sequence
from datetime import date

from handlers import writing_steps
from handlers.curate_words import DIALOGUE, SHOWN
from handlers.services import Services
from isobot.actions import curating
from isobot.chat.turn import Turn
from isobot.domain.curation import Editor
from isobot.domain.messages import Choice
from isobot.domain.numbers import read_date
from isobot.errors import Refusal


async def begin(turn: Turn, services: Services, editor: Editor, rest: str) -> None:
    """Ask which document was replaced, or take the one chosen."""
    if rest:
        await take(turn, services, editor, "", picked=rest)
        return
    documents = [
        d
        for d in services.knowledge.corpus.documents.values()
        if editor.may_change(curating.scope_of_document(d))
    ]
    keys = [d.key for d in documents[:SHOWN]]
    turn.conversation.enter(DIALOGUE, do="replace", documents=keys)
    choices = [Choice(f"cu:doc:{n}", f"{d.kind} {d.number}") for n, d in enumerate(documents[:SHOWN])]
    turn.say("Văn bản nào đã được thay thế? Anh/chị chọn, hoặc gõ số hiệu.", *choices)


async def take(turn: Turn, services: Services, editor: Editor, said: str, picked: str = "") -> None:
    """Take the next of the answers: which document, by what, since when, known from where."""
    state = turn.conversation.state
    corpus = services.knowledge.corpus
    if state.get("do") != "replace":
        raise Refusal("Anh/chị gõ “biên tập” để bắt đầu lại.")
    if "document" not in state:
        offered: Sequence[str] = state.get("documents", [])
        chosen = offered[int(picked)] if picked.isdecimal() and int(picked) < len(offered) else ""
        chosen = chosen or writing_steps.document_named(corpus, said)
        document = corpus.documents.get(chosen)
        if document is None:
            raise Refusal("Tôi không có văn bản này. Anh/chị gõ đủ số hiệu, ví dụ: 19/2014/QĐ-TTg.")
        if not editor.may_change(curating.scope_of_document(document)):
            raise Refusal(curating.NOT_YOURS)
        state["document"] = chosen
        turn.say(
            f"Văn bản nào thay thế {document.number}? Gõ loại, số hiệu, ví dụ: Quyết định 12/2027/QĐ-TTg."
        )
    elif "by" not in state:
        if not 3 <= len(said) <= 120:
            raise Refusal("Anh/chị gõ loại và số hiệu văn bản mới, ví dụ: Quyết định 12/2027/QĐ-TTg.")
        state["by"] = said
        turn.say("Thay thế từ ngày nào? Ví dụ: 01/7/2027.")
    elif "on" not in state:
        state["on"] = read_date(said, today=turn.today, past=False).isoformat()
        turn.say("Anh/chị biết điều này từ đâu? Một câu, ví dụ: “Điều 12 của văn bản mới”.")
    else:
        await _send(turn, services, editor, why=said)


async def _send(turn: Turn, services: Services, editor: Editor, why: str) -> None:
    state = turn.conversation.state
    document = services.knowledge.corpus.documents[str(state["document"])]
    number = await curating.propose_replaced(
        turn.store,
        editor,
        document=document,
        by=str(state["by"]),
        on=date.fromisoformat(str(state["on"])),
        why=why,
    )
    told = await curating.tell_editors(turn.store, number, services.calendar)
    turn.conversation.leave()
    resting = len(curating.cards_on(services.shipped, document.key))
    turn.say(
        f"Đã gửi duyệt (đề nghị số {number}, báo {told} người). Khi được duyệt, {resting} thẻ dựa trên "
        f"{document.number} tạm dừng đến khi được xác nhận."
    )

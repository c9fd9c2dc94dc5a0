"""The curator's desk in chat: questions, proposals, cards to be read again, replaced documents (biên tập)."""

from handlers import curate_cards, curate_documents, curate_proposals, curate_questions, writing
from handlers.curate_words import DIALOGUE as DIALOGUE
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.domain.curation import Editor, editor_of
from isobot.domain.messages import Choice
from isobot.domain.text import fold, nfc
from isobot.errors import Refusal

NOT_FOR_YOU = (
    "Việc biên tập dành cho người được giao vai trò biên tập hoặc quản trị. "
    "Anh/chị thấy câu trả lời chưa đúng thì gõ “chưa đúng” ngay dưới câu đó."
)
_BACK = {"quay lai", "lui lai", "0"}


async def show(turn: Turn, services: Services) -> None:
    """Show what waits for this editor."""
    turn.conversation.leave()
    editor = editor_of(turn.actor)
    if not editor.may_edit:
        turn.say(NOT_FOR_YOU)
        return
    groups = await curate_questions.open_groups(turn, services)
    waiting = await curate_proposals.waiting_for(turn, editor)
    mine = sum(1 for p in waiting if p.author == editor.key)
    frozen = await curate_cards.frozen_for(turn, services)
    due = curate_cards.due_for(turn, services)
    turn.say(
        "Việc biên tập. Sửa một thẻ: gõ “sửa thẻ” và mã, ví dụ: “sửa thẻ th-bao-cao-ky”.",
        Choice("cu:list", f"Câu hỏi chưa trả lời được ({len(groups)} nhóm)", lasting=True),
        Choice("cu:wait", f"Chờ tôi duyệt ({len(waiting) - mine}); tôi đã gửi ({mine})", lasting=True),
        Choice("cu:frozen", f"Thẻ tạm dừng vì văn bản bị thay ({len(frozen)})", lasting=True),
        Choice("cu:due", f"Thẻ đến hạn rà soát ({len(due)})", lasting=True),
        Choice("cu:new", "Viết thẻ mới", lasting=True),
        Choice("cu:doc", "Văn bản được thay thế", lasting=True),
    )


async def press(turn: Turn, services: Services, key: str) -> None:
    """Do what a choice of this desk says; rights are looked at anew each time."""
    editor = editor_of(turn.actor)
    if not editor.may_edit:
        turn.say(NOT_FOR_YOU)
        return
    what, _, rest = key.partition(":")
    if what != "doc":
        turn.conversation.leave()
    try:
        await _do(turn, services, editor, what, rest)
    except Refusal as refusal:
        turn.say(str(refusal))


async def _do(turn: Turn, services: Services, editor: Editor, what: str, rest: str) -> None:
    number = int(rest) if rest.isdecimal() else 0
    match what:
        case "list":
            await curate_questions.show_groups(turn, services)
        case "g":
            await curate_questions.show_group(turn, services, rest)
        case "write":
            await curate_questions.write_answer(turn, services, rest)
        case "new":
            await writing.begin(turn, services)
        case "skip":
            await curate_questions.skip_group(turn, services, rest)
        case "edit":
            await writing.edit(turn, services, rest)
        case "fix":
            await curate_questions.mend_answer(turn, services, rest)
        case "wait":
            await curate_proposals.show_waiting(turn, editor)
        case "show":
            await curate_proposals.show_proposal(turn, services, editor, number)
        case "ok":
            await curate_proposals.approve(turn, services, editor, number)
        case "back":
            await curate_proposals.ask_why_returned(turn, editor, number)
        case "frozen":
            await curate_cards.show_frozen(turn, services)
        case "f":
            await curate_cards.show_one_frozen(turn, services, rest)
        case "holds":
            curate_cards.ask_why_it_holds(turn, rest)
        case "due":
            curate_cards.show_due(turn, services)
        case "d":
            curate_cards.show_one_due(turn, services, rest)
        case "keep":
            await curate_cards.propose_unchanged(turn, services, editor, rest)
        case _:
            await curate_documents.begin(turn, services, editor, rest)


async def take(turn: Turn, services: Services) -> None:
    """Take what was typed in a dialogue of this desk."""
    state = dict(turn.conversation.state)
    editor = editor_of(turn.actor)
    said = nfc(turn.text).strip()
    if fold(said) in _BACK:
        await show(turn, services)
        return
    try:
        if state.get("do") == "return":
            await curate_proposals.give_back(turn, services, editor, int(state["proposal"]), said)
        elif state.get("do") == "confirm":
            await curate_cards.confirm(turn, services, editor, str(state["card"]), said)
        elif state.get("do") == "replace":
            await curate_documents.take(turn, services, editor, said)
    except Refusal as refusal:
        turn.say(str(refusal))

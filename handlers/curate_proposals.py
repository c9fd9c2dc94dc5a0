"""The curator's desk: proposals that wait for somebody's decision."""

from datetime import date

from handlers import writing
from handlers.curate_words import DIALOGUE, SHOWN
from handlers.services import Services
from isobot.actions import curating
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain.curation import Editor, Proposal, ProposalKind
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.text import shorten
from isobot.errors import Refusal
from isobot.storage import curation, people
from knowledge.corpus import CardProblem
from knowledge.live import card_of


async def waiting_for(turn: Turn, editor: Editor) -> list[Proposal]:
    """Return the proposals that wait, of the editor's own hand too, oldest first."""
    found = await curation.waiting_proposals(turn.store.connection)
    return [p for p in found if _may_see(editor, p)]


def _may_see(editor: Editor, proposal: Proposal) -> bool:
    return editor.may_change(proposal.scope)


async def show_waiting(turn: Turn, editor: Editor) -> None:
    """Show the list of proposals that wait."""
    found = await waiting_for(turn, editor)
    if not found:
        turn.say("Không có đề nghị nào chờ duyệt.")
        return
    choices = [
        Choice(
            f"cu:show:{p.id}",
            f"Số {p.id}: {shorten(_title(p), 60)}" + (" (của tôi)" if p.author == editor.key else ""),
            lasting=True,
        )
        for p in found[:SHOWN]
    ]
    turn.say(f"{len(found)} đề nghị chờ duyệt, cũ trước:", *choices)


def _title(proposal: Proposal) -> str:
    return str(proposal.record.get("title") or proposal.target)


async def show_proposal(turn: Turn, services: Services, editor: Editor, number: int) -> None:
    """Show one proposal, with what this editor may do about it."""
    found = await curation.proposal(turn.store.connection, number)
    if found is None or not _may_see(editor, found):
        raise Refusal(f"Không có đề nghị số {number} cho anh/chị.")
    author = await _name(turn, found.author, found.author_person)
    lines = [f"Đề nghị số {number}, {author} soạn ngày {format_date(vietnam_day(found.created_at))}."]
    if found.kind is ProposalKind.CARD:
        lines += await _card_lines(turn, found, services)
    else:
        document = services.knowledge.corpus.documents[found.target]
        resting = len(curating.cards_on(services.shipped, found.target))
        day = format_date(date.fromisoformat(str(found.record["on"])))
        lines.append(
            f"{document.full_name()} được thay thế bằng {found.record['by']} từ {day}. Lý do: {found.why}\n"
            f"Duyệt thì {resting} thẻ dựa trên văn bản này tạm dừng đến khi có người xác nhận từng thẻ."
        )
    if found.status.value != "waiting":
        turn.say("\n".join([*lines, "Đề nghị này đã được xử lý."]))
    elif found.author == editor.key:
        turn.say("\n".join([*lines, "Đang chờ người khác duyệt; người soạn không tự duyệt."]))
    else:
        turn.say(
            "\n".join(lines),
            Choice(f"cu:ok:{number}", "Duyệt"),
            Choice(f"cu:back:{number}", "Trả lại"),
            Choice("cu:wait", "Để sau", lasting=True),
        )


async def _card_lines(turn: Turn, found: Proposal, services: Services) -> list[str]:
    try:
        card = card_of(found.record, services.knowledge.corpus)
    except CardProblem as problem:
        return [f"Thẻ {found.target} không còn dùng được: {problem}; {problem.mend}."]
    lines = [writing.show_card(card, services, found.why)]
    if found.before:
        lines.append(f"Bản đang dùng: {found.before['answer']}")
    doubtful = await writing.warnings(turn.store, card, services)
    return [*lines, doubtful] if doubtful else lines


async def _name(turn: Turn, key: str, person: int | None) -> str:
    name = await people.name_of(turn.store.connection, person) if person is not None else ""
    return name or ("quản trị máy chủ" if key.startswith("server") else "người đã xóa dữ liệu")


async def approve(turn: Turn, services: Services, editor: Editor, number: int) -> None:
    """Make a proposal live, and tell its author."""
    done = await curating.approve(
        turn.store,
        editor,
        number,
        corpus=services.knowledge.corpus,
        calendar=services.calendar,
        provinces_named=services.knowledge.provinces_named,
    )
    title = shorten(_title(done.proposal), 80)
    if done.proposal.kind is ProposalKind.CARD:
        told = f" {done.told} người hỏi sẽ được báo trong giờ làm việc." if done.told else ""
        turn.say(f"Đã duyệt thẻ {done.proposal.target} (bản {done.version}). Thẻ được dùng ngay.{told}")
    else:
        turn.say(
            f"Đã ghi nhận. {done.frozen} thẻ tạm dừng; gõ “biên tập” để xác nhận hoặc sửa từng thẻ.\n"
            f"Báo những người đã được trả lời theo văn bản cũ: isobot kb warn {done.proposal.target}"
        )
    text = f"Đề nghị số {number} (“{title}”) của anh/chị đã được duyệt và đang dùng."
    await curating.tell_author(turn.store, done.proposal, text, services.calendar)


async def ask_why_returned(turn: Turn, editor: Editor, number: int) -> None:
    """Ask for the reason for which a proposal goes back to its author."""
    await curating.decide_proposal(turn.store, editor, number)
    turn.conversation.enter(DIALOGUE, do="return", proposal=number)
    turn.say("Trả lại vì sao? Anh/chị ghi một câu, tôi chuyển cho người soạn.")


async def give_back(turn: Turn, services: Services, editor: Editor, number: int, said: str) -> None:
    """Give a proposal back with the reason that was typed."""
    found = await curating.return_proposal(turn.store, editor, number, reason=said)
    turn.conversation.leave()
    text = (
        f"Đề nghị số {found.id} (“{shorten(_title(found), 80)}”) được trả lại: {said}\n"
        "Gõ “biên tập” để soạn lại."
    )
    await curating.tell_author(turn.store, found, text, services.calendar)
    turn.say("Đã trả lại, kèm lý do của anh/chị.")

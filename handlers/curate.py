"""The curator's desk in chat: questions, proposals, cards to be read again, replaced documents (biên tập)."""

from collections.abc import Sequence
from datetime import date

from handlers import writing, writing_steps
from handlers.services import Services
from isobot.actions import curating
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain.curation import Editor, Proposal, ProposalKind, Replacement, editor_of
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date, read_date
from isobot.domain.text import fold, nfc, shorten
from isobot.errors import Refusal
from isobot.storage import curation, people
from knowledge.corpus import Card, CardProblem
from knowledge.grouping import QuestionGroup
from knowledge.live import card_of, frozen_cards, record_of, replaced_sentence

DIALOGUE = "curate"
SHOWN = 8
WORDINGS = 5
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
    groups = await _groups(turn, services)
    waiting = [p for p in await curation.waiting_proposals(turn.store.connection) if _may_see(editor, p)]
    mine = sum(1 for p in waiting if p.author == editor.key)
    frozen = await _frozen(turn, services)
    turn.say(
        "Việc biên tập. Sửa một thẻ: gõ “sửa thẻ” và mã, ví dụ: “sửa thẻ th-bao-cao-ky”.",
        Choice("cu:list", f"Câu hỏi chưa trả lời được ({len(groups)} nhóm)", lasting=True),
        Choice("cu:wait", f"Chờ tôi duyệt ({len(waiting) - mine}); tôi đã gửi ({mine})", lasting=True),
        Choice("cu:frozen", f"Thẻ tạm dừng vì văn bản bị thay ({len(frozen)})", lasting=True),
        Choice("cu:due", f"Thẻ đến hạn rà soát ({len(_due(turn, services))})", lasting=True),
        Choice("cu:new", "Viết thẻ mới", lasting=True),
        Choice("cu:doc", "Văn bản được thay thế", lasting=True),
    )


def _may_see(editor: Editor, proposal: Proposal) -> bool:
    return editor.may_change(proposal.scope)


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
            await _show_groups(turn, services)
        case "g":
            await _show_group(turn, services, rest)
        case "write":
            await writing.begin(turn, services, await _group(turn, services, rest))
        case "new":
            await writing.begin(turn, services)
        case "skip":
            await curating.dismiss(turn.store, editor, await _group(turn, services, rest))
            turn.say("Đã bỏ nhóm này khỏi danh sách.")
        case "edit":
            await writing.edit(turn, services, rest)
        case "fix":
            group = await _group(turn, services, rest)
            card = _answered_by(group, services)
            if card is not None:
                await writing.edit(turn, services, card.id, [q.ref for q in group.questions])
        case "wait":
            await _show_waiting(turn, editor)
        case "show":
            await _show_proposal(turn, services, editor, number)
        case "ok":
            await _approve(turn, services, editor, number)
        case "back":
            await curating.decide_proposal(turn.store, editor, number)
            turn.conversation.enter(DIALOGUE, do="return", proposal=number)
            turn.say("Trả lại vì sao? Anh/chị ghi một câu, tôi chuyển cho người soạn.")
        case "frozen":
            await _show_frozen(turn, services)
        case "f":
            await _show_one_frozen(turn, services, rest)
        case "holds":
            turn.conversation.enter(DIALOGUE, do="confirm", card=rest)
            turn.say("Căn cứ của việc xác nhận? Ví dụ: “văn bản mới giữ nguyên nội dung này tại Điều 4”.")
        case "due":
            _show_due(turn, services)
        case "d":
            _show_one_due(turn, services, rest)
        case "keep":
            await _propose_unchanged(turn, services, editor, rest)
        case _:
            await _replaced(turn, services, editor, rest)


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
            found = await curating.return_proposal(turn.store, editor, int(state["proposal"]), reason=said)
            turn.conversation.leave()
            text = (
                f"Đề nghị số {found.id} (“{shorten(_title(found), 80)}”) được trả lại: {said}\n"
                "Gõ “biên tập” để soạn lại."
            )
            await curating.tell_author(turn.store, found, text, services.calendar)
            turn.say("Đã trả lại, kèm lý do của anh/chị.")
        elif state.get("do") == "confirm":
            await _confirm(turn, services, editor, str(state["card"]), said)
        elif state.get("do") == "replace":
            await _take_replaced(turn, services, editor, said)
    except Refusal as refusal:
        turn.say(str(refusal))


# --- questions ---


async def _groups(turn: Turn, services: Services) -> list[QuestionGroup]:
    editor = editor_of(turn.actor)
    return await curating.groups_for(turn.store, editor, services.knowledge.provinces_named)


async def _group(turn: Turn, services: Services, ref: str) -> QuestionGroup:
    for group in await _groups(turn, services):
        if any(q.ref == ref for q in group.questions):
            return group
    raise Refusal("Nhóm câu hỏi này đã được xử lý.")


async def _show_groups(turn: Turn, services: Services) -> None:
    groups = await _groups(turn, services)
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


async def _show_group(turn: Turn, services: Services, ref: str) -> None:
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


def _answered_by(group: QuestionGroup, services: Services) -> Card | None:
    """Return the card that was given to the latest asker who found it wrong."""
    cards = [q.cards[0] for q in group.questions if q.helpful is False and q.cards]
    return services.knowledge.corpus.cards.get(cards[-1]) if cards else None


# --- proposals ---


async def _show_waiting(turn: Turn, editor: Editor) -> None:
    found = [p for p in await curation.waiting_proposals(turn.store.connection) if _may_see(editor, p)]
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


async def _show_proposal(turn: Turn, services: Services, editor: Editor, number: int) -> None:
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


async def _approve(turn: Turn, services: Services, editor: Editor, number: int) -> None:
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


# --- frozen and old cards ---


async def _frozen(turn: Turn, services: Services) -> list[tuple[Card, Replacement]]:
    overlay = await curation.load_overlay(turn.store.connection)
    editor = editor_of(turn.actor)
    return [row for row in frozen_cards(services.shipped, overlay) if editor.may_change(row[0].scope)]


async def _show_frozen(turn: Turn, services: Services) -> None:
    found = await _frozen(turn, services)
    if not found:
        turn.say("Không có thẻ nào đang tạm dừng.")
        return
    choices = [Choice(f"cu:f:{c.id}", shorten(c.title, 60), lasting=True) for c, _ in found[:SHOWN]]
    turn.say(
        f"{len(found)} thẻ tạm dừng vì văn bản bị thay thế. Đọc từng thẻ rồi xác nhận hoặc sửa:", *choices
    )


async def _show_one_frozen(turn: Turn, services: Services, card_id: str) -> None:
    card, mark = await _one_frozen(turn, services, card_id)
    document = services.knowledge.corpus.documents[mark.document]
    turn.say(
        f"{replaced_sentence(document, mark)}\n{writing.show_card(card, services)}",
        Choice(f"cu:holds:{card.id}", "Vẫn đúng"),
        Choice(f"cu:edit:{card.id}", "Sửa thẻ"),
        Choice("cu:frozen", "Về danh sách", lasting=True),
    )


async def _one_frozen(turn: Turn, services: Services, card_id: str) -> tuple[Card, Replacement]:
    for card, mark in await _frozen(turn, services):
        if card.id == card_id:
            return card, mark
    raise Refusal("Thẻ này không còn tạm dừng.")


async def _confirm(turn: Turn, services: Services, editor: Editor, card_id: str, why: str) -> None:
    card, mark = await _one_frozen(turn, services, card_id)
    await curating.confirm(turn.store, editor, card=card, document=mark.document, why=why)
    turn.conversation.leave()
    left = [c for c, _ in await _frozen(turn, services)]
    turn.say(
        f"Đã xác nhận; thẻ “{shorten(card.title, 80)}” được dùng lại. Còn {len(left)} thẻ tạm dừng.",
        *([Choice("cu:frozen", "Thẻ tiếp theo", lasting=True)] if left else []),
    )


def _due(turn: Turn, services: Services) -> list[Card]:
    editor = editor_of(turn.actor)
    cards = services.knowledge.corpus.cards.values()
    due = [c for c in cards if c.review_by and c.review_by <= turn.today and editor.may_change(c.scope)]
    return sorted(due, key=lambda c: (str(c.review_by), c.id))


def _show_due(turn: Turn, services: Services) -> None:
    due = _due(turn, services)
    if not due:
        turn.say("Không có thẻ nào đến hạn rà soát.")
        return
    choices = [Choice(f"cu:d:{c.id}", shorten(c.title, 60), lasting=True) for c in due[:SHOWN]]
    turn.say(f"{len(due)} thẻ đến hạn rà soát, quá hạn lâu nhất trước:", *choices)


def _show_one_due(turn: Turn, services: Services, card_id: str) -> None:
    card = services.knowledge.corpus.cards.get(card_id)
    if card is None:
        raise Refusal("Thẻ này không còn.")
    turn.say(
        writing.show_card(card, services),
        Choice(f"cu:keep:{card.id}", "Vẫn đúng, dùng thêm một năm"),
        Choice(f"cu:edit:{card.id}", "Sửa thẻ"),
        Choice("cu:due", "Về danh sách", lasting=True),
    )


async def _propose_unchanged(turn: Turn, services: Services, editor: Editor, card_id: str) -> None:
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


# --- documents ---


async def _replaced(turn: Turn, services: Services, editor: Editor, rest: str) -> None:
    """Ask which document was replaced, or take the one chosen."""
    if rest:
        await _take_replaced(turn, services, editor, "", picked=rest)
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


async def _take_replaced(turn: Turn, services: Services, editor: Editor, said: str, picked: str = "") -> None:
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
        await _send_replaced(turn, services, editor, why=said)


async def _send_replaced(turn: Turn, services: Services, editor: Editor, why: str) -> None:
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

"""Sending a report: the last look at what is wrong or unexplained, the receipt, the draft document."""

from handlers.report_asking import ask_reason, go_on
from handlers.report_receipt import say_receipt, say_waiting
from handlers.services import Services
from isobot.actions import approving
from isobot.actions.reporting import Work
from isobot.chat.turn import Turn
from isobot.domain.messages import Attachment
from isobot.errors import Refusal
from isobot.exports.names import report_filename


async def send(turn: Turn, services: Services, work: Work) -> None:
    """Send the figures, unless something is wrong or unexplained; a practice just ends."""
    if work.record.practice_of:
        turn.conversation.leave()
        turn.say("Xong phần nhập thử, không có gì được gửi đi. Khi có kỳ thật, anh/chị gõ “báo cáo”.")
        return
    errors = work.errors
    if work.unexplained and not errors and not work.form.missing(work.values):
        ask_reason(turn, work.unexplained[0])
        return
    seen = turn.conversation.state.get("summary")
    try:
        receipt = await approving.hand_in(
            turn.store,
            actor=turn.actor,
            work=work,
            channel=turn.incoming.bot,
            seen=seen if isinstance(seen, int) else None,
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        go_on(turn, work)
        return
    turn.conversation.leave()
    if receipt is None:
        await say_waiting(turn, work)
        return
    await say_receipt(turn, services, work, receipt, draft_file(work, services, version=work.record.version))


def draft_file(work: Work, services: Services, *, version: int) -> Attachment:
    """Name the draft of a version that was sent, or with 0 of the figures as they stand."""
    record = work.record
    unit = services.directory.get(record.unit)
    name = report_filename(unit.name if unit else "Nhập thử", work.label, version=max(version, 1))
    return Attachment("report_docx", name, {"report": record.id, "version": version})

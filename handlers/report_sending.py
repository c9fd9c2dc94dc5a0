"""Sending a report: the last look at what is wrong or unexplained, the receipt, the draft document."""

from handlers.report_asking import ask_reason, go_on
from handlers.services import Services
from isobot.actions import reporting
from isobot.actions.reporting import Work
from isobot.chat.turn import Turn
from isobot.domain.messages import Attachment
from isobot.errors import Refusal
from isobot.exports.docx import report_filename


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
    try:
        receipt = await reporting.submit(turn.store, actor=turn.actor, work=work, channel=turn.incoming.bot)
    except Refusal as refusal:
        turn.say(str(refusal))
        go_on(turn, work)
        return
    turn.conversation.leave()
    unit = services.directory.get(work.record.unit)
    late = turn.today > work.period.last_day if work.period else False
    lines = [
        f"Đã nhận số liệu. Mã biên nhận: {receipt}.",
        f"Đơn vị: {unit.place_name if unit else work.record.unit}; kỳ: {work.label}; "
        f"bản thứ {work.record.version}{' (gửi sau hạn)' if late else ''}.",
        "Văn bản chính thức vẫn phải được ký và gửi theo quy định. Bản dự thảo ở tệp kèm theo.",
    ]
    turn.say("\n".join(lines), attachment=draft_file(work, services, version=work.record.version))


def draft_file(work: Work, services: Services, *, version: int) -> Attachment:
    """Name the draft of a version that was sent, or with 0 of the figures as they stand."""
    record = work.record
    unit = services.directory.get(record.unit)
    name = report_filename(unit.name if unit else "Nhập thử", work.label, version=max(version, 1))
    return Attachment("report_docx", name, {"report": record.id, "version": version})

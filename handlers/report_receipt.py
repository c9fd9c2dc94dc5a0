"""What an officer is told when a report left, or waits for the head of the unit."""

from handlers import approval
from handlers.services import Services
from isobot.actions.noting import letter_words
from isobot.actions.reporting import Work
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain import timeliness
from isobot.domain.messages import Attachment, Choice
from isobot.storage import office, unit_ways

LETTER_HINT = (
    "Ký xong, anh/chị gửi ảnh hoặc bản quét văn bản vào đây và gõ số, ví dụ: số 12/BC-UBND ngày 5/12."
)

AFTER_DRAFT = (
    Choice("go:truocky", "Cần kiểm tra gì trước khi ký?", lasting=True),
    Choice("go:thethuc", "Sửa thể thức văn bản", lasting=True),
)


async def say_receipt(turn: Turn, services: Services, work: Work, receipt: str, document: Attachment) -> None:
    """Give the receipt: its number, how late it is if it is, and that the signed letter is due."""
    record = work.record
    unit = services.directory.get(record.unit)
    lines = [
        f"Đã nhận số liệu. Mã biên nhận: {receipt}.",
        f"Đơn vị: {unit.place_name if unit else record.unit}; kỳ: {work.label}; "
        f"bản thứ {record.version}{await _timeliness(turn, work)}.",
        "Văn bản chính thức vẫn phải được ký và gửi theo quy định. Bản dự thảo ở tệp kèm theo.",
    ]
    letter = letter_words(record.letter_no, record.letter_date)
    needed = await unit_ways.is_on(turn.store.connection, record.province, unit_ways.NEEDS_LETTER)
    if letter:
        lines.append(f"Văn bản đã ký đang ghi: {letter}.")
    else:
        lines.append(("Cơ quan nhận cần số văn bản mới tiếp nhận. " if needed else "") + LETTER_HINT)
    turn.say("\n".join(lines), *AFTER_DRAFT, attachment=document)


async def _timeliness(turn: Turn, work: Work) -> str:
    record = work.record
    if work.period is None or record.first_submitted_at is None:
        return ""
    given = await office.all_extensions(turn.store.connection, units=[record.unit])
    extension = given.get((record.rule, record.period, record.unit))
    first = vietnam_day(record.first_submitted_at)
    return (
        "" if first <= work.period.last_day else f" ({timeliness.sent_words(work.period, extension, first)})"
    )


async def say_waiting(turn: Turn, work: Work) -> None:
    """Say that the head has to approve first, having told the head."""
    told = await approval.tell_heads(turn, work)
    lines = [
        f"Đã trình lãnh đạo duyệt {work.name}.",
        "Báo cáo chưa được gửi; lãnh đạo duyệt thì tôi gửi ngay và báo anh/chị.",
    ]
    if not told:
        lines.append(
            "Chưa có lãnh đạo nào của đơn vị nhận được tin. Anh/chị báo lãnh đạo đăng ký với tôi, "
            "hoặc nhờ quản trị viên tắt duyệt."
        )
    lines.append("Sửa số nào thì báo cáo được rút lại, anh/chị trình lại sau khi sửa.")
    turn.say("\n".join(lines))

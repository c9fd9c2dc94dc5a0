"""The lead office's papers of a period: the tables, the report to the body above, the pictures."""

from handlers.periods_now import current_period
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.messages import Attachment, Choice
from isobot.exports.names import (
    BEFORE_SIGNING,
    COMPARISON_PNG,
    CONSOLIDATED_DOCX,
    PERIOD_XLSX,
    PROGRESS_PNG,
    consolidated_filename,
    period_filename,
    safe_name,
)

TABLE, REPORT, PICTURES = "px", "pd", "pg"
"""How the keys of the choices begin."""

_LABELS = {
    REPORT: "Báo cáo tổng hợp (.docx)",
    TABLE: "Bảng tổng hợp (.xlsx)",
    PICTURES: "Biểu đồ",
}

_BY_WORD = {"bieudo": PICTURES, "bangtonghop": TABLE, "baocaotonghop": REPORT}

NOT_HERE = (
    "Bảng, báo cáo tổng hợp và biểu đồ dành cho cơ quan nhận báo cáo, khi có kỳ đã mở. "
    "Gõ “tiến độ” để xem đơn vị mình."
)


def choices(rule: str, period: str, province: str) -> list[Choice]:
    """Offer every paper of a period."""
    return [
        Choice(f"{head}:{rule}:{period}:{province}", label, lasting=True) for head, label in _LABELS.items()
    ]


def send_by_word(turn: Turn, services: Services, command: str) -> None:
    """Send a paper of the period that was just shown, else of every period to look at now."""
    head = _BY_WORD[command]
    shown = next((c.key for c in turn.conversation.offered if c.key.startswith(f"{head}:")), "")
    wanted = [shown.split(":")[1:]] if shown else _current(turn, services)
    for rule, period, province in wanted:
        send(turn, services, head, rule, period, province)
    if not wanted:
        turn.say(NOT_HERE)


def _current(turn: Turn, services: Services) -> list[list[str]]:
    """Return rule, period and province of what a receiving office looks at now."""
    return [
        [rule.id, period.key, province]
        for province in turn.actor.provinces_to_receive()
        for rule in services.rules.for_province(province)
        if (period := current_period(rule, turn.today)) is not None
    ]


def send(turn: Turn, services: Services, head: str, rule_id: str, period_key: str, province: str) -> None:
    """Send a paper to the receiving office."""
    rule = services.rules.get(rule_id, province)
    period = deadlines.find_period(rule, period_key) if rule else None
    if not turn.actor.may_receive_from(province):
        turn.say("Anh/chị không giữ vai trò nhận báo cáo của tỉnh này nên không tải được tệp này.")
        return
    if rule is None or period is None:
        turn.say("Kỳ này không còn trong danh sách. Gõ “tiến độ” để xem các kỳ hiện có.")
        return
    known = services.provinces.get(province)
    name, label = known.name if known else province, period.label
    recipe = {"rule": rule.id, "period": period.key, "province": province}
    others = [choice for choice in choices(rule.id, period.key, province) if not choice.key.startswith(head)]
    if head == TABLE:
        made = Attachment(PERIOD_XLSX, period_filename(name, label), recipe)
        turn.say(
            f"Bảng tổng hợp {label}: mỗi cấp một trang, tổng là công thức, trang cuối nêu đơn vị còn thiếu.",
            *others,
            attachment=made,
        )
    elif head == REPORT:
        made = Attachment(CONSOLIDATED_DOCX, consolidated_filename(name, label), recipe)
        turn.say(f"Dự thảo báo cáo tổng hợp {label}. Số, ngày và chữ ký để trống.", attachment=made)
        turn.say(BEFORE_SIGNING, *others, Choice("go:thethuc", "Sửa thể thức văn bản", lasting=True))
    else:
        progress = safe_name(f"Tiến độ báo cáo ISO - {name} - {label}", ".png")
        turn.say(f"Tiến độ {label}:", attachment=Attachment(PROGRESS_PNG, progress, recipe))
        compared = safe_name(f"So với kỳ trước - {name} - {label}", ".png")
        turn.say("So với kỳ trước:", *others, attachment=Attachment(COMPARISON_PNG, compared, recipe))

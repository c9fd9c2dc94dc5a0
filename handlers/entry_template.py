"""The workbook to fill in for many units (mẫu nhập), for the receiving office and for officers of units."""

from handlers import periods_now
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.messages import Attachment, Choice
from isobot.exports.names import TEMPLATE_XLSX, template_filename

KEY = "mt"
"""How the keys of its buttons begin: mt:<rule>:<period>:<province>."""

_NO_ROLE = "Mẫu nhập dành cho cơ quan nhận báo cáo và cán bộ báo cáo. Anh/chị gửi mã đăng ký để có vai trò."


async def show(turn: Turn, services: Services) -> None:
    """Offer the workbook of each period that is open or was the last."""
    choices = [
        Choice(f"{KEY}:{rule.id}:{period.key}:{province}", f"{rule.title}, {period.label}", lasting=True)
        for province in _provinces(turn, services)
        for rule in services.rules.for_province(province)
        if (period := periods_now.current_period(rule, turn.today)) is not None
    ]
    if not _provinces(turn, services):
        turn.say(_NO_ROLE)
    elif not choices:
        turn.say("Hiện chưa có kỳ báo cáo nào đã mở, nên chưa có mẫu nhập.")
    else:
        turn.say("Anh/chị lấy mẫu nhập .xlsx của kỳ nào? Mỗi dòng là một đơn vị.", *choices)


def send(turn: Turn, services: Services, rule_id: str, period_key: str, province: str) -> None:
    """Send the workbook: of a whole province to its receiving office, else of the person's own units."""
    rule = services.rules.get(rule_id, province)
    period = deadlines.find_period(rule, period_key) if rule else None
    if rule is None or period is None:
        turn.say("Kỳ này không còn trong danh sách. Gõ “mẫu nhập” để xem các kỳ hiện có.")
        return
    parameters: dict[str, object] = {"rule": rule.id, "period": period.key, "province": province}
    if not turn.actor.may_receive_from(province):
        own = set(turn.actor.units_to_report())
        owing = deadlines.reporting_units(rule, period, services.directory)
        mine = [unit.code for unit in owing if unit.province == province and unit.code in own]
        if not mine:
            turn.say("Anh/chị không có đơn vị nào phải báo cáo trong kỳ này.")
            return
        parameters["units"] = mine
    name = services.provinces[province].name if province in services.provinces else province
    made = Attachment(TEMPLATE_XLSX, template_filename(name, period.label), parameters)
    turn.say(
        f"Mẫu nhập {period.label}. Ô trống là chưa nhập; không có việc đó thì ghi “Không phát sinh”. "
        "Điền xong, anh/chị gửi tệp vào đây; tôi nêu từng ô sai trước, anh/chị đồng ý thì mới ghi.",
        attachment=made,
    )


def _provinces(turn: Turn, services: Services) -> tuple[str, ...]:
    units = (services.directory.get(code) for code in turn.actor.units_to_report())
    own = (unit.province for unit in units if unit is not None)
    return tuple(dict.fromkeys((*turn.actor.provinces_to_receive(), *own)))

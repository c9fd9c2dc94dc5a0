"""Totals for the receiving office (tổng hợp): which period, and what is asked of it in words or by buttons.

    tổng hợp ──▶ period ──▶ totals ──▶ mục 5 ──▶ units, largest first ──▶ that report (handlers/receiving)
                              │ theo huyện | theo cơ cấu hiện nay | so với kỳ trước | các kỳ | đơn vị chưa gửi

Everything works by word. The views themselves are in `totals_views`.
"""

from dataclasses import replace

from handlers import receiving
from handlers import totals_views as views
from handlers import totals_words as words
from handlers.periods_now import current_period
from handlers.services import Services
from handlers.totals_views import OPEN, STEP, View, periods_of, remembered
from isobot.chat.turn import Turn
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.period_totals import Structure
from isobot.domain.text import capital, fold, shorten

HEADS = (OPEN, STEP)
"""How the keys of the choices begin that belong here."""

BESIDE = ("", receiving.DIALOGUE)
"""The dialogues in which these words are understood: a report that was opened from here may be open."""

PERIODS_NAMED = 40
"""How far back a period may be asked for by its name."""

NOTHING_OPEN = "Anh/chị gõ “tổng hợp” để chọn kỳ trước, rồi xem từng mục."


async def begin(turn: Turn, services: Services) -> None:
    """Show the totals of the current period, or let the person choose among several."""
    provinces = turn.actor.provinces_to_receive()
    _put_report_down(turn)
    if not provinces:
        turn.say(
            "Số tổng hợp chỉ dành cho cán bộ đầu mối nhận báo cáo. Anh/chị gõ “tiến độ” để xem đơn vị mình."
        )
        return
    found = [
        (province, rule, period)
        for province in provinces
        for rule in services.rules.for_province(province)
        if (period := current_period(rule, turn.today)) is not None
    ]
    if not found:
        silence = services.rules.silence(provinces[0])
        turn.say(silence or "Hiện chưa có kỳ báo cáo nào đã mở nên chưa có gì để tổng hợp.")
    elif len(found) == 1:
        province, rule, period = found[0]
        await views.show(turn, services, View(rule.id, period.key, province))
    else:
        offered = [
            Choice(f"{OPEN}:{rule.id}:{period.key}:{province}", _title(rule, period), lasting=True)
            for province, rule, period in found
        ]
        turn.say("Anh/chị xem tổng hợp của kỳ nào?", *offered)


def _title(rule: ReportingRule, period: Period) -> str:
    return shorten(f"{capital(period.label)}: {rule.title}", words.LONGEST_NAME)


async def take(turn: Turn, services: Services) -> bool:
    """Take what is typed if it is about totals; False leaves it to the others."""
    if not turn.actor.provinces_to_receive():
        return False
    rest = words.asks_for_totals(turn.text)
    wish = words.read_wish(turn.text)
    view = remembered(turn)
    if wish is not None and (view is not None or rest is not None):
        _put_report_down(turn)
        await _fulfil(turn, services, wish)
        return True
    if rest is not None:
        return await _named_period(turn, services, rest)
    return False


def _put_report_down(turn: Turn) -> None:
    """Leave the report that was read from here, so that “tiếp nhận” is no longer about it."""
    if turn.conversation.dialogue == receiving.DIALOGUE:
        turn.conversation.leave()


async def _named_period(turn: Turn, services: Services, rest: str) -> bool:
    """Open the period that is named: "tổng hợp năm 2026", "tổng hợp tháng 5/2026"."""
    found = [
        (province, rule, period)
        for province in turn.actor.provinces_to_receive()
        for rule in services.rules.for_province(province)
        for period in periods_of(rule, turn, most=PERIODS_NAMED)
        if fold(period.label) == rest
    ]
    if not found and not words.is_like_period(rest):
        return False
    _put_report_down(turn)
    if not found:
        await begin(turn, services)
        said = turn.text.strip()[:40]
        turn.replies[0] = replace(
            turn.replies[0], text=f"Không có kỳ nào như “{said}”.\n{turn.replies[0].text}"
        )
        return True
    if len(found) == 1:
        province, rule, period = found[0]
        await views.show(turn, services, View(rule.id, period.key, province))
        return True
    offered = [
        Choice(f"{OPEN}:{rule.id}:{period.key}:{province}", _title(rule, period), lasting=True)
        for province, rule, period in found
    ]
    turn.say("Anh/chị xem tổng hợp của kỳ nào?", *offered[: words.PAGE])
    return True


async def pick(turn: Turn, services: Services, head: str, parts: list[str]) -> bool:
    """Do what a choice of the totals says; False when it is none of these."""
    match [head, *parts]:
        case ["tg", rule, period, province]:
            await views.show(turn, services, View(rule, period, province))
        case ["tt", "level", level]:
            view = remembered(turn)
            if view is None:
                turn.say(NOTHING_OPEN)
            else:
                await views.show(turn, services, replace(view, level=level, start=0))
        case ["tt", act]:
            await _fulfil(turn, services, words.Wish(act))
        case _:
            return False
    return True


async def _fulfil(turn: Turn, services: Services, wish: words.Wish) -> None:
    view = remembered(turn)
    if view is None:
        await begin(turn, services)
        view = remembered(turn)
        if view is None:
            return
        turn.replies.clear()
    match wish.act:
        case "field":
            await views.show_field(turn, services, view, wish.number)
        case "more" if view.field:
            await views.show_field(turn, services, view, "", go_on=True)
        case "more":
            await views.show(turn, services, view)
        case "then" | "now":
            await views.show_groups(turn, services, view, Structure(wish.act))
        case "compare":
            await views.show_comparison(turn, services, view)
        case "missing":
            await views.show_missing(turn, services, view)
        case "years":
            await views.show_periods(turn, services, view)
        case "other":
            views.offer_periods(turn, services, view)
        case _:
            await views.show(turn, services, replace(view, field="", start=0))

"""Views of totals for the receiving office: the whole, one field by unit, groups, two periods, the missing.

What is looked at (`View`) stands in the chat's memory, so questions may come in between.
"""

from dataclasses import asdict, dataclass, replace

from handlers import papers
from handlers import totals_words as words
from handlers.periods_now import current_period
from handlers.services import Services
from isobot.actions import totals as totalling
from isobot.actions.receiving import NOT_RECEIVER
from isobot.actions.totals import Register
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.deadlines import Period, ReportingRule, previous_period
from isobot.domain.fields import Field
from isobot.domain.kinds import RollUp
from isobot.domain.messages import Choice
from isobot.domain.period_totals import PeriodTotals, Structure, compare_totals
from isobot.domain.rollup import Totals
from isobot.domain.text import capital
from isobot.domain.units import PARTING
from isobot.storage import rollup

OPEN, STEP = "tg", "tt"
"""How the keys of the choices begin: another period, and a step from what is looked at."""

MEMORY = "totals"
GROUPS_SHOWN, PERIODS_SHOWN = 20, 10
LONGEST_TEXT = 160


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: a period, a level of it ("" for all), a field, and from which line on."""

    rule: str
    period: str
    province: str
    level: str = ""
    field: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True)
class _Open:
    """The totals looked at, with the part that is shown."""

    view: View
    register: Register
    rule: ReportingRule
    period: Period
    totals: PeriodTotals
    shown: Totals
    level: str

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(total.field for total in self.shown.fields)


async def _load(turn: Turn, services: Services, view: View) -> _Open | None:
    """Load what a view names; says why not where it cannot be shown."""
    if not turn.actor.may_receive_from(view.province):
        turn.say(NOT_RECEIVER)
        return None
    rule = services.rules.get(view.rule, view.province)
    period = deadlines.find_period(rule, view.period) if rule else None
    if rule is None or period is None:
        turn.say("Kỳ này không còn trong danh sách. Gõ “tổng hợp” để xem các kỳ hiện có.")
        return None
    register = Register(services.directory, services.forms)
    await turn.store.flush()
    totals = await totalling.period_totals(
        turn.store, register, rule=rule, period=period, province=view.province
    )
    group = next((g for g in totals.levels if g.key == view.level), None)
    if group is None:
        view = replace(view, level="")
    _keep(turn, view)
    shown = group.totals if group else totals.whole
    return _Open(view, register, rule, period, totals, shown, group.title if group else "")


def _keep(turn: Turn, view: View) -> None:
    turn.conversation.memory[MEMORY] = asdict(view)


def remembered(turn: Turn) -> View | None:
    """Return what was looked at last, None where nothing was."""
    kept = turn.conversation.memory.get(MEMORY)
    return View(**kept) if isinstance(kept, dict) and kept.keys() == asdict(View("", "", "")).keys() else None


def periods_of(rule: ReportingRule, turn: Turn, *, most: int = PERIODS_SHOWN) -> list[Period]:
    """List a rule's periods that have opened, the newest first."""
    period = current_period(rule, turn.today)
    found: list[Period] = []
    while period is not None and len(found) < most:
        found.append(period)
        period = previous_period(rule, period)
    return found


async def show(turn: Turn, services: Services, view: View) -> None:
    """Show the main totals, a page at a time."""
    opened = await _load(turn, services, replace(view, field=""))
    if opened is None:
        return
    totals, shown, view = opened.totals, opened.shown, opened.view
    name = _province(services, view.province)
    main = words.main_totals(shown)
    page = main[view.start : view.start + words.PAGE]
    lines = words.heading(totals, shown, name, opened.level) if not view.start else []
    lines += words.total_lines(page, reported=len(shown.reported))
    left = len(main) - view.start - len(page)
    if not left:
        lines += words.ratio_lines(shown)
    if not main:
        lines.append("Chưa có số liệu nào để cộng.")
    else:
        example = next((t.field.number for t in page if t.field.number), "1")
        lines.append(f"Xem một mục theo từng đơn vị, anh/chị gõ, ví dụ: mục {example}.")
    _keep(turn, replace(view, start=view.start + words.PAGE if left else 0))
    turn.say("\n".join(lines), *_choices(opened, more=bool(left)))


def _province(services: Services, slug: str) -> str:
    known = services.provinces.get(slug)
    return known.name if known else slug


def _choices(opened: _Open, *, more: bool) -> list[Choice]:
    view, totals = opened.view, opened.totals
    found = [Choice(f"{STEP}:more", "Xem tiếp")] if more else []
    if view.level:
        found.append(Choice(f"{STEP}:level:", "Tất cả các cấp"))
    elif len(totals.levels) > 1:
        found += [Choice(f"{STEP}:level:{g.key}", capital(g.title)) for g in totals.levels]
    found += _structures(opened)
    if opened.shown.missing:
        found.append(Choice(f"{STEP}:missing", "Đơn vị chưa gửi"))
    found.append(Choice(f"{STEP}:compare", "So với kỳ trước"))
    found.append(Choice(f"{STEP}:years", "Các kỳ"))
    found.append(Choice(f"{STEP}:other", "Kỳ khác"))
    return found + papers.choices(view.rule, view.period, view.province)


def _structures(opened: _Open) -> list[Choice]:
    """Offer the structure of then, and for periods before 1 July 2025 that of now."""
    if not opened.totals.old_units:
        return []
    return [
        Choice(f"{STEP}:then", "Theo huyện"),
        Choice(f"{STEP}:now", "Theo cơ cấu hiện nay"),
    ]


async def show_field(turn: Turn, services: Services, view: View, number: str, *, go_on: bool = False) -> None:
    """List what each unit says in one field, the largest first; each opens its report."""
    opened = await _load(turn, services, view if go_on else replace(view, start=0))
    if opened is None:
        return
    field = next((f for f in opened.fields if (f.key == view.field if go_on else f.number == number)), None)
    total = opened.shown.get(field.key) if field else None
    if field is None or total is None:
        turn.say(
            f"Biểu của kỳ này không có mục {number} để cộng. Anh/chị gõ “tổng hợp” để xem các mục, "
            "rồi gõ, ví dụ: mục 3."
        )
        return
    view = replace(opened.view, field=field.key)
    found = await rollup.of_field(
        turn.store.connection, rule=view.rule, period=view.period, province=view.province, field=field.key
    )
    owing = {unit.code: unit for unit in opened.shown.reported}
    own = [one for one in found if one.unit in owing and not one.says.startswith("source:")]
    page = own[view.start : view.start + words.PAGE]
    lines = words.field_lines(total, opened.shown)
    if field.roll_up is RollUp.LIST:
        lines += await _texts(turn, opened, field, {one.report for one in page})
    lines.append(words.missing_line(opened.shown))
    more = len(own) > view.start + len(page)
    _keep(turn, replace(view, start=view.start + words.PAGE if more else 0))
    choices = [
        Choice(f"rv:{one.report}", words.unit_label(owing[one.unit], one, field), lasting=True)
        for one in page
    ]
    if choices:
        lines.append("Chọn một đơn vị để xem báo cáo, ai gửi, lịch sử sửa:")
    if more:
        choices.append(Choice(f"{STEP}:more", "Xem tiếp"))
    choices += _structures(opened)
    choices.append(Choice(f"{STEP}:whole", "Các mục"))
    turn.say("\n".join(lines), *choices)


async def _texts(turn: Turn, opened: _Open, field: Field, reports_shown: set[int]) -> list[str]:
    """Write what units say in words, each with its unit."""
    sent = await rollup.versions_in_force(turn.store.connection, reports_wanted=sorted(reports_shown))
    lines = []
    for version, _, _, _ in sent:
        unit = opened.register.directory.get(version.unit)
        stored = version.figures.get(field.key)
        if unit is None or not isinstance(stored, dict) or "given" not in stored:
            continue
        text = " ".join(str(stored["given"]).split())
        cut = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
        lines.append(f"• {unit.place_name}: {cut}")
    return lines


async def show_groups(turn: Turn, services: Services, view: View, structure: Structure) -> None:
    """Show one field by district of then, or by the unit of now that took the former ones over."""
    opened = await _load(turn, services, view)
    if opened is None:
        return
    if not opened.totals.old_units:
        back = Choice(f"{STEP}:whole", "Các mục")
        turn.say("Kỳ này đã do các đơn vị hiện nay báo cáo, nên chỉ có một cơ cấu.", back)
        return
    total = opened.shown.get(view.field) or next(
        (t for t in opened.shown.fields if t.field.roll_up is RollUp.SUM and t.asked), None
    )
    if total is None:
        turn.say("Kỳ này chưa có số liệu nào để cộng theo nhóm đơn vị.", Choice(f"{STEP}:other", "Kỳ khác"))
        return
    groups = await totalling.grouped(
        turn.store, opened.register, opened.totals, structure=structure, today=turn.today
    )
    shown = [group for group in groups if group.totals.reported]
    empty = sum(1 for group in groups if not group.totals.reported)
    how = "đơn vị hiện nay" if structure is Structure.NOW else "huyện lúc báo cáo"
    lines = [
        f"{capital(opened.period.label)}, theo {how}:",
        *words.total_lines([total], reported=len(opened.shown.reported)),
    ]
    lines += [words.group_line(group, total.field.key) for group in shown[:GROUPS_SHOWN]]
    if len(shown) > GROUPS_SHOWN:
        lines.append(f"Và {len(shown) - GROUPS_SHOWN} nhóm khác có số liệu.")
    if empty:
        lines.append(f"{empty} nhóm chưa có số liệu nào.")
    if any(group.divided for group in groups):
        lines.append("⚠ Đơn vị đã chia cho nhiều nơi: số liệu để riêng, không tự chia.")
    other = [c for c in _structures(opened) if c.key != f"{STEP}:{structure.value}"]
    turn.say("\n".join(lines), *other, Choice(f"{STEP}:whole", "Các mục"))


async def show_comparison(turn: Turn, services: Services, view: View) -> None:
    """Put the totals beside those of the period before, with both denominators."""
    opened = await _load(turn, services, view)
    if opened is None:
        return
    earlier, why_not = await totalling.before(turn.store, opened.register, opened.totals)
    back = Choice(f"{STEP}:whole", "Các mục")
    if earlier is None or why_not:
        turn.say(why_not, back)
        return
    group = next((g for g in earlier.levels if g.key == opened.view.level), None)
    before = group.totals if group else earlier.whole
    lines = [
        f"{capital(opened.period.label)} ({opened.shown.denominator()}) so với "
        f"{earlier.period.label} ({before.denominator()}):"
    ]
    compared = [c for c in compare_totals(opened.shown, before) if c.now.asked]
    lines += words.comparison_lines(compared)[: 2 * words.PAGE]
    lines += words.notes([c.now for c in compared])
    if len(before.reported) != len(opened.shown.reported):
        lines.append("Số đơn vị có số liệu ở hai kỳ khác nhau, nên chênh lệch chỉ để tham khảo.")
    turn.say("\n".join(lines), back)


async def show_missing(turn: Turn, services: Services, view: View) -> None:
    """Name every unit whose figures are missing."""
    opened = await _load(turn, services, view)
    if opened is None:
        return
    lines = [f"{capital(opened.period.label)}: đã có số liệu {opened.shown.denominator()}."]
    lines += words.standing_lists(opened.shown)
    turn.say(
        "\n".join(lines), Choice(f"{STEP}:whole", "Các mục"), Choice("go:tiendo", "Tiến độ", lasting=True)
    )


async def show_periods(turn: Turn, services: Services, view: View) -> None:
    """Show one field over the periods, those of former and of present units told apart."""
    opened = await _load(turn, services, view)
    if opened is None:
        return
    periods = periods_of(opened.rule, turn)
    found = await totalling.totals_of(
        turn.store, opened.register, rule=opened.rule, periods=periods, province=view.province
    )
    total = opened.shown.get(view.field) or next(
        (t for t in opened.shown.fields if t.field.roll_up is RollUp.SUM), None
    )
    if total is None:
        turn.say("Biểu của kỳ này không có mục nào cộng được.")
        return
    lines = [f"Mục {total.field.number}. {total.field.label} qua các kỳ:"]
    for made in found:
        group = next((g for g in made.levels if g.key == opened.view.level), None)
        part = group.totals if group else made.whole
        of_then = part.get(total.field.key)
        figure = of_then.show() if of_then is not None else "không có mục này"
        old = ", đơn vị trước 01/7/2025" if made.period.last_day < PARTING else ""
        lines.append(f"• {made.period.label}: {figure} ({part.denominator()}{old})")
    lines += words.notes([total])
    turn.say("\n".join(lines), Choice(f"{STEP}:other", "Kỳ khác"), Choice(f"{STEP}:whole", "Các mục"))


def offer_periods(turn: Turn, services: Services, view: View) -> None:
    """Offer the periods of the same rule."""
    rule = services.rules.get(view.rule, view.province)
    periods = periods_of(rule, turn) if rule else []
    offered = [
        Choice(f"{OPEN}:{view.rule}:{period.key}:{view.province}", capital(period.label), lasting=True)
        for period in periods
    ]
    turn.say("Anh/chị xem kỳ nào?", *offered)

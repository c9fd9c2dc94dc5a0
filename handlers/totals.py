"""Totals for the receiving office (tổng hợp): the whole, a level, a field by unit, down to one report.

    tổng hợp ──▶ period ──▶ totals ──▶ mục 5 ──▶ units, largest first ──▶ that report (handlers/receiving)
                              │ theo huyện | theo cơ cấu hiện nay | so với kỳ trước | các kỳ | đơn vị chưa gửi

Everything works by word. What is looked at stands in the chat's memory, so questions may come in between.
"""

from dataclasses import asdict, dataclass, replace

from handlers import papers, receiving
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
from isobot.domain.rollup import PeriodTotals, Structure, Totals, compare_totals
from isobot.domain.text import fold, shorten
from isobot.domain.units import PARTING
from isobot.storage import rollup

OPEN, STEP = "tg", "tt"
"""How the keys of the choices begin: another period, and a step from what is looked at."""

BESIDE = ("", receiving.DIALOGUE)
"""The dialogues in which these words are understood: a report that was opened from here may be open."""

MEMORY = "totals"
GROUPS_SHOWN, PERIODS_SHOWN, PERIODS_NAMED = 20, 10, 40
LONGEST_TEXT = 160

NOTHING_OPEN = "Anh/chị gõ “tổng hợp” để chọn kỳ trước, rồi xem từng mục."


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: a period, a level of it ("" for all), a field, and from which line on."""

    rule: str
    period: str
    province: str
    level: str = ""
    field: str = ""
    start: int = 0


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
        await show(turn, services, View(rule.id, period.key, province))
    else:
        offered = [
            Choice(f"{OPEN}:{rule.id}:{period.key}:{province}", _title(rule, period), lasting=True)
            for province, rule, period in found
        ]
        turn.say("Anh/chị xem tổng hợp của kỳ nào?", *offered)


def _title(rule: ReportingRule, period: Period) -> str:
    return shorten(f"{_capital(period.label)}: {rule.title}", words.LONGEST_NAME)


async def take(turn: Turn, services: Services) -> bool:
    """Take what is typed if it is about totals; False leaves it to the others."""
    if not turn.actor.provinces_to_receive():
        return False
    rest = words.asks_for_totals(turn.text)
    wish = words.read_wish(turn.text)
    view = _remembered(turn)
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
        for period in _periods(rule, turn, most=PERIODS_NAMED)
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
        await show(turn, services, View(rule.id, period.key, province))
        return True
    offered = [
        Choice(f"{OPEN}:{rule.id}:{period.key}:{province}", _title(rule, period), lasting=True)
        for province, rule, period in found
    ]
    turn.say("Anh/chị xem tổng hợp của kỳ nào?", *offered[: words.PAGE])
    return True


def _periods(rule: ReportingRule, turn: Turn, *, most: int = PERIODS_SHOWN) -> list[Period]:
    """List a rule's periods that have opened, the newest first."""
    period = current_period(rule, turn.today)
    found: list[Period] = []
    while period is not None and len(found) < most:
        found.append(period)
        period = previous_period(rule, period)
    return found


async def pick(turn: Turn, services: Services, head: str, parts: list[str]) -> bool:
    """Do what a choice of the totals says; False when it is none of these."""
    match [head, *parts]:
        case ["tg", rule, period, province]:
            await show(turn, services, View(rule, period, province))
        case ["tt", "level", level]:
            view = _remembered(turn)
            await (
                _nothing(turn) if view is None else show(turn, services, replace(view, level=level, start=0))
            )
        case ["tt", act]:
            await _fulfil(turn, services, words.Wish(act))
        case _:
            return False
    return True


async def _nothing(turn: Turn) -> None:
    turn.say(NOTHING_OPEN)


async def _fulfil(turn: Turn, services: Services, wish: words.Wish) -> None:
    view = _remembered(turn)
    if view is None:
        await begin(turn, services)
        view = _remembered(turn)
        if view is None:
            return
        turn.replies.clear()
    match wish.act:
        case "field":
            await show_field(turn, services, view, wish.number)
        case "more" if view.field:
            await show_field(turn, services, view, "", go_on=True)
        case "more":
            await show(turn, services, view)
        case "then" | "now":
            await show_groups(turn, services, view, Structure(wish.act))
        case "compare":
            await show_comparison(turn, services, view)
        case "missing":
            await show_missing(turn, services, view)
        case "years":
            await show_periods(turn, services, view)
        case "other":
            offer_periods(turn, services, view)
        case _:
            await show(turn, services, replace(view, field="", start=0))


def _remembered(turn: Turn) -> View | None:
    kept = turn.conversation.memory.get(MEMORY)
    return View(**kept) if isinstance(kept, dict) and kept.keys() == asdict(View("", "", "")).keys() else None


def _keep(turn: Turn, view: View) -> None:
    turn.conversation.memory[MEMORY] = asdict(view)


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
    rule = services.rules.get(view.rule)
    period = deadlines.find_period(rule, view.period) if rule else None
    if rule is None or period is None or rule.province not in (view.province, deadlines.NATIONAL):
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
        found += [Choice(f"{STEP}:level:{g.key}", _capital(g.title)) for g in totals.levels]
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
        f"{_capital(opened.period.label)}, theo {how}:",
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
        f"{_capital(opened.period.label)} ({opened.shown.denominator()}) so với "
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
    lines = [f"{_capital(opened.period.label)}: đã có số liệu {opened.shown.denominator()}."]
    lines += words.standing_lists(opened.shown)
    turn.say(
        "\n".join(lines), Choice(f"{STEP}:whole", "Các mục"), Choice("go:tiendo", "Tiến độ", lasting=True)
    )


async def show_periods(turn: Turn, services: Services, view: View) -> None:
    """Show one field over the periods, those of former and of present units told apart."""
    opened = await _load(turn, services, view)
    if opened is None:
        return
    periods = _periods(opened.rule, turn)
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
    rule = services.rules.get(view.rule)
    periods = _periods(rule, turn) if rule else []
    offered = [
        Choice(f"{OPEN}:{view.rule}:{period.key}:{view.province}", _capital(period.label), lasting=True)
        for period in periods
    ]
    turn.say("Anh/chị xem kỳ nào?", *offered)

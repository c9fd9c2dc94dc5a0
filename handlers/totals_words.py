"""What the totals say, and how they are asked for in words (tổng hợp)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isobot.domain.fields import Field
from isobot.domain.filing import BLANK, CHOICE, GIVEN, NONE_ARISING
from isobot.domain.kinds import RollUp
from isobot.domain.numbers import format_number
from isobot.domain.period_totals import Comparison, GroupTotals, PeriodTotals
from isobot.domain.rollup import FieldTotal, Totals
from isobot.domain.standings import Standing
from isobot.domain.text import fold, shorten
from isobot.domain.units import Unit
from isobot.storage.rollup import UnitFigure

PAGE = 12
LONGEST_NAME = 60
NOTED = "*"

_FIELD = re.compile(r"(?:tong hop )?(?:(?:xem|theo) )?muc (\d{1,3}[a-z]?)")
_WORDS = {
    "more": ("xem tiep", "tiep", "xem them"),
    "then": ("theo huyen", "theo co cau luc do", "co cau luc do", "theo cap"),
    "now": ("theo co cau hien nay", "co cau hien nay", "theo don vi hien nay"),
    "compare": ("so voi ky truoc", "so ky truoc"),
    "missing": ("don vi chua gui", "con thieu", "thieu don vi nao", "ai chua gui"),
    "years": ("cac ky", "cac nam", "nhieu nam", "nhieu ky"),
    "other": ("ky khac", "ky truoc", "ky nao"),
    "whole": ("tong hop lai", "cac muc", "tat ca cac muc"),
}
_BY_WORD = {word: act for act, words in _WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks of the totals: an act, or the number of a field."""

    act: str = ""
    number: str = ""


def read_wish(text: str) -> Wish | None:
    """Read what is typed while totals are open: "mục 5", "theo huyện"; None when it is something else."""
    said = " ".join(re.sub(r"[^\w]+", " ", fold(text)).split())
    field = _FIELD.fullmatch(said)
    if field is not None:
        return Wish("field", field[1])
    act = _BY_WORD.get(said.removeprefix("tong hop ")) or _BY_WORD.get(said)
    return Wish(act) if act else None


def asks_for_totals(text: str) -> str | None:
    """Return what stands behind "tổng hợp", folded; None when the text begins otherwise.

    Only short orders are taken: "tổng hợp mục 5", "tổng hợp năm 2026". A longer text is a question.
    """
    said = " ".join(re.sub(r"[^\w/]+", " ", fold(text)).split())
    if not said.startswith("tong hop ") or len(said.split()) > 8 or text.strip().endswith("?"):
        return None
    return said.removeprefix("tong hop ")


def is_like_period(rest: str) -> bool:
    """Tell whether a text names a period: "năm 2090", "tháng 5/2026"."""
    return re.fullmatch(r"(?:nam|thang|ky|quy|6 thang|dot)\b.*\d{4}", rest) is not None


def heading(totals: PeriodTotals, shown: Totals, province_name: str, level: str) -> list[str]:
    """Say what is totalled, out of how many, who is missing, and how they stand."""
    of = f", {level}" if level else ""
    lines = [f"Tổng hợp {totals.period.label}, {province_name}{of}."]
    lines.append(f"Đã có số liệu: {shown.coverage()}.")
    if shown.reported:
        lines.append(f"Tình hình: {shown.timeliness()}.")
    if totals.old_units:
        lines.append("Số liệu của các đơn vị trước 01/7/2025.")
    if totals.apart is not None and not level:
        named = "; ".join(unit.place_name for unit in totals.apart.reported[:3])
        count = format_number(len(totals.apart.reported))
        lines.append(f"Ngoài diện phải báo cáo, để riêng, không cộng: {count} đơn vị ({named}).")
    return lines


def main_totals(totals: Totals) -> list[FieldTotal]:
    """Return the totals worth a line: sums and counts, no texts, and none that nobody answered."""
    texts = (RollUp.LIST, RollUp.COUNT_GIVEN)
    return [t for t in totals.fields if t.field.roll_up not in texts and t.asked]


def total_lines(totals: Sequence[FieldTotal], *, reported: int) -> list[str]:
    """Write totals one a line; says where a sum is not of all who reported, and once what a sum is not."""
    lines = [f"{_name(total)}: {_shown(total)}{_from_fewer(total, reported)}" for total in totals]
    return lines + notes(totals)


def _shown(total: FieldTotal) -> str:
    """Write a total for a chat: of choices only those that somebody made."""
    if total.choices and total.given:
        made = ((option.label, units) for option, units in total.choices if units)
        return "; ".join(f"{label}: {format_number(units)}" for label, units in made)
    return total.show()


def _from_fewer(total: FieldTotal, reported: int) -> str:
    """Say of how many units a figure is, where some that reported were not asked or left it blank."""
    return f" (từ {format_number(total.counted)} đơn vị)" if 0 < total.counted < reported else ""


def notes(totals: Iterable[FieldTotal]) -> list[str]:
    """Say once what the sums marked with a star are."""
    found = dict.fromkeys(total.field.total_label for total in totals if total.field.total_label)
    return [f"{NOTED} {note}." for note in found]


def _name(total: FieldTotal) -> str:
    number = f"{total.field.number}. " if total.field.number else "– "
    return number + total.field.label + (NOTED if total.field.total_label else "")


def ratio_lines(totals: Totals) -> list[str]:
    """Write the shares that there is something to say about."""
    shown = (ratio for ratio in totals.ratios if ratio.percent is not None)
    return [f"{ratio.ratio.label}: {ratio.show()}" for ratio in shown]


def field_lines(total: FieldTotal, totals: Totals) -> list[str]:
    """Say the total of one field, what it is made of, and out of how many."""
    lines = [f"{_name(total)}: {_shown(total)}", f"Từ {totals.denominator()}: {total.parts()}."]
    return lines + notes([total])


def unit_label(unit: Unit, figure: UnitFigure, field: Field) -> str:
    """Write one unit with its figure: "xã Pù Luông: 120"."""
    name = unit.place_name.removeprefix("UBND ")
    return shorten(f"{name}: {said(figure, field)}", LONGEST_NAME)


def said(figure: UnitFigure, field: Field) -> str:
    """Write what one report says in a field."""
    if figure.says == NONE_ARISING:
        return "không phát sinh"
    if figure.says == BLANK:
        return "chưa có số liệu"
    if figure.says.startswith(CHOICE):
        key = figure.says.removeprefix(CHOICE)
        return next((o.label for o in field.options if o.key == key), key)
    return "có nội dung" if figure.says == GIVEN else format_number(figure.number or 0)


def missing_line(totals: Totals) -> str:
    """Name the first of those whose figures are missing; say so where nobody is."""
    gaps = totals.gaps()
    return f"Thiếu ({len(totals.missing)}): {gaps}." if gaps else "Đủ các đơn vị."


def standing_lists(totals: Totals) -> list[str]:
    """Name every unit without figures, by how it stands."""
    lines = []
    for standing in Standing:
        units = totals.standing(standing)
        if units and not standing.is_in:
            named = "; ".join(unit.place_name for unit in units)
            lines.append(f"{standing.label[:1].upper()}{standing.label[1:]} ({len(units)}): {named}.")
    return lines or ["Không thiếu đơn vị nào."]


def group_line(group: GroupTotals, key: str) -> str:
    """Write one group: its figure, out of how many."""
    total = group.totals.get(key)
    figure = total.show() if total is not None else ""
    mark = "⚠ " if group.divided else ""
    return f"{mark}{group.title}: {figure} ({group.totals.denominator()})"


def comparison_lines(compared: Iterable[Comparison]) -> list[str]:
    """Put two periods side by side, one field a line."""
    lines = []
    for one in compared:
        if one.now.sum is None or not one.now.field.number:
            continue
        before = one.before.show() if one.before is not None else "không có mục này"
        change = one.difference
        grown = "" if change is None else f", {_change(change)}"
        lines.append(f"{_name(one.now)}: {one.now.show()} (kỳ trước: {before}{grown})")
    return lines


def _change(difference: int) -> str:
    if difference == 0:
        return "không đổi"
    return f"{'tăng' if difference > 0 else 'giảm'} {format_number(abs(difference))}"

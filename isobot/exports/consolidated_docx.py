"""The lead office's report on a period, from the reports of the units: a Word draft with its appendices.

Every total stands with the number of units it is made of; who is missing is named, and no share is a
mean of shares. The sections are those of a unit's report.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from isobot.domain.amounts import amounts_in
from isobot.domain.forms import BLANK_LABEL, NONE_ARISING_LABEL, Field, Form, Kind, RollUp
from isobot.domain.letterhead import Letterhead
from isobot.domain.numbers import format_date, format_number
from isobot.domain.period_totals import (
    Comparison,
    Consolidated,
    GroupTotals,
    UnitFigures,
    compare_totals,
)
from isobot.domain.rollup import FieldTotal, Totals
from isobot.domain.standings import Standing
from isobot.domain.text import fold
from isobot.domain.units import Level, Unit
from isobot.exports.docx import ABOUT, PARTS
from isobot.exports.layout import LEFT, NOTE, SMALL, Letter, clean

NAMED_IN_TEXT = 15
"""More missing units than these stand in an appendix."""

COLUMNS = 8
"""Figures side by side on a page across; a longer form takes several tables."""

DRAFTED = "Dự thảo do chatbot lập từ số liệu các đơn vị đã gửi; xóa ghi chú này trước khi trình ký."

_COUNTED = (RollUp.SUM, RollUp.SUM_BY, RollUp.UNITS_WITH, RollUp.COUNT_BY, RollUp.COUNT_GIVEN)
_SUMMED = (RollUp.SUM, RollUp.SUM_BY, RollUp.UNITS_WITH)


@dataclass(frozen=True, slots=True)
class ConsolidatedData:
    """The reports of one period, rule by rule, and how the office's letter looks.

    `explanations` are what units said of odd figures: the unit, the warning, the reason.
    """

    parts: tuple[Consolidated, ...]
    unit_name: str
    recipients: tuple[str, ...]
    letterhead: Letterhead
    bases: tuple[str, ...] = ()
    explanations: tuple[tuple[Unit, str, str], ...] = ()
    caution: str = ""

    @property
    def label(self) -> str:
        """Return the period in words."""
        return self.parts[0].totals.period.label

    @property
    def groups(self) -> list[tuple[Consolidated, GroupTotals]]:
        """Return every level of every rule."""
        return [(part, group) for part in self.parts for group in part.totals.levels]

    @property
    def missing(self) -> list[tuple[GroupTotals, Unit, Standing]]:
        """Return every unit whose figures are not here."""
        return [
            (group, owed.unit, owed.standing)
            for _, group in self.groups
            for owed in group.totals.owed
            if not owed.standing.is_in
        ]


def consolidated_docx(data: ConsolidatedData) -> bytes:
    """Lay the report out and return the file."""
    letter = Letter(title=f"DỰ THẢO Báo cáo tổng hợp ISO - {data.label}", author=data.unit_name)
    year = data.parts[0].totals.period.covers_to.year
    letter.head(data.letterhead, data.unit_name, year)
    letter.title("BÁO CÁO", f"Tổng hợp {ABOUT[0][:1].lower()}{ABOUT[0][1:]}", ABOUT[1], f"({data.label})")
    letter.to(data.recipients)
    letter.bases(data.bases)
    of = data.parts[0].province_name
    letter.text(f"{data.unit_name} tổng hợp tình hình áp dụng ISO {data.label} ({of}) như sau:")
    _general(letter, data)
    _results(letter, data)
    for part in ("III", "IV"):
        letter.section(part, PARTS[part])
        _texts(letter, data, part)
    to = ", ".join(data.recipients) or "quý cơ quan"
    letter.closing(f"Trên đây là báo cáo tổng hợp của {data.unit_name}, kính gửi {to}./.")
    letter.ending(data.letterhead)
    for note in (DRAFTED, data.caution):
        if note:
            letter.paragraph(note, NOTE, align=LEFT, italic=True, before=3)
    _appendices(letter, data, year)
    file = io.BytesIO()
    letter.document.save(file)
    return file.getvalue()


# I


def _general(letter: Letter, data: ConsolidatedData) -> None:
    letter.section("I", PARTS["I"])
    period = data.parts[0].totals.period
    days = f"{format_date(period.covers_from)} đến {format_date(period.covers_to)}"
    letter.text(f"- Số liệu từ ngày {days}; hạn gửi báo cáo {format_date(period.last_day)}.")
    for note in _old_and_new(data):
        letter.text(f"- {note}")
    letter.heading("1. Tình hình gửi báo cáo")
    _register(letter, data)
    _missing(letter, data)
    for part in data.parts:
        if part.totals.apart is not None:
            count = format_number(len(part.totals.apart.reported))
            letter.text(
                f"- Ngoài ra {count} đơn vị tự nguyện gửi số liệu, không tính trong các bảng dưới đây."
            )
    letter.heading("2. Tình trạng áp dụng")
    _tables(letter, data, "I")
    _texts(letter, data, "I", told_if_none=False)


def _old_and_new(data: ConsolidatedData) -> list[str]:
    """Say which structure the figures are of: those of before 1 July 2025 are never mixed with others."""
    levels = {Level(group.key) for _, group in data.groups}
    if not levels & {Level.XA, Level.HUYEN}:
        return []
    if data.parts[0].totals.old_units:
        return [
            "Số liệu cấp xã, cấp huyện theo các đơn vị hành chính trước ngày 01/7/2025; "
            "không cộng chung với số liệu của đơn vị sau sắp xếp."
        ]
    return [
        "Số liệu cấp xã theo các đơn vị hành chính từ ngày 01/7/2025; "
        "số liệu của đơn vị trước sắp xếp để riêng, không cộng chung."
    ]


_REGISTER = (
    ("Đúng hạn", (Standing.ON_TIME,)),
    ("Gia hạn", (Standing.EXTENDED,)),
    ("Sau hạn", (Standing.LATE,)),
    ("Chưa có số liệu", (Standing.ON_PAPER, Standing.RETURNED, Standing.MISSING)),
)


def _register(letter: Letter, data: ConsolidatedData) -> None:
    rows = [_register_row(_capital(group.title), [group.totals]) for _, group in data.groups]
    bold: tuple[int, ...] = ()
    if len(rows) > 1:
        bold = (len(rows),)
        rows.append(_register_row("Cộng", [group.totals for _, group in data.groups]))
    head = ("Cấp", "Phải báo cáo", "Đã có số liệu", *(title for title, _ in _REGISTER))
    letter.grid(head, rows, (4.5, 2, 2, 2, 2, 2, 2), left=(0,), bold=bold, size=SMALL)
    letter.paragraph("Đơn vị tính: đơn vị.", NOTE, italic=True, before=2, after=6)


def _register_row(title: str, totals: list[Totals]) -> tuple[str, ...]:
    owed = [len(total.owed) for total in totals]
    reported = [len(total.reported) for total in totals]
    counts = [sum(len(total.standing(*standings)) for total in totals) for _, standings in _REGISTER]
    return (title, *(format_number(n) for n in (sum(owed), sum(reported), *counts)))


def _missing(letter: Letter, data: ConsolidatedData) -> None:
    missing = data.missing
    if not missing:
        letter.text("- Tất cả các đơn vị phải báo cáo đã gửi số liệu.")
        return
    for _, group in data.groups:
        lacking = group.totals.missing
        if not lacking:
            continue
        said = f"- {_capital(group.title)}: đã báo cáo {group.totals.denominator()}; chưa có số liệu"
        if len(missing) <= NAMED_IN_TEXT:
            letter.text(f"{said}: {group.totals.gaps(most=None)}.")
        else:
            letter.text(f"{said} của {format_number(len(lacking))} đơn vị (danh sách tại Phụ lục II).")
    letter.text("- Đơn vị chưa gửi không được tính là số 0 trong các bảng dưới đây.")


# II


def _results(letter: Letter, data: ConsolidatedData) -> None:
    letter.section("II", PARTS["II"])
    _tables(letter, data, "II")
    _texts(letter, data, "II", told_if_none=False)
    _comparison(letter, data)
    letter.text("Số liệu từng đơn vị tại Phụ lục I kèm theo.")


def _tables(letter: Letter, data: ConsolidatedData, part: str) -> None:
    """Draw a table for each level: the total, and how many units it is made of."""
    several = len(data.groups) > 1
    for number, (_, group) in enumerate(data.groups, start=1):
        rows, groups = _total_rows(group.totals, part)
        if not rows:
            continue
        place = f"{number}. " if several and part == "II" else ""
        letter.heading(f"{place}{_capital(group.title)} (tổng hợp từ {group.totals.denominator()})")
        head = ("TT", "Nội dung", "Tổng hợp", "Số đơn vị có số liệu")
        letter.grid(head, rows, (1.2, 7.3, 4.5, 3.5), bold=groups, size=SMALL)
        letter.paragraph("", NOTE)


def _total_rows(totals: Totals, part: str) -> tuple[list[tuple[str, ...]], list[int]]:
    rows: list[tuple[str, ...]] = []
    groups: list[int] = []
    heading = ""
    count = 0
    for total in totals.fields:
        field = total.field
        if field.part != part or field.roll_up not in _COUNTED:
            continue
        if field.group and field.group != heading:
            heading = field.group
            groups.append(len(rows))
            rows.append(("", heading, "", ""))
        count += 1
        rows.append((str(count), total.label, total.show(), _made_of(total)))
    shares = [ratio for ratio in totals.ratios if _part_of(totals.form, ratio.ratio.part) == part]
    if shares:
        groups.append(len(rows))
        rows.append(("", "Tỷ lệ (tính lại từ các tổng)", "", ""))
    for share in shares:
        count += 1
        rows.append((str(count), share.ratio.label, share.show(), ""))
    return rows, groups


def _part_of(form: Form, key: str) -> str:
    return next((field.part for field in form.fields if field.key == key), "")


def _made_of(total: FieldTotal) -> str:
    said = [format_number(total.given)]
    said += [f"{format_number(total.none_arising)} không phát sinh"] if total.none_arising else []
    said += [f"{format_number(total.blank)} để trống"] if total.blank else []
    return "; ".join(said)


def _comparison(letter: Letter, data: ConsolidatedData) -> None:
    letter.heading("So với kỳ trước")
    drawn = False
    for part in data.parts:
        now, before = part.totals, part.before
        if before is None:
            continue
        drawn = True
        pairs = [p for p in compare_totals(now.whole, before.whole) if _is_known(p)]
        rows = [_pair(place, pair) for place, pair in enumerate(pairs, start=1)]
        made = f"Kỳ này từ {now.whole.denominator()}, kỳ trước từ {before.whole.denominator()}."
        letter.text(made)
        head = ("TT", "Nội dung", f"Kỳ trước ({before.period.label})", "Kỳ này", "Tăng, giảm")
        letter.grid(head, rows, (1.2, 6.8, 3.2, 2.8, 2.5), size=SMALL)
        letter.paragraph("", NOTE)
    if not drawn:
        reasons = dict.fromkeys(part.no_comparison for part in data.parts if part.no_comparison)
        for reason in reasons or ("Không có kỳ trước để so.",):
            letter.text(reason)


def _pair(place: int, pair: Comparison) -> tuple[str, ...]:
    change = pair.difference
    said = "" if change is None else f"{'+' if change > 0 else ''}{format_number(change)}"
    return (str(place), pair.now.label, _sum(pair.before), _sum(pair.now), said or "–")


def _is_known(pair: Comparison) -> bool:
    """Tell whether it is a sum that at least one of the periods has."""
    known = pair.now.sum is not None or (pair.before is not None and pair.before.sum is not None)
    return known and pair.now.field.roll_up in _SUMMED


def _sum(total: FieldTotal | None) -> str:
    if total is None or total.sum is None:
        return BLANK_LABEL
    return format_number(total.sum) if total.given else NONE_ARISING_LABEL


# What the units wrote


def _texts(letter: Letter, data: ConsolidatedData, part: str, *, told_if_none: bool = True) -> None:
    """Write the units' own words, each text once with everybody who wrote it."""
    fields = {
        field.key: field
        for each in data.parts
        for field in _fields(each)
        if field.part == part and field.roll_up is RollUp.LIST
    }
    told = False
    for field in fields.values():
        said = _said(data, field)
        if not said:
            continue
        told = True
        if len(fields) > 1 or part in ("I", "II"):
            letter.heading(f"{field.label}:")
        for text, units in said.items():
            letter.text(f"- {'; '.join(unit.place_name for unit in units)}: {_ended(text)}")
    if not told and told_if_none:
        anybody = any(group.totals.reported for _, group in data.groups)
        letter.text("Các đơn vị đã báo cáo không nêu." if anybody else "Chưa đơn vị nào có số liệu.")


def _fields(part: Consolidated) -> Iterable[Field]:
    return (field for group in part.totals.levels for field in group.totals.form.fields)


def _said(data: ConsolidatedData, field: Field) -> Mapping[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    first: dict[str, str] = {}
    for part in data.parts:
        for unit, text in part.texts(field.key):
            cleaned = clean(text).strip()
            known = first.setdefault(fold(cleaned).strip(" ."), cleaned)
            found.setdefault(known, []).append(unit)
    return found


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


# Appendices


def _appendices(letter: Letter, data: ConsolidatedData, year: int) -> None:
    number = f"số        /BC-{data.letterhead.abbreviation or '…'} ngày      tháng      năm {year}"
    attached = f"Báo cáo {number} của {data.unit_name}"
    letter.appendix("I", "Số liệu theo đơn vị", attached, landscape=True)
    for part, group in data.groups:
        rows = [row for row in part.of_level(Level(group.key)) if not row.voluntary]
        _unit_tables(letter, group, rows)
    for note in dict.fromkeys(group.totals.form.note for _, group in data.groups if group.totals.form.note):
        letter.paragraph(f"Ghi chú: {note}", SMALL, italic=True, before=6)
    next_number = iter(("II", "III"))
    if len(data.missing) > NAMED_IN_TEXT:
        letter.appendix(next(next_number), "Danh sách đơn vị chưa có số liệu", attached)
        missing = [
            (str(place), unit.place_name, _capital(group.title), standing.label)
            for place, (group, unit, standing) in enumerate(data.missing, start=1)
        ]
        letter.grid(
            ("TT", "Đơn vị", "Cấp", "Tình trạng"), missing, (1.2, 7, 4, 4.3), left=(1, 2, 3), size=SMALL
        )
    if data.explanations:
        letter.appendix(next(next_number), "Giải trình số liệu của các đơn vị", attached)
        given = [
            (str(place), unit.place_name, message, reason)
            for place, (unit, message, reason) in enumerate(data.explanations, start=1)
        ]
        head = ("TT", "Đơn vị", "Điểm cần giải trình", "Lý do của đơn vị")
        letter.grid(head, given, (1.2, 4.3, 5.5, 5.5), left=(1, 2, 3), size=SMALL)


def _unit_tables(letter: Letter, group: GroupTotals, rows: list[UnitFigures]) -> None:
    said = f"{_capital(group.title)}: {group.totals.denominator()} đã có số liệu"
    letter.paragraph(said, bold=True, before=6, after=6, together=True)
    form = group.totals.form
    fields = [f for f in form.fields if f.kind not in (Kind.TEXT, Kind.FILE)]
    if not rows or not fields:
        letter.paragraph("Chưa đơn vị nào có số liệu.", italic=True)
        return
    tables = [fields[at : at + COLUMNS] for at in range(0, len(fields), COLUMNS)]
    for place, columns in enumerate(tables, start=1):
        if len(tables) > 1:
            letter.paragraph(f"Bảng {place}/{len(tables)}", SMALL, italic=True, before=6, together=True)
        head = ("TT", "Đơn vị", *(_heading(field) for field in columns))
        cells = [
            (str(number), row.unit.place_name, *(_figure(field, row) for field in columns))
            for number, row in enumerate(rows, start=1)
        ]
        width = (25.2 - 5.4) / len(columns)
        letter.grid(head, cells, (1.0, 4.4, *(width for _ in columns)), size=NOTE)


def _heading(field: Field) -> str:
    unit = field.unit or ("đồng" if field.kind in (Kind.MONEY, Kind.AMOUNTS) else "")
    return f"{field.label} ({unit})" if unit else field.label


def _figure(field: Field, row: UnitFigures) -> str:
    """Write a unit's figure, of several amounts their sum; a question that did not arise is a dash."""
    value = row.values.get(field.key)
    if value is not None and value.is_given and field.kind is Kind.AMOUNTS:
        return format_number(sum(amounts_in(value).values()))
    return "–" if value is None else field.show(value, unit=False)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""A unit's report as a Word draft, laid out as Decree 30/2020/NĐ-CP, Appendix I, asks.

The clerk of the office gives number and date, and a person signs: the draft leaves their places
empty. What was left blank reads "Chưa có số liệu", never 0.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor

from isobot.domain.forms import NONE_ARISING_LABEL, Field, Form, Kind, Problem
from isobot.domain.text import fold, nfc
from isobot.domain.values import Value, Values

FONT = "Times New Roman"
BODY, HEAD, SMALL, NOTE = Pt(14), Pt(13), Pt(12), Pt(11)
"""Sizes the decree allows: 13-14 for the body, 12-13 for the head, 12 and 11 for the recipients."""

PARTS = {
    "I": "TÌNH HÌNH CHUNG",
    "II": "KẾT QUẢ THỰC HIỆN",
    "III": "KHÓ KHĂN, VƯỚNG MẮC",
    "IV": "KIẾN NGHỊ, ĐỀ XUẤT",
}

_LEFT_CM, _RIGHT_CM, _TEXT_CM = 6.5, 10.0, 16.5
_CENTRE, _LEFT, _JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True, slots=True)
class UnitReportData:
    """Everything the draft shows; titles come from the office's settings, never from a chat.

    `reasons` gives the officer's reason for a warning by the check's id. `bases` are the lines
    after "Căn cứ", without that word and without a full stop.
    """

    form: Form
    values: Values
    unit_name: str
    period_label: str
    year: int
    recipient: str
    bases: tuple[str, ...] = ()
    place: str = ""
    parent_name: str = ""
    abbreviation: str = ""
    signing_title: str = ""
    drafting_section: str = ""
    problems: tuple[Problem, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    former_units: tuple[str, ...] = ()
    receipt: str = ""
    version: int = 1
    practice: bool = False


def report_filename(unit_name: str, period_label: str, *, version: int = 1) -> str:
    """Name the file: "DỰ THẢO" first, and nothing a file system minds."""
    suffix = f" (bản {version})" if version > 1 else ""
    name = f"DỰ THẢO Báo cáo ISO - {unit_name} - {period_label}{suffix}"
    return re.sub(r"\s+", " ", re.sub(r'[\\/:*?"<>|\x00-\x1f]', "-", nfc(name))).strip()[:150] + ".docx"


def unit_report_docx(data: UnitReportData) -> bytes:
    """Lay out one unit's report and return the file."""
    document = Document()
    document.core_properties.title = f"DỰ THẢO Báo cáo ISO - {data.unit_name} - {data.period_label}"
    document.core_properties.author = data.unit_name
    document.core_properties.comments = ""
    _style(document)
    _page(document.sections[0], first_without_number=True)
    _head(document, data)
    _title(document, data)
    _opening(document, data)
    _body(document, data)
    _ending(document, data)
    appendix = document.add_section(WD_SECTION.NEW_PAGE)
    _page(appendix, first_without_number=True)
    _number_from_one(appendix)
    _appendix(document, data)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def heading_of(unit_name: str, parent_name: str = "") -> tuple[str, ...]:
    """Split the issuing body's name as the head shows it, capitals, one line each.

    A people's committee stands alone, "ỦY BAN NHÂN DÂN" over its place; other bodies stand under
    the body that governs them.
    """
    name = nfc(unit_name).strip()
    match = re.match(r"(?:ubnd|u[ỷy] ban nhân dân|[ủu]y ban nhân dân)\s+(.+)", name, re.IGNORECASE)
    if match:
        return ("ỦY BAN NHÂN DÂN", match[1].upper())
    return (name.upper(),)


def is_committee(unit_name: str) -> bool:
    """Tell whether a unit is a people's committee."""
    return fold(unit_name).startswith(("ubnd ", "uy ban nhan dan "))


# The page


def _style(document: Any) -> None:
    normal = document.styles["Normal"]
    _font(normal.font, BODY)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.element.rPr.rFonts.set(qn("w:cs"), FONT)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.0


def _font(font: Any, size: Any, *, bold: bool = False, italic: bool = False) -> None:
    font.name, font.size, font.bold, font.italic = FONT, size, bold, italic
    font.color.rgb = RGBColor(0, 0, 0)


def _page(section: Any, *, first_without_number: bool) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = first_without_number
    section.header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = _CENTRE
    run = paragraph.add_run()
    _font(run.font, HEAD)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run._r.append(_field_char(kind) if kind else _field_code(text or ""))


def _field_char(kind: str) -> Any:
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def _field_code(text: str) -> Any:
    element = OxmlElement("w:instrText")
    element.set(qn("xml:space"), "preserve")
    element.text = text
    return element


def _number_from_one(section: Any) -> None:
    numbering = OxmlElement("w:pgNumType")
    numbering.set(qn("w:start"), "1")
    section._sectPr.append(numbering)


# The parts of the letter


def _head(document: Any, data: UnitReportData) -> None:
    """Issuing body and number on the left; Quốc hiệu, Tiêu ngữ, place and date on the right."""
    table = _plain_table(document, rows=2, widths=(Cm(_LEFT_CM), Cm(_RIGHT_CM)))
    issuer, nation = table.rows[0].cells
    lines = heading_of(data.unit_name)
    if data.parent_name and not is_committee(data.unit_name):
        _line(issuer, data.parent_name.upper(), HEAD)
    for line in lines:
        _line(issuer, line, HEAD, bold=True)
    _rule(issuer, 2.4, within_cm=_LEFT_CM)
    _line(nation, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Pt(12.5), bold=True)
    _line(nation, "Độc lập - Tự do - Hạnh phúc", HEAD, bold=True)
    _rule(nation, 5.7, within_cm=_RIGHT_CM)
    number, place = table.rows[1].cells
    _line(number, f"Số:         /BC-{_symbol(data)}", HEAD)
    where = data.place or "…………"
    _line(place, f"{where}, ngày       tháng       năm {data.year}", HEAD, italic=True)


def _symbol(data: UnitReportData) -> str:
    return data.abbreviation or ("UBND" if is_committee(data.unit_name) else "…")


def _title(document: Any, data: UnitReportData) -> None:
    if data.practice:
        _paragraph(document, "BẢN TẬP, KHÔNG CÓ GIÁ TRỊ BÁO CÁO", HEAD, align=_CENTRE, bold=True, before=6)
    _paragraph(document, "BÁO CÁO", BODY, align=_CENTRE, bold=True, before=14)
    subject = "Tình hình áp dụng, duy trì, cải tiến hệ thống quản lý chất lượng theo TCVN ISO 9001"
    _paragraph(document, subject, BODY, align=_CENTRE, bold=True)
    _paragraph(document, f"({data.period_label})", BODY, align=_CENTRE, bold=True)
    _rule(document, 5.0, within_cm=_TEXT_CM)


def _opening(document: Any, data: UnitReportData) -> None:
    recipient = data.recipient or "…………"
    _paragraph(document, f"Kính gửi: {recipient}.", BODY, align=_CENTRE, before=10, after=6)
    for position, basis in enumerate(data.bases, start=1):
        end = "." if position == len(data.bases) else ";"
        _paragraph(document, f"Căn cứ {basis}{end}", BODY, italic=True, indent=True, after=6)
    unit = f"{data.unit_name} báo cáo tình hình áp dụng ISO {data.period_label} như sau:"
    _paragraph(document, unit, BODY, indent=True, after=6)


def _body(document: Any, data: UnitReportData) -> None:
    lines = data.form.lines(data.values)
    for part, heading in PARTS.items():
        _paragraph(document, f"{part}. {heading}", BODY, bold=True, indent=True, before=6, after=6)
        held = [(field, value) for field, value in lines if field.part == part]
        if part == "I" and data.former_units:
            former = f"- Đơn vị trước đây: {'; '.join(data.former_units)}."
            _paragraph(document, former, BODY, indent=True, after=6)
        if not held:
            # A question that was skipped is no figure that is missing.
            _paragraph(document, f"{NONE_ARISING_LABEL}.", BODY, indent=True, after=6)
        for item, value in held:
            _paragraph(
                document, f"- {_sentence(item, value, alone=len(held) == 1)}", BODY, indent=True, after=6
            )
        if part == "II":
            _paragraph(document, "Số liệu chi tiết tại Phụ lục I kèm theo.", BODY, indent=True, after=6)
    if explained := [p for p in data.problems if p.check in data.reasons]:
        _paragraph(document, "Giải trình:", BODY, bold=True, indent=True, before=6, after=6)
        for problem in explained:
            reason = _clean(data.reasons[problem.check]).rstrip(".")
            text = f"- {problem.message} Lý do: {reason}."
            _paragraph(document, text, BODY, indent=True, after=6)
    closing = (
        f"Trên đây là báo cáo của {data.unit_name}, kính gửi {data.recipient or 'quý cơ quan'} tổng hợp./."
    )
    _paragraph(document, closing, BODY, indent=True, before=6, after=12)


def _sentence(item: Field, value: Value | None, *, alone: bool) -> str:
    shown = _clean(item.show(value))
    ended = shown if shown.endswith((".", "!", "?")) else f"{shown}."
    return ended if alone and item.kind is Kind.TEXT else f"{item.label}: {ended}"


def _ending(document: Any, data: UnitReportData) -> None:
    """Recipients on the left; on the right the signer's title, and room for a signature, no name."""
    table = _plain_table(document, rows=1, widths=(Cm(8.0), Cm(8.5)))
    recipients, signature = table.rows[0].cells
    _line(recipients, "Nơi nhận:", SMALL, bold=True, italic=True, align=_LEFT)
    kept = f"VT, {data.drafting_section}" if data.drafting_section else "VT"
    for line in ("- Như trên;", f"- Lưu: {kept}."):
        _line(recipients, line, NOTE, align=_LEFT)
    if is_committee(data.unit_name):
        _line(signature, "TM. ỦY BAN NHÂN DÂN", BODY, bold=True)
        _line(signature, (data.signing_title or "CHỦ TỊCH").upper(), BODY, bold=True)
    else:
        _line(signature, (data.signing_title or "(Chức vụ của người ký)").upper(), BODY, bold=True)
    for _ in range(4):
        _line(signature, "", BODY)
    if data.receipt:
        receipt = f"Mã biên nhận số liệu: {data.receipt}, bản {data.version}."
        text = f"{receipt} Dự thảo do chatbot lập từ số liệu đã nhập."
        _paragraph(document, text, NOTE, align=_LEFT, italic=True, before=6)


def _appendix(document: Any, data: UnitReportData) -> None:
    _paragraph(document, "Phụ lục I", BODY, align=_CENTRE, bold=True)
    _paragraph(document, "BẢNG SỐ LIỆU", BODY, align=_CENTRE, bold=True)
    number = f"số        /BC-{_symbol(data)} ngày      tháng      năm {data.year}"
    attached = f"(Kèm theo Báo cáo {number} của {data.unit_name})"
    _paragraph(document, attached, BODY, align=_CENTRE, italic=True, after=8)
    table = document.add_table(rows=1, cols=4)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _row(table.rows[0], ("TT", "Nội dung", "Đơn vị tính", "Số liệu"), bold=True)
    _repeat_at_each_page(table.rows[0])
    figures = ((f, v) for f, v in data.form.lines(data.values) if f.kind is not Kind.TEXT)
    for position, (item, value) in enumerate(figures, start=1):
        cells = (str(position), item.label, item.unit, item.show(value, unit=False))
        _row(table.add_row(), cells)
    _widths(table, Cm(1.2), Cm(8.6), Cm(2.5), Cm(4.2))
    _paragraph(document, f"Ghi chú: {data.form.note}", SMALL, italic=True, before=8)


# Small tools


def _plain_table(document: Any, *, rows: int, widths: tuple[Any, Any]) -> Any:
    table = document.add_table(rows=rows, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, *widths)
    return table


def _widths(table: Any, *widths: Any) -> None:
    """Set the widths of columns, in the grid for LibreOffice and in each cell for Word."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _row(row: Any, texts: tuple[str, ...], *, bold: bool = False) -> None:
    for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        _line(cell, _clean(text), HEAD, bold=bold, align=_LEFT if column == 1 and not bold else _CENTRE)


def _line(
    cell: Any, text: str, size: Any, *, bold: bool = False, italic: bool = False, align: Any = _CENTRE
) -> None:
    """Write one line of a cell, into its first paragraph while that is empty."""
    first = cell.paragraphs[0]
    unused = len(cell.paragraphs) == 1 and not first.runs and first._p.pPr is None
    paragraph = first if unused else cell.add_paragraph()
    paragraph.alignment = align
    _font(paragraph.add_run(_clean(text)).font, size, bold=bold, italic=italic)


def _paragraph(
    document: Any,
    text: str,
    size: Any,
    *,
    align: Any = None,
    bold: bool = False,
    italic: bool = False,
    indent: bool = False,
    before: int = 0,
    after: int = 0,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = _JUSTIFY if align is None else align
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.keep_with_next = bold and indent
    if indent:
        layout.first_line_indent = Cm(1.27)
    _font(paragraph.add_run(_clean(text)).font, size, bold=bold, italic=italic)


def _rule(holder: Any, width_cm: float, *, within_cm: float) -> None:
    """Draw a rule of a certain length, centred: the upper border of a narrowed paragraph."""
    paragraph = holder.add_paragraph()
    padding = 0 if within_cm == _TEXT_CM else 0.19
    side = Cm((within_cm - width_cm) / 2 - padding)
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = side
    layout.line_spacing = Pt(6)
    layout.space_before = Pt(1)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _repeat_at_each_page(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _clean(text: str) -> str:
    """Drop what XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "", nfc(text))

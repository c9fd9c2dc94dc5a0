"""The layout of an official letter as Decree 30/2020/NĐ-CP, Appendix I, asks: page, head, text, signature.

The clerk of the office gives number and date, and a person signs: a draft leaves their places empty.
Everything is black Times New Roman in the sizes of the decree.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.table import _Cell

from isobot.domain.letterhead import Letterhead, heading_of, is_committee
from isobot.domain.text import nfc

FONT = "Times New Roman"
BODY, HEAD, SMALL, NOTE = Pt(14), Pt(13), Pt(12), Pt(11)
"""Sizes the decree allows: 13-14 for the body, 12-13 for the head, 12 and 11 for the recipients."""

DOTS = "…………"
"""Stands where a draft knows nothing: whoever signs fills it in."""

CENTRE, LEFT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
_LEFT_CM, _RIGHT_CM, _TEXT_CM = 6.5, 10.0, 16.5
_LONG_NAME = 22
"""Characters; a longer name of an office is written in the smaller of the two sizes allowed."""


class Letter:
    """A document that grows from the head downwards."""

    def __init__(self, *, title: str, author: str) -> None:
        self.document: Any = Document()
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = clean(title), clean(author), ""
        properties.language = "vi-VN"
        self._style()
        _page(self.document.sections[0], landscape=False)

    # The parts of a letter, from above

    def head(self, letterhead: Letterhead, unit_name: str, year: int) -> None:
        """Write issuing body and number on the left; Quốc hiệu, Tiêu ngữ, place and date on the right."""
        table = self._plain_table(rows=2, widths=(Cm(_LEFT_CM), Cm(_RIGHT_CM)))
        issuer, nation = table.rows[0].cells
        names = heading_of(unit_name)
        size = SMALL if max(map(len, names)) > _LONG_NAME else HEAD
        if not is_committee(unit_name):
            line(issuer, letterhead.parent.upper() or DOTS, size)
        for name in names:
            line(issuer, name, size, bold=True)
        _rule(issuer, 2.4, within_cm=_LEFT_CM)
        line(nation, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Pt(12.5), bold=True)
        line(nation, "Độc lập - Tự do - Hạnh phúc", HEAD, bold=True)
        _rule(nation, 5.7, within_cm=_RIGHT_CM)
        number, place = table.rows[1].cells
        line(number, f"Số:         /BC-{letterhead.abbreviation or '…'}", HEAD)
        line(place, f"{letterhead.place or DOTS}, ngày       tháng       năm {year}", HEAD, italic=True)

    def title(self, kind: str, *about: str) -> None:
        """Write what the paper is, what it is about, and the rule under that."""
        self.paragraph(kind, align=CENTRE, bold=True, before=14)
        for part in about:
            self.paragraph(part, align=CENTRE, bold=True)
        _rule(self.document, 5.0, within_cm=_TEXT_CM)

    def to(self, recipients: Sequence[str]) -> None:
        """Write "Kính gửi": one body on the same line, several each on its own."""
        if len(recipients) < 2:
            one = recipients[0] if recipients else DOTS
            self.paragraph(f"Kính gửi: {one}.", align=CENTRE, before=10, after=6)
            return
        self.paragraph("Kính gửi:", align=LEFT, left_cm=3.5, before=10)
        for place, name in enumerate(recipients, start=1):
            end = "." if place == len(recipients) else ";"
            last = 6 if place == len(recipients) else 0
            self.paragraph(f"- {name}{end}", align=LEFT, left_cm=5.5, after=last)

    def bases(self, bases: Sequence[str]) -> None:
        """Write the bases in italics, each ended by a semicolon and the last by a stop."""
        for position, basis in enumerate(bases, start=1):
            end = "." if position == len(bases) else ";"
            self.paragraph(f"Căn cứ {basis}{end}", italic=True, indent=True, after=6)

    def section(self, number: str, heading: str) -> None:
        """Write the heading of a part: "II. KẾT QUẢ THỰC HIỆN"."""
        self.paragraph(f"{number}. {heading}", bold=True, indent=True, before=6, after=6)

    def heading(self, text: str) -> None:
        """Write a heading within a part."""
        self.paragraph(text, bold=True, indent=True, before=3, after=6)

    def text(self, text: str) -> None:
        """Write one paragraph of the body."""
        self.paragraph(text, indent=True, after=6)

    def closing(self, text: str) -> None:
        """Write the last paragraph, which never stands on another page than the signature."""
        self.paragraph(text, indent=True, before=6, after=12, together=True)

    def ending(self, letterhead: Letterhead) -> None:
        """Write recipients on the left; on the right titles, and room for a signature, without a name."""
        table = self._plain_table(rows=1, widths=(Cm(8.0), Cm(8.5)))
        recipients, signature = table.rows[0].cells
        line(recipients, "Nơi nhận:", SMALL, bold=True, italic=True, align=LEFT)
        kept = f"VT, {letterhead.drafting}" if letterhead.drafting else "VT"
        for text in ("Như trên;", f"Lưu: {kept}."):
            line(recipients, f"- {text}", NOTE, align=LEFT)
        for title in letterhead.signing or ("(Chức vụ của người ký)",):
            line(signature, title.upper() if letterhead.signing else title, BODY, bold=True)
        for _ in range(4):
            line(signature, "", BODY)

    def appendix(self, number: str, title: str, attached: str, *, landscape: bool = False) -> None:
        """Begin an appendix on a new page, with page numbers of its own."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        _page(section, landscape=landscape)
        numbering = OxmlElement("w:pgNumType")
        numbering.set(qn("w:start"), "1")
        section._sectPr.append(numbering)
        self.paragraph(f"Phụ lục {number}", align=CENTRE, bold=True)
        self.paragraph(title.upper(), align=CENTRE, bold=True)
        self.paragraph(f"(Kèm theo {attached})", align=CENTRE, italic=True, after=8)

    # Paragraphs and tables

    def paragraph(
        self,
        text: str,
        size: Any = BODY,
        *,
        align: Any = JUSTIFY,
        bold: bool = False,
        italic: bool = False,
        indent: bool = False,
        together: bool = False,
        left_cm: float = 0,
        before: int = 0,
        after: int = 0,
    ) -> None:
        """Write a paragraph; `before` and `after` in points. A heading stays with what follows."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = align
        layout = paragraph.paragraph_format
        layout.space_before, layout.space_after = Pt(before), Pt(after)
        layout.keep_with_next = together or (bold and indent)
        if indent:
            layout.first_line_indent = Cm(1.27)
        if left_cm:
            layout.left_indent = Cm(left_cm)
        _font(paragraph.add_run(clean(text)).font, size, bold=bold, italic=italic)

    def grid(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths_cm: Sequence[float],
        *,
        left: Sequence[int] = (1,),
        bold: Sequence[int] = (),
        size: Any = HEAD,
    ) -> None:
        """Draw a table whose head comes again on each page.

        `left` names the columns of words, which are not centred; `bold` the rows of groups and totals.
        """
        table = self.document.add_table(rows=1 + len(rows), cols=len(head))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        # A table's cells are looked up anew at each question, and a format set anew for each: too slow
        # for thousands. One paragraph of each look is made, and copied.
        looks: dict[tuple[bool, Any], Any] = {}
        cells = [cell for row in table._tbl.tr_lst for cell in row.tc_lst]
        texts = [*head, *(text for row in rows for text in row)]
        for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            row, column = divmod(place, len(head))
            strong = row == 0 or row - 1 in bold
            look = (strong, LEFT if row and column in left else CENTRE)
            if look not in looks:
                line(_Cell(cell, table), " ", size, bold=strong, align=look[1], around=2)
                # A heading of rows never stands alone at the end of a page.
                cell.p_lst[0].get_or_add_pPr().keepNext_val = strong or None
                looks[look] = deepcopy(cell.p_lst[0])
            paragraph = deepcopy(looks[look])
            paragraph.r_lst[0].text = clean(text)
            cell.replace(cell.p_lst[0], paragraph)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        _widths(table, *(Cm(width) for width in widths_cm))

    def _plain_table(self, *, rows: int, widths: tuple[Any, ...]) -> Any:
        table = self.document.add_table(rows=rows, cols=len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _without_padding(table)
        _widths(table, *widths)
        return table

    def _style(self) -> None:
        normal = self.document.styles["Normal"]
        _font(normal.font, BODY)
        fonts = normal.element.rPr.rFonts
        for script in ("eastAsia", "cs", "hAnsi"):
            fonts.set(qn(f"w:{script}"), FONT)
        language = OxmlElement("w:lang")
        for name in ("val", "eastAsia"):
            language.set(qn(f"w:{name}"), "vi-VN")
        normal.element.rPr.append(language)
        normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
        normal.paragraph_format.line_spacing = 1.0


def clean(text: str) -> str:
    """Drop what XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "", nfc(text))


def line(
    cell: Any,
    text: str,
    size: Any,
    *,
    bold: bool = False,
    italic: bool = False,
    align: Any = CENTRE,
    around: int = 0,
) -> None:
    """Write one line of a cell, into its first paragraph while that is empty; `around` in points."""
    first = cell.paragraphs[0]
    unused = len(cell.paragraphs) == 1 and not first.runs and first._p.pPr is None
    paragraph = first if unused else cell.add_paragraph()
    paragraph.alignment = align
    if around:
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(around)
    _font(paragraph.add_run(clean(text)).font, size, bold=bold, italic=italic)


def _font(font: Any, size: Any, *, bold: bool = False, italic: bool = False) -> None:
    font.name, font.size, font.bold, font.italic = FONT, size, bold, italic
    font.color.rgb = RGBColor(0, 0, 0)


def _page(section: Any, *, landscape: bool) -> None:
    """Set paper and margins, and the page number above: centred, and none on the first page."""
    width, height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTRE
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


def _widths(table: Any, *widths: Any) -> None:
    """Set the widths of columns, in the grid for LibreOffice and in each cell for Word."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table._tbl.tr_lst:
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.width = width


def _without_padding(table: Any) -> None:
    """Give the words of the head the whole width of their columns."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    properties.insert(len(properties) if look is None else list(properties).index(look), margins)


def _rule(holder: Any, width_cm: float, *, within_cm: float) -> None:
    """Draw a rule of a certain length, centred: the upper border of a narrowed paragraph."""
    paragraph = holder.add_paragraph()
    side = Cm((within_cm - width_cm) / 2)
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

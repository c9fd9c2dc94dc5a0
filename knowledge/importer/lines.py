"""Turns the lines of a file into paragraphs and tables: joins wrapped lines, finds rows.

Three ways of writing a table are read: cells between tabs, one cell a line with blank lines between rows, and
one cell a line with a lone "|" after each.
"""

import re
from collections import Counter
from collections.abc import Sequence

from isobot.domain.text import fold
from knowledge.importer.model import Block, Change, Line, Paragraph, Remarks, Table, TableRow

KINDS = (
    "QUYẾT ĐỊNH", "KẾ HOẠCH", "CHỈ THỊ", "NGHỊ QUYẾT", "NGHỊ ĐỊNH", "THÔNG TƯ", "LUẬT", "THÔNG TƯ LIÊN TỊCH",
    "THÔNG BÁO", "HƯỚNG DẪN", "CÔNG VĂN", "CHƯƠNG TRÌNH", "ĐỀ ÁN", "QUY CHẾ", "QUY ĐỊNH", "BÁO CÁO",
    "TỜ TRÌNH", "CÔNG ĐIỆN", "PHÁP LỆNH", "QUY CHUẨN",
)  # fmt: skip
KIND_LINE = re.compile(rf"^\W*({'|'.join(sorted(KINDS, key=len, reverse=True))})\W*$")
AUTHORITY = re.compile(
    r"^\W*(CHỦ TỊCH|U[ỶỲY] BAN|[ỦU][ỶY] BAN|BỘ TRƯỞNG|THỦ TƯỚNG|HỘI ĐỒNG|GIÁM ĐỐC|CHÍNH PHỦ|QUỐC HỘI)\b"
)
APPENDIX_LINE = re.compile(r"^\W*ph[ụu] l[ụu]c\s*(?:s[ốo]\s*)?([IVX]+|\d+|[A-H])?\W*$", re.IGNORECASE)
BASIS_START = re.compile(r"^[-\s]*(Căn cứ|Theo đề nghị|Xét đề nghị|Xét tờ trình|Thực hiện|Thi hành)\b")
_START = re.compile(
    r"^\W{0,3}(?:Điều\s+\d+[a-z]?\s*[.:]|Chương\s+[IVXLC\d]+\b|Phần\s+(?:thứ|[IVX]+)\b|Mục\s+[IVX\d]+\s*[.:]?\s*$"
    r"|[IVX]+\s*[.)/]\s|[A-H]\.\s|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s|\d{1,2}\s*[.)]\s|[a-zđ]\s?\)\s)"
    r"|^\s*[-–•+]\s|^\W*(?:Nơi nhận|TM\.|KT\.|TL\.|TUQ\.)"
    r"|^\s*(?:Căn cứ|Theo đề nghị|Xét đề nghị)\s"
)
_RULE = re.compile(r"^[\s_\-–=*.]{4,}$")
_ENDED = re.compile(r"[.;:!?]\s*[”\"’)]?\s*$|/\.\s*$")
_BARE_MARK = re.compile(r"^\s*(?:Điều\s+\d+[a-z]?|[IVX]+|\d+(?:\.\d+)*|[a-zđ]\))\s*[.:)]?\s*$")
_ORDINAL = re.compile(r"^(\d{1,4}(?:\.\d{1,3})*|[IVX]+)\.?$")
_HEAD_OF_NUMBERS = ("tt", "stt", "so tt", "so thu tu")
_GLUED_ORDINAL = re.compile(r"^([IVX]+|\d{1,3}(?:\.\d{1,2})*)\.?\s+(\S.*)$")
_TOTAL = re.compile(r"^(tổng|cộng|tổng số|tổng cộng)\b", re.IGNORECASE)
_WRAPPED_SHARE = 0.2
_FULL = 0.75
"""A line shorter than this part of the usual width ends its paragraph, if it is not its first."""

_VERY_FULL = 0.95


def blocks_of(lines: Sequence[Line], remarks: Remarks) -> list[Block]:
    """Put lines together into paragraphs and tables, in order."""
    tidy = _tidied(lines, remarks)
    tables = _tables(tidy, remarks)
    covered = {n for start, end, _ in tables for n in range(start, end)}
    outside = [line for index, line in enumerate(tidy) if index not in covered]
    joiner = _Joiner(outside, remarks)
    blocks: list[Block] = []
    at = 0
    for start, end, table in tables:
        blocks += joiner.join(tidy[at:start])
        blocks.append(table)
        at = end
    return blocks + joiner.join(tidy[at:])


def _tidied(lines: Sequence[Line], remarks: Remarks) -> list[Line]:
    """Drop rules and pairs of asterisks; tabs stay, other runs of blanks become one."""
    tidy: list[Line] = []
    for line in lines:
        text = re.sub(r"[ \u00a0]{2,}", " ", line.text.replace("\u00a0", " ").replace("\u200b", ""))
        if "**" in text:
            remarks.changes.append(
                Change(line.number, "bỏ dấu ** còn sót của tệp chuyển đổi", line.text.strip()[:80])
            )
            text = text.replace("**", "")
        if _RULE.match(text):
            text = ""
        tidy.append(Line(line.number, text.rstrip(" ")))
    return tidy


# ---- tables ----

_Found = tuple[int, int, Table]


def _tables(lines: Sequence[Line], remarks: Remarks) -> list[_Found]:
    found: list[_Found] = []
    at = 0
    while at < len(lines):
        made = _tabbed(lines, at, remarks) or _stacked(lines, at, remarks) or _piped(lines, at, remarks)
        if made is None:
            at += 1
        else:
            found.append(made)
            at = made[1]
    return found


def _tabbed(lines: Sequence[Line], start: int, remarks: Remarks) -> _Found | None:
    """Read rows of cells between tabs, or between inline "|"; blank lines between pages are stepped over."""
    rows: list[TableRow] = []
    end = at = start
    while at < len(lines):
        cells = _inline_cells(lines[at].text)
        if cells is None:
            if lines[at].text.strip() or at - end >= 6:
                break
        elif cells:
            rows.append(TableRow(tuple(cells), lines[at].number, lines[at].number))
            end = at + 1
        at += 1
    return _if_table(start, end, rows, remarks)


def _inline_cells(text: str) -> list[str] | None:
    """Return the cells of a line, [] for the rule of a Markdown table, None for a line of text."""
    if text.count("|") >= 2:
        cells = text.strip().strip("|").split("|")
        return (
            [] if all(re.fullmatch(r"[\s:\-]*", c) for c in cells) else [" ".join(c.split()) for c in cells]
        )
    if "\t" not in text.strip() and not (text.startswith("\t") and text.count("\t") >= 2 and text.strip()):
        return None
    return [" ".join(cell.split()) for cell in text.split("\t")]


def _stacked(lines: Sequence[Line], start: int, remarks: Remarks) -> _Found | None:
    """Read rows written as one indented cell a line, with a blank line after each row."""
    if fold(lines[start].text.strip(" .")) not in _HEAD_OF_NUMBERS or not lines[start].text.startswith("\t"):
        return None
    rows: list[TableRow] = []
    cells: list[Line] = []
    at = end = start
    for at in range(start, len(lines)):
        text = lines[at].text
        if text.startswith("\t"):
            cells.append(lines[at])
        elif text.strip():
            break
        if cells and (not text or at == len(lines) - 1):
            rows.append(TableRow(tuple(c.text.strip() for c in cells), cells[0].number, cells[-1].number))
            cells, end = [], at + 1
    return _if_table(start, end, rows, remarks)


def _piped(lines: Sequence[Line], start: int, remarks: Remarks) -> _Found | None:
    """Read cells that each end with a line holding only "|"; the rows are found by their numbers."""
    if fold(lines[start].text.strip(" .")) not in _HEAD_OF_NUMBERS:
        return None
    cells: list[TableRow] = []
    words: list[Line] = []
    end = start
    for at in range(start, len(lines)):
        text = lines[at].text.strip()
        if text == "|":
            first, last = (words[0].number, words[-1].number) if words else (lines[at].number,) * 2
            cells.append(TableRow((" ".join(w.text.strip() for w in words),), first, last))
            words, end = [], at + 1
        elif text:
            words.append(lines[at])
            if len(words) > 6:
                break
    if len(cells) < 8:
        return None
    remarks.changes.append(Change(lines[start].number, f"dựng lại bảng từ {len(cells)} ô ngăn bằng dấu “|”"))
    rows, width = _rows_of_cells(cells)
    return start, end, _table(rows, width, remarks)


def _if_table(start: int, end: int, rows: Sequence[TableRow], remarks: Remarks) -> _Found | None:
    """Return the lines and their table; None where there are fewer than two rows or two columns."""
    width = max((len(row.cells) for row in rows), default=0)
    if len(rows) < 2 or width < 2:
        return None
    return start, end, _table(rows, width, remarks)


def _rows_of_cells(cells: Sequence[TableRow]) -> tuple[list[TableRow], int]:
    texts = [cell.cells[0] for cell in cells]
    starts = [
        i
        for i, text in enumerate(texts[:-1])
        if _ORDINAL.match(text) and len(texts[i + 1]) > 1 and any(c.isalpha() for c in texts[i + 1])
    ]
    places = {int(texts[i]): i for i in reversed(starts) if texts[i].isdecimal()}
    gaps = Counter(places[n + 1] - places[n] for n in places if places.get(n + 1, 0) > places[n])
    width = min(gaps, key=lambda gap: (-gaps[gap], gap)) if gaps else len(cells)
    rows: list[TableRow] = []
    at = 0
    for start in starts:
        if start < at:
            continue
        rows += _loose_rows(cells[at:start], width)
        rows.append(_row(cells[start : start + width]))
        at = start + width
    return rows + _loose_rows(cells[at:], width), width


def _loose_rows(cells: Sequence[TableRow], width: int) -> list[TableRow]:
    """Read what stands between numbered rows: the head, totals, and rows that only name a group."""
    if not cells:
        return []
    total = next((i for i, c in enumerate(cells) if _TOTAL.match(c.cells[0])), None)
    if total is not None and total > 0:
        return [*_loose_rows(cells[:total], width), *_loose_rows(cells[total:], width)]
    if len(cells) == width - 1:
        blank = TableRow(("",), cells[0].first, cells[0].first)
        return [_row([blank, *cells])]
    return [_row(cells)]


def _row(cells: Sequence[TableRow]) -> TableRow:
    return TableRow(tuple(c.cells[0] for c in cells), cells[0].first, cells[-1].last)


def _table(rows: Sequence[TableRow], width: int, remarks: Remarks) -> Table:
    even = [_evened(row, width, remarks) for row in rows]
    header_end = next((i for i, row in enumerate(even) if _is_data(row)), len(even))
    header, data = even[:header_end], even[header_end:]
    headings = {fold(cell) for row in header for cell in row.cells if cell}
    kept: list[TableRow] = []
    for row in data:
        named = [fold(cell) for cell in row.cells if cell]
        if named and all(n in headings for n in named) and not _ORDINAL.match(row.cells[0]):
            remarks.changes.append(
                Change(row.first, "bỏ đầu bảng lặp lại ở trang sau", " | ".join(row.cells)[:80])
            )
        elif named:
            kept.append(row)
    return Table(tuple(header), tuple(_filled_down(kept, remarks)))


def _is_data(row: TableRow) -> bool:
    return bool(_ORDINAL.match(row.cells[0])) or any(_TOTAL.match(c) for c in row.cells[:2])


def _evened(row: TableRow, width: int, remarks: Remarks) -> TableRow:
    """Give a row all its columns; a number glued to its name is parted from it."""
    cells = list(row.cells)
    glued = _GLUED_ORDINAL.match(cells[0])
    if glued and len(cells) > 2:
        remarks.changes.append(Change(row.first, "tách số thứ tự dính với tên", cells[0][:60]))
        cells[:1] = [glued[1], glued[2]]
        blank = next((i for i, c in enumerate(cells) if not c), None)
        if len(cells) > width and blank is not None:
            del cells[blank]
    if _TOTAL.match(cells[0]) and len(cells) == width - 1:
        cells.insert(0, "")
    cells += [""] * (width - len(cells))
    return TableRow(tuple(cells), row.first, row.last)


def _filled_down(rows: Sequence[TableRow], remarks: Remarks) -> list[TableRow]:
    """Repeat the value of a merged cell in the rows it spans.

    Only in a plain numbered list, where a column of words has a value first and blanks below it; in a
    table with groups a blank may well mean that there is nothing.
    """
    if not rows or not all(row.cells[0].rstrip(".").isdecimal() for row in rows):
        return list(rows)
    filled = [list(row.cells) for row in rows]
    for column in range(2, len(filled[0])):
        values = [cells[column] for cells in filled]
        words = [v for v in values if v]
        if not values[0] or all(values) or not all(len(v) > 2 and any(map(str.isalpha, v)) for v in words):
            continue
        last = ""
        for cells in filled:
            last = cells[column] = cells[column] or last
        remarks.changes.append(
            Change(rows[0].first, f"điền {len(values) - len(words)} ô gộp theo ô phía trên", "", words[0])
        )
    return [TableRow(tuple(c), row.first, row.last) for c, row in zip(filled, rows, strict=True)]


# ---- paragraphs ----


class _Joiner:
    """Joins wrapped lines, if the file is wrapped at all."""

    def __init__(self, lines: Sequence[Line], remarks: Remarks) -> None:
        texts = [line.text.strip() for line in lines if line.text.strip() not in ("", "|")]
        continued = [t for t in texts if t[0].islower() and not _START.match(t)]
        self._wrapped = len(texts) > 5 and len(continued) > _WRAPPED_SHARE * len(texts)
        lengths = sorted(map(len, texts))
        self._width = lengths[int(len(lengths) * 0.9)] if lengths else 80
        self._remarks = remarks
        if self._wrapped:
            number = lines[0].number
            remarks.changes.append(
                Change(number, f"nối các dòng bị ngắt cứng (khoảng {self._width} ký tự một dòng)")
            )

    def join(self, lines: Sequence[Line]) -> list[Block]:
        """Join the lines of one stretch between tables."""
        paragraphs: list[Block] = []
        parts: list[Line] = []
        for line in lines:
            text = line.text.strip()
            is_break = text in ("", "|")
            if parts and (is_break or not self._goes_on(parts, text)):
                unfinished = is_break and not _ENDED.search(parts[-1].text)
                if not (unfinished and self._reaches_over_blank(lines, line)):
                    paragraphs.append(_paragraph(parts))
                    parts = []
            if not is_break:
                parts.append(line)
        if parts:
            paragraphs.append(_paragraph(parts))
        return paragraphs

    def _reaches_over_blank(self, lines: Sequence[Line], blank: Line) -> bool:
        """Tell whether a sentence goes on after a page break: a blank, then a small letter."""
        if not self._wrapped:
            return False
        after = (line.text.strip() for line in lines if line.number > blank.number)
        following = next((text for text in after if text not in ("", "|")), "")
        return following[:1].islower() and not _START.match(following)

    def _goes_on(self, parts: Sequence[Line], text: str) -> bool:
        last = parts[-1].text.strip()
        if _START.match(text) or APPENDIX_LINE.match(text) or text.startswith("("):
            return text.startswith("(") and self._wrapped and not _ENDED.search(last) and len(parts) > 0
        if self._wrapped and _BARE_MARK.match(last) and len(parts) == 1:
            return True
        if (
            KIND_LINE.match(last)
            or KIND_LINE.match(text)
            or AUTHORITY.match(text)
            or APPENDIX_LINE.match(last)
        ):
            return False
        if text[0].islower():
            goes_on = self._wrapped or not _ENDED.search(last)
            if goes_on and not self._wrapped:
                self._remarks.changes.append(
                    Change(parts[-1].number, "nối dòng bị ngắt", last[-30:], text[:30])
                )
            return goes_on
        if not self._wrapped:
            return False
        if _ENDED.search(last):
            # A full line that ends a sentence is more often the middle of a paragraph than its end.
            return len(last) >= _VERY_FULL * self._width and not last.endswith((":", "/."))
        if _is_capitals(last) != _is_capitals(text) or (last.isupper() and not text.isupper()):
            return False
        if _is_capitals(last):
            return not re.search(r"NAM$|NHÂN DÂN$", last) or text.startswith(("TỈNH", "HUYỆN", "XÃ", "THÀNH"))
        return len(parts) == 1 or len(last) >= _FULL * self._width


def _is_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 9 and sum(c.isupper() for c in letters) > 0.9 * len(letters)


def _paragraph(parts: Sequence[Line]) -> Paragraph:
    text = " ".join(" ".join(part.text.split()) for part in parts)
    return Paragraph(text, parts[0].number, parts[-1].number)

"""Builds the tree of a legal document from its paragraphs and tables.

The head, the name and the bases come first; then numbered parts, of which each opens inside the one
before it until a number of the same style comes back; then recipients and signature; then appendices,
which are numbered afresh. Articles run through the whole document, whatever chapters they stand in.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from isobot.domain.legal_text import (
    APPENDIX,
    BASIS,
    CLOSING,
    EFFECT,
    HEAD,
    NAME,
    OPENING,
    ORDER,
    RECIPIENTS,
    SIGNATURE,
    Heading,
    LegalText,
    Node,
    NodeKind,
    section_key,
)
from isobot.domain.text import fold
from knowledge.importer.lines import APPENDIX_LINE, AUTHORITY, BASIS_START, KIND_LINE, KINDS
from knowledge.importer.model import Block, Change, Doubt, Paragraph, Remarks, Table, TableRow

_LETTERS = "abcdđeghiklmnopqrstuvxy"
_KIND_WORDS = "|".join(kind.capitalize() for kind in sorted(KINDS, key=len, reverse=True))
_NUMBER = r"[0-9A-Za-z]+(?:/\d{4})?\s?[/-]\s?[A-ZĐ][\wĐđƯưĂăÂâÊê&.,-]*(?:/[A-ZĐ]+)?"
_ONE_LINE_HEAD = re.compile(
    rf"^\W*(?P<kind>{_KIND_WORDS}) số:?\s*(?P<number>{_NUMBER})(?P<rest>.*)$", re.IGNORECASE | re.DOTALL
)
_DATE = re.compile(r"ngày\s+(\d{1,2})\s*(?:/|-|\.|\s+tháng\s+)\s*(\d{1,2})\s*(?:/|-|\.|\s+năm\s+)\s*(\d{4})")
_NUMBER_LINE = re.compile(rf"Số\s*:?\s*({_NUMBER})")
_KIND_IN_REFERENCE = re.compile(
    rf"(?:ban hành |kèm ).*?(?P<kind>{_KIND_WORDS})\s+số:?\s*(?P<number>{_NUMBER})", re.IGNORECASE
)
_REFERENCE_LINE = re.compile(r"^\W*(?:Ban hành )?kèm theo\b", re.IGNORECASE)
_ATTACHED_KIND = re.compile(r"^\W*(QUY CHẾ|QUY ĐỊNH|KẾ HOẠCH|CHƯƠNG TRÌNH|ĐỀ ÁN|HƯỚNG DẪN|QUY CHUẨN)\W*$")
_RECIPIENTS_LINE = re.compile(r"^\W*Nơi nhận\b", re.IGNORECASE)
_SIGNATURE_LINE = re.compile(
    r"^\W*(?:(?:TM|KT|TL|TUQ|Q)\s?\.\s"
    r"|(?:PHÓ )?(?:CHỦ TỊCH|GIÁM ĐỐC|BỘ TRƯỞNG|THỦ TƯỚNG|CHÁNH VĂN PHÒNG|THỨ TRƯỞNG)\W*$)"
)
_EFFECT_START = re.compile(rf"^(?:{_KIND_WORDS}) này có hiệu lực", re.IGNORECASE)

_MARKS: tuple[tuple[str, NodeKind, re.Pattern[str]], ...] = (
    ("part", NodeKind.PART, re.compile(r"^\W*(?:Phần|PHẦN)\s+(?:thứ\s+|THỨ\s+)?([IVX]+|\d+|[^\W\d]+)\b")),
    ("chapter", NodeKind.CHAPTER, re.compile(r"^\W*(?:Chương|CHƯƠNG)\s+([IVXLC]+|\d+)\b\.?")),
    ("section", NodeKind.SECTION, re.compile(r"^\W*(?:Mục|MỤC)\s+(\d+|[IVX]+)\s*(?=[.:]|$|[A-ZÀ-ỸĐ]{2})\.?")),
    ("article", NodeKind.ARTICLE, re.compile(r"^\W*(?:Điều|ĐIỀU)\s+(\d+[a-z]?)\s*(?:[.:]|$)")),
    ("roman", NodeKind.ROMAN, re.compile(r"^([IVX]+)\s*[.)/-]\s+(?=\S)")),
    ("upper", NodeKind.ROMAN, re.compile(r"^([A-HĐ])\s*[.)/]\s+(?=\S)")),
    ("number", NodeKind.CLAUSE, re.compile(r"^(\d{1,2}(?:\.\d{1,2}){1,3})\s*(?:[.)/:]\s*|\s)(?=[^\d\s])")),
    ("number", NodeKind.CLAUSE, re.compile(r"^(\d{1,3})\s*[./]\s*(?=[^\d\s])")),
    ("bracket", NodeKind.CLAUSE, re.compile(r"^(\d{1,2})\s*\)\s*(?=\S)")),
    ("point", NodeKind.POINT, re.compile(r"^([a-zđ])\s?[.)]\s*(?=\S)")),
    ("dash", NodeKind.DASH, re.compile(r"^[-–—•]\s*(?=\S)")),
    ("plus", NodeKind.PLUS, re.compile(r"^\+\s*(?=\S)")),
)  # fmt: skip
_GLUED = re.compile(
    r"(?<=[.;:])\s+(?:(?P<point>[a-zđ])\)\s+|(?P<number>\d{1,2}(?:\.\d{1,2})*)\.\s+|(?P<dash>[-–+])\s+)(?=[A-ZÀ-ỸĐ])"
)
_PART_NUMBERS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")


@dataclass(slots=True)
class _Open:
    """A node that may still get children."""

    style: str
    kind: NodeKind
    path: str
    text: str
    first: int
    last: int
    number: str = ""
    stem: str = ""
    """The path without the number, to which a deeper number (1.1 under 1) is written again."""
    children: "list[_Open]" = field(default_factory=list)
    cells: tuple[str, ...] = ()

    def closed(self) -> Node:
        return Node(
            self.path,
            self.kind,
            self.text,
            self.first,
            max([self.last, *(child.last for child in self.children)]),
            tuple(child.closed() for child in self.children),
            self.cells,
        )


def build_tree(blocks: Sequence[Block], remarks: Remarks) -> LegalText:
    """Build the tree; what looks wrong in its numbering goes to the remarks."""
    builder = _Builder(remarks)
    for index, block in enumerate(blocks):
        builder.take(block, blocks[index + 1 :])
    return builder.done()


class _Builder:
    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks
        self._roots: list[_Open] = []
        self._stack: list[_Open] = []
        self._zone = "head"
        self._used: set[str] = set()
        self._kind = self._number = self._issuer = self._title = ""
        self._issued: date | None = None
        self._head_seen: set[str] = set()
        self._has_articles = False
        self._number_line = 0

    # ---- the walk through the document ----

    def take(self, block: Block, rest: Sequence[Block]) -> None:
        if isinstance(block, Table):
            self._table(block)
            return
        if self._zone == "head" and self._head(block, rest):
            return
        if self._zone == "title" and self._name(block):
            return
        if self._starts_appendix(block, rest):
            self._appendix(block)
        elif self._zone == "preamble" and not self._is_body(block):
            self._preamble(block)
        elif self._zone == "appendix head" and not self._is_body(block):
            self._appendix_head(block)
        elif self._zone in ("preamble", "appendix head", "body"):
            self._zone = "body"
            self._body(block, rest)
        else:
            self._end(block)

    def done(self) -> LegalText:
        if not self._number:
            self._remarks.doubts.append(Doubt(1, self._kind, "không thấy số, ký hiệu của văn bản"))
        elif self._number_line:
            self._remarks.doubts.append(
                Doubt(self._number_line, self._number, "số và ngày chỉ thấy ở dòng ghi của phụ lục")
            )
        self._check_signature()
        heading = Heading(self._kind, self._number, self._issued, self._issuer, self._title)
        return LegalText(heading, tuple(root.closed() for root in self._roots))

    # ---- head and name ----

    def _head(self, block: Paragraph, rest: Sequence[Block]) -> bool:
        one_line = _ONE_LINE_HEAD.match(block.text)
        if one_line and not self._roots:
            self._read_one_line(one_line)
            self._formal(NAME, block)
            self._zone = "preamble"
            return True
        if KIND_LINE.match(block.text):
            self._kind = KIND_LINE.sub(r"\1", block.text).strip()
            self._formal(NAME, block)
            self._zone = "title"
            return True
        coming = [b for b in rest[:40] if isinstance(b, Paragraph)]
        if not any(KIND_LINE.match(b.text) or _ONE_LINE_HEAD.match(b.text) for b in coming):
            self._remarks.doubts.append(
                Doubt(block.first, block.text[:60], "không thấy tên loại văn bản ở đầu")
            )
            self._zone = "preamble"
            return False
        folded = fold(block.text.replace("uỷ", "ủy").replace("UỶ", "ỦY"))
        if folded in self._head_seen:
            self._remarks.changes.append(Change(block.first, "bỏ dòng đầu văn bản bị lặp", block.text))
            return True
        self._head_seen.add(folded)
        number = _NUMBER_LINE.search(block.text)
        if number:
            self._number = _squeezed(number[1])
        elif re.search(r"Số\s*:", block.text):
            self._remarks.doubts.append(Doubt(block.first, block.text, "không đọc được số, ký hiệu"))
        self._issued = self._issued or _date_in(block.text)
        if not self._issuer and block.text.isupper() and "CỘNG" not in block.text:
            self._issuer = block.text
        self._formal(NAME if number or _date_in(block.text) else HEAD, block)
        return True

    def _read_one_line(self, found: re.Match[str]) -> None:
        rest = found["rest"]
        self._kind, self._number = found["kind"].upper(), _squeezed(found["number"])
        self._issued = _date_in(rest)
        subject = re.search(r"\b(?:Về việc|V/v|Về)\b", rest)
        self._title = rest[subject.start() :].strip() if subject else ""
        issuer = re.search(r"của\s+(.+?)(?=\s+(?:Về việc|V/v|Về)\b|$)", rest)
        self._issuer = issuer[1].strip() if issuer else ""

    def _name(self, block: Paragraph) -> bool:
        over = (
            AUTHORITY.match(block.text)
            or BASIS_START.match(block.text)
            or self._is_body(block)
            or (self._title and not (block.text.isupper() and self._title.isupper()))
        )
        if over:
            self._zone = "preamble"
            return False
        if _REFERENCE_LINE.match(block.text):
            self._read_reference(block)
        else:
            self._title = f"{self._title} {block.text}".strip()
        self._formal(NAME, block)
        return True

    def _preamble(self, block: Paragraph) -> None:
        capitals = block.text.strip(" :").isupper()
        if capitals:
            if AUTHORITY.match(block.text) and not self._issuer:
                self._issuer = block.text
            self._formal(ORDER, block)
        else:
            self._formal(BASIS if BASIS_START.match(block.text) else OPENING, block)

    def _formal(self, name: str, block: Paragraph) -> None:
        """Add a paragraph to a named part, which may be in several places of the document."""
        root = next((r for r in self._roots if r.path == name), None)
        if root is None:
            root = self._root(_Open("formal", NodeKind.FORMAL, name, block.text, block.first, block.last))
        else:
            self._child(root, NodeKind.PARAGRAPH, "đoạn", block)

    def _root(self, node: _Open) -> _Open:
        node.path = self._unused(node.path, node.first)
        self._roots.append(node)
        return node

    # ---- the body ----

    def _is_body(self, block: Paragraph) -> bool:
        mark = _mark(block.text)
        if mark is None:
            return False
        return mark[0] not in ("dash", "plus") or self._zone == "appendix head"

    def _body(self, block: Paragraph, rest: Sequence[Block]) -> None:
        in_appendix = bool(self._stack) and self._stack[0].kind is NodeKind.APPENDIX
        if not in_appendix and self._starts_end(block):
            self._end(block)
            return
        mark = _mark(block.text)
        if mark is None:
            self._plain(block, rest, in_appendix=in_appendix)
            return
        style, kind, number, _ = mark
        if style in ("dash", "plus"):
            node = self._item(kind, style, block)
        else:
            node = self._numbered(style, kind, number, block)
        self._split_glued(node, block, rest)

    def _starts_end(self, block: Paragraph) -> bool:
        return bool(_RECIPIENTS_LINE.match(block.text) or _SIGNATURE_LINE.match(block.text))

    def _plain(self, block: Paragraph, rest: Sequence[Block], *, in_appendix: bool) -> None:
        top = self._nearest(lambda node: node.style not in ("dash", "plus"))
        if not in_appendix and not self._has_articles:
            if _EFFECT_START.match(block.text):
                self._formal(EFFECT, block)
                return
            if self._is_closing(top, rest):
                self._formal(CLOSING, block)
                return
        if top is None:
            self._formal(OPENING, block)
        else:
            self._pop_to(top)
            self._child(top, NodeKind.PARAGRAPH, "đoạn", block)

    def _is_closing(self, top: _Open | None, rest: Sequence[Block]) -> bool:
        """Tell whether only plain paragraphs are left, and the last numbered place was complete."""
        if top is None or not (top.text.rstrip().endswith((".", ";")) or top.children):
            return False
        for block in rest:
            if isinstance(block, Table):
                return False
            if self._starts_end(block) or APPENDIX_LINE.match(block.text):
                return True
            if _mark(block.text) is not None:
                return False
        return True

    def _item(self, kind: NodeKind, style: str, block: Paragraph) -> _Open:
        def holds(node: _Open) -> bool:
            return node.style not in (("plus",) if style == "plus" else ("dash", "plus"))

        above = self._nearest(holds)
        if above is None:
            above = self._root(_Open("formal", NodeKind.FORMAL, OPENING, "", block.first, block.last))
            self._stack = [above]
        self._pop_to(above)
        node = self._child(above, kind, "cộng" if style == "plus" else "gạch", block)
        node.style = style
        self._stack.append(node)
        return node

    def _numbered(self, style: str, kind: NodeKind, number: str, block: Paragraph) -> _Open:
        depth = number.count(".")
        if style == "article":
            self._has_articles = True
        key = f"{style}{depth}" if style == "number" else style
        above = self._above(key, style, number)
        before = self._last_of(above, key)
        stem, path = self._written(above, style, number, depth)
        node = _Open(
            key, kind, self._unused(path, block.first), block.text, block.first, block.last, number, stem
        )
        self._check_order(style, before, node)
        if above is None:
            self._roots.append(node)
        else:
            above.children.append(node)
        self._stack.append(node)
        return node

    def _above(self, key: str, style: str, number: str) -> _Open | None:
        """Close what ends here, and return the node that the new one stands under."""
        while self._stack and self._stack[-1].style in ("dash", "plus"):
            self._stack.pop()
        styles = [node.style for node in self._stack]
        if style == "number" and "." in number:
            prefix = number.rpartition(".")[0]
            holder = self._nearest(lambda node: node.style.startswith("number") and node.number == prefix)
            if holder is not None:
                self._pop_to(holder)
                return holder
        if key in styles:
            at = len(styles) - 1 - styles[::-1].index(key)
            del self._stack[at:]
        elif style in ("article", "chapter", "part", "section"):
            wider = {"part": (), "chapter": ("part",), "section": ("part", "chapter")}.get(
                style, ("part", "chapter", "section", "roman", "upper")
            )
            keep = [n for n in self._stack if n.kind is NodeKind.APPENDIX or n.style in wider]
            self._stack = keep
        return self._stack[-1] if self._stack else None

    def _last_of(self, above: _Open | None, key: str) -> _Open | None:
        siblings = self._roots if above is None else above.children
        return next((node for node in reversed(siblings) if node.style == key), None)

    def _written(self, above: _Open | None, style: str, number: str, depth: int) -> tuple[str, str]:
        """Return the stem and the path of a numbered node, as a citation writes them."""
        if style == "number" and depth and above is not None and above.style.startswith("number"):
            return above.stem, above.stem + number
        base = self._prefix(above, style)
        in_roman = above is not None and above.style in ("roman", "upper")
        if style == "number":
            if in_roman:
                stem = f"{above.path}." if above is not None else ""
            elif above is not None and above.style == "article":
                stem = f"{base}khoản "
            else:
                stem = f"{base}mục " if base else "Mục "
        elif style in ("roman", "upper"):
            stem = f"{base}mục " if base else ""
        elif style == "point":
            dotted = above is not None and re.fullmatch(r"[A-Z]+(\.\d+)*", above.path)
            stem = f"{above.path}." if dotted and above is not None else f"{base}điểm "
        elif style == "bracket":
            stem = f"{base}khoản "
        else:
            stem = (
                base + {"part": "Phần ", "chapter": "Chương ", "section": "Mục ", "article": "Điều "}[style]
            )
        return stem, stem + number

    def _prefix(self, above: _Open | None, style: str) -> str:
        if above is None:
            return ""
        if style == "article":
            appendix = self._stack[0] if self._stack and self._stack[0].kind is NodeKind.APPENDIX else None
            return f"{appendix.path} " if appendix else ""
        return f"{above.path} "

    def _split_glued(self, node: _Open, block: Paragraph, rest: Sequence[Block]) -> None:
        """Part a place that was glued to the line before it ("... chất lượng. d) Bước 4: ...")."""
        for found in _GLUED.finditer(node.text):
            if not self._expected(found, node):
                continue
            tail = node.text[found.start() :].strip()
            node.text = node.text[: found.start()].rstrip()
            self._remarks.changes.append(Change(block.last, "tách dòng dính", "", tail[:60]))
            self._body(Paragraph(tail, block.first, block.last), rest)
            return

    def _expected(self, found: re.Match[str], node: _Open) -> bool:
        if found["dash"]:
            return node.style in ("dash", "plus") and found[0].strip() == node.text[:1]
        if found["point"]:
            last = next((n for n in reversed(self._stack) if n.style == "point"), None)
            return last is not None and found["point"] in _next_letters(last.number)
        number = found["number"]
        head, _, step = number.rpartition(".")
        for opened in self._stack:
            before, _, last_step = opened.number.rpartition(".")
            if opened.style == f"number{number.count('.')}" and before == head:
                return int(step) == int(last_step) + 1
        return False

    def _check_order(self, style: str, before: _Open | None, node: _Open) -> None:
        """Report a number that does not follow the one before it."""
        if before is None:
            if node.number not in _firsts(style, node.number):
                self._doubt_number(node, "không thấy số đứng trước")
            return
        if style == "point":
            fits = node.number in _next_letters(before.number)
        else:
            fits = _value(node.number, style) == _value(before.number, style) + 1
        if not fits:
            self._doubt_number(node, f"đứng sau “{before.number}” nên có thể thiếu hoặc nhầm số")

    def _doubt_number(self, node: _Open, why: str) -> None:
        self._remarks.doubts.append(Doubt(node.first, f"{node.path}: {node.text[:50]}", why))

    # ---- the end ----

    def _end(self, block: Paragraph) -> None:
        text = block.text
        if _RECIPIENTS_LINE.match(text):
            self._zone = "recipients"
        elif _SIGNATURE_LINE.match(text) or (self._zone == "recipients" and not _is_recipient(text)):
            self._zone = "signature"
        self._formal(RECIPIENTS if self._zone == "recipients" else SIGNATURE, block)

    def _check_signature(self) -> None:
        signed = next((root for root in self._roots if root.path == SIGNATURE), None)
        if signed is None:
            return
        lines = [signed.text, *(child.text for child in signed.children)]
        named = [line for line in lines if not line.isupper() and "ký" not in line.lower()]
        if not named:
            self._remarks.doubts.append(Doubt(signed.first, signed.text, "chữ ký không ghi tên người ký"))

    # ---- appendices ----

    def _starts_appendix(self, block: Paragraph, rest: Sequence[Block]) -> bool:
        if self._zone in ("head", "title"):
            return False
        if APPENDIX_LINE.match(block.text):
            return True
        if self._zone not in ("recipients", "signature") or not _ATTACHED_KIND.match(block.text):
            return False
        coming = [b.text for b in rest[:4] if isinstance(b, Paragraph)]
        return any(_REFERENCE_LINE.match(text) for text in coming)

    def _appendix(self, block: Paragraph) -> None:
        numbered = APPENDIX_LINE.match(block.text)
        if numbered:
            path = f"{APPENDIX} {numbered[1].upper()}" if numbered[1] else APPENDIX
        else:
            path = f"{block.text.strip(' .:').capitalize()} kèm theo"
        node = self._root(_Open("appendix", NodeKind.APPENDIX, path, block.text, block.first, block.last))
        self._stack = [node]
        self._zone = "appendix head"
        self._has_articles = False

    def _appendix_head(self, block: Paragraph) -> None:
        if _REFERENCE_LINE.match(block.text):
            self._read_reference(block)
        elif not block.text.isupper() and len(self._stack[0].children) > 2:
            self._zone = "body"
        self._child(self._stack[0], NodeKind.PARAGRAPH, "đoạn", block)

    def _read_reference(self, block: Paragraph) -> None:
        """Take number and date from "(Ban hành kèm theo Quyết định số ...)" where the head gave none."""
        found = _KIND_IN_REFERENCE.search(block.text)
        if found and not self._number:
            self._number, self._number_line = _squeezed(found["number"]), block.first
            self._kind = self._kind or found["kind"].upper()
            self._issued = self._issued or _date_in(block.text)

    def _table(self, table: Table) -> None:
        if not self._stack:
            row = (*table.header, *table.rows)[0]
            self._stack = [self._root(_Open("table", NodeKind.FORMAL, "Bảng", "", row.first, row.last))]
        self._pop_to(self._nearest(lambda node: node.style not in ("dash", "plus")) or self._stack[0])
        if self._zone == "appendix head":
            self._zone = "body"
        root = self._stack[-1]
        inside = self._stack[0].kind is NodeKind.APPENDIX
        _Rows(self, root, stem=root.path if inside else f"{root.path} bảng", remarks=self._remarks).add(table)

    # ---- small helpers ----

    def _child(self, above: _Open, kind: NodeKind, word: str, block: Paragraph) -> _Open:
        number = 1 + sum(1 for child in above.children if child.kind is kind)
        if word == "đoạn":
            number += 1  # the paragraph with the number itself is the first
        path = self._unused(f"{above.path} {word} {number}", block.first)
        node = _Open(word, kind, path, block.text, block.first, block.last)
        above.children.append(node)
        return node

    def _nearest(self, fits: Callable[[_Open], bool]) -> _Open | None:
        return next((node for node in reversed(self._stack) if fits(node)), None)

    def _pop_to(self, node: _Open) -> None:
        while self._stack and self._stack[-1] is not node:
            self._stack.pop()

    def _unused(self, path: str, line: int) -> str:
        """Keep paths apart when a document gives one number twice."""
        key, made, again = section_key(path), path, 1
        while key in self._used:
            again += 1
            made = f"{path} (lần {again})"
            key = section_key(made)
        if made != path:
            self._remarks.doubts.append(Doubt(line, path, "số này đã có ở trên"))
        self._used.add(key)
        return made


class _Rows:
    """Puts the rows of a table under their groups: I, then 1, then 2.1; or a district, then its communes."""

    def __init__(self, builder: _Builder, root: _Open, *, stem: str, remarks: Remarks) -> None:
        self._builder = builder
        self._root = root
        self._stem = stem
        self._remarks = remarks
        self._roman: _Open | None = None
        self._group: _Open | None = None
        self._numbers: dict[str, _Open] = {}
        self._last = 0

    def add(self, table: Table) -> None:
        """Add all rows, the head of the table as one."""
        if table.header:
            text = "\n".join(" | ".join(cell for cell in row.cells if cell) for row in table.header)
            first, last = table.header[0].first, table.header[-1].last
            path = self._builder._unused(f"{self._stem} đầu bảng", first)
            self._root.children.append(_Open("head", NodeKind.PARAGRAPH, path, text, first, last))
        for row in table.rows:
            mark = row.cells[0].rstrip(".")
            if any(re.match(r"(tổng|cộng)\b", cell, re.IGNORECASE) for cell in row.cells[:2]):
                self._add(row, NodeKind.TOTAL, f"{self._stem} dòng tổng", self._root)
            elif re.fullmatch(r"[IVX]+", mark):
                self._roman_row(row, mark)
            elif re.fullmatch(r"\d+(\.\d+)*", mark):
                self._numbered_row(row, mark)
            else:
                self._named_row(row)

    def _roman_row(self, row: TableRow, mark: str) -> None:
        before = _value(self._roman.number, "roman") if self._roman else 0
        if _value(mark, "roman") != before + 1:
            self._doubt(row, f"nhóm {mark} không nối tiếp nhóm trước")
        self._roman = self._add(row, NodeKind.GROUP, f"{self._stem} mục {mark}", self._root, mark)
        self._group = None
        self._numbers = {}

    def _numbered_row(self, row: TableRow, mark: str) -> None:
        head, _, step = mark.rpartition(".")
        above = self._numbers.get(head) if head else None
        holder = above or self._group or self._roman or self._root
        if head:
            before = max(
                (int(n.rpartition(".")[2]) for n in self._numbers if n.rpartition(".")[0] == head), default=0
            )
            fits = int(step) == before + 1
        else:
            # Some tables number on through their groups, some begin again in each.
            fits = int(step) in (self._last + 1, 1 if not self._numbers else -1)
            self._last = int(step)
        if not fits:
            self._doubt(row, f"số thứ tự {mark} không nối tiếp dòng trước")
        stem = self._roman.path + "." if self._roman else self._row_stem()
        self._numbers[mark] = self._add(row, NodeKind.ROW, stem + mark, holder, mark)

    def _row_stem(self) -> str:
        return f"{self._stem}." if re.search(r"\d$", self._stem) else f"{self._stem} dòng "

    def _named_row(self, row: TableRow) -> None:
        name = next((cell for cell in row.cells if cell), "")
        if sum(1 for cell in row.cells if cell) > 3:
            self._doubt(row, "dòng của bảng không có số thứ tự")
        holder = self._roman or self._root
        count = 1 + sum(1 for child in holder.children if child.style == "named")
        self._group = self._add(row, NodeKind.GROUP, f"{holder.path} nhóm {count}", holder)
        self._group.style, self._group.number = "named", name

    def _add(self, row: TableRow, kind: NodeKind, path: str, holder: _Open, number: str = "") -> _Open:
        text = " | ".join(cell for cell in row.cells if cell)
        path = self._builder._unused(path, row.first)
        node = _Open("row", kind, path, text, row.first, row.last, number, cells=row.cells)
        holder.children.append(node)
        return node

    def _doubt(self, row: TableRow, why: str) -> None:
        self._remarks.doubts.append(Doubt(row.first, " | ".join(c for c in row.cells if c)[:60], why))


def _is_recipient(text: str) -> bool:
    return text.startswith(("-", "+", "(", "•")) or ";" in text or bool(re.match(r"Lưu\b|Như\b", text))


def _mark(text: str) -> tuple[str, NodeKind, str, int] | None:
    """Read the mark at the start of a paragraph: style, kind, number, and where the words begin."""
    for style, kind, pattern in _MARKS:
        found = pattern.match(text)
        if found is None:
            continue
        number = found[1] if found.groups() else ""
        if style == "part":
            low = number.lower()
            if low in _PART_NUMBERS:
                number = str(_PART_NUMBERS.index(low) + 1)
            elif not re.fullmatch(r"[IVX]+|\d+", number):
                continue
        if style == "number" and re.match(r"\d{1,2}[./]\d{1,2}[./]\d{4}", text):
            continue  # a date
        return style, kind, number, found.end()
    return None


def _next_letters(letter: str) -> Iterator[str]:
    if letter not in _LETTERS:
        return
    after = _LETTERS[_LETTERS.index(letter) + 1 :]
    yield from after[:1]
    if after[:1] == "đ":
        yield "e"  # many lists leave đ out


def _firsts(style: str, number: str) -> Sequence[str]:
    if style == "point":
        return ("a",)
    if style == "upper":
        return ("A",)
    if style == "article":
        return (number,)  # an excerpt may begin anywhere
    if "." in number:
        return (number.rpartition(".")[0] + ".1",)
    return ("1", "I")


def _value(number: str, style: str) -> int:
    last = number.rpartition(".")[2]
    if last.isdecimal():
        return int(last)
    if style == "upper":
        return ord(last)
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    if last and all(c in values for c in last):
        worth = [values[c] for c in last]
        return sum(-w if any(v > w for v in worth[i + 1 :]) else w for i, w in enumerate(worth))
    digits = re.match(r"\d+", last)
    return int(digits[0]) if digits else -1


def _date_in(text: str) -> date | None:
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def _squeezed(number: str) -> str:
    return re.sub(r"\s+", "", number).rstrip(".,-")

"""Builds the tree of a legal document from its paragraphs and tables.

The head, the name and the bases come first; then numbered parts, of which each opens inside the one
before it until a number of the same style comes back; then recipients and signature; then appendices,
which are numbered afresh. Articles run through the whole document, whatever chapters they stand in.
"""

import re
from collections.abc import Sequence

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
    LegalText,
    NodeKind,
)
from isobot.domain.text import fold
from knowledge.importer.growing import GrowingTree
from knowledge.importer.heads import KIND_WORDS, NUMBER_LINE, ONE_LINE_HEAD, Head, date_in, squeezed
from knowledge.importer.lines import APPENDIX_LINE, AUTHORITY, BASIS_START, KIND_LINE
from knowledge.importer.marks import next_letters, read_mark
from knowledge.importer.model import Block, Change, Doubt, Paragraph, Remarks, Table
from knowledge.importer.open_nodes import Open
from knowledge.importer.rows import Rows

_REFERENCE_LINE = re.compile(r"^\W*(?:Ban hành )?kèm theo\b", re.IGNORECASE)
_ATTACHED_KIND = re.compile(r"^\W*(QUY CHẾ|QUY ĐỊNH|KẾ HOẠCH|CHƯƠNG TRÌNH|ĐỀ ÁN|HƯỚNG DẪN|QUY CHUẨN)\W*$")
_RECIPIENTS_LINE = re.compile(r"^\W*Nơi nhận\b", re.IGNORECASE)
_SIGNATURE_LINE = re.compile(
    r"^\W*(?:(?:TM|KT|TL|TUQ|Q)\s?\.\s"
    r"|(?:PHÓ )?(?:CHỦ TỊCH|GIÁM ĐỐC|BỘ TRƯỞNG|THỦ TƯỚNG|CHÁNH VĂN PHÒNG|THỨ TRƯỞNG)\W*$)"
)
_EFFECT_START = re.compile(rf"^(?:{KIND_WORDS}) này có hiệu lực", re.IGNORECASE)

_GLUED = re.compile(
    r"(?<=[.;:])\s+(?:(?P<point>[a-zđ])\)\s+|(?P<number>\d{1,2}(?:\.\d{1,2})*)\.\s+|(?P<dash>[-–+])\s+)(?=[A-ZÀ-ỸĐ])"
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
        self._tree = GrowingTree(remarks)
        self._zone = "head"
        self._read = Head()
        self._head_seen: set[str] = set()
        self._has_articles = False

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
        if not self._read.number:
            self._remarks.doubts.append(Doubt(1, self._read.kind, "không thấy số, ký hiệu của văn bản"))
        elif self._read.number_line:
            self._remarks.doubts.append(
                Doubt(self._read.number_line, self._read.number, "số và ngày chỉ thấy ở dòng ghi của phụ lục")
            )
        self._check_signature()
        return LegalText(self._read.heading(), tuple(root.closed() for root in self._tree.roots))

    # ---- head and name ----

    def _head(self, block: Paragraph, rest: Sequence[Block]) -> bool:
        one_line = ONE_LINE_HEAD.match(block.text)
        if one_line and not self._tree.roots:
            self._read.read_one_line(one_line)
            self._tree.formal(NAME, block)
            self._zone = "preamble"
            return True
        if KIND_LINE.match(block.text):
            self._read.kind = KIND_LINE.sub(r"\1", block.text).strip()
            self._tree.formal(NAME, block)
            self._zone = "title"
            return True
        coming = [b for b in rest[:40] if isinstance(b, Paragraph)]
        if not any(KIND_LINE.match(b.text) or ONE_LINE_HEAD.match(b.text) for b in coming):
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
        number = NUMBER_LINE.search(block.text)
        if number:
            self._read.number = squeezed(number[1])
        elif re.search(r"Số\s*:", block.text):
            self._remarks.doubts.append(Doubt(block.first, block.text, "không đọc được số, ký hiệu"))
        self._read.issued = self._read.issued or date_in(block.text)
        if not self._read.issuer and block.text.isupper() and "CỘNG" not in block.text:
            self._read.issuer = block.text
        self._tree.formal(NAME if number or date_in(block.text) else HEAD, block)
        return True

    def _name(self, block: Paragraph) -> bool:
        over = (
            AUTHORITY.match(block.text)
            or BASIS_START.match(block.text)
            or self._is_body(block)
            or (self._read.title and not (block.text.isupper() and self._read.title.isupper()))
        )
        if over:
            self._zone = "preamble"
            return False
        if _REFERENCE_LINE.match(block.text):
            self._read.read_reference(block)
        else:
            self._read.title = f"{self._read.title} {block.text}".strip()
        self._tree.formal(NAME, block)
        return True

    def _preamble(self, block: Paragraph) -> None:
        capitals = block.text.strip(" :").isupper()
        if capitals:
            if AUTHORITY.match(block.text) and not self._read.issuer:
                self._read.issuer = block.text
            self._tree.formal(ORDER, block)
        else:
            self._tree.formal(BASIS if BASIS_START.match(block.text) else OPENING, block)

    # ---- the body ----

    def _is_body(self, block: Paragraph) -> bool:
        mark = read_mark(block.text)
        if mark is None:
            return False
        return mark[0] not in ("dash", "plus") or self._zone == "appendix head"

    def _body(self, block: Paragraph, rest: Sequence[Block]) -> None:
        in_appendix = self._tree.in_appendix
        if not in_appendix and self._starts_end(block):
            self._end(block)
            return
        mark = read_mark(block.text)
        if mark is None:
            self._plain(block, rest, in_appendix=in_appendix)
            return
        style, kind, number, _ = mark
        if style in ("dash", "plus"):
            node = self._tree.item(kind, style, block)
        else:
            self._has_articles = self._has_articles or style == "article"
            node = self._tree.numbered(style, kind, number, block)
        self._split_glued(node, block, rest)

    def _starts_end(self, block: Paragraph) -> bool:
        return bool(_RECIPIENTS_LINE.match(block.text) or _SIGNATURE_LINE.match(block.text))

    def _plain(self, block: Paragraph, rest: Sequence[Block], *, in_appendix: bool) -> None:
        top = self._tree.outside_lists()
        if not in_appendix and not self._has_articles:
            if _EFFECT_START.match(block.text):
                self._tree.formal(EFFECT, block)
                return
            if self._is_closing(top, rest):
                self._tree.formal(CLOSING, block)
                return
        if top is None:
            self._tree.formal(OPENING, block)
        else:
            self._tree.pop_to(top)
            self._tree.child(top, NodeKind.PARAGRAPH, "đoạn", block)

    def _is_closing(self, top: Open | None, rest: Sequence[Block]) -> bool:
        """Tell whether only plain paragraphs are left, and the last numbered place was complete."""
        if top is None or not (top.text.rstrip().endswith((".", ";")) or top.children):
            return False
        for block in rest:
            if isinstance(block, Table):
                return False
            if self._starts_end(block) or APPENDIX_LINE.match(block.text):
                return True
            if read_mark(block.text) is not None:
                return False
        return True

    def _split_glued(self, node: Open, block: Paragraph, rest: Sequence[Block]) -> None:
        """Part a place that was glued to the line before it ("... chất lượng. d) Bước 4: ...")."""
        for found in _GLUED.finditer(node.text):
            if not self._expected(found, node):
                continue
            tail = node.text[found.start() :].strip()
            node.text = node.text[: found.start()].rstrip()
            self._remarks.changes.append(Change(block.last, "tách dòng dính", "", tail[:60]))
            self._body(Paragraph(tail, block.first, block.last), rest)
            return

    def _expected(self, found: re.Match[str], node: Open) -> bool:
        if found["dash"]:
            return node.style in ("dash", "plus") and found[0].strip() == node.text[:1]
        if found["point"]:
            last = next((n for n in reversed(self._tree.stack) if n.style == "point"), None)
            return last is not None and found["point"] in next_letters(last.number)
        number = found["number"]
        head, _, step = number.rpartition(".")
        for opened in self._tree.stack:
            before, _, last_step = opened.number.rpartition(".")
            if opened.style == f"number{number.count('.')}" and before == head:
                return int(step) == int(last_step) + 1
        return False

    # ---- the end ----

    def _end(self, block: Paragraph) -> None:
        text = block.text
        if _RECIPIENTS_LINE.match(text):
            self._zone = "recipients"
        elif _SIGNATURE_LINE.match(text) or (self._zone == "recipients" and not _is_recipient(text)):
            self._zone = "signature"
        self._tree.formal(RECIPIENTS if self._zone == "recipients" else SIGNATURE, block)

    def _check_signature(self) -> None:
        signed = next((root for root in self._tree.roots if root.path == SIGNATURE), None)
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
        self._tree.begin(Open("appendix", NodeKind.APPENDIX, path, block.text, block.first, block.last))
        self._zone = "appendix head"
        self._has_articles = False

    def _appendix_head(self, block: Paragraph) -> None:
        if _REFERENCE_LINE.match(block.text):
            self._read.read_reference(block)
        elif not block.text.isupper() and len(self._tree.stack[0].children) > 2:
            self._zone = "body"
        self._tree.child(self._tree.stack[0], NodeKind.PARAGRAPH, "đoạn", block)

    def _table(self, table: Table) -> None:
        if not self._tree.stack:
            row = (*table.header, *table.rows)[0]
            self._tree.begin(Open("table", NodeKind.FORMAL, "Bảng", "", row.first, row.last))
        self._tree.pop_to(self._tree.outside_lists() or self._tree.stack[0])
        if self._zone == "appendix head":
            self._zone = "body"
        root = self._tree.stack[-1]
        stem = root.path if self._tree.in_appendix else f"{root.path} bảng"
        Rows(root, stem=stem, remarks=self._remarks, unused=self._tree.unused).add(table)


def _is_recipient(text: str) -> bool:
    return text.startswith(("-", "+", "(", "•")) or ";" in text or bool(re.match(r"Lưu\b|Như\b", text))

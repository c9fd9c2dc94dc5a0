"""Rows of a table, put under their groups."""

import re
from collections.abc import Callable

from isobot.domain.legal_text import NodeKind
from knowledge.importer.marks import value
from knowledge.importer.model import Doubt, Remarks, Table, TableRow
from knowledge.importer.open_nodes import Open


class Rows:
    """Puts the rows of a table under their groups: I, then 1, then 2.1; or a district, then its communes."""

    def __init__(self, root: Open, *, stem: str, remarks: Remarks, unused: Callable[[str, int], str]) -> None:
        """Put rows under `root`; `unused` keeps their paths apart from all others."""
        self._unused = unused
        self._root = root
        self._stem = stem
        self._remarks = remarks
        self._roman: Open | None = None
        self._group: Open | None = None
        self._numbers: dict[str, Open] = {}
        self._last = 0

    def add(self, table: Table) -> None:
        """Add all rows, the head of the table as one."""
        if table.header:
            text = "\n".join(" | ".join(cell for cell in row.cells if cell) for row in table.header)
            first, last = table.header[0].first, table.header[-1].last
            path = self._unused(f"{self._stem} đầu bảng", first)
            self._root.children.append(Open("head", NodeKind.PARAGRAPH, path, text, first, last))
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
        before = value(self._roman.number, "roman") if self._roman else 0
        if value(mark, "roman") != before + 1:
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

    def _add(self, row: TableRow, kind: NodeKind, path: str, holder: Open, number: str = "") -> Open:
        text = " | ".join(cell for cell in row.cells if cell)
        path = self._unused(path, row.first)
        node = Open("row", kind, path, text, row.first, row.last, number, cells=row.cells)
        holder.children.append(node)
        return node

    def _doubt(self, row: TableRow, why: str) -> None:
        self._remarks.doubts.append(Doubt(row.first, " | ".join(c for c in row.cells if c)[:60], why))

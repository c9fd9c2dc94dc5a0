"""The tree of a legal document while it grows: which places are open, and how a new one is called."""

import re
from collections.abc import Callable

from isobot.domain.legal_text import OPENING, NodeKind, section_key
from knowledge.importer.marks import firsts, next_letters, value
from knowledge.importer.model import Doubt, Paragraph, Remarks
from knowledge.importer.open_nodes import Open


class GrowingTree:
    """All places read so far, with those that are still open, the innermost last.

    What looks wrong in the numbering goes to the remarks.
    """

    def __init__(self, remarks: Remarks) -> None:
        self.roots: list[Open] = []
        self.stack: list[Open] = []
        self._remarks = remarks
        self._used: set[str] = set()

    @property
    def in_appendix(self) -> bool:
        """Tell whether an appendix is open."""
        return bool(self.stack) and self.stack[0].kind is NodeKind.APPENDIX

    def formal(self, name: str, block: Paragraph) -> None:
        """Add a paragraph to a named part, which may be in several places of the document."""
        root = next((r for r in self.roots if r.path == name), None)
        if root is None:
            root = self.root(Open("formal", NodeKind.FORMAL, name, block.text, block.first, block.last))
        else:
            self.child(root, NodeKind.PARAGRAPH, "đoạn", block)

    def root(self, node: Open) -> Open:
        """Add a node that stands under none."""
        node.path = self.unused(node.path, node.first)
        self.roots.append(node)
        return node

    def begin(self, node: Open) -> Open:
        """Add a node under none, and open it alone: what follows stands under it."""
        self.stack = [self.root(node)]
        return node

    def child(self, above: Open, kind: NodeKind, word: str, block: Paragraph) -> Open:
        """Add a paragraph or an item under a node; it is numbered among those of its kind."""
        number = 1 + sum(1 for child in above.children if child.kind is kind)
        if word == "đoạn":
            number += 1  # the paragraph with the number itself is the first
        path = self.unused(f"{above.path} {word} {number}", block.first)
        node = Open(word, kind, path, block.text, block.first, block.last)
        above.children.append(node)
        return node

    def item(self, kind: NodeKind, style: str, block: Paragraph) -> Open:
        """Open an item of a list; a plus stands under a dash."""

        def holds(node: Open) -> bool:
            return node.style not in (("plus",) if style == "plus" else ("dash", "plus"))

        above = self.nearest(holds)
        if above is None:
            above = self.begin(Open("formal", NodeKind.FORMAL, OPENING, "", block.first, block.last))
        self.pop_to(above)
        node = self.child(above, kind, "cộng" if style == "plus" else "gạch", block)
        node.style = style
        self.stack.append(node)
        return node

    def numbered(self, style: str, kind: NodeKind, number: str, block: Paragraph) -> Open:
        """Open a numbered place, inside the one before it or beside one of its own style."""
        key = f"{style}{number.count('.')}" if style == "number" else style
        above = self._above(key, style, number)
        before = self._last_of(above, key)
        stem, path = _written(above, style, number, base=self._prefix(above, style))
        node = Open(
            key, kind, self.unused(path, block.first), block.text, block.first, block.last, number, stem
        )
        self._check_order(style, before, node)
        if above is None:
            self.roots.append(node)
        else:
            above.children.append(node)
        self.stack.append(node)
        return node

    def nearest(self, fits: Callable[[Open], bool]) -> Open | None:
        """Return the innermost open node that fits."""
        return next((node for node in reversed(self.stack) if fits(node)), None)

    def outside_lists(self) -> Open | None:
        """Return the innermost open node that is no item of a list."""
        return self.nearest(lambda node: node.style not in ("dash", "plus"))

    def pop_to(self, node: Open) -> None:
        """Close everything inside a node."""
        while self.stack and self.stack[-1] is not node:
            self.stack.pop()

    def unused(self, path: str, line: int) -> str:
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

    def _above(self, key: str, style: str, number: str) -> Open | None:
        """Close what ends here, and return the node that the new one stands under."""
        while self.stack and self.stack[-1].style in ("dash", "plus"):
            self.stack.pop()
        styles = [node.style for node in self.stack]
        if style == "number" and "." in number:
            prefix = number.rpartition(".")[0]
            holder = self.nearest(lambda node: node.style.startswith("number") and node.number == prefix)
            if holder is not None:
                self.pop_to(holder)
                return holder
        if key in styles:
            at = len(styles) - 1 - styles[::-1].index(key)
            del self.stack[at:]
        elif style in ("article", "chapter", "part", "section"):
            wider = {"part": (), "chapter": ("part",), "section": ("part", "chapter")}.get(
                style, ("part", "chapter", "section", "roman", "upper")
            )
            keep = [n for n in self.stack if n.kind is NodeKind.APPENDIX or n.style in wider]
            self.stack = keep
        return self.stack[-1] if self.stack else None

    def _last_of(self, above: Open | None, key: str) -> Open | None:
        siblings = self.roots if above is None else above.children
        return next((node for node in reversed(siblings) if node.style == key), None)

    def _prefix(self, above: Open | None, style: str) -> str:
        if above is None:
            return ""
        if style == "article":
            appendix = self.stack[0] if self.stack and self.stack[0].kind is NodeKind.APPENDIX else None
            return f"{appendix.path} " if appendix else ""
        return f"{above.path} "

    def _check_order(self, style: str, before: Open | None, node: Open) -> None:
        """Report a number that does not follow the one before it."""
        if before is None:
            if node.number not in firsts(style, node.number):
                self._doubt_number(node, "không thấy số đứng trước")
            return
        if style == "point":
            fits = node.number in next_letters(before.number)
        else:
            fits = value(node.number, style) == value(before.number, style) + 1
        if not fits:
            self._doubt_number(node, f"đứng sau “{before.number}” nên có thể thiếu hoặc nhầm số")

    def _doubt_number(self, node: Open, why: str) -> None:
        self._remarks.doubts.append(Doubt(node.first, f"{node.path}: {node.text[:50]}", why))


def _written(above: Open | None, style: str, number: str, *, base: str) -> tuple[str, str]:
    """Return the stem and the path of a numbered node, as a citation writes them."""
    if style == "number" and "." in number and above is not None and above.style.startswith("number"):
        return above.stem, above.stem + number
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
        stem = base + {"part": "Phần ", "chapter": "Chương ", "section": "Mục ", "article": "Điều "}[style]
    return stem, stem + number

"""A place of a document while it is read: it may still get children."""

from dataclasses import dataclass, field

from isobot.domain.legal_text import Node, NodeKind


@dataclass(slots=True)
class Open:
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
    children: "list[Open]" = field(default_factory=list)
    cells: tuple[str, ...] = ()

    def closed(self) -> Node:
        """Return the finished node, with everything under it."""
        return Node(
            self.path,
            self.kind,
            self.text,
            self.first,
            max([self.last, *(child.last for child in self.children)]),
            tuple(child.closed() for child in self.children),
            self.cells,
        )

"""What an import gives: lines, paragraphs and tables on the way, the tree and its remarks at the end."""

from dataclasses import dataclass, field

from isobot.domain.legal_text import LegalText


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, numbered from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph after wrapped lines were joined."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table; `cells` has as many entries as the table has columns."""

    cells: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table; repeated heads of its pages are left out."""

    header: tuple[TableRow, ...]
    rows: tuple[TableRow, ...]


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Change:
    """Something that the import changed in the wording or left out (thay đổi)."""

    line: int
    what: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        shown = f": “{self.before}” → “{self.after}”" if self.before or self.after else ""
        return f"dòng {self.line}: {self.what}{shown}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that looks misread (chỗ ngờ); the text is left as it is."""

    line: int
    text: str
    why: str
    suggestion: str = ""

    def __str__(self) -> str:
        advice = f"; có thể là “{self.suggestion}”" if self.suggestion else ""
        return f"dòng {self.line}: “{self.text}” – {self.why}{advice}"


@dataclass(slots=True)
class Remarks:
    """What is gathered on the way."""

    changes: list[Change] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SumCheck:
    """One sum or count that was made again (phép cộng kiểm tra); it holds when the two are equal."""

    line: int
    what: str
    printed: int
    counted: int

    @property
    def holds(self) -> bool:
        """Tell whether the printed figure is what its parts make."""
        return self.printed == self.counted


@dataclass(frozen=True, slots=True)
class Imported:
    """A document that was read."""

    text: LegalText
    changes: tuple[Change, ...]
    doubts: tuple[Doubt, ...]
    sums: tuple[SumCheck, ...]
    lines: tuple[str, ...]
    """The decoded lines, as the line numbers of the nodes count them."""

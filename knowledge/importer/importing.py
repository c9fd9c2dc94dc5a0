"""The whole import of one file, and the guess which document it is."""

from collections.abc import Iterable
from pathlib import Path

from isobot.domain.law import LegalDocument
from isobot.domain.legal_text import LegalText
from isobot.domain.text import fold
from knowledge.importer.doubts import check_sums, find_doubts
from knowledge.importer.legacy import decode_lines
from knowledge.importer.lines import blocks_of
from knowledge.importer.model import Imported, Line, Remarks
from knowledge.importer.reading import read_lines
from knowledge.importer.tree import build_tree


def import_file(path: Path) -> Imported:
    """Read a file into its tree.

    Raises:
        DataFileError: the file cannot be read.
    """
    remarks = Remarks()
    return _imported(read_lines(path, remarks), remarks)


def import_text(text: str) -> Imported:
    """Read a text that is at hand as if it came from a .txt file."""
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), start=1)]
    return _imported(lines, Remarks())


def _imported(lines: list[Line], remarks: Remarks) -> Imported:
    decoded = decode_lines(lines, remarks)
    tree = build_tree(blocks_of(decoded, remarks), remarks)
    texts = tuple(line.text for line in decoded)
    doubts = sorted([*remarks.doubts, *find_doubts(tree, texts)], key=lambda doubt: doubt.line)
    changes = sorted(remarks.changes, key=lambda change: change.line)
    return Imported(tree, tuple(changes), tuple(doubts), tuple(check_sums(tree)), texts)


def guess_document(text: LegalText, documents: Iterable[LegalDocument]) -> list[LegalDocument]:
    """Name the known documents that a text may be: the surest alone, or several between which to choose.

    The number decides, with the issuing province where several share it; without a readable number, the
    kind, the day of issue and the words of the title do.
    """
    known = list(documents)
    number = fold(text.heading.number)
    by_number = [
        d for d in known if number and number in {fold(d.number), *(fold(a) for a in d.also_written)}
    ]
    if text.heading.issued and len(by_number) > 1:
        by_number = [d for d in by_number if d.issued == text.heading.issued] or by_number
    if by_number:
        return by_number
    same_day = [d for d in known if d.issued is not None and d.issued == text.heading.issued]
    same_kind = [d for d in same_day if fold(d.kind) == fold(text.heading.kind)]
    return [d for d in same_kind if _title_shared(text.heading.title, d.title) >= 0.6]


def _title_shared(one: str, other: str) -> float:
    left, right = set(fold(one).split()), set(fold(other).split())
    return len(left & right) / max(1, min(len(left), len(right)))

"""Sets the cards beside the imported texts: does each cited place exist, and which places have no card."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from isobot.domain.law import Citation, LegalDocument, Source
from isobot.domain.legal_text import APPENDIX, CITABLE, HEAD, ORDER, LegalText, Node, NodeKind, section_key
from knowledge.corpus import Card

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class BrokenCitation:
    """A card, or a document's record, that cites a place the imported text does not have."""

    card: str
    document: str
    section: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """What became of every citation of every card; the counts are of citations."""

    checked: int
    """The document is imported and the place exists; those of the documents' records are counted too."""
    whole: int
    """The document is imported and cited as a whole."""
    secondary: Mapping[Source, int]
    """Not imported, and known from a codified or secondary source only."""
    not_imported: Mapping[str, int]
    """Its text was at hand when the cards were written, but is not imported here; by document."""
    broken: tuple[BrokenCitation, ...]
    cards: int
    """The cards that were looked at."""


def check_citations(
    cards: Iterable[Card], texts: Mapping[str, LegalText], documents: Iterable[LegalDocument] = ()
) -> CitationCheck:
    """Look up every citation in the imported texts, which are given by document key.

    The places that the records of `documents` name are looked up as well.
    """
    checked = whole = looked_at = 0
    secondary = dict.fromkeys((Source.CODIFIED, Source.SECONDARY), 0)
    missing: dict[str, int] = {}
    broken: list[BrokenCitation] = []
    citing = [(document.key, _own_places(document)) for document in documents if document.key in texts]
    for card in cards:
        looked_at += 1
        citing.append((card.id, card.citations))
    for cited_by, citations in citing:
        for citation in citations:
            document, text = citation.document, texts.get(citation.document.key)
            if text is None:
                if document.source is Source.TEXT:
                    missing[document.key] = missing.get(document.key, 0) + 1
                else:
                    secondary[document.source] += 1
            elif not citation.section:
                whole += 1
            elif text.find(citation.section) is not None:
                checked += 1
            else:
                near = nearest_sections(text, citation.section)
                broken.append(BrokenCitation(cited_by, document.key, citation.section, near))
    return CitationCheck(checked, whole, secondary, missing, tuple(broken), looked_at)


def _own_places(document: LegalDocument) -> tuple[Citation, ...]:
    return tuple(Citation(document, place) for place in document.places())


def nearest_sections(text: LegalText, section: str) -> tuple[str, ...]:
    """Name the existing places that are written most like this one."""
    paths = {
        node.path: section_key(node.path) for node in text.walk() if node.kind in CITABLE | {NodeKind.GROUP}
    }
    found = process.extract(section_key(section), paths, scorer=fuzz.ratio, limit=_NEAREST)
    return tuple(path for _, _, path in found)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The places of one document with and without cards, in the order of the document."""

    cited: Mapping[str, int]
    """How many cards cite each place by its own name."""
    within: tuple[str, ...]
    """Not cited by name, but inside a cited place or with a cited place inside."""
    bare: tuple[Node, ...]
    """Neither."""


def coverage_of(text: LegalText, document: str, cards: Iterable[Card]) -> Coverage:
    """Tell which places of a document the cards cite."""
    counts: dict[str, int] = {}
    for card in cards:
        for citation in card.citations:
            if citation.document.key == document:
                key = section_key(citation.section)
                counts[key] = counts.get(key, 0) + 1
    cited: dict[str, int] = {}
    within: list[str] = []
    bare: list[Node] = []

    def go(node: Node, *, inside: bool) -> bool:
        """Sort a node and those below it; True when it or one of them is cited."""
        count = counts.get(section_key(node.path), 0)
        place = len(within), len(bare)
        below = [go(child, inside=inside or count > 0) for child in node.children]
        if node.kind in CITABLE | {NodeKind.GROUP} and node.path not in (HEAD, ORDER):
            if count:
                cited[node.path] = count
            elif inside or any(below):
                within.insert(place[0], node.path)
            else:
                bare.insert(place[1], node)
        return count > 0 or any(below)

    for root in text.nodes:
        go(root, inside=False)
    return Coverage(cited, tuple(within), tuple(bare))


@dataclass(frozen=True, slots=True)
class TreeCounts:
    """The counts by which a parse is judged."""

    articles: int
    sections: int
    """Roman sections, clauses and points, outside tables."""
    items: int
    rows: int
    """Numbered rows of tables."""
    rows_by_part: Mapping[str, int]


def count_tree(text: LegalText) -> TreeCounts:
    """Count the articles, sections, list items and rows of a text."""
    by_part: dict[str, int] = {}
    for root in text.nodes:
        if root.kind is NodeKind.APPENDIX:
            for part in root.children:
                rows = sum(1 for node in part.walk() if node.kind is NodeKind.ROW)
                if rows:
                    by_part[part.path.removeprefix(f"{APPENDIX} ")] = rows
    return TreeCounts(
        text.count(NodeKind.ARTICLE),
        text.count(NodeKind.ROMAN, NodeKind.CLAUSE, NodeKind.POINT),
        text.count(NodeKind.DASH, NodeKind.PLUS),
        text.count(NodeKind.ROW),
        by_part,
    )

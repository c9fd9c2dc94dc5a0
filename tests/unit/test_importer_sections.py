"""Cards beside the imported texts: citations that do not exist, places without cards."""

from dataclasses import replace
from datetime import date

import pytest

from isobot.domain.law import Citation, DocumentFact, LegalDocument, Source
from isobot.domain.legal_text import LegalText
from knowledge.corpus import Card, CardKind
from knowledge.importer.importing import import_text
from knowledge.importer.sections import check_citations, count_tree, coverage_of

PLAN = LegalDocument("thu", "1/KH-UBND", "Kế hoạch", "Thử", "UBND tỉnh", Source.TEXT, issued=date(2024, 1, 2))
LAW = LegalDocument("luat", "1/2024/QĐ-TTg", "Quyết định", "Thử", "Thủ tướng", Source.CODIFIED)


@pytest.fixture
def text() -> LegalText:
    return import_text("KẾ HOẠCH\nThử\nI. VIỆC\n1. Một.\n2. Hai:\na) Ba;\nb) Bốn.\nII. TIỀN\nKhông có.").text


def card(name: str, *citations: tuple[LegalDocument, str]) -> Card:
    cited = tuple(Citation(document, section) for document, section in citations)
    return Card(name, "national", "t", CardKind.FACT, "Thẻ", ("hỏi",), "Đáp.", "", cited)


def test_a_cited_place_that_is_there_is_counted(text: LegalText):
    found = check_citations([card("a", (PLAN, "I.2.a"), (PLAN, "điểm b mục I.2"))], {"thu": text})

    assert (found.checked, found.broken) == (2, ())


def test_a_cited_place_that_is_not_there_is_named_with_the_nearest_ones(text: LegalText):
    [broken] = check_citations([card("a", (PLAN, "I.2.c"))], {"thu": text}).broken

    assert (broken.card, broken.document, broken.section) == ("a", "thu", "I.2.c")
    assert set(broken.nearest) & {"I.2", "I.2.a", "I.2.b"}


def test_the_places_of_a_documents_record_are_looked_up_too(text: LegalText):
    told = DocumentFact("signer", "Ông A ký.", "III")
    record = replace(PLAN, basis_section="I.1", facts=(told,))

    found = check_citations([], {"thu": text}, [record])

    assert found.checked == 1
    assert [(b.card, b.section) for b in found.broken] == [("thu", "III")]


def test_what_is_not_imported_is_counted_by_how_it_is_known(text: LegalText):
    found = check_citations([card("a", (PLAN, "I.1"), (LAW, "Điều 9"))], {})

    assert found.secondary[Source.CODIFIED] == 1
    assert found.not_imported == {"thu": 1}
    assert found.broken == ()


def test_coverage_tells_cited_places_those_around_them_and_bare_ones(text: LegalText):
    found = coverage_of(text, "thu", [card("a", (PLAN, "I.2")), card("b", (PLAN, "mục I.2"), (LAW, "II"))])

    assert found.cited == {"I.2": 2}
    assert set(found.within) == {"I", "I.2.a", "I.2.b"}
    assert [node.path for node in found.bare] == ["Tên văn bản", "I.1", "II"]


def test_the_counts_of_a_tree(text: LegalText):
    counts = count_tree(text)

    assert (counts.articles, counts.sections, counts.items, counts.rows) == (0, 6, 0, 0)

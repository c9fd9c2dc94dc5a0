"""The corpus refuses to load half: every mistake is told with its file, place and cure."""

from pathlib import Path

import pytest

from isobot.errors import DataFileError
from knowledge.corpus import LONGEST_ANSWER, SEED_PROVINCES, load_corpus

SHIPPED = Path(__file__).parents[2] / "knowledge"

TOPICS = """
topics:
  - {id: bao-cao, label: "Báo cáo", group: g, asks: [báo cáo]}
groups:
  - {id: g, label: "Nhóm"}
"""
DOCUMENTS = """
documents:
  - {key: thanh-hoa, number: "1/QĐ", kind: Quyết định, title: "Tên", issuer: "UBND", source: text}
"""
CARD = """
scope: thanh-hoa
document: thanh-hoa
cards:
  - id: th-mot
    topic: bao-cao
    kind: fact
    title: "Báo cáo"
    asks: ["báo cáo khi nào"]
    answer: "Tháng 5."
    cite: ["Điều 1"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cards").mkdir()
    (tmp_path / "topics.yaml").write_text(TOPICS, encoding="utf-8")
    (tmp_path / "documents.yaml").write_text(DOCUMENTS, encoding="utf-8")
    (tmp_path / "cards" / "mot.yaml").write_text(CARD, encoding="utf-8")
    return tmp_path


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / "cards" / "mot.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_whole_corpus_loads(folder):
    card = load_corpus(folder).cards["th-mot"]
    assert card.citations[0].as_text() == "Điều 1, Quyết định 1/QĐ"


def test_the_version_changes_with_any_card(folder):
    before = load_corpus(folder).version
    rewrite(folder, "Tháng 5.", "Tháng 10.")
    assert load_corpus(folder).version != before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("topic: bao-cao", "topic: khac", "topic 'khac' does not exist"),
        ("document: thanh-hoa", 'document: "9/QĐ"', "document '9/QĐ' does not exist"),
        ("scope: thanh-hoa", "scope: ha-noi", "scope 'ha-noi' does not exist"),
        ('asks: ["báo cáo khi nào"]', "asks: []", "asks"),
        ('asks: ["báo cáo khi nào"]', 'asks: ["  "]', "`asks` is empty"),
        ("Tháng 5.", "a" * (LONGEST_ANSWER + 1), "at most"),
        ("id: th-mot", "id: mot", "id"),
    ],
)
def test_a_mistake_in_a_card_is_told_with_its_place(folder, old, new, told):
    rewrite(folder, old, new)
    with pytest.raises(DataFileError) as refusal:
        load_corpus(folder)
    assert told in str(refusal.value)
    assert "mot.yaml" in str(refusal.value)


def test_an_id_may_not_stand_twice(folder):
    (folder / "cards" / "hai.yaml").write_text(CARD, encoding="utf-8")
    with pytest.raises(DataFileError, match="id stands twice"):
        load_corpus(folder)


def test_the_shipped_corpus_is_whole_and_covers_every_province():
    corpus = load_corpus(SHIPPED)
    assert all(corpus.of_scope(slug) for slug in SEED_PROVINCES)
    assert all(card.citations or card.scope in ("bot", "national") for card in corpus.cards.values())

"""The live corpus: the shipped cards with what the office approved on top, and frozen where a document fell.

A frozen card is still found by the words it used to say, but it says only that its document was
replaced and that its content is being checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import ValidationError

from isobot.domain.curation import Overlay, Record, Replacement
from isobot.domain.law import Citation, LegalDocument
from isobot.domain.numbers import format_date
from knowledge.corpus import Card, CardProblem, CardRow, Corpus, cards_by_scope, make_card


@dataclass(frozen=True, slots=True)
class Misfit:
    """An approved card that no longer fits the shipped topics and documents, and so is left out."""

    card: str
    problem: str


def live_corpus(shipped: Corpus, overlay: Overlay) -> Corpus:
    """Put the office's changes on top of the shipped corpus."""
    if not overlay.edition:
        return shipped
    cards = _cards_of(shipped, overlay)
    documents = dict(shipped.documents)
    for mark in overlay.replacements:
        if mark.document in documents:
            documents[mark.document] = replace(
                documents[mark.document], replaced_by=mark.by, replaced_on=mark.on
            )
    frozen = {c.id: _frozen(c, mark, documents) for c, mark in _freezing(cards, overlay)}
    cards |= frozen
    return replace(
        shipped,
        cards=cards,
        documents=documents,
        version=f"{shipped.version}-{overlay.edition}",
        by_scope=cards_by_scope(cards.values()),
        replaced={
            m.document: replaced_sentence(documents[m.document], m)
            for m in overlay.replacements
            if m.document in documents
        },
    )


def misfits(shipped: Corpus, overlay: Overlay) -> list[Misfit]:
    """List the approved cards that an update of the shipped files has left without topic or document."""
    found = [(v.card, _fitting(shipped, v.record)) for v in overlay.versions]
    return [Misfit(card, made) for card, made in found if isinstance(made, str)]


def frozen_cards(shipped: Corpus, overlay: Overlay) -> list[tuple[Card, Replacement]]:
    """List the cards that wait to be read again, as they were before, with the mark that freezes each."""
    return list(_freezing(_cards_of(shipped, overlay), overlay))


def _cards_of(shipped: Corpus, overlay: Overlay) -> dict[str, Card]:
    """Put the approved wordings that still fit in the place of the shipped ones."""
    cards = dict(shipped.cards)
    for version in overlay.versions:
        made = _fitting(shipped, version.record)
        if isinstance(made, Card):
            cards[made.id] = replace(made, review_by=version.review_by)
    return cards


def replaced_sentence(document: LegalDocument, mark: Replacement) -> str:
    """Say that a document was replaced: by what, from which day."""
    return f"{document.kind} {document.number} được thay thế bằng {mark.by} từ ngày {format_date(mark.on)}."


def record_of(card: Card) -> Record:
    """Return a card in the words of a card file."""
    record: dict[str, object] = {
        "id": card.id,
        "scope": card.scope,
        "topic": card.topic,
        "kind": card.kind.value,
        "title": card.title,
        "asks": list(card.asks),
        "answer": card.answer,
        "short": card.short,
        "cite": [{"document": c.document.key, "section": c.section} for c in card.citations],
        "levels": list(card.levels),
    }
    if card.step is not None:
        record["step"] = card.step
    return record


def card_of(record: Record, corpus: Corpus) -> Card:
    """Make a card from a record, checked as the cards of a file are.

    Raises:
        CardProblem: it does not fit; the message names the place.
    """
    try:
        row = CardRow.model_validate(dict(record))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CardProblem(f"{place}: {first['msg']}", "correct it") from error
    return make_card(row, documents=corpus.documents, topics=corpus.topics)


def _fitting(shipped: Corpus, record: Record) -> Card | str:
    try:
        return card_of(record, shipped)
    except CardProblem as problem:
        return f"{problem}; {problem.mend}"


def _freezing(cards: dict[str, Card], overlay: Overlay) -> Iterator[tuple[Card, Replacement]]:
    if not overlay.replacements:
        return
    for card in cards.values():
        mark = overlay.freezing(card.id, {c.document.key for c in card.citations})
        if mark is not None:
            yield card, mark


def _frozen(card: Card, mark: Replacement, documents: dict[str, LegalDocument]) -> Card:
    old = documents[mark.document]
    places = [Citation(old, "")]
    if mark.by in documents:
        places.append(Citation(documents[mark.by], ""))
    return replace(
        card,
        answer=f"{replaced_sentence(old, mark)} Nội dung “{card.title}” dựa trên văn bản cũ đang được "
        "kiểm tra lại, nên tôi chưa trả lời.",
        short=f"{old.number} được {mark.by} thay thế; nội dung này đang được kiểm tra lại",
        citations=tuple(places),
        unshown=f"{card.answer} {card.short}",
    )

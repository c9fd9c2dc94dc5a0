"""Looks through the cards for what a reader would stumble over, and says the cure of each.

It knows nothing that is not in the corpus: whether a section stands in an imported document is asked
of a callable. The search for contradictions is a heuristic made to raise few false alarms: it speaks
up where two sentences of one topic and place are nearly the same words with another figure.
"""

from datetime import date

from knowledge.answer import KnowledgeBase
from knowledge.corpus import Card, Corpus
from knowledge.lint.citations import faulty_citations, silent_summaries
from knowledge.lint.contradictions import between, contradictions
from knowledge.lint.finding import Finding, SectionKnown, Severity
from knowledge.lint.form import overdue, too_long, without_short
from knowledge.lint.reach import asks_taken, duplicate_asks, unreachable

__all__ = ["Finding", "SectionKnown", "Severity", "contradictions", "lint", "lint_card"]


def lint(
    knowledge: KnowledgeBase, *, today: date, section_known: SectionKnown | None = None
) -> list[Finding]:
    """Check every card of a corpus; errors first, then by card."""
    corpus = knowledge.corpus
    found = [
        *faulty_citations(corpus.cards.values(), section_known),
        *contradictions(corpus),
        *unreachable(knowledge, corpus.cards.values()),
        *duplicate_asks(corpus),
        *silent_summaries(corpus.cards.values(), section_known),
        *too_long(corpus.cards.values()),
        *without_short(corpus),
        *overdue(corpus.cards.values(), today),
    ]
    return sorted(found, key=lambda f: (f.severity is not Severity.ERROR, f.cards, f.rule))


def lint_card(corpus: Corpus, card: Card, section_known: SectionKnown | None = None) -> list[Finding]:
    """Check one card that is not in the corpus yet, against those that are; fast enough for a chat."""
    beside = [c for c in corpus.of_scope(card.scope) if c.topic == card.topic and c.id != card.id]
    found = [
        *faulty_citations([card], section_known),
        *silent_summaries([card], section_known),
        *too_long([card]),
    ]
    for other in beside:
        found += between(other, card)
    found += asks_taken(corpus, card)
    return found

"""Curation: writing, approving and returning cards, marking documents as replaced (biên tập).

One person proposes, another decides; a change is live for every process at its next answer, because
it changes the stored edition in the same transaction.
"""

from isobot.actions.curating.asked import dismiss, expire, groups_for, say_helpful
from isobot.actions.curating.news import tell_author, tell_editors
from isobot.actions.curating.proposals import approve, decide_proposal, propose_card, return_proposal, wording
from isobot.actions.curating.replaced import (
    affected,
    cards_on,
    confirm,
    documents_of,
    mark_replaced,
    propose_replaced,
    scope_of_document,
    warn,
)
from isobot.actions.curating.rights import NOT_YOURS, OWN_WORK

__all__ = [
    "NOT_YOURS",
    "OWN_WORK",
    "affected",
    "approve",
    "cards_on",
    "confirm",
    "decide_proposal",
    "dismiss",
    "documents_of",
    "expire",
    "groups_for",
    "mark_replaced",
    "propose_card",
    "propose_replaced",
    "return_proposal",
    "say_helpful",
    "scope_of_document",
    "tell_author",
    "tell_editors",
    "warn",
    "wording",
]

"""Asking back which province is meant, and what a stranger is told instead."""

import re
from collections.abc import Mapping, Sequence

from isobot.domain.law import LegalDocument
from knowledge.beside import OF_THE_PROVINCE
from knowledge.corpus import BOT, NATIONAL, SEED_PROVINCES, CardKind
from knowledge.model import Answer, Option, Outcome, Refinement, with_sources
from knowledge.question import Question
from knowledge.search import Hit

AS_GOOD = 0.62
"""From this share of the best score on, another province's card answers as well: ask which."""
TOLD = 0.7
"""From this share of the best score on, a card that says something goes before one that says "không nêu"."""
NATIONAL_ACT = 0.8
"""From this share of the best score on, a national card answers where a ministry's act is asked for."""
_ACT_OF_A_MINISTRY = re.compile(
    r"\b(?:quyet dinh|thong tu|cong van|van ban) (?:nao|gi|so may)(?: \w+){0,2} "
    r"(?:bo khoa hoc|bo tai chinh|thu tuong|chinh phu)\b"
)
_ACT_NAMED = re.compile(r"\b(?:QĐ|TT|CV|Quyết định|Thông tư|Công văn) (\d+)/")
ACT_ITSELF = 0.6
"""From this share on, the national card on the very act that a province's card names answers a stranger."""
_A_DOCUMENT = re.compile(r"\b(?:quyet dinh|thong tu|cong van|van ban)(?: \w+)? (?:nao|gi|so may)\b")
LAW_BESIDE = 0.9
"""From this share of the best score on, any national rule goes before a single province's card, for a
stranger; and where it fits so much better than what provinces differ in, none of them is asked about."""
LAW_INSTEAD = 0.75
"""From this share of the best province's score on, the national rule answers a stranger."""


def which_province(
    read: Question, good: Sequence[Hit], documents: Mapping[str, LegalDocument]
) -> Answer | None:
    """Ask which province is meant where cards of several fit about as well."""
    top = good[0]
    if any(not documents[k].province for k in read.documents):
        return None
    if top.card.scope == BOT or (top.card.scope == NATIONAL and _stands_out(good)):
        return None
    if _law_is_asked(read, good) or _act_itself(read, good):
        return None
    provincial = [h for h in good[:12] if h.card.scope in SEED_PROVINCES]
    topics = [_same_in_other_provinces(good, leading) for leading in provincial[:6]]
    fitting = [
        found
        for found in topics
        if len(found) > 1 and any(h.card.kind is not CardKind.ABSENT for h in found.values())
    ]
    if not fitting:
        return None
    if _law_says_it(read, good, max(fitting, key=len)):
        return None
    # What fits in several provinces is more likely meant than what fits best in one.
    meant = max(fitting, key=lambda found: sum(sorted((h.score for h in found.values()), reverse=True)[:3]))
    if _law_beside(good) and max(h.score for h in meant.values()) < LAW_INSTEAD * good[0].score:
        return None
    return _ask_province(meant, _law_on(next(iter(meant.values())), good))


def _law_is_asked(read: Question, good: Sequence[Hit]) -> bool:
    """Tell whether an act of a ministry is asked for, which the national cards know about as well."""
    told = next((h for h in good if h.card.scope == NATIONAL), None)
    return (
        told is not None
        and read.asks(_ACT_OF_A_MINISTRY)
        and told.card.kind is not CardKind.ABSENT
        and told.score >= NATIONAL_ACT * good[0].score
    )


def _act_itself(read: Question, good: Sequence[Hit]) -> Hit | None:
    """Return the national card on the act of a ministry that the best card, a province's, only names."""
    top = good[0]
    named = _ACT_NAMED.findall(f"{top.card.title} {top.card.short}")
    if top.card.scope not in SEED_PROVINCES or not named or not read.asks(_A_DOCUMENT):
        return None
    if read.says(OF_THE_PROVINCE):
        return None
    return next(
        (
            h
            for h in good
            if h.card.scope == NATIONAL
            and h.score >= ACT_ITSELF * top.score
            and set(_ACT_NAMED.findall(h.card.title)) & set(named)
        ),
        None,
    )


def _law_says_it(read: Question, good: Sequence[Hit], found: Mapping[str, Hit]) -> bool:
    """Tell whether the national rule answers a stranger: it fits best, or most provinces are silent."""
    leading = next(iter(found.values()))
    silent = sum(h.card.kind is CardKind.ABSENT for h in found.values())
    law = _law_on(leading, good)
    if law is None or read.says(OF_THE_PROVINCE):
        return False
    return 2 * silent >= len(found) or law.score >= leading.score


def _law_on(leading: Hit, good: Sequence[Hit]) -> Hit | None:
    """Return the national rule on the subject of a province's card, where it fits well enough."""
    return next(
        (
            h
            for h in good
            if h.card.scope == NATIONAL
            and h.card.topic == leading.card.topic
            and h.card.kind is not CardKind.ABSENT
            and h.score >= LAW_INSTEAD * leading.score
        ),
        None,
    )


def _same_in_other_provinces(good: Sequence[Hit], leading: Hit) -> dict[str, Hit]:
    """Return the best card of each province on the leading card's topic."""
    found: dict[str, Hit] = {}
    for hit in good:
        same = hit.card.topic == leading.card.topic and hit.card.scope in SEED_PROVINCES
        if same and hit.score >= AS_GOOD * leading.score:
            found.setdefault(hit.card.scope, hit)
    return found


def _ask_province(found: Mapping[str, Hit], law: Hit | None) -> Answer:
    """Ask which province is meant, with a line on each, and on the rule of the whole country beside them."""
    shown = [found[s] for s in SEED_PROVINCES if s in found]
    lines = [f"- {SEED_PROVINCES[h.card.scope]}: {_short(h)}." for h in shown]
    told = [*shown, *([law] if law else [])]
    if law:
        lines.append(f"- Quy định chung của trung ương: {_short(law)}.")
    head = "Mỗi tỉnh quy định một khác. Anh/chị hỏi tỉnh nào?"
    citations = tuple(h.card.citations[0] for h in told if h.card.citations)
    options = tuple(Option(SEED_PROVINCES[h.card.scope], Refinement(province=h.card.scope)) for h in shown)
    text = with_sources("\n".join([head, *lines]), citations)
    return Answer(Outcome.CLARIFY, text, citations, options, tuple(h.card.id for h in told))


def _short(hit: Hit) -> str:
    return (hit.card.short or hit.card.answer).rstrip(".")


def _stands_out(good: Sequence[Hit]) -> bool:
    others = {h.card.scope for h in good if h.card.scope in SEED_PROVINCES and h.score >= 0.9 * good[0].score}
    return len(others) < 3


def _law_beside(good: Sequence[Hit]) -> Hit | None:
    """Return the national rule that fits nearly as well as the best card, whatever it is about."""
    near = (h for h in good if h.score >= LAW_BESIDE * good[0].score)
    return next((h for h in near if h.card.scope == NATIONAL and h.card.kind is not CardKind.ABSENT), None)


def act_first(read: Question, good: Sequence[Hit]) -> list[Hit]:
    """Put the national card first where a ministry's act is asked for."""
    told = [h for h in good if h.card.scope == NATIONAL][:1] if _law_is_asked(read, good) else []
    itself = _act_itself(read, good)
    told = [itself] if itself else told
    return [*told, *(h for h in good if h not in told)]


def law_first(good: Sequence[Hit]) -> list[Hit]:
    """Put the national rule before one province's, for a stranger: on the same subject, or as fitting."""
    law = _law_on(good[0], good) or _law_beside(good)
    return [law, *(h for h in good if h is not law)] if law else list(good)


def told_first(good: Sequence[Hit]) -> list[Hit]:
    """Put what one province's plan does not say behind something that is said anywhere else."""
    if good[0].card.kind is not CardKind.ABSENT or good[0].card.scope not in SEED_PROVINCES:
        return list(good)
    told = [h for h in good if h.card.scope not in SEED_PROVINCES and h.score >= TOLD * good[0].score]
    return [*told, *(h for h in good if h not in told)]

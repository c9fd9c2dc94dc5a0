"""Giving an answer: the card that fits, what belongs beside it, its citations, and notes on the time."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from isobot.domain.law import Citation
from knowledge.beside import IN_FORCE_STILL
from knowledge.corpus import NATIONAL, SEED_PROVINCES, Card, CardKind, Corpus
from knowledge.fitting import Asked, asks_yes_or_no, without_opening
from knowledge.model import LONGEST, MOST_CITATIONS, Answer, Outcome, with_sources
from knowledge.question import Question
from knowledge.reach import Scope
from knowledge.search import Hit
from knowledge.weighing import SURE, Weigher

OWN_INSTEAD = 0.5
"""From this share of the best score on, the asker's own province answers before the national rule."""
BESIDE, BESIDE_TWO = 0.8, 0.75
"""From this share of the best score on, a second card of the same place is given along, where neither
says only "không nêu"; and the same where two things are asked in one breath: "tháng nào và gửi về đâu"."""
CLOSE = 0.95
"""From this share on, the second is given along even where the first is certainly meant."""
BESIDE_OTHER_PLACE = 0.9
"""From this share on, the national rule is given along with the province's, or the other way round."""
_STILL = re.compile(
    r"\b(?:con (?:\w+ ){0,3}(?:hieu luc|ap dung|dung|gia tri|thoi gian|thuc hien|phai)|hien nay|bay gio|"
    r"nam nay|den nay|hien tai|hom nay|het han|het hieu luc|con khong)\b"
)
_INTERROGATIVE = re.compile(r"\b(?:nao|gi|dau|may|bao nhieu|the nao|bao lau)\b|\bai\b")
_FORCE = re.compile(r"\bhieu luc\b(?! (?:tu|khi|ke tu|thi hanh tu|ngay|nam|cua he thong|he thong))")
_A_YEAR = re.compile(r"\b20\d\d\b")
_REFORM = "sap-xep"
"""The topic of what the reform of 2025 changed, which no plan speaks of."""
_VERSION = re.compile(r"9001[: -]*(20\d\d)")


class Giver:
    """Renders cards as answers."""

    def __init__(self, corpus: Corpus, weigher: Weigher) -> None:
        self.corpus = corpus
        self._card_documents = weigher.fit.card_documents
        self._card_provinces = weigher.fit.card_provinces
        self._years_told = {
            slug: frozenset(
                year
                for card in corpus.of_scope(slug)
                if card.kind is not CardKind.ABSENT and card.topic != _REFORM
                for year in _A_YEAR.findall(card.answer)
            )
            for slug in SEED_PROVINCES
        }

    def given(self, read: Question, scope: Scope, good: Sequence[Hit], today: date) -> Answer:
        """Give the best of the cards that fit, and what belongs beside it."""
        good = self._own_first(read, scope, good)
        top = good[0]
        cards = [top.card]
        premises = [p for p in (self._other_version(read, top.card), self._other_year(read, top.card)) if p]
        room = 160 + sum(map(len, premises))
        for hit in self._beside(read, scope, good):
            together = (*cards, hit.card)
            length = sum(len(c.answer) for c in together) + room
            cited = {c.document.key for card in together for c in card.citations[:1]}
            if length <= LONGEST and len(cited) <= MOST_CITATIONS and len(cards) < 2:
                cards.append(hit.card)
        asked = asks_yes_or_no(read.focus)
        cards = [without_opening(c, keep=asked and c is top.card) for c in cards]
        answer = self.of_card(*cards, unknown=not scope.provinces, asked=read.documents)
        for premise in premises:
            if premise not in answer.text and len(premise) + len(answer.text) < LONGEST:
                answer = replace(answer, text=f"{premise} {answer.text}")
        note = self._note(read, top.card, today)
        if note and len(answer.text) + len(note) < LONGEST:
            body, mark, sources = answer.text.rpartition("\nCăn cứ:")
            answer = replace(
                answer, text=f"{body}\n{note}{mark}{sources}" if mark else f"{answer.text}\n{note}"
            )
        return answer

    def of_card(self, *cards: Card, unknown: bool = False, asked: Sequence[str] = ()) -> Answer:
        """Give one card, or two that belong together.

        Documents that were `asked` about and that the answer speaks of are cited first.
        """
        texts = [c.answer for c in cards]
        scope = cards[0].scope
        if unknown and scope in SEED_PROVINCES and SEED_PROVINCES[scope] not in texts[0]:
            texts[0] = f"{SEED_PROVINCES[scope]}: {texts[0]}"
        if len({c.scope for c in cards}) > 1:
            texts = [_of_its_place(card, text) for card, text in zip(cards, texts, strict=True)]
        # The first place of each card comes first, so that none of them is cut.
        ranked = sorted(
            ((place, n, c) for n, card in enumerate(cards) for place, c in enumerate(card.citations)),
            key=lambda r: r[:2],
        )
        citations = tuple(dict.fromkeys(c for _, _, c in ranked))[:MOST_CITATIONS]
        silent = all(c.kind is CardKind.ABSENT and not c.citations for c in cards)
        spoken: set[str] = set() if silent else set().union(*(self._card_documents[c.id] for c in cards))
        wanted = [k for k in asked if k in spoken and not self.corpus.documents[k].province]
        if len(wanted) > 1:
            named = [next((c for c in citations if c.document.key == k), None) for k in wanted]
            first = [c or Citation(self.corpus.documents[k], "") for c, k in zip(named, wanted, strict=True)]
            citations = tuple(dict.fromkeys((*first, *citations)))[:MOST_CITATIONS]
        outcome = Outcome.REFUSED if silent else Outcome.ANSWERED
        return Answer(
            outcome, with_sources("\n".join(texts), citations), citations, cards=tuple(c.id for c in cards)
        )

    def _own_first(self, read: Question, scope: Scope, good: Sequence[Hit]) -> Sequence[Hit]:
        """Put the asker's own province before the national rule, where nobody asked for the latter.

        A province's card that says only "không nêu" stays behind, and is told along.
        """
        top = good[0]
        if top.card.scope != NATIONAL or not scope.provinces or scope.national:
            return good
        own = [
            h
            for h in good
            if h.card.scope in scope.provinces
            and h.card.topic == top.card.topic
            and not self._card_provinces[top.card.id] & set(scope.provinces)
            and h.card.kind is not CardKind.ABSENT
            and h.score >= OWN_INSTEAD * top.score
        ]
        return [own[0], *(h for h in good if h is not own[0])] if own else good

    def _beside(self, read: Question, scope: Scope, good: Sequence[Hit]) -> list[Hit]:
        """Return the cards that are worth giving along with the best one.

        These are cards of the same place that fit nearly as well; one for a second document that the
        question names; and the card of the asker's own province on the document asked about.
        """
        top, documents = good[0], {k for k in read.documents if not self.corpus.documents[k].province}
        cited = {c.document.key for c in top.card.citations}
        missing = documents - cited
        silent = CardKind.ABSENT
        asks_two = len(_INTERROGATIVE.findall(read.focus)) > 1 and top.score < SURE
        found, asked = [], Asked.of(read)
        for hit in good[1:25]:
            cites = {c.document.key for c in hit.card.citations}
            near = top.score < SURE and hit.score >= (BESIDE_TWO if asks_two else BESIDE) * top.score
            near = near or hit.score >= CLOSE * top.score
            places = {NATIONAL, *scope.provinces} if hit.score >= BESIDE_OTHER_PLACE * top.score else ()
            here = hit.card.scope == top.card.scope or (hit.card.scope in places and top.card.scope in places)
            near = near and silent not in (hit.card.kind, top.card.kind)
            # "Thông tư 26 hiệu lực" asks from when, or whether still: both are told.
            either = read.says(_FORCE) and not read.says(IN_FORCE_STILL)
            either = either and {top.card.topic, hit.card.topic} == {"hieu-luc", "thay-the"}
            near = (near or (either and hit.score >= 0.6 * top.score)) and here
            second = bool(missing & cites) and hit.score >= 0.3 * top.score
            own = (
                bool(documents & self._card_documents[hit.card.id])
                and top.card.scope == NATIONAL
                and hit.card.scope in scope.provinces
                and hit.score >= 0.5 * top.score
            )
            near = near and asked.by_both(top.card, hit.card)
            if near or second or own:
                found.append((not second, not own, -hit.score, hit))
        return [row[-1] for row in sorted(found, key=lambda row: row[:3])]

    def _other_version(self, read: Question, card: Card) -> str:
        """Correct a version of the standard that the province's document is not written for."""
        asked = {m.group(1) for m in _VERSION.finditer(read.folded)}
        if len(asked) != 1 or card.scope not in SEED_PROVINCES:
            return ""
        document = self.corpus.documents[card.scope]
        own = _VERSION.search(document.title)
        if own is None or own.group(1) in asked:
            return ""
        return (
            f"{document.kind} {document.number} viết theo TCVN ISO 9001:{own.group(1)}, "
            f"không phải 9001:{asked.pop()}."
        )

    def _other_year(self, read: Question, card: Card) -> str:
        """Say that a year asked about lies outside the plan, whose figures are told all the same."""
        document = self.corpus.documents.get(card.scope)
        if document is None or not (document.period_from and document.period_to and document.issued):
            return ""
        if card.kind is CardKind.ABSENT or card.topic == _REFORM or len(read.years) != 1:
            return ""
        year, first, last = read.years[0], document.period_from, document.period_to
        inside = min(first, document.issued.year) <= year <= last
        if inside or str(year) in self._years_told[card.scope] or str(year) not in read.focus:
            return ""
        span = f"năm {first}" if first == last else f"giai đoạn {first}-{last}"
        return f"{document.short_name()} chỉ đặt ra cho {span}, không nêu năm {year}. Nội dung cho {span}:"

    def _note(self, read: Question, card: Card, today: date) -> str:
        """Say that a plan is over or a document replaced, where the question is about the present."""
        if not read.says(_STILL) or not card.citations or "xác minh" in card.answer:
            return ""
        document = card.citations[0].document
        if document.replaced_by:
            heir: Collection[str] = [document.replaced_by]
            return f"{document.kind} {document.number} đã được thay thế bằng {', '.join(heir)}."
        if document.period_to and document.period_to < today.year:
            return (
                f"Thời gian thực hiện của văn bản ({document.period_from}-{document.period_to}) đã hết; "
                "hiện còn áp dụng hay không thì chưa xác minh."
            )
        return ""


def _of_its_place(card: Card, text: str) -> str:
    """Say whose rule a text is, where the province's stands beside the national one."""
    place = "Quy định chung" if card.scope == NATIONAL else SEED_PROVINCES.get(card.scope, "")
    return text if not place or text.startswith(place) else f"{place}: {text}"

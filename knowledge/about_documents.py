"""Questions on a document itself: who signed it, from when, what it replaced, what it rests on.

Answers only where it is plain which document is meant and which of its aspects: words that belong to
neither make the question another one, which the cards answer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from isobot.domain.law import Citation, LegalDocument, Source
from isobot.domain.text import fold
from knowledge.aspects import Aspects, Heard, load_aspects
from knowledge.bases import Bases
from knowledge.corpus import SEED_PROVINCES
from knowledge.document_facts import TITLE, DocumentFacts, Told, place_of
from knowledge.document_mentions import MentionFinder, Mentions
from knowledge.lexicon import Lexicon
from knowledge.model import LONGEST, MOST_CITATIONS, MOST_LIST_CITATIONS, Answer, Asker, Outcome, with_sources
from knowledge.places import speaks_of_self
from knowledge.question import Question

MOST_STRANGE, MOST_STRANGE_SUBJECT = 1, 2
"""So many words may stand beside what is asked of a numbered document, or of one told by its subject."""
_A_PLAN = re.compile(r"\b(?:ke hoach|quyet dinh|chi thi)\b")
_FRAME = re.compile(r"\bmo hinh khung\b")
_DAY = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_EDITION = re.compile(r"\b(?:9001[: -]*|ban )(20(?:00|08|15|26))\b")
_ARTICLES = re.compile(r"(?<![\d/])(\d{1,3}) dieu\b")
_ASKS_HOW_MANY = re.compile(r"\b(?:may|bao nhieu|nao|gi|dau|ai|the nao|ra sao)\b")
_TWO_DOCUMENTS = (
    "still",
    "replaced-by",
    "replaces",
    "amends",
    "amended-by",
    "details",
    "detailed-by",
    "until",
)
"""Aspects that themselves speak of a second document: a question that names two is answered elsewhere."""

_OF_A_PLACE = frozenset(["rests-on", "edition", "signer", "requested"])
"""Aspects that are clear where only the province is named: "Kon Tum căn cứ thông tư nào"."""
_TOLD_ALONG = {
    "replaces": ("in-force", "until", "date"),
    "still": ("replaced-by", "until"),
    "requested": ("date", "title", "issuer"),
    "signer": ("title",),
    "new-edition": ("edition",),
}
"""Aspects that an answer on another one holds already, or that only set its scene."""


class AboutDocuments:
    """Answers questions on documents from their records."""

    def __init__(self, documents: Mapping[str, LegalDocument], lexicon: Lexicon) -> None:
        self._documents = documents
        self._aspects: Aspects = load_aspects()
        self._stop = lexicon.stop_words
        self._mentions = MentionFinder(documents, lexicon, self._aspects.bare)
        self._facts = DocumentFacts(documents)
        self._bases = Bases(documents, self._aspects)

    def answer(self, read: Question, province: str, asker: Asker) -> Answer | None:
        """Answer from the records, or leave the question to the cards."""
        if read.other_provinces or read.places:
            return None
        mentions = self._mentions.find(read, province)
        if mentions is None:
            return None
        if not mentions.documents or mentions.of_a_place:
            found = (
                self._of_a_year(read, province)
                or self._by_subject(read, province)
                or self._claimed(read, province, mentions)
            )
            if found or not mentions.documents:
                return found
        mentions = replace(mentions, masked=self._aspects.with_bodies(mentions.masked) + " ")
        if not self._fits_the_years(read, mentions) or not self._of_these_provinces(read, mentions):
            return None
        return self._count(read, mentions) or self._aspect(read, mentions, asker, province)

    @staticmethod
    def _fits_the_years(read: Question, mentions: Mentions) -> bool:
        """Tell whether the years named are those of a province's document: another year is another plan."""
        plans = [d for d in mentions.documents if d.province]
        editions = {int(found[1]) for found in _EDITION.finditer(read.folded)}
        years = [year for year in read.years if year not in editions]
        return all(any(_covers(d, year) for d in plans) for year in years) or not plans

    @staticmethod
    def _of_these_provinces(read: Question, mentions: Mentions) -> bool:
        homes = {d.province for d in (*mentions.documents, mentions.context) if d is not None}
        return set(read.provinces) <= homes

    def _aspect(self, read: Question, mentions: Mentions, asker: Asker, province: str) -> Answer | None:
        documents = mentions.documents
        heard = self._aspects.hear(mentions.masked)
        if not heard.aspects:
            return None
        if "rests-on" in heard.aspects and len(documents) <= 2:
            return self._basis(mentions, heard)
        if mentions.of_a_place and not _OF_A_PLACE.issuperset(heard.aspects):
            return None
        limit = 0 if mentions.bare else MOST_STRANGE
        if len(heard.strange) > limit:
            return None
        aspects = _main(heard.aspects)
        if len(documents) > 1:
            return self._side_by_side(documents, aspects)
        return self._one(read, mentions, aspects, asker, province)

    def _one(
        self, read: Question, mentions: Mentions, aspects: Sequence[str], asker: Asker, province: str
    ) -> Answer | None:
        """Tell up to two aspects of one document."""
        document, told = mentions.documents[0], []
        for aspect in aspects[:2]:
            one = self._tell(document, aspect, mentions, asker, own=speaks_of_self(read))
            if one is None:
                return None
            told.append(replace(one, text=f"{_set_right(read, document, aspect)}{one.text}"))
        return _answered(
            told, self._bases.naming(document, (mentions.context or document).province or province)
        )

    def _tell(
        self, document: LegalDocument, aspect: str, mentions: Mentions, asker: Asker, *, own: bool
    ) -> Told | None:
        if aspect == "rested-on-by":
            return self._bases.rested_on_by(document)
        if aspect == "requested":
            unit = (asker.unit or "") if own else ""
            found = self._bases.requested(document, mentions.masked, unit)
            return found or self._facts.tell(document, aspect)
        return self._facts.tell(document, aspect)

    def _basis(self, mentions: Mentions, heard: Heard) -> Answer | None:
        """Say what a document rests on, or whether it rests on the other one named."""
        documents = mentions.documents
        if len(documents) == 1:
            subject = [w for w in heard.strange if w not in self._stop]
            told = self._bases.rests_on(documents[0], mentions.masked, subject)
            return _answered([told]) if told else None
        plans = [d for d in documents if d.rests_on]
        if len(plans) != 1 or len(heard.strange) > MOST_STRANGE:
            return None
        other = next(d for d in documents if d is not plans[0])
        return _answered([self._bases.rests_on_this(plans[0], other)])

    def _side_by_side(self, documents: Sequence[LegalDocument], aspects: Sequence[str]) -> Answer | None:
        """Set several documents side by side on one aspect."""
        aspect = aspects[0]
        if aspect in _TWO_DOCUMENTS:
            return None
        told = [self._facts.tell(document, aspect) for document in documents]
        if any(one is None for one in told):
            return None
        lines = [f"{self._aspects.labels[aspect]}:"]
        citations: list[Citation] = []
        for document, one in zip(documents, told, strict=True):
            if one is not None:
                home = SEED_PROVINCES.get(document.province, "")
                lines.append(f"- {home}: {one.text}" if home else f"- {one.text}")
                citations += one.citations[:1]
        chosen = tuple(citations)[: MOST_CITATIONS if len(documents) < 4 else MOST_LIST_CITATIONS]
        return Answer(Outcome.ANSWERED, with_sources("\n".join(lines), chosen), chosen)

    def _count(self, read: Question, mentions: Mentions) -> Answer | None:
        """Set a wrong number right, which a question takes for granted: how many communes a plan names."""
        document = mentions.documents[0]
        if len(mentions.documents) > 1 or not read.yes_no or _ASKS_HOW_MANY.search(read.focus):
            return None
        known = {n for count in document.counts for n in (count.number, *count.also)}
        for count in document.counts:
            of = "|".join(fold(name) for name in count.of)
            found = re.search(
                rf"(?<![\d/.,])(\d{{1,4}}) (?:(?:ubnd|uy ban nhan dan|cap|don vi|co quan) )*(?:{of})\b",
                mentions.masked,
            )
            if found and int(found[1]) not in known:
                text = f"Không phải {found[1]}. {document.short_name()}: {count.said}."
                return _answered([Told(text, (Citation(document, count.section),))])
        return None

    def _claimed(self, read: Question, province: str, mentions: Mentions) -> Answer | None:
        """Set right a wrong number of the asker's own plan, which the story around the question names."""
        plan = self._documents.get(province)
        if plan is None or mentions.documents or not read.says(_A_PLAN):
            return None
        return self._count(read, replace(mentions, documents=(plan,)))

    def _by_subject(self, read: Question, province: str) -> Answer | None:
        """Name the document that is asked for by what it is about: "nghị quyết nào sáp nhập tỉnh"."""
        rest = self._aspects.which_document(self._aspects.with_bodies(read.focus) + " ")
        if rest is None or read.years or read.references:
            return None
        if self._aspects.which_document(rest) is not None:  # two are asked for, and cards may know both
            return None
        words = rest.split()
        best: list[tuple[int, LegalDocument, frozenset[str]]] = []
        for document in self._documents.values():
            for phrase in document.known_for:
                wanted = frozenset(fold(phrase).split())
                if wanted <= set(words):
                    best.append((len(wanted), document, wanted))
        most = max((row[0] for row in best), default=0)
        found = {row[1].key: row for row in best if row[0] == most}
        if len(found) != 1:
            return None
        _, document, wanted = next(iter(found.values()))
        strange = [w for w in self._aspects.strange(rest) if w not in wanted and w not in self._stop]
        if len(strange) > MOST_STRANGE_SUBJECT:
            return None
        told = self._facts.tell(document, "subject") or self._facts.tell(document, "title")
        return _answered([told], self._bases.naming(document, province)) if told else None

    def _of_a_year(self, read: Question, province: str) -> Answer | None:
        """Say which model frame applied in a year, and whether the province's plan rests on it."""
        asked = self._aspects.which_document(self._aspects.with_bodies(read.focus) + " ")
        if asked is None or len(read.years) != 1 or not read.asks(_FRAME) or len(read.provinces) > 1:
            return None
        if read.says(_EDITION):
            return None
        year = read.years[0]
        frames = [
            d for d in self._documents.values() if d.kind == "Quyết định" and _FRAME.search(fold(d.title))
        ]
        held = [d for d in frames if d.issued and d.issued.year <= year]
        if not held:
            return None
        document = max(held, key=lambda d: str(d.issued))
        text = (
            f"Năm {year}: {place_of(document)}, công bố mô hình khung theo TCVN ISO 9001:{document.standard}."
        )
        told = [Told(text, (Citation(document, TITLE),))]
        plan = self._documents.get(read.provinces[0] if read.provinces else province)
        if plan and document.key in plan.rests_on and _covers(plan, year):
            place = Citation(plan, plan.basis_place(document.key))
            told.append(Told(f"{plan.short_name()} căn cứ quyết định này.", (place,)))
        return _answered(told)


def _main(aspects: Sequence[str]) -> list[str]:
    """Drop an aspect that only sets the scene of another one, or is told along with it."""
    beside = {"number", *_TOLD_ALONG.get(aspects[0], ())}
    if "title" in aspects and "date" in aspects:
        beside.add("date")  # the full name holds the day
    found = [a for a in aspects if a not in beside]
    return found or list(aspects[:1])


def _covers(document: LegalDocument, year: int) -> bool:
    """Tell whether a year is one of a document: of its plan, or the one it was issued in."""
    issued = document.issued.year if document.issued else year
    first, last = document.period_from or issued, document.period_to or issued
    return year == issued or first <= year <= last


def _set_right(read: Question, document: LegalDocument, aspect: str) -> str:
    """Say that a day or an edition is not the right one, where the question takes it for granted."""
    days = {"date": document.issued, "in-force": document.effective, "until": document.replaced_on}
    right = days.get(aspect)
    if right:
        for found in _DAY.finditer(read.focus):
            if tuple(map(int, found.groups())) != (right.day, right.month, right.year):
                return f"Không phải ngày {found.group()}. "
    span = read.period
    if (
        aspect == "period"
        and span
        and document.period_from
        and span != (document.period_from, document.period_to)
    ):
        return f"Không phải giai đoạn {span[0]}-{span[1]}. "
    fact, claimed = document.fact("parts"), _ARTICLES.search(read.focus)
    if aspect == "parts" and fact and claimed and f" {claimed[1]} điều" not in fact.text:
        return f"Không phải {claimed[1]} điều. "
    if aspect == "edition" and document.standard:
        asked = {m[1] for m in _EDITION.finditer(read.folded)}
        if len(asked) == 1 and document.standard not in asked:
            return f"Không phải bản {asked.pop()}. "
    return ""


def _answered(told: Sequence[Told], naming: Citation | None = None) -> Answer:
    """Put together what is told; `naming` is the place of a plan that names a document not at hand."""
    text = " ".join(dict.fromkeys(one.text for one in told))
    places = [c for one in told for c in one.citations]
    first = places[0].document
    if first.source is Source.SECONDARY:
        if naming:
            places.insert(1, naming)
            text = f"{text} {naming.document.short_name()} có viện dẫn văn bản này; tôi không có toàn văn."
        elif len(text) < LONGEST / 2:
            text = f"{text} Tôi không có toàn văn; điều này biết qua văn bản khác dẫn lại."
    citations = tuple(dict.fromkeys(places))[:MOST_CITATIONS]
    return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

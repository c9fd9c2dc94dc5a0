"""Which documents a question means: by number ("QĐ 19"), or by words ("kế hoạch của Kiên Giang")."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isobot.domain.law import LegalDocument
from isobot.domain.text import fold
from knowledge.aspects import DOCUMENT
from knowledge.corpus import SEED_PROVINCES
from knowledge.lexicon import Lexicon
from knowledge.question import Question

LEAST_NAME = 3
"""So many words of a name without a number name a document: "luật an ninh mạng", and not "luật AI"."""
_KIND = r"(?:ke hoach|quyet dinh|chi thi|van ban)"
_OF_A_PROVINCE = (
    r"(?:(?: \S+){{0,4}}?) (?:cua |o |tai |tren dia ban |ben )*"
    r"(?:ubnd |uy ban nhan dan )*(?:tinh )?(?:{name})"
)
_AFTER = r"(?: (?:nam|giai doan|thoi|hoi) (?:20\d\d)(?:[ -]+(?:den )?20\d\d)?| 20\d\d)?"
_CITING = re.compile(
    rf"({DOCUMENT}\d) (?:ma |duoc |do )?({DOCUMENT}\d) "
    r"(?:lay lam )?(?:can cu|vien dan|dan|nhac)(?: den| toi| vao)?\b"
)
_TITLE = (
    r"(?: (?:ap dung|trien khai|duy tri|va|cai tien|iso|he thong|quan ly|chat luong|tcvn|9001(?::20\d\d)?|"
    r"phe duyet|ke hoach|cap|xa|ve|20\d\d|nam|giai doan|theo|tieu chuan|quoc gia|den)){0,14}?"
)
_NOT_THIS_PLAN = re.compile(
    r"^ (?:cong bo|thanh lap|ban chi dao|phe duyet|ban hanh he thong|kiem tra|danh gia|dao tao|khen|"
    r"so |nao|gi|may|hanh dong|"
    r"cua (?:bo|thu tuong|chinh phu|so|quoc hoi|trung uong|tinh uy|dang bo|ban chap hanh))"
)
_OWN_PROVINCE = re.compile(r"(?<!\S)(?:ubnd )?tinh (?:minh|toi|em|ta|nha|chung toi|chung em)(?!\S)")
_CALLED = {
    "Quyết định": r"(?:quyet dinh|ke hoach|van ban)",
    "Kế hoạch": r"(?:ke hoach|van ban)",
    "Chỉ thị": r"(?:chi thi|van ban)",
}
"""What people call a plan of each kind: a decision approves a plan."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """The question with each document masked, and the documents in the order of their masks.

    `context` is a document that only tells which other one is meant: "công văn 419 mà QĐ 4775 dẫn".
    """

    masked: str
    documents: tuple[LegalDocument, ...]
    context: LegalDocument | None = None
    bare: bool = False
    """Whether the document is meant only by a word for its kind."""
    of_a_place: bool = False
    """Whether only the province is named: "Kon Tum căn cứ thông tư nào"."""


class MentionFinder:
    """Finds them among the documents of the corpus."""

    def __init__(self, documents: Mapping[str, LegalDocument], lexicon: Lexicon, bare: Sequence[str]) -> None:
        self._documents = documents
        self._names = {
            slug: "|".join(re.escape(fold(word)) for word, of in lexicon.province_words.items() if of == slug)
            for slug in SEED_PROVINCES
            if slug in documents
        }
        self._letters = lexicon.province_letters
        self._titles = {
            fold(name): document.key
            for document in documents.values()
            for name in document.also_written
            if len(name.split()) >= LEAST_NAME and not re.search(r"\d", name)
        }
        self._own = re.compile(
            rf"(?<!\S){_KIND}{_TITLE}(?: (?:cua )?(?:{'|'.join(map(re.escape, bare))}))+(?!\S){_TITLE}(?!\S)"
        )

    def find(self, read: Question, province: str) -> Mentions | None:
        """Return the documents meant by the clause that asks, else by the whole message; None if unclear."""
        found = self._in(read, read.focus, province)
        if found is None or found.documents or read.plain:
            return found
        told = self._in(read, read.folded, "")
        if told is None or len(told.documents) != 1:
            return found
        return Mentions(f"{read.focus} ", told.documents, bare=True)

    def _in(self, read: Question, text: str, province: str) -> Mentions | None:
        meant: list[LegalDocument] = []
        masked = f"{text} "
        for reference in sorted(read.references, key=lambda r: -len(r.text)):
            written = rf"(?<!\S){re.escape(reference.text)}(?:/\S*)?(?!\S)"
            if not re.search(written, masked) or (not reference.keys and reference.text.isdigit()):
                continue
            if len(reference.keys) != 1:
                return None
            masked = self._mask(masked, written, meant, reference.keys[0])
            masked = _with_its_day(masked, meant)
        for title, key in self._titles.items():
            if title not in masked:
                continue
            masked = self._mask(masked, rf"(?<!\S){re.escape(title)}(?!\S)", meant, key)
        for slug in read.provinces:
            name = self._name(slug)
            if slug in self._names and name:
                known = [n for n, d in enumerate(meant) if d.key == slug]
                if known:
                    masked = re.sub(
                        rf"({DOCUMENT}{known[0]}) (?:(?:cua|o|tinh|ubnd) )*(?:{name})(?!\S){_AFTER}",
                        r"\1",
                        masked,
                    )
                    continue
                masked = self._mask(
                    masked, _KIND + _OF_A_PROVINCE.format(name=name) + rf"(?!\S){_AFTER}", meant, slug
                )
        # "Kế hoạch của Kiên Giang và Thanh Hóa", or provinces alone: "Hà Nam 2007 với Tuyên Quang 2011".
        of_a_place = not meant and bool(read.provinces)
        if of_a_place or len(read.provinces) > len(meant):
            for slug in read.provinces:
                masked = self._place(masked, self._name(slug), meant, slug)
        bare = of_a_place and len(meant) == 1
        if not meant and province in self._names and not read.provinces:
            masked, bare = self._of_the_asker(masked, province, meant)
            of_a_place = not meant
            masked = self._mask(masked, _OWN_PROVINCE.pattern, meant, province) if of_a_place else masked
        context = None
        citing = _CITING.search(masked)
        if citing and citing[1] != citing[2]:
            context = meant[int(citing[2][len(DOCUMENT) :])]
            masked = f"{masked[: citing.start()]}{citing[1]}{masked[citing.end() :]}"
        order = dict.fromkeys(int(n) for n in re.findall(rf"{DOCUMENT}(\d)", masked))
        return Mentions(masked, tuple(meant[n] for n in order), context, bare, of_a_place and bare)

    def _place(self, masked: str, name: str, meant: list[LegalDocument], slug: str) -> str:
        if not name or any(d.key == slug for d in meant):
            return masked
        return self._mask(masked, rf"(?<!\S)(?:tinh )?(?:{name})(?!\S){_AFTER}", meant, slug)

    def _of_the_asker(self, masked: str, province: str, meant: list[LegalDocument]) -> tuple[str, bool]:
        """Read "kế hoạch này", and a mere "kế hoạch" with nothing behind it that names another one."""
        masked = self._mask(masked, self._own.pattern, meant, province)
        if meant:
            return masked, False
        called = rf"(?<!\S){_CALLED.get(self._documents[province].kind, 'van ban')}(?!\S)"
        only = re.search(called, masked)
        if only and not _NOT_THIS_PLAN.match(masked[only.end() :]):
            masked = self._mask(masked, called, meant, province)
        return masked, True

    def _name(self, slug: str) -> str:
        letters = [two.casefold() for two, of in self._letters.items() if of == slug]
        return "|".join([self._names.get(slug, ""), *letters]) if slug in self._names else ""

    def _mask(self, masked: str, pattern: str, meant: list[LegalDocument], key: str) -> str:
        found = re.search(pattern, masked)
        if found is None:
            return masked
        document = self._documents[key]
        if document not in meant:
            meant.append(document)
        return re.sub(pattern, f"{DOCUMENT}{meant.index(document)}", masked)


def _with_its_day(masked: str, meant: Sequence[LegalDocument]) -> str:
    """Take the day a document is cited with into its mask; another day is a claim, and stays."""
    for number, document in enumerate(meant):
        if document.issued:
            day, month = document.issued.day, document.issued.month
            written = rf"ngay 0?{day}[/.-]0?{month}[/.-]{document.issued.year}(?!\S)"
            masked = re.sub(rf"({DOCUMENT}{number}) {written}", r"\1", masked)
    return masked

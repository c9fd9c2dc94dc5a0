"""What a question says about itself: places, documents, years, levels, and what kind of answer it wants.

Reading decides nothing about the answer; it only makes plain what was typed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz.distance import OSA

from isobot.domain.text import fold, nfc
from isobot.domain.units import Unit
from knowledge.clauses import sentences
from knowledge.corpus import SEED_PROVINCES
from knowledge.lexicon import Lexicon
from knowledge.references import Reference, ReferenceFinder, find_places
from knowledge.spelling import one_spelling
from knowledge.stories import STORY_BESIDE_WHOLE, clause_weights
from knowledge.tcvn3 import unicode_text
from knowledge.vietnamese import Reader, Word

SELF = r"(?:toi|minh|em|chung toi|chung em|chung minh|bon em|ben em|ta|nha)"
_SELF_SAID = re.compile(
    r"\b(?:xa|phuong|thi tran|huyen|so|chi cuc|don vi|co quan|ban|ubnd xa|ubnd huyen|van phong|ben|phia|"
    rf"dia phuong)(?: moi| cu)?(?: cua)? {SELF}\b|"
    rf"\bcho {SELF}\b(?! (?:hoi|xin|biet|em|minh|toi|la)\b)|\b(?:bon|ben) em\b|\bchung (?:toi|em|minh)\b"
)
_OWN_DISTRICT = re.compile(rf"\bhuyen(?: cua)? {SELF}\b")
_LEVEL_WORDS = (
    (
        "xa",
        re.compile(
            r"\b(?:cap xa|(?<!thi )xa(?! hoi\b)|(?<!dia )phuong(?! (?:thuc|phap|tien|an|huong)\b)|thi tran)\b"
        ),
    ),
    ("huyen", re.compile(r"\b(?:cap huyen|huyen|thi xa|ubnd thanh pho|ubnd cac huyen)\b")),
    ("chi-cuc", re.compile(r"\bchi cuc\b")),
    ("so", re.compile(r"\b(?:so|cap tinh|so nganh|ban nganh)\b")),
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PERIOD = re.compile(r"\b20\d\d ?(?:-|–|den|toi)(?: het)?(?: nam)? ?20\d\d\b")
"""The years of a plan, which name no year of their own: "giai đoạn 2022-2024"."""
_OF_A_NUMBER = re.compile(
    r"\b\d+[/:](?:19|20)\d\d\b|\b(?:19|20)\d\d(?:/[a-z]\S*|(?:[.,]\d{3})+)|"
    r"9001[: -]*20\d\d|\d+[/-]\d+[/-]\d{4}"
)
"""Figures of an amount, a date, or the number of a document or standard that would read like a year."""
_EDITION = re.compile(r"(?<!van )(?<!uy )\bban(?: nam| iso)? 20(?:00|08|15|26)\b")
"""An edition of the standard, which names no year either: "công bố bản 2015"."""
_YES_NO = re.compile(
    r"\b(?:phai khong|dung khong|phai ko|dung chu|dung ko|a khong|phai chu|co dung|co phai)\b|"
    r"\b(?:dung|chinh xac) la\b.*\b(?:chu|a|ha|khong|nhi)$"
)
_TITLE_WORDS = (
    r"ap dung|duy tri|va|cai tien|trien khai|iso|he thong|quan ly|chat luong|tcvn|9001(?::20\d\d)?|cap|xa|"
    r"nam|20\d\d|ve|phe duyet|xay dung|vao|hoat dong|cua|cac|tinh|giai doan|theo|tieu chuan|quoc gia|ubnd|"
    r"uy ban nhan dan|iso dien tu"
)
_TITLE = re.compile(rf"\b(?:ke hoach|quyet dinh|chi thi)(?: (?:{_TITLE_WORDS}))+\b")
_NUMBERED = re.compile(
    r"\b(?:quyet dinh|thong tu|chi thi|nghi dinh|cong van|nghi quyet|ke hoach)(?: so| cua)? \d+(?:/\S+)*"
)
_ARTICLE = re.compile(r"\b(?:dieu|khoan|diem) (?:\d+(?:\.\d+)*|[a-k])\b")
_FRAME = re.compile(
    r"\bquy dinh(?= (?:the nao|nhu the nao|ra sao|gi|la|rang|ve|cac|cho|o|xa|thi|co)\b|$)|"
    r"\bcho (?:hoi|biet)\b"
)
_LEFT_OUT = re.compile(
    r"\b(?:khong|chua|chang) (?:tinh|ke|gom|bao gom|tinh den|ke den)\b"
    r"(?! (?:duoc|gi|nao|ai|may))(?: \w+){1,6}|"
    r"\b(?:ngoai|tru) (?:phan|khoan|tien|viec)(?: \w+){1,4}(?= (?:ra|thi)\b)"
)
"""What a question expressly does not ask about: "không tính tiền thuê tư vấn"."""
_SET_ASIDE = re.compile(
    r"\b(?:ngoai|tru|khong (?:ke|tinh)) (?:tien|khoan|phan|viec|muc|chi phi|thue)\b[^,;.?]{0,40}(?=[,;])"
)
"""The same before a comma, as it is typed: "ngoài tiền thuê tư vấn, phần còn lại ..."."""
LEFT_OUT_WEIGHT = 0.05
_ENDS_AN_OFFICE = frozenset(["nghe", "vu", "thong", "dan", "chinh"])
"""Last words of offices: "Sở KHCN TH" names a province."""
NUMBER_WEIGHT = 0.6
"""What a document's number counts as words; it weighs by itself as well."""
ARTICLE_WEIGHT, FRAME_WEIGHT = 0.2, 0.4
"""What an article's number counts as words, which says no step and no month, and the frame of a question."""
TITLE_WEIGHT = 0.35
"""What the words of a title count: "kế hoạch áp dụng ISO cấp xã" only says which plan is meant."""
_LIGHT = (
    (_TITLE, TITLE_WEIGHT),
    (_NUMBERED, NUMBER_WEIGHT),
    (_ARTICLE, ARTICLE_WEIGHT),
    (_FRAME, FRAME_WEIGHT),
)
_ALL_PROVINCES = re.compile(
    r"\b(?:(?<!moi )(?<!hang )(?<!cuoi )(?<!dau )(?<!mot )nam tinh|5 tinh|"
    r"(?<!thuoc )(?<!la )(?<!vao )(?<!ve )(?<!voi )(?<!thanh )(?<!sang )tinh nao|"
    r"cac tinh|nhung tinh|dia phuong nao|tung tinh|moi tinh|cac dia phuong)\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """All that was read in what somebody typed: its words, and the places, documents and years it names."""

    typed: str
    words: tuple[Word, ...]
    folded: str
    provinces: tuple[str, ...]
    other_provinces: tuple[str, ...]
    all_provinces: bool
    references: tuple[Reference, ...]
    places: tuple[tuple[str, str], ...]
    years: tuple[int, ...]
    level: str
    marks: bool
    """Whether the person types marks at all, so that a missing mark means something."""
    yes_no: bool
    sentences: tuple[float, ...]
    """The weight of each sentence: 1 where something is asked, less where the person tells a story."""
    story: str = ""
    """The folded text of the whole message, where this is only the part of it that asks."""
    otherwise: tuple[tuple[float, ...], ...] = ()
    """Other weights that the sentences of a long message may have: what else may be asked."""

    def weights(self) -> list[float]:
        """Return how much each word counts: a document's own title counts little."""
        weights = [self.sentences[w.sentence] for w in self.words]
        starts = [0]
        for word in self.words:
            starts.append(starts[-1] + len(word.bare) + 1)
        light = [(match, weight) for p, weight in _LIGHT for match in p.finditer(self.folded)]
        light += [(match, LEFT_OUT_WEIGHT) for match in self._left_out()]
        for match, weight in light:
            for place, start in enumerate(starts[:-1]):
                if match.start() <= start < match.end():
                    weights[place] *= weight
        return weights

    def _left_out(self) -> Iterable[re.Match[str]]:
        """Yield what the question sets aside, where it stands in the folded text."""
        yield from _LEFT_OUT.finditer(self.folded)
        for aside in _SET_ASIDE.findall(fold(self.typed)):
            yield from re.finditer(rf"\b{re.escape(aside)}\b", self.folded)

    @property
    def plain(self) -> bool:
        """Tell whether the question is all of one piece, without a story around it."""
        return len(set(self.sentences)) < 2

    @property
    def focus(self) -> str:
        """Return the folded text of the clause that asks."""
        return " ".join(w.bare for w in self.words if self.sentences[w.sentence] == 1.0)

    @property
    def documents(self) -> tuple[str, ...]:
        """Return the keys of the documents named, each once."""
        return tuple(dict.fromkeys(key for r in self.references for key in r.keys))

    def levels_beside(self, own: Sequence[Unit]) -> bool:
        """Tell whether the question names a level that is not the asker's own."""
        mine = {str(u.level) for u in own}
        return any(level not in mine and p.search(self.folded) for level, p in _LEVEL_WORDS)

    def read_otherwise(self) -> "list[Question]":
        """Return the other ways to read a long message."""
        return [replace(self, sentences=weights, otherwise=()) for weights in self.otherwise]

    def without_story(self) -> "Question":
        """Return only the clause that asks, as a question of its own; itself where there is no story."""
        return self if self.plain else self.only([w for w in self.words if self.sentences[w.sentence] == 1.0])

    def only(self, kept: Sequence[Word]) -> "Question":
        """Return a question of some of the words alone; the rest is its story."""
        words = tuple(replace(w, sentence=0) for w in kept)
        folded = " ".join(w.bare for w in words)
        return replace(
            self,
            words=words,
            folded=folded,
            years=_years(folded) or self._years_near(),
            level=_level(_plain(words, self.marks)),
            yes_no=_YES_NO.search(folded) is not None,
            sentences=(1.0,),
            story=self.folded,
        )

    def _years_near(self) -> tuple[int, ...]:
        """Return the years named in what the question leans on: "hai đợt 2023 và 2024, huyện ...?"."""
        near = STORY_BESIDE_WHOLE[1]
        return _years(" ".join(w.bare for w in self.words if self.sentences[w.sentence] >= near))

    @property
    def period(self) -> tuple[int, int] | None:
        """Return the years of the plan that is named by them: "giai đoạn 2022-2024"."""
        found = _PERIOD.search(self.folded)
        years = re.findall(r"20\d\d", found.group()) if found else ()
        return (int(years[0]), int(years[-1])) if years else None

    def asks(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether the clause that asks holds a pattern."""
        return pattern.search(self.focus) is not None

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether the folded question holds a pattern."""
        return pattern.search(self.folded) is not None


class QuestionReader:
    """Reads questions with the lexicon, the vocabulary and the document numbers of a corpus."""

    def __init__(self, lexicon: Lexicon, reader: Reader, finder: ReferenceFinder) -> None:
        self._lexicon = lexicon
        self._stop = lexicon.stop_words
        self._reader = reader
        self._finder = finder
        self._others = [
            (nfc(n).casefold(), fold(n).replace(" - ", " "), clear, n) for n, clear in lexicon.other_provinces
        ]
        self._other_names = frozenset(bare for _, bare, _, _ in self._others)

    def read(self, text: str) -> Question:
        """Read what somebody typed; nothing is looked up yet."""
        words = self._reader.read(text)
        folded = " ".join(w.bare for w in words)
        marked = " ".join(w.marked for w in words)
        # Not of the words read: short forms are written out with marks nobody typed ("giam doc so khcn").
        typed = unicode_text(text).split()
        marks = sum(map(_has_marks, typed)) > 0.25 * len(typed)
        provinces = self._provinces(words, folded, marked, marks)
        first, *others = clause_weights(words, sentences(unicode_text(text)), self._stop)
        return Question(
            typed=text,
            words=words,
            folded=folded,
            provinces=provinces,
            other_provinces=self._other_provinces(folded, marked, marks),
            all_provinces=_all_provinces(folded, marked, marks),
            references=self._finder.find(folded),
            places=find_places(folded),
            years=_years(folded),
            level=_level(_plain(words, marks)),
            marks=marks,
            yes_no=_YES_NO.search(folded) is not None,
            sentences=first,
            otherwise=tuple(others),
        )

    def _provinces(self, words: Sequence[Word], folded: str, marked: str, marks: bool) -> tuple[str, ...]:
        found: list[tuple[int, str]] = []
        for name, slug in self._lexicon.province_words.items():
            spelt = " ".join(one_spelling(w) for w in name.split())
            at = _position(spelt, marked)
            counted = name.startswith("tỉnh ") and re.search(rf"\b\d+ {fold(name)}\b", folded)
            if counted or f" {fold(name)} pho " in f" {folded} ":
                continue  # "34 tỉnh thành", "34 tỉnh thành phố"
            if at < 0:
                at = _position(fold(name), folded)
                # "Hạ Nam" or "thanh hòa" typed with marks is another word.
                if at >= 0 and marks and not _unmarked(words, fold(name)):
                    at = -1
            if at >= 0:
                found.append((at, slug))
        if not found:
            found += [(at, slug) for at, name, slug in _misspelt(words) if name not in self._other_names]
        found += self._letters(words, bool(found))
        return tuple(dict.fromkeys(slug for _, slug in sorted(found)))

    def _letters(self, words: Sequence[Word], others_named: bool) -> Iterable[tuple[int, str]]:
        """Read "KG" and "TH" as provinces where the surroundings say so."""
        for place, word in enumerate(words):
            slug = self._lexicon.province_letters.get(word.bare.upper())
            if slug is None or len(word.bare) != 2:
                continue
            near = {w.bare for w in words[max(0, place - 2) : place + 3]} - {word.bare}
            letters = {w.bare.upper() for w in words} & set(self._lexicon.province_letters)
            clear = word.bare in ("kg", "tq")
            beside = word.capital and (word.bare in ("kt", "hn") or near & {"tinh", "o", "cua", "va"})
            office = place > 0 and words[place - 1].bare in _ENDS_AN_OFFICE
            beside = beside or (word.capital and office)
            signing = {"chu", "tich"} <= near
            if clear or others_named or len(letters) > 1 or (beside and not signing):
                yield len(" ".join(w.bare for w in words[:place])), slug

    def _other_provinces(self, folded: str, marked: str, marks: bool) -> tuple[str, ...]:
        found = []
        others = folded  # in "Tuyên Quang năm 2011" no Quảng Nam is named
        for known in SEED_PROVINCES.values():
            others = others.replace(fold(known), "-")
        for spelt, bare, clear, name in self._others:
            if bare not in folded or f"{bare} vien" in folded:  # "tiền giảng viên"
                continue
            commune = re.search(rf"\b(?:xa|phuong|thi tran) {re.escape(bare)}\b", folded)
            if commune:
                continue
            said = _position(spelt, marked) >= 0
            bare_said = _position(bare, others) >= 0 and clear and not marks
            if said or bare_said or _position(f"tinh {bare}", others) >= 0:
                found.append(name)
        return tuple(found)


def _misspelt(words: Sequence[Word]) -> Iterable[tuple[int, str, str]]:
    """Find a province's name with one slip in two neighbouring words: where, as typed, and which one."""
    at = 0
    for one, two in pairwise(words):
        joined = one.bare + two.bare
        for slug, name in SEED_PROVINCES.items():
            whole = fold(name).replace(" ", "")
            if len(whole) > 5 and joined != whole and OSA.distance(joined, whole, score_cutoff=1) == 1:
                yield at, f"{one.bare} {two.bare}", slug
        at += len(one.bare) + 1


def says_own_district(folded: str) -> bool:
    """Tell whether a folded text speaks of the person's district: "huyện em"."""
    return _OWN_DISTRICT.search(folded) is not None


def says_self(folded: str) -> bool:
    """Tell whether a folded text speaks of the person's own unit: "xã tôi", "sở mình", "bên em"."""
    return _SELF_SAID.search(folded) is not None


def place_of_self(folded: str) -> int:
    """Return where a folded text first speaks of the person's own unit; -1 where it does not."""
    said = _SELF_SAID.search(folded)
    return said.start() if said else -1


def _has_marks(word: str) -> bool:
    return any(c in "đĐ" or unicodedata.combining(c) for c in unicodedata.normalize("NFD", word))


def _all_provinces(folded: str, marked: str, marks: bool) -> bool:
    """Tell whether every province is asked about; "mới, tỉnh" typed with marks is not "mỗi tỉnh"."""
    said = [m.group() for m in _ALL_PROVINCES.finditer(folded)]
    return any(phrase != "moi tinh" or not marks or "mỗi tỉnh" in marked for phrase in said)


def _position(phrase: str, text: str) -> int:
    return f" {text} ".find(f" {phrase} ")


def _unmarked(words: Sequence[Word], bare: str) -> bool:
    """Tell whether the phrase was typed without its marks somewhere."""
    wanted = bare.split()
    for start in range(len(words) - len(wanted) + 1):
        run = words[start : start + len(wanted)]
        if [w.bare for w in run] == wanted and any(w.marked == w.bare for w in run):
            return True
    return False


def _without_numbers(folded: str) -> str:
    folded = _PERIOD.sub(" ", folded)
    folded = _EDITION.sub(" ", folded)
    return _OF_A_NUMBER.sub(" ", folded)


def _years(folded: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(m.group()) for m in _YEAR.finditer(_without_numbers(folded))))


_NO_LEVELS = ("số", "xa", "so", "sổ", "xả", "xá", "thì")
"""Words that only fold to a level, or make one with their neighbour: "thì xã" is no "thị xã"."""


def _plain(words: Sequence[Word], marks: bool) -> str:
    """Return the folded text without words that only fold to a level: "số", "xa"."""
    if not marks:
        return re.sub(
            r"\btong so\b|"
            r"\bso (?=\d|may|nao|lieu|luong|hieu|tien|kinh phi|va|ngay|nhieu|co quan|don vi|xa|huyen)",
            " ",
            " ".join(w.bare for w in words),
        )
    return " ".join(w.bare for w in words if w.marked not in _NO_LEVELS)


def _level(folded: str) -> str:
    """Return the level asked about; of several the one that speaks of itself, else the lowest named."""
    for level, pattern in _LEVEL_WORDS:
        if re.search(rf"{pattern.pattern} {SELF}\b", folded):
            return level
    named = [level for level, pattern in _LEVEL_WORDS if pattern.search(folded)]
    return named[0] if len(named) == 1 else ""

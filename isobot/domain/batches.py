"""Many figures in one message: "tổng 120, áp dụng 118, đánh giá 1 lần ngày 12/9, khó khăn: thiếu người".

Each piece begins with the name of a field, one of its other words, or its number ("mục 4 120", "4: 120");
what follows is read as the answer to that field alone. What could not be read, and what can be meant in
two ways, is named; nothing is guessed and nothing is kept by reading.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from isobot.domain.fields import Field
from isobot.domain.forms import Form
from isobot.domain.kinds import Kind
from isobot.domain.text import fold, nfc, shorten
from isobot.domain.values import Value
from isobot.errors import AnswerRefused

LONGEST_BATCH = 4000
"""Characters; Telegram carries 4096 in a message."""

_HARD = re.compile(r"[;\n]")
# A comma between digits parts decimals or thousands; one before a space or a word parts figures.
_SOFT = re.compile(r",(?!\d)|(?<!\d),")
_WORD = re.compile(r"[^\s:=()]+")
_NUMBERED = re.compile(r"^\s*(?:(mục|muc|câu|cau)\s*)?(\d{1,2}[a-z]?)\s*(?:[:=)]\s*|\s+|$)(.*)$", re.I | re.S)
_GIVEN_SIGN = re.compile(r"^\s*(?:\)\s*)?[:=]")
_JOIN = re.compile(r"^[\s:=]+(?:(?:là|bằng|thành|la|bang|thanh)\s+)?", re.I)
_MEND = re.compile(r"^(?:sửa|sua|đổi|doi)\s+(?:lại\s+|lai\s+)?", re.I)
_DAY = re.compile(r"[\s(]+(?:vào\s+|vao\s+)?(?=(?:ngày|ngay|hôm|hom|mùng|mồng)\b)|\s*\((?=\s*\d)", re.I)
_DAY_FIRST = re.compile(r"^\s*(?:vào\s+|vao\s+)?(?=(?:ngày|ngay|hôm|hom|mùng|mồng)\b)", re.I)
_REST = re.compile(r"^(?:cac |nhung )?(?:muc |cau |phan )?(?:con lai|khac)\b(?: deu| thi| la|:)* *(.*)$")
_REST_WORDS = {
    "khong phat sinh": "none", "khong co phat sinh": "none", "khong co gi": "none",
    "de trong": "blank", "bo trong": "blank",
    "giu nguyen": "keep", "nhu cu": "keep", "nhu ky truoc": "keep",
}  # fmt: skip
LEAST_PROSE = 200
"""A text that may be this long can hold commas; a shorter one is a number of a document."""
_COUNTED = {"tthc"}
"""What people write behind a figure in place of its unit."""


Names = dict[tuple[str, ...], list[Field]]

_MOST_COMMAS = 3
"""So many commas a label may have."""

_MOST_KNOWN = 64
_KNOWN: dict[int, tuple[Form, Names]] = {}
"""The names of the fields of forms read lately, by the identity of the form."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one message.

    `figures` are by the key of their field; `rest` is what all other fields shall be ("none", "blank",
    "keep", or "" for nothing said); `unread` tells in Vietnamese what could not be read, and why.
    """

    figures: Mapping[str, Value]
    rest: str = ""
    unread: tuple[str, ...] = ()
    named: int = 0
    """How many fields were named, whether their figure could be read or not."""
    counted: int = 0
    """How many figures are no free text, which any sentence could be."""
    signed: bool = False
    """Whether every name was set off by a sign (":" or "="), or was a number: surely no sentence."""


@dataclass(slots=True)
class _Piece:
    """A part of the message that belongs to one field, or to none yet."""

    text: str
    fields: tuple[Field, ...] = ()
    said: str = ""
    signed: bool = False
    value: Value | None = None


@dataclass(slots=True)
class _Gathered:
    figures: dict[str, Value] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)


def read_batch(form: Form, text: str, *, today: date, current: Field | None = None) -> Reading:
    """Read the figures of a message; a first piece without a name answers the `current` field."""
    if len(text) > LONGEST_BATCH:
        return Reading({})
    names = _names(form)
    rest = ""
    pieces: list[_Piece] = []
    for hard in _HARD.split(nfc(text)):
        opens = True
        for soft in _apart(hard, names):
            said = soft.strip(" \t.–-•*+")
            if not said:
                continue
            if (found := _rest_of(said)) is not None:
                rest = found
                opens = True
                continue
            piece = _piece(form, names, said)
            if not piece.fields and _MEND.match(said):
                piece = _piece(form, names, _MEND.sub("", said))
            last = pieces[-1] if pieces and not opens else None
            if last is not None and _goes_on(last, piece, today):
                last.said, last.value = f"{last.said}, {said}", None
                continue
            if not piece.fields and last is not None and (dated := _day_of(form, last, said)) is not None:
                piece = dated
            pieces.append(piece)
            opens = False
    return _judge(form, pieces, rest, today, current)


def _apart(hard: str, names: Names) -> Iterator[str]:
    """Part figures at commas, but not where the comma belongs to a name ("Khó khăn, vướng mắc: ...")."""
    pieces = _SOFT.split(hard)
    while pieces:
        taken = 1
        for many in range(min(len(pieces), _MOST_COMMAS + 1), 1, -1):
            if _named_words(",".join(pieces[:many]), names) > len(_words(",".join(pieces[: many - 1]))):
                taken = many
                break
        yield ",".join(pieces[:taken])
        del pieces[:taken]


def _named_words(said: str, names: Names) -> int:
    """Return how many words the longest name has with which a text begins."""
    folded = _words(said)
    return next((n for n in range(len(folded), 0, -1) if folded[:n] in names), 0)


def _rest_of(said: str) -> str | None:
    match = _REST.match(fold(said).replace("-", " "))
    return _REST_WORDS.get(match[1].strip(" .:")) if match else None


def _names(form: Form) -> Names:
    """Return every way to name a field that is asked, as folded words; made once for each form."""
    known = _KNOWN.get(id(form))
    if known is None or known[0] is not form:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[id(form)] = (form, _names_anew(form))
    return known[1]


def _names_anew(form: Form) -> Names:
    found: dict[tuple[str, ...], list[Field]] = {}
    for each in form.fields:
        if each.computed is None:
            for name in dict.fromkeys(_words(n) for n in (each.label, *each.words)):
                found.setdefault(name, []).append(each)
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(fold(word).strip(".,;?!“”\"'") for word in _WORD.findall(text))


def _piece(form: Form, names: Names, said: str) -> _Piece:
    """Find the field that a piece names: by the longest name it begins with, or by its number."""
    words = list(_WORD.finditer(said))
    folded = tuple(fold(w[0]).strip(".,;?!“”\"'") for w in words)
    for length in range(len(folded), 0, -1):
        fields = names.get(folded[:length])
        if fields:
            behind = said[words[length - 1].end() :]
            if not behind.strip(" :=") and (chosen := _option(form, said)) is not None:
                return chosen
            return _Piece(said, tuple(fields), _value_in(behind), _GIVEN_SIGN.match(behind) is not None)
    match = _NUMBERED.match(said)
    if match is not None:
        known = form.by_number(match[2])
        signed = bool(match[1]) or said[match.end(2) :].lstrip()[:1] in (":", "=", ")")
        if signed and known is not None and known.computed is None:
            return _Piece(said, (known,), _value_in(f" {match[3]}"), signed=True)
        if signed and match[1]:
            return _Piece(said, (), "", signed=True)
    return _option(form, said) or _Piece(said)


def _value_in(behind: str) -> str:
    return _JOIN.sub("", behind).strip()


def _option(form: Form, said: str) -> _Piece | None:
    """Take the name of a choice for its field, where only one field has it."""
    name = _words(said)
    having = [
        (each, option)
        for each in form.fields
        if each.kind is Kind.CHOICE
        for option in each.choices
        if name in {_words(label) for label in (option.label, *(w for w in option.words if " " in w))}
    ]
    if len(having) != 1:
        return None
    known, option = having[0]
    return _Piece(said, (known,), said, value=Value.of(option.key))


def _goes_on(last: _Piece, piece: _Piece, today: date) -> bool:
    """Tell whether a piece goes on with the text before: "khó khăn: thiếu người, thiếu kinh phí"."""
    if len(last.fields) != 1 or not last.said:
        return False
    before = last.fields[0]
    if before.kind is Kind.CHOICE:
        return _read(before, f"{last.said}, {piece.text}", today) is not None
    if before.kind is not Kind.AMOUNTS and (before.kind is not Kind.TEXT or before.max_length < LEAST_PROSE):
        return False
    if not piece.fields or piece.value is not None:
        return True
    meant = piece.signed or any(c.isdecimal() for c in piece.said)
    return not meant and all(_read(f, piece.said, today) is None for f in piece.fields)


def _day_of(form: Form, last: _Piece, said: str) -> _Piece | None:
    """Take "ngày 12/9" for the day that belongs to the field before."""
    follower = _follower(form, last.fields[0]) if len(last.fields) == 1 else None
    if follower is None or not _DAY_FIRST.match(said):
        return None
    return _Piece(said, (follower,), _DAY_FIRST.sub("", said), signed=True)


def _follower(form: Form, known: Field) -> Field | None:
    """Return the day that is asked right after a field, such as when the last audit was."""
    asked = [f for f in form.fields if f.computed is None]
    place = next(i for i, f in enumerate(asked) if f.key == known.key)
    following = asked[place + 1] if place + 1 < len(asked) else None
    return following if following is not None and following.kind is Kind.DATE else None


def _judge(form: Form, pieces: list[_Piece], rest: str, today: date, current: Field | None) -> Reading:
    """Read every piece by its field, and tell what is open."""
    gathered = _Gathered()
    named = [piece for piece in pieces if piece.fields]
    for place, piece in enumerate(pieces):
        if not piece.fields and place == 0 and current is not None and named:
            value = _read(current, piece.text, today)
            if value is not None:
                _take(gathered, current, value)
                continue
        if not piece.fields:
            gathered.unread.append(f"“{shorten(piece.text, 60)}”: tôi không biết đây là mục nào.")
        elif len(piece.fields) > 1:
            either = " hay ".join(name_of(f) for f in piece.fields)
            gathered.unread.append(f"“{shorten(piece.text, 60)}”: đây là {either}?")
        else:
            _take_piece(gathered, form, piece, today)
    for key in gathered.twice:
        gathered.figures.pop(key, None)
    ordered = {f.key: gathered.figures[f.key] for f in form.fields if f.key in gathered.figures}
    return Reading(
        ordered,
        rest,
        tuple(gathered.unread),
        named=len(named),
        counted=sum(1 for key in ordered if form.field(key).kind is not Kind.TEXT),
        signed=bool(named) and all(p.signed for p in named),
    )


def _take_piece(gathered: _Gathered, form: Form, piece: _Piece, today: date) -> None:
    known = piece.fields[0]
    if piece.value is not None:
        _take(gathered, known, piece.value)
        return
    for each, said in _parts(form, known, piece.said):
        if not said:
            gathered.unread.append(f"{name_of(each, 'Mục')}: chưa thấy số liệu đi kèm.")
            continue
        try:
            _take(gathered, each, _parse(each, said, today))
        except AnswerRefused as refused:
            gathered.unread.append(f"{name_of(each, 'Mục')}: {refused}")


def _parts(form: Form, known: Field, said: str) -> Iterator[tuple[Field, str]]:
    """Part "1 lần ngày 12/9" between a field and the day that is asked right after it."""
    follower = _follower(form, known)
    match = _DAY.search(" " + said) if follower is not None else None
    if follower is None or match is None:
        yield known, said
        return
    before = (" " + said)[: match.start()].strip()
    if before:
        yield known, before
    yield follower, (" " + said)[match.end() :].strip(" )")


def _take(gathered: _Gathered, known: Field, value: Value) -> None:
    before = gathered.figures.get(known.key)
    if before is not None and before != value:
        gathered.twice.add(known.key)
        gathered.unread.append(
            f"{name_of(known, 'Mục')} có hai số: {known.show(before)} và {known.show(value)}."
        )
    gathered.figures[known.key] = value


def _read(known: Field, said: str, today: date) -> Value | None:
    try:
        return _parse(known, said, today) if said else None
    except AnswerRefused:
        return None


def _parse(known: Field, said: str, today: date) -> Value:
    """Read a value, without the words that people put behind it in place of the whole unit."""
    try:
        return known.parse(said, today=today)
    except AnswerRefused:
        shorter = _without_unit(known, said)
        if shorter == said:
            raise
        return known.parse(shorter, today=today)


def _without_unit(known: Field, said: str) -> str:
    if known.kind is not Kind.INTEGER:
        return said
    loose = {*fold(known.unit).split(), *_COUNTED}
    words = said.split()
    while len(words) > 1 and fold(words[-1]).strip(".") in loose:
        words.pop()
    return " ".join(words)


def is_batch(reading: Reading, *, current: Field | None) -> bool:
    """Tell a message with several figures from a plain answer to the `current` field, or a question.

    A text is an answer as it stands unless every part of it is surely a figure of some field.
    """
    if reading.rest and not reading.unread and not reading.named:
        return True
    if not reading.figures:
        return False
    if current is not None and current.kind is Kind.TEXT:
        figures_only = reading.counted == len(reading.figures) >= 2
        return not reading.unread and (reading.signed or figures_only)
    return reading.signed or reading.counted > 0


def name_of(each: Field, item: str = "mục") -> str:
    """Name a field in the middle of a sentence: "mục 3 (số TTHC đã đưa vào hệ thống)"."""
    label = each.label
    return f"{item} {each.number} ({label if label[1:2].isupper() else label[:1].lower() + label[1:]})"

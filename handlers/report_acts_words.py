"""The words for acts on a report, as people type them: return, note, letter, look at."""

import re
from dataclasses import dataclass, field
from datetime import date

from isobot.domain.numbers import read_date
from isobot.domain.text import fold
from isobot.errors import AnswerRefused

_NUMBER = r"(?:[ivx]+\.)?\d{1,2}[a-z]?"
_MARK = re.compile(rf"(?:tra(?: lai)?|sua lai)? *muc +({_NUMBER}(?: *(?:,|va) *{_NUMBER})*)")
_RETURN = re.compile(r"(?:tra lai|tra)(?: bao cao| ca bao cao| toan bo)?")
_NOTE = re.compile(rf"(?:ghi chu|luu y)(?: cho)? *muc +({_NUMBER})")
_REOPEN = re.compile(r"mo lai(?: bao cao)?")
_LETTER = re.compile(
    r"^\s*(?:văn bản |van ban |công văn |cong van )?(?:số|so)\s+(?P<number>\S*\d\S*)"
    r"[\s,;]+(?:ngày|ngay|ký ngày|ky ngay)\s+(?P<day>.+?)[\s.]*$",
    re.IGNORECASE,
)
_LOOK = re.compile(
    r"^\s*(?:xem|mở|mo)\s+(?:báo cáo của |bao cao cua |báo cáo |bao cao )?(?P<name>.+?)[\s.]*$", re.I
)


@dataclass(frozen=True, slots=True)
class SentBack:
    """What a typed return says: reasons by the number of the figure, and one for the whole."""

    marks: dict[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def is_bare(self) -> bool:
        """Tell whether no reason was given yet."""
        return not self.marks and not self.why


def read_return(text: str) -> SentBack | None:
    """Read "trả mục 5: lý do; mục 7: lý do", "trả lại: lý do" or "trả lại"; None when it is none of these.

    A semicolon or a new line begins another figure only where "mục" and a number follow.
    """
    marks: dict[str, str] = {}
    why, last = "", []
    for number, part in enumerate(re.split(r"[;\n]", text)):
        head, _, tail = part.partition(":")
        said = fold(head).strip(" .")
        mark = _MARK.fullmatch(said)
        if mark is not None and (number or said.startswith("tra")):
            last = re.split(r" *(?:,|va) *", mark[1])
            marks.update(dict.fromkeys(last, tail.strip()))
        elif number == 0:
            if not _RETURN.fullmatch(said):
                return None
            why = tail.strip()
        elif part.strip():
            for key in last:
                marks[key] = f"{marks[key]}; {part.strip()}"
            if not last:
                why = f"{why}; {part.strip()}"
    return SentBack(marks, why)


def read_marks(text: str) -> SentBack:
    """Read an answer to "vì sao trả lại?": a reason for the whole, or "mục 5: lý do; mục 7: lý do"."""
    if _MARK.fullmatch(fold(text.partition(":")[0]).strip(" .")) and ":" in text:
        found = read_return("trả " + text.strip() if fold(text).startswith("muc") else text)
        if found is not None:
            return found
    return SentBack(why=text.strip())


def read_note(text: str) -> tuple[str, str] | None:
    """Read "ghi chú mục 5: số này gồm cả xã cũ" into the number and the words."""
    head, _, tail = text.partition(":")
    found = _NOTE.fullmatch(fold(head).strip(" ."))
    return (found[1], tail.strip()) if found else None


def read_reopen(text: str) -> str | None:
    """Read "mở lại: lý do"; "" where the reason is missing, None when it is no such thing."""
    head, _, tail = text.partition(":")
    return tail.strip() if _REOPEN.fullmatch(fold(head).strip(" .")) else None


def read_letter(text: str, *, today: date) -> tuple[str, date] | None:
    """Read "số 12/BC-UBND ngày 5/12" into number and day; None when it is no such thing.

    Raises:
        AnswerRefused: the day is none, or its year is open.
    """
    found = _LETTER.match(text)
    if found is None or not re.search(r"\d", found["number"]):
        return None
    try:
        return found["number"].strip(",;."), read_date(found["day"], today=today, example="5/12/2026")
    except AnswerRefused:
        if "/" not in found["number"] and "-" not in found["number"]:
            return None
        raise


def unit_to_see(text: str) -> str:
    """Return the name behind "xem"; "" when the text is no such wish."""
    found = _LOOK.match(text)
    return found["name"] if found else ""


def is_accept(text: str) -> bool:
    """Tell whether a text accepts the report that is shown."""
    return fold(text).strip(" .!") in ("tiep nhan", "tiep nhan bao cao", "da tiep nhan")


def is_accept_all(text: str) -> bool:
    """Tell whether a text wants every report without warnings accepted."""
    return fold(text).strip(" .!").startswith("tiep nhan tat ca")

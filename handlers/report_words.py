"""What steers a report: words and endings that are no answer, read without marks."""

import re

from isobot.domain.forms import Field, Kind
from isobot.domain.text import fold, nfc

_MEND = re.compile(r"^(?:toi muon )?sua(?: lai)?(?: muc| cau)? *(\d{1,2}[a-c]?)$")
_QUESTION_WORDS = re.compile(
    r"\b(la gi|the nao|ntn|khi nao|bao gio|o dau|ai |tai sao|vi sao|nhu the nao|may |bao nhieu|co phai"
    r"|duoc khong|khong a|hay khong|gui cho|can cu)\b"
)
_ENDS_ASKING = re.compile(
    r"\b(la gi|the nao|ntn|khi nao|bao gio|o dau|(thang|nam|ngay|ai|co quan|so) nao|bao nhieu|may lan)"
    r"( a| vay| nhi| the)*[.?]*$"
)
"""How a question ends that was typed without its mark; a reason or a difficulty hardly ever does."""

_WORDS_TO_STEER = {
    "vi sao hoi": "r:why",
    "vi sao": "r:why",
    "quay lai": "r:back",
    "lui lai": "r:back",
    "tam dung": "r:pause",
    "de sau": "r:pause",
    "gui": "r:send",
    "gui bao cao": "r:send",
    "gui ban sua": "r:send",
    "xem du thao": "r:docx",
    "xem lai": "r:summary",
    "tom tat": "r:summary",
    "giu so dang ghi": "r:confirm",
    "mo bieu tren web": "r:web",
    "mo bieu": "r:web",
    "bieu web": "r:web",
    "nhap tren web": "r:web",
    "giu nguyen": "r:keep",
    "giu nguyen nhu cu": "r:keep",
    "nhu cu": "r:keep",
    "nhu ky truoc": "r:keep",
    "giong ky truoc": "r:keep",
    "giu nguyen tat ca": "r:keep-all",
    "giu nguyen het": "r:keep-all",
    "giu nguyen toan bo": "r:keep-all",
}

_STOP = ("dừng", "dừng lại")
"""With their marks: folded, "dừng" (stop) and "đúng" (right) are one word."""

_YES = {
    *("dung", "dung roi", "dung vay", "dung the", "dung het", "dung ghi lai", "ghi lai", "ghi", "chinh xac"),
    *("ok", "oke", "dong y", "phai", "vang", "u", "xac nhan", "yes"),
}
_RIGHT = ("đúng", "đung", "dung")
_DROP = {"bo", "thoi", "bo di", "khong ghi", "bo khong ghi", "bo het", "huy tin nay"}
_MEND_SOMETHING = {"sua", "sai", "sai roi", "chua dung", "khong dung", "sua lai", "khong phai"}


def step_in(text: str) -> str:
    """Return the key of the button that a text stands for, "" when it is none."""
    if nfc(text).lower().strip(" .!") in _STOP:
        return "r:pause"
    return _WORDS_TO_STEER.get(fold(text).strip(" .!"), "")


def number_to_mend(text: str) -> str:
    """Return "7" for "sửa mục 7", "" when the text asks for no such thing."""
    found = _MEND.match(fold(text))
    return found[1] if found else ""


def asks(text: str, field: Field) -> bool:
    """Tell whether a text is surely a question and no answer."""
    said = text.strip()
    if field.kind is Kind.TEXT:
        folded = fold(said)
        return (
            said.endswith("?")
            or folded.startswith(("hoi:", "hoi "))
            or _ENDS_ASKING.search(folded) is not None
        )
    return said.endswith("?") and any(c.isalpha() for c in said)


def may_be_question(text: str, field: Field) -> bool:
    """Tell whether a text that is no fitting answer is worth asking the knowledge about."""
    return field.kind is not Kind.TEXT and (
        len(text.split()) >= 4 or _QUESTION_WORDS.search(fold(text) + " ") is not None
    )


def says_yes(text: str) -> bool:
    """Tell whether a text agrees to what was read back."""
    said = nfc(text).lower().strip()
    return _plain(text) in _YES and (not _plain(text).startswith("dung") or said.startswith(_RIGHT))


def drops(text: str) -> bool:
    """Tell whether a text gives up what was read back."""
    return _plain(text) in _DROP


def mends(text: str) -> bool:
    """Tell whether a text says that something read back is wrong, without saying what."""
    return _plain(text) in _MEND_SOMETHING


def _plain(text: str) -> str:
    return " ".join(fold(text).replace(",", " ").strip(" .!").split())

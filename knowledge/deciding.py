"""Deciding whether the documents hold the subject of a question at all.

Each question about something else shares a word or two with some card. What tells it apart: the best
card fits badly, some of its words stand in no card, or its words stand there but never side by side
("dân số", "bổ nhiệm cán bộ"), and nothing in it is of the trade. These signs are weighed together; the
weights were fitted by logistic regression on marked questions (benchmarks/calibrate_answers.py), and
the limit was chosen on the folds held out.
"""

import re
from dataclasses import astuple, dataclass
from math import exp

from knowledge.question import Question

LEAST_SURE = 0.3
"""Below this the question is refused: on folds held out, 1 of 380 whole questions on the subject and 4 of
100 wordings of three or four words; of questions on other subjects 7 of 10, before any word list."""

_WEIGHTS = (4.56, 3.82, -3.73, -3.2, 0.78, 1.2, 1.58, 1.93, 1.04, 1.27, 1.33)
_BIAS = -4.59

_TRADE = re.compile(
    r"\b(?:iso|9001|he thong|chat luong noi bo|mo hinh khung|ban chi dao|danh gia noi bo|"
    r"xem xet cua lanh dao|so khoa hoc va cong nghe|bo khoa hoc|cong bo|bot|tro ly|sap xep|sap nhap|"
    r"nhap vao|hop nhat|cap huyen|1/7/2025|tieu chuan do luong|tcvn|"
    r"khac phuc|khong phu hop|to chuc chung nhan|doan kiem tra|"
    r"chung nhan(?! (?:quyen|dang ky|ket hon|nguon goc|xuat xu|lam viec|tot nghiep)))\b"
)
_ISO = re.compile(r"\b(?:iso|9001|he thong quan ly chat luong)\b")
"""The subject by its name: other standards, prices and other provinces are refused before this is weighed,
so its weight was set by hand, as high as lets no question on another subject through."""
_OFFICE = re.compile(
    r"\b(?:ke hoach|bao cao|quyet dinh|thong tu|chi thi|kinh phi|du toan|kiem tra|tap huan|dao tao|tu van|"
    r"thu tuc hanh chinh|phu luc|danh sach|hieu luc|so noi vu|so tai chinh|hoan thanh|han|buoc|muc chi|"
    r"quy trinh|nguoi dung dau|van phong uy ban|duy tri|cai tien|ap dung)\b"
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against: shares from 0 to 1."""

    best: float
    """The score of the best card."""
    held: float
    """The share of the words asked that one of the best cards holds."""
    unknown: float
    """The share of the words asked that no card holds."""
    strange: float
    """The share of neighbouring words that stand side by side in no card."""
    short: bool
    """Whether hardly any words are asked, so that each of them counts for much."""


def of_the_trade(question: Question) -> bool:
    """Tell whether a question uses words that hardly stand in any other trade."""
    return question.says(_TRADE)


def values(signs: Signs, question: Question) -> tuple[float, ...]:
    """Return everything that is weighed, in the order of the weights."""
    said = (
        of_the_trade(question),
        question.says(_ISO),
        question.says(_OFFICE),
        bool(question.documents),
        bool(question.provinces),
        not question.plain,
    )
    *shares, short = astuple(signs)
    return (*shares, *(float(s) for s in said), float(short))


def sureness(signs: Signs, question: Question) -> float:
    """Return how likely it is that the documents hold the subject, from 0 to 1."""
    total = _BIAS + sum(w * v for w, v in zip(_WEIGHTS, values(signs, question), strict=True))
    return 1 / (1 + exp(-total))

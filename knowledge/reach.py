"""How far a question reaches: one province, the five set side by side, or every province of the country."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.corpus import NATIONAL
from knowledge.question import Question
from knowledge.search import Hit

LAW_BEFORE = 0.6
"""From this share of the best score on, the rule of the State answers for every province of the country."""
_EVERY_PROVINCE = re.compile(r"\b(?:cac|nhung) (?:tinh|dia phuong)\b(?! nao\b)")
_SET_SIDE_BY_SIDE = re.compile(
    r"\b(?:nam|5|tung|moi|hai|ba|bon) tinh\b|\btinh nao\b|\bdia phuong nao\b|"
    r"\b(?:so sanh|khac nhau|giong nhau|khac gi|lan luot|liet ke)\b"
)
_TO_THE_STATE = re.compile(r"\b(?:ve|len|cho|gui|voi|trinh) (?:bo|trung uong|chinh phu|thu tuong)\b")
_DUTY_OF_PROVINCES = re.compile(r"\b(?:cac|nhung) (?:tinh|dia phuong) (?:co )?(?:phai|duoc|bat buoc)\b")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which provinces a question is about; `named` when the question itself says so."""

    provinces: tuple[str, ...]
    named: bool
    national: bool
    country: bool = False
    """Whether it is about what every province of the country has to do, by the rules of the State."""


def law_of_the_country(good: Sequence[Hit]) -> Sequence[Hit]:
    """Put the rule of the State before a province's, unless that fits far better."""
    law = next((h for h in good if h.card.scope == NATIONAL), None)
    if law is None or law.score < LAW_BEFORE * good[0].score:
        return good
    return [law, *(h for h in good if h is not law)]


def of_the_country(read: Question, scope: Scope, hits: Sequence[Hit]) -> bool:
    """Tell whether "các tỉnh" are those of the country: "Bộ nhận báo cáo của các tỉnh rồi trình ai"."""
    if read.provinces or not read.says(_EVERY_PROVINCE) or read.says(_SET_SIDE_BY_SIDE):
        return False
    of_the_state = scope.national or (bool(hits) and hits[0].card.scope == NATIONAL)
    return of_the_state or read.says(_DUTY_OF_PROVINCES) or read.says(_TO_THE_STATE)

"""Every rule between figures as an officer meets it: in the dialogue, with every form."""

from dataclasses import dataclass, field

import pytest

from isobot.domain.values import values_to_json
from isobot.storage.reports import InForce
from tests.paper import PaperChat, PaperReport
from tests.rule_cases import (
    AGENCY_FORM,
    ANSWERS,
    BEFORE,
    COMMUNE_FORM,
    PROVINCE_FORM,
    RULE_CASES,
    TODAY,
    RuleCase,
)

WHO = {
    COMMUNE_FORM: ("kg.minh-hoa-mot", "kg-nam-xa"),
    AGENCY_FORM: ("kg.so-minh-hoa-mot", "kg-nam"),
    PROVINCE_FORM: ("kg.so-khcn", "qg-thang-12"),
}
FAR: dict[str, set[str]] = {COMMUNE_FORM: set(), PROVINCE_FORM: set(), AGENCY_FORM: {"nc_found", "nc_closed"}}
"""Figures of the good answers that are far from those of the year before."""

REASON = "Đã đối chiếu hồ sơ, số đúng"


@dataclass
class Told:
    """What the dialogue did while a form was answered."""

    asked: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)
    reasons: set[str] = field(default_factory=set)


def opened(services, form_id: str) -> PaperChat:
    unit, rule = WHO[form_id]
    level = services.directory.get(unit).level
    form = services.forms.get(form_id, level=level)
    before = {
        f.key: f.parse(BEFORE[form_id][f.key], today=TODAY) for f in form.fields if f.key in BEFORE[form_id]
    }
    last = {(rule, "2025", unit): InForce(form_id, form.version, values_to_json(form.complete(before)))}
    return PaperChat(PaperReport(services, unit, rule, "2026", form_id, form.version, TODAY, last))


def answered(chat: PaperChat, answers: dict[str, str], otherwise: dict[str, str]) -> Told:
    """Answer question by question; what is refused is answered `otherwise`, what is doubted confirmed."""
    told = Told()
    while key := chat.asked:
        told.asked.append(key)
        said = chat.says(otherwise[key] if key in told.refused else answers[key])
        if "again" in chat.state:
            told.again.add(key)
            said = chat.says("đúng")
        while "reason" in chat.state:
            told.reasons.add(chat.state["reason"])
            chat.says(REASON)
        if chat.asked == key:
            assert key not in told.refused, said
            told.refused[key] = said
            if otherwise[key] == answers[key]:
                mend_the_culprit(chat, answers, otherwise)
        assert len(told.asked) < 100
    return told


def mend_the_culprit(chat: PaperChat, answers: dict[str, str], otherwise: dict[str, str]) -> None:
    """Correct the answer above that made this one be refused."""
    for key in answers:
        if answers[key] != otherwise[key] and key in chat.report.draft:
            number = chat.report.services.forms.get(chat.report.form).field(key).number
            chat.says(f"sửa mục {number}")
            assert chat.asked == key
            chat.says(otherwise[key])


@pytest.mark.parametrize("case", RULE_CASES, ids=str)
def test_answers_that_break_a_rule_are_told_so(services, case: RuleCase):
    chat = opened(services, case.form)
    form = services.forms.get(case.form)

    told = answered(chat, case.broken, case.kept)

    if case.refused:
        assert case.refused in told.refused
    elif case.not_asked:
        assert case.not_asked not in told.asked
    elif case.asked_again:
        assert case.asked_again in told.again
        assert case.asked_again in chat.report.draft
    elif case.is_error:
        check = next(check for check in form.checks if check.id == case.told)
        said = check.message.partition("{")[0]
        assert [key for key, reply in told.refused.items() if said in reply]
    else:
        assert case.told in told.reasons
        assert chat.report.draft[f"reason:{case.told}"] == {"given": REASON}


@pytest.mark.parametrize("form_id", [COMMUNE_FORM, AGENCY_FORM, PROVINCE_FORM])
def test_answers_that_keep_every_rule_are_taken_without_a_word(services, form_id):
    chat = opened(services, form_id)

    told = answered(chat, ANSWERS[form_id], {})

    assert (told.refused, told.again, told.reasons) == ({}, FAR[form_id], set())
    assert len(told.asked) == len(set(told.asked)) == len(chat.report.draft)
    assert chat.screen.startswith("Tóm tắt số liệu")
    assert "r:send" in chat.offers()

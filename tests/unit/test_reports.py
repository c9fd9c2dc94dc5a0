"""The life of a report, its receipt, its differences, its history."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.domain.reports import (
    ALPHABET,
    Act,
    ReportEvent,
    ReportStatus,
    chain_hash,
    compare,
    next_status,
    read_receipt,
    receipt_number,
    verify_chain,
)
from isobot.domain.values import BLANK, NONE_ARISING, Value
from isobot.errors import AnswerRefused, Refusal
from isobot.formfiles import load_forms

FORM = load_forms().get("xa-rut-gon")


def test_report_goes_out_comes_back_and_is_accepted():
    status = ReportStatus.DRAFT
    for act in (Act.EDIT, Act.SUBMIT, Act.RETURN, Act.EDIT, Act.SUBMIT, Act.SUBMIT, Act.ACCEPT):
        status = next_status(status, act)
    assert status is ReportStatus.ACCEPTED


def test_correction_after_submitting_keeps_the_report_in():
    assert next_status(ReportStatus.SUBMITTED, Act.EDIT).is_in
    assert not next_status(ReportStatus.SUBMITTED, Act.RETURN).is_in


@pytest.mark.parametrize("act", [Act.EDIT, Act.SUBMIT])
def test_accepted_report_is_locked_until_opened_again(act):
    with pytest.raises(Refusal, match="đã được tiếp nhận nên không sửa được"):
        next_status(ReportStatus.ACCEPTED, act)
    assert next_status(ReportStatus.ACCEPTED, Act.REOPEN) is ReportStatus.RETURNED


@pytest.mark.parametrize("status", list(ReportStatus))
@pytest.mark.parametrize("act", list(Act))
def test_every_act_has_an_outcome_or_a_reason(status, act):
    try:
        assert next_status(status, act) in ReportStatus
    except Refusal as refusal:
        reason = str(refusal)
        assert reason.startswith("Báo cáo")


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=23**5), st.integers(min_value=2020, max_value=2099))
def test_receipt_is_read_back_however_it_is_typed(serial, year):
    receipt = receipt_number("TH", year=year, serial=serial)
    assert read_receipt(f" {receipt.lower().replace('-', ' ')} ") == receipt
    assert read_receipt(receipt.replace("-", "")) == receipt


def test_no_two_serials_share_a_receipt():
    made = {receipt_number("KT", year=2026, serial=serial) for serial in range(23**4 - 5_000, 23**4 + 5_000)}
    made |= {receipt_number("KT", year=2026, serial=serial) for serial in range(20_000)}
    assert len(made) == 30_000


def test_receipt_has_no_letters_that_look_alike():
    assert not set(ALPHABET) & set("0158OILSBZGUV")


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=23**4 - 1), st.integers(0, 3), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(serial, place, letter):
    receipt = receipt_number("KT", year=2026, serial=serial)
    group = receipt.split("-")[2]
    wrong = group[:place] + letter + group[place + 1 :]
    if wrong == group:
        assert read_receipt(receipt) == receipt
        return
    with pytest.raises(AnswerRefused):
        read_receipt(receipt.replace(f"-{group}-", f"-{wrong}-"))


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=23**4 - 1))
def test_swapped_neighbours_are_noticed(serial):
    receipt = receipt_number("KT", year=2026, serial=serial)
    group = receipt.split("-")[2]
    for place, (one, other) in enumerate(pairwise(group)):
        if one != other:
            swapped = group[:place] + other + one + group[place + 2 :]
            with pytest.raises(AnswerRefused):
                read_receipt(receipt.replace(f"-{group}-", f"-{swapped}-"))


@pytest.mark.parametrize("typed", ["", "118", "😀", "KT-2026", "x" * 10_000, "KT-2026-0000-0"])
def test_what_is_no_receipt_is_refused_with_an_example(typed):
    with pytest.raises(AnswerRefused, match="KT-2026-"):
        read_receipt(typed)


def test_difference_names_the_figures_and_both_values():
    before = {"tthc_total": Value.of(120), "tthc_in": Value.of(118), "proc_changes": Value.of(0)}
    after = {"tthc_total": Value.of(120), "tthc_in": Value.of(120), "proc_changes": NONE_ARISING}
    assert compare(FORM, before, after).as_text().splitlines() == [
        "Mục 3. Số TTHC đã đưa vào hệ thống: 118 thủ tục → 120 thủ tục",
        "Mục 4. Số quy trình ban hành mới, sửa đổi hoặc bãi bỏ trong kỳ: 0 quy trình → Không phát sinh",
    ]


def test_difference_shows_what_was_added_and_what_fell_away():
    before = {"complaints": Value.of(1), "complaints_done": Value.of(1)}
    after = {"complaints": BLANK, "complaints_done": Value.of(1), "train_people": Value.of(5)}
    text = compare(FORM, before, after).as_text()
    assert "1 khiếu nại → Chưa có số liệu" in text
    assert "1 khiếu nại → bỏ" in text
    assert "chưa nhập → 5 lượt người" in text


def test_nothing_changed_is_said():
    same = compare(FORM, {"tthc_total": Value.of(0)}, {"tthc_total": Value.of(0)})
    assert not same
    assert same.as_text() == "Không có số liệu nào thay đổi."


START = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def history(length: int) -> list[tuple[ReportEvent, str]]:
    chained, previous = [], ""
    for number in range(1, length + 1):
        event = ReportEvent(
            7,
            number,
            START + timedelta(minutes=number),
            3,
            "telegram",
            "figure",
            "tthc_in",
            None,
            {"given": number},
        )
        previous = chain_hash(previous, event)
        chained.append((event, previous))
    return chained


def test_untouched_history_verifies():
    assert verify_chain(history(20)) is None
    assert verify_chain([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"after": {"given": 99}},
        {"before": {"none_arising": True}},
        {"person": 4},
        {"at": START},
        {"channel": "zalo"},
        {"why": "nhầm"},
        {"kind": "status"},
        {"field": "tthc_total"},
        {"report": 8},
        {"number": 6},
    ],
)
def test_change_in_the_past_shows(change):
    events = history(10)
    events[4] = (replace(events[4][0], **change), events[4][1])
    assert verify_chain(events) == 5


def test_change_with_its_own_hash_made_anew_shows_at_the_next_event():
    events = history(10)
    forged = replace(events[4][0], after={"given": 99})
    events[4] = (forged, chain_hash(events[3][1], forged))
    assert verify_chain(events) == 6


def test_event_taken_out_or_swapped_shows():
    events = history(10)
    assert verify_chain(events[:4] + events[5:]) == 5
    assert verify_chain([*events[:4], events[5], events[4], *events[6:]]) == 5


def test_moment_counts_and_not_the_zone_it_is_written_in():
    event = history(1)[0][0]
    elsewhere = replace(event, at=event.at.astimezone(timezone(timedelta(hours=7))))
    assert chain_hash("", event) == chain_hash("", elsewhere)

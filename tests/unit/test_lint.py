"""Linting cards: what it finds, what it leaves alone, and that the shipped cards are clean."""

from dataclasses import replace
from datetime import date

import pytest

from isobot.domain.curation import CardVersion, Overlay, Replacement
from knowledge.corpus import CardProblem, cards_by_scope
from knowledge.lint import Severity, contradictions, lint, lint_card
from knowledge.live import card_of, live_corpus, misfits, record_of
from tests.fakes import FakeClock

TODAY = date(2027, 5, 20)


def with_cards(corpus, *cards):
    held = {**corpus.cards, **{card.id: card for card in cards}}
    return replace(corpus, cards=held, by_scope=cards_by_scope(held.values()))


def beside(knowledge, card_id, **changes):
    return replace(knowledge.corpus.cards[card_id], id="th-khac", **changes)


def rules(findings, card):
    return {f.rule for f in findings if card in f.cards}


def test_the_shipped_cards_have_no_error(knowledge):
    found = lint(knowledge, today=date(2026, 11, 1))
    assert [str(f) for f in found if f.severity is Severity.ERROR or f.rule == "summary-silent"] == []


@pytest.mark.parametrize(
    ("card", "answer", "figure"),
    [
        ("th-bao-cao-ky", "UBND cấp xã báo cáo định kỳ tháng 6 và tháng 12 hằng năm.", "tháng"),
        ("th-bao-cao-ky", "Mỗi năm UBND cấp xã báo cáo ba lần.", "số lần"),
        ("nat-chi-cuc-tu-van", "Chi cục thuê tư vấn lần đầu tối đa 30 triệu đồng một cơ quan.", "số tiền"),
        (
            "nat-159-het",
            "Thông tư 159/2010/TT-BTC bị Thông tư 116/2015/TT-BTC thay thế từ 01/11/2015.",
            "ngày",
        ),
        ("nat-tt26-hieu-luc", "Thông tư 26/2014/TT-BKHCN có hiệu lực từ 15/12/2014.", "ngày"),
    ],
)
def test_another_figure_for_the_same_thing_is_a_contradiction(knowledge, card, answer, figure):
    planted = beside(knowledge, card, answer=answer)
    found = contradictions(with_cards(knowledge.corpus, planted))

    assert {f.cards for f in found} >= {tuple(sorted((card, "th-khac")))}
    assert figure in found[0].problem
    assert found[0].severity is Severity.ERROR
    assert [f.rule for f in lint_card(knowledge.corpus, planted)][:1] == ["contradiction"]


@pytest.mark.parametrize(
    ("card", "answer"),
    [
        ("th-bao-cao-ky", "Xã báo cáo tháng 5 và tháng 10 hằng năm."),
        ("th-bao-cao-ky", "Sở tổng hợp, báo cáo UBND tỉnh vào tháng 12 hằng năm."),
        ("nat-159-het", "Thông tư 26/2014/TT-BKHCN thay thế Thông tư 01/2010/TT-BKHCN từ 01/12/2014."),
    ],
)
def test_the_same_figure_or_another_thing_is_none(knowledge, card, answer):
    assert contradictions(with_cards(knowledge.corpus, beside(knowledge, card, answer=answer))) == []


def test_another_place_may_have_another_figure(knowledge):
    answer = "UBND cấp xã báo cáo định kỳ tháng 6 và tháng 12 hằng năm."
    elsewhere = beside(knowledge, "th-bao-cao-ky", scope="kon-tum", answer=answer)
    assert contradictions(with_cards(knowledge.corpus, elsewhere)) == []


def test_a_section_that_the_imported_text_lacks_is_an_error_and_one_not_imported_is_not(knowledge):
    def known(document, section):
        return section != "Điều 2 khoản 5" if document == "thanh-hoa" else None

    found = lint(knowledge, today=date(2026, 11, 1), section_known=known)

    assert "broken-citation" in rules(found, "th-bao-cao-ky")
    assert {f.rule for f in found if f.severity is Severity.ERROR} == {"broken-citation"}
    assert not rules(found, "kt-muc-dich")


def test_a_card_that_its_own_questions_do_not_find_is_an_error(knowledge):
    asks = ("gian hàng ngày hội ở đâu",)
    copies = [
        replace(knowledge.corpus.cards["th-bao-cao-ky"], id=name, asks=asks)
        for name in ("th-1", "th-2", "th-khac")
    ]
    corpus = with_cards(knowledge.corpus, *copies)
    found = lint(type(knowledge)(corpus, knowledge._units), today=TODAY)
    assert "unreachable" not in rules(found, "th-1")
    assert "unreachable" in rules(found, "th-khac")


def test_doubled_asks_long_answers_missing_shorts_and_overdue_reviews_are_told_with_their_cure(knowledge):
    card = beside(
        knowledge,
        "th-bao-cao-ky",
        short="",
        answer="Xã báo cáo tháng 5 và tháng 10. " + "Chi tiết xem văn bản của tỉnh. " * 20,
        review_by=date(2027, 5, 1),
    )
    corpus = with_cards(knowledge.corpus, card)
    found = lint(type(knowledge)(corpus, knowledge._units), today=TODAY)

    assert rules(found, "th-khac") >= {"duplicate-ask", "long-answer", "no-short", "review-overdue"}
    assert all(f.cure for f in found)


def test_what_a_summary_does_not_say_is_not_said_of_the_whole_document(knowledge):
    card = knowledge.corpus.cards["nat-cong-bo-thoi-han"]
    whole = replace(card, answer="Quyết định 19 không nêu thời hạn của quyết định công bố.")
    part = replace(card, answer="Phần Quyết định 19 tôi có không nêu thời hạn của quyết định công bố.")

    assert "summary-silent" in rules(lint_card(knowledge.corpus, whole), card.id)
    assert "summary-silent" not in rules(lint_card(knowledge.corpus, part), card.id)
    imported = lint_card(knowledge.corpus, whole, lambda document, section: True)
    assert "summary-silent" not in rules(imported, card.id)


# --- the live corpus ---

MARK = Replacement(
    "thanh-hoa", "Quyết định 99/QĐ-UBND", TODAY, "mới", "person 1", "person 2", FakeClock.on(TODAY).now()
)


def changed(knowledge, **changes):
    record = {**record_of(knowledge.corpus.cards["th-bao-cao-ky"]), **changes}
    return CardVersion(
        "th-bao-cao-ky",
        1,
        record,
        None,
        "person 1",
        "person 2",
        "gọn hơn",
        FakeClock.on(TODAY, 8).now(),
        TODAY,
    )


def test_a_card_survives_being_written_down_and_read_back(knowledge):
    for card in knowledge.corpus.cards.values():
        assert card_of(record_of(card), knowledge.corpus) == replace(card, review_by=None)


def test_an_approved_wording_stands_in_place_of_the_shipped_one(knowledge):
    overlay = Overlay("e1", versions=(changed(knowledge, answer="Tháng 5 và tháng 10."),))
    corpus = live_corpus(knowledge.corpus, overlay)
    assert corpus.cards["th-bao-cao-ky"].answer == "Tháng 5 và tháng 10."
    assert corpus.version != knowledge.corpus.version


def test_an_approved_card_that_an_update_left_without_topic_is_left_out_and_told(knowledge):
    overlay = Overlay("e1", versions=(changed(knowledge, topic="khong-con"),))
    corpus = live_corpus(knowledge.corpus, overlay)
    assert corpus.cards["th-bao-cao-ky"] == knowledge.corpus.cards["th-bao-cao-ky"]
    assert [m.card for m in misfits(knowledge.corpus, overlay)] == ["th-bao-cao-ky"]


def test_no_frozen_card_says_anything_it_said_before(knowledge):
    corpus = live_corpus(knowledge.corpus, Overlay("e1", replacements=(MARK,)))
    resting = [
        c for c in knowledge.corpus.cards.values() if "thanh-hoa" in {s.document.key for s in c.citations}
    ]
    assert len(resting) > 100
    for card in resting:
        frozen = corpus.cards[card.id]
        assert card.answer not in frozen.answer
        assert not card.short or card.short not in frozen.short
        assert "Quyết định 99/QĐ-UBND" in frozen.answer
    assert corpus.documents["thanh-hoa"].replaced_by == MARK.by


def test_a_wording_approved_after_the_mark_is_not_frozen(knowledge):
    late = replace(changed(knowledge, answer="Theo văn bản mới."), at=FakeClock.on(TODAY, 10).now())
    corpus = live_corpus(knowledge.corpus, Overlay("e1", versions=(late,), replacements=(MARK,)))
    assert corpus.cards["th-bao-cao-ky"].answer == "Theo văn bản mới."


@pytest.mark.parametrize("spoilt", [{"topic": "khong-co"}, {"scope": "ha-noi"}, {"answer": ""}, {"asks": []}])
def test_a_record_that_does_not_fit_is_refused_with_its_cure(knowledge, spoilt):
    record = {**record_of(knowledge.corpus.cards["th-bao-cao-ky"]), **spoilt}
    with pytest.raises(CardProblem) as caught:
        card_of(record, knowledge.corpus)
    assert caught.value.mend


@pytest.mark.parametrize(("levels", "found"), [(("xa",), True), ((), True), (("chi-cuc",), False)])
def test_one_wording_may_stand_at_cards_for_other_levels(knowledge, levels, found):
    asked = "xã phải làm gì năm 2021"
    assert asked in knowledge.corpus.cards["kg-xa"].asks
    planted = beside(knowledge, "kg-tuyen-truyen", asks=(asked,), levels=levels)

    shared = {f.rule for f in lint_card(knowledge.corpus, planted)}

    assert ("duplicate-ask" in shared) is found

"""Grouping questions by meaning, and ranking the groups."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from isobot.domain.curation import Asked
from knowledge.grouping import group_questions

NOW = datetime(2027, 5, 20, 2, 0, tzinfo=UTC)


def asked(text, *, ref=None, chat="web:1", province="thanh-hoa", topic="", days_ago=0.0):
    return Asked(
        ref=ref or text,
        chat_key=chat,
        province=province,
        text=text,
        outcome="refused",
        topic=topic,
        cards=(),
        at=NOW - timedelta(days=days_ago),
    )


def named(text):
    return ("kon-tum",) if "kon tum" in text.casefold() else ()


def groups(*questions):
    found = group_questions(questions, named, now=NOW)
    return [{q.text for q in group.questions} for group in found]


def test_the_same_question_in_other_words_marks_and_order_is_one_group():
    ways = (
        "Cán bộ ISO cấp xã có được phụ cấp không?",
        "can bo iso cap xa duoc phu cap khong",
        "phụ cấp cho cán bộ ISO cấp xã",
    )
    assert groups(*map(asked, ways)) == [set(ways)]


def test_another_subject_is_another_group():
    one, other = "cán bộ iso cấp xã có phụ cấp không", "cán bộ iso cấp xã nghỉ phép thì ai ký"
    assert len(groups(asked(one), asked(other))) == 2


def test_questions_of_two_provinces_are_told_apart_and_a_named_province_counts_more_than_the_askers():
    text = "mức phụ cấp cán bộ iso là bao nhiêu"
    found = group_questions(
        [
            asked(text, ref="1"),
            asked(text, ref="2", province="kon-tum"),
            asked(text + " ở Kon Tum", ref="3", province="thanh-hoa"),
            asked(text, ref="4", province=""),
        ],
        named,
        now=NOW,
    )
    assert {(g.scope, len(g.questions)) for g in found} == {("thanh-hoa", 1), ("kon-tum", 2), ("", 1)}


def test_one_topic_brings_loosely_alike_questions_together():
    one, other = "nộp báo cáo muộn bị phạt gì", "gửi báo cáo trễ hạn có bị phạt không"
    assert len(groups(asked(one), asked(other))) == 2
    assert len(groups(asked(one, topic="xu-ly"), asked(other, topic="xu-ly"))) == 1


def test_more_askers_weigh_more_than_one_who_asks_often():
    many = [asked("phụ cấp cán bộ iso", ref=f"m{n}", chat=f"web:{n}") for n in range(3)]
    often = [asked("mẫu sổ tay chất lượng", ref=f"o{n}", chat="web:9") for n in range(8)]
    found = group_questions([*often, *many], named, now=NOW)
    assert [g.askers for g in found] == [3, 1]


def test_of_as_many_askers_the_newer_question_comes_first():
    old = asked("phụ cấp cán bộ iso", days_ago=90)
    new = asked("mẫu sổ tay chất lượng", chat="web:2")
    assert groups(old, new) == [{new.text}, {old.text}]


def test_a_group_offers_its_wordings_once_the_newest_first():
    found = group_questions(
        [
            asked("Phụ cấp cán bộ ISO?", ref="1", days_ago=2),
            asked("phu cap can bo iso", ref="2", days_ago=1),
            asked("phụ cấp của cán bộ iso xã", ref="3"),
        ],
        named,
        now=NOW,
    )
    assert found[0].wordings(5) == ["phụ cấp của cán bộ iso xã", "phu cap can bo iso"]


words = st.lists(
    st.sampled_from(["xã", "sở", "phụ", "cấp", "báo", "cáo", "hạn", "mẫu", "iso", "kiểm", "tra"]),
    min_size=1,
    max_size=6,
)


@given(st.lists(words.map(" ".join), max_size=12), st.randoms())
def test_every_question_is_in_exactly_one_group_whatever_order_they_are_read_in(texts, random):
    questions = [asked(text, ref=f"{n:03}", days_ago=n) for n, text in enumerate(texts)]
    straight = group_questions(questions, named, now=NOW)
    shuffled = list(questions)
    random.shuffle(shuffled)

    assert sorted(q.ref for g in straight for q in g.questions) == [q.ref for q in questions]
    assert group_questions(shuffled, named, now=NOW) == straight

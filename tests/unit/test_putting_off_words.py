"""How officers ask to be reminded later, and when."""

from datetime import date

import pytest

from handlers.putting_off_words import asks_when, read_count, read_put_off

TODAY = date(2027, 5, 28)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("hoãn nhắc 3 ngày", 3),
        ("Hoãn nhắc tôi thêm 5 ngày nữa nhé!", 5),
        ("cho tôi hoãn một tuần", 7),
        ("xin hoãn nhắc việc 2 ngày", 2),
        ("tạm dừng nhắc tôi trong 10 ngày", 10),
        ("nhắc lại tôi sau 3 ngày", 3),
        ("3 ngày nữa hãy nhắc lại tôi", 3),
        ("hoãn nhắc đến 5/6", 8),
        ("hoãn đến hết ngày 5/6/2027", 9),
        ("hoan nhac 3 ngay", 3),
    ],
)
def test_wishes_to_be_reminded_later_are_read(text, days):
    assert read_put_off(text, today=TODAY) == days


@pytest.mark.parametrize(
    "text",
    [
        "hoãn nhắc",
        "xã được hoãn báo cáo 3 ngày không?",
        "đánh giá nội bộ 3 ngày",
        "hoãn đánh giá nội bộ được không",
        "sau 3 ngày kể từ ngày họp phải công bố lại",
        "hoãn nhắc đến mai",
    ],
)
def test_other_texts_are_no_such_wish(text):
    assert read_put_off(text, today=TODAY) is None


@pytest.mark.parametrize(
    "text",
    [
        "tôi hết nhắc chưa, bao giờ nhắc lại",
        "bao giờ nhắc lại?",
        "khi nào bot nhắc tôi",
        "nhắc lại vào ngày nào",
        "còn nhắc nữa không",
        "lần nhắc tới là hôm nào",
    ],
)
def test_question_when_the_next_reminder_comes_is_read(text):
    assert asks_when(text)


@pytest.mark.parametrize(
    "text",
    [
        "bao giờ phải báo cáo",
        "khi nào công bố lại",
        "nhắc các đơn vị im lặng",
        "nhắc việc",
        "hạn báo cáo là ngày nào",
    ],
)
def test_other_questions_are_left_to_the_knowledge(text):
    assert not asks_when(text)


def test_a_count_of_days_alone_is_read_as_an_answer():
    assert read_count("5 ngày") == 5
    assert read_count("khoảng 2 tuần") == 14
    assert read_count("năm 2027") is None

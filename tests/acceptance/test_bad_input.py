"""Bad input gets a clear Vietnamese answer and loses nothing."""

import pytest

from isobot.domain.messages import IncomingKind
from tests.acceptance.conftest import ANSWERS

ODD_TEXTS = {
    "letters": "abc xyz",
    "emoji": "😀👍",
    "ten thousand characters": "số liệu " * 1250,
    "only spaces": "   ",
    "negative": "-5",
    "two readings": "1.5",
    "formula": "=1+1",
    "control characters": "12\x00\x07",
    "huge number": "9" * 400,
    "markup": "<b>5</b>",
}


@pytest.fixture
async def lan(plain_phone):
    """The reporter of Pù Luông, asked for the total number of procedures (question 2)."""
    await plain_phone.registers("th.pu-luong")
    await plain_phone.opens_report()
    await plain_phone.says(ANSWERS["status"])
    return plain_phone


async def draft(phone) -> dict:
    return (await phone.office.report("th.pu-luong", "2027-05")).draft


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_odd_text_where_a_figure_is_due_is_answered_and_the_field_stays(lan, text):
    said = await lan.says(text)

    assert said
    assert "trục trặc" not in "\n".join(said)
    assert list(await draft(lan)) in (["status"], ["status", "tthc_total"])
    await lan.says("sửa mục 2")
    await lan.says("120")
    assert (await draft(lan))["tthc_total"] == {"given": 120}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_odd_text_outside_any_dialogue_is_answered(plain_phone, text):
    said = await plain_phone.says(text)

    assert said
    assert "trục trặc" not in "\n".join(said)
    assert all(len(each) < 2500 for each in said)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (IncomingKind.VOICE, "tin thoại"),
        (IncomingKind.STICKER, "nhãn dán"),
        (IncomingKind.FILE, "tệp"),
        (IncomingKind.PHOTO, "ảnh"),
        (IncomingKind.OTHER, "dạng chữ"),
    ],
)
async def test_what_is_no_text_is_declined_and_the_question_asked_again(lan, kind, word):
    said = "\n".join(await lan.sends(kind))

    assert word in said
    assert "2/12" in said
    await lan.says("120")
    assert (await draft(lan))["tthc_total"] == {"given": 120}


async def test_edited_message_changes_no_figure_and_tells_how_to(lan):
    await lan.says("120")

    said = "\n".join(await lan.sends(IncomingKind.EDITED, text="118"))

    assert "sửa mục" in said
    assert (await draft(lan))["tthc_total"] == {"given": 120}
    assert "3/12" in said


async def test_unknown_command_is_named_and_the_report_goes_on(lan):
    said = "\n".join(await lan.says("/khongco"))

    assert "/khongco" in said
    assert "2/12" in said


async def test_button_of_an_earlier_question_changes_nothing(lan):
    old = next(m for m in lan.messages if any(c.key == "v:chua-xay-dung" for c in m.reply.choices))
    await lan.says("120")

    said = "\n".join(await lan.presses_key("v:chua-xay-dung", prompt=old.prompt))

    assert "Nút này" in said
    assert (await draft(lan))["status"] == {"given": "dang-xay-dung"}
    assert "3/12" in said


async def test_button_of_a_question_that_never_was_changes_nothing(lan):
    said = "\n".join(await lan.presses_key("v:5", prompt=999))

    assert "Nút này" in said
    assert list(await draft(lan)) == ["status"]


async def test_event_delivered_again_changes_nothing_and_is_not_answered_again(lan):
    await lan.says("120")
    before = list(lan.screen)

    for _ in range(3):
        assert await lan.office.door.take([lan.last_event]) == 0
        await lan.office.work()

    assert lan.screen == before
    record = await lan.office.report("th.pu-luong", "2027-05")
    assert len(await lan.office.events_of(record)) == record.events == 2

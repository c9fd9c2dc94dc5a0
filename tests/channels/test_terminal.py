"""The terminal chat, over real pipes."""

import io
import os

import pytest

from isobot.channels.terminal import TerminalChannel
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.domain.messages import Choice, Reply


@pytest.fixture
def keyboard():
    """The reading and the writing end of a pipe."""
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as source, open(writing, "w", encoding="utf-8") as keys:
        yield source, keys


@pytest.fixture
def terminal(house, tmp_path, keyboard):
    def build(source=None, **options):
        screen = io.StringIO()
        channel = TerminalChannel(
            house.door,
            house.clock,
            user="quantri",
            folder=tmp_path / "tep",
            source=source or keyboard[0],
            target=screen,
            quiet_seconds=0.2,
            **options,
        )
        return channel, screen

    return build


async def test_piped_lines_are_answered_one_after_the_other(house, terminal, keyboard):
    channel, screen = terminal()
    keyboard[1].write("xin chào\n\n   \nhỏi\n1\n")
    keyboard[1].close()

    async with house.serving(channel):
        await channel.run()

    assert screen.getvalue().splitlines() == [
        "Đã nhận text: xin chào",
        "",
        "Anh/chị đã rõ chưa?",
        "1. Đã rõ",
        "2. Trợ giúp",
        "(Anh/chị gõ số để chọn.)",
        "Hoặc gõ: “không phát sinh”.",
        "",
        "Đã nhận text: 1",
        "",
    ]


async def test_a_file_is_saved_and_its_path_printed(house, terminal, keyboard, tmp_path):
    channel, screen = terminal()
    keyboard[1].write("tệp\ntệp\n")
    keyboard[1].close()

    async with house.serving(channel):
        await channel.run()

    first, second = tmp_path / "tep" / "bao-cao.txt", tmp_path / "tep" / "bao-cao-2.txt"
    assert f"Đã lưu tệp: {first}\n" in screen.getvalue()
    assert f"Đã lưu tệp: {second}\n" in screen.getvalue()
    assert first.read_text() == second.read_text() == "Báo cáo năm 2026"


async def test_a_file_cannot_leave_its_folder(terminal, tmp_path):
    channel, _ = terminal()
    message = Outgoing(1, "terminal", "quantri", "terminal:quantri", Reply("", (Choice("a", "A"),)), 1, 0)

    await channel.deliver(message, RenderedFile("../../ngoai.txt", b"x", "text/plain"))

    assert (tmp_path / "tep" / "ngoai.txt").read_bytes() == b"x"


async def test_without_an_answer_it_says_so_and_goes_on(house, terminal, keyboard):
    channel, screen = terminal(answer_seconds=0.1)
    keyboard[1].write("có ai không\nalo\n")
    keyboard[1].close()

    await channel.run()

    assert screen.getvalue().count("Chưa có trả lời") == 2
    assert [event.text for event in await house.kept()] == ["có ai không"]


async def test_the_chat_belongs_to_the_user_name(house, terminal, keyboard):
    channel, _ = terminal()
    keyboard[1].write("một\nhai\n")
    keyboard[1].close()

    async with house.serving(channel):
        await channel.run()

    assert [(event.bot, event.chat, event.text) for event in house.router.seen] == [
        ("terminal", "quantri", "một"),
        ("terminal", "quantri", "hai"),
    ]

"""Why a message was given up is told in Vietnamese, once."""

import pytest
from telegram.error import BadRequest, Forbidden

from isobot.channels.telegram_api import TelegramErrors
from isobot.undelivered import reason


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("Forbidden: bot was blocked by the user", "người nhận đã chặn bot"),
        ("Forbidden: Forbidden: bot was blocked by the user", "người nhận đã chặn bot"),
        ("Forbidden: user is deactivated", "tài khoản của người nhận đã bị khóa hoặc xóa"),
        ("BadRequest: Chat not found", "nền tảng không còn khung chat này"),
        ("ZaloRefusal: 404 user_id not exist", "nền tảng không còn khung chat này"),
        ("BadRequest: Message is too long", "tin dài hơn mức nền tảng nhận"),
        ("BadRequest: BadRequest: can't parse", "nền tảng từ chối: “BadRequest: can't parse”"),
        ("ValueError", "gửi nhiều lần đều gặp lỗi (ValueError), xem nhật ký"),
        ("", "không rõ lý do"),
    ],
)
def test_reason_of_a_dead_letter(kept, told):
    assert reason(kept) == told


def test_the_kind_of_a_platforms_error_is_kept_once():
    errors = TelegramErrors(bot="telegram", token="1:geheim", token_env="ISOBOT_TELEGRAM_TOKEN")
    assert errors.masked(Forbidden("Forbidden: bot was blocked")) == "Forbidden: bot was blocked"
    assert errors.masked(BadRequest("Chat 1:geheim lost")) == "BadRequest: Chat *** lost"

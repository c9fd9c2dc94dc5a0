"""Why a message was given up, in the words of whoever looks after the bot."""

import re

_REASONS: tuple[tuple[str, str], ...] = (
    (r"blocked by the user|block", "người nhận đã chặn bot"),
    (r"user is deactivated", "tài khoản của người nhận đã bị khóa hoặc xóa"),
    (r"kicked|not a member|have no rights|not enough rights", "bot không còn được gửi tin trong nhóm này"),
    (r"migrated|supergroup|group chat was", "nhóm này đã đổi hoặc đã đóng"),
    (r"can't initiate", "người nhận chưa bắt đầu trò chuyện với bot"),
    (
        r"(chat|user|recipient|peer)(_id)?\b.*(not found|not exist|invalid)",
        "nền tảng không còn khung chat này",
    ),
    (r"too long|too_long", "tin dài hơn mức nền tảng nhận"),
    (r"too (big|large)|entity too", "tệp kèm theo lớn hơn mức nền tảng nhận"),
)
"""What platforms and libraries say, by what may be done about it."""
_OWN_FAULT = re.compile(r"[A-Za-z_]+(Error|Exception|Timeout)")
"""The name of an error alone: nothing of its text was kept."""
_TWICE = re.compile(r"^(\w+): (?=\1\b)")


def reason(kept: str) -> str:
    """Return why a message was given up; what is not known is quoted as the platform said it."""
    if not kept:
        return "không rõ lý do"
    for pattern, words in _REASONS:
        if re.search(pattern, kept, re.IGNORECASE):
            return words
    if _OWN_FAULT.fullmatch(kept):
        return f"gửi nhiều lần đều gặp lỗi ({kept}), xem nhật ký"
    return f"nền tảng từ chối: “{_TWICE.sub('', kept)}”"

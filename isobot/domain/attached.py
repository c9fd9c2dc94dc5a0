"""What may be attached to a report (tệp kèm): which kinds, how large, and what is never taken."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from isobot.domain.text import nfc, shorten
from isobot.errors import FileUnavailable, Refusal

LARGEST = 10 * 1024 * 1024
"""Bytes."""

_SIGNS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_ENDINGS = {".pdf", ".jpg", ".jpeg", ".png", ""}
_SECRET = re.compile(r"(?<!bảo )\b(?:tối mật|tuyệt mật|mật)\b(?! khẩu| mã)")
KINDS = "Tôi nhận tệp PDF, JPG hoặc PNG, nhiều nhất 10 MB."


def media_type_of(content: bytes) -> str:
    """Tell what a file is by its first bytes, whatever its name says.

    Raises:
        FileUnavailable: it is none of the kinds taken.
    """
    for sign, media_type in _SIGNS:
        if content.startswith(sign):
            return media_type
    raise FileUnavailable("nội dung không phải PDF, JPG hay PNG.")


def refusal_of_size() -> str:
    """Say that a file is too large."""
    return "tệp lớn hơn 10 MB."


def name_of(file: Mapping[str, Any]) -> str:
    """Return a name to show and to keep; a photo has none of its own."""
    name = PurePath(nfc(str(file.get("name") or "")).replace("\\", "/")).name
    clean = "".join(c for c in name if c.isprintable()).strip()
    return shorten(clean, 120) if clean else "anh-chup.jpg"


def check(file: Mapping[str, Any], *, caption: str) -> None:
    """Refuse at once what will not be kept, so that nothing is fetched in vain.

    Raises:
        Refusal: it is too large, of another kind, or called secret.
    """
    name = name_of(file)
    if _SECRET.search(f"{name} {caption}".lower().replace("_", " ")):
        raise Refusal("Tôi không nhận tài liệu mật qua trò chuyện, và không lưu tệp vừa gửi.")
    if PurePath(name).suffix.lower() not in _ENDINGS:
        raise Refusal(f"Tôi chưa nhận loại tệp “{name}”, nên không lưu. {KINDS}")
    size = file.get("size")
    if isinstance(size, int) and size > LARGEST:
        raise Refusal(f"Tệp “{name}” lớn hơn 10 MB nên tôi không lưu. {KINDS}")

"""Text in TCVN3, the encoding of Vietnamese from before Unicode, pasted from old documents."""

import re

from isobot.domain.text import nfc

_CAPITAL_INSIDE = re.compile(r"[a-z][ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ]")

_TCVN3 = dict(
    zip(
        "µ¸¶·¹»¾¼½ÆÇÊÈÉËÌÐÎÏÑÒÕÓÔÖ×ÝØÜÞßãáâäåèæçéêíëìîïóñòôõøö÷ùúýûüþ¨©ª«¬\xad®¡¢§£¤¥¦",
        "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵăâêôơưđĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_TCVN3_ONLY = frozenset(_TCVN3) - frozenset("àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ")


def unicode_text(text: str) -> str:
    """Bring text to NFC, decoding the words that are in TCVN3."""
    if not _TCVN3_ONLY.isdisjoint(text) and sum(c in _TCVN3_ONLY for c in text) >= 2:
        words = text.split(" ")
        old = [_looks_tcvn3(w) for w in words]
        near = [any(old[max(0, i - 1) : i + 2]) for i in range(len(words))]
        text = " ".join(_from_tcvn3(w) if n else w for w, n in zip(words, near, strict=True))
    return nfc(text).replace("\u200b", "").replace("\ufeff", "")


def _looks_tcvn3(word: str) -> bool:
    if any("\u0100" <= c <= "\u1eff" for c in word):
        return False
    return any(c in _TCVN3_ONLY for c in word) or _CAPITAL_INSIDE.search(word) is not None


def _from_tcvn3(word: str) -> str:
    if any("\u0100" <= c <= "\u1eff" for c in word):
        return word
    return "".join(_TCVN3.get(c, c) for c in word)

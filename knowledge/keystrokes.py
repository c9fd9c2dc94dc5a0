"""Keys of Telex and VNI that were typed with the keyboard's Vietnamese off."""

import re

from knowledge.spelling import with_tone, without_tone

_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}


def decode_telex(low: str) -> str:
    """Return what the keys would give with Telex on: "nooij" is "nội", "mươngf" is "mường"."""
    low, typed = without_tone(low)
    body, tone = low, typed
    for place in range(len(low) - 1, 0, -1):
        if low[place] in _TONES and place > 0:
            body, tone = low[:place] + low[place + 1 :], _TONES[low[place]]
            break
    for keys, letter in (
        ("uow", "ươ"), ("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"),
        ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"),
    ):  # fmt: skip
        body = body.replace(keys, letter)
    if "w" in body:
        body = re.sub(r"uo(\w*?)w", r"ươ\1", body)
        body = re.sub(r"([aou])(\w*?)w", lambda m: {"a": "ă", "o": "ơ", "u": "ư"}[m[1]] + m[2], body)
    body = body.replace("uơ", "ươ") if re.search(r"uơ\w", body) else body
    return with_tone(body, tone)


def decode_vni(low: str) -> str:
    """Return what the keys would give with VNI on: "bao1" is "báo", "d9iện" is "điện"."""
    low, typed = without_tone(low)
    tone = "".join(_VNI_TONES.get(c, "") for c in low)[-1:] or typed
    body = re.sub(r"[1-5]", "", low)
    for key, pairs in (("6", "aâeêoô"), ("7", "oơuư"), ("8", "aă"), ("9", "dđ")):
        while key in body:
            at = body.index(key)
            head = body[:at]
            for plain, letter in zip(pairs[::2], pairs[1::2], strict=True):
                found = head.rfind(plain)
                if found >= 0:
                    head = head[:found] + letter + head[found + 1 :]
                    break
            body = head + body[at + 1 :]
    body = body.replace("uơ", "ươ") if re.search(r"uơ\w", body) else body
    return with_tone(body, tone)

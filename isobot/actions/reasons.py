"""The reasons that acts ask for: one short sentence that says something."""

from isobot.domain.forms import tidy
from isobot.errors import Refusal

LEAST_LETTERS = 3
LONGEST_WHY = 500


def read_reason(text: str, *, example: str) -> str:
    """Bring a reason into one clean text.

    Raises:
        Refusal: it says nothing, or is too long.
    """
    said = tidy(text)
    check_reason(said, example=example)
    return said


def check_reason(said: str, *, example: str, longest: int = LONGEST_WHY) -> None:
    """Refuse a reason that says nothing, or takes more than `longest` characters."""
    if sum(c.isalpha() for c in said) < LEAST_LETTERS:
        raise Refusal(f"Anh/chị viết lý do bằng một câu ngắn, ví dụ: “{example}”.")
    if len(said) > longest:
        raise Refusal(f"Lý do dài {len(said)} ký tự; xin rút gọn trong {longest} ký tự.")

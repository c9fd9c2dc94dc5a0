"""Is a figure like that of the last period? One that is not is asked again before it is taken.

Asking again is no reproach: most of these are right. It catches a digit too many, thousands for
millions, and last period's form filled in by heart.
"""

from isobot.domain.fields import Field
from isobot.domain.kinds import Kind
from isobot.domain.values import Value


def asks_again(field: Field, value: Value, last: Value | None) -> str | None:
    """Return the question to ask when a figure changed by more than half, or fell to zero; else None.

    `last` is the figure of the period before, None where there is none. A figure that was zero has no
    half to change by, so whatever follows it is taken; a blank is no figure and is compared with nothing.
    """
    if field.kind not in (Kind.INTEGER, Kind.MONEY) or last is None:
        return None
    before, now = last.figure, value.figure
    if not isinstance(before, int) or not isinstance(now, int) or before <= 0:
        return None
    if 2 * abs(now - before) <= before:
        return None
    said = field.show(value).lower() if value.is_none_arising else field.show(value)
    change = "kỳ này không còn" if now == 0 else "tăng hơn một nửa" if now > before else "giảm hơn một nửa"
    return f"Kỳ trước mục này là {field.show(last)}, kỳ này {said}: {change}. Anh/chị nhập đúng vậy chứ?"

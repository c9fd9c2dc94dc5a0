"""Fitting figures that were sent together to those there are: what can be written down, and what cannot."""

from collections.abc import Mapping
from dataclasses import dataclass

from isobot.domain.batches import Reading, name_of
from isobot.domain.expressions import Period
from isobot.domain.fields import Field
from isobot.domain.forms import Form
from isobot.domain.values import BLANK, NONE_ARISING, Value, Values


@dataclass(frozen=True, slots=True)
class Proposal:
    """What can be written down of a reading, in the order of the form, and what cannot, and why."""

    figures: Mapping[str, Value]
    left_out: tuple[str, ...] = ()


def propose(
    form: Form,
    known: Values,
    reading: Reading,
    *,
    period: Period | None = None,
    last: Values | None = None,
    kept: Values | None = None,
) -> Proposal:
    """Fit figures to those there are: leave out what is not asked, and what contradicts the others.

    `kept` are the values of the last period that may stand again, for "còn lại giữ nguyên".
    """
    figures = dict(reading.figures)
    if reading.rest:
        figures = fill(form, {**known, **figures}, reading.rest, kept=kept or {}) | figures
    left_out = [_not_asked(form, key) for key in _drop_unasked(form, known, figures)]
    while (wrong := _first_wrong(form, known, figures, period, last)) is not None:
        key, said = wrong
        del figures[key]
        left_out.append(said)
        left_out += [_not_asked(form, other) for other in _drop_unasked(form, known, figures)]
    return Proposal({f.key: figures[f.key] for f in form.fields if f.key in figures}, tuple(left_out))


def fill(form: Form, known: Values, rest: str, *, kept: Values) -> dict[str, Value]:
    """Give every field still to be asked the value that was said for all the rest, where it takes it."""
    found: dict[str, Value] = {}
    passed: set[str] = set()
    while True:
        missing = [f for f in form.missing({**known, **found}) if f.key not in passed]
        if not missing:
            return found
        each = missing[0]
        value = _for_rest(each, rest, kept)
        if value is None:
            passed.add(each.key)
        else:
            found[each.key] = value


def _for_rest(each: Field, rest: str, kept: Values) -> Value | None:
    offered = {option.key for option in each.shortcuts}
    if rest == "keep":
        return kept.get(each.key)
    if rest == "none" and "khong-phat-sinh" in offered:
        return NONE_ARISING
    return BLANK if rest == "blank" and "de-trong" in offered else None


def _drop_unasked(form: Form, known: Values, figures: dict[str, Value]) -> list[str]:
    """Take out of `figures` what the form does not ask with these answers, and return the keys."""
    dropped: list[str] = []
    while True:
        asked = {f.key for f in form.visible_fields({**known, **figures})}
        out = [key for key in figures if key not in asked]
        if not out:
            return dropped
        dropped += out
        for key in out:
            del figures[key]


def _not_asked(form: Form, key: str) -> str:
    each = form.field(key)
    condition = each.when or each.skip
    above = [form.field(k) for k in (condition.fields() if condition is not None else ())]
    asked = [f for f in above if f.computed is None] or [
        form.field(k) for f in above if f.computed is not None for k in f.computed.fields()
    ]
    numbers = " và ".join(f"mục {f.number}" for f in asked if f.number)
    why = f"mục này còn tùy câu trả lời ở {numbers}" if numbers else "mục này không hỏi cho đơn vị"
    return f"{name_of(each, 'Mục')}: {why}."


def _first_wrong(
    form: Form, known: Values, figures: Mapping[str, Value], period: Period | None, last: Values | None
) -> tuple[str, str] | None:
    """Find an error in which these figures have a part, and the one of them to leave out."""
    for problem in form.problems({**known, **figures}, period=period, last=last):
        mine = [key for key in problem.fields if key in figures]
        if problem.is_error and mine:
            return mine[-1], problem.as_text()
    return None

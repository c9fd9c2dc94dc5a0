"""Beside a question: what was reported the last time, and whether a new figure is far from it (kỳ trước)."""

from isobot.actions.reporting import Work
from isobot.chat.turn import Turn
from isobot.domain.forms import Field, Kind
from isobot.domain.steadiness import asks_again
from isobot.domain.values import Value

SHOWN_PARTS = 8
"""So many former units are named beside a question; a merger of more is rare."""


def last_value(work: Work, field: Field) -> Value | None:
    """Return what the last period holds for a field; None where there is nothing to compare with."""
    value = work.last.get(field.last_key) if work.last is not None else None
    return None if value is None or value.is_blank else value


def kept_value(work: Work, field: Field) -> Value | None:
    """Return the last period's value if it may stand again as it is."""
    value = last_value(work, field)
    if value is None or field.kind is Kind.FILE:
        return None
    if value.is_none_arising:
        return value if any(o.key == "khong-phat-sinh" for o in field.shortcuts) else None
    known = field.kind is not Kind.CHOICE or value.given in {o.key for o in field.choices}
    return value if known else None


def kept_values(work: Work) -> dict[str, Value]:
    """Return the last values of all fields that usually stay as they are."""
    return {
        field.key: value
        for field in work.form.fields
        if field.keep and field.computed is None and (value := kept_value(work, field)) is not None
    }


def remark(work: Work, field: Field) -> str:
    """Tell the last period's value; a successor's part by part, as a sum of them says nothing yet."""
    value = last_value(work, field)
    if value is not None:
        return f"\nKỳ trước: {field.show(value)}."
    parts = [(part, part.figures.get(field.last_key)) for part in work.parts]
    told = [f"{part.name or part.unit}: {field.show(value)}" for part, value in parts if value is not None]
    if not told:
        return ""
    more = f"; và {len(told) - SHOWN_PARTS} đơn vị khác" if len(told) > SHOWN_PARTS else ""
    return f"\nKỳ trước, từng đơn vị cũ (tôi không cộng lại): {'; '.join(told[:SHOWN_PARTS])}{more}."


def doubt(turn: Turn, work: Work, field: Field, value: Value) -> str | None:
    """Return the question to ask again when a figure is far from the last one; once for each figure."""
    if work.record.draft.get(field.key) == value.to_json() or is_sure(turn, field, value):
        return None
    return asks_again(field, value, last_value(work, field))


def is_sure(turn: Turn, field: Field, value: Value) -> bool:
    """Tell whether this very figure was confirmed already in this conversation."""
    return bool(turn.conversation.state.get("sure", {}).get(field.key) == value.to_json())


def remember_sure(turn: Turn, field: Field, value: Value) -> None:
    """Remember that a figure far from the last one is meant so."""
    sure = turn.conversation.state.get("sure", {})
    turn.conversation.state["sure"] = {**sure, field.key: value.to_json()}

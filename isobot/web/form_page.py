"""One report as one form: what the browser is shown, and what it sent.

The same form file, the same acts and the same checks as in the chat. A figure is written when its cell
differs from what the page showed; what cannot be written stays in its cell with the reason beside it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from isobot.actions.reporting import Work, enter, figures_in, give_reason
from isobot.domain.forms import BLANK_LABEL, NONE_ARISING_LABEL, Field, Kind
from isobot.domain.people import Actor
from isobot.domain.steadiness import asks_again
from isobot.domain.values import BLANK, NONE_ARISING, Value
from isobot.errors import AnswerRefused, Refusal, StaleEdit
from isobot.storage.store import Store

CHANNEL = "web-form"
NONE, EMPTY = "khong-phat-sinh", "de-trong"


@dataclass(slots=True)
class Entered:
    """What became of one sending of the page: how many figures were written, and what stands in the way."""

    written: int = 0
    typed: dict[str, str] = field(default_factory=dict)
    """What was typed into cells that could not be written, to be shown again."""
    ticked: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    doubted: dict[str, str] = field(default_factory=dict)
    """Questions to confirm: figures far from the last period's."""
    sure: dict[str, str] = field(default_factory=dict)
    """The very figure that is confirmed by a tick, so that another one typed after it is asked again."""

    @property
    def is_clean(self) -> bool:
        """Tell whether everything that was typed is written."""
        return not self.wrong and not self.doubted


@dataclass(frozen=True, slots=True)
class Cell:
    """One field as the page draws it."""

    field: Field
    kind: str
    text: str
    seen: str
    chosen: str
    """The state or option that is ticked."""
    options: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    last: str = ""
    wrong: str = ""
    doubted: str = ""
    mark: str = ""


def take(store: Store, *, actor: Actor, work: Work, posted: Mapping[str, str], today: date) -> Entered:
    """Write what was changed on the page, figure by figure, each an event."""
    entered = Entered()
    wanted: dict[str, Value] = {}
    for asked in work.form.visible_fields(work.values):
        if asked.kind is Kind.FILE or f"seen-{asked.key}" not in posted:
            continue
        typed, state = posted.get(asked.key, "").strip(), posted.get(f"state-{asked.key}", "")
        try:
            value = _read(asked, typed, state, today)
        except AnswerRefused as refused:
            entered.ticked[asked.key] = state
            entered.typed[asked.key], entered.wrong[asked.key] = typed, str(refused)
            continue
        if value is None or value == _seen(posted[f"seen-{asked.key}"]):
            continue
        why = asks_again(asked, value, work.form.last_value(asked.key, work.last))
        if why and posted.get(f"sure-{asked.key}") != json.dumps(value.to_json()):
            entered.typed[asked.key] = typed
            entered.doubted[asked.key] = why
            entered.sure[asked.key] = json.dumps(value.to_json())
            continue
        wanted[asked.key] = value
    _write(store, actor, work, wanted, posted, entered)
    _give_reasons(store, actor, work, posted, entered)
    return entered


def _write(
    store: Store,
    actor: Actor,
    work: Work,
    wanted: Mapping[str, Value],
    posted: Mapping[str, str],
    entered: Entered,
) -> None:
    # Together first, so that a check between two figures sees both as the page has them.
    work.values = {**work.values, **wanted}
    for key, value in wanted.items():
        asked = work.form.field(key)
        try:
            enter(
                store,
                actor=actor,
                work=work,
                field=asked,
                value=value,
                seen=_stored(posted[f"seen-{key}"]),
                channel=CHANNEL,
            )
            entered.written += 1
        except StaleEdit as stale:
            entered.typed[key] = posted.get(key, "").strip()
            entered.wrong[key] = f"{stale} Bấm lưu lần nữa nếu số của anh/chị đúng."
        except Refusal as refused:
            entered.typed[key], entered.wrong[key] = posted.get(key, "").strip(), str(refused)
    work.values = figures_in(work.record.draft)


def _give_reasons(
    store: Store, actor: Actor, work: Work, posted: Mapping[str, str], entered: Entered
) -> None:
    known = work.reasons
    for warning in work.warnings:
        said = posted.get(f"reason-{warning.check}", "").strip()
        if not said or said == known.get(warning.check):
            continue
        try:
            give_reason(store, actor=actor, work=work, check=warning.check, reason=said, channel=CHANNEL)
        except Refusal as refused:
            entered.wrong[f"reason-{warning.check}"] = str(refused)


def _read(asked: Field, typed: str, state: str, today: date) -> Value | None:
    """Read one cell; None where nothing was entered."""
    if state in (NONE, EMPTY):
        if typed and not asked.options:
            label = NONE_ARISING_LABEL if state == NONE else BLANK_LABEL
            raise AnswerRefused(f"Ô này vừa có số vừa đánh dấu “{label}”. Anh/chị bỏ một trong hai.")
        return asked.parse("không phát sinh" if state == NONE else "để trống", today=today)
    return asked.parse(typed, today=today) if typed else None


def _stored(seen: str) -> Any:
    try:
        return json.loads(seen)
    except ValueError:
        return None


def _seen(seen: str) -> Value | None:
    stored = _stored(seen)
    try:
        return Value.from_json(stored) if isinstance(stored, dict) else None
    except ValueError:
        return None


def cells(work: Work, entered: Entered) -> tuple[Cell, ...]:
    """Return the form as the page draws it: what is in the draft, or what was typed and did not fit."""
    return tuple(_cell(work, asked, entered) for asked in work.form.visible_fields(work.values))


def _cell(work: Work, asked: Field, entered: Entered) -> Cell:
    value = work.values.get(asked.key)
    state = {NONE_ARISING: NONE, BLANK: EMPTY}.get(value, "") if value is not None else ""
    options = tuple((option.key, option.label) for option in asked.options)
    shown = "" if value is None or state else asked.show(value, unit=False)
    if value is not None and value.is_given and asked.options:
        yes = {True: "co", False: "khong"}.get(value.given) if isinstance(value.given, bool) else None
        state = yes or str(value.given)
    last = work.form.last_value(asked.key, work.last)
    return Cell(
        field=asked,
        kind=_drawn_as(asked),
        text=entered.typed.get(asked.key, shown),
        seen=json.dumps(work.record.draft.get(asked.key)),
        chosen=entered.ticked.get(asked.key, state),
        options=options,
        states=tuple((option.key, option.label) for option in asked.shortcuts),
        last=asked.show(last) if last is not None else "",
        wrong=entered.wrong.get(asked.key, ""),
        doubted=entered.doubted.get(asked.key, ""),
        mark=work.record.marks.get(asked.key, ""),
    )


def _drawn_as(asked: Field) -> str:
    if asked.options:
        return "options"
    return {Kind.TEXT: "area", Kind.AMOUNTS: "area", Kind.FILE: "file", Kind.DATE: "day"}.get(
        asked.kind, "number"
    )

"""What an officer says to a question of the report: a figure, a reason, or a question of their own."""

import re

from handlers import ask, report_batch
from handlers.report_asking import (
    ask_field,
    ask_if_sure,
    ask_reason,
    choices_for,
    current,
    doubted_value,
    first_error,
    go_on,
    say_again,
    seen_value,
)
from handlers.report_last import doubt, kept_value, remember_sure
from handlers.report_words import asks, may_be_question, says_yes
from handlers.services import Services
from isobot.actions import reporting
from isobot.actions.reporting import Work
from isobot.chat.turn import Turn
from isobot.domain.forms import Field, Kind
from isobot.domain.messages import IncomingKind
from isobot.domain.values import Value
from isobot.errors import AnswerRefused, Refusal, StaleEdit
from knowledge.model import Outcome


async def take_answer(turn: Turn, services: Services, work: Work, key: str) -> None:
    """Take the answer to the field that is being asked."""
    field = current(turn, work)
    if field is None:
        go_on(turn, work)
        return
    doubted = doubted_value(turn, field)
    if doubted is not None and (key == "r:sure" or (not key and says_yes(turn.text))):
        remember_sure(turn, field, doubted)
        put(turn, work, field, doubted)
        return
    if key == "r:sure":
        say_again(turn, work)
        return
    if key == "r:keep":
        _keep(turn, work, field)
        return
    text = key.removeprefix("v:") if key.startswith("v:") else turn.text
    if not key and asks(text, field):
        await answer_between(turn, services, work)
        return
    if not key and field.kind is Kind.TEXT and _take_batch(turn, work, field):
        return
    try:
        value = field.parse(text, today=turn.today)
    except AnswerRefused as refused:
        if not key and _take_batch(turn, work, field):
            return
        maybe = not key and may_be_question(text, field)
        if maybe and await answer_between(turn, services, work, only_if_sure=True):
            return
        turn.say(str(refused), *choices_for(work, field))
        return
    put(turn, work, field, value, said="" if key else text)


def _take_batch(turn: Turn, work: Work, field: Field) -> bool:
    """Take a message with figures of several fields; False when it is none."""
    reading = report_batch.read(turn, work, field) or report_batch.with_its_day(turn, work, field)
    if reading is None:
        return False
    alone = report_batch.answer_of(reading, field)
    if alone is not None:
        put(turn, work, field, alone, said=turn.text)
    else:
        report_batch.offer(turn, work, reading, verbatim=turn.text if field.kind is Kind.TEXT else "")
    return True


def take_verbatim(turn: Turn, work: Work) -> None:
    """Take the message that was read back as figures for the text that is being asked for."""
    text, field = report_batch.verbatim_text(turn), current(turn, work)
    if not text or field is None:
        say_again(turn, work)
        return
    try:
        put(turn, work, field, field.parse(text, today=turn.today))
    except AnswerRefused as refused:
        turn.say(str(refused), *choices_for(work, field))


def _keep(turn: Turn, work: Work, field: Field) -> None:
    """Take the last period's value as it is; a choice may be called “giữ nguyên” as well."""
    value = kept_value(work, field)
    if value is not None:
        put(turn, work, field, value, said="giữ nguyên")
        return
    if field.options and turn.incoming.kind is IncomingKind.TEXT:
        try:
            put(turn, work, field, field.parse(turn.text, today=turn.today))
            return
        except AnswerRefused:
            pass
    turn.say("Mục này không có giá trị của kỳ trước để giữ nguyên. Anh/chị nhập giá trị của kỳ này.")
    ask_field(turn, work, field)


def put(turn: Turn, work: Work, field: Field, value: Value, *, said: str = "") -> None:
    """Write a value down and go on; one that is far from the last period's is asked again first."""
    turn.conversation.state.pop("again", None)
    why = doubt(turn, work, field, value)
    if why is not None:
        ask_if_sure(turn, field, value, why)
        return
    try:
        warnings = reporting.enter(
            turn.store,
            actor=turn.actor,
            work=work,
            field=field,
            value=value,
            seen=seen_value(turn),
            channel=turn.incoming.bot,
        )
    except (StaleEdit, Refusal) as problem:
        turn.say(str(problem))
        ask_field(turn, work, field)
        return
    if said and _reads_otherwise(said, field, value):
        turn.say(f"Tôi ghi: {field.show(value)}.")
    asked = [w for w in warnings if w.check not in work.reasons]
    if asked and first_error(work, field) is None:
        ask_reason(turn, asked[0])
        return
    go_on(turn, work, after=field)


def _reads_otherwise(text: str, field: Field, value: Value) -> bool:
    """Tell whether a figure was typed in words or for short, so that it is read back."""
    if field.kind not in (Kind.INTEGER, Kind.MONEY, Kind.DATE, Kind.AMOUNTS) or not value.is_given:
        return False
    return "".join(text.split()) not in (str(value.given), field.show(value, unit=False))


async def take_reason(turn: Turn, services: Services, work: Work, check: str) -> None:
    """Take the reason for a warning; a question in between is answered, then the reason asked again."""
    warning = next((w for w in work.warnings if w.check == check), None)
    if warning is None:
        go_on(turn, work)
        return
    if turn.incoming.kind is not IncomingKind.TEXT or turn.text.strip().endswith("?"):
        if turn.incoming.kind is IncomingKind.TEXT:
            await ask.answer(turn, services, turn.text)
        ask_reason(turn, warning)
        return
    try:
        reporting.give_reason(
            turn.store,
            actor=turn.actor,
            work=work,
            check=check,
            reason=turn.text,
            channel=turn.incoming.bot,
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        ask_reason(turn, warning)
        return
    go_on(turn, work)


async def answer_between(turn: Turn, services: Services, work: Work, *, only_if_sure: bool = False) -> bool:
    """Answer a question in mid-form, then come back to the very field."""
    question = re.sub(r"^\s*hỏi\s*:?\s*", "", turn.text, flags=re.IGNORECASE)
    if only_if_sure:
        tried = services.knowledge.answer(question, ask.asker_of(turn, services), today=turn.today)
        if tried.outcome is Outcome.REFUSED:
            return False
    found = await ask.answer(turn, services, question)
    if found is not None and found.outcome is Outcome.CLARIFY and found.options:
        turn.conversation.state["asking"] = True
        return True
    turn.say("Ta quay lại báo cáo.")
    say_again(turn, work)
    return True

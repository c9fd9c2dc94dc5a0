"""Many figures in one message, read back before any is written down; and "giữ nguyên tất cả"."""

from collections.abc import Mapping
from typing import Any

from handlers import ask
from handlers.report_asking import ask_reason, current, go_on, say_again
from handlers.report_last import doubt, kept_values, remember_sure
from handlers.report_sending import send
from handlers.report_words import drops, mends, says_yes
from handlers.services import Services
from isobot.actions import reporting
from isobot.actions.reporting import Work
from isobot.chat.turn import Turn
from isobot.domain.batches import LEAST_PROSE, Reading, is_batch, read_batch
from isobot.domain.forms import Field, Kind
from isobot.domain.messages import Choice, IncomingKind
from isobot.domain.proposals import Proposal, fill, propose
from isobot.domain.text import shorten
from isobot.domain.values import Value, values_from_json, values_to_json
from isobot.errors import Refusal, StaleEdit

MOST_COMPLAINTS = 6
"""So many pieces that could not be read are told at once; more is a text sent to the wrong place."""


def read(turn: Turn, work: Work, field: Field | None) -> Reading | None:
    """Read a message with figures of several fields; None when it is no such thing."""
    if turn.incoming.kind is not IncomingKind.TEXT:
        return None
    reading = read_batch(work.form, turn.text, today=turn.today, current=field)
    return reading if is_batch(reading, current=field) else None


def with_its_day(turn: Turn, work: Work, field: Field) -> Reading | None:
    """Read "125/QĐ-UBND ngày 5/3/2024" as the number of a document and its day; None when it is one thing."""
    if field.kind is not Kind.TEXT or field.max_length >= LEAST_PROSE or "\n" in turn.text:
        return None
    reading = read_batch(work.form, f"mục {field.number}: {turn.text}", today=turn.today)
    both = len(reading.figures) == 2 and field.key in reading.figures and not reading.unread
    return reading if both else None


def offer(turn: Turn, work: Work, reading: Reading, *, verbatim: str = "") -> None:
    """Read figures back, with those that were read back before and wait still; write nothing down.

    `verbatim` is the message where it can also be meant as the text that is being asked for.
    """
    waiting = _waiting(turn)
    joined = Reading({**waiting, **reading.figures}, reading.rest, reading.unread)
    proposal = propose(
        work.form,
        work.values,
        joined,
        period=work.covers,
        last=work.last,
        kept=kept_values(work),
    )
    turn.conversation.state.pop("again", None)
    complaints = _complaints((*reading.unread, *proposal.left_out))
    if not proposal.figures:
        turn.conversation.state.pop("batch", None)
        turn.say("\n".join(["Tôi chưa ghi được số nào từ tin này.", *complaints]))
        say_again(turn, work)
        return
    seen = {key: work.record.draft.get(key) for key in proposal.figures}
    turn.conversation.state["batch"] = {
        "figures": values_to_json(proposal.figures),
        "seen": seen,
        "verbatim": verbatim or str(turn.conversation.state.get("batch", {}).get("verbatim", "")),
    }
    turn.conversation.state.pop("picking", None)
    turn.say("\n".join([*_read_back(turn, work, proposal), *complaints]), *_choices(turn, work, proposal))


def keep_all(turn: Turn, work: Work) -> None:
    """Read back the last values of all fields still open that usually stay as they are."""
    if fill(work.form, work.values, "keep", kept=kept_values(work)):
        offer(turn, work, Reading({}, rest="keep"))
        return
    turn.say("Không còn mục nào giữ nguyên được từ kỳ trước. Anh/chị nhập số của kỳ này.")
    say_again(turn, work)


async def take(turn: Turn, services: Services, work: Work, key: str) -> None:
    """Take what is said to figures read back: right, to be mended, or dropped."""
    waiting = _waiting(turn)
    text = turn.text if turn.incoming.kind is IncomingKind.TEXT else ""
    if key == "r:yes-send" or (says_yes(text) and _is_complete(work, waiting)):
        await _confirm(turn, services, work, waiting, then_send=True)
    elif key == "r:yes" or says_yes(text):
        await _confirm(turn, services, work, waiting, then_send=False)
    elif key == "r:drop" or drops(text) or key == "r:back":
        turn.conversation.state.pop("batch", None)
        turn.say("Tôi đã bỏ các số vừa đọc, chưa ghi số nào.")
        say_again(turn, work)
    elif key == "r:no" or mends(text):
        _ask_what_to_mend(turn, work, waiting)
    elif (reading := read(turn, work, None)) is not None:
        offer(turn, work, reading)
    else:
        if text.strip().endswith("?"):
            await ask.answer(turn, services, text)
        elif text:
            turn.say("Tôi chưa ghi các số vừa đọc, vì chờ anh/chị xác nhận.")
        offer(turn, work, Reading({}))


def is_waiting(turn: Turn) -> bool:
    """Tell whether figures were read back and wait for a yes."""
    return "batch" in turn.conversation.state


def _waiting(turn: Turn) -> dict[str, Value]:
    stored = turn.conversation.state.get("batch")
    return values_from_json(stored["figures"]) if isinstance(stored, dict) else {}


def _complaints(unread: tuple[str, ...]) -> list[str]:
    if not unread:
        return []
    lines = ["Chưa ghi được:", *(f"• {each}" for each in unread[:MOST_COMPLAINTS])]
    more = len(unread) - MOST_COMPLAINTS
    return [*lines, f"• và {more} chỗ khác."] if more > 0 else lines


def _read_back(turn: Turn, work: Work, proposal: Proposal) -> list[str]:
    lines = [f"Tôi đọc được {len(proposal.figures)} mục, chưa ghi mục nào:"]
    for key, value in proposal.figures.items():
        field = work.form.field(key)
        now = work.values.get(key)
        instead = f" (đang ghi: {field.show(now)})" if now is not None and now != value else ""
        lines.append(f"{field.number}. {field.label}: {field.show(value)}{instead}")
    doubts = _doubts(turn, work, proposal.figures)
    lines += [f"Lưu ý mục {work.form.field(key).number}: {said}" for key, said in doubts.items()]
    together = {**work.values, **proposal.figures}
    problems = work.form.problems(together, period=work.covers, last=work.last)
    known = {p.check for p in work.warnings}
    lines += [f"Lưu ý: {p.message}" for p in problems if not p.is_error and p.check not in known]
    missing = len(work.form.missing(together))
    lines.append(f"Còn {missing} mục sẽ hỏi tiếp." if missing else "Như vậy là đủ các mục.")
    return lines


def _doubts(turn: Turn, work: Work, figures: Mapping[str, Value]) -> dict[str, str]:
    asked = {key: doubt(turn, work, work.form.field(key), value) for key, value in figures.items()}
    return {key: said for key, said in asked.items() if said}


def _is_complete(work: Work, figures: Mapping[str, Value]) -> bool:
    """Tell whether a yes makes the report ready to be sent, with nothing wrong and nothing to explain."""
    together = {**work.values, **figures}
    if work.record.practice_of or work.form.missing(together):
        return False
    problems = work.form.problems(together, period=work.covers, last=work.last)
    explained = set(work.reasons)
    return all(not p.is_error and p.check in explained for p in problems)


def _choices(turn: Turn, work: Work, proposal: Proposal) -> tuple[Choice, ...]:
    mend: tuple[Choice, ...] = (Choice("r:no", "Sửa"), Choice("r:drop", "Bỏ, không ghi"))
    asked = current(turn, work)
    if turn.conversation.state["batch"]["verbatim"] and asked is not None:
        mend = (*mend, Choice("r:verbatim", f"Ghi nguyên văn vào mục {asked.number}"))
    if _is_complete(work, proposal.figures):
        again = "gửi bản sửa" if work.record.version else "gửi báo cáo"
        return (Choice("r:yes-send", f"Đúng, ghi và {again}"), Choice("r:yes", "Chỉ ghi lại"), *mend)
    return (Choice("r:yes", "Đúng, ghi lại"), *mend)


async def _confirm(
    turn: Turn, services: Services, work: Work, figures: dict[str, Value], *, then_send: bool
) -> None:
    """Write the figures down in the order of the form; each is refused by itself."""
    seen: dict[str, Any] = turn.conversation.state.pop("batch")["seen"]
    doubted = _doubts(turn, work, figures)
    refused: list[str] = []
    for key, value in figures.items():
        field = work.form.field(key)
        try:
            reporting.enter(
                turn.store,
                actor=turn.actor,
                work=work,
                field=field,
                value=value,
                seen=seen.get(key),
                channel=turn.incoming.bot,
            )
        except (StaleEdit, Refusal) as problem:
            refused.append(f"• {problem}")
        else:
            if key in doubted:
                remember_sure(turn, field, value)
    lines = [f"Đã ghi {len(figures) - len(refused)} mục."]
    turn.say("\n".join([*lines, *(["Chưa ghi được:"] if refused else []), *refused]))
    if refused:
        go_on(turn, work)
    elif then_send:
        await send(turn, services, work)
    else:
        _go_on_after(turn, work, figures)


def _go_on_after(turn: Turn, work: Work, figures: Mapping[str, Value]) -> None:
    """Ask why what these figures raised is right, then what is still open."""
    asked = [w for w in work.unexplained if set(w.fields) & set(figures)]
    if asked:
        ask_reason(turn, asked[0])
    else:
        go_on(turn, work)


def _ask_what_to_mend(turn: Turn, work: Work, figures: Mapping[str, Value]) -> None:
    first = work.form.field(next(iter(figures)))
    example = shorten(first.show(figures[first.key]), 40)
    turn.say(
        f"Anh/chị gõ lại mục cần sửa kèm số đúng, ví dụ: mục {first.number}: {example}. "
        "Các số khác vẫn giữ như tôi vừa đọc.",
        Choice("r:yes", "Đúng, ghi lại", by_word=True),
        Choice("r:drop", "Bỏ, không ghi", by_word=True),
    )


def verbatim_text(turn: Turn) -> str:
    """Return the message that was read as figures, to be taken as a text after all."""
    return str(turn.conversation.state.pop("batch", {}).get("verbatim", ""))


def say_waiting_again(turn: Turn, work: Work) -> bool:
    """Read the waiting figures back once more; False when none wait."""
    if not is_waiting(turn):
        return False
    offer(turn, work, Reading({}))
    return True


def answer_of(reading: Reading, field: Field | None) -> Value | None:
    """Return the value when a message names only the very field that is being asked."""
    if field is None or reading.rest or reading.unread or list(reading.figures) != [field.key]:
        return None
    return reading.figures[field.key]


def put_aside(turn: Turn, work: Work) -> dict[str, Any]:
    """Return what a chat remembers of figures that wait, while their report is closed."""
    return {"report": work.record.id, "figures": turn.conversation.state["batch"]["figures"]}


def remembered(kept: object, turn: Turn, work: Work) -> Reading | None:
    """Return the figures put aside for this report, or sent in a text before any was open."""
    match kept:
        case {"report": int(report), "figures": dict(figures)} if report == work.record.id:
            return Reading(values_from_json(figures))
        case {"text": str(text)}:
            reading = read_batch(work.form, text, today=turn.today)
            return reading if is_batch(reading, current=None) else None
    return None

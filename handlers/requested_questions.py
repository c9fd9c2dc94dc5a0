"""The questions that open a round of reports, and the whole read back before it is opened."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from handlers import deadlines_desk, requested_words
from handlers.services import Services
from isobot.actions import requesting
from isobot.actions.requesting import Wanted
from isobot.chat.turn import Turn
from isobot.domain import requests as domain
from isobot.domain.deadlines import Basis
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.text import shorten
from isobot.domain.units import Level, Unit
from scheduler import wording

STEPS = ("why", "units", "form", "last_day", "covers", "basis")
"""The questions, in their order."""

LABELS = {
    "why": "Nội dung, lý do",
    "units": "Đơn vị",
    "form": "Biểu",
    "last_day": "Ngày cuối",
    "covers": "Khoảng số liệu",
    "basis": "Căn cứ",
}

NAMED = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """The round as far as it is filled in; a view of the conversation's state."""

    state: dict[str, Any]

    @property
    def province(self) -> str:
        """The province whose units are asked."""
        return str(self.state["province"])

    @property
    def units(self) -> list[str]:
        """The codes chosen so far."""
        return list(self.state.get("units", []))

    @property
    def last_day(self) -> date | None:
        """The last day, once it is given."""
        given = self.state.get("last_day")
        return date.fromisoformat(given) if given else None

    @property
    def missing(self) -> str:
        """The first question that has no answer yet; "" when all have one."""
        return next((step for step in STEPS if not self.state.get(step)), "")

    def wanted(self) -> Wanted:
        """Return what the act needs."""
        state = self.state
        first, last = state["covers"]
        return Wanted(
            province=self.province,
            units=tuple(self.units),
            forms={Level(level): form for level, form in state["form"].items()},
            last_day=date.fromisoformat(state["last_day"]),
            covers=(date.fromisoformat(first), date.fromisoformat(last)),
            basis=Basis(state["basis"]["document"], state["basis"]["section"]),
            basis_words=state["basis"]["words"],
            why=state["why"],
        )


async def go_on(turn: Turn, services: Services) -> None:
    """Ask what is still open, or read the whole back."""
    await ask(turn, services, Draft(turn.conversation.state).missing or "summary")


async def ask(turn: Turn, services: Services, step: str) -> None:
    """Ask for one step of the draft, or read the whole back; the draft remembers which step it is at."""
    draft = Draft(turn.conversation.state)
    draft.state["step"] = step
    if step == "why":
        turn.say("Đợt này hỏi về việc gì, vì sao? Viết một câu ngắn.")
    elif step == "units":
        await _ask_units(turn, services, draft)
    elif step == "form":
        _ask_form(turn, services, draft)
    elif step == "last_day":
        example = format_date(turn.today + timedelta(days=14))
        turn.say(f"Ngày cuối các đơn vị gửi số liệu là ngày nào? Ví dụ: {example}.")
    elif step == "covers":
        spans = requested_words.spans(services.rules, draft.province, turn.today)
        choices = [Choice(f"rq:c:{n}", label) for n, (label, _, _) in enumerate(spans)]
        turn.say(
            "Số liệu tính trong khoảng nào? Anh/chị chọn, hoặc gõ hai ngày, "
            f"ví dụ: 1/1/{turn.today.year} đến {format_date(turn.today)}.",
            *choices,
        )
    elif step == "basis":
        known = requested_words.plan_bases(services, draft.province)
        choices = [Choice(f"rq:b:{n}", shorten(words, 60)) for n, (_, words) in enumerate(known)]
        offer = "Anh/chị chọn căn cứ trong kế hoạch của tỉnh, hoặc gõ" if known else "Anh/chị gõ"
        turn.say(
            f"Căn cứ của đợt này? {offer} số và ngày văn bản của cơ quan, "
            f"ví dụ: 112/SKHCN-TĐC ngày {format_date(turn.today)}.",
            *choices,
        )
    elif step == "summary":
        _read_back(turn, services, draft)
    elif step == "names":
        turn.say("Anh/chị gõ tên các đơn vị, mỗi dòng một tên hoặc cách nhau bằng dấu phẩy.")


async def _ask_units(turn: Turn, services: Services, draft: Draft) -> None:
    groups = requested_words.groups(services.directory, draft.province, turn.today)
    choices = [Choice(f"rq:g:{key}", f"{label} ({len(units)})") for key, label, units in groups]
    for rule, period in deadlines_desk.periods_now(turn, services, draft.province):
        label = f"Chưa gửi báo cáo {period.label}: {rule.title}"
        choices.append(Choice(f"rq:m:{rule.id}:{period.key}", shorten(label, 60)))
    turn.say(
        "Những đơn vị nào phải báo cáo? Anh/chị chọn, hoặc gõ tên từng đơn vị, "
        "cách nhau bằng dấu phẩy hay xuống dòng.",
        *choices,
    )


def chosen_units(services: Services, draft: Draft) -> list[Unit]:
    """Return the units chosen so far."""
    return [u for code in draft.units if (u := services.directory.get(code))]


def _ask_form(turn: Turn, services: Services, draft: Draft) -> None:
    levels = dict.fromkeys(u.level for u in chosen_units(services, draft))
    usual = requesting.usual_forms(services.rules, draft.province, levels)
    choices = []
    if usual and len(usual) == len(levels):
        titles = dict.fromkeys(services.forms.get(form).title for form in usual.values())
        choices.append(Choice("rq:f:usual", shorten(f"Biểu thường dùng: {'; '.join(titles)}", 60)))
    choices += [
        Choice(f"rq:f:{form.id}", shorten(form.title, 60))
        for form in requested_words.forms_to_offer(services.forms)
    ]
    turn.say("Đơn vị báo cáo theo biểu nào?", *choices)


def _read_back(turn: Turn, services: Services, draft: Draft) -> None:
    """Say the whole round once more, before anybody is told."""
    wanted = draft.wanted()
    units = chosen_units(services, draft)
    forms = dict.fromkeys(services.forms.get(form).title for form in wanted.forms.values())
    first, last = wanted.covers
    turn.say(
        "Đợt báo cáo sẽ mở:\n"
        f"• {domain.title_of(wanted.why)}.\n"
        f"• {len(units)} đơn vị: {wording.named(units, NAMED)}.\n"
        f"• Biểu: {'; '.join(forms)}.\n"
        f"• Ngày cuối: {requested_words.day_with_note(wanted.last_day, services.calendar)}.\n"
        f"• Số liệu từ {format_date(first)} đến {format_date(last)}.\n"
        f"• Căn cứ: {wanted.basis_words}.\n"
        "Mở rồi thì các đơn vị được báo ngay trong giờ làm việc.",
        Choice("rq:open", "Mở đợt báo cáo"),
        Choice("rq:edit", "Sửa một mục"),
        Choice("rq:stop", "Thôi, không mở"),
    )

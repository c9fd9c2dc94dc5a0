"""`isobot remind`: what falls on a day, whom it tells and what it costs; or telling what is due now."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from isobot.campaign_cost import print_cost_of_day, print_cost_of_days
from isobot.clock import vietnam_day
from isobot.commands import with_core
from isobot.core import Core
from isobot.domain.dates import format_date, read_date
from isobot.domain.deadlines import Kind
from isobot.domain.people import Role
from isobot.errors import AnswerRefused
from isobot.storage import dispatch
from isobot.storage.people import Holder
from scheduler import rounds
from scheduler.campaigns import days_of_rounds, people_by_day
from scheduler.dispatch import Dispatcher, Loaded, situation_on
from scheduler.plan import Digest, Falling
from scheduler.step_names import step_words

TABLE_WIDTH = 160
"""Wide enough for names; a narrower terminal wraps rather than hides them."""

_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

ROLES = {
    Role.REPORTER: "lập báo cáo",
    Role.DEPUTY: "thay thế",
    Role.HEAD: "lãnh đạo",
    Role.RECEIVER: "cơ quan nhận",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a day is to be shown."""

    day: date
    province: str = ""
    as_json: bool = False
    duties: bool = False
    everybody: bool = False
    month: bool = False
    campaign: bool = False


def remind(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ liệt kê, không gửi.")] = False,
    on: Annotated[str, typer.Option(help="Ngày cần xem: 24/05/2027 hoặc 2027-05-24.")] = "",
    province: Annotated[str, typer.Option(help="Chỉ một tỉnh: kien-giang hoặc “Kiên Giang”.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi dòng một JSON, cho chương trình đọc.")] = False,
    duties: Annotated[bool, typer.Option("--duties", help="Cả việc hằng năm không có biểu.")] = False,
    everybody: Annotated[bool, typer.Option("--all", help="Cả từng đơn vị chưa ai đăng ký.")] = False,
    month: Annotated[bool, typer.Option("--month", help="Thêm chi phí cả tháng của ngày đó.")] = False,
    campaign: Annotated[
        bool, typer.Option("--campaign", help="Thêm chi phí cả đợt: mọi lần nhắc của các kỳ nhắc ngày đó.")
    ] = False,
) -> None:
    """Xem những lần nhắc rơi vào một ngày và chi phí, hoặc gửi ngay những lần đến hạn."""
    if not dry_run and (on or province or month or campaign):
        raise typer.BadParameter(
            "--on, --province, --month và --campaign chỉ dùng cùng --dry-run: không gửi nhắc của ngày khác "
            "hay của riêng một tỉnh."
        )

    async def go(core: Core) -> None:
        if dry_run:
            today = vietnam_day(core.clock.now())
            day = day_given(on, today) if on else today
            where = province_given(core, province) if province else ""
            wanted = Wanted(day, where, as_json, duties, everybody, month, campaign)
            await show_reminders(core, wanted)
            return
        dispatcher = Dispatcher(
            core.database,
            core.timetable,
            lambda: core.services.directory,
            core.clock,
            queued=lambda: None,
        )
        tally = await dispatcher.tick()
        print(f"Đã xếp {tally.messages} tin nhắc, {tally.steps} lần nhắc.")
        print(f"Chưa liên lạc được: {tally.unreachable} người.")

    with_core(go)


def day_given(text: str, today: date) -> date:
    """Read a day as an administrator types it; written out in full it may be of any year."""
    try:
        if match := _DAY.fullmatch(text.strip()):
            return date(int(match[3]), int(match[2]), int(match[1]))
        if _ISO_DAY.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
        return read_date(text, today=today, past=False)
    except (ValueError, AnswerRefused) as error:
        raise typer.BadParameter(
            f"“{text}” không phải một ngày. Viết như 24/05/2027 hoặc 2027-05-24."
        ) from error


def province_given(core: Core, text: str) -> str:
    """Return the province that is meant by its key or its name."""
    provinces = core.services.provinces
    for slug, known in provinces.items():
        if text.casefold() in (slug, known.name.casefold()):
            return slug
    raise typer.BadParameter(f"Không có tỉnh “{text}”. Các tỉnh: {', '.join(provinces)}.")


@dataclass(slots=True)
class _Names:
    """Who the people of a day are."""

    core: Core
    holders: Sequence[Holder]
    in_unit: dict[tuple[str, int], Holder] = field(default_factory=dict)
    person: dict[int, Holder] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for holder in self.holders:
            self.person.setdefault(holder.person, holder)
            if holder.post.role in ROLES:
                self.in_unit.setdefault((holder.post.unit, holder.person), holder)

    def of(self, unit: str, persons: Iterable[int]) -> str:
        """Name people by their role in a unit; one without a role there stands in for somebody."""
        by_role: dict[str, list[str]] = defaultdict(list)
        for person in persons:
            here = self.in_unit.get((unit, person))
            by_role[ROLES[here.post.role] if here else "được ủy quyền"].append(self.name(person))
        return "; ".join(f"{role}: {', '.join(names)}" for role, names in by_role.items())

    def name(self, person: int) -> str:
        """Return a name, and that no chat reaches the person."""
        known = self.person.get(person)
        name = known.name if known is not None and known.name else f"người số {person}"
        return name if known is None or known.chats else f"{name} (không nhận được tin)"


async def show_reminders(core: Core, wanted: Wanted) -> None:
    """Print what falls on a day, and what it costs."""
    day = wanted.day
    async with core.database.read() as connection:
        loaded = await situation_on(connection, core.timetable, core.services.directory, today=day)
    falling, digests = rounds.falling_on(day, loaded.timetable, core.services.directory, loaded.situation)
    if wanted.province:
        falling = [f for f in falling if f.unit.province == wanted.province]
        digests = [d for d in digests if d.province == wanted.province]
    shown = [f for f in falling if wanted.duties or f.rule.kind is Kind.REPORT]
    if wanted.as_json:
        for each in shown:
            print(json.dumps(_row(each), ensure_ascii=False))
        return
    names = _Names(core, loaded.holders)
    if falling or digests:
        print(f"Lần nhắc ngày {format_date(day)}:")
    _print_table([f for f in shown if f.people or wanted.everybody], loaded, names, day)
    if not wanted.everybody and (silent := sum(1 for f in shown if not f.people)):
        print(f"Còn {silent} đơn vị đến lượt nhắc nhưng chưa ai đăng ký: thêm --all để xem từng đơn vị.")
    for digest in digests:
        print(_digest_line(digest, loaded, names, day))
    if hidden := len(falling) - len(shown):
        print(f"Còn {hidden} lần nhắc việc hằng năm không có biểu: thêm --duties để xem.")
    if not falling and not digests:
        print(f"Ngày {format_date(day)} không có lần nhắc nào.")
    told = [person for f in falling for person in f.people] + [p for d in digests for p in d.people]
    await print_cost_of_day(core, told, day)
    if wanted.month:
        await _show_month(core, wanted)
    if wanted.campaign:
        await _show_campaign(core, wanted, loaded)


def _row(each: Falling) -> dict[str, Any]:
    return {
        "unit": each.unit.code,
        "unit_name": each.unit.name,
        "province": each.unit.province,
        "rule": each.rule.id,
        "period": each.period.key,
        "last_day": each.period.last_day.isoformat(),
        "step": each.step,
        "people": list(each.people),
    }


def _print_table(shown: Sequence[Falling], loaded: Loaded, names: _Names, day: date) -> None:
    if not shown:
        return
    table = Table("Đơn vị", "Tỉnh", "Báo cáo", "Hạn", "Lần nhắc", "Người nhận tin")
    provinces = names.core.services.provinces
    for each in shown:
        of_province = provinces.get(each.unit.province)
        ladder = loaded.timetable.ladder_of(each.rule)
        table.add_row(
            each.unit.name,
            of_province.name if of_province else each.unit.province,
            each.period.label,
            format_date(each.period.last_day),
            step_words(each.step, ladder, each.period, day),
            names.of(each.unit.code, each.people) or "chưa ai đăng ký",
        )
    Console(width=max(Console().width, TABLE_WIDTH)).print(table)


def _digest_line(digest: Digest, loaded: Loaded, names: _Names, day: date) -> str:
    known = names.core.services.provinces.get(digest.province)
    receivers = "chưa ai đăng ký nhận"
    if digest.people:
        receivers = f"{len(digest.people)} người nhận ({', '.join(map(names.name, digest.people))})"
    step = step_words(digest.step, loaded.timetable.ladder, digest.period, day)
    return (
        f"Bản tổng hợp cho cơ quan nhận, {known.name if known else digest.province}, "
        f"{step}: {digest.rule.title}, {digest.period.label}, "
        f"{len(digest.missing)} đơn vị chưa gửi, {receivers}."
    )


async def _show_month(core: Core, wanted: Wanted) -> None:
    first = wanted.day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    told = await _told_on_days(core, days, wanted, None)
    await print_cost_of_days(core, told, of=_since_today(core, first, last, f"cả tháng {first:%m/%Y}"))


async def _show_campaign(core: Core, wanted: Wanted, loaded: Loaded) -> None:
    found = days_of_rounds(
        wanted.day,
        loaded.timetable,
        core.services.directory,
        loaded.situation,
        province=wanted.province,
    )
    if not found:
        print("Ngày này không thuộc đợt nhắc nào, nên không có chi phí cả đợt: chọn một ngày có lần nhắc.")
        return
    days = sorted(set().union(*found.values()))
    told = await _told_on_days(core, days, wanted, found)
    of = f"cả đợt, từ {format_date(days[0])} đến {format_date(days[-1])}"
    await print_cost_of_days(core, told, of=_since_today(core, days[0], days[-1], of))


def _since_today(core: Core, first: date, last: date, of: str) -> str:
    """Say that of a stretch under way only what is still to come is counted."""
    today = vietnam_day(core.clock.now())
    return f"{of}, phần còn lại kể từ hôm nay" if first < today <= last else of


async def _told_on_days(
    core: Core, days: Sequence[date], wanted: Wanted, found: Mapping[tuple[str, str], set[date]] | None
) -> dict[date, set[int]]:
    """Return who will be told on days to come, those told already apart."""
    today = vietnam_day(core.clock.now())
    ahead = [day for day in days if day >= today]
    if not ahead:
        return {}
    async with core.database.read() as connection:
        loaded = await situation_on(
            connection, core.timetable, core.services.directory, today=ahead[-1], since=ahead[0]
        )
        told_today = await dispatch.told_on(connection, today)
    told = people_by_day(
        ahead,
        loaded.timetable,
        core.services.directory,
        loaded.situation,
        rounds_alone=found,
        province=wanted.province,
    )
    if today in told and not (told[today] - told_today):
        del told[today]
    elif today in told:
        told[today] -= told_today
    return told

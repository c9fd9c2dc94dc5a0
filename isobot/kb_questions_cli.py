"""`isobot kb questions`: what nobody answered, or not well."""

import json
from typing import Annotated

import typer

from handlers import writing_steps
from isobot.actions import curating
from isobot.clock import vietnam_day
from isobot.commands import this_operator, with_core_or_fail
from isobot.core import Core
from isobot.domain.numbers import format_date
from isobot.domain.text import shorten
from isobot.storage.store import Store

questions_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@questions_app.command()
def questions(
    most: Annotated[int, typer.Option(min=1, help="Số nhóm liệt kê.")] = 20,
    wordings: Annotated[int, typer.Option(min=1, help="Số cách hỏi của mỗi nhóm.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi dòng một JSON.")] = False,
) -> None:
    """Câu hỏi chưa trả lời được hoặc bị báo chưa đúng, gom theo ý, việc cần nhất đứng trước."""

    async def go(core: Core) -> bool:
        services = core.services
        async with core.database.read() as connection:
            store = Store(connection, core.clock.now())
            groups = await curating.groups_for(store, this_operator(), services.knowledge.provinces_named)
        for number, group in enumerate(groups[:most], start=1):
            latest = vietnam_day(group.latest.at)
            if as_json:
                row = {
                    "group": group.key,
                    "scope": group.scope,
                    "topic": group.topic,
                    "askers": group.askers,
                    "times": len(group.questions),
                    "latest": latest.isoformat(),
                    "weight": round(group.weight, 3),
                    "questions": group.wordings(wordings),
                }
                print(json.dumps(row, ensure_ascii=False))
                continue
            place = writing_steps.scope_label(group.scope, services) if group.scope else "chưa rõ tỉnh"
            topic = services.shipped.topics.get(group.topic)
            print(
                f"{number}. {group.askers} người, {len(group.questions)} lần, "
                f"gần nhất {format_date(latest)}; {place}"
                + (f"; gần chủ đề “{topic.label}”" if topic else "")
            )
            for wording in group.wordings(wordings):
                print(f"   • {shorten(wording, 160)}")
        if not as_json:
            print(
                f"{len(groups)} nhóm." + (f" Hiện {most}; xem thêm: --most N." if len(groups) > most else "")
            )
        return True

    with_core_or_fail(go)

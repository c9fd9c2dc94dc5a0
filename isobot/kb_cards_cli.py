"""`isobot kb`: the cards as they are, their history, and what is wrong with them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from handlers import writing
from isobot.clock import vietnam_day
from isobot.commands import with_core_or_fail
from isobot.core import Core
from isobot.domain.numbers import format_date
from isobot.storage import curation, legal_texts, people
from knowledge.corpus import Card
from knowledge.lint import Finding, Severity, lint
from knowledge.live import frozen_cards, misfits

cards_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@cards_app.command("lint")
def lint_cards(
    only_errors: Annotated[bool, typer.Option("--errors", help="Chỉ liệt kê lỗi.")] = False,
) -> None:
    """Soát thẻ: căn cứ sai, thẻ nói ngược nhau, thẻ không ai tìm ra, câu quá dài, quá hạn rà soát."""

    async def go(core: Core) -> bool:
        services = core.services
        async with core.database.read() as connection:
            texts = await legal_texts.load_texts(connection)
            overlay = await curation.load_overlay(connection)
        cards = services.knowledge.corpus.cards.values()
        found = [
            Finding(
                Severity.ERROR,
                "misfit",
                (each.card,),
                f"Thẻ đã duyệt không dùng được nữa: {each.problem}.",
                "sửa thẻ, hoặc thêm chủ đề, văn bản còn thiếu.",
            )
            for each in misfits(services.shipped, overlay)
        ]
        found += lint(
            services.knowledge,
            today=vietnam_day(core.clock.now()),
            section_known=lambda document, section: (
                texts[document].find(section) is not None if document in texts else None
            ),
        )
        errors = sum(1 for f in found if f.severity is Severity.ERROR)
        for each in found:
            if each.severity is Severity.ERROR or not only_errors:
                print(each)
        print(f"Đã soát {len(cards)} thẻ: {errors} lỗi, {len(found) - errors} chỗ cần xem.")
        return errors == 0

    with_core_or_fail(go)


@cards_app.command()
def cards(
    card: Annotated[str, typer.Argument(help="Mã thẻ; bỏ trống để xem thẻ cần xử lý.")] = "",
) -> None:
    """Một thẻ với mọi bản đã dùng (ai, khi nào, vì sao); hoặc các thẻ tạm dừng, đến hạn rà soát."""

    async def go(core: Core) -> bool:
        if card:
            return await _history(core, card)
        corpus, today = core.services.knowledge.corpus, vietnam_day(core.clock.now())
        async with core.database.read() as connection:
            overlay = await curation.load_overlay(connection)
        frozen = frozen_cards(core.services.shipped, overlay)
        due = sorted(
            (c for c in corpus.cards.values() if c.review_by and c.review_by <= today),
            key=lambda c: (str(c.review_by), c.id),
        )
        print(f"{len(corpus.cards)} thẻ; {len(overlay.versions)} thẻ do cơ quan viết hoặc sửa.")
        for version in overlay.versions:
            print(f"  {version.card}: bản {version.version}, duyệt {format_date(vietnam_day(version.at))}")
        print(f"{len(frozen)} thẻ tạm dừng vì văn bản bị thay thế.")
        for each, mark in frozen:
            print(f"  {each.id}: {each.title} ({mark.document} → {mark.by})")
        print(f"{len(due)} thẻ đến hạn rà soát.")
        for each in due:
            print(f"  {each.id}: {each.title} (hạn {_day(each.review_by)})")
        return True

    with_core_or_fail(go)


async def _history(core: Core, card: str) -> bool:
    services = core.services
    async with core.database.read() as connection:
        versions = await curation.versions_of(connection, card)
        names = await _names(connection, [key for v in versions for key in (v.author, v.approver)])
    shipped = services.shipped.cards.get(card)
    if shipped is None and not versions:
        print(f"Không có thẻ mã “{card}”.")
        return False
    if shipped is not None:
        print(f"Bản phát hành kèm isobot:\n{_shown(shipped, core)}")
    for version in versions:
        when = format_date(vietnam_day(version.at))
        print(
            f"\nBản {version.version}, duyệt {when}; soạn: {names[version.author]}; "
            f"duyệt: {names[version.approver]}; rà soát trước {format_date(version.review_by)}.\n"
            f"Lý do: {version.why}"
        )
        before = version.before or {}
        for name, value in version.record.items():
            if before.get(name) != value and name not in ("id",):
                was = f"  {name}, trước: {before[name]}\n" if before.get(name) else ""
                print(f"{was}  {name}, sau: {value}")
    live = services.knowledge.corpus.cards.get(card)
    if live is not None and live.unshown:
        print(f"\nĐang tạm dừng: {live.answer}")
    return True


async def _names(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, str]:
    found = {}
    for key in dict.fromkeys(keys):
        number = key.removeprefix("person ")
        name = await people.name_of(connection, int(number)) if number.isdecimal() else ""
        found[key] = f"{name} ({key})" if name else key
    return found


def _shown(card: Card, core: Core) -> str:
    return writing.show_card(card, core.services)


def _day(day: date | None) -> str:
    return format_date(day) if day else ""

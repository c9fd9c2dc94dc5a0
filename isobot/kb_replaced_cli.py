"""`isobot kb`: documents that were replaced, and the cards and people that this touches."""

import json
from datetime import date
from typing import Annotated

import typer

from handlers import writing_steps
from isobot.actions import curating
from isobot.clock import vietnam_day
from isobot.commands import this_operator, with_core_or_fail
from isobot.core import Core
from isobot.domain.law import LegalDocument
from isobot.domain.numbers import format_date
from isobot.storage import curation
from isobot.storage.store import Store
from knowledge.corpus import Corpus
from knowledge.live import frozen_cards

replaced_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def _document(corpus: Corpus, named: str) -> LegalDocument:
    key = writing_steps.document_named(corpus, named)
    if not key:
        raise typer.BadParameter(
            f"Không có văn bản “{named}” (ghi khóa hoặc số hiệu, ví dụ: 19/2014/QĐ-TTg)."
        )
    return corpus.documents[key]


@replaced_app.command()
def affected(
    document: Annotated[str, typer.Argument(help="Khóa hoặc số hiệu văn bản.")],
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi dòng một JSON.")] = False,
) -> None:
    """Thẻ dựa trên một văn bản, và những ai đã được trả lời theo đó trong 365 ngày qua."""

    async def go(core: Core) -> bool:
        corpus = core.services.knowledge.corpus
        found = _document(corpus, document)
        # The shipped wording counts too: a frozen card rests on the document no less.
        async with core.database.read() as connection:
            store = Store(connection, core.clock.now())
            told = await curating.affected(store, found.key)
            overlay = await curation.load_overlay(connection)
        frozen = {card.id for card, _ in frozen_cards(core.services.shipped, overlay)}
        cards = curating.cards_on(corpus, found.key)
        chats = dict.fromkeys(t.chat_key for t in told)
        if as_json:
            for card in cards:
                rows = {
                    "card": card.id,
                    "scope": card.scope,
                    "title": card.title,
                    "frozen": card.id in frozen,
                }
                print(json.dumps(rows, ensure_ascii=False))
            for one in told:
                row = {"chat": one.chat_key, "card": one.card or None, "told": one.at.isoformat()}
                print(json.dumps(row, ensure_ascii=False))
            return True
        print(f"{found.full_name()} (khóa {found.key}).")
        print(
            f"{len(cards)} thẻ dựa trên văn bản này"
            + (f", {len(frozen)} thẻ đang tạm dừng:" if frozen else ":")
        )
        for card in cards:
            mark = " [tạm dừng]" if card.id in frozen else ""
            print(f"  {card.id}: {card.title}{mark}")
        print(f"{len(chats)} cuộc trò chuyện đã được trả lời theo văn bản này trong 365 ngày qua:")
        for one in told:
            what = one.card or "tính từ dữ liệu"
            print(f"  {one.chat_key}: {what}, lần cuối {format_date(vietnam_day(one.at))}")
        return True

    with_core_or_fail(go)


@replaced_app.command()
def replaced(
    document: Annotated[str, typer.Argument(help="Khóa hoặc số hiệu văn bản cũ.")],
    by: Annotated[str, typer.Option("--by", help="Văn bản thay thế.")],
    on: Annotated[str, typer.Option("--on", help="Từ ngày: 2027-07-01.")],
    why: Annotated[str, typer.Option("--why", help="Biết từ đâu.")],
    warn: Annotated[bool, typer.Option("--warn", help="Báo một lần cho người đã được trả lời.")] = False,
) -> None:
    """Đánh dấu một văn bản đã được thay thế: mọi thẻ dựa trên nó tạm dừng đến khi được xác nhận."""
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise typer.BadParameter(f"“{on}” không phải một ngày; viết như 2027-07-01.") from error

    async def go(core: Core) -> bool:
        corpus = core.services.knowledge.corpus
        found = _document(corpus, document)
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            frozen = await curating.mark_replaced(
                store, this_operator(), document=found, by=by, on=day, why=why, corpus=core.services.shipped
            )
        print(f"Đã đánh dấu: {found.full_name()} được thay thế bằng {by} từ {format_date(day)}.")
        print(f"{frozen} thẻ tạm dừng ngay, ở mọi tiến trình. Xem: isobot kb cards")
        if warn:
            await _warn(core, found)
        return True

    with_core_or_fail(go)


@replaced_app.command()
def warn(document: Annotated[str, typer.Argument(help="Khóa hoặc số hiệu văn bản đã đánh dấu.")]) -> None:
    """Báo một lần cho mỗi người đã được trả lời theo văn bản đã bị thay thế."""

    async def go(core: Core) -> bool:
        return await _warn(core, _document(core.services.knowledge.corpus, document))

    with_core_or_fail(go)


async def _warn(core: Core, document: LegalDocument) -> bool:
    async with core.database.write() as connection:
        store = Store(connection, core.clock.now())
        marks = (await curation.load_overlay(connection)).replacements
        mark = next((m for m in marks if m.document == document.key), None)
        if mark is None:
            print(f"{document.number} chưa được đánh dấu là đã thay thế. Xem: isobot kb replaced --help")
            return False
        told = await curating.warn(store, document, mark, core.services.calendar)
        await store.flush()
    print(f"Đã xếp {told} tin báo; tin gửi trong giờ làm việc.")
    return True


@replaced_app.command()
def confirm(
    card: Annotated[str, typer.Argument(help="Mã thẻ đang tạm dừng.")],
    why: Annotated[str, typer.Option("--why", help="Căn cứ của việc xác nhận.")],
) -> None:
    """Xác nhận một thẻ tạm dừng vẫn đúng; thẻ được dùng lại ngay."""

    async def go(core: Core) -> bool:
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            overlay = await curation.load_overlay(connection)
            for frozen, mark in frozen_cards(core.services.shipped, overlay):
                if frozen.id == card:
                    await curating.confirm(
                        store, this_operator(), card=frozen, document=mark.document, why=why
                    )
                    print(f"Thẻ {card} được dùng lại.")
                    return True
        print(f"Thẻ “{card}” không tạm dừng.")
        return False

    with_core_or_fail(go)

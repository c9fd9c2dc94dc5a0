"""`isobot kb`: cards proposed, approved and returned."""

from pathlib import Path
from typing import Annotated

import typer

from handlers import writing
from isobot.actions import curating
from isobot.clock import vietnam_day
from isobot.commands import this_operator, with_core_or_fail
from isobot.core import Core
from isobot.domain.curation import Proposal, ProposalKind
from isobot.domain.numbers import format_date
from isobot.errors import DataFileError
from isobot.storage import curation
from isobot.storage.store import Store
from knowledge.corpus import Card, read_cards
from knowledge.live import record_of

proposals_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@proposals_app.command()
def propose(
    file: Annotated[Path, typer.Argument(help="Tệp .yaml, viết như knowledge/cards/*.yaml.")],
    why: Annotated[str, typer.Option("--why", help="Lý do viết hoặc sửa.")],
) -> None:
    """Gửi duyệt một hay nhiều thẻ viết trong tệp; thẻ trùng mã là sửa thẻ đang có."""

    async def go(core: Core) -> bool:
        services = core.services
        corpus = services.knowledge.corpus
        read = list(read_cards(file, documents=corpus.documents, topics=corpus.topics))
        twice = {c.id for c in read if sum(1 for other in read if other.id == c.id) > 1}
        if twice:
            raise DataFileError(file, f"card {min(twice)}", "id stands twice", mend="give one another id")
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            for each in read:
                number = await curating.propose_card(
                    store,
                    this_operator(),
                    record=_with_review(each),
                    corpus=corpus,
                    shipped=services.shipped,
                    why=why,
                )
                told = await curating.tell_editors(store, number, services.calendar)
                kind = "sửa" if each.id in corpus.cards else "mới"
                print(f"Đề nghị số {number}: thẻ {each.id} ({kind}), báo {told} người duyệt.")
                doubtful = await writing.warnings(store, each, services)
                if doubtful:
                    print(doubtful)
            await store.flush()
        print("Thẻ chỉ dùng sau khi có người khác duyệt (trong trò chuyện, hoặc isobot kb approve SỐ).")
        return True

    with_core_or_fail(go)


def _with_review(card: Card) -> dict[str, object]:
    record = dict(record_of(card))
    if card.review_by is not None:
        record["review_by"] = card.review_by.isoformat()
    return record


@proposals_app.command()
def proposals() -> None:
    """Các đề nghị đang chờ duyệt."""

    async def go(core: Core) -> bool:
        async with core.database.read() as connection:
            waiting = await curation.waiting_proposals(connection)
        for each in waiting:
            print(_line(each))
        print(f"{len(waiting)} đề nghị chờ duyệt.")
        return True

    with_core_or_fail(go)


def _line(found: Proposal) -> str:
    what = "thẻ" if found.kind is ProposalKind.CARD else "văn bản được thay thế"
    title = found.record.get("title", "")
    return (
        f"{found.id}. {what} {found.target} “{title}”; {found.author}, "
        f"{format_date(vietnam_day(found.created_at))}; lý do: {found.why}"
    )


@proposals_app.command()
def approve(number: Annotated[int, typer.Argument(help="Số của đề nghị; xem: isobot kb proposals.")]) -> None:
    """Duyệt một đề nghị do người khác gửi; có hiệu lực ngay ở mọi tiến trình."""

    async def go(core: Core) -> bool:
        services = core.services
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            done = await curating.approve(
                store,
                this_operator(),
                number,
                corpus=services.knowledge.corpus,
                calendar=services.calendar,
                provinces_named=services.knowledge.provinces_named,
            )
            text = f"Đề nghị số {number} của anh/chị đã được duyệt và đang dùng."
            await curating.tell_author(store, done.proposal, text, services.calendar)
            await store.flush()
        if done.proposal.kind is ProposalKind.CARD:
            print(f"Đã duyệt thẻ {done.proposal.target}, bản {done.version}; báo {done.told} người hỏi.")
        else:
            print(f"Đã duyệt; {done.frozen} thẻ tạm dừng.")
        return True

    with_core_or_fail(go)


@proposals_app.command("return")
def give_back(
    number: Annotated[int, typer.Argument(help="Số của đề nghị.")],
    why: Annotated[str, typer.Option("--why", help="Lý do trả lại.")],
) -> None:
    """Trả lại một đề nghị kèm lý do; người soạn được báo."""

    async def go(core: Core) -> bool:
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            found = await curating.return_proposal(store, this_operator(), number, reason=why)
            text = f"Đề nghị số {number} của anh/chị được trả lại: {why}\nGõ “biên tập” để soạn lại."
            await curating.tell_author(store, found, text, core.services.calendar)
        print("Đã trả lại.")
        return True

    with_core_or_fail(go)

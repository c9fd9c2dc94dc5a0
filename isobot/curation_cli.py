"""`isobot kb`: what nobody answered, cards proposed and approved, documents that were replaced."""

import asyncio
import json
import os
import pwd
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from handlers import writing, writing_steps
from isobot.actions import curating
from isobot.clock import vietnam_day
from isobot.core import Core, opened
from isobot.domain.curation import Editor, Proposal, ProposalKind, operator
from isobot.domain.law import LegalDocument
from isobot.domain.numbers import format_date
from isobot.domain.text import shorten
from isobot.errors import DataFileError
from isobot.settings import read_settings
from isobot.storage import curation, legal_texts, people
from isobot.storage.store import Store
from knowledge.corpus import Card, Corpus, read_cards
from knowledge.lint import Finding, Severity, lint
from knowledge.live import frozen_cards, misfits, record_of

curation_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
"""Its commands stand under `isobot kb`, beside those of the imported texts."""


def _with_core(work: Callable[[Core], Awaitable[bool]]) -> None:
    async def go() -> bool:
        async with opened(read_settings()) as core:
            return await work(core)

    if not asyncio.run(go()):
        raise typer.Exit(1)


def _me() -> Editor:
    # Not getpass: it believes the environment, and one person would be two.
    return operator(pwd.getpwuid(os.getuid()).pw_name)


def _document(corpus: Corpus, named: str) -> LegalDocument:
    key = writing_steps.document_named(corpus, named)
    if not key:
        raise typer.BadParameter(
            f"Không có văn bản “{named}” (ghi khóa hoặc số hiệu, ví dụ: 19/2014/QĐ-TTg)."
        )
    return corpus.documents[key]


@curation_app.command()
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
            groups = await curating.groups_for(store, _me(), services.knowledge.provinces_named)
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

    _with_core(go)


@curation_app.command()
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

    _with_core(go)


@curation_app.command()
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
                store, _me(), document=found, by=by, on=day, why=why, corpus=core.services.shipped
            )
        print(f"Đã đánh dấu: {found.full_name()} được thay thế bằng {by} từ {format_date(day)}.")
        print(f"{frozen} thẻ tạm dừng ngay, ở mọi tiến trình. Xem: isobot kb cards")
        if warn:
            await _warn(core, found)
        return True

    _with_core(go)


@curation_app.command()
def warn(document: Annotated[str, typer.Argument(help="Khóa hoặc số hiệu văn bản đã đánh dấu.")]) -> None:
    """Báo một lần cho mỗi người đã được trả lời theo văn bản đã bị thay thế."""

    async def go(core: Core) -> bool:
        return await _warn(core, _document(core.services.knowledge.corpus, document))

    _with_core(go)


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


@curation_app.command()
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
                    await curating.confirm(store, _me(), card=frozen, document=mark.document, why=why)
                    print(f"Thẻ {card} được dùng lại.")
                    return True
        print(f"Thẻ “{card}” không tạm dừng.")
        return False

    _with_core(go)


@curation_app.command("lint")
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

    _with_core(go)


@curation_app.command()
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

    _with_core(go)


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


@curation_app.command()
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
                    _me(),
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

    _with_core(go)


def _with_review(card: Card) -> dict[str, object]:
    record = dict(record_of(card))
    if card.review_by is not None:
        record["review_by"] = card.review_by.isoformat()
    return record


@curation_app.command()
def proposals() -> None:
    """Các đề nghị đang chờ duyệt."""

    async def go(core: Core) -> bool:
        async with core.database.read() as connection:
            waiting = await curation.waiting_proposals(connection)
        for each in waiting:
            print(_line(each))
        print(f"{len(waiting)} đề nghị chờ duyệt.")
        return True

    _with_core(go)


def _line(found: Proposal) -> str:
    what = "thẻ" if found.kind is ProposalKind.CARD else "văn bản được thay thế"
    title = found.record.get("title", "")
    return (
        f"{found.id}. {what} {found.target} “{title}”; {found.author}, "
        f"{format_date(vietnam_day(found.created_at))}; lý do: {found.why}"
    )


@curation_app.command()
def approve(number: Annotated[int, typer.Argument(help="Số của đề nghị; xem: isobot kb proposals.")]) -> None:
    """Duyệt một đề nghị do người khác gửi; có hiệu lực ngay ở mọi tiến trình."""

    async def go(core: Core) -> bool:
        services = core.services
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            done = await curating.approve(
                store,
                _me(),
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

    _with_core(go)


@curation_app.command("return")
def give_back(
    number: Annotated[int, typer.Argument(help="Số của đề nghị.")],
    why: Annotated[str, typer.Option("--why", help="Lý do trả lại.")],
) -> None:
    """Trả lại một đề nghị kèm lý do; người soạn được báo."""

    async def go(core: Core) -> bool:
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            found = await curating.return_proposal(store, _me(), number, reason=why)
            text = f"Đề nghị số {number} của anh/chị được trả lại: {why}\nGõ “biên tập” để soạn lại."
            await curating.tell_author(store, found, text, core.services.calendar)
        print("Đã trả lại.")
        return True

    _with_core(go)

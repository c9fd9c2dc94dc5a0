"""`isobot kb`: import legal texts, set the cards beside them, see what is covered."""

import asyncio
import hashlib
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import knowledge
from isobot.clock import Clock, SystemClock
from isobot.commands import with_core_or_fail
from isobot.core import Core
from isobot.domain.law import LegalDocument, Source
from isobot.domain.legal_text import LegalText
from isobot.errors import IsobotError
from isobot.kb_cards_cli import cards_app
from isobot.kb_proposals_cli import proposals_app
from isobot.kb_questions_cli import questions_app
from isobot.kb_replaced_cli import replaced_app
from isobot.storage import legal_texts
from isobot.storage.database import Database
from isobot.storage.migrate import migrate
from knowledge.corpus import Card, load_corpus
from knowledge.importer.importing import guess_document, import_file
from knowledge.importer.model import Imported
from knowledge.importer.reading import KINDS
from knowledge.importer.sections import CitationCheck, check_citations, count_tree, coverage_of

kb_app = typer.Typer(
    no_args_is_help=True, help="Kho tri thức: nguyên văn, thẻ, căn cứ.", rich_markup_mode=None
)
for _app in (questions_app, replaced_app, cards_app, proposals_app):
    kb_app.add_typer(_app)

_SHOWN = 40
"""Changes and doubts listed for one file, unless all are asked for."""
_WIDTH = 150


@kb_app.command("import")
def import_one(
    file: Annotated[Path, typer.Argument(help="Tệp .txt, .docx hoặc .pdf có chữ.")],
    document: Annotated[str, typer.Option(help="Khóa văn bản, khi tệp không tự cho biết.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ đọc và báo, không ghi.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Liệt kê mọi chỗ đã sửa và chỗ ngờ.")] = False,
) -> None:
    """Nhập nguyên văn một văn bản, báo chỗ đã sửa và chỗ ngờ đọc sai."""

    async def go(core: Core) -> bool:
        imported = import_file(file)
        _tell(imported, every=every)
        chosen = _chosen(imported.text, core.services.knowledge.corpus.documents, document)
        if chosen is None:
            return False
        print(f"Văn bản: {chosen.full_name()} (khóa {chosen.key}).")
        if dry_run:
            print("Mới đọc thử, chưa ghi gì.")
            return True
        async with core.database.read() as connection:
            known = (await legal_texts.newest_imports(connection)).get(chosen.key)
        record = await _store(core.database, chosen.key, imported, file, core.clock)
        print(f"Đã ghi bản thứ {record.version}.")
        if known is not None and known.source_hash == record.source_hash:
            print(f"Tệp giống hệt bản thứ {known.version} ({known.source_name}).")
        print("Bot dùng bản này ngay từ câu hỏi sau.")
        return True

    with_core_or_fail(go)


async def _store(
    database: Database, document: str, imported: Imported, file: Path, clock: Clock
) -> legal_texts.ImportRecord:
    async with database.write() as connection:
        return await legal_texts.add_text(
            connection,
            document,
            imported.text,
            original="\n".join(imported.lines),
            remarks={"changes": list(map(str, imported.changes)), "doubts": list(map(str, imported.doubts))},
            source_name=file.name,
            source_hash=hashlib.sha256(file.read_bytes()).hexdigest(),
            at=clock.now(),
        )


def _tell(imported: Imported, *, every: bool) -> None:
    text, counts = imported.text, count_tree(imported.text)
    heading = text.heading
    issued = f"{heading.issued:%d/%m/%Y}" if heading.issued else "không đọc được"
    number, kind, title = (said or "không đọc được" for said in (heading.number, heading.kind, heading.title))
    print(f"Tên loại: {kind}; số: {number}; ngày: {issued}.")
    print(f"Trích yếu: {title}")
    print(f"{counts.articles} điều, {counts.sections} mục/khoản/điểm, {counts.rows} dòng phụ lục.")
    for title, remarks in (("Đã sửa khi đọc", imported.changes), ("Chỗ ngờ, giữ nguyên", imported.doubts)):
        print(f"{title}: {len(remarks)}")
        for remark in remarks if every else remarks[:_SHOWN]:
            print(f"  {remark}")
        if not every and len(remarks) > _SHOWN:
            print(f"  … và {len(remarks) - _SHOWN} chỗ nữa (xem hết: --all)")
    if imported.sums:
        held = sum(1 for check in imported.sums if check.holds)
        print(f"Cộng, đếm lại: {held}/{len(imported.sums)} phép khớp.")


def _chosen(text: LegalText, documents: Mapping[str, LegalDocument], key: str) -> LegalDocument | None:
    """Settle which document a file is; says why when it cannot."""
    if key:
        if key in documents:
            return documents[key]
        print(f"Không có văn bản khóa “{key}” trong knowledge/documents.yaml.", file=sys.stderr)
        return None
    guessed = guess_document(text, documents.values())
    if len(guessed) == 1:
        return guessed[0]
    if guessed and sys.stdin.isatty():
        for number, each in enumerate(guessed, start=1):
            print(f"{number}. {each.full_name()} ({each.key})")
        answer = typer.prompt("Tệp này là văn bản nào? (số thứ tự, 0 là không phải)", type=int)
        return guessed[answer - 1] if 1 <= answer <= len(guessed) else None
    named = ", ".join(each.key for each in guessed)
    print(
        "Chưa rõ tệp này là văn bản nào, chưa ghi gì. "
        + (f"Có thể là: {named}. " if named else "Số và ngày không khớp văn bản nào đã biết. ")
        + "Chạy lại với --document KHÓA.",
        file=sys.stderr,
    )
    return None


@kb_app.command()
def check() -> None:
    """Kiểm tra: mọi căn cứ của mọi thẻ có thật trong nguyên văn đã nhập."""

    async def go(core: Core) -> bool:
        async with core.database.read() as connection:
            texts = await legal_texts.load_texts(connection)
        corpus = core.services.knowledge.corpus
        found = check_citations(corpus.cards.values(), texts, corpus.documents.values())
        _print_check(found)
        return not found.broken

    with_core_or_fail(go)


def _print_check(found: CitationCheck) -> None:
    print(f"Đã xem {found.cards} thẻ.")
    print(f"Căn cứ có trong nguyên văn đã nhập: {found.checked}; dẫn cả văn bản: {found.whole}.")
    print(
        f"Chỉ biết qua Pháp điển: {found.secondary[Source.CODIFIED]}; "
        f"chỉ biết qua nguồn khác: {found.secondary[Source.SECONDARY]}."
    )
    if found.not_imported:
        named = ", ".join(f"{key} ({count})" for key, count in found.not_imported.items())
        print(f"Văn bản chưa nhập nguyên văn, chưa kiểm tra được: {named}.")
    print(f"Căn cứ không có trong nguyên văn: {len(found.broken)}.")
    for each in found.broken:
        print(f"  {each.card}: {each.document}, “{each.section}”; gần nhất: {'; '.join(each.nearest)}")


@kb_app.command()
def coverage(
    document: Annotated[str, typer.Option(help="Chỉ một văn bản.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Liệt kê cả mục đã có thẻ.")] = False,
) -> None:
    """Liệt kê mục có thẻ và mục chưa có thẻ của từng văn bản đã nhập."""

    async def go(core: Core) -> bool:
        async with core.database.read() as connection:
            texts = await legal_texts.load_texts(connection)
        if document:
            texts = {key: text for key, text in texts.items() if key == document}
        if not texts:
            print("Chưa nhập nguyên văn nào. Nhập bằng: isobot kb import TỆP")
            return not document
        corpus = core.services.knowledge.corpus
        for key, text in texts.items():
            _print_coverage(key, text, list(corpus.cards.values()), every=every)
        return True

    with_core_or_fail(go)


def _print_coverage(key: str, text: LegalText, cards: Sequence[Card], *, every: bool) -> None:
    found = coverage_of(text, key, cards)
    print(
        f"{key}: {len(found.cited)} mục có thẻ dẫn đúng tên, {len(found.within)} mục nằm trong "
        f"hoặc bao quanh mục có thẻ, {len(found.bare)} mục chưa có thẻ."
    )
    if every:
        for path, count in found.cited.items():
            print(f"  {path}: {count} thẻ")
        for path in found.within:
            print(f"  {path}: qua mục khác")
    for node in found.bare:
        print(f"  {node.path}: chưa có thẻ ({node.text[:60]})")


@kb_app.command("corpus")
def whole_folder(
    folder: Annotated[Path, typer.Argument(help="Thư mục chứa văn bản.", file_okay=False, exists=True)],
) -> None:
    """Nhập thử mọi tệp của một thư mục vào cơ sở dữ liệu tạm, kiểm tra, in bảng số đếm."""
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in KINDS)
    if not files:
        raise typer.BadParameter(f"{folder} không có tệp {', '.join(KINDS)} nào.")
    if not asyncio.run(_check_folder(files)):
        raise typer.Exit(1)


async def _check_folder(files: Sequence[Path]) -> bool:
    corpus = load_corpus(Path(knowledge.__path__[0]))
    clock = SystemClock()
    table = Table("Văn bản", "Tệp", "Điều", "Mục, khoản, điểm", "Gạch", "Dòng phụ lục", "Phụ lục theo phần",
                  "Đã sửa", "Chỗ ngờ", "Cộng lại")  # fmt: skip
    went_well = True
    with tempfile.TemporaryDirectory() as temporary:
        database = Database(f"sqlite+aiosqlite:///{Path(temporary) / 'check.db'}")
        try:
            await migrate(database)
            for file in files:
                try:
                    imported = import_file(file)
                except IsobotError as error:
                    print(f"{file.name}: {error}", file=sys.stderr)
                    went_well = False
                    continue
                guessed = guess_document(imported.text, corpus.documents.values())
                key = (
                    guessed[0].key if len(guessed) == 1 else f"? {imported.text.heading.number or file.stem}"
                )
                await _store(database, key, imported, file, clock)
                table.add_row(*_counts(key, file, imported))
                went_well &= all(check.holds for check in imported.sums)
            async with database.read() as connection:
                texts = await legal_texts.load_texts(connection)
        finally:
            await database.close()
    Console(width=_WIDTH).print(table)
    cards = list(corpus.cards.values())
    found = check_citations(cards, texts, corpus.documents.values())
    _print_check(found)
    for key, text in texts.items():
        _print_coverage(key, text, cards, every=False)
    return went_well and not found.broken


def _counts(key: str, file: Path, imported: Imported) -> list[str]:
    counts = count_tree(imported.text)
    parts = ", ".join(f"{part}: {rows}" for part, rows in counts.rows_by_part.items())
    held = sum(1 for check in imported.sums if check.holds)
    numbers = (counts.articles, counts.sections, counts.items, counts.rows)
    return [
        key,
        file.name,
        *map(str, numbers),
        parts,
        str(len(imported.changes)),
        str(len(imported.doubts)),
        f"{held}/{len(imported.sums)}",
    ]

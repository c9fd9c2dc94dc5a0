"""`isobot ask`: one question, or a file of them, without any channel.

Loads only what answers, so that the answer is there at once.
"""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

import knowledge
from isobot.clock import SystemClock, vietnam_day
from isobot.domain.curation import Overlay
from isobot.settings import Settings, read_settings
from isobot.starting import known_province, start_logs
from isobot.unitfiles import shipped_units
from knowledge.answer import KnowledgeBase
from knowledge.batch import answer_line, answer_lines
from knowledge.corpus import load_corpus
from knowledge.live import live_corpus


def ask(
    question: Annotated[str, typer.Argument(help="Câu hỏi.")] = "",
    province: Annotated[str, typer.Option(help="Tỉnh của người hỏi: thanh-hoa, kon-tum, ...")] = "",
    unit: Annotated[str, typer.Option(help="Đơn vị của người hỏi.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
    batch: Annotated[Path | None, typer.Option(help="Tệp câu hỏi, mỗi dòng một JSON.")] = None,
) -> None:
    """Hỏi một câu, hoặc cả tệp câu hỏi, không cần kênh nào."""
    settings = read_settings()
    today = vietnam_day(SystemClock().now())
    answers = answerer(settings)
    if batch is not None:
        try:
            with batch.open(encoding="utf-8-sig") as lines:
                for line in answer_lines(answers, lines, today=today):
                    print(line)
        except (OSError, ValueError) as error:
            raise typer.BadParameter(f"{batch}: {error}") from error
        return
    if not question:
        raise typer.BadParameter("Cần một câu hỏi, hoặc --batch TỆP.")
    row = {"id": "1", "question": question, "province": known_province(province), "unit": unit or None}
    made = answer_line(answers, row, today=today)
    if as_json:
        print(json.dumps({k: v for k, v in made.items() if k != "id"}, ensure_ascii=False))
    else:
        print(made["answer"])


def answerer(settings: Settings) -> KnowledgeBase:
    """Make what answers without a chat: the shipped cards, with the office's changes if there are any."""
    shipped = load_corpus(Path(knowledge.__path__[0]))
    overlay = asyncio.run(_changes(settings)) if _has_database(settings) else Overlay()
    return KnowledgeBase(live_corpus(shipped, overlay), shipped_units())


def _has_database(settings: Settings) -> bool:
    kind, _, file = settings.database.partition(":///")
    return not kind.startswith("sqlite") or Path(file).exists()


async def _changes(settings: Settings) -> Overlay:
    """Read what curators changed; nothing is written, and a database of an older version is passed over."""
    from isobot.storage import curation
    from isobot.storage.database import Database
    from isobot.storage.migrate import is_current

    start_logs(settings)
    database = Database(settings.database)
    try:
        if not await is_current(database):
            return Overlay()
        async with database.read() as connection:
            return await curation.load_overlay(connection)
    finally:
        await database.close()

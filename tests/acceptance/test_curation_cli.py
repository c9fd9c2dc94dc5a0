"""The curator's commands on the server, each a process of its own over one database."""

import asyncio
import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from isobot.actions import curating
from isobot.cli import app
from isobot.clock import SystemClock
from isobot.content import load_content
from isobot.domain.curation import Editor
from isobot.storage import questions
from isobot.storage.database import Database
from isobot.storage.store import Store
from knowledge.live import record_of

CARD = """
scope: thanh-hoa
document: thanh-hoa
cards:
  - id: th-gian-hang
    topic: tuyen-truyen
    kind: fact
    title: Gian hàng ngày hội
    asks: [gian hàng ngày hội ở đâu]
    answer: Gian hàng ngày hội mở tại Nhà văn hóa.
    cite: [Điều 1]
"""


@pytest.fixture
def database_file(sqlite_file, tmp_path, monkeypatch):
    """An installation's folder; the demo keeps its data in a file of its own."""
    sqlite_file.rename(tmp_path / "demo.db")
    monkeypatch.setenv("ISOBOT_DATA_DIR", str(tmp_path))
    return tmp_path / "demo.db"


def run(*words, fails=False):
    done = CliRunner().invoke(app, ["kb", *words])
    assert (done.exit_code != 0) is fails, done.output + repr(done.exception)
    return done.output + str(done.exception or "")


def write(file, work):
    """Do something in a transaction, as another process would."""

    async def go():
        database = Database(f"sqlite+aiosqlite:///{file}")
        async with database.write() as connection:
            store = Store(connection, SystemClock().now())
            await work(store)
            await store.flush()
        await database.close()

    asyncio.run(go())


def test_cards_on_file_wait_for_a_second_person_and_a_mistake_is_told_with_its_place(
    database_file, tmp_path, monkeypatch
):
    file = tmp_path / "cards.yaml"
    file.write_text(CARD.replace("title:", "titel:"), encoding="utf-8")
    wrong = run("propose", str(file), "--why", "có người hỏi", fails=True)
    assert "cards.yaml, line 5, cards.0.title: Field required; add this key" in wrong

    file.write_text(CARD, encoding="utf-8")
    assert "Đề nghị số 1: thẻ th-gian-hang (mới)" in run("propose", str(file), "--why", "có người hỏi")
    monkeypatch.setenv("LOGNAME", "nguoi-khac")
    monkeypatch.setenv("USER", "nguoi-khac")
    assert curating.OWN_WORK in run("approve", "1", fails=True)
    assert "1 đề nghị chờ duyệt" in run("proposals")


def test_a_card_written_by_somebody_else_is_approved_and_its_history_told(database_file):
    corpus = load_content().corpus
    editor = Editor("person 7", ("thanh-hoa",), person=7)
    record = {**record_of(corpus.cards["th-bao-cao-ky"]), "answer": "Xã báo cáo tháng 5 và tháng 10."}

    async def propose(store):
        await curating.propose_card(
            store, editor, record=record, corpus=corpus, shipped=corpus, why="Viết gọn lại"
        )

    write(database_file, propose)

    assert "Đã duyệt thẻ th-bao-cao-ky, bản 1" in run("approve", "1")
    history = run("cards", "th-bao-cao-ky")
    assert "Bản phát hành kèm isobot" in history
    assert "soạn: person 7" in history
    assert "Lý do: Viết gọn lại" in history
    assert "answer, sau: Xã báo cáo tháng 5 và tháng 10." in history


def test_a_replaced_document_names_its_cards_and_warns_those_who_were_told(database_file):
    async def tell(store):
        store.log_told(chat_key="web:1", card="th-bao-cao-ky", document="thanh-hoa")
        store.log_told(chat_key="web:1", card="th-nguoi-ky", document="thanh-hoa")
        old = questions.telling_row(
            chat_key="web:2", card="th-nguoi-ky", document="thanh-hoa", at=store.now - timedelta(days=366)
        )
        await questions.log(store.connection, [], [old])

    write(database_file, tell)
    rows = [json.loads(line) for line in run("affected", "4775/QĐ-UBND", "--json").splitlines()]
    assert {"th-bao-cao-ky", "th-nguoi-ky"} <= {row["card"] for row in rows if "title" in row}
    assert {row["chat"] for row in rows if "chat" in row} == {"web:1"}

    marked = run(
        "replaced",
        "4775",
        "--by",
        "Quyết định 99/QĐ-UBND",
        "--on",
        "2026-07-01",
        "--why",
        "Công báo",
        "--warn",
    )
    assert "Đã xếp 1 tin báo" in marked
    asked = CliRunner().invoke(app, ["ask", "xã báo cáo tháng mấy", "--province", "thanh-hoa"]).output
    assert "được thay thế bằng Quyết định 99/QĐ-UBND từ ngày 01/07/2026" in asked
    frozen = run("cards")
    assert "th-bao-cao-ky: UBND cấp xã báo cáo vào tháng nào (thanh-hoa → Quyết định 99/QĐ-UBND)" in frozen
    run("confirm", "th-bao-cao-ky", "--why", "Giữ nguyên")
    assert "th-bao-cao-ky" not in run("cards")


def test_questions_are_listed_by_weight(database_file):
    async def ask(store):
        for chat, text in (("1", "phụ cấp cán bộ iso"), ("2", "Cán bộ ISO phụ cấp?"), ("3", "mẫu dấu mới")):
            store.log_question(
                questions.question_row(
                    ref=f"r{chat}",
                    chat_key=f"web:{chat}",
                    province="thanh-hoa",
                    text=text,
                    outcome="refused",
                    topic="",
                    cards=[],
                    at=store.now,
                )
            )

    write(database_file, ask)
    rows = [json.loads(line) for line in run("questions", "--json").splitlines()]
    assert [(row["askers"], row["scope"]) for row in rows] == [(2, "thanh-hoa"), (1, "thanh-hoa")]


def test_the_shipped_cards_pass_the_lint(database_file):
    assert "0 lỗi" in run("lint")

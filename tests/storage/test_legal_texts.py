"""Imported texts in the database: trees come back whole, versions stay, one provision is one query."""

from datetime import UTC, datetime

from isobot.storage import legal_texts
from isobot.storage.database import Database
from knowledge.importer.importing import import_text

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TEXT = (
    "QUYẾT ĐỊNH\nThử nghiệm\nĐiều 1. Gồm:\n1. Một:\n- Nhỏ;\n- Lớn.\n2. Hai.\nĐiều 2. Hết.\n"
    "PHỤ LỤC\nTT\tTên\tNăm\n1\tXã An\t2024\n2\tXã Bình\t2025\n"
)


async def store(database: Database, document: str, text: str = TEXT) -> legal_texts.ImportRecord:
    imported = import_text(text)
    async with database.write() as connection:
        return await legal_texts.add_text(
            connection,
            document,
            imported.text,
            original=text,
            remarks={"doubts": [str(doubt) for doubt in imported.doubts]},
            source_name="thu.txt",
            source_hash="0" * 64,
            at=NOW,
        )


async def test_a_tree_comes_back_as_it_was(database):
    await store(database, "thu")

    async with database.read() as connection:
        loaded = await legal_texts.load_texts(connection)

    assert loaded == {"thu": import_text(TEXT).text}


async def test_an_import_again_makes_a_new_version_and_keeps_the_old(database):
    first = await store(database, "thu")
    second = await store(database, "thu", TEXT.replace("Hai.", "Hai, sửa lại."))
    await store(database, "khac")

    assert (first.version, second.version) == (1, 2)
    async with database.read() as connection:
        newest = await legal_texts.newest_imports(connection)
        before = await legal_texts.load_text(connection, first.id)
        found = await legal_texts.find_provision(connection, "thu", "Điều 1 khoản 2")
    assert newest["thu"] == second
    assert before.find("Điều 1 khoản 2").text == "2. Hai."
    assert found is not None
    assert found.text == "2. Hai, sửa lại."


async def test_a_provision_comes_with_what_stands_under_it_and_nothing_else(database):
    await store(database, "thu")

    async with database.read() as connection:
        found = await legal_texts.find_provision(connection, "thu", "khoản 1 Điều 1")

    assert found is not None
    assert (found.path, found.text) == ("Điều 1 khoản 1", "1. Một:\n- Nhỏ;\n- Lớn.")
    assert found.imported_at == NOW


async def test_a_place_or_document_that_is_not_there_is_none(database):
    await store(database, "thu")

    async with database.read() as connection:
        assert await legal_texts.find_provision(connection, "thu", "Điều 9") is None
        assert await legal_texts.find_provision(connection, "khac", "Điều 1") is None


async def test_which_places_can_be_shown_is_asked_at_once(database):
    await store(database, "thu", TEXT.replace("2. Hai.\n", "2. Hai.\n3. Ba.\n"))
    await store(database, "thu")
    asked = [("thu", "Điều 1 khoản 1"), ("thu", "Điều 1 khoản 3"), ("khac", "Điều 1")]

    async with database.read() as connection:
        assert await legal_texts.imported_sections(connection, asked) == {("thu", "Điều 1 khoản 1")}
        assert await legal_texts.imported_sections(connection, []) == set()

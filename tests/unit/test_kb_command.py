"""isobot kb over a folder: exit 0 when every citation exists, 1 when one is broken."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from isobot.cli import app

DOCUMENT = (
    "Số: 474/QĐ-UBND\nKon Tum, ngày 10 tháng 7 năm 2020\nQUYẾT ĐỊNH\nThử\n"
    "Điều 1. Việc thử.\nĐiều 2. Giao việc.\nĐiều 3. Thi hành.\n"
)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOBOT_DATA_DIR", str(tmp_path / "data"))


def test_a_folder_with_a_text_that_lacks_cited_places_fails_and_names_them(tmp_path: Path):
    (tmp_path / "a.txt").write_text(DOCUMENT, encoding="utf-8")

    done = CliRunner().invoke(app, ["kb", "corpus", str(tmp_path)])

    assert done.exit_code == 1
    assert "kon-tum, “Điều 1 mục VI.4”; gần nhất:" in done.output


def test_a_folder_with_an_unknown_text_has_no_broken_citations(tmp_path: Path):
    (tmp_path / "a.txt").write_text(DOCUMENT.replace("474", "9999"), encoding="utf-8")

    done = CliRunner().invoke(app, ["kb", "corpus", str(tmp_path)])

    assert done.exit_code == 0, done.output
    assert "Căn cứ không có trong nguyên văn: 0." in done.output


def test_an_unreadable_file_fails(tmp_path: Path):
    (tmp_path / "a.docx").write_bytes(b"no")

    assert CliRunner().invoke(app, ["kb", "corpus", str(tmp_path)]).exit_code == 1


def test_import_check_and_coverage_speak_of_one_database(tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_text(DOCUMENT, encoding="utf-8")
    runner = CliRunner()

    imported = runner.invoke(app, ["kb", "import", str(file)])
    checked = runner.invoke(app, ["kb", "check"])
    covered = runner.invoke(app, ["kb", "coverage"])

    assert "Đã ghi bản thứ 1." in imported.output
    assert checked.exit_code == 1
    assert "kon-tum" in checked.output
    assert "kon-tum: " in covered.output


def test_import_refuses_to_guess(tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_text("KẾ HOẠCH\nThử\nI. VIỆC\nLàm.", encoding="utf-8")

    refused = CliRunner().invoke(app, ["kb", "import", str(file)])
    named = CliRunner().invoke(app, ["kb", "import", str(file), "--document", "ha-nam", "--dry-run"])

    assert refused.exit_code == 1
    assert "--document" in refused.output
    assert "chưa ghi gì" in named.output

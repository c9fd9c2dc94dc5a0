"""The manuals are whole: what the program has stands in them, what they name exists, what they show works."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

import knowledge
from handlers.words import COMMANDS
from isobot import errors
from isobot.cli import app
from isobot.domain.text import fold
from isobot.formfiles import load_forms
from isobot.rulefiles import load_rules
from isobot.settings import Settings
from isobot.storage.tables import metadata
from knowledge.corpus import load_corpus

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "README.vi.md", ROOT / "CHANGELOG.md", *DOCS.glob("*.md")])
SETTING_PAGES = ("docs/administrator.vi.md", ".env.example", "README.md", "README.vi.md")


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def variables() -> list[str]:
    return [f"ISOBOT_{name.upper()}" for name in Settings.model_fields]


def commands(command: Any, path: str = "isobot") -> Iterator[tuple[str, Any]]:
    """Every command that does something, with what has to be typed."""
    inner = getattr(command, "commands", None)
    if not inner:
        yield path, command
        return
    for name, each in inner.items():
        yield from commands(each, f"{path} {name}")


ALL_COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("page", SETTING_PAGES)
def test_every_setting_is_explained(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [name for name in variables() if not re.search(rf"{name}\b", text)] == []


@pytest.mark.parametrize("page", SETTING_PAGES)
def test_no_setting_is_made_up(page):
    named = set(re.findall(r"ISOBOT_[A-Z_]+[A-Z]", (ROOT / page).read_text(encoding="utf-8")))
    assert named - set(variables()) == set()


def test_example_settings_are_all_commented_out():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.strip() and not line.startswith("#")] == []


@pytest.mark.parametrize("typed", ALL_COMMANDS)
def test_every_command_of_the_program_is_explained(typed):
    assert f"`{typed}" in read("administrator.vi.md")


@pytest.mark.parametrize("typed", ALL_COMMANDS)
def test_every_option_is_explained_beside_its_command(typed):
    row = next(line for line in read("administrator.vi.md").splitlines() if line.startswith(f"| `{typed}"))
    options = [
        o for p in ALL_COMMANDS[typed].params for o in (*p.opts, *p.secondary_opts) if o.startswith("--")
    ]
    assert [option for option in options if option != "--help" and option not in row] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_command_is_made_up(page):
    text = page.read_text(encoding="utf-8")
    first = {typed.split()[1] for typed in ALL_COMMANDS}
    named = re.findall(r"(?:bin/|`|exec isobot |, )isobot ([a-z]+)", text)
    assert set(named) <= first


@pytest.mark.parametrize("command", COMMANDS)
def test_every_chat_command_is_explained(command):
    assert f"`/{command}`" in read("officer.vi.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_plain_words_of_a_chat_command_stand_beside_it(command):
    row = next(line for line in read("officer.vi.md").splitlines() if line.startswith(f"| `/{command}`"))
    plain = fold(row.split("|")[2]).strip()
    assert plain in COMMANDS[command]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    local = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_named_exists(page):
    spans = re.findall(r"`([^`\s]+/[^`\s]*|[a-z_]+\.(?:py|yaml|toml))`", page.read_text(encoding="utf-8"))
    rooms = ("isobot/", "knowledge/", "handlers/", "scheduler/", "tests/", "scripts/", "docs/", "benchmarks/")
    paths = [span for span in spans if span.startswith(rooms) and not re.search(r"[*A-ZĐ<]{2,}", span)]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_pictures_are_small():
    assert [p.name for p in (DOCS / "images").glob("*") if p.stat().st_size > 200_000] == []


def test_both_readmes_have_the_same_parts():
    heads = [
        re.findall(r"^(#+) ", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        for name in ("README.md", "README.vi.md")
    ]
    assert heads[0] == heads[1]


MEASURED = re.compile(
    r"\d[\d.,]*\s*(?:/s\b|MB\b|ms\b|times (?:as|faster)|lần nhanh|(?:tin|sự kiện)/giây"
    r"|(?:updates|messages|events|commits|transactions) (?:a|per) second)"
)
CHOSEN = ("3 s", "10 MB")
"""Figures that the code sets are not measured."""
COMMAND = re.compile(
    r"`(?:make \w+|\.venv/bin/[^`]+|du [^`]+)`|^    (?:make|\.venv|build/\S+|du) ", re.MULTILINE
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_measured_figure_stands_with_the_command_that_makes_it_again(page):
    intro, *sections = re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for section in sections:
        measured = [each for each in MEASURED.findall(section) if each not in CHOSEN]
        assert not measured or COMMAND.search(intro) or COMMAND.search(section), measured


def test_every_table_is_described():
    page = read("architecture.md")
    assert [name for name in metadata.tables if f"`{name}`" not in page] == []


def test_every_error_is_described():
    page = read("architecture.md")
    ours = [
        e.__name__ for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.IsobotError)
    ]
    assert [name for name in ours if f"`{name}`" not in page] == []


def example(path: str) -> str:
    """The example of the contributors' page that its first line names so."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", read("contributor.md"), flags=re.MULTILINE | re.DOTALL)
    return next(block for block in blocks if block.startswith(f"# {path}\n"))


def test_the_example_of_a_card_can_be_used(tmp_path):
    room = Path(knowledge.__path__[0])
    for name in ("topics.yaml", "documents.yaml"):
        shutil.copy(room / name, tmp_path)
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "vi-du.yaml").write_text(example("knowledge/cards/vi-du.yaml"), encoding="utf-8")

    corpus = load_corpus(tmp_path)

    assert [c.as_text() for c in corpus.cards["th-vi-du"].citations] == [
        "Điều 2 khoản 5, Quyết định 4775/QĐ-UBND ngày 29/11/2021"
    ]


def test_the_example_of_a_form_can_be_used(tmp_path):
    (tmp_path / "vi-du.yaml").write_text(example("isobot/data/forms/vi-du.yaml"), encoding="utf-8")

    form = load_forms(tmp_path).get("vi-du")

    assert [field.number for field in form.fields] == ["1", "2", "", "2a", "3", "4"]


def test_the_example_of_a_rule_can_be_used(tmp_path):
    (tmp_path / "vi-du.yaml").write_text(example("isobot/data/rules/vi-du.yaml"), encoding="utf-8")

    rule = load_rules(tmp_path).rules[0]

    assert rule.remark() == (
        "Kỳ báo cáo này theo kế hoạch của tỉnh, ngày cuối theo cài đặt của cơ quan đầu mối "
        "(kế thừa, chưa xác minh hiệu lực)."
    )

"""Several bots: rows with channel, province and rates; tokens by name of a variable only."""

import asyncio

import pytest
from pydantic import SecretStr

from isobot.app import Application
from isobot.bots import bots_without_token, known_bots, limits_of, users_of
from isobot.core import prepare
from isobot.errors import SettingsError
from isobot.settings import Settings, read_settings, secrets_of
from isobot.storage import bots, records
from isobot.storage.bots import BotRow

TOKEN = "1:token-cua-bot-dau-tien"
SECOND = "2:token-cua-kien-giang"
KIEN_GIANG = BotRow("telegram-kg", "telegram", "kien-giang", token_env="ISOBOT_KG_TOKEN")


@pytest.fixture
def settings(tmp_path, monkeypatch, quick_start):
    """An installation with a first bot, and the token of a second one in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ISOBOT_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("ISOBOT_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("ISOBOT_KG_TOKEN", SECOND)
    return read_settings()


@pytest.fixture
def run(command):
    """Run `isobot bots`; returns the exit code, and what was said without the frames of tables."""

    def run(*words: str):
        done = command("bots", *words)
        return done.exit_code, " ".join(done.output.replace("│", " ").replace("┃", " ").split())

    return run


def test_bot_is_added_changed_listed_and_turned_off_without_showing_a_token(run, settings, monkeypatch):
    monkeypatch.delenv("ISOBOT_KG_TOKEN")
    added = run(
        *("add", "telegram-kg", "--channel", "telegram"),
        *("--province", "kien-giang", "--token-env", "ISOBOT_KG_TOKEN"),
    )
    monkeypatch.setenv("ISOBOT_KG_TOKEN", SECOND)
    changed = run("set", "telegram-kg", "--per-second", "20")
    listed = run("list")
    off = run("set", "telegram-kg", "--off")
    listed_off = run("list")

    assert [code for code, _ in (added, changed, listed, off)] == [0, 0, 0, 0]
    assert "Biến ISOBOT_KG_TOKEN chưa đặt" in added[1]
    assert "telegram-kg telegram kien-giang ISOBOT_KG_TOKEN 20" in listed[1]
    assert "telegram telegram mọi tỉnh ISOBOT_TELEGRAM_TOKEN 30" in listed[1]
    assert "telegram-kg (tắt)" in listed_off[1]
    for _, said in (added, changed, listed, off, listed_off):
        assert SECOND not in said
        assert TOKEN not in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "x1", "--channel", "sms", "--token-env", "ISOBOT_X_TOKEN"), "Các kênh: telegram, zalo"),
        (("add", "X 1", "--channel", "zalo", "--token-env", "ISOBOT_X_TOKEN"), "chữ thường"),
        (("add", "x1", "--channel", "zalo", "--token-env", SECOND), "ISOBOT_…_TOKEN"),
        (
            ("add", "x1", "--channel", "zalo", "--token-env", "ISOBOT_X_TOKEN", "--province", "hue"),
            "Không có tỉnh",
        ),
        (("set", "x1"), "ít nhất một thay đổi"),
        (("set", "x1", "--per-second", "5"), "Không có bot"),
    ],
)
def test_mistakes_are_explained(run, settings, words, says):
    code, said = run(*words)

    assert code == 2
    assert says in said


def test_demo_takes_no_further_bots(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ISOBOT_DATA_DIR", str(tmp_path / "var"))

    code, said = run("add", "zalo-kg", "--channel", "zalo", "--token-env", "ISOBOT_X_TOKEN")

    assert code == 2
    assert "chế độ dùng thử" in said


def test_rate_of_the_first_bot_may_be_set_before_it_ever_ran(run, settings):
    assert run("set", "telegram", "--per-second", "10")[0] == 0

    assert "telegram telegram mọi tỉnh ISOBOT_TELEGRAM_TOKEN 10" in run("list")[1]


def test_rates_of_a_row_stand_before_the_settings(settings):
    rows = [
        BotRow("telegram", "telegram", per_second=10),
        BotRow("zalo-kg", "zalo", monthly=9000, users=400),
        KIEN_GIANG,
    ]

    limits = limits_of(settings, rows)

    assert {key: limits[key].overall.messages for key in ("telegram", "telegram-kg", "zalo-kg")} == {
        "telegram": 10,
        "telegram-kg": 30,
        "zalo-kg": 5,
    }
    assert (limits["zalo-kg"].monthly, limits["zalo"].monthly) == (9000, 3000)
    assert users_of(settings, rows) == {"zalo": 50, "zalo-kg": 400}


def test_bots_to_run_are_those_with_a_token_that_are_not_off(settings):
    off = BotRow("zalo-kg", "zalo", token_env="ISOBOT_NO_TOKEN", off=True)

    found = known_bots(settings, [KIEN_GIANG, off])

    assert [(bot.key, bot.province, bot.token.get_secret_value()) for bot in found] == [
        ("telegram", "", TOKEN),
        ("telegram-kg", "kien-giang", SECOND),
    ]
    assert [b.key for b in known_bots(settings, [BotRow("telegram", "telegram", off=True)])] == []


def test_bot_whose_variable_is_not_set_stays_out_and_keeps_no_other_out(settings, monkeypatch):
    monkeypatch.delenv("ISOBOT_KG_TOKEN")
    off = BotRow("zalo-kg", "zalo", token_env="ISOBOT_NO_TOKEN", off=True)

    assert [bot.key for bot in known_bots(settings, [KIEN_GIANG, off])] == ["telegram"]
    assert bots_without_token(settings, [KIEN_GIANG, off]) == [KIEN_GIANG]


def test_two_bots_with_one_token_are_refused(settings):
    with pytest.raises(SettingsError, match="dùng chung một token"):
        known_bots(settings, [KIEN_GIANG], token_of=lambda _name: SecretStr(TOKEN))


def test_tokens_of_further_bots_are_kept_out_of_the_log(settings):
    assert SECOND in secrets_of(settings)


async def test_each_bot_of_a_platform_has_its_own_channel_webhook_and_province(settings, monkeypatch):
    hooked = Settings(public_url="https://iso.example.vn", webhook_secret=SecretStr("bi-mat_dai"))
    core = await prepare(hooked)
    async with core.database.write() as connection:
        await bots.add(
            connection,
            key="telegram-kg",
            channel="telegram",
            province="kien-giang",
            token_env="ISOBOT_KG_TOKEN",
        )
    await core.database.close()

    again = await prepare(hooked)
    application = Application(again)

    paths = [getattr(route, "path", "") for route in application.routes()]
    assert [bot.bot for bot in application.switchboard.bots] == ["telegram", "telegram-kg"]
    assert {"/webhooks/telegram", "/webhooks/telegram/telegram-kg"} <= set(paths)
    assert again.services.bot_provinces == {"telegram-kg": "kien-giang"}
    for bot in application.switchboard.bots:
        await bot.close()
    await again.database.close()


async def test_bot_of_a_province_answers_by_its_documents(office, plain_phone):
    plain_phone.office.services.bot_provinces = {"telegram": "kien-giang"}
    try:
        said = await plain_phone.says("báo cáo định kỳ gửi trước ngày nào?")
    finally:
        plain_phone.office.services.bot_provinces = {}

    assert any("15/12" in text for text in said)


def test_a_monthly_quota_and_a_number_of_people_hold_for_telegram_as_well(run, settings):
    changed = run("set", "telegram", "--monthly", "1500", "--users", "40")
    listed = run("list")

    assert changed[0] == 0
    assert "telegram telegram mọi tỉnh ISOBOT_TELEGRAM_TOKEN 30 1500 40" in listed[1]
    rows = [BotRow("telegram", "telegram", monthly=1500, users=40)]
    assert limits_of(settings, rows)["telegram"].monthly == 1500
    assert users_of(settings, rows)["telegram"] == 40


async def test_the_web_chat_has_no_quota_that_could_be_set(run, settings):
    core = await prepare(settings)
    async with core.database.write() as connection:
        await records.ensure_bot(connection, "web", channel="web")
    await core.database.close()

    code, said = await asyncio.to_thread(run, "set", "web", "--monthly", "5")

    assert code == 2
    assert "Lỗi: Kênh web không có tốc độ, hạn mức hay số người để đổi." in said

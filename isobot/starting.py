"""What commands do first: settings, logs with every secret masked, and what was typed checked."""

import sys

import typer

from isobot.settings import Settings, read_settings, secrets_of
from isobot.unitfiles import load_provinces


def settings_with_logs() -> Settings:
    """Read the settings, and set up the logs."""
    settings = read_settings()
    start_logs(settings)
    return settings


def start_logs(settings: Settings) -> None:
    """Set up the logs, in which no secret stands."""
    from isobot import logs  # slow to load, and a question asked without a database logs nothing

    logs.configure(level=settings.log_level, as_json=settings.log_json, secrets=secrets_of(settings))


def warn_in_demo(settings: Settings) -> None:
    """Say where a change goes while no token is set, since another database serves once one is."""
    if settings.is_demo:
        print(
            "Lưu ý: đang ở chế độ dùng thử, thay đổi này chỉ vào demo.db. "
            "Đặt token trước, rồi chạy lại lệnh.",
            file=sys.stderr,
        )


def known_province(slug: str) -> str:
    """Return the slug, or say which there are."""
    if slug and slug not in load_provinces():
        raise typer.BadParameter(f"Không có tỉnh “{slug}”. Các tỉnh: {', '.join(load_provinces())}.")
    return slug

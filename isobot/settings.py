"""Every setting: what it does, its default, and what leaving it unset means.

Read once, at the start, from the environment (`ISOBOT_<NAME>`) or a file `.env` in the working folder.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from isobot.errors import SettingsError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Settings(BaseSettings):
    """What differs between two installations."""

    # Inputs are hidden because an error about the whole model would quote the tokens.
    model_config = SettingsConfigDict(
        env_prefix="ISOBOT_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Path("var")
    """Folder of all state: the database, the key of signed links, files made on the way."""

    database_url: SecretStr | None = None
    """postgresql://... for a shared database. Unset: a SQLite file in `data_dir`."""

    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback turns the demo off."""

    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on."""

    public_url: str | None = None
    """https://... under which the internet reaches this process. Set: webhooks instead of polling."""

    webhook_secret: SecretStr | None = None
    """Shared with the platforms so that nobody else can post events; 8 to 256 of A-Z a-z 0-9 _ -."""

    telegram_token: SecretStr | None = None
    """From @BotFather. Unset turns Telegram off."""

    telegram_api_base: str | None = None
    """Another Bot API server than Telegram's own."""

    telegram_per_second: int = Field(default=30, ge=1, le=1000)
    """Messages that the Telegram bot may send in a second; 30 unless Telegram allows more."""

    zalo_token: SecretStr | None = None
    """From Zalo Bot Manager. Unset turns Zalo off."""

    zalo_api_base: str | None = None
    """Another server than Zalo's own."""

    zalo_per_second: int = Field(default=5, ge=1, le=1000)
    """Messages that the Zalo bot may send in a second."""

    zalo_monthly_messages: int = Field(default=3000, ge=1)
    """Messages that the Zalo plan holds in a calendar month; reminders wait when few are left."""

    zalo_users: int = Field(default=50, ge=1)
    """People that the Zalo plan serves; more raise an alarm."""

    metrics_token: SecretStr | None = None
    """Read /metrics with it, `Authorization: Bearer ...`. Unset: only this machine may read."""

    web_chat: bool = True
    """The chat page for people who have neither Telegram nor Zalo."""

    question_days: int = Field(default=180, ge=1, le=3650)
    """Days that the wording of a question is kept for the curators; then only its outcome stays."""

    message_days: int = Field(default=90, ge=1, le=3650)
    """Days that the text of messages is kept; then only the fact that each was handled stays."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""

    log_json: bool = False
    """One JSON object a line, for log collectors. Unset: lines for people."""

    @model_validator(mode="after")
    def _webhook_is_guarded(self) -> Self:
        if self.public_url is None:
            return self
        if self.webhook_secret is None:
            raise ValueError("ISOBOT_PUBLIC_URL bật webhook: cần đặt thêm ISOBOT_WEBHOOK_SECRET")
        if urlsplit(self.public_url).scheme not in ("https", "http"):
            raise ValueError("ISOBOT_PUBLIC_URL phải bắt đầu bằng https://")
        return self

    @model_validator(mode="after")
    def _database_is_of_a_known_kind(self) -> Self:
        given = self.database_url.get_secret_value() if self.database_url is not None else None
        if given is not None and not given.startswith(("postgresql://", "postgres://", "sqlite")):
            raise ValueError("ISOBOT_DATABASE_URL phải có dạng postgresql://người:mậtkhẩu@máy/tên")
        return self

    @model_validator(mode="after")
    def _secret_has_the_right_shape(self) -> Self:
        if self.webhook_secret is not None:
            secret = self.webhook_secret.get_secret_value()
            plain = secret.replace("_", "").replace("-", "")
            if not (8 <= len(secret) <= 256 and plain.isascii() and plain.isalnum()):
                raise ValueError("ISOBOT_WEBHOOK_SECRET cần 8 đến 256 ký tự trong A-Z a-z 0-9 _ -")
        return self

    @property
    def is_demo(self) -> bool:
        """Tell whether this is a trial on one's own machine: no token, no public address, loopback."""
        outward = (self.telegram_token, self.zalo_token, self.public_url, self.database_url)
        return self.host in LOOPBACK and not any(outward)

    @property
    def address(self) -> str:
        """Where people open the web chat, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def uses_webhooks(self) -> bool:
        """Tell whether platforms call us, instead of being asked."""
        return self.public_url is not None

    @property
    def reaches_phones(self) -> bool:
        """Tell whether a link to this process opens where the messages arrive.

        Without a public address it does not, unless the platform itself is a stand-in on this machine.
        """
        base = self.zalo_api_base
        return self.uses_webhooks or (base is not None and urlsplit(base).hostname in LOOPBACK)

    @property
    def own_forms(self) -> Path:
        """The folder of the office's own forms."""
        return self.data_dir / "forms"

    @property
    def database(self) -> str:
        """The database's address; the demo has a file of its own."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        name = "demo.db" if self.is_demo else "isobot.db"
        return f"sqlite+aiosqlite:///{(self.data_dir / name).absolute()}"


TOKEN_NAME = re.compile(r"ISOBOT_[A-Z0-9_]+_TOKEN")
"""How the variables are named that hold tokens of further bots; all of them are kept out of the log."""


def token_named(name: str) -> SecretStr | None:
    """Return the token that a variable of the environment, or of the file `.env`, holds."""
    given = os.environ.get(name) or dotenv_values(".env").get(name)
    return SecretStr(given) if given else None


def tokens_around() -> list[str]:
    """List the tokens that the environment holds beside the settings, to keep them out of the log."""
    known = {**dotenv_values(".env"), **os.environ}
    return [value for name, value in known.items() if value and TOKEN_NAME.fullmatch(name)]


def read_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: something is missing or wrong; the message names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_url=False, include_input=False, include_context=False):
            name = "_".join(str(part) for part in problem["loc"]).upper()
            prefix = f"ISOBOT_{name}: " if name else ""
            lines.append(prefix + problem["msg"].removeprefix("Value error, "))
        raise SettingsError("; ".join(lines)) from None


def secrets_of(settings: Settings) -> Sequence[str]:
    """List what must never be printed."""
    hidden = (
        settings.telegram_token,
        settings.zalo_token,
        settings.webhook_secret,
        settings.database_url,
        settings.metrics_token,
    )
    return [*(secret.get_secret_value() for secret in hidden if secret is not None), *tokens_around()]

"""The API of the Zalo Bot Platform: a thin client of our own."""

import logging
from typing import Any
from urllib.parse import urlsplit

import httpx

from isobot.channels.certificates import trusted
from isobot.channels.downloads import download
from isobot.channels.shared import may_have_arrived
from isobot.errors import FileUnavailable

API_BASE = "https://bot-api.zaloplatforms.com"
PATIENCE_SECONDS = 15.0
"""How long an answer may take, beyond the time that a poll waits."""
PICTURE_HOSTS = ("zdn.vn", "zadn.vn", "zalo.me", "zaloapp.com", "zaloplatforms.com")
"""Where pictures were seen to lie; an address from outside is never opened."""


class ZaloRefusal(Exception):
    """The platform answered `ok: false`, or nothing at all (code 0)."""

    def __init__(self, code: int, description: str, *, perhaps_taken: bool = False) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.perhaps_taken = perhaps_taken


class ZaloApi:
    """The calls of one bot. Its token stands in every address, so addresses are never logged."""

    def __init__(self, token: str, *, base: str | None = None) -> None:
        """Prepare; nothing is called yet."""
        for library in ("httpx", "httpcore"):
            logging.getLogger(library).setLevel(logging.WARNING)
        self._token = token
        self._address = f"{(base or API_BASE).rstrip('/')}/bot{token}"
        self._client = httpx.AsyncClient(timeout=PATIENCE_SECONDS, verify=trusted())

    async def call(self, method: str, parameters: dict[str, str], *, waits_seconds: float = 0) -> Any:
        """Call a method and return its result; `ok` decides, whatever the HTTP status says.

        Raises:
            ZaloRefusal: the platform refused, or could not be reached.
        """
        try:
            response = await self._client.post(
                f"{self._address}/{method}", json=parameters, timeout=waits_seconds + PATIENCE_SECONDS
            )
        except httpx.HTTPError as error:
            # Its text is left out: it may hold the address, and so the token.
            arrived = may_have_arrived(error)
            raise ZaloRefusal(0, type(error).__name__, perhaps_taken=arrived) from None
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if isinstance(answer, dict):
            if answer.get("ok") is True:
                return answer.get("result")
            code = answer.get("error_code", answer.get("errorCode", response.status_code))
            if isinstance(code, int):
                raise ZaloRefusal(code, str(answer.get("description", "")))
        raise ZaloRefusal(response.status_code, "an answer that is no JSON object")

    async def picture(self, url: str, most: int) -> bytes:
        """Fetch a picture of at most `most` bytes, from the platform's own servers only.

        Raises:
            FileUnavailable: it is gone, too large, or lies elsewhere.
            httpx.HTTPError: the platform cannot be reached now.
        """
        if not self._is_theirs(url):
            raise FileUnavailable("ảnh không nằm trên máy chủ của Zalo.")
        return await download(self._client, url, most)

    def _is_theirs(self, url: str) -> bool:
        parts, ours = urlsplit(url), urlsplit(self._address)
        host = parts.hostname or ""
        if parts.scheme == ours.scheme and parts.netloc == ours.netloc:
            return True
        return parts.scheme == "https" and any(host == s or host.endswith("." + s) for s in PICTURE_HOSTS)

    def masked(self, error: Exception) -> str:
        """Tell an error without the token; of a foreign error only its kind, as it may quote people."""
        if not isinstance(error, ZaloRefusal):
            return type(error).__name__
        return str(error).replace(self._token, "***")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

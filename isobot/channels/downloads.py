"""Fetching a file from a platform, with a cap on its size."""

from http import HTTPStatus

import httpx

from isobot.domain.attached import refusal_of_size
from isobot.errors import FileUnavailable


async def download(client: httpx.AsyncClient, url: str, most: int) -> bytes:
    """Fetch a file of at most `most` bytes.

    Raises:
        FileUnavailable: it is larger, or the platform does not give it.
        httpx.HTTPError: the platform cannot be reached now.
    """
    content = bytearray()
    async with client.stream("GET", url, follow_redirects=False) as response:
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise httpx.HTTPError("the platform is out of order")
        if response.status_code != HTTPStatus.OK:
            raise FileUnavailable("nền tảng không còn giữ tệp này.")
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > most:
                raise FileUnavailable(refusal_of_size())
    return bytes(content)

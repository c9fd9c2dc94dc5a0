"""The certificates that the clients of all bots trust."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Return them, read once: each client would read the file anew, a twentieth of a second for every bot."""
    return httpx.create_ssl_context()

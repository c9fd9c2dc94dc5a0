"""Links to files for chats that cannot carry a file: signed, and dead after a while."""

import hashlib
import hmac
from datetime import timedelta

from isobot.clock import Clock
from isobot.errors import IsobotError

LIFETIME = timedelta(days=7)
"""Long enough for an officer who was away for a week; a new file can be asked for at any time."""


class LinkRefused(IsobotError):
    """A link opens nothing; the message is a Vietnamese sentence for whoever followed it."""


class FileLinks:
    """Makes and checks the links `<public address>/files/<message>?e=<expiry>&s=<signature>`.

    Who has the link can read the file, so it is signed with a key of this installation, names one
    message only, and expires.
    """

    def __init__(
        self, public_url: str, secret: bytes, clock: Clock, *, lifetime: timedelta = LIFETIME
    ) -> None:
        if len(secret) < 16:
            raise ValueError("a signing key has 16 bytes at least")
        self._public_url = public_url.rstrip("/")
        self._secret = secret
        self._clock = clock
        self._lifetime = lifetime

    def url(self, message: int) -> str:
        """Return a link to the file of a message, good from now for the lifetime."""
        expiry = int((self._clock.now() + self._lifetime).timestamp())
        return f"{self._public_url}/files/{message}?e={expiry}&s={self._sign(message, expiry)}"

    def check(self, message: int, expiry: str, signature: str) -> None:
        """Let a good link pass.

        Raises:
            LinkRefused: the link was changed, or is too old.
        """
        number = int(expiry) if expiry.isascii() and expiry.isdecimal() and len(expiry) <= 12 else 0
        expected = self._sign(message, number)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise LinkRefused("Đường dẫn không đúng. Anh/chị mở lại từ tin nhắn gốc.")
        if number < self._clock.now().timestamp():
            raise LinkRefused("Đường dẫn đã hết hạn. Anh/chị nhắn lại để lấy tệp mới.")

    def _sign(self, message: int, expiry: int) -> str:
        return hmac.new(self._secret, f"file.{message}.{expiry}".encode(), hashlib.sha256).hexdigest()

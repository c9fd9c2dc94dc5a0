"""The key that signs links to files, the same in every process of an installation."""

import hashlib
import secrets

from isobot.settings import Settings


def link_key(settings: Settings) -> bytes:
    """Return the key of signed links, made once for an installation and kept with its data.

    Processes that share a database need not share a folder, so there it comes from the secret they share.
    """
    if settings.database_url is not None and settings.webhook_secret is not None:
        shared = settings.webhook_secret.get_secret_value()
        return hashlib.sha256(b"isobot.links." + shared.encode()).digest()
    path = settings.data_dir / "links.key"
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        fresh.replace(path)
    return bytes.fromhex(path.read_text(encoding="ascii").strip())

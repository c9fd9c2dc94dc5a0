"""Links that open a report as a form on the web: known by their hash, opened once, and dead after a while."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage.tables import form_links

WAITS = timedelta(minutes=30)
"""How long a link waits to be opened; a new one costs a word."""
LASTS = timedelta(hours=4)
"""How long the form stays open in the browser that opened the link."""


@dataclass(frozen=True, slots=True)
class FormLink:
    """Whose link it is, to which report.

    `session` is the hash of the key of the browser that opened it, "" before that.
    """

    key: str
    report: int
    person: int
    expires_at: datetime
    session: str


async def make(connection: AsyncConnection, *, report: int, person: int, now: datetime) -> str:
    """Make a link and return its secret part, of which only the hash is kept; forget those that ended."""
    secret = secrets.token_urlsafe(32)
    await connection.execute(delete(form_links).where(form_links.c.expires_at < now))
    await connection.execute(
        insert(form_links).values(
            key=_hash(secret), report=report, person=person, expires_at=now + WAITS, session=""
        )
    )
    return secret


async def find(connection: AsyncConnection, secret: str, *, now: datetime) -> FormLink | None:
    """Return the link of a secret; None where there is none, or its time is over."""
    query = select(form_links).where(form_links.c.key == _hash(secret), form_links.c.expires_at >= now)
    row = (await connection.execute(query)).mappings().first()
    return None if row is None else FormLink(**row)


async def open_once(connection: AsyncConnection, secret: str, *, now: datetime) -> str | None:
    """Give the form to the first browser that asks, and return its key; None for every later one."""
    session = secrets.token_urlsafe(32)
    done = await connection.execute(
        update(form_links)
        .where(form_links.c.key == _hash(secret), form_links.c.session == "", form_links.c.expires_at >= now)
        .values(session=_hash(session), expires_at=now + LASTS)
    )
    return session if done.rowcount == 1 else None


def is_opened_by(link: FormLink, session: str) -> bool:
    """Tell whether a browser's key is the one that opened the link."""
    return bool(link.session) and hmac.compare_digest(link.session, _hash(session))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

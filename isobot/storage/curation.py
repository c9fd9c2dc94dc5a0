"""Proposals, versions and marks of the live cards."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.curation import (
    CardVersion,
    Confirmation,
    Overlay,
    Proposal,
    ProposalKind,
    ProposalStatus,
    Record,
    Replacement,
)
from isobot.storage import records
from isobot.storage.tables import (
    card_versions,
    confirmations,
    proposals,
    replacements,
)

EDITION = "cards_edition"
"""A setting of the database that changes whenever a live card or a mark does."""


async def add_proposal(
    connection: AsyncConnection,
    *,
    kind: ProposalKind,
    target: str,
    scope: str,
    record: Record,
    before: Record | None,
    base: int,
    refs: Iterable[str],
    author: str,
    author_person: int | None,
    why: str,
    at: datetime,
) -> int:
    """Keep a change that waits for a second person, and return its number."""
    done = await connection.execute(
        insert(proposals)
        .values(
            kind=kind.value,
            target=target,
            scope=scope,
            record=dict(record),
            before=dict(before) if before is not None else None,
            base=base,
            questions=list(refs),
            author=author,
            author_person=author_person,
            why=why,
            status=ProposalStatus.WAITING.value,
            created_at=at,
        )
        .returning(proposals.c.id)
    )
    number: int = done.scalar_one()
    return number


async def proposal(connection: AsyncConnection, number: int) -> Proposal | None:
    """Return a proposal of any status; None where no proposal has the number."""
    row = (await connection.execute(select(proposals).where(proposals.c.id == number))).mappings().first()
    return None if row is None else _proposal(row)


async def waiting_proposals(connection: AsyncConnection) -> list[Proposal]:
    """Return the proposals that wait, oldest first."""
    found = await connection.execute(
        select(proposals).where(proposals.c.status == ProposalStatus.WAITING.value).order_by(proposals.c.id)
    )
    return [_proposal(row) for row in found.mappings()]


def _proposal(row: Mapping[Any, Any]) -> Proposal:
    return Proposal(
        id=row["id"],
        kind=ProposalKind(row["kind"]),
        target=row["target"],
        scope=row["scope"],
        record=row["record"],
        before=row["before"],
        base=row["base"],
        questions=tuple(row["questions"]),
        author=row["author"],
        author_person=row["author_person"],
        why=row["why"],
        status=ProposalStatus(row["status"]),
        created_at=row["created_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        reason=row["reason"],
    )


async def decide(
    connection: AsyncConnection,
    number: int,
    *,
    status: ProposalStatus,
    by: str,
    reason: str = "",
    at: datetime,
) -> bool:
    """Settle a proposal; False when somebody else was faster."""
    done = await connection.execute(
        update(proposals)
        .where(proposals.c.id == number, proposals.c.status == ProposalStatus.WAITING.value)
        .values(status=status.value, decided_by=by, decided_at=at, reason=reason)
    )
    return done.rowcount == 1


async def add_version(connection: AsyncConnection, version: CardVersion) -> None:
    """Keep a new wording of a card and make it the live one."""
    await connection.execute(
        insert(card_versions).values(
            card=version.card,
            version=version.version,
            record=dict(version.record),
            before=dict(version.before) if version.before is not None else None,
            author=version.author,
            approver=version.approver,
            why=version.why,
            at=version.at,
            review_by=version.review_by,
        )
    )
    await _new_edition(connection)


async def versions_of(connection: AsyncConnection, card: str) -> list[CardVersion]:
    """Return every approved wording of a card, the first one first."""
    found = await connection.execute(
        select(card_versions).where(card_versions.c.card == card).order_by(card_versions.c.version)
    )
    return [_version(row) for row in found.mappings()]


async def newest_version(connection: AsyncConnection, card: str) -> int:
    """Return the number of a card's newest wording; 0 for a card that only ships, or for none."""
    query = select(func.max(card_versions.c.version)).where(card_versions.c.card == card)
    return (await connection.execute(query)).scalar() or 0


def _version(row: Mapping[Any, Any]) -> CardVersion:
    return CardVersion(
        card=row["card"],
        version=row["version"],
        record=row["record"],
        before=row["before"],
        author=row["author"],
        approver=row["approver"],
        why=row["why"],
        at=row["at"],
        review_by=row["review_by"],
    )


async def add_replacement(connection: AsyncConnection, mark: Replacement) -> None:
    """Mark a document as replaced."""
    await connection.execute(
        insert(replacements).values(
            document=mark.document,
            replaced_by=mark.by,
            replaced_on=mark.on,
            why=mark.why,
            author=mark.author,
            approver=mark.approver,
            at=mark.at,
        )
    )
    await _new_edition(connection)


async def add_confirmation(connection: AsyncConnection, confirmed: Confirmation) -> None:
    """Keep that a curator read a frozen card again."""
    await connection.execute(
        insert(confirmations).values(
            card=confirmed.card,
            document=confirmed.document,
            confirmed_by=confirmed.by,
            why=confirmed.why,
            at=confirmed.at,
        )
    )
    await _new_edition(connection)


async def _new_edition(connection: AsyncConnection) -> None:
    # Drawn, not counted: another database, or an older copy of this one, never has the same.
    await records.set_meta(connection, EDITION, secrets.token_hex(8))


async def edition(connection: AsyncConnection) -> str:
    """Return what identifies the live cards; "" while nothing was ever changed."""
    return await records.get_meta(connection, EDITION)


async def load_overlay(connection: AsyncConnection) -> Overlay:
    """Read everything the office changed on top of the shipped cards."""
    newest = (
        select(card_versions.c.card, func.max(card_versions.c.version).label("version"))
        .group_by(card_versions.c.card)
        .subquery()
    )
    versions = await connection.execute(
        select(card_versions)
        .join(
            newest,
            and_(card_versions.c.card == newest.c.card, card_versions.c.version == newest.c.version),
        )
        .order_by(card_versions.c.card)
    )
    marks: dict[str, Replacement] = {}
    for row in (await connection.execute(select(replacements).order_by(replacements.c.id))).mappings():
        marks[row["document"]] = Replacement(
            document=row["document"],
            by=row["replaced_by"],
            on=row["replaced_on"],
            why=row["why"],
            author=row["author"],
            approver=row["approver"],
            at=row["at"],
        )
    read = await connection.execute(select(confirmations).order_by(confirmations.c.id))
    return Overlay(
        edition=await edition(connection),
        versions=tuple(_version(row) for row in versions.mappings()),
        replacements=tuple(marks.values()),
        confirmations=tuple(
            Confirmation(row["card"], row["document"], row["confirmed_by"], row["why"], row["at"])
            for row in read.mappings()
        ),
    )

"""Imported legal texts (nguyên văn): every version is kept, the newest of each document is read."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.legal_text import Heading, LegalText, Node, NodeKind, section_key
from isobot.storage.tables import legal_nodes, legal_texts

_MANY = 500
"""Rows in one statement; SQLite takes some thousands of values at most."""


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One version of one document's text, without the text."""

    id: int
    document: str
    version: int
    imported_at: datetime
    source_name: str
    source_hash: str


@dataclass(frozen=True, slots=True)
class Provision:
    """One place of an imported text, with everything under it."""

    document: str
    path: str
    text: str
    imported_at: datetime


async def add_text(
    connection: AsyncConnection,
    document: str,
    text: LegalText,
    *,
    original: str,
    remarks: Mapping[str, list[str]],
    source_name: str,
    source_hash: str,
    at: datetime,
) -> ImportRecord:
    """Store a text as the document's newest version; the ones before it stay."""
    newest = await connection.scalar(
        select(func.max(legal_texts.c.version)).where(legal_texts.c.document == document)
    )
    version = (newest or 0) + 1
    heading = asdict(text.heading)
    heading["issued"] = text.heading.issued.isoformat() if text.heading.issued else None
    row = {
        "document": document,
        "version": version,
        "imported_at": at,
        "source_name": source_name,
        "source_hash": source_hash,
        "heading": heading,
        "original": original,
        "remarks": dict(remarks),
    }
    inserted = await connection.execute(insert(legal_texts).values(**row))
    key = int(inserted.inserted_primary_key[0])  # type: ignore[index]
    rows = _rows(key, text)
    for start in range(0, len(rows), _MANY):
        await connection.execute(insert(legal_nodes), rows[start : start + _MANY])
    return ImportRecord(key, document, version, at, source_name, source_hash)


async def newest_imports(connection: AsyncConnection) -> dict[str, ImportRecord]:
    """Return the newest version of each imported document, by its key."""
    found = await connection.execute(
        select(
            legal_texts.c.id,
            legal_texts.c.document,
            legal_texts.c.version,
            legal_texts.c.imported_at,
            legal_texts.c.source_name,
            legal_texts.c.source_hash,
        ).order_by(legal_texts.c.document, legal_texts.c.version)
    )
    return {row.document: ImportRecord(*row) for row in found}


async def load_texts(connection: AsyncConnection) -> dict[str, LegalText]:
    """Read the newest tree of each imported document, by its key."""
    return {
        document: await load_text(connection, record.id)
        for document, record in (await newest_imports(connection)).items()
    }


async def load_text(connection: AsyncConnection, key: int) -> LegalText:
    """Read one tree."""
    stored = await connection.scalar(select(legal_texts.c.heading).where(legal_texts.c.id == key))
    heading = dict(stored or {})
    heading["issued"] = date.fromisoformat(heading["issued"]) if heading.get("issued") else None
    rows = await connection.execute(
        select(legal_nodes).where(legal_nodes.c.text == key).order_by(legal_nodes.c.place)
    )
    return LegalText(Heading(**heading), _tree([row._asdict() for row in rows]))


async def find_provision(connection: AsyncConnection, document: str, section: str) -> Provision | None:
    """Return the place a citation names in the newest imported text; None where there is none."""
    newest = (
        select(legal_texts.c.id, legal_texts.c.imported_at)
        .where(legal_texts.c.document == document)
        .order_by(legal_texts.c.version.desc())
        .limit(1)
        .subquery()
    )
    named = legal_nodes.alias("named")
    found = await connection.execute(
        select(named.c.path, legal_nodes.c.body, newest.c.imported_at)
        .select_from(newest)
        .join(named, and_(named.c.text == newest.c.id, named.c.section == section_key(section)))
        .join(
            legal_nodes,
            and_(
                legal_nodes.c.text == newest.c.id,
                legal_nodes.c.place >= named.c.place,
                legal_nodes.c.place < named.c.beyond,
            ),
        )
        .order_by(legal_nodes.c.place)
    )
    rows = found.all()
    if not rows:
        return None
    text = "\n".join(row.body for row in rows if row.body)
    return Provision(document, rows[0].path, text, rows[0].imported_at)


async def imported_sections(
    connection: AsyncConnection, places: Iterable[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Tell which of these (document, section) can be shown."""
    wanted = {(document, section): section_key(section) for document, section in places}
    if not wanted:
        return set()
    newest = (
        select(legal_texts.c.document, func.max(legal_texts.c.id).label("id"))
        .where(legal_texts.c.document.in_({document for document, _ in wanted}))
        .group_by(legal_texts.c.document)
        .subquery()
    )
    found = await connection.execute(
        select(newest.c.document, legal_nodes.c.section)
        .select_from(newest)
        .join(legal_nodes, legal_nodes.c.text == newest.c.id)
        .where(legal_nodes.c.section.in_(set(wanted.values())))
    )
    there = {(row.document, row.section) for row in found}
    return {place for place, key in wanted.items() if (place[0], key) in there}


def _rows(key: int, text: LegalText) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    taken: set[str] = set()

    def go(node: Node, depth: int) -> None:
        section = section_key(node.path)
        row: dict[str, Any] = {
            "text": key,
            "place": len(rows),
            "depth": depth,
            "beyond": 0,
            "section": section if section not in taken else "",
            "path": node.path,
            "kind": node.kind.value,
            "body": node.text,
            "cells": list(node.cells),
            "first_line": node.first_line,
            "last_line": node.last_line,
        }
        taken.add(section)
        rows.append(row)
        for child in node.children:
            go(child, depth + 1)
        row["beyond"] = len(rows)

    for root in text.nodes:
        go(root, 0)
    return rows


def _tree(rows: list[dict[str, Any]]) -> tuple[Node, ...]:
    def read(start: int, end: int) -> tuple[Node, ...]:
        nodes: list[Node] = []
        at = start
        while at < end:
            row = rows[at]
            nodes.append(
                Node(
                    row["path"],
                    NodeKind(row["kind"]),
                    row["body"],
                    row["first_line"],
                    row["last_line"],
                    read(at + 1, row["beyond"]),
                    tuple(row["cells"]),
                )
            )
            at = row["beyond"]
        return tuple(nodes)

    return read(0, len(rows))

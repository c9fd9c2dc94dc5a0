"""Keeps the answers of this process up to date with the cards that somebody approved anywhere."""

import asyncio
from datetime import timedelta

import structlog

from handlers.services import Services
from isobot.domain.units import UnitDirectory
from isobot.storage import curation, office
from isobot.storage.store import Store
from knowledge.answer import KnowledgeBase
from knowledge.live import live_corpus

log = structlog.get_logger()


LOOK_EVERY = timedelta(seconds=1)
"""How long a last day that another process set may go unnoticed here."""


async def refresh_dates(store: Store, services: Services) -> None:
    """Take over the last days that the office set, if they changed since this process last looked."""
    looked = services.dates_looked_at
    if looked is not None and looked <= store.now < looked + LOOK_EVERY:
        return
    services.dates_looked_at = store.now
    edition = await office.moves_edition(store.connection)
    if edition != services.dates_edition:
        services.rules = services.shipped_rules.with_moves(await office.moves(store.connection))
        services.dates_edition = edition


async def refresh(store: Store, services: Services) -> bool:
    """Take over the live cards if they changed since this process last looked; one small query if not."""
    await refresh_dates(store, services)
    edition = await curation.edition(store.connection)
    if edition == services.cards_edition:
        return False
    overlay = await curation.load_overlay(store.connection)
    corpus = live_corpus(services.shipped, overlay)
    services.knowledge = await asyncio.to_thread(
        KnowledgeBase, corpus, services.directory, services.provinces
    )
    services.cards_edition = overlay.edition
    log.info("cards_reloaded", edition=overlay.edition, cards=len(corpus.cards))
    return True


def take_units(services: Services, directory: UnitDirectory) -> None:
    """Take over other units, with the cards as they are; takes seconds, so call it in a thread."""
    services.knowledge = KnowledgeBase(services.knowledge.corpus, directory, services.provinces)
    services.directory = directory

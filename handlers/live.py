"""Keeps the answers of this process up to date with the cards that somebody approved anywhere."""

import asyncio
from datetime import timedelta

import structlog

from handlers.services import Services
from isobot.domain.units import UnitDirectory
from isobot.storage import curation, rulebook
from isobot.storage.store import Store
from knowledge.answer import KnowledgeBase
from knowledge.live import live_corpus

log = structlog.get_logger()


LOOK_EVERY = timedelta(seconds=1)
"""How long a last day or a round that another process set may go unnoticed here."""


async def refresh_rules(store: Store, services: Services) -> None:
    """Take over the last days and rounds that offices set, if they changed since this process looked."""
    looked = services.rules_looked_at
    if looked is not None and looked <= store.now < looked + LOOK_EVERY:
        return
    services.rules_looked_at = store.now
    edition = await rulebook.edition(store.connection)
    if edition != services.rules_edition:
        services.rules = await rulebook.current(store.connection, services.shipped_rules)
        services.rules_edition = edition


async def refresh(store: Store, services: Services) -> bool:
    """Take over the live cards if they changed since this process last looked; one small query if not."""
    await refresh_rules(store, services)
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

"""Keeps the answers of this process up to date with the cards that somebody approved anywhere."""

import asyncio

import structlog

from handlers.services import Services
from isobot.domain.units import UnitDirectory
from isobot.storage import curation
from isobot.storage.store import Store
from knowledge.answer import KnowledgeBase
from knowledge.live import live_corpus

log = structlog.get_logger()


async def refresh(store: Store, services: Services) -> bool:
    """Take over the live cards if they changed since this process last looked; one small query if not."""
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

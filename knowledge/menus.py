"""Menus: the topics of /cancu with their cards, and the steps of /cacbuoc."""

from collections import defaultdict
from dataclasses import dataclass

from knowledge.corpus import BOT, NATIONAL, Card, Corpus, Group, Topic


@dataclass(frozen=True, slots=True)
class MenuTopic:
    """A topic of the /cancu menu with its cards."""

    topic: Topic
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A group of topics with their cards, as /cancu lists them."""

    group: Group
    topics: tuple[MenuTopic, ...]


def menu(corpus: Corpus, province: str | None) -> tuple[MenuGroup, ...]:
    """Return the /cancu menu: the cards of a province and the national ones, by group and topic.

    Without a province only the national cards and those about the assistant are in it.
    """
    scopes = [s for s in (province, NATIONAL, BOT) if s]
    by_topic: dict[str, list[Card]] = defaultdict(list)
    for scope in scopes:
        for card in corpus.of_scope(scope):
            by_topic[card.topic].append(card)
    groups = []
    for group in corpus.groups:
        topics = [t for t in corpus.topics.values() if t.group == group.id and by_topic[t.id]]
        if topics:
            made = tuple(MenuTopic(t, tuple(by_topic[t.id])) for t in topics)
            groups.append(MenuGroup(group, made))
    return tuple(groups)


def steps(corpus: Corpus, province: str | None, level: str | None) -> tuple[Card, ...]:
    """Return the cards of the /cacbuoc walk in order; national ones where the province has none."""
    for scope in (province or NATIONAL, NATIONAL):
        cards = [c for c in corpus.of_scope(scope) if c.step is not None]
        fitting = [c for c in cards if not level or not c.levels or level in c.levels] or cards
        if fitting:
            return tuple(sorted(fitting, key=lambda c: (c.step or 0, c.id)))
    return ()

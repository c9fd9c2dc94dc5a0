"""What a channel is given to send; channels see the chat room and not the storage behind it."""

from isobot.storage.outbox import Outgoing

__all__ = ["Outgoing"]

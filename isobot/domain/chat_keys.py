"""The keys that chats and senders are stored under: "bot:chat", since two platforms may number alike."""


def key_of(bot: str, chat: str) -> str:
    """Return the key of a chat, or of a sender, of one bot."""
    return f"{bot}:{chat}"


def bot_and_chat(key: str) -> tuple[str, str]:
    """Return the bot of a key, and the chat as the platform names it."""
    bot, _, chat = key.partition(":")
    return bot, chat

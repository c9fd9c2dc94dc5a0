"""The dialogues: what the bot says, one module for each."""

"""Pages outside the chat: the report as one form."""

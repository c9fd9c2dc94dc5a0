"""One function for each act: rights, change, audit event, messages."""

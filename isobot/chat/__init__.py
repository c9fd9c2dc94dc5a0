"""Inbox, engine, conversation record and the outbox sender."""

"""Reporting rules, ladder and calendar as files."""

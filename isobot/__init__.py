"""isobot: a chat assistant for ISO officers (cán bộ phụ trách ISO)."""

__version__ = "0.1.0"

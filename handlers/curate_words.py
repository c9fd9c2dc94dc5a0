"""What the pages of the curator's desk share: the name of their dialogue, the length of their lists."""

DIALOGUE = "curate"
SHOWN = 8
"""So many of a list are offered as choices."""

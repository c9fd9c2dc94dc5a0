"""Sentences and words of cards, as the checks read them."""

import re

SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
"""Where one sentence ends and the next begins."""
WORD = re.compile(r"\w+")
LEAST_WORDS = 4
"""A sentence of fewer words besides its figure says too little to be compared."""

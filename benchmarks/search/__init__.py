"""How well search engines find the card that answers: see docs/search.md."""

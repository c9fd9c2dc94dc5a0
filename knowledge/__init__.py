"""The curated cards and the engine that answers from them."""

"""Sessions: their tokens, the keys that sign these, and the rules of rotation."""

"""Calls to SuperTokens' core, with no decision in them."""

"""Calls to SuperTokens' core, without decisions."""

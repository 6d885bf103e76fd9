"""Verification of a request's session, from the token to the verdict."""

"""For tests of functions that are guarded: events of every event source, signed tokens, and sessions with no core."""

from __future__ import annotations

from supertokens_lambda.testing.event_sources import ApiGateway, Lattice, LoadBalancer, Visit
from supertokens_lambda.testing.sessions import Sessions, sessions
from supertokens_lambda.testing.tokens import SigningKey

__all__ = ["ApiGateway", "Lattice", "LoadBalancer", "Sessions", "SigningKey", "Visit", "sessions"]

"""Helpers for tests of guarded functions: events of all event sources, signed tokens, and sessions."""

from __future__ import annotations

from supertokens_lambda.testing.core_sessions import CoreSessions, core_sessions
from supertokens_lambda.testing.event_sources import ApiGateway, Lattice, LoadBalancer
from supertokens_lambda.testing.sessions import Sessions, sessions
from supertokens_lambda.testing.tokens import SigningKey
from supertokens_lambda.testing.visits import Visit

__all__ = [
    "ApiGateway",
    "CoreSessions",
    "Lattice",
    "LoadBalancer",
    "Sessions",
    "SigningKey",
    "Visit",
    "core_sessions",
    "sessions",
]

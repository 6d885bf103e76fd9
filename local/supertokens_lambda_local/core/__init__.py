"""An in-memory SuperTokens core that speaks the core's own HTTP API, CDI 5.4.

It is for development and tests: one process, one app, the public tenant, everything forgotten when it stops.
"""

from supertokens_lambda_local.core.app import create_core
from supertokens_lambda_local.core.config import CoreConfig

__all__ = ["CoreConfig", "create_core"]

"""An in-memory SuperTokens core that speaks the core's own HTTP API, CDI 2.7 to 5.4.

It is for development and tests: one process, and everything is forgotten when it stops, unless it is given a file.
"""

from supertokens_lambda_local.core.app import create_core
from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import DataFileError
from supertokens_lambda_local.core.unspoken import introduction

__all__ = ["CoreConfig", "DataFileError", "create_core", "introduction"]

"""Server-side rendered pages on AWS Lambda behind SuperTokens sessions.

Names are loaded when they are first asked for: a page pays for what it uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supertokens_lambda._decorator import verify_session as verify_session
    from supertokens_lambda._entry import http_handler as http_handler
    from supertokens_lambda._errors import SuperTokensLambdaError as SuperTokensLambdaError
    from supertokens_lambda._http.message import Request as Request
    from supertokens_lambda._http.message import Response as Response
    from supertokens_lambda._settings import SettingsError as SettingsError
    from supertokens_lambda._verification.session import Session as Session

__all__ = [
    "Request",
    "Response",
    "Session",
    "SettingsError",
    "SuperTokensLambdaError",
    "__version__",
    "http_handler",
    "verify_session",
]

__version__ = "0.1.0"

_MODULES = {
    "Request": "_http.message",
    "Response": "_http.message",
    "Session": "_verification.session",
    "SettingsError": "_settings",
    "SuperTokensLambdaError": "_errors",
    "http_handler": "_entry",
    "verify_session": "_decorator",
}


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

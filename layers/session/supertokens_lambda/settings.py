"""The application's settings, for pages and for `backend_config`."""

from __future__ import annotations

from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.options import SessionOptions, session_options
from supertokens_lambda._settings import (
    Settings,
    SettingsError,
)

__all__ = ["SessionOptions", "Settings", "SettingsError", "session_options", "settings"]


def settings() -> Settings:
    """Return the settings of this instance, read from the environment the first time.

    Raises
    ------
    SettingsError
        Naming every variable that is missing or malformed.

    Examples
    --------
    >>> from supertokens_lambda.settings import settings
    >>> settings().website_domain
    'https://app.example.com'
    """
    return current().settings

"""The application's settings, for pages and for `backend_config`."""

from __future__ import annotations

from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.options import SessionOptions, session_options
from supertokens_lambda._settings import (
    Settings,
    SettingsError,
)

__all__ = ["SessionOptions", "Settings", "SettingsError", "parameter", "session_options", "settings"]


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


def parameter(name: str) -> str:
    """Return the value of a parameter of Systems Manager, decrypted: a secret that `backend_config` hands to a recipe.

    Parameters
    ----------
    name : str
        Its name, which begins with a slash.

    Raises
    ------
    SettingsError
        AWS refuses; the message has the name, and no value.
    OSError
        AWS is out of reach; the next request asks again.

    Examples
    --------
    >>> from supertokens_lambda.settings import parameter
    >>> def client_secret() -> str:
    ...     return parameter("/shop/github-client-secret")
    """
    from supertokens_lambda._aws.client import AwsError, AwsUnavailableError
    from supertokens_lambda._aws.secrets import SecretValue

    runtime = current()
    try:
        # A file or a command that fills a parameter often adds a newline.
        return SecretValue(runtime.aws, name, is_parameter=True).get(runtime.budgets.aws).strip()
    except AwsUnavailableError as error:
        raise ConnectionError(f"could not read the parameter {name} from AWS") from error
    except AwsError as error:
        raise SettingsError(
            f"AWS answers {error.code or 'an error'} for the parameter {name}; "
            "correct the name, or allow the function to read it"
        ) from None

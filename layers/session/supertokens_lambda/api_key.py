"""The core's API key, from the environment or from where AWS keeps secrets."""

from supertokens_lambda.settings import Settings


def api_key(settings: Settings) -> str | None:
    """Give the core's API key.

    A parameter or a secret is read through Powertools, which keeps it for five minutes.

    Raises
    ------
    OSError
        AWS does not give the parameter or the secret.
    """
    try:
        return _read(settings)
    except Exception as error:
        raise OSError("the core's API key is not to be had") from error


def _read(settings: Settings) -> str | None:
    if settings.api_key_parameter:
        from aws_lambda_powertools.utilities.parameters import get_parameter

        return _text(get_parameter(settings.api_key_parameter, decrypt=True, max_age=300))
    if settings.api_key_secret:
        from aws_lambda_powertools.utilities.parameters import get_secret

        return _text(get_secret(settings.api_key_secret, max_age=300))
    return settings.api_key


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)

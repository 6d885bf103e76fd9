"""The base class of the toolkit's exceptions."""

from __future__ import annotations


class SuperTokensLambdaError(Exception):
    """Base class of all exceptions that the toolkit defines.

    In parentheses: the built-in base class, if it is not `Exception`::

        SuperTokensLambdaError
        +-- SettingsError (ValueError)
        |   +-- ApiKeyError
        |   +-- NotAValidatorError
        +-- EventError (ValueError)
        +-- ContentTooLargeError (ValueError)
        +-- NotATokenError (ValueError)
        +-- KeysUnreachableError
        |   +-- KeysRefusedError
        +-- CoreRefusedError (ValueError)
        +-- UnreachableError (OSError)
        |   +-- NotConnectedError
        |   +-- CoreUnreachableError
        +-- AwsError
        |   +-- AwsUnavailableError
        |   +-- SecretFormatError
        +-- DeliveryError
        |   +-- DeliveryUnavailableError
        |   +-- RecipientRefusedError
        +-- CredentialsError
        +-- RegionMissingError
        +-- SessionEndedError
        +-- TheftError
        +-- RefusedError
        +-- UnreadablePathError (ValueError)
        +-- UnavailableError
        +-- UnauthorizedError
        +-- MalformedError

    Attributes
    ----------
    may_be_logged : bool
        Whether the message never quotes requests, answers or secrets, so that it may be logged.

    Examples
    --------
    >>> from supertokens_lambda import SuperTokensLambdaError
    >>> from supertokens_lambda.settings import Settings
    >>> try:
    ...     Settings.from_environment({"SUPERTOKENS_API_DOMAIN": "example.com"})
    ... except SuperTokensLambdaError as error:
    ...     error.may_be_logged
    True
    """

    may_be_logged: bool = False

"""Why an e-mail or a text message was not sent, in words without address, number, link or code."""

from __future__ import annotations

from supertokens_lambda._errors import SuperTokensLambdaError


class DeliveryError(SuperTokensLambdaError):
    """An e-mail or a text message was not sent, and a person must fix the cause that the message names.

    Examples
    --------
    >>> from supertokens_lambda.delivery import DeliveryError
    >>> def advice(error: DeliveryError) -> str:
    ...     return str(error)  # it has no address, number, link or code
    """

    may_be_logged = True


class DeliveryUnavailableError(DeliveryError):
    """An e-mail or a text message cannot be sent now; the cause passes with time.

    Examples
    --------
    >>> from supertokens_lambda.delivery import DeliveryError, DeliveryUnavailableError
    >>> def is_worth_another_try(error: DeliveryError) -> bool:
    ...     return isinstance(error, DeliveryUnavailableError)
    """


class RecipientRefusedError(DeliveryError):
    """AWS does not send to this recipient, and sends to others.

    Examples
    --------
    >>> from supertokens_lambda.delivery import DeliveryError, RecipientRefusedError
    >>> def concerns_everybody(error: DeliveryError) -> bool:
    ...     return not isinstance(error, RecipientRefusedError)
    """

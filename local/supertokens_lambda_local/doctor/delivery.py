"""E-mails and text messages: who sends them, from whom, and whether AWS lets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, named
from supertokens_lambda_local.doctor.identity import check_identity
from supertokens_lambda_local.doctor.permissions import may
from supertokens_lambda_local.doctor.recipes import sendings
from supertokens_lambda_local.doctor.source import sends, serves_api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda_local.doctor.deployment import Deployment, Function
    from supertokens_lambda_local.doctor.recipes import Sending

_ACTIONS = {"ses": "ses:SendEmail", "sns": "sns:Publish"}


def check_delivery(deployment: Deployment) -> Iterator[Outcome]:
    """Check what the recipes of the functions send by, and ask SES about the sender."""
    found = [(function, _sendings(function)) for function in deployment.functions]
    serving = [(function, sent) for function, sent in found if _serves(function)]
    demonstrated = dict.fromkeys(each.recipe for _, sent in serving for each in sent if not each.service)
    if demonstrated:
        recipes = named([*demonstrated])
        yield Finding(
            Code.DELIVERY_DEMONSTRATION,
            f"What {recipes} sends goes through SuperTokens' demonstration service, which is not for production.",
            "Give the recipe email_delivery=delivery.ses(settings), or sms_delivery=delivery.sns(settings).",
        )
    by_ses = [function for function, sent in serving if any(each.service == "ses" for each in sent)]
    senders = dict.fromkeys(function.settings.email_sender for function in by_ses)
    wanting = dict.fromkeys(
        each.recipe for _, sent in serving for each in sent if each.service == "ses" and each.is_vital
    )
    if None in senders and wanting:
        yield Finding(
            Code.DELIVERY_SENDER_MISSING,
            f"The e-mails of {named([*wanting])} go by Amazon SES, and there is no sender: nobody gets one.",
            "Set SUPERTOKENS_EMAIL_SENDER to an address of an identity that SES has verified.",
        )
    yield from _permissions(found)
    for sender in senders:
        if sender:
            yield from check_identity(sender)


def _permissions(found: list[tuple[Function, tuple[Sending, ...]]]) -> Iterator[Finding]:
    lacking: dict[str, list[str]] = {}
    for function, sent in found:
        if function.of_template is None or function.of_template.actions is None or not sends(function.of_template):
            continue
        services = {each.service for each in sent}
        if not function.settings.email_sender:
            services.discard("ses")
        for service in services & _ACTIONS.keys():
            if not may(function.of_template.actions, _ACTIONS[service]):
                lacking.setdefault(_ACTIONS[service], []).append(function.name)
    for action, names in sorted(lacking.items()):
        yield Finding(
            Code.DELIVERY_PERMISSION,
            f"{named(names)} may not send, and serves what sends: the visitor gets a 500.",
            f"Allow {action} in Policies, as the sample's template.yaml does.",
            tuple(names),
        )


def _sendings(function: Function) -> tuple[Sending, ...]:
    of_template = function.of_template
    folders = (of_template.code_uri, *of_template.layers) if of_template else ()
    return next((sent for folder in folders if (sent := sendings(folder))), ())


def _serves(function: Function) -> bool:
    return function.of_template is not None and serves_api(function.of_template)

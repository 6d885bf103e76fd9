"""An examination: all checks of a deployment, and what they come to for a shell."""

from collections.abc import Iterable

from supertokens_lambda_local.doctor.core import check_core
from supertokens_lambda_local.doctor.cors import check_cors
from supertokens_lambda_local.doctor.delivery import check_delivery
from supertokens_lambda_local.doctor.deployment import Deployment
from supertokens_lambda_local.doctor.event_sources import check_event_sources
from supertokens_lambda_local.doctor.finding import Finding, Outcome
from supertokens_lambda_local.doctor.functions import check_functions
from supertokens_lambda_local.doctor.guards import check_guards
from supertokens_lambda_local.doctor.origins import check_origins
from supertokens_lambda_local.doctor.paths import check_paths
from supertokens_lambda_local.doctor.permissions import check_permissions
from supertokens_lambda_local.doctor.site import check_site
from supertokens_lambda_local.doctor.table import check_table


def examine(deployment: Deployment, own_key: str | None = None) -> tuple[Outcome, ...]:
    """Run every check.

    Parameters
    ----------
    deployment : Deployment
        What is known.
    own_key : str, optional
        The core's API key, where the deployment keeps it out of reach.

    Returns
    -------
    tuple of Outcome
        Errors and warnings in the order of the checks, each once, and what could not be looked at.

    Raises
    ------
    TemplateError
        A part of the template is malformed.
    """
    outcomes = [
        *deployment.outcomes,
        *(check_origins(deployment.settings) if deployment.settings else ()),
        *check_functions(deployment),
        *check_paths(deployment),
        *check_guards(deployment),
        *check_cors(deployment),
        *check_event_sources(deployment),
        *check_permissions(deployment),
        *check_table(deployment),
        *check_delivery(deployment),
        *check_core(deployment, own_key),
        *check_site(deployment),
    ]
    return tuple(dict.fromkeys(outcomes))


def exit_code(outcomes: Iterable[Outcome], *, strict: bool, examined: bool = True) -> int:
    """Return 1 where there are errors, or warnings that count; else 2 where nothing could be examined, else 0."""
    if any(isinstance(each, Finding) and (strict or each.severity == "error") for each in outcomes):
        return 1
    return 0 if examined else 2

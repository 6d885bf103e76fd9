"""Endpoints of AWS services: of the region, or configured in the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._errors import SuperTokensLambdaError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Suffixes by the prefix of the region, from partitions.json of botocore: plain, dual-stack.
_SUFFIXES = {
    "cn-": ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    "eusc-": ("amazonaws.eu", "api.amazonwebservices.eu"),
    "us-iso-": ("c2s.ic.gov", "api.aws.ic.gov"),
    "us-isob-": ("sc2s.sgov.gov", "api.aws.scloud"),
    "eu-isoe-": ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    "us-isof-": ("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
}
_USUAL = ("amazonaws.com", "api.aws")

# Services whose ordinary endpoints in AWS GovCloud (US) are FIPS endpoints.
_FIPS_IN_GOVCLOUD = frozenset({"dynamodb", "ssm"})


class RegionMissingError(SuperTokensLambdaError):
    """No region is configured."""


def region_of(environment: Mapping[str, str]) -> str:
    """Return the region of requests.

    Raises
    ------
    RegionMissingError
        Neither ``AWS_REGION`` nor ``AWS_DEFAULT_REGION`` is set, and the profile has no region.
    """
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or _region_of_profile()
    if not region:
        raise RegionMissingError("AWS_REGION is missing; set it to the region of the table or secret")
    return region


def _region_of_profile() -> str | None:
    # Lambda always sets AWS_REGION. On a developer's machine the region may be in a profile, like the credentials.
    try:
        from botocore.session import get_session
    except ImportError:
        return None
    region: str | None = get_session().get_config_variable("region")
    return region


def endpoint_of(service: str, region: str, environment: Mapping[str, str]) -> str:
    """Return the URL of a service ("AWS SDKs and Tools Reference Guide", service-specific endpoints).

    Parameters
    ----------
    service : str
        The service: ``dynamodb``, ``secretsmanager`` or ``ssm``.
    region : str
        The region, like ``eu-central-1``.
    environment : mapping of str to str
        With ``AWS_ENDPOINT_URL_<SERVICE>``, ``AWS_ENDPOINT_URL``, ``AWS_IGNORE_CONFIGURED_ENDPOINT_URLS``,
        ``AWS_USE_FIPS_ENDPOINT`` and ``AWS_USE_DUALSTACK_ENDPOINT``.
    """
    if not _is_on(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        name = "SECRETS_MANAGER" if service == "secretsmanager" else service.upper()
        configured = environment.get(f"AWS_ENDPOINT_URL_{name}") or environment.get("AWS_ENDPOINT_URL")
        if configured:
            return configured.rstrip("/")
    plain, dual_stack = next((found for start, found in _SUFFIXES.items() if region.startswith(start)), _USUAL)
    is_dual_stack = _is_on(environment, "AWS_USE_DUALSTACK_ENDPOINT")
    is_fips = _is_on(environment, "AWS_USE_FIPS_ENDPOINT")
    if service == "secretsmanager" and (dual_stack is _USUAL[1] or (region.startswith("cn-") and not is_fips)):
        # In these partitions the plain endpoints have IPv4 and IPv6 addresses.
        dual_stack = plain
    has_fips_name = is_fips and (is_dual_stack or not (region.startswith("us-gov-") and service in _FIPS_IN_GOVCLOUD))
    return f"https://{service}{'-fips' * has_fips_name}.{region}.{dual_stack if is_dual_stack else plain}"


def _is_on(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").lower() == "true"

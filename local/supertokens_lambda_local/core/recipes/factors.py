"""The factors that a tenant enables and requires; the core keeps them and enforces none."""

import re
from dataclasses import replace

from supertokens_lambda_local.core.body import Body
from supertokens_lambda_local.core.errors import InputError
from supertokens_lambda_local.core.tenants import Tenant


def changed_factors(tenant: Tenant, body: Body) -> Tenant:
    """Return a tenant with the factors that a body names; null unsets them."""
    if "firstFactors" in body:
        tenant = replace(tenant, first_factors=_factors(body, "firstFactors"))
    if "requiredSecondaryFactors" in body:
        tenant = replace(tenant, required_secondary_factors=_factors(body, "requiredSecondaryFactors") or None)
    return tenant


def _factors(body: Body, name: str) -> tuple[str, ...] | None:
    if body.is_null(name):
        return None
    factors = tuple(body.texts(name))
    if len(set(factors)) != len(factors):
        raise InputError(f"{name} input should not contain duplicate values")
    if not all(re.fullmatch(r"[0-9a-zA-Z_.-]+", factor) for factor in factors):
        raise InputError(f"{name} should contain only 0-9,a-z,A-Z,_,.,- characters")
    return factors

"""Tenants: what each of them enables and sets (SuperTokens core, Multitenancy)."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from supertokens_lambda_local.core.java import hash_ordered
from supertokens_lambda_local.core.tables import Row

FACTORS: Final = {
    "emailPassword": ("emailpassword",),
    "thirdParty": ("thirdparty",),
    "passwordless": ("otp-email", "otp-phone", "link-email", "link-phone"),
}
"""First factors by the recipes that CDI versions before 5.0 enable."""


@dataclass(frozen=True)
class Tenant(Row):
    """A tenant.

    Parameters
    ----------
    tenant_id
        Its id.
    first_factors
        The factors to sign in with; None leaves that to the application.
    required_secondary_factors
        The factors that are asked for after one of those; None leaves that to the application.
    core_config
        Settings that are set for this tenant.
    providers
        Its third-party providers, by their ids.
    """

    KEY: ClassVar = ("tenant_id",)

    tenant_id: str
    first_factors: tuple[str, ...] | None = ()
    required_secondary_factors: tuple[str, ...] | None = None
    core_config: dict[str, Any] = field(default_factory=dict)
    providers: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)

    def profile(self) -> dict[str, Any]:
        """Return the JSON object of CDI 5.0 and later."""
        factors = {
            "firstFactors": self.first_factors,
            "requiredSecondaryFactors": self.required_secondary_factors,
        }
        return {
            "tenantId": self.tenant_id,
            "thirdParty": {"providers": self._providers()},
            **{name: hash_ordered(values) for name, values in factors.items() if values is not None},
            "coreConfig": self.core_config,
        }

    def old_profile(self, *, knows_factors: bool) -> dict[str, Any]:
        """Return the JSON object of the paths without ``v2``, for CDI versions that know factors or do not."""
        factors = self.first_factors
        chosen = factors if factors is not None and not knows_factors else None
        enabled = {
            recipe: {"enabled": factors != () and (chosen is None or not set(names).isdisjoint(chosen))}
            for recipe, names in FACTORS.items()
        }
        profile = self.profile()
        if not (knows_factors and factors):
            profile.pop("firstFactors", None)
        return {
            **profile,
            **enabled,
            "thirdParty": {**enabled["thirdParty"], "providers": self._providers()},
        }

    def _providers(self) -> list[dict[str, Any]]:
        return [self.providers[provider_id] for provider_id in hash_ordered(self.providers)]

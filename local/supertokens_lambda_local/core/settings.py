"""The settings of ``config.yaml`` that recipes read and that tenants may change (SuperTokens core, CoreConfig)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "long": (int,),
    "int": (int,),
    "double": (int, float),
    "boolean": (bool,),
}


@dataclass(frozen=True)
class Setting:
    """One setting.

    Parameters
    ----------
    name
        Its name in ``config.yaml``.
    default
        Its value unless it is set.
    kind
        The type that a message names: ``long``, ``int``, ``double``, ``string``, ``boolean`` or ``enum``.
    per_tenant
        Whether tenants of one app may differ in it.
    least
        The least value that is allowed.
    possible
        All values that are allowed.
    """

    name: str
    default: Any
    kind: str = "long"
    per_tenant: bool = False
    least: int | None = None
    possible: tuple[str, ...] | None = None

    @property
    def value_type(self) -> str:
        """The type that the dashboard knows."""
        return "number" if self.kind in {"long", "int", "double"} else self.kind

    def problem(self, value: object) -> str | None:
        """Return what is wrong with a value."""
        if isinstance(value, bool) != (self.kind == "boolean") or not isinstance(value, _TYPES.get(self.kind, (str,))):
            return f"'{self.name}' must be of type {self.kind}"
        if self.least is not None and isinstance(value, int) and value < self.least:
            return f"'{self.name}' must be {'>= 0' if self.least == 0 else '> 0'}"
        if self.possible is not None and value not in self.possible:
            return f"'{self.name}' must be one of {', '.join(self.possible)}"
        return None


SETTINGS: Final = {
    setting.name: setting
    for setting in (
        Setting("passwordless_code_lifetime", 900_000, per_tenant=True, least=1),
        Setting("firebase_password_hashing_signer_key", None, "string"),
        Setting("totp_max_attempts", 5, "int", per_tenant=True, least=1),
        Setting("saml_sp_entity_id", None, "string", per_tenant=True),
        Setting("access_token_dynamic_signing_key_update_interval", 168.0, "double"),
        Setting("saml_relay_state_validity", 300_000, per_tenant=True, least=1),
        Setting("bulk_migration_batch_size", 8000, "int", least=1),
        Setting("password_reset_token_lifetime", 3_600_000, per_tenant=True, least=0),
        Setting("access_token_validity", 3600),
        Setting("password_hashing_alg", "BCRYPT", "enum", possible=("ARGON2", "BCRYPT")),
        Setting("bulk_migration_parallelism", 2, "int", least=1),
        Setting("disable_telemetry", False, "boolean"),
        Setting("email_verification_token_lifetime", 86_400_000, per_tenant=True, least=0),
        Setting("ip_deny_regex", None, "string", per_tenant=True),
        Setting("ip_allow_regex", None, "string", per_tenant=True),
        Setting("passwordless_max_code_input_attempts", 5, "int", per_tenant=True, least=1),
        Setting("saml_claims_validity", 300_000, per_tenant=True, least=1),
        Setting("refresh_token_validity", 144_000.0, "double"),
        Setting("webauthn_recover_account_token_lifetime", 3_600_000, least=1),
        Setting("totp_rate_limit_cooldown_sec", 900, "int", per_tenant=True, least=1),
    )
}

IN_EFFECT: Final = {"saml_sp_entity_id": "https://saml.supertokens.com", "disable_telemetry": True}
"""Values of settings that are not set and have another value than their default."""

BASE_SETTINGS: Final = frozenset(
    {
        *("port", "host", "api_keys", "base_path", "log_level", "info_log_path", "error_log_path"),
        *("max_server_pool_size", "core_config_version", "bcrypt_log_rounds", "argon2_iterations"),
        *("argon2_memory_kb", "argon2_parallelism", "argon2_hashing_pool_size", "supertokens_saas_secret"),
        *("supertokens_max_cdi_version", "supertokens_saas_load_only_cud", "oauth_provider_admin_service_url"),
    }
)
"""Settings of the core as a whole."""


def check_settings(settings: Mapping[str, object]) -> str | None:
    """Return what is wrong with settings of the core."""
    for name, value in settings.items():
        if name not in SETTINGS:
            return f"Invalid config key: {name}"
        if problem := SETTINGS[name].problem(value):
            return problem
    return None


def check_tenant_settings(settings: Mapping[str, object]) -> str | None:
    """Return what is wrong with settings of a tenant other than the public one of the first app."""
    for name, value in settings.items():
        if name in BASE_SETTINGS:
            return f"{name} can only be set via the core's base config setting"
        if problem := check_settings({name: value}):
            return problem
        if not SETTINGS[name].per_tenant:
            return f"You cannot set different values for {name} for the same appId"
    return None

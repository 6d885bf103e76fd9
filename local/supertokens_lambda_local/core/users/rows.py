"""Users: login methods, of which some are linked to be one user (SuperTokens core, AuthRecipe)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Final, TypeVar

from supertokens_lambda_local.core.java import hash_ordered
from supertokens_lambda_local.core.tables import Row

T = TypeVar("T")

EMAIL_PASSWORD: Final = "emailpassword"
PASSWORDLESS: Final = "passwordless"
THIRD_PARTY: Final = "thirdparty"


@dataclass(frozen=True)
class LoginMethod(Row):
    """One way to sign in, or "recipe user".

    Parameters
    ----------
    recipe_user_id
        A UUID.
    recipe_id
        The recipe that it belongs to.
    user_id
        The id of its user, which is its own unless it is linked.
    is_primary
        Whether its user may have other login methods.
    time_joined
        Milliseconds since the epoch.
    tenant_ids
        The tenants at which it signs in.
    email, phone_number, third_party
        Its account info, normalised; a third party is the provider's id and the user's id there.
    password_hash
        For the recipe emailpassword.
    """

    KEY: ClassVar = ("recipe_user_id",)

    recipe_user_id: str
    recipe_id: str
    user_id: str
    is_primary: bool
    time_joined: int
    tenant_ids: tuple[str, ...]
    email: str | None = None
    phone_number: str | None = None
    third_party: tuple[str, str] | None = None
    password_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class User:
    """A user with all login methods, the oldest first."""

    id: str
    methods: tuple[LoginMethod, ...]

    @property
    def is_primary(self) -> bool:
        """Whether other login methods may be linked to it."""
        return self.methods[0].is_primary

    @property
    def time_joined(self) -> int:
        """Milliseconds since the epoch, of the oldest login method."""
        return self.methods[0].time_joined

    @property
    def tenant_ids(self) -> list[str]:
        """The tenants of all login methods."""
        return hash_ordered(tenant_id for method in self.methods for tenant_id in method.tenant_ids)

    def infos(self, of: Callable[[LoginMethod], T | None]) -> list[T]:
        """Return one kind of account info of all login methods, without duplicates."""
        return list(dict.fromkeys(info for method in self.methods if (info := of(method)) is not None))


@dataclass(frozen=True)
class VerifiedEmail(Row):
    """An e-mail address that a user has shown to be theirs; the user need not exist."""

    KEY: ClassVar = ("user_id", "email")

    user_id: str
    email: str

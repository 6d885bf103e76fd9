"""A request as the core's handlers read it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from supertokens_lambda_local.core.body import Body
from supertokens_lambda_local.core.errors import RefusedError, tenant_not_found
from supertokens_lambda_local.core.query import Query
from supertokens_lambda_local.core.tenants import Tenant

if TYPE_CHECKING:
    from supertokens_lambda_local.core.apps import App, Apps

PUBLIC = "public"
"""The id of the app and of the tenant that are there from the start."""

MULTI_TENANCY = (
    "Cannot use feature: multi_tenancy, because the license key is missing, or doesn't have this feature enabled."
)


@dataclass(frozen=True)
class Call:
    """One request.

    Parameters
    ----------
    apps, app
        All apps, and the one that its path names.
    path
        Its path, without app and tenant.
    tenant_id
        The tenant that its path names.
    version
        The CDI version that it speaks, like (5, 4).
    recipe_id
        Its ``rid`` header.
    query
        Its query.
    raw_body
        Its body, decoded.
    """

    apps: "Apps" = field(repr=False)
    app: "App" = field(repr=False)
    path: str
    tenant_id: str
    version: tuple[int, ...]
    recipe_id: str | None
    query: Query = field(repr=False)
    raw_body: str = field(repr=False)

    @cached_property
    def body(self) -> Body:
        """Its body, read as JSON.

        Raises
        ------
        InputError
            It is not a JSON object.
        """
        return Body.parse(self.raw_body)

    @property
    def is_public(self) -> bool:
        """Whether its path names the public tenant."""
        return self.tenant_id == PUBLIC

    def require_public(self) -> None:
        """Refuse tenants other than the public one."""
        if not self.is_public:
            raise RefusedError(403, "Only public tenantId can call this app specific API")

    def require_tenant(self) -> None:
        """Refuse tenants that do not exist."""
        if self.app.table(Tenant).get(self.tenant_id) is None:
            raise tenant_not_found(self.app.id, self.tenant_id)

    def require_paid_feature(self, message: str) -> None:
        """Refuse what needs a license, if the core has none."""
        if not self.app.config.paid_features:
            raise RefusedError(402, message)

"""Users of all recipes: read, listed, counted and removed."""

from collections.abc import Mapping

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError
from supertokens_lambda_local.core.phone_numbers import normalised_phone_number
from supertokens_lambda_local.core.recipes.deletion import remove_user
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.accounts import normalised_email
from supertokens_lambda_local.core.users.listing import Page, Search, page
from supertokens_lambda_local.core.users.profile import profile
from supertokens_lambda_local.core.users.rows import LoginMethod, User

routes = Routes()

_RECIPE_IDS = {
    *("emailpassword", "thirdparty", "session", "emailverification", "jwt", "passwordless", "usermetadata"),
    *("userroles", "useridmapping", "dashboard", "totp", "multitenancy", "accountlinking", "mfa", "oauth", "webauthn"),
}
"""The recipes that the core knows by name."""

_PAGE_LIMIT = 500


@routes("GET", "/user/id", Scope.APP)
def get_user(call: Call) -> Response:
    """Return the user that an id belongs to."""
    user = call.app.accounts.get(call.query.text("userId"))
    return ok(user=profile(call.app, user, call.version))


@routes("GET", "/users/by-accountinfo", Scope.TENANT)
def list_by_account_info(call: Call) -> Response:
    """List the users that have all account info of the query, or any of it."""
    query = call.query
    union = query.text("doUnionOfAccountInfo")
    if union not in {"true", "false"}:
        raise InputError("'doUnionOfAccountInfo' should be either 'true' or 'false'")
    provider, provider_user = query.optional_text("thirdPartyId"), query.optional_text("thirdPartyUserId")
    if (provider is None) != (provider_user is None):
        raise InputError("If 'thirdPartyId' is provided, 'thirdPartyUserId' must also be provided, and vice versa")
    email, phone_number = query.optional_text("email"), query.optional_text("phoneNumber")
    wanted = {
        "email": None if email is None else normalised_email(email),
        "phone_number": None if phone_number is None else normalised_phone_number(phone_number),
        "third_party": None if provider is None else (provider, provider_user),
        "webauthn": query.optional_text("webauthnCredentialId"),
    }
    infos = {name: value for name, value in wanted.items() if value is not None}
    users = call.app.accounts.of_tenant(
        call.tenant_id, lambda method: any(_has(method, name, value) for name, value in infos.items())
    )
    if union == "false":
        users = [user for user in users if _has_all(user, infos)]
    return ok(users=[profile(call.app, user, call.version) for user in users])


@routes("GET", "/users", Scope.TENANT)
def list_users(call: Call) -> Response:
    """List the users of a tenant by the time they joined, or those that are searched for."""
    query = call.query
    recipe_ids = _recipe_ids(call)
    order = query.optional_text("timeJoinedOrder") or "ASC"
    if order not in {"ASC", "DESC"}:
        raise InputError("timeJoinedOrder can be either ASC OR DESC")
    limit = query.optional_integer("limit")
    limit = 100 if limit is None else limit
    tags = [tuple(query.tags(name, ";")) for name in ("email", "phone", "provider")]
    search = Search(*tags) if any(tags) else None
    if limit > _PAGE_LIMIT and search is None:
        raise InputError(f"max limit allowed is {_PAGE_LIMIT}")
    if limit < 1:
        raise InputError("limit must a positive integer with min value 1")
    token = query.optional_text("paginationToken")
    start = None if token is None else Page.of(token)
    newest_first = order == "DESC"
    if search is not None:
        found = call.app.accounts.of_tenant(call.tenant_id, search.matches)
        listed, following = page(found, len(found) + 1, newest_first=newest_first, start=None)
    else:
        found = call.app.accounts.of_tenant(call.tenant_id, lambda method: method.recipe_id in recipe_ids)
        listed, following = page(found, limit, newest_first=newest_first, start=start)
    users = [profile(call.app, user, call.version) for user in listed]
    return ok(users=users, **({} if following is None else {"nextPaginationToken": following.token()}))


@routes("GET", "/users/count", Scope.TENANT)
def count_users(call: Call) -> Response:
    """Count the users of the tenant, or of all tenants."""
    recipe_ids = _recipe_ids(call)
    of_all = call.query.flag("includeAllTenants", default=False)
    if of_all:
        call.require_public()
    tenant_id = None if of_all else call.tenant_id
    users = call.app.accounts.of_tenant(tenant_id, lambda method: method.recipe_id in recipe_ids)
    return ok(count=len(users))


@routes("GET", "/users/count/active", Scope.APP)
def count_active_users(call: Call) -> Response:
    """Count the users that have been active since a time."""
    since = call.query.integer("since", kind="a long")
    if since < 0:
        raise InputError("'since' query parameter must be >= 0")
    return ok(count=call.app.activity.count(since))


@routes("GET", "/user/search/tags", Scope.APP)
def list_search_tags(_: Call) -> Response:
    """List what users can be searched by."""
    return ok(tags=["email", "phone", "provider"])


@routes("POST", "/user/remove", Scope.APP)
def delete_user(call: Call) -> Response:
    """Remove a user, with all linked login methods unless the call says otherwise."""
    user_id, with_linked = call.body.text("userId"), call.body.optional_boolean("removeAllLinkedAccounts")
    remove_user(call.app, user_id, with_linked=with_linked is not False)
    return ok()


def _has_all(user: User, infos: Mapping[str, object]) -> bool:
    return all(any(_has(method, name, value) for method in user.methods) for name, value in infos.items())


def _has(method: LoginMethod, name: str, value: object) -> bool:
    return getattr(method, name, None) == value


def _recipe_ids(call: Call) -> set[str]:
    asked_for = call.query.tags("includeRecipeIds", ",")
    for recipe_id in asked_for:
        if recipe_id.lower() not in _RECIPE_IDS:
            raise InputError(f"Unknown recipe ID: {recipe_id}")
    return {recipe_id.lower() for recipe_id in asked_for} or _RECIPE_IDS

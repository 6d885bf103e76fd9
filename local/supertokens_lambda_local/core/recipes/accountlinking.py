"""Linking login methods to be one user."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.recipes.deletion import remove_login_method
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.profile import profile
from supertokens_lambda_local.core.users.rows import LoginMethod, User

routes = Routes()

_PAID = "Account linking feature is not enabled for this app. Please contact support to enable it."
_ASSOCIATED = "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"
_LINKED_ELSEWHERE = "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"


@routes("GET", "/recipe/accountlinking/user/primary/check", Scope.APP)
def check_primary(call: Call) -> Response:
    """Return whether a user may be made primary."""
    user = _known(call, recipe_user_id := call.query.text("recipeUserId"))
    return ok(wasAlreadyAPrimaryUser=_is_primary(call, user, recipe_user_id))


@routes("POST", "/recipe/accountlinking/user/primary", Scope.APP)
def make_primary(call: Call) -> Response:
    """Mark a user as primary, so that others may be linked to it."""
    user = _known(call, recipe_user_id := call.body.text("recipeUserId"))
    call.require_paid_feature(_PAID)
    was_primary = _is_primary(call, user, recipe_user_id)
    if not was_primary:
        call.app.accounts.change(user.methods[0], is_primary=True)
    return ok(wasAlreadyAPrimaryUser=was_primary, user=_profile(call, user.id))


@routes("GET", "/recipe/accountlinking/user/link/check", Scope.APP)
def check_link(call: Call) -> Response:
    """Return whether a login method may be linked to a primary user."""
    recipe_user_id, primary_user_id = call.query.text("recipeUserId"), call.query.text("primaryUserId")
    return ok(accountsAlreadyLinked=_is_linked(call, _known(call, recipe_user_id), _known(call, primary_user_id)))


@routes("POST", "/recipe/accountlinking/user/link", Scope.APP)
def link(call: Call) -> Response:
    """Link a login method to a primary user, and end the sessions of the method."""
    recipe_user_id, primary_user_id = call.body.text("recipeUserId"), call.body.text("primaryUserId")
    user, primary = _known(call, recipe_user_id), _known(call, primary_user_id)
    call.require_paid_feature(_PAID)
    was_linked = _is_linked(call, user, primary, is_told_user=True)
    if not was_linked:
        method = call.app.accounts.change(user.methods[0], user_id=primary.id, is_primary=True)
        _end_sessions(call, method)
        call.app.activity.join(primary.id, user.id)
    return ok(accountsAlreadyLinked=was_linked, user=_profile(call, primary.id))


@routes("POST", "/recipe/accountlinking/user/unlink", Scope.APP)
def unlink(call: Call) -> Response:
    """Unlink a login method, and end its sessions; the one with the id of the user is removed, if there are others."""
    user = _known(call, recipe_user_id := call.body.text("recipeUserId"))
    own_id = call.app.ids.internal(recipe_user_id)
    if not user.is_primary:
        return ok(wasRecipeUserDeleted=False, wasLinked=False)
    is_removed = own_id == user.id and len(user.methods) > 1
    # There is none if it was removed before, and the others have kept its id.
    for method in [method for method in user.methods if method.recipe_user_id == own_id]:
        if is_removed:
            remove_login_method(call.app, method, user)
        else:
            call.app.accounts.change(method, user_id=method.recipe_user_id, is_primary=False)
        _end_sessions(call, method)
    return ok(wasRecipeUserDeleted=is_removed, wasLinked=True)


def _known(call: Call, user_id: str) -> User:
    user = call.app.accounts.find(user_id)
    if user is None:
        raise InputError("Unknown user ID provided")
    return user


def _is_primary(call: Call, user: User, recipe_user_id: str) -> bool:
    if not user.is_primary:
        _check_account_info(call, user.methods[0], user.tenant_ids, user.id)
        return False
    if user.id != call.app.ids.internal(recipe_user_id):
        raise StatusError(
            "RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR",
            primaryUserId=call.app.ids.external(user.id),
            description="This user ID is already linked to another user ID",
        )
    return True


def _is_linked(call: Call, user: User, primary: User, *, is_told_user: bool = False) -> bool:
    if not primary.is_primary:
        raise StatusError("INPUT_USER_IS_NOT_A_PRIMARY_USER")
    if user.is_primary:
        if user.id == primary.id:
            return True
        raise StatusError(
            _LINKED_ELSEWHERE,
            primaryUserId=call.app.ids.external(user.id),
            description="The input recipe user ID is already linked to another user ID",
            **({"user": _profile(call, user.id)} if is_told_user else {}),
        )
    tenant_ids = [*user.tenant_ids, *primary.tenant_ids]
    for method in (*user.methods, *primary.methods):
        _check_account_info(call, method, tenant_ids, primary.id)
    return False


def _check_account_info(call: Call, method: LoginMethod, tenant_ids: list[str], own_id: str) -> None:
    infos = {
        "email": (method.email, "email"),
        "phone_number": (method.phone_number, "phone number"),
        "third_party": (method.third_party, "third party login"),
    }
    for field, (value, words) in infos.items():
        if value is None:
            continue
        other = call.app.accounts.primary_user_with(tenant_ids, own_id, **{field: value})
        if other is not None:
            raise StatusError(
                _ASSOCIATED,
                primaryUserId=call.app.ids.external(other.id),
                description=f"This user's {words} is already associated with another user ID",
            )


def _end_sessions(call: Call, method: LoginMethod) -> None:
    call.app.sessions.table.remove_where(recipe_user_id=call.app.ids.external(method.recipe_user_id))


def _profile(call: Call, user_id: str) -> dict[str, object]:
    return profile(call.app, call.app.accounts.get(user_id), call.version)

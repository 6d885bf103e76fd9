"""Users as callers see them."""

from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.core.users.rows import LoginMethod, User, VerifiedEmail

if TYPE_CHECKING:
    from supertokens_lambda_local.core.apps import App

_TENANTS, _LINKING, _WEBAUTHN = (3, 0), (4, 0), (5, 3)
"""The first CDI versions whose users have tenants, linked accounts and passkeys."""


def profile(app: "App", user: User, version: tuple[int, ...]) -> dict[str, Any]:
    """Return the JSON object of a user, in the shape of a CDI version."""
    methods = [_method(app, method) for method in user.methods]
    if version < _LINKING:
        return _old_profile(app, user, version)
    return {
        "id": app.ids.external(user.id),
        "isPrimaryUser": user.is_primary,
        "tenantIds": user.tenant_ids,
        "timeJoined": user.time_joined,
        "emails": user.infos(lambda method: method.email),
        "phoneNumbers": user.infos(lambda method: method.phone_number),
        "thirdParty": list(map(_third_party, user.infos(lambda method: method.third_party))),
        **({"webauthn": {"credentialIds": []}} if version >= _WEBAUTHN else {}),
        "loginMethods": methods,
    }


def _method(app: "App", method: LoginMethod) -> dict[str, Any]:
    user_id = app.ids.external(method.recipe_user_id)
    # A phone number is only stored once its code has been entered.
    verified = method.email is None or app.table(VerifiedEmail).get(user_id, method.email) is not None
    return {
        "tenantIds": User(method.user_id, (method,)).tenant_ids,
        "recipeUserId": user_id,
        "verified": verified,
        "timeJoined": method.time_joined,
        "recipeId": method.recipe_id,
        **_account_info(method),
    }


def _old_profile(app: "App", user: User, version: tuple[int, ...]) -> dict[str, Any]:
    method = user.methods[0]
    return {
        "id": app.ids.external(user.id),
        "timeJoined": user.time_joined,
        **({"tenantIds": user.tenant_ids} if version >= _TENANTS else {}),
        **_account_info(method),
    }


def _account_info(method: LoginMethod) -> dict[str, Any]:
    info: dict[str, Any] = {"email": method.email, "phoneNumber": method.phone_number}
    if method.third_party is not None:
        info["thirdParty"] = _third_party(method.third_party)
    return {name: value for name, value in info.items() if value is not None}


def _third_party(third_party: tuple[str, str]) -> dict[str, str]:
    return {"id": third_party[0], "userId": third_party[1]}

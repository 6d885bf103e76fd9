"""Users over HTTP: the emailpassword recipe, look-ups, and the metadata recipe."""

from typing import Final

from starlette.responses import Response

from supertokens_lambda_local.core.access_tokens import TENANT_ID
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError
from supertokens_lambda_local.core.jwt import JsonObject
from supertokens_lambda_local.core.metadata import UserMetadata
from supertokens_lambda_local.core.password_resets import PasswordResets
from supertokens_lambda_local.core.transport import Api, ok
from supertokens_lambda_local.core.users import User, Users

_RECIPE_ID: Final = "emailpassword"

_RECIPE_IDS: Final = {
    *(_RECIPE_ID, "thirdparty", "session", "emailverification", "jwt", "passwordless", "usermetadata", "userroles"),
    *("useridmapping", "dashboard", "totp", "multitenancy", "accountlinking", "mfa", "oauth", "webauthn"),
}
"""The recipes that the core knows by name; users of this one come from the first only."""

_PAGE_LIMIT: Final = 500


class UserApi:
    """Handlers of the paths that have to do with users."""

    def __init__(self, users: Users, resets: PasswordResets, metadata: UserMetadata) -> None:
        self._users = users
        self._resets = resets
        self._metadata = metadata

    def apis(self) -> list[Api]:
        """Return the paths."""
        return [
            Api("/recipe/signup", {"POST": self._sign_up}),
            Api("/recipe/signin", {"POST": self._sign_in}),
            Api("/recipe/user", {"PUT": self._update}),
            Api("/recipe/user/password/reset/token", {"POST": self._create_reset_token}),
            Api("/recipe/user/password/reset/token/consume", {"POST": self._consume_reset_token}),
            Api("/recipe/user/metadata", {"GET": self._get_metadata, "PUT": self._update_metadata}),
            Api("/recipe/user/metadata/remove", {"POST": self._remove_metadata}),
            Api("/user/id", {"GET": self._by_id}),
            Api("/users", {"GET": self._list}),
            Api("/users/count", {"GET": self._count}),
            Api("/users/by-accountinfo", {"GET": self._by_account_info}),
        ]

    def _sign_up(self, call: Call) -> Response:
        email, password = call.body.text("email"), call.body.text("password")
        if not password:
            raise InputError("Password cannot be an empty string")
        user = self._users.sign_up(email, password)
        return ok(user=_user(user), recipeUserId=user.id)

    def _sign_in(self, call: Call) -> Response:
        user = self._users.sign_in(call.body.text("email"), call.body.text("password"))
        return ok(user=_user(user), recipeUserId=user.id)

    def _update(self, call: Call) -> Response:
        email, password = call.body.optional_text("email"), call.body.optional_text("password")
        if email is None and password is None:
            raise InputError("You have to provide either email or password.")
        self._users.update(call.body.text("recipeUserId"), email, password)
        return ok()

    def _create_reset_token(self, call: Call) -> Response:
        user = self._users.by_id(call.body.text("userId"))
        return ok(token=self._resets.create(user.id, call.body.text("email")))

    def _consume_reset_token(self, call: Call) -> Response:
        reset = self._resets.consume(call.body.text("token"))
        return ok(userId=reset.user_id, email=reset.email)

    def _get_metadata(self, call: Call) -> Response:
        return ok(metadata=self._metadata.get(call.query.text("userId")))

    def _update_metadata(self, call: Call) -> Response:
        return ok(metadata=self._metadata.update(call.body.text("userId"), call.body.json("metadataUpdate")))

    def _remove_metadata(self, call: Call) -> Response:
        self._metadata.remove(call.body.text("userId"))
        return ok()

    def _by_id(self, call: Call) -> Response:
        return ok(user=_user(self._users.by_id(call.query.text("userId"))))

    def _by_account_info(self, call: Call) -> Response:
        query = call.query
        union = query.text("doUnionOfAccountInfo")
        if union not in {"true", "false"}:
            raise InputError("'doUnionOfAccountInfo' should be either 'true' or 'false'")
        if (query.optional_text("thirdPartyId") is None) != (query.optional_text("thirdPartyUserId") is None):
            raise InputError("If 'thirdPartyId' is provided, 'thirdPartyUserId' must also be provided, and vice versa")
        email = query.optional_text("email")
        user = None if email is None else self._users.by_email(email)
        # No user here has any other account, so a user who must match all that was asked for may be asked no more.
        others = ("phoneNumber", "thirdPartyId", "webauthnCredentialId")
        if union == "false" and any(query.optional_text(name) is not None for name in others):
            user = None
        return ok(users=[] if user is None else [_user(user)])

    def _list(self, call: Call) -> Response:
        query = call.query
        recipe_ids = _recipe_ids(call)
        order = query.optional_text("timeJoinedOrder") or "ASC"
        if order not in {"ASC", "DESC"}:
            raise InputError("timeJoinedOrder can be either ASC OR DESC")
        limit = query.optional_integer("limit")
        limit = 100 if limit is None else limit
        emails, others = query.tags("email", ";"), query.tags("phone", ";") + query.tags("provider", ";")
        if limit > _PAGE_LIMIT and not (emails or others):
            raise InputError(f"max limit allowed is {_PAGE_LIMIT}")
        if limit < 1:
            raise InputError("limit must a positive integer with min value 1")
        if _RECIPE_ID not in recipe_ids or others:
            return ok(users=[])
        if emails:
            return ok(users=[_user(user) for user in self._users.search(emails)])
        users, next_token = self._users.page(
            limit, newest_first=order == "DESC", pagination_token=query.optional_text("paginationToken")
        )
        following = {} if next_token is None else {"nextPaginationToken": next_token}
        return ok(users=[_user(user) for user in users], **following)

    def _count(self, call: Call) -> Response:
        return ok(count=self._users.count() if _RECIPE_ID in _recipe_ids(call) else 0)


def _recipe_ids(call: Call) -> set[str]:
    asked_for = call.query.tags("includeRecipeIds", ",")
    for recipe_id in asked_for:
        if recipe_id.lower() not in _RECIPE_IDS:
            raise InputError(f"Unknown recipe ID: {recipe_id}")
    return {recipe_id.lower() for recipe_id in asked_for} or _RECIPE_IDS


def _user(user: User) -> JsonObject:
    login_method = {
        "tenantIds": [TENANT_ID],
        "recipeUserId": user.id,
        "verified": False,
        "timeJoined": user.time_joined,
        "recipeId": _RECIPE_ID,
        "email": user.email,
    }
    return {
        "id": user.id,
        "isPrimaryUser": False,
        "tenantIds": [TENANT_ID],
        "timeJoined": user.time_joined,
        "emails": [user.email],
        "phoneNumbers": [],
        "thirdParty": [],
        "webauthn": {"credentialIds": []},
        "loginMethods": [login_method],
    }

"""User ids of the application's own."""

from dataclasses import replace

from starlette.responses import Response

from supertokens_lambda_local.core.answers import json_response, ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.java import trimmed
from supertokens_lambda_local.core.recipes.emailverification import VerificationToken
from supertokens_lambda_local.core.recipes.totp_codes import TotpDevice
from supertokens_lambda_local.core.recipes.usermetadata import UserMetadata
from supertokens_lambda_local.core.recipes.userroles import UserRole
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.ids import IdMapping
from supertokens_lambda_local.core.users.rows import VerifiedEmail

routes = Routes()

_KINDS = {"SUPERTOKENS", "EXTERNAL", "ANY"}


@routes("POST", "/recipe/userid/map", Scope.APP)
def create_mapping(call: Call) -> Response:
    """Add another id for a user."""
    internal, external = call.body.name("superTokensUserId"), call.body.name("externalUserId")
    info, force = call.body.nullable_name("externalUserIdInfo"), call.body.optional_boolean("force") or False
    taken = call.app.ids.find(external, "EXTERNAL")
    if taken is not None:
        raise _mapped(internal=taken.internal == internal, external=True)
    if call.app.accounts.table.get(internal) is None:
        raise StatusError("UNKNOWN_SUPERTOKENS_USER_ID_ERROR")
    if not force:
        if call.app.accounts.table.get(external) is not None:
            raise InputError("Cannot create a userId mapping where the externalId is also a SuperTokens userID")
        _move_verification(call, internal, external)
    if call.app.ids.table.get(internal) is not None:
        raise _mapped(internal=True, external=False)
    call.app.ids.table.put(IdMapping(internal, external, info))
    return ok()


@routes("GET", "/recipe/userid/map", Scope.APP)
def get_mapping(call: Call) -> Response:
    """Return the mapping of an id."""
    user_id, kind = call.query.name("userId"), call.query.optional_text("userIdType")
    mapping = call.app.ids.find(user_id, _kind(kind))
    if mapping is None:
        raise StatusError("UNKNOWN_MAPPING_ERROR")
    info = {} if mapping.info is None else {"externalUserIdInfo": mapping.info}
    return ok(superTokensUserId=mapping.internal, externalUserId=mapping.external, **info)


@routes("POST", "/recipe/userid/map/remove", Scope.APP)
def remove_mapping(call: Call) -> Response:
    """Remove the other id of a user."""
    user_id, kind = call.body.name("userId"), _kind(call.body.optional_text("userIdType"))
    force = call.body.optional_boolean("force") or False
    mapping = call.app.ids.find(user_id, kind)
    if mapping is None:
        return ok(didMappingExist=False)
    if not force and (recipes := _recipes_with(call, mapping.external)):
        raise _in_use(recipes)
    call.app.ids.table.remove(mapping.internal)
    return ok(didMappingExist=True)


@routes("PUT", "/recipe/userid/external-user-id-info", Scope.APP)
def update_info(call: Call) -> Response:
    """Change what the application notes of an id."""
    user_id, kind = call.body.name("userId"), _kind(call.body.optional_text("userIdType"))
    if "externalUserIdInfo" not in call.body:
        raise InputError("Field name 'externalUserIdInfo' is invalid in JSON input")
    info = call.body.nullable_name("externalUserIdInfo")
    mapping = call.app.ids.find(user_id, kind)
    if mapping is None:
        return json_response({"status": "UNKNOWN_MAPPING_ERROR"})
    call.app.ids.table.put(replace(mapping, info=info))
    return ok()


def _kind(kind: str | None) -> str:
    trimmed_kind = "ANY" if kind is None else trimmed(kind)
    if trimmed_kind not in _KINDS:
        raise InputError("Field name 'userIdType' should be one of 'SUPERTOKENS', 'EXTERNAL' or 'ANY'")
    return trimmed_kind


def _mapped(*, internal: bool, external: bool) -> StatusError:
    return StatusError(
        "USER_ID_MAPPING_ALREADY_EXISTS_ERROR", doesSuperTokensUserIdExist=internal, doesExternalUserIdExist=external
    )


def _move_verification(call: Call, internal: str, external: str) -> None:
    """Update the verification of addresses to a new id, and refuse if other recipes have rows of the old one."""
    recipes = _recipes_with(call, internal)
    if recipes and recipes != ["EmailVerification"]:
        raise _in_use(recipes)
    for row in call.app.table(VerifiedEmail).remove_where(user_id=internal):
        call.app.table(VerifiedEmail).put(replace(row, user_id=external))


def _recipes_with(call: Call, user_id: str) -> list[str]:
    rows = {
        "Session": call.app.sessions.table.where(recipe_user_id=user_id),
        "UserMetadata": call.app.table(UserMetadata).where(user_id=user_id),
        "UserRoles": call.app.table(UserRole).where(user_id=user_id),
        "EmailVerification": [
            *call.app.table(VerifiedEmail).where(user_id=user_id),
            *call.app.table(VerificationToken).where(user_id=user_id),
        ],
        "TOTP": call.app.table(TotpDevice).where(user_id=user_id),
    }
    return [name for name, found in rows.items() if found]


def _in_use(recipes: list[str]) -> InputError:
    return InputError(f"UserId is already in use in {recipes[0]} recipe")

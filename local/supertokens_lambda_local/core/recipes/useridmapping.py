"""User ids of the application's own."""

from dataclasses import replace

from starlette.responses import Response

from supertokens_lambda_local.core.answers import json_response, ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
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
    """Give a user another id."""
    internal, external = call.body.name("superTokensUserId"), call.body.name("externalUserId")
    info, force = call.body.nullable_text("externalUserIdInfo"), call.body.optional_boolean("force") or False
    if call.app.accounts.table.get(internal) is None:
        raise StatusError("UNKNOWN_SUPERTOKENS_USER_ID_ERROR")
    mapped, taken = call.app.ids.table.get(internal), call.app.ids.find(external, "EXTERNAL")
    if not force:
        if call.app.accounts.table.get(external) is not None:
            raise InputError("Cannot create a userId mapping where the externalId is also a SuperTokens userID")
        _check_unused(call, internal)
    if mapped is not None or taken is not None:
        raise StatusError(
            "USER_ID_MAPPING_ALREADY_EXISTS_ERROR",
            doesSuperTokensUserIdExist=mapped is not None,
            doesExternalUserIdExist=taken is not None,
        )
    call.app.ids.table.put(IdMapping(internal, external, info))
    _rename_verified(call, internal, external)
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
    """Take the other id away from a user."""
    user_id, kind = call.body.name("userId"), _kind(call.body.optional_text("userIdType"))
    force = call.body.optional_boolean("force") or False
    mapping = call.app.ids.find(user_id, kind)
    if mapping is None:
        return ok(didMappingExist=False)
    if not force:
        _check_unused(call, mapping.external)
    call.app.ids.table.remove(mapping.internal)
    _rename_verified(call, mapping.external, mapping.internal)
    return ok(didMappingExist=True)


@routes("PUT", "/recipe/userid/external-user-id-info", Scope.APP)
def update_info(call: Call) -> Response:
    """Change what the application notes of an id."""
    user_id, kind = call.body.name("userId"), _kind(call.body.optional_text("userIdType"))
    if "externalUserIdInfo" not in call.body:
        raise InputError("Field name 'externalUserIdInfo' is invalid in JSON input")
    info = call.body.nullable_text("externalUserIdInfo")
    mapping = call.app.ids.find(user_id, kind)
    if mapping is None:
        return json_response({"status": "UNKNOWN_MAPPING_ERROR"})
    call.app.ids.table.put(replace(mapping, info=info))
    return ok()


def _kind(kind: str | None) -> str:
    if kind is None:
        return "ANY"
    if kind not in _KINDS:
        raise InputError("Field name 'userIdType' should be one of 'SUPERTOKENS', 'EXTERNAL' or 'ANY'")
    return kind


def _check_unused(call: Call, user_id: str) -> None:
    tables = {
        "UserMetadata": call.app.table(UserMetadata).where(user_id=user_id),
        "UserRoles": call.app.table(UserRole).where(user_id=user_id),
        "Session": call.app.sessions.table.where(recipe_user_id=user_id),
        "TOTP": call.app.table(TotpDevice).where(user_id=user_id),
    }
    for name, rows in tables.items():
        if rows:
            raise InputError(f"UserId is already in use in {name} recipe")


def _rename_verified(call: Call, old: str, new: str) -> None:
    for row in call.app.table(VerifiedEmail).remove_where(user_id=old):
        call.app.table(VerifiedEmail).put(replace(row, user_id=new))

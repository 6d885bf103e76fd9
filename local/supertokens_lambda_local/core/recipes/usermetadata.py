"""Metadata of users: a JSON object for each user id, known to the core or not."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.tables import Row

routes = Routes()


@dataclass(frozen=True)
class UserMetadata(Row):
    """What the application keeps of a user."""

    KEY: ClassVar = ("user_id",)

    user_id: str
    metadata: dict[str, Any] = field(repr=False)


@routes("GET", "/recipe/user/metadata", Scope.APP)
def get_metadata(call: Call) -> Response:
    """Return a user's metadata; that of an unknown user is empty."""
    return ok(metadata=_metadata(call, call.query.text("userId")))


@routes("PUT", "/recipe/user/metadata", Scope.APP)
def update_metadata(call: Call) -> Response:
    """Merge into a user's metadata, key by key at the top level, null removing a key."""
    user_id, update = call.body.text("userId"), call.body.json("metadataUpdate")
    merged = {**_metadata(call, user_id), **update}
    metadata = {name: value for name, value in merged.items() if value is not None}
    call.app.table(UserMetadata).put(UserMetadata(user_id, metadata))
    return ok(metadata=metadata)


@routes("POST", "/recipe/user/metadata/remove", Scope.APP)
def remove_metadata(call: Call) -> Response:
    """Remove a user's metadata."""
    call.app.table(UserMetadata).remove(call.body.text("userId"))
    return ok()


@routes("POST", "/recipe/user/metadata/bulk", Scope.APP)
def get_metadata_of_users(call: Call) -> Response:
    """Return the metadata of several users, null for one without."""
    table = call.app.table(UserMetadata)
    rows = {user_id: table.get(user_id) for user_id in call.body.texts("userIds")}
    return ok(users=[{"userId": user_id, "metadata": row and row.metadata} for user_id, row in rows.items()])


def _metadata(call: Call, user_id: str) -> dict[str, Any]:
    row = call.app.table(UserMetadata).get(user_id)
    return {} if row is None else row.metadata

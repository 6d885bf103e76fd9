"""The path that three recipes share; the ``rid`` header says which of them is meant."""

from starlette.responses import Response

from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.recipes import emailpassword, passwordless_users, thirdparty
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.rows import PASSWORDLESS, THIRD_PARTY

routes = Routes()


@routes("PUT", "/recipe/user", Scope.APP)
def update_user(call: Call) -> Response:
    """Change the account info of a user."""
    if call.recipe_id == PASSWORDLESS:
        return passwordless_users.update_user(call)
    return emailpassword.update_user(call)


@routes("GET", "/recipe/user", Scope.TENANT)
def get_user(call: Call) -> Response:
    """Return a user of one recipe."""
    if call.recipe_id == PASSWORDLESS:
        return passwordless_users.get_user(call)
    if call.recipe_id == THIRD_PARTY:
        return thirdparty.get_user(call)
    return emailpassword.get_user(call)

"""The removal of users, with all that recipes keep of them (SuperTokens core, AuthRecipe)."""

from typing import TYPE_CHECKING

from supertokens_lambda_local.core.recipes.emailverification import VerificationToken
from supertokens_lambda_local.core.recipes.passwordreset import PasswordReset
from supertokens_lambda_local.core.recipes.totp_codes import TotpDevice, UsedCode
from supertokens_lambda_local.core.recipes.usermetadata import UserMetadata
from supertokens_lambda_local.core.recipes.userroles import UserRole
from supertokens_lambda_local.core.users.rows import LoginMethod, User, VerifiedEmail

if TYPE_CHECKING:
    from supertokens_lambda_local.core.apps import App


def remove_user(app: "App", user_id: str, *, with_linked: bool) -> None:
    """Remove the user of an id, or only the login method of it; what recipes keep of an unknown user stays."""
    user = app.accounts.find(user_id)
    if user is None:
        return
    if with_linked or len(user.methods) == 1:
        for method in user.methods:
            remove_login_method(app, method, None)
        _forget(app, app.ids.external(user.id))
        app.activity.forget(user.id)
        app.ids.table.remove(user.id)
        return
    own_id = app.ids.internal(user_id)
    for method in user.methods:
        if method.recipe_user_id == own_id:
            remove_login_method(app, method, user)


def remove_login_method(app: "App", method: LoginMethod, remaining: User | None) -> None:
    """Remove a login method; what recipes keep of its id stays, if that is the id of a user that remains."""
    app.accounts.table.remove(method.recipe_user_id)
    app.table(PasswordReset).remove_where(user_id=method.recipe_user_id)
    if remaining is None or remaining.id != method.recipe_user_id:
        _forget(app, app.ids.external(method.recipe_user_id))
        app.ids.table.remove(method.recipe_user_id)


def _forget(app: "App", user_id: str) -> None:
    internal = app.ids.internal(user_id)
    app.table(UserMetadata).remove(user_id)
    app.table(UserRole).remove_where(user_id=user_id)
    app.table(VerifiedEmail).remove_where(user_id=user_id)
    app.table(VerificationToken).remove_where(user_id=user_id)
    app.table(TotpDevice).remove_where(user_id=internal)
    app.table(UsedCode).remove_where(user_id=internal)
    app.sessions.table.remove_where(recipe_user_id=user_id)
    app.activity.forget(internal)

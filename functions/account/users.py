"""The account of the visitor in SuperTokens."""

from supertokens_python.recipe.emailpassword.interfaces import SignInOkResult
from supertokens_python.recipe.emailpassword.syncio import verify_credentials
from supertokens_python.recipe.session.exceptions import UnauthorisedError
from supertokens_python.syncio import get_user
from supertokens_python.types import LoginMethod, User

from supertokens_lambda import Session


def visitor(session: Session) -> User:
    """Return the account of a session.

    Raises
    ------
    UnauthorisedError
        The account was deleted in another browser; the guard ends the session.
    """
    session.sdk()  # starts SuperTokens' SDK, whose functions the routes call from here on
    user = get_user(session.get_user_id())
    if user is None:
        raise UnauthorisedError("the account was deleted")
    return user


def name_of(user: User) -> str:
    """Return the e-mail address or phone number of an account; its id if it has neither."""
    return next(iter([*user.emails, *user.phone_numbers]), user.id)


def password_login(user: User) -> LoginMethod | None:
    """Return the login method with a password; None for an account without one."""
    return next((method for method in user.login_methods if method.recipe_id == "emailpassword"), None)


def is_password_of(login: LoginMethod, password: str, tenant: str) -> bool:
    """Check a password with SuperTokens, which refuses to check an empty one."""
    if not password or login.email is None:
        return False
    checked = verify_credentials(tenant, login.email, password)
    return isinstance(checked, SignInOkResult) and checked.recipe_user_id == login.recipe_user_id

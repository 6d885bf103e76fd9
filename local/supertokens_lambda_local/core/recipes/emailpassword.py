"""Sign-up and sign-in with an e-mail address and a password, and the import of password hashes."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.java import trimmed
from supertokens_lambda_local.core.passwords import FORMATS, has_format, hashed, matches
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.accounts import normalised_email
from supertokens_lambda_local.core.users.changes import check_email_change
from supertokens_lambda_local.core.users.profile import profile
from supertokens_lambda_local.core.users.rows import EMAIL_PASSWORD, LoginMethod

routes = Routes()


@routes("POST", "/recipe/signup", Scope.TENANT)
def sign_up(call: Call) -> Response:
    """Create a user."""
    email, password = normalised_email(call.body.text("email")), call.body.text("password")
    if not password:
        raise InputError("Password cannot be an empty string")
    if _find(call, email) is not None:
        raise StatusError("EMAIL_ALREADY_EXISTS_ERROR")
    method = call.app.accounts.add(EMAIL_PASSWORD, call.tenant_id, email=email, password_hash=hashed(password))
    return _signed_in(call, method)


@routes("POST", "/recipe/signin", Scope.TENANT)
def sign_in(call: Call) -> Response:
    """Return the user of an address and password."""
    email, password = normalised_email(call.body.text("email")), call.body.text("password")
    method = _find(call, email)
    if method is None or method.password_hash is None or not matches(password, method.password_hash):
        raise StatusError("WRONG_CREDENTIALS_ERROR")
    return _signed_in(call, method)


def update_user(call: Call) -> Response:
    """Change the address, the password or both."""
    recipe_user_id = call.body.text("recipeUserId")
    email, password = call.body.optional_text("email"), call.body.optional_text("password")
    if email is None and password is None:
        raise InputError("You have to provide either email or password.")
    method = call.app.accounts.method(recipe_user_id, EMAIL_PASSWORD)
    if email is not None:
        email = normalised_email(email)
        check_email_change(call.app.accounts, method, email)
        method = call.app.accounts.change(method, email=email)
    if password is not None:
        call.app.accounts.change(method, password_hash=hashed(password))
    return ok()


def get_user(call: Call) -> Response:
    """Return a user by id or address, as CDI versions before 4.0 ask for it."""
    user_id, email = call.query.optional_text("userId"), call.query.optional_text("email")
    if (user_id is None) == (email is None):
        raise InputError(f"Please provide {'only ' if email else ''}one of userId or email")
    if user_id is not None:
        method = call.app.accounts.method(user_id, EMAIL_PASSWORD)
    else:
        found = _find(call, normalised_email(email or ""))
        if found is None:
            raise StatusError("UNKNOWN_EMAIL_ERROR")
        method = found
    return ok(user=profile(call.app, call.app.accounts.user_of(method), call.version))


@routes("POST", "/recipe/user/passwordhash/import", Scope.TENANT)
def import_password_hash(call: Call) -> Response:
    """Create a user with a password hash that another system made, or give it to the user of the address."""
    email, password_hash = normalised_email(call.body.text("email")), trimmed(call.body.text("passwordHash"))
    algorithm = call.body.optional_text("hashingAlgorithm")
    if not password_hash:
        raise InputError("Password hash cannot be an empty string")
    _check_format(password_hash, algorithm)
    method = _find(call, email)
    existed = method is not None
    if method is None:
        method = call.app.accounts.add(EMAIL_PASSWORD, call.tenant_id, email=email)
    call.app.accounts.change(method, password_hash=password_hash)
    user = call.app.accounts.user_of(method)
    return ok(user=profile(call.app, user, call.version), didUserAlreadyExist=existed)


def _check_format(password_hash: str, algorithm: str | None) -> None:
    name = None if algorithm is None else trimmed(algorithm).lower()
    if name == "":
        raise InputError("Hashing Algorithm cannot be an empty string")
    if name is not None and name not in FORMATS:
        raise InputError("Unsupported password hashing algorithm")
    if not has_format(password_hash, name):
        words = {"bcrypt": "BCrypt ", "argon2": "Argon2 ", None: ""}.get(name, "Firebase SCrypt ")
        raise InputError(f"Password hash is in invalid {words}format")


def _find(call: Call, email: str) -> LoginMethod | None:
    return call.app.accounts.at(call.tenant_id, EMAIL_PASSWORD, email=email)


def _signed_in(call: Call, method: LoginMethod) -> Response:
    user = call.app.accounts.user_of(method)
    call.app.activity.note(user.id)
    return ok(user=profile(call.app, user, call.version), recipeUserId=call.app.ids.external(method.recipe_user_id))

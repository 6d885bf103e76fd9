"""Sign-in and sign-up with a third party."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.body import Body
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.accounts import normalised_email
from supertokens_lambda_local.core.users.changes import check_email_change
from supertokens_lambda_local.core.users.profile import profile
from supertokens_lambda_local.core.users.rows import THIRD_PARTY, VerifiedEmail

routes = Routes()


@routes("POST", "/recipe/signinup", Scope.TENANT)
def sign_in_up(call: Call) -> Response:
    """Return the user of a third party's user, creating it if it is new, and keep the address that it has now."""
    third_party = call.body.text("thirdPartyId"), call.body.text("thirdPartyUserId")
    address = Body(call.body.json("email"))
    email, is_verified = normalised_email(address.text("id")), address.boolean("isVerified")
    accounts = call.app.accounts
    method = accounts.at(call.tenant_id, THIRD_PARTY, third_party=third_party)
    is_new = method is None
    if method is None:
        method = accounts.add(THIRD_PARTY, call.tenant_id, third_party=third_party, email=email)
    elif method.email != email:
        check_email_change(accounts, method, email, "Email already associated with another primary user.")
        method = accounts.change(method, email=email)
    recipe_user_id = call.app.ids.external(method.recipe_user_id)
    if is_verified:
        call.app.table(VerifiedEmail).put(VerifiedEmail(recipe_user_id, email))
    user = accounts.user_of(method)
    call.app.activity.note(user.id)
    return ok(createdNewUser=is_new, user=profile(call.app, user, call.version), recipeUserId=recipe_user_id)


@routes("GET", "/recipe/users/by-email", Scope.TENANT)
def list_by_email(call: Call) -> Response:
    """List the third-party users of an address, as CDI versions before 4.0 ask for them."""
    email = normalised_email(call.query.text("email"))
    users = call.app.accounts.of_tenant(
        call.tenant_id, lambda method: method.recipe_id == THIRD_PARTY and method.email == email
    )
    return ok(users=[profile(call.app, user, call.version) for user in users])


def get_user(call: Call) -> Response:
    """Return a user by id or by the third party's id, as CDI versions before 4.0 ask for it."""
    user_id = call.query.optional_text("userId")
    third_party = call.query.optional_text("thirdPartyId"), call.query.optional_text("thirdPartyUserId")
    if (user_id is None) == (None in third_party):
        only = "" if user_id is None else "only "
        raise InputError(f"Please provide {only}one of userId or (thirdPartyId & thirdPartyUserId)")
    if user_id is not None:
        method = call.app.accounts.method(user_id, THIRD_PARTY)
    else:
        found = call.app.accounts.at(call.tenant_id, THIRD_PARTY, third_party=third_party)
        if found is None:
            raise StatusError("UNKNOWN_THIRD_PARTY_USER_ERROR")
        method = found
    return ok(user=profile(call.app, call.app.accounts.user_of(method), call.version))

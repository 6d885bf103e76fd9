"""Drives the recipes of a core through supertokens-python: run as ``sdk_recipes_flow.py <uri> [<api key>]``.

Each flow is run by itself, and what became of it is printed as a JSON object by its name: null, or the error.
"""

import asyncio
import base64
import hmac
import json
import os
import struct
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

os.environ["SUPERTOKENS_TLDEXTRACT_DISABLE_HTTP"] = "1"

from supertokens_python import InputAppInfo, SupertokensConfig, init
from supertokens_python.asyncio import (
    create_user_id_mapping,
    delete_user,
    get_user,
    get_user_count,
    get_user_id_mapping,
    list_users_by_account_info,
)
from supertokens_python.recipe import (
    accountlinking,
    emailpassword,
    emailverification,
    jwt,
    multifactorauth,
    multitenancy,
    passwordless,
    session,
    thirdparty,
    totp,
    usermetadata,
    userroles,
)
from supertokens_python.recipe.accountlinking import asyncio as linking
from supertokens_python.recipe.emailpassword import asyncio as passwords
from supertokens_python.recipe.emailverification import asyncio as verification
from supertokens_python.recipe.emailverification.interfaces import (
    CreateEmailVerificationTokenEmailAlreadyVerifiedError,
    VerifyEmailUsingTokenInvalidTokenError,
    VerifyEmailUsingTokenOkResult,
)
from supertokens_python.recipe.jwt import asyncio as tokens
from supertokens_python.recipe.multifactorauth import asyncio as factors
from supertokens_python.recipe.multitenancy import asyncio as tenants
from supertokens_python.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from supertokens_python.recipe.passwordless import ContactEmailOrPhoneConfig
from supertokens_python.recipe.passwordless import asyncio as codes
from supertokens_python.recipe.passwordless.interfaces import ConsumeCodeRestartFlowError
from supertokens_python.recipe.session import asyncio as sessions
from supertokens_python.recipe.thirdparty import ProviderClientConfig, ProviderConfig
from supertokens_python.recipe.thirdparty import asyncio as third_parties
from supertokens_python.recipe.totp import asyncio as authenticators
from supertokens_python.recipe.userroles import asyncio as roles
from supertokens_python.recipe.userroles.interfaces import UnknownRoleError
from supertokens_python.types import RecipeUserId
from supertokens_python.types.base import AccountInfoInput

PUBLIC = "public"


def email() -> str:
    return f"{uuid4()}@example.com"


async def signed_up(address: str, tenant_id: str = PUBLIC) -> RecipeUserId:
    result: Any = await passwords.sign_up(tenant_id, address, "a password 1")
    assert result.status == "OK", result.status
    recipe_user_id: RecipeUserId = result.recipe_user_id
    return recipe_user_id


async def payload(recipe_user_id: RecipeUserId) -> dict[str, Any]:
    created = await sessions.create_new_session_without_request_response(PUBLIC, recipe_user_id)
    return created.get_access_token_payload()


async def user_roles() -> None:
    role = f"editor-{uuid4()}"
    recipe_user_id = await signed_up(email())
    user_id = recipe_user_id.get_as_string()
    assert (await payload(recipe_user_id))["st-role"]["v"] == []
    assert (await roles.create_new_role_or_add_permissions(role, ["write", "read"])).created_new_role
    added: Any = await roles.add_role_to_user(PUBLIC, user_id, role)
    assert added.did_user_already_have_role is False
    claims = await payload(recipe_user_id)
    assert claims["st-role"]["v"] == [role]
    assert sorted(claims["st-perm"]["v"]) == ["read", "write"]
    having: Any = await roles.get_users_that_have_role(PUBLIC, role)
    assert having.users == [user_id]
    assert (await roles.delete_role(role)).did_role_exist
    assert (await roles.get_roles_for_user(PUBLIC, user_id)).roles == []
    unknown = await roles.add_role_to_user(PUBLIC, user_id, role)
    assert isinstance(unknown, UnknownRoleError)


async def email_verification() -> None:
    recipe_user_id = await signed_up(email())
    assert (await payload(recipe_user_id))["st-ev"]["v"] is False
    created: Any = await verification.create_email_verification_token(PUBLIC, recipe_user_id)
    wrong = await verification.verify_email_using_token(PUBLIC, "wrong")
    assert isinstance(wrong, VerifyEmailUsingTokenInvalidTokenError)
    verified = await verification.verify_email_using_token(PUBLIC, created.token)
    assert isinstance(verified, VerifyEmailUsingTokenOkResult)
    assert await verification.is_email_verified(recipe_user_id)
    assert (await payload(recipe_user_id))["st-ev"]["v"] is True
    again = await verification.create_email_verification_token(PUBLIC, recipe_user_id)
    assert isinstance(again, CreateEmailVerificationTokenEmailAlreadyVerifiedError)
    await verification.unverify_email(recipe_user_id)
    assert not await verification.is_email_verified(recipe_user_id)


async def passwordless_email() -> None:
    address = email()
    code = await codes.create_code(PUBLIC, email=address)
    wrong: Any = await codes.consume_code(PUBLIC, code.pre_auth_session_id, "wrong", code.device_id)
    assert wrong.failed_code_input_attempt_count == 1
    resent: Any = await codes.create_new_code_for_device(PUBLIC, code.device_id)
    assert resent.user_input_code != code.user_input_code or resent.code_id != code.code_id
    (device,) = await codes.list_codes_by_email(PUBLIC, address)
    assert (device.pre_auth_session_id, device.failed_code_input_attempt_count) == (code.pre_auth_session_id, 1)
    consumed: Any = await codes.consume_code(PUBLIC, code.pre_auth_session_id, resent.user_input_code, resent.device_id)
    assert consumed.created_new_recipe_user
    assert consumed.user.login_methods[0].verified
    link = await codes.create_code(PUBLIC, email=address.upper())
    linked: Any = await codes.consume_code(PUBLIC, link.pre_auth_session_id, link_code=link.link_code)
    assert (linked.created_new_recipe_user, linked.user.id) == (False, consumed.user.id)
    dead = await codes.consume_code(PUBLIC, link.pre_auth_session_id, link_code=link.link_code)
    assert isinstance(dead, ConsumeCodeRestartFlowError)


async def passwordless_phone() -> None:
    number = f"+1415555{int(time.time() * 1000) % 10000:04}"
    code = await codes.create_code(PUBLIC, phone_number=f"{number[:5]} {number[5:8]}-{number[8:]}")
    consumed: Any = await codes.consume_code(PUBLIC, code.pre_auth_session_id, link_code=code.link_code)
    assert consumed.user.phone_numbers == [number]
    found = await list_users_by_account_info(PUBLIC, AccountInfoInput(phone_number=number))
    assert [user.id for user in found] == [consumed.user.id]


async def third_party() -> None:
    address, third_party_user_id = email(), str(uuid4())
    first: Any = await third_parties.manually_create_or_update_user(
        PUBLIC, "github", third_party_user_id, address, is_verified=True
    )
    assert (first.created_new_recipe_user, first.user.login_methods[0].verified) == (True, True)
    changed = email()
    again: Any = await third_parties.manually_create_or_update_user(
        PUBLIC, "github", third_party_user_id, changed, is_verified=False
    )
    assert (again.created_new_recipe_user, again.user.id, again.user.emails) == (False, first.user.id, [changed])
    assert not again.user.login_methods[0].verified


async def tenancy() -> None:
    tenant_id = f"t-{uuid4()}"
    created = await tenants.create_or_update_tenant(tenant_id, TenantConfigCreateOrUpdate(first_factors=["thirdparty"]))
    assert created.created_new
    await tenants.create_or_update_third_party_config(
        tenant_id, ProviderConfig("github", clients=[ProviderClientConfig(client_id="id", client_secret="hidden-1")])
    )
    provider = await third_parties.get_provider(tenant_id, "github")
    assert provider is not None
    assert provider.config.client_id == "id"
    recipe_user_id = await signed_up(email())
    await tenants.associate_user_to_tenant(tenant_id, recipe_user_id)
    user = await get_user(recipe_user_id.get_as_string())
    assert user is not None
    assert set(user.tenant_ids) == {PUBLIC, tenant_id}
    assert (await tenants.disassociate_user_from_tenant(tenant_id, recipe_user_id)).was_associated
    assert (await tenants.delete_tenant(tenant_id)).did_exist
    assert await tenants.get_tenant(tenant_id) is None


async def totp_and_factors() -> None:
    recipe_user_id = await signed_up(email())
    user_id = recipe_user_id.get_as_string()
    await factors.add_to_required_secondary_factors_for_user(user_id, "totp")
    assert (await payload(recipe_user_id)).get("st-mfa", {}).get("v") is not True
    device: Any = await authenticators.create_device(user_id, user_identifier_info="anna")
    wrong: Any = await authenticators.verify_device(PUBLIC, user_id, device.device_name, "000000")
    assert wrong.status == "INVALID_TOTP_ERROR"
    code = one_time_password(device.secret, -1)
    verified: Any = await authenticators.verify_device(PUBLIC, user_id, device.device_name, code)
    assert verified.status == "OK", verified.status
    replayed: Any = await authenticators.verify_totp(PUBLIC, user_id, code)
    assert replayed.status == "INVALID_TOTP_ERROR"
    right: Any = await authenticators.verify_totp(PUBLIC, user_id, one_time_password(device.secret, 0))
    assert right.status == "OK"
    assert "totp" in await factors.get_factors_setup_for_user(user_id)
    assert (await authenticators.remove_device(user_id, device.device_name)).did_device_exist


def one_time_password(secret: str, offset: int) -> str:
    step = int(time.time()) // 30 + offset
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    number = int.from_bytes(digest[digest[-1] & 15 :][:4]) & 0x7FFFFFFF
    return f"{number % 10**6:06}"


async def account_linking() -> None:
    first, second = await signed_up(email()), await signed_up(email())
    made: Any = await linking.create_primary_user(first)
    assert made.status == "OK"
    await sessions.create_new_session_without_request_response(PUBLIC, second)
    linked: Any = await linking.link_accounts(second, first.get_as_string())
    assert (linked.status, len(linked.user.login_methods)) == ("OK", 2)
    assert await sessions.get_all_session_handles_for_user(second.get_as_string()) == []
    assert (await payload(second))["sub"] == first.get_as_string()
    unlinked = await linking.unlink_account(second)
    assert (unlinked.was_linked, unlinked.was_recipe_user_deleted) == (True, False)


async def jwts() -> None:
    made: Any = await tokens.create_jwt({"scope": "read"}, 60)
    header, claims, _ = (part + "==" for part in made.jwt.split("."))
    assert json.loads(base64.urlsafe_b64decode(claims))["scope"] == "read"
    key_ids = [key.kid for key in (await tokens.get_jwks()).keys]
    assert json.loads(base64.urlsafe_b64decode(header))["kid"] in key_ids


async def users() -> None:
    before = await get_user_count()
    user_id = (await signed_up(email())).get_as_string()
    assert await get_user_count() == before + 1
    external = f"external-{uuid4()}"
    await create_user_id_mapping(user_id, external)
    mapping: Any = await get_user_id_mapping(external)
    assert mapping.supertokens_user_id == user_id
    user = await get_user(user_id)
    assert user is not None
    assert user.id == external
    await delete_user(external)
    assert await get_user(user_id) is None
    assert await get_user_count() == before


FLOWS: tuple[Callable[[], Awaitable[None]], ...] = (
    user_roles,
    email_verification,
    passwordless_email,
    passwordless_phone,
    third_party,
    tenancy,
    totp_and_factors,
    account_linking,
    jwts,
    users,
)


async def outcome(flow: Callable[[], Awaitable[None]]) -> str | None:
    try:
        await flow()
    except Exception:  # noqa: BLE001 - each flow has a test that shows its error
        return traceback.format_exc()
    return None


async def main() -> dict[str, str | None]:
    return {flow.__name__: await outcome(flow) for flow in FLOWS}


if __name__ == "__main__":
    init(
        app_info=InputAppInfo("app", "http://localhost:3001", website_domain="http://localhost:3000"),
        supertokens_config=SupertokensConfig(sys.argv[1], api_key=sys.argv[2] if len(sys.argv) > 2 else None),
        framework="flask",
        recipe_list=[
            session.init(),
            emailpassword.init(),
            emailverification.init(mode="REQUIRED"),
            passwordless.init(ContactEmailOrPhoneConfig(), "USER_INPUT_CODE_AND_MAGIC_LINK"),
            thirdparty.init(),
            userroles.init(),
            usermetadata.init(),
            multitenancy.init(),
            accountlinking.init(),
            multifactorauth.init(),
            totp.init(),
            jwt.init(),
        ],
    )
    sys.stdout.write(json.dumps(asyncio.run(main())))

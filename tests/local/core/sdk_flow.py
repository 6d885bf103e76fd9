"""Drives a core through supertokens-python, which is one per process: run as ``sdk_flow.py <uri> [<api key>]``."""

import asyncio
import os
import sys
from uuid import uuid4

os.environ["SUPERTOKENS_TLDEXTRACT_DISABLE_HTTP"] = "1"

import pytest
from supertokens_python import InputAppInfo, SupertokensConfig, init
from supertokens_python.asyncio import get_user, get_user_count, get_users_newest_first, list_users_by_account_info
from supertokens_python.recipe import emailpassword, session, usermetadata
from supertokens_python.recipe.emailpassword import asyncio as passwords
from supertokens_python.recipe.emailpassword.interfaces import (
    ConsumePasswordResetTokenOkResult,
    CreateResetPasswordOkResult,
    EmailAlreadyExistsError,
    SignInOkResult,
    SignUpOkResult,
    UpdateEmailOrPasswordOkResult,
    WrongCredentialsError,
)
from supertokens_python.recipe.session import asyncio as sessions
from supertokens_python.recipe.session.exceptions import TokenTheftError, UnauthorisedError
from supertokens_python.recipe.session.interfaces import SessionContainer
from supertokens_python.recipe.usermetadata import asyncio as metadata
from supertokens_python.types import RecipeUserId
from supertokens_python.types.base import AccountInfoInput

EMAIL, PASSWORD = f"{uuid4()}@example.com", "a password 1"


async def users() -> RecipeUserId:
    before = await get_user_count()
    signed_up = await passwords.sign_up("public", EMAIL, PASSWORD)
    assert isinstance(signed_up, SignUpOkResult)
    assert isinstance(await passwords.sign_up("public", EMAIL, PASSWORD), EmailAlreadyExistsError)
    assert isinstance(await passwords.sign_in("public", EMAIL, "wrong"), WrongCredentialsError)
    signed_in = await passwords.sign_in("public", EMAIL, PASSWORD)
    assert isinstance(signed_in, SignInOkResult)
    user_id = signed_in.user.id
    found = await get_user(user_id)
    assert found is not None
    assert found.emails == [EMAIL]
    assert [user.id for user in await list_users_by_account_info("public", AccountInfoInput(email=EMAIL))] == [user_id]
    assert await get_user_count() == before + 1
    assert user_id in [user.id for user in (await get_users_newest_first("public", limit=10)).users]

    reset = await passwords.create_reset_password_token("public", user_id, EMAIL)
    assert isinstance(reset, CreateResetPasswordOkResult)
    consumed = await passwords.consume_password_reset_token("public", reset.token)
    assert isinstance(consumed, ConsumePasswordResetTokenOkResult)
    assert (consumed.user_id, consumed.email) == (user_id, EMAIL)
    updated = await passwords.update_email_or_password(signed_in.recipe_user_id, password="another password 1")
    assert isinstance(updated, UpdateEmailOrPasswordOkResult)
    assert isinstance(await passwords.sign_in("public", EMAIL, "another password 1"), SignInOkResult)

    await metadata.update_user_metadata(user_id, {"theme": "dark", "gone": None})
    assert (await metadata.get_user_metadata(user_id)).metadata == {"theme": "dark"}
    await metadata.clear_user_metadata(user_id)
    assert (await metadata.get_user_metadata(user_id)).metadata == {}
    return signed_in.recipe_user_id


async def read(access_token: str, *, check_database: bool = False) -> SessionContainer:
    container = await sessions.get_session_without_request_response(access_token, check_database=check_database)
    assert container is not None
    return container


async def rotation(recipe_user_id: RecipeUserId) -> None:
    created = await sessions.create_new_session_without_request_response("public", recipe_user_id, {"role": "admin"})
    tokens = created.get_all_session_tokens_dangerously()
    first_refresh_token = tokens["refreshToken"]
    assert first_refresh_token is not None
    read_back = await read(tokens["accessToken"])
    assert read_back.get_user_id() == recipe_user_id.get_as_string()
    assert read_back.get_access_token_payload()["role"] == "admin"
    assert not read_back.get_all_session_tokens_dangerously()["accessAndFrontTokenUpdated"]

    refreshed = await sessions.refresh_session_without_request_response(first_refresh_token, disable_anti_csrf=True)
    child = refreshed.get_all_session_tokens_dangerously()
    promoted = await read(child["accessToken"])
    assert promoted.get_all_session_tokens_dangerously()["accessAndFrontTokenUpdated"]
    settled = await read(promoted.get_access_token())
    assert not settled.get_all_session_tokens_dangerously()["accessAndFrontTokenUpdated"]
    with pytest.raises(TokenTheftError) as theft:
        await sessions.refresh_session_without_request_response(first_refresh_token, disable_anti_csrf=True)
    assert theft.value.session_handle == created.get_handle()

    await settled.merge_into_access_token_payload({"role": "guest"})
    merged = await read(settled.get_access_token(), check_database=True)
    assert merged.get_access_token_payload()["role"] == "guest"
    await settled.update_session_data_in_database({"note": 1})
    assert await settled.get_session_data_from_database() == {"note": 1}
    information = await sessions.get_session_information(created.get_handle())
    assert information is not None
    assert information.custom_claims_in_access_token_payload["role"] == "guest"

    handles = await sessions.get_all_session_handles_for_user(recipe_user_id.get_as_string())
    assert handles == [created.get_handle()]
    assert await sessions.revoke_session(created.get_handle())
    assert not await sessions.revoke_session(created.get_handle())
    assert await sessions.revoke_all_sessions_for_user(recipe_user_id.get_as_string()) == []
    with pytest.raises(UnauthorisedError):
        await read(settled.get_access_token(), check_database=True)


async def main() -> None:
    await rotation(await users())


if __name__ == "__main__":
    init(
        app_info=InputAppInfo("app", "http://localhost:3001", website_domain="http://localhost:3000"),
        supertokens_config=SupertokensConfig(sys.argv[1], api_key=sys.argv[2] if len(sys.argv) > 2 else None),
        framework="flask",
        recipe_list=[session.init(), emailpassword.init(), usermetadata.init()],
    )
    asyncio.run(main())

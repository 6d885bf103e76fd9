"""CDI 5.4 over HTTP, as the in-memory core speaks it, or the core of SUPERTOKENS_CONNECTION_URI.

A core that is not in memory should be this test run's alone, and the run be of one worker: users are counted.
"""

import base64
import hashlib
import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

PASSWORD = "a password"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NO_SESSION = {"status": "UNAUTHORISED", "message": "Session does not exist."}


def email() -> str:
    return f"{uuid4()}@example.com"


def create(core, user_id=None, **fields):
    body = {"userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False} | fields
    return core.post("/public/recipe/session", userId=user_id or str(uuid4()), **body)


VERIFY = {"doAntiCsrfCheck": False, "enableAntiCsrf": False, "checkDatabase": False}


def verify(core, access_token, **fields):
    return core.post("/recipe/session/verify", accessToken=access_token, **(VERIFY | fields))


def refresh(core, refresh_token, **fields):
    body = {"enableAntiCsrf": False, "useDynamicSigningKey": True} | fields
    return core.post("/recipe/session/refresh", refreshToken=refresh_token, **body)


def jwt_part(token: str, part: int):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[part] + "=="))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def refuses(response: httpx.Response, status: int, text: str) -> bool:
    return (
        response.status_code == status
        and response.headers["content-type"].replace(" ", "").lower() == "text/html;charset=utf-8"
        and response.text == f"{text}\n"
    )


def fails_in_core_11(core, response: httpx.Response, text: str = "") -> bool:
    """Check whether a genuine core gave the error of version 11, where later ones and the in-memory core answer."""
    return core.clock is None and response.status_code == 500 and text in response.text


class TestTransport:
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
    @pytest.mark.parametrize("path", ["/hello", "/", "/public", "/public/hello", "/appid-public/hello"])
    def test_hello_asks_for_nothing(self, anonymous, method, path):
        assert refuses(anonymous.request(method, path), 200, "Hello")

    @pytest.mark.parametrize(
        "path", ["/nothing", "/recipe/nothing", "/public/nothing", "/a/b/c/hello", "/hello/session", "/recipe/hello"]
    )
    def test_what_is_not_there_is_not_found(self, anonymous, path):
        assert refuses(anonymous.get(path), 404, "Not found")

    @pytest.mark.parametrize(
        ("method", "path"),
        [("DELETE", "/recipe/session"), ("GET", "/recipe/signup"), ("OPTIONS", "/users"), ("POST", "/apiversion")],
    )
    def test_a_method_that_a_path_does_not_know_is_refused(self, core, method, path):
        assert refuses(core.http.request(method, path), 405, "Method not supported")

    def test_versions_are_told_to_whoever_has_a_key(self, core):
        params = {"apiDomain": "http://localhost:3001", "websiteDomain": "http://localhost:3000"}
        assert "5.4" in core.get("/apiversion", **params)["versions"]
        assert "5.4" in core.get("/public/apiversion")["versions"]

    def test_a_version_that_is_not_spoken_is_refused(self, core):
        response = core.http.get("/user/id", params={"userId": "x"}, headers={"cdi-version": "99.0"})
        assert refuses(response, 400, "cdi-version 99.0 not supported")

    def test_a_version_that_is_no_number_is_refused(self, core):
        response = core.http.get("/user/id", params={"userId": "x"}, headers={"cdi-version": "five"})
        message = "cdi-version header is invalid"
        assert refuses(response, 400, message) or fails_in_core_11(core, response, "Invalid version format")

    @pytest.mark.parametrize("version", ["2.7", "3.1", "5.0", "5.3"])
    def test_older_versions_are_spoken(self, core, version):
        response = core.http.get("/users/count", headers={"cdi-version": version})
        assert response.json()["status"] == "OK"

    def test_a_body_is_latin_1_unless_it_says_otherwise(self, core):
        body = json.dumps({"userId": str(uuid4()), "metadataUpdate": {"name": "Zoë"}}, ensure_ascii=False).encode()
        for content_type, name in (
            ("application/json", "ZoÃ«"),
            ("application/json; charset=utf-8", "Zoë"),
            ('application/json;charset="UTF-8"', "Zoë"),
        ):
            response = core.http.put("/recipe/user/metadata", content=body, headers={"content-type": content_type})
            assert response.json()["metadata"] == {"name": name}

    @pytest.mark.parametrize(
        "body",
        [
            b"{'userId': 'it\\'s \"so\"', 'metadataUpdate': {'a': 1}}",
            b'{"userId": ["x"], /* a list of one is its one */ "metadataUpdate": {"a": 1}} // and so on',
        ],
    )
    def test_json_is_read_leniently(self, core, body):
        response = core.http.put("/recipe/user/metadata", content=body)
        assert response.json() == {"status": "OK", "metadata": {"a": 1}}

    def test_patch_is_not_implemented(self, core):
        assert core.http.request("PATCH", "/users").status_code == 501

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
    def test_methods_without_an_answer_are_refused_at_any_path(self, core, method):
        assert core.http.request(method, "/nothing").status_code == 405

    @pytest.mark.parametrize("path", ["/unknown/user/id?userId=x", "/base/apiversion"])
    def test_what_is_about_the_app_is_answered_at_the_public_tenant(self, core, path):
        assert refuses(core.http.get(path), 403, "Only public tenantId can call this app specific API")

    def test_what_the_core_in_memory_does_not_know_is_said_in_words(self, core, address):
        if address.clock is None:
            pytest.skip("a genuine core knows it")
        for path in ("/recipe/oauth/auth", "/appid-public/public/recipe/webauthn/options", "/bulk-import/users"):
            response = core.http.post(path, json={})
            known = path.removeprefix("/appid-public/public")
            assert response.status_code == 404
            assert response.text.startswith(f"the core in memory does not know {known}; run a core: https://")

    @pytest.mark.parametrize("path", ["/hello", "/apiversion", "/.well-known/jwks.json"])
    def test_an_old_version_may_ask_for_what_has_none(self, core, path):
        assert core.http.get(path, headers={"cdi-version": "2.7"}).status_code == 200

    def test_no_version_is_the_latest(self, anonymous, core):
        headers = {"api-key": core.api_key} if core.api_key else {}
        response = anonymous.get("/user/id", params={"userId": "x"}, headers=headers)
        assert response.json() == {"status": "UNKNOWN_USER_ID_ERROR"}

    @pytest.mark.parametrize(
        "path",
        [
            "/user/id",
            "/user/id/",
            "/USER/ID",
            "/public/user/id",
            "/appid-public/user/id",
            "/appid-public/public/user/id",
        ],
    )
    def test_app_and_tenant_may_go_before_a_path(self, core, path):
        assert core.get(path, userId="x") == {"status": "UNKNOWN_USER_ID_ERROR"}

    @pytest.mark.parametrize("path", ["/unknown/users", "/appid-unknown/users", "/appid-unknown/public/users"])
    def test_an_app_or_tenant_that_is_not_there_is_refused(self, core, path):
        response = core.http.get(path)
        assert response.status_code == 400
        assert response.text.startswith("AppId or tenantId not found => ")

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"\xff", b"[" * 100_000])
    def test_a_body_that_is_not_an_object_is_refused(self, core, body):
        assert refuses(core.http.post("/recipe/session/verify", content=body), 400, "Invalid Json Input")


class TestApiKeys:
    @pytest.fixture(autouse=True)
    def _needs_a_key(self, core):
        if core.api_key is None:
            pytest.skip("SUPERTOKENS_API_KEY is not set: the core may have no key to ask for")

    @pytest.mark.parametrize(
        "form",
        [
            {"api-key": "{}"},
            {"Authorization": "Bearer   {}"},
            {"Authorization": "bearer {}"},
            {"Authorization": "{}"},
        ],
    )
    def test_a_key_is_taken_in_either_header(self, anonymous, core, form):
        headers = {name: value.format(core.api_key) for name, value in form.items()}
        assert anonymous.get("/apiversion", headers=headers).status_code == 200

    @pytest.mark.parametrize("headers", [{}, {"api-key": ""}, {"api-key": "wrong"}, {"Authorization": "Bearer wrong"}])
    @pytest.mark.parametrize("path", ["/apiversion", "/users", "/public/users/count", "/unknown/users"])
    def test_no_key_or_a_wrong_one_is_refused(self, anonymous, headers, path):
        assert refuses(anonymous.get(path, headers=headers), 401, "Invalid API key")

    def test_the_key_of_the_header_comes_first(self, anonymous, core):
        headers = {"api-key": "wrong", "Authorization": f"Bearer {core.api_key}"}
        assert anonymous.get("/apiversion", headers=headers).status_code == 401


class TestKeySet:
    def test_it_asks_for_no_key_and_may_be_cached(self, anonymous):
        response = anonymous.get("/.well-known/jwks.json")
        assert response.status_code == 200
        assert re.fullmatch(r"max-age=[1-9][0-9]*, must-revalidate", response.headers["cache-control"])
        for key in response.json()["keys"]:
            assert {"kty": "RSA", "alg": "RS256", "use": "sig"}.items() <= key.items()
            assert key.keys() == {"kty", "kid", "n", "e", "alg", "use"}

    @pytest.mark.parametrize(("dynamic", "prefix"), [(True, "d-"), (False, "s-")])
    def test_it_has_the_key_of_each_token(self, core, dynamic, prefix):
        token = create(core, useDynamicSigningKey=dynamic)["accessToken"]["token"]
        kid = jwt_part(token, 0)["kid"]
        assert kid.startswith(prefix)
        assert kid in [key["kid"] for key in core.get("/.well-known/jwks.json")["keys"]]


class TestTenants:
    def test_the_public_tenant(self, core):
        tenant = core.get("/public/recipe/multitenancy/tenant/v2")
        assert {"tenantId": "public", "thirdParty": {"providers": []}, "status": "OK"}.items() <= tenant.items()
        assert isinstance(tenant["coreConfig"], dict)
        assert core.get("/recipe/multitenancy/tenant/v2") == tenant

    def test_another_tenant(self, core):
        assert core.get("/unknown/recipe/multitenancy/tenant/v2") == {"status": "TENANT_NOT_FOUND_ERROR"}


class TestSessions:
    def test_create(self, core):
        user_id, data = str(uuid4()), {"role": "admin", "nothing": None}
        answer = create(core, user_id, userDataInJWT=data, userDataInDatabase={"note": 1})
        assert answer.keys() == {"status", "session", "accessToken", "refreshToken"}
        session = answer["session"]
        assert UUID.fullmatch(session.pop("handle"))
        assert session == {"userId": user_id, "recipeUserId": user_id, "userDataInJWT": data, "tenantId": "public"}
        for token in (answer["accessToken"], answer["refreshToken"]):
            assert token.keys() == {"token", "expiry", "createdTime"}
            assert token["createdTime"] < token["expiry"]

    def test_the_access_token(self, core):
        answer = create(core, "user", userDataInJWT={"iss": "https://api"})
        token = answer["accessToken"]
        header, payload = jwt_part(token["token"], 0), jwt_part(token["token"], 1)
        assert {"alg": "RS256", "typ": "JWT", "version": "5"}.items() <= header.items()
        assert header.keys() == {"alg", "typ", "version", "kid"}
        assert payload == {
            "sub": "user",
            "rsub": "user",
            "tId": "public",
            "exp": token["expiry"] // 1000,
            "iat": token["createdTime"] // 1000,
            "sessionHandle": answer["session"]["handle"],
            "refreshTokenHash1": sha256(answer["refreshToken"]["token"]),
            "parentRefreshTokenHash1": None,
            "antiCsrfToken": None,
            "iss": "https://api",
        }

    @pytest.mark.parametrize("name", ["sub", "exp", "iat", "tId", "rsub", "sessionHandle", "antiCsrfToken"])
    def test_a_reserved_key_is_refused(self, core, name):
        body = {"userDataInJWT": {name: 1}, "userDataInDatabase": {}, "enableAntiCsrf": False, "userId": "user"}
        response = core.http.post("/recipe/session", json=body)
        assert refuses(response, 400, "The user payload contains protected field")
        handle = create(core)["session"]["handle"]
        response = core.http.put("/recipe/jwt/data", json={"sessionHandle": handle, "userDataInJWT": {name: 1}})
        assert refuses(response, 400, "The user payload contains protected field")

    @pytest.mark.parametrize(
        ("path", "body", "wrong"),
        [
            (path, body, name)
            for path, body in (
                (
                    "/recipe/session",
                    {"userId": "u", "enableAntiCsrf": False, "userDataInJWT": {}, "userDataInDatabase": {}},
                ),
                (
                    "/recipe/session/verify",
                    {"accessToken": "a", "doAntiCsrfCheck": False, "enableAntiCsrf": False, "checkDatabase": False},
                ),
                (
                    "/recipe/session/refresh",
                    {"refreshToken": "r", "enableAntiCsrf": False, "useDynamicSigningKey": True},
                ),
                ("/recipe/session/regenerate", {"accessToken": "a"}),
                ("/recipe/signup", {"email": "e", "password": "p"}),
                ("/recipe/signin", {"email": "e", "password": "p"}),
                ("/recipe/user/password/reset/token/consume", {"token": "t"}),
                ("/recipe/user/metadata/remove", {"userId": "u"}),
            )
            for name in body
        ],
    )
    def test_each_field_must_be_there_and_of_its_type(self, core, path, body, wrong):
        message = f"Field name '{wrong}' is invalid in JSON input"
        wrong_values: tuple[Any, ...] = (None, [])
        for value in wrong_values:
            assert refuses(core.http.post(path, json=body | {wrong: value}), 400, message)
        without = {name: value for name, value in body.items() if name != wrong}
        assert refuses(core.http.post(path, json=without), 400, message)

    def test_get(self, core):
        created = create(core, "user", userDataInJWT={"a": None}, userDataInDatabase={"b": None})
        handle = created["session"]["handle"]
        session = core.get("/recipe/session", sessionHandle=handle)
        assert session == {
            "status": "OK",
            "sessionHandle": handle,
            "userId": "user",
            "recipeUserId": "user",
            "tenantId": "public",
            "userDataInJWT": {"a": None},
            "userDataInDatabase": {"b": None},
            "expiry": created["refreshToken"]["expiry"],
            "timeCreated": created["refreshToken"]["createdTime"],
        }
        assert core.get("/recipe/session", sessionHandle=str(uuid4())) == NO_SESSION
        missing = "Field name 'sessionHandle' is missing in GET request"
        assert refuses(core.http.get("/recipe/session"), 400, missing)

    def test_data(self, core):
        handle = create(core)["session"]["handle"]
        assert core.put("/recipe/session/data", sessionHandle=handle, userDataInDatabase={"a": 1}) == {"status": "OK"}
        assert core.put("/recipe/jwt/data", sessionHandle=handle, userDataInJWT={"b": 2}) == {"status": "OK"}
        session = core.get("/recipe/session", sessionHandle=handle)
        assert (session["userDataInDatabase"], session["userDataInJWT"]) == ({"a": 1}, {"b": 2})
        unknown = str(uuid4())
        assert core.put("/recipe/session/data", sessionHandle=unknown, userDataInDatabase={}) == NO_SESSION
        assert core.put("/recipe/jwt/data", sessionHandle=unknown, userDataInJWT={}) == NO_SESSION

    def test_handles_and_removal_by_user(self, core):
        user_id = str(uuid4())
        handles = {create(core, user_id)["session"]["handle"] for _ in range(2)}
        assert set(core.get("/recipe/session/user", userId=user_id)["sessionHandles"]) == handles
        answer = core.get("/public/recipe/session/user", userId=user_id, fetchAcrossAllTenants="false")
        assert set(answer["sessionHandles"]) == handles
        flags = {"revokeAcrossAllTenants": True, "revokeSessionsForLinkedAccounts": True}
        removed = core.post("/recipe/session/remove", userId=user_id, **flags)
        assert set(removed["sessionHandlesRevoked"]) == handles
        assert core.get("/recipe/session/user", userId=user_id) == {"status": "OK", "sessionHandles": []}

    def test_removal_by_handle(self, core):
        answer = create(core)
        handle = answer["session"]["handle"]
        removed = core.post("/recipe/session/remove", sessionHandles=[handle, str(uuid4())])
        assert removed == {"status": "OK", "sessionHandlesRevoked": [handle]}
        assert core.post("/recipe/session/remove", sessionHandles=[handle])["sessionHandlesRevoked"] == []
        assert core.get("/recipe/session", sessionHandle=handle) == NO_SESSION
        access_token = answer["accessToken"]["token"]
        assert verify(core, access_token)["status"] == "OK"
        assert verify(core, access_token, checkDatabase=True) == {
            "status": "UNAUTHORISED",
            "message": "Either the session has ended or has been blacklisted",
        }
        assert refresh(core, answer["refreshToken"]["token"]) == {
            "status": "UNAUTHORISED",
            "message": "Session missing in db or has expired",
        }
        assert core.post("/recipe/session/regenerate", accessToken=access_token, userDataInJWT={}) == NO_SESSION

    def test_a_handle_that_is_repeated_is_removed_as_often(self, core):
        handle = create(core)["session"]["handle"]
        removed = core.post("/recipe/session/remove", sessionHandles=[handle, handle])
        assert removed["sessionHandlesRevoked"] == [handle, handle]

    def test_a_handle_of_an_unknown_tenant_is_refused(self, core):
        response = core.http.get("/recipe/session", params={"sessionHandle": f"{uuid4()}_unknown"})
        assert response.status_code == 400
        assert response.text.startswith("AppId or tenantId not found => ")

    def test_verification_does_not_look_at_the_tenant(self, core):
        created = create(core)
        body = {"doAntiCsrfCheck": False, "enableAntiCsrf": False, "checkDatabase": True}
        answer = core.post("/unknown/recipe/session/verify", accessToken=created["accessToken"]["token"], **body)
        assert answer == {"status": "OK", "session": created["session"]}

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ({}, "use one of userId or sessionHandles array"),
            ({"userId": "u", "sessionHandles": []}, "use one of userId or sessionHandles array"),
            (
                {"sessionHandles": [], "revokeAcrossAllTenants": True},
                "revokeAcrossAllTenants can only be set if userId is set",
            ),
            (
                {"sessionHandles": [], "revokeSessionsForLinkedAccounts": True},
                "revokeSessionsForLinkedAccounts can only be set if userId is set",
            ),
        ],
    )
    def test_removal_says_which_one(self, core, body, message):
        response = core.http.post("/recipe/session/remove", json=body)
        assert refuses(response, 400, f"Invalid JSON input - {message}")

    def test_removal_takes_a_list_of_strings(self, core):
        response = core.http.post("/recipe/session/remove", json={"sessionHandles": [1]})
        assert refuses(response, 400, "Field name 'sessionHandles' is invalid in JSON input")


class TestRotation:
    def test_a_fresh_token_needs_no_other(self, core):
        created = create(core, userDataInJWT={"a": None})
        for check_database in (False, True):
            answer = verify(core, created["accessToken"]["token"], checkDatabase=check_database)
            assert answer == {"status": "OK", "session": created["session"]}

    def test_a_child_is_promoted_and_its_parents_reuse_is_theft(self, core):
        created = create(core, "user")
        child = refresh(core, created["refreshToken"]["token"])
        assert child.keys() == {"status", "session", "accessToken", "refreshToken"}
        assert child["session"] == created["session"]
        payload = jwt_part(child["accessToken"]["token"], 1)
        assert payload["parentRefreshTokenHash1"] == sha256(created["refreshToken"]["token"])
        assert refresh(core, created["refreshToken"]["token"])["status"] == "OK"

        verified = verify(core, child["accessToken"]["token"])
        assert verified.keys() == {"status", "session", "accessToken"}
        assert jwt_part(verified["accessToken"]["token"], 1)["parentRefreshTokenHash1"] is None
        assert "accessToken" not in verify(core, verified["accessToken"]["token"])

        handle = created["session"]["handle"]
        assert refresh(core, created["refreshToken"]["token"]) == {
            "status": "TOKEN_THEFT_DETECTED",
            "session": {"handle": handle, "userId": "user", "recipeUserId": "user"},
        }
        assert core.get("/recipe/session", sessionHandle=handle)["status"] == "OK"
        assert refresh(core, child["refreshToken"]["token"])["status"] == "OK"

    def test_a_grandparents_reuse_is_theft(self, core):
        first = create(core)["refreshToken"]["token"]
        second = refresh(core, first)["refreshToken"]["token"]
        assert refresh(core, second)["status"] == "OK"
        assert refresh(core, first)["status"] == "TOKEN_THEFT_DETECTED"

    def test_a_displaced_sibling_verifies_and_cannot_refresh(self, core):
        parent = create(core)["refreshToken"]["token"]
        one, other = refresh(core, parent), refresh(core, parent)
        assert "accessToken" in verify(core, one["accessToken"]["token"])
        assert verify(core, other["accessToken"]["token"]) == {"status": "OK", "session": other["session"]}
        assert refresh(core, other["refreshToken"]["token"])["status"] == "TOKEN_THEFT_DETECTED"

    def test_a_stale_payload_is_replaced_where_the_database_is_asked(self, core):
        created = create(core, userDataInJWT={"role": "admin"})
        handle, token = created["session"]["handle"], created["accessToken"]["token"]
        core.put("/recipe/jwt/data", sessionHandle=handle, userDataInJWT={"role": "guest"})
        assert verify(core, token)["session"]["userDataInJWT"] == {"role": "admin"}
        answer = verify(core, token, checkDatabase=True)
        assert answer["session"]["userDataInJWT"] == {"role": "guest"}
        assert jwt_part(answer["accessToken"]["token"], 1)["role"] == "guest"

    def test_regenerate(self, core):
        created = create(core, userDataInJWT={"role": "admin"})
        token = created["accessToken"]
        answer = core.post("/recipe/session/regenerate", accessToken=token["token"], userDataInJWT={"role": "guest"})
        assert answer.keys() == {"status", "session", "accessToken"}
        assert answer["session"] == created["session"] | {"userDataInJWT": {"role": "guest"}}
        assert answer["accessToken"]["expiry"] == token["expiry"]
        same = core.post("/recipe/session/regenerate", accessToken=token["token"])
        assert same["session"]["userDataInJWT"] == {"role": "guest"}

    def test_regenerate_refuses_what_is_no_token(self, core):
        response = core.http.post("/recipe/session/regenerate", json={"accessToken": "a.b.c"})
        assert response.status_code == 500
        foreign = ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
            for part in ({"typ": "JWT", "alg": "RS256", "version": "5", "kid": "d-1"}, {"sub": "u"}, {})
        )
        answer = core.post("/recipe/session/regenerate", accessToken=foreign)
        assert answer["status"] == "UNAUTHORISED"
        response = core.http.post(
            "/recipe/session/regenerate",
            json={"accessToken": create(core)["accessToken"]["token"], "userDataInJWT": {"sub": "another"}},
        )
        assert refuses(response, 400, "The user payload contains protected field")

    def test_what_is_no_access_token_is_to_be_refreshed(self, core):
        token = create(core)["accessToken"]["token"]
        header, payload, signature = token.split(".")
        other_kid = (
            base64.urlsafe_b64encode(json.dumps(jwt_part(token, 0) | {"kid": "d-1"}).encode()).rstrip(b"=").decode()
        )
        forged = payload.swapcase()
        for wrong in ("", "x", "a.b.c", f"{header}.{forged}.{signature}", f"{other_kid}.{payload}.{signature}"):
            response = core.http.post("/recipe/session/verify", json=VERIFY | {"accessToken": wrong})
            assert fails_in_core_11(core, response) or core._json(response)["status"] == "TRY_REFRESH_TOKEN"

    def test_three_parts_that_are_no_token_are_refused(self, core):
        body = {"doAntiCsrfCheck": False, "enableAntiCsrf": False, "checkDatabase": False}
        response = core.http.post("/recipe/session/verify", json=body | {"accessToken": "a.b.c"})
        assert fails_in_core_11(core, response) or response.json()["status"] == "TRY_REFRESH_TOKEN"

    def test_what_is_no_refresh_token_is_unauthorised(self, core):
        token = create(core)["refreshToken"]["token"]
        for wrong in ("", "x", "a.b.V2", f"A{token[1:]}x", token.removesuffix("V2")):
            assert refresh(core, wrong)["status"] == "UNAUTHORISED"

    def test_anti_csrf(self, core):
        created = create(core, enableAntiCsrf=True)
        anti_csrf, access_token = created["antiCsrfToken"], created["accessToken"]["token"]
        assert UUID.fullmatch(anti_csrf)
        checked = {"doAntiCsrfCheck": True, "enableAntiCsrf": True}
        assert verify(core, access_token, antiCsrfToken=anti_csrf, **checked)["status"] == "OK"
        assert verify(core, access_token, antiCsrfToken="wrong", enableAntiCsrf=True)["status"] == "OK"
        assert verify(core, access_token, antiCsrfToken="wrong", doAntiCsrfCheck=True)["status"] == "OK"
        for wrong in ({}, {"antiCsrfToken": "wrong"}):
            answer = verify(core, access_token, **checked, **wrong)
            assert answer == {"status": "TRY_REFRESH_TOKEN", "message": "anti-csrf check failed"}
            answer = refresh(core, created["refreshToken"]["token"], enableAntiCsrf=True, **wrong)
            assert answer == {"status": "UNAUTHORISED", "message": "Anti CSRF token missing, or not matching"}
        child = refresh(core, created["refreshToken"]["token"], enableAntiCsrf=True, antiCsrfToken=anti_csrf)
        assert child["antiCsrfToken"] != anti_csrf

    def test_an_access_token_expires(self, core):
        created = create(core)
        core.clock.move(3601)
        expired = created["accessToken"]["token"]
        assert verify(core, expired) == {"status": "TRY_REFRESH_TOKEN", "message": "Access token expired"}
        answer = core.post("/recipe/session/regenerate", accessToken=expired, userDataInJWT={"role": "guest"})
        assert answer == {"status": "OK", "session": created["session"] | {"userDataInJWT": {"role": "guest"}}}
        assert refresh(core, created["refreshToken"]["token"])["status"] == "OK"

    def test_a_session_ends(self, core):
        created = create(core)
        core.clock.move(100 * 24 * 3600 + 1)
        assert core.get("/recipe/session", sessionHandle=created["session"]["handle"]) == NO_SESSION
        assert refresh(core, created["refreshToken"]["token"])["status"] == "UNAUTHORISED"

    def test_keys_rotate(self, core):
        before = create(core)["accessToken"]["token"]
        core.clock.move(168 * 3600 - 30)
        kids = [key["kid"] for key in core.get("/.well-known/jwks.json")["keys"]]
        assert jwt_part(before, 0)["kid"] in kids
        core.clock.move(60)
        assert jwt_part(create(core)["accessToken"]["token"], 0)["kid"] == kids[0] != jwt_part(before, 0)["kid"]


class TestUsers:
    def test_sign_up_and_sign_in(self, core):
        address = email()
        answer = core.post("/public/recipe/signup", email=f" {address.upper()} ", password=PASSWORD)
        user = answer["user"]
        user_id, joined = user["id"], user["timeJoined"]
        assert UUID.fullmatch(user_id)
        assert answer == {"status": "OK", "recipeUserId": user_id, "user": user}
        assert user == {
            "id": user_id,
            "isPrimaryUser": False,
            "tenantIds": ["public"],
            "timeJoined": joined,
            "emails": [address],
            "phoneNumbers": [],
            "thirdParty": [],
            "webauthn": {"credentialIds": []},
            "loginMethods": [
                {
                    "tenantIds": ["public"],
                    "recipeUserId": user_id,
                    "verified": False,
                    "timeJoined": joined,
                    "recipeId": "emailpassword",
                    "email": address,
                }
            ],
        }
        assert core.post("/public/recipe/signin", email=address.title(), password=PASSWORD) == answer
        assert core.get("/user/id", userId=user_id) == {"status": "OK", "user": user}

    def test_an_address_is_taken_once(self, core):
        address = email()
        core.post("/recipe/signup", email=address, password=PASSWORD)
        taken = core.post("/recipe/signup", email=address.upper(), password="another")
        assert taken == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}

    def test_wrong_credentials(self, core):
        address = email()
        core.post("/recipe/signup", email=address, password=PASSWORD)
        for credentials in ({"email": address, "password": "wrong"}, {"email": email(), "password": PASSWORD}):
            assert core.post("/recipe/signin", **credentials) == {"status": "WRONG_CREDENTIALS_ERROR"}

    def test_the_first_72_bytes_of_a_password_count(self, core):
        address = email()
        core.post("/recipe/signup", email=address, password="x" * 90)
        assert core.post("/recipe/signin", email=address, password="x" * 72)["status"] == "OK"
        assert core.post("/recipe/signin", email=address, password="x" * 71)["status"] == "WRONG_CREDENTIALS_ERROR"

    def test_an_address_is_trimmed_of_what_java_calls_space(self, core):
        address = email()
        core.post("/recipe/signup", email=f"\x01\t{address} \n", password=PASSWORD)
        assert core.post("/recipe/signin", email=address, password=PASSWORD)["status"] == "OK"
        answer = core.post("/recipe/signin", email=f"{address}\u00a0", password=PASSWORD)
        assert answer["status"] == "WRONG_CREDENTIALS_ERROR"

    def test_an_empty_password_is_refused(self, core):
        response = core.http.post("/recipe/signup", json={"email": email(), "password": ""})
        assert refuses(response, 400, "Password cannot be an empty string")

    def test_unknown_users(self, core):
        assert core.get("/user/id", userId=str(uuid4())) == {"status": "UNKNOWN_USER_ID_ERROR"}
        answer = core.post("/public/recipe/user/password/reset/token", userId=str(uuid4()), email=email())
        assert answer == {"status": "UNKNOWN_USER_ID_ERROR"}
        answer = core.put("/recipe/user", recipeUserId=str(uuid4()), password=PASSWORD)
        assert answer == {"status": "UNKNOWN_USER_ID_ERROR"}
        assert refuses(core.http.get("/user/id"), 400, "Field name 'userId' is missing in GET request")

    def test_update(self, core):
        one, other, new = email(), email(), email()
        user_id = core.post("/recipe/signup", email=one, password=PASSWORD)["user"]["id"]
        core.post("/recipe/signup", email=other, password=PASSWORD)
        taken = core.put("/recipe/user", recipeUserId=user_id, email=other, password="new password")
        assert taken == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}
        assert core.post("/recipe/signin", email=one, password=PASSWORD)["status"] == "OK"
        assert core.put("/recipe/user", recipeUserId=user_id, email=one.upper()) == {"status": "OK"}
        assert core.put("/recipe/user", recipeUserId=user_id, email=f" {new.upper()}", password="new") == {
            "status": "OK"
        }
        assert core.post("/recipe/signin", email=new, password="new")["user"]["emails"] == [new]
        assert core.post("/recipe/signin", email=one, password=PASSWORD)["status"] == "WRONG_CREDENTIALS_ERROR"
        response = core.http.put("/recipe/user", json={"recipeUserId": user_id})
        assert refuses(response, 400, "You have to provide either email or password.")

    def test_password_reset(self, core):
        address = email()
        user_id = core.post("/recipe/signup", email=address, password=PASSWORD)["user"]["id"]
        tokens = [
            core.post("/public/recipe/user/password/reset/token", userId=user_id, email=address)["token"]
            for _ in range(2)
        ]
        path, spent = (
            "/public/recipe/user/password/reset/token/consume",
            {"status": "RESET_PASSWORD_INVALID_TOKEN_ERROR"},
        )
        assert core.post(path, token="unknown") == spent
        assert core.post(path, token=tokens[0]) == {"status": "OK", "userId": user_id, "email": address}
        assert [core.post(path, token=token) for token in tokens] == [spent, spent]

    def test_a_password_reset_is_good_for_an_hour(self, core):
        address = email()
        user_id = core.post("/recipe/signup", email=address, password=PASSWORD)["user"]["id"]
        token = core.post("/recipe/user/password/reset/token", userId=user_id, email=address)["token"]
        core.clock.move(3601)
        answer = core.post("/recipe/user/password/reset/token/consume", token=token)
        assert answer == {"status": "RESET_PASSWORD_INVALID_TOKEN_ERROR"}

    def test_by_account_info(self, core):
        address = email()
        user = core.post("/recipe/signup", email=address, password=PASSWORD)["user"]
        third_party = {"thirdPartyId": "google", "thirdPartyUserId": "1"}

        def users(union="true", **info):
            return core.get("/public/users/by-accountinfo", doUnionOfAccountInfo=union, **info)["users"]

        assert users(email=f" {address.upper()}") == users("false", email=address) == [user]
        assert users(email=email()) == users() == users(**third_party) == []
        assert users(email=address, **third_party) == [user]
        assert users("false", email=address, **third_party) == []
        assert users("false", email=address, phoneNumber="+15551234567") == []

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({}, "Field name 'doUnionOfAccountInfo' is missing in GET request"),
            ({"doUnionOfAccountInfo": "yes"}, "'doUnionOfAccountInfo' should be either 'true' or 'false'"),
            (
                {"doUnionOfAccountInfo": "true", "thirdPartyId": "google"},
                "If 'thirdPartyId' is provided, 'thirdPartyUserId' must also be provided, and vice versa",
            ),
        ],
    )
    def test_account_info_is_checked(self, core, params, message):
        assert refuses(core.http.get("/users/by-accountinfo", params=params), 400, message)

    def test_a_password_that_cannot_be_encoded_is_refused(self, core, address):
        if address.clock is None:
            pytest.skip("half a surrogate pair is text to a core that is written in Java")
        response = core.http.post("/recipe/signin", content=rb'{"email": "e", "password": "\ud800"}')
        assert refuses(response, 400, "Field name 'password' is invalid in JSON input")


class TestListOfUsers:
    @pytest.fixture
    def joined(self, core):
        """Three users, whom the list has last when the oldest come first; two of them may have joined at once."""
        return [core.post("/recipe/signup", email=email(), password=PASSWORD)["user"]["id"] for _ in range(3)]

    def ids(self, answer):
        return [user["id"] for user in answer["users"]]

    def test_pages(self, core, joined):
        newest = core.get("/public/users", limit=3, timeJoinedOrder="DESC")
        assert set(self.ids(newest)) == set(joined)
        pages: list[str] = []
        token: dict[str, str] = {}
        for _ in joined:
            page = core.get("/users", limit=1, timeJoinedOrder="DESC", **token)
            pages += self.ids(page)
            token = {"paginationToken": page["nextPaginationToken"]} if "nextPaginationToken" in page else {}
        assert pages == self.ids(newest)

    def test_oldest_first_is_the_default(self, core, joined):
        users: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while True:
            page = core.get("/users", **token)
            users += page["users"]
            if "nextPaginationToken" not in page:
                break
            token = {"paginationToken": page["nextPaginationToken"]}
        assert users == sorted(users, key=lambda user: user["timeJoined"])
        assert set(joined) == {user["id"] for user in users[-3:]}

    def test_search(self, core, joined):
        (address,) = core.get("/user/id", userId=joined[0])["user"]["emails"]
        assert self.ids(core.get("/users", email=f" {address[:20].upper()};{uuid4()}")) == [joined[0]]
        assert joined[0] in self.ids(core.get("/users", email="example.c"))
        assert core.get("/users", limit=501, email=str(uuid4())) == {"status": "OK", "users": []}
        assert core.get("/users", phone="555") == core.get("/users", email=address, provider="google")
        assert core.get("/users", phone="555")["users"] == []

    def test_search_by_wildcards_and_newest_first(self, core):
        domain = f"{uuid4()}.example.com"
        ids = [core.post("/recipe/signup", email=f"{name}@{domain}", password=PASSWORD)["user"]["id"] for name in "abc"]
        assert self.ids(core.get("/users", email=domain)) == ids
        assert self.ids(core.get("/users", email=domain, timeJoinedOrder="DESC")) == ids[::-1]
        assert self.ids(core.get("/users", email=f"_@{domain[:8]}%m")) == ids

    def test_an_unknown_pagination_token_is_a_place_in_the_list(self, core, joined):
        time_joined = core.get("/user/id", userId=joined[0])["user"]["timeJoined"]
        token = base64.b64encode(f"{uuid4()};{time_joined + 1}".encode()).decode()
        assert set(self.ids(core.get("/users", paginationToken=token))) <= set(joined)
        token = base64.b64encode(f"~;{time_joined}".encode()).decode()
        assert set(self.ids(core.get("/users", paginationToken=token))) == set(joined)

    def test_count(self, core, joined):
        before = core.get("/public/users/count")["count"]
        core.post("/recipe/signup", email=email(), password=PASSWORD)
        assert core.get("/users/count", includeAllTenants="true") == {"status": "OK", "count": before + 1}
        assert core.get("/users/count", includeRecipeIds="EmailPassword, thirdparty")["count"] == before + 1
        assert core.get("/users/count", includeRecipeIds="thirdparty")["count"] == 0
        assert core.get("/users", includeRecipeIds="thirdparty")["users"] == []

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"limit": 0}, "limit must a positive integer with min value 1"),
            ({"limit": 501}, "max limit allowed is 500"),
            ({"limit": " 5"}, "Field name 'limit' must be an int in the GET request"),
            ({"limit": "x"}, "Field name 'limit' must be an int in the GET request"),
            ({"timeJoinedOrder": "asc"}, "timeJoinedOrder can be either ASC OR DESC"),
            ({"paginationToken": "x"}, "invalid pagination token"),
            ({"includeRecipeIds": "magic"}, "Unknown recipe ID: magic"),
        ],
    )
    def test_what_the_list_refuses(self, core, params, message):
        assert refuses(core.http.get("/users", params=params), 400, message)


class TestMetadata:
    def test_it_is_merged_key_by_key_and_null_takes_away(self, core):
        path, user_id = "/recipe/user/metadata", str(uuid4())
        assert core.get(path, userId=user_id) == {"status": "OK", "metadata": {}}
        first = {"a": 1, "b": {"x": 1, "y": None}, "c": None}
        answer = core.put(path, userId=user_id, metadataUpdate=first)
        assert answer == {"status": "OK", "metadata": {"a": 1, "b": {"x": 1, "y": None}}}
        answer = core.put(path, userId=user_id, metadataUpdate={"a": None, "b": {"z": 1}})
        assert answer["metadata"] == {"b": {"z": 1}}
        assert core.get(path, userId=user_id) == answer
        assert core.post(f"{path}/remove", userId=user_id) == {"status": "OK"}
        assert core.get(path, userId=user_id)["metadata"] == {}

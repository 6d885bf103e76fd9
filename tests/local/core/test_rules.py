"""Rules of the core's recipes that no recorded exchange shows, from the source of SuperTokens core 11.4.7."""

import base64
import hmac
import struct
from uuid import uuid4

import pytest

PASSWORD = "a password 1"


def email() -> str:
    return f"{uuid4()}@example.com"


def sign_up(core, address=None, tenant="public"):
    return core.post(f"/{tenant}/recipe/signup", email=address or email(), password=PASSWORD)["recipeUserId"]


def sign_in_with(core, third_party_user_id, address, tenant="public"):
    third_party = {"thirdPartyId": "github", "thirdPartyUserId": third_party_user_id}
    return core.post(f"/{tenant}/recipe/signinup", **third_party, email={"id": address, "isVerified": False})


def passwordless(core, address, tenant="public"):
    code = core.post(f"/{tenant}/recipe/signinup/code", email=address)
    fields = {name: code[name] for name in ("preAuthSessionId", "linkCode")}
    return core.post(f"/{tenant}/recipe/signinup/code/consume", **fields)["recipeUserId"]


def make_primary(core, user_id):
    assert core.post("/recipe/accountlinking/user/primary", recipeUserId=user_id)["status"] == "OK"


def link(core, recipe_user_id, primary_user_id):
    answer = core.post("/recipe/accountlinking/user/link", recipeUserId=recipe_user_id, primaryUserId=primary_user_id)
    assert answer["status"] == "OK", answer


@pytest.fixture
def tenant(core):
    tenant_id = f"t-{uuid4()}"
    core.put("/recipe/multitenancy/tenant/v2", tenantId=tenant_id)
    return tenant_id


def session(core, user_id, tenant="public"):
    body = {"userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
    return core.post(f"/{tenant}/recipe/session", userId=user_id, **body)["session"]


class TestPrimaryUsers:
    def test_a_third_partys_address_may_not_become_that_of_another(self, core):
        taken, third_party_user_id = email(), str(uuid4())
        make_primary(core, sign_up(core, taken))
        user_id = sign_in_with(core, third_party_user_id, email())["recipeUserId"]
        assert sign_in_with(core, third_party_user_id, taken)["status"] == "OK"
        sign_in_with(core, third_party_user_id, email())
        make_primary(core, user_id)
        assert sign_in_with(core, third_party_user_id, taken) == {
            "status": "EMAIL_CHANGE_NOT_ALLOWED_ERROR",
            "reason": "Email already associated with another primary user.",
        }

    def test_a_passwordless_address_may_not_become_that_of_another(self, core):
        taken = email()
        make_primary(core, sign_up(core, taken))
        user_id = passwordless(core, email())
        make_primary(core, user_id)
        response = core.http.put(
            "/recipe/user", json={"recipeUserId": user_id, "email": taken}, headers={"rid": "passwordless"}
        )
        assert response.json() == {
            "status": "EMAIL_CHANGE_NOT_ALLOWED_ERROR",
            "reason": "New email is associated with another primary user ID",
        }

    def test_a_changed_address_ends_the_codes_of_both(self, core):
        old, new = email(), email()
        user_id = passwordless(core, old)
        for address in (old, new):
            core.post("/recipe/signinup/code", email=address)
        core.http.put("/recipe/user", json={"recipeUserId": user_id, "email": new}, headers={"rid": "passwordless"})
        for address in (old, new):
            assert core.get("/recipe/signinup/codes", email=address)["devices"] == []

    def test_a_tenant_has_one_primary_user_of_an_address(self, core, tenant):
        address = email()
        there = sign_in_with(core, str(uuid4()), address, tenant)["recipeUserId"]
        make_primary(core, there)
        here = sign_up(core, address)
        make_primary(core, here)
        assert core.post(f"/{tenant}/recipe/multitenancy/tenant/user", recipeUserId=here) == {
            "status": "ASSOCIATION_NOT_ALLOWED_ERROR",
            "reason": f"Another primary user with email already exists: {there}",
        }
        other = sign_up(core, address, tenant)
        answer = core.post(f"/{tenant}/recipe/multitenancy/tenant/user", recipeUserId=here)
        assert answer["status"] == "ASSOCIATION_NOT_ALLOWED_ERROR"
        assert core.post("/recipe/accountlinking/user/unlink", recipeUserId=there)["wasLinked"]
        make_primary(core, other)
        answer = core.post(f"/{tenant}/recipe/multitenancy/tenant/user", recipeUserId=here)
        assert answer == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}

    def test_a_user_of_no_tenant_is_found_by_id_alone(self, core):
        address = email()
        user_id = sign_up(core, address)
        before = core.get("/users/count", includeAllTenants="true")["count"]
        handle = session(core, user_id)["handle"]
        assert core.post("/recipe/multitenancy/tenant/user/remove", recipeUserId=user_id)["wasAssociated"]
        assert core.get("/user/id", userId=user_id)["user"]["tenantIds"] == []
        assert core.get("/users/count", includeAllTenants="true")["count"] == before - 1
        assert core.get("/users", email=address)["users"] == []
        assert core.get("/recipe/session", sessionHandle=handle)["status"] == "UNAUTHORISED"


class TestRemoval:
    def test_a_user_keeps_the_id_of_a_method_that_is_removed(self, core):
        first, second = sign_up(core), sign_up(core)
        make_primary(core, first)
        link(core, second, first)
        core.put("/recipe/user/metadata", userId=first, metadataUpdate={"a": 1})
        core.put("/recipe/user/metadata", userId=second, metadataUpdate={"b": 2})
        core.post("/user/remove", userId=first, removeAllLinkedAccounts=False)
        user = core.get("/user/id", userId=first)["user"]
        assert (user["id"], [method["recipeUserId"] for method in user["loginMethods"]]) == (first, [second])
        assert core.get("/recipe/user/metadata", userId=first)["metadata"] == {"a": 1}
        core.post("/user/remove", userId=second, removeAllLinkedAccounts=False)
        assert core.get("/user/id", userId=first) == {"status": "UNKNOWN_USER_ID_ERROR"}
        for user_id in (first, second):
            assert core.get("/recipe/user/metadata", userId=user_id)["metadata"] == {}

    def test_all_of_a_user_goes_unless_it_is_said_otherwise(self, core):
        first, second = sign_up(core), sign_up(core)
        make_primary(core, first)
        link(core, second, first)
        handles = [session(core, user_id)["handle"] for user_id in (first, second)]
        core.post("/user/remove", userId=second)
        for user_id in (first, second):
            assert core.get("/user/id", userId=user_id) == {"status": "UNKNOWN_USER_ID_ERROR"}
        for handle in handles:
            assert core.get("/recipe/session", sessionHandle=handle)["status"] == "UNAUTHORISED"

    def test_what_is_kept_of_an_unknown_user_stays(self, core):
        user_id = str(uuid4())
        core.put("/recipe/user/metadata", userId=user_id, metadataUpdate={"a": 1})
        assert core.post("/user/remove", userId=user_id) == {"status": "OK"}
        assert core.get("/recipe/user/metadata", userId=user_id)["metadata"] == {"a": 1}

    def test_a_removed_tenant_leaves_its_users(self, core, tenant):
        user_id = sign_up(core, tenant=tenant)
        handle = session(core, user_id, tenant)["handle"]
        assert handle.endswith(f"_{tenant}")
        assert core.post("/recipe/multitenancy/tenant/remove", tenantId=tenant)["didExist"]
        assert core.get("/user/id", userId=user_id)["user"]["tenantIds"] == []


class TestSessionsOfLinkedUsers:
    def test_the_user_of_a_session_is_who_it_is_now(self, core):
        first, second = sign_up(core), sign_up(core)
        make_primary(core, first)
        link(core, second, first)
        created = session(core, second)
        assert (created["userId"], created["recipeUserId"]) == (first, second)
        assert core.get("/recipe/session/user", userId=first)["sessionHandles"] == [created["handle"]]
        alone = core.get("/recipe/session/user", userId=first, fetchSessionsForAllLinkedAccounts="false")
        assert alone["sessionHandles"] == []
        answer = core.post("/recipe/accountlinking/user/unlink", recipeUserId=second)
        assert answer == {"status": "OK", "wasLinked": True, "wasRecipeUserDeleted": False}
        assert core.get("/recipe/session", sessionHandle=created["handle"])["status"] == "UNAUTHORISED"

    def test_lists_of_one_tenant_and_of_all(self, core, tenant):
        user_id = sign_up(core)
        here, there = session(core, user_id)["handle"], session(core, user_id, tenant)["handle"]
        every = core.get("/recipe/session/user", userId=user_id)["sessionHandles"]
        assert set(every) == {here, there}
        one = core.get(f"/{tenant}/recipe/session/user", userId=user_id, fetchAcrossAllTenants="false")
        assert one["sessionHandles"] == [there]
        refused = core.http.get(f"/{tenant}/recipe/session/user", params={"userId": user_id})
        assert refused.status_code == 403
        removed = core.post(f"/{tenant}/recipe/session/remove", userId=user_id, revokeAcrossAllTenants=False)
        assert removed["sessionHandlesRevoked"] == [there]


class TestUserIds:
    def test_the_verification_of_an_address_moves_to_a_new_id(self, core):
        address, external = email(), f"external-{uuid4()}"
        user_id = passwordless(core, address)
        assert core.post("/recipe/userid/map", superTokensUserId=user_id, externalUserId=external)["status"] == "OK"
        user = core.get("/user/id", userId=external)["user"]
        assert (user["id"], user["loginMethods"][0]["verified"]) == (external, True)
        refused = core.http.post("/recipe/userid/map/remove", json={"userId": external})
        assert (refused.status_code, refused.text) == (400, "UserId is already in use in EmailVerification recipe\n")

    def test_what_other_recipes_keep_is_in_the_way(self, core):
        user_id = sign_up(core)
        session(core, user_id)
        core.put("/recipe/user/metadata", userId=user_id, metadataUpdate={"a": 1})
        refused = core.http.post(
            "/recipe/userid/map", json={"superTokensUserId": user_id, "externalUserId": f"external-{uuid4()}"}
        )
        assert (refused.status_code, refused.text) == (400, "UserId is already in use in Session recipe\n")

    def test_sessions_and_devices_are_of_either_id(self, core):
        user_id, external = sign_up(core), f"external-{uuid4()}"
        core.post("/recipe/userid/map", superTokensUserId=user_id, externalUserId=external)
        created = session(core, user_id)
        assert (created["userId"], created["recipeUserId"]) == (external, external)
        core.post("/recipe/totp/device", userId=user_id, deviceName="d", skew=1, period=30)
        devices = [core.get("/recipe/totp/device/list", userId=one)["devices"] for one in (user_id, external)]
        assert devices[0] == devices[1] != []


class TestTotp:
    def code(self, core, secret, offset=0):
        step = int(core.clock()) // 30 + offset
        digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
        number = int.from_bytes(digest[digest[-1] & 15 :][:4]) & 0x7FFFFFFF
        return f"{number % 10**6:06}"

    def test_after_the_pause_the_count_begins_anew(self, core):
        user_id = str(uuid4())
        secret = core.post("/recipe/totp/device", userId=user_id, deviceName="d", skew=1, period=30)["secret"]

        def verify(code):
            return core.post("/recipe/totp/device/verify", userId=user_id, deviceName="d", totp=code)

        assert [verify("000000")["currentNumberOfFailedAttempts"] for _ in range(5)] == [1, 2, 3, 4, 5]
        core.clock.move(10)
        limited = verify(self.code(core, secret))
        assert limited["status"] == "LIMIT_REACHED_ERROR"
        assert 889_000 <= limited["retryAfterMs"] <= 890_000
        core.clock.move(890)
        assert [verify("000000")["currentNumberOfFailedAttempts"] for _ in range(2)] == [1, 2]
        assert verify(self.code(core, secret)) == {"status": "OK", "wasAlreadyVerified": False}

    def test_a_device_without_a_name_gets_the_next_that_is_free(self, core):
        user_id = str(uuid4())
        fields = {"userId": user_id, "skew": 1, "period": 30, "secretKey": "JBSWY3DPEHPK3PXP"}
        core.post("/recipe/totp/device/import", deviceName="TOTP Device 1", **fields)
        names = [core.post("/recipe/totp/device/import", **fields)["deviceName"] for _ in range(2)]
        assert names == ["TOTP Device 2", "TOTP Device 3"]
        assert core.post("/recipe/totp/device", **fields)["deviceName"] == "TOTP Device 4"

    def test_a_longer_code_is_not_remembered(self, core):
        user_id = str(uuid4())
        core.post("/recipe/totp/device", userId=user_id, deviceName="d", skew=1, period=30)
        for _ in range(7):
            answer = core.post("/recipe/totp/device/verify", userId=user_id, deviceName="d", totp="123456789")
            assert (answer["status"], answer["currentNumberOfFailedAttempts"]) == ("INVALID_TOTP_ERROR", 1)

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"userId": ""}, "userId cannot be empty"),
            ({"deviceName": ""}, "deviceName cannot be empty"),
            ({"skew": -1}, "skew must be >= 0"),
            ({"period": 0}, "period must be > 0"),
            ({"period": "x"}, "Field name 'period' is invalid in JSON input"),
        ],
    )
    def test_what_a_device_refuses(self, core, fields, message):
        body = {"userId": "u", "deviceName": "d", "skew": 1, "period": 30} | fields
        response = core.http.post("/recipe/totp/device", json=body)
        assert (response.status_code, response.text) == (400, f"{message}\n")

    def test_numbers_may_be_strings_and_lose_their_fractions(self, core):
        user_id = str(uuid4())
        core.post("/recipe/totp/device", userId=user_id, deviceName="d", skew="1", period=30.9)
        (device,) = core.get("/recipe/totp/device/list", userId=user_id)["devices"]
        assert (device["skew"], device["period"]) == (1, 30)


class TestActiveUsers:
    def test_who_signs_in_or_has_a_session_is_active(self, core):
        since = int(core.clock() * 1000) + 500
        core.clock.move(1)
        count = core.get("/users/count/active", since=since)["count"]
        first, second = sign_up(core), sign_up(core)
        session(core, first)
        session(core, str(uuid4()))
        assert core.get("/users/count/active", since=since)["count"] == count + 3
        make_primary(core, first)
        link(core, second, first)
        assert core.get("/users/count/active", since=since)["count"] == count + 2

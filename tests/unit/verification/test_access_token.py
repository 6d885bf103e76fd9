import json
import math
import time
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest

from supertokens_lambda._verification.access_token import CLOCK_SKEW, AccessToken, NotATokenError, lifetime_or_refusal
from supertokens_lambda._verification.signature import is_signed
from supertokens_lambda._verification.verdict import Reason

HEADER = {"alg": "RS256", "typ": "JWT", "kid": "d-1", "version": "5"}
CLAIMS = {
    "sub": "user",
    "exp": 2_000,
    "iat": 1_000,
    "tId": "public",
    "rsub": "recipe-user",
    "sessionHandle": "handle",
    "refreshTokenHash1": "hash",
}
CLAIMS_2 = {
    "sessionHandle": "handle",
    "refreshTokenHash1": "hash",
    "userId": "user",
    "userData": {},
    "expiryTime": 2_000_000,
    "timeCreated": 1_000_000,
}
HEADER_2 = b64encode(b'{"alg":"RS256","typ":"JWT","version":"2"}').decode()
TEXTS: dict[str, tuple[str, ...]] = {"3": ("sub", "sessionHandle", "refreshTokenHash1")}
TEXTS["4"] = (*TEXTS["3"], "tId")
TEXTS["5"] = TEXTS["6"] = (*TEXTS["4"], "rsub")
SIGNATURE = "AAAA"

NO_TEXT: list[Any] = [None, True, 0, 5, 1.5, [], ["x"], {}]
NO_NUMBER: list[Any] = [None, "5", "", [], {}]


def spelled(value):
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def raw(claims=None, header=None):
    return f"{spelled(header or HEADER)}.{spelled(CLAIMS if claims is None else claims)}.{SIGNATURE}"


def of_version(version, **claims):
    return raw(changed(CLAIMS, claims), HEADER | {"version": version})


def changed(values, changes):
    return {name: value for name, value in {**values, **changes}.items() if value is not ...}


def of_version_2(**claims):
    return f"{HEADER_2}.{spelled(changed(CLAIMS_2, claims))}.{SIGNATURE}"


def assert_no_token(token):
    with pytest.raises(NotATokenError) as caught:
        AccessToken(token)
    # What is wrong is logged by some, and is to give nothing of the token away.
    assert str(caught.value) in ("not an access token", "not the claims of an access token")


class TestAToken:
    @pytest.mark.parametrize(
        ("version", "read"),
        [("3", 3), ("4", 4), ("5", 5), ("6", 6), ("99", 99), (5, 5), (5.9, 5), (" 5 ", 5), ("05", 5), ("\u0665", 5)],
    )
    def test_is_of_the_version_that_its_header_says(self, version, read):
        token = AccessToken(of_version(version))

        assert token.header.version == read
        assert token.claims == CLAIMS
        assert token.header.is_plain_rs256
        assert token.header.kid == "d-1"

    def test_that_says_no_version_is_of_the_third(self):
        header = {name: value for name, value in HEADER.items() if name != "version"}

        assert AccessToken(raw(header=header)).header.version == 3

    @pytest.mark.parametrize(
        "version", ["2", "1", "0", "-5", "5.0", "x", "", None, [], {}, 2.9, True, math.nan, "1" * 5_000]
    )
    def test_of_no_known_version_is_none(self, version):
        assert_no_token(of_version(version))

    @pytest.mark.parametrize("version", [math.inf, -math.inf])
    def test_of_an_endless_version_is_none(self, version):
        assert_no_token(of_version(version))

    @pytest.mark.parametrize("version", TEXTS)
    def test_has_the_claims_of_its_version(self, version):
        needed = {*TEXTS[version], "exp", "iat"}

        token = AccessToken(of_version(version, **dict.fromkeys(CLAIMS.keys() - needed, ...)))

        assert token.header.version == int(version)
        for name in needed:
            assert_no_token(of_version(version, **{name: ...}))

    @pytest.mark.parametrize(("version", "name"), [(version, name) for version in TEXTS for name in TEXTS[version]])
    @pytest.mark.parametrize("value", NO_TEXT)
    def test_has_text_where_text_has_to_be(self, version, name, value):
        assert_no_token(of_version(version, **{name: value}))

    @pytest.mark.parametrize("name", ["exp", "iat"])
    @pytest.mark.parametrize("value", NO_NUMBER)
    def test_has_a_number_where_a_number_has_to_be(self, name, value):
        assert_no_token(of_version("5", **{name: value}))

    @pytest.mark.parametrize("name", ["exp", "iat"])
    @pytest.mark.parametrize("value", [0, -1, 1.5, True, 10**30, 1e306, math.nan, math.inf])
    def test_may_have_any_number_there(self, name, value):
        assert AccessToken(of_version("5", **{name: value})).header.version == 5

    @pytest.mark.parametrize("claims", [{"tId": ..., "rsub": 5}, {"tId": 5, "rsub": None}])
    def test_of_the_third_version_may_have_anything_for_what_came_later(self, claims):
        assert AccessToken(of_version("3", **claims)).header.version == 3

    @pytest.mark.parametrize("stt", [0, 0.0, -0.0])
    def test_is_an_access_token(self, stt):
        assert AccessToken(of_version("5", stt=stt)).header.version == 5

    @pytest.mark.parametrize("stt", [1, 2, "0", "", None, True, False, [], math.nan])
    def test_of_another_kind_is_none(self, stt):
        assert_no_token(of_version("5", stt=stt))
        assert_no_token(of_version_2(stt=stt))

    @pytest.mark.parametrize(
        "changes",
        [{"typ": "jwt"}, {"typ": None}, {"typ": ...}, {"kid": None}, {"kid": ...}, {"version": "4", "typ": 5}],
    )
    def test_has_type_and_key_in_its_header(self, changes):
        assert_no_token(raw(header=changed(HEADER, changes)))

    def test_keeps_what_else_it_says(self):
        claims = CLAIMS | {"plan": "pro", "nested": {"é": [1, None]}}

        assert AccessToken(raw(claims)).claims == claims

    def test_gives_nothing_away_in_its_repr(self):
        assert repr(AccessToken(raw())) == "AccessToken(version=5)"


class TestATokenOfTheSecondVersion:
    def test_is_known_by_its_header(self):
        token = AccessToken(of_version_2())

        assert token.header.version == 2
        assert token.claims == CLAIMS_2

    @pytest.mark.parametrize("name", CLAIMS_2)
    def test_has_all_its_claims(self, name):
        assert_no_token(of_version_2(**{name: ...}))
        assert_no_token(of_version_2(**{name: None}))

    @pytest.mark.parametrize("name", ["sessionHandle", "refreshTokenHash1", "userId"])
    @pytest.mark.parametrize("value", NO_TEXT)
    def test_has_text_where_text_has_to_be(self, name, value):
        assert_no_token(of_version_2(**{name: value}))

    @pytest.mark.parametrize("name", ["expiryTime", "timeCreated"])
    @pytest.mark.parametrize("value", NO_NUMBER)
    def test_has_a_number_where_a_number_has_to_be(self, name, value):
        assert_no_token(of_version_2(**{name: value}))

    def test_with_its_header_spelled_otherwise_is_none(self):
        assert_no_token(of_version_2().replace(HEADER_2, HEADER_2.rstrip("=")))


NESTED = urlsafe_b64encode(b"[" * 100_000).decode()
NESTED_OBJECT = urlsafe_b64encode(b'{"a":' * 50_000).decode()


OTHER_ALGORITHMS: list[Any] = ["none", "", "rs256", "HS256", "RS384", "PS256", "ES256", None, 5, [], ...]
NO_TIMES: list[Any] = [None, "", "x", "1.5", [], {}, math.nan, math.inf]
NO_AUDIENCES: list[Any] = ["", None, [], {}, 0, False]
AUDIENCES: list[Any] = ["x", ["x"], {"x": 1}, 5, True]
NOT_OBJECTS: list[Any] = [[], ["stt"], "stt", 5, None, True]
JUNK = [
    "",
    ".",
    "..",
    "...",
    "x",
    "a.b",
    "a.b.c",
    "a.b.c.d",
    "é.é.é",
    "\ud800.x.x",
    "%.%.%",
    "a" * 16_384,
    f"{'a' * 5_400}.{'b' * 5_400}.{'c' * 5_400}",
    f"{spelled(HEADER)}..{SIGNATURE}",
    f"{spelled(HEADER)}.x.{SIGNATURE}",
    f"{spelled(HEADER)}.{spelled(CLAIMS)}",
    f"{spelled(HEADER)}.{spelled(CLAIMS)}.{SIGNATURE}.",
    f"{spelled(HEADER)}.{spelled(CLAIMS)}.{SIGNATURE}.x",
    f".{spelled(CLAIMS)}.{SIGNATURE}",
    f"{spelled(CLAIMS)}.{spelled(HEADER)}.{SIGNATURE}",
    f"{NESTED}.{spelled(CLAIMS)}.{SIGNATURE}",
    f"{NESTED_OBJECT}.{spelled(CLAIMS)}.{SIGNATURE}",
    f"{spelled(HEADER)}.{NESTED}.{SIGNATURE}",
    f"{spelled(HEADER)}.{NESTED_OBJECT}.{SIGNATURE}",
    *[f"{spelled(header)}.{spelled(CLAIMS)}.{SIGNATURE}" for header in NOT_OBJECTS],
    *[f"{spelled(HEADER)}.{spelled(claims)}.{SIGNATURE}" for claims in [*NOT_OBJECTS, {}]],
    *[
        f"{spelled(HEADER)}.{urlsafe_b64encode(octets).decode()}.{SIGNATURE}"
        for octets in (
            b"\xff",
            b"\xef\xbb\xbf" + json.dumps(CLAIMS).encode(),
            json.dumps(CLAIMS).encode("utf-16"),
            json.dumps(CLAIMS).encode("utf-32-le"),
            b'{"sub": ' + b"1" * 5_000 + b"}",
        )
    ],
]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_what_is_no_token_is_none(junk):
    assert_no_token(junk)


def test_a_token_of_sixteen_kilobytes_is_one():
    token = AccessToken(raw(CLAIMS | {"custom": "x" * 12_000}))

    assert len(token.raw) > 16_000
    assert token.claims["sub"] == "user"


@pytest.mark.parametrize("kid", [5, 5.0, True, ["d-1"], {"d-1": 1}])
def test_a_key_id_that_is_no_text_is_none_of_any_key(kid):
    assert AccessToken(raw(header=HEADER | {"kid": kid})).header.kid == ""


def test_headers_are_remembered_apart():
    for number in range(40):
        assert AccessToken(raw(header=HEADER | {"kid": f"d-{number}"})).header.kid == f"d-{number}"


@pytest.mark.parametrize(
    ("value", "read"),
    [("text", "text"), (" text\t", "text"), ("", ""), ("  ", ""), (None, None), (5, None), (True, None), (["x"], None)],
)
def test_text_is_read_less_its_blanks(value, read):
    assert AccessToken(of_version("3", antiCsrfToken=value)).text("antiCsrfToken") == read


def test_text_that_is_missing_is_none():
    assert AccessToken(raw()).text("antiCsrfToken") is None


class TestASignature:
    @pytest.fixture
    def key(self, mint):
        return mint.keys[mint.dynamic].public_key()

    def test_is_checked(self, mint, key):
        token = AccessToken(mint.token())

        assert is_signed(token, key)
        assert not is_signed(token, mint.keys[mint.other_dynamic].public_key())

    @pytest.mark.parametrize(
        "spelling",
        [
            lambda signature: f"{signature}=",
            lambda signature: f"{signature}==",
            lambda signature: f"{signature}===",
            lambda signature: f"{signature}====",
            lambda signature: f"{signature}======",
            lambda signature: f"{signature[:9]}={signature[9:]}",
            lambda signature: f"{signature[:9]}!{signature[9:]}",
            lambda signature: f"{signature[:9]}\n{signature[9:]}",
            lambda signature: f"{signature[:9]} {signature[9:]}",
            lambda signature: f"{signature}A",
            lambda signature: f"A{signature}",
            lambda signature: signature[:-1],
            lambda signature: signature[:-2],
            lambda signature: f"{signature[:-1]}é",
            lambda signature: f"{signature[:-1]}\ud800",
            lambda signature: "",
            lambda signature: "x",
            lambda signature: "=",
            lambda signature: "A" * 342,
            lambda signature: signature[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[signature[-1]],
        ],
    )
    def test_is_good_in_one_spelling(self, mint, key, spelling):
        message, _, signature = mint.token().rpartition(".")

        assert not is_signed(AccessToken(f"{message}.{spelling(signature)}"), key)

    @pytest.mark.parametrize("paddings", [("=", ""), ("", "=")])
    def test_is_not_good_over_padding(self, mint, key, paddings):
        token = mint.token(spelled=lambda *parts: tuple(map("".join, zip(parts, paddings, strict=True))))

        assert not is_signed(AccessToken(token), key)

    def test_is_not_good_in_the_alphabet_of_plain_base64(self, mint, key):
        tokens = (mint.token(custom=number) for number in range(100))
        token = next(token for token in tokens if {"-", "_"} & {*token.rpartition(".")[2]})
        message, _, signature = token.rpartition(".")

        assert is_signed(AccessToken(token), key)
        assert not is_signed(AccessToken(f"{message}.{signature.replace('-', '+').replace('_', '/')}"), key)

    @pytest.mark.parametrize(
        ("changes", "good"),
        [
            ({}, True),
            ({"cty": "JWT", "jku": "https://example.com"}, True),
            ({"b64": True}, True),
            ({"b64": False}, False),
            ({"b64": False, "crit": ["b64"]}, False),
            ({"crit": ["exp"]}, False),
            ({"crit": []}, False),
            ({"crit": None}, False),
            *[({"alg": alg}, False) for alg in OTHER_ALGORITHMS],
        ],
    )
    def test_is_one_of_rs256(self, mint, key, changes, good):
        assert is_signed(AccessToken(mint.token(header=mint.header(**changes))), key) == good

    def test_is_over_header_and_payload(self, mint, key):
        one, two = mint.token(sub="one").split("."), mint.token(sub="two").split(".")

        assert not is_signed(AccessToken(f"{one[0]}.{two[1]}.{one[2]}"), key)
        assert not is_signed(AccessToken(f"{spelled(HEADER)}.{one[1]}.{one[2]}"), key)


NOW = 1_500.5


class TestARefusal:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({}, None),
            ({"iat": NOW + CLOCK_SKEW - 0.5}, None),
            ({"iat": int(NOW) + CLOCK_SKEW}, None),
            ({"iat": int(NOW) + CLOCK_SKEW + 0.9}, None),
            ({"iat": int(NOW) + CLOCK_SKEW + 1}, Reason.TOKEN_NOT_YET_VALID),
            ({"iat": -math.inf}, Reason.TOKEN_REFUSED),
            ({"iat": math.inf}, Reason.TOKEN_REFUSED),
            ({"iat": math.nan}, Reason.TOKEN_REFUSED),
            ({"iat": -5}, None),
            ({"iat": True}, None),
            ({"iat": 10**30}, Reason.TOKEN_NOT_YET_VALID),
            ({"exp": int(NOW)}, Reason.TOKEN_EXPIRED),
            ({"exp": int(NOW) + 1}, None),
            ({"exp": int(NOW) + 0.9}, Reason.TOKEN_EXPIRED),
            ({"exp": int(NOW) + 1.1}, None),
            ({"exp": True}, Reason.TOKEN_EXPIRED),
            ({"exp": False}, Reason.TOKEN_EXPIRED),
            ({"exp": 0}, Reason.TOKEN_EXPIRED),
            ({"exp": -1}, Reason.TOKEN_EXPIRED),
            ({"exp": 10**30}, None),
            ({"exp": 1e306}, None),
            ({"exp": math.inf}, Reason.TOKEN_REFUSED),
            ({"exp": math.nan}, Reason.TOKEN_REFUSED),
            ({"nbf": int(NOW)}, None),
            ({"nbf": int(NOW) + 1}, Reason.TOKEN_NOT_YET_VALID),
            ({"nbf": int(NOW) + 0.9}, None),
            ({"nbf": str(int(NOW))}, None),
            ({"nbf": str(int(NOW) + 1)}, Reason.TOKEN_NOT_YET_VALID),
            ({"nbf": 10**30}, Reason.TOKEN_NOT_YET_VALID),
            ({"nbf": f" {int(NOW)} "}, None),
            ({"nbf": True}, None),
            *[({"nbf": nbf}, Reason.TOKEN_REFUSED) for nbf in NO_TIMES],
            *[({"aud": aud}, None) for aud in NO_AUDIENCES],
            *[({"aud": aud}, Reason.TOKEN_REFUSED) for aud in AUDIENCES],
            ({"jti": "x"}, None),
            ({"jti": ""}, None),
            *[({"jti": jti}, Reason.TOKEN_REFUSED) for jti in NO_TEXT],
            ({"iss": 5}, None),
            # What has expired is refreshed; what was refused for another reason is not worth to be.
            ({"exp": 1, "jti": 5}, Reason.TOKEN_EXPIRED),
            ({"exp": 1, "iat": 10**9}, Reason.TOKEN_NOT_YET_VALID),
        ],
    )
    def test_is_by_the_registered_claims(self, changes, reason):
        found = lifetime_or_refusal(CLAIMS | changes, NOW)

        assert (found if isinstance(found, Reason) else None) == reason

    def test_is_by_the_clock_of_now(self):
        now = time.time()

        assert not isinstance(lifetime_or_refusal(CLAIMS | {"exp": now + 60}, now), Reason)
        assert lifetime_or_refusal(CLAIMS | {"exp": now + 60}, now + 61) is Reason.TOKEN_EXPIRED

    def test_lasts_from_the_later_of_two_times(self):
        assert lifetime_or_refusal(CLAIMS | {"iat": 1_000.5, "nbf": "1200", "exp": 1_600.5}, NOW) == (1_200, 1_600)
        assert lifetime_or_refusal(CLAIMS | {"iat": 1_400, "nbf": 1_200, "exp": 1_600}, NOW) == (1_340, 1_600)

"""The rules of rotation and theft, with a clock that is moved by hand."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supertokens_lambda_local.core import CoreConfig
from supertokens_lambda_local.core.database import Database
from supertokens_lambda_local.core.errors import (
    InvalidJWTError,
    PayloadError,
    TokenTheftDetectedError,
    TryRefreshTokenError,
    UnauthorisedError,
)
from supertokens_lambda_local.core.sessions.issuer import Issuer, SessionTokens
from supertokens_lambda_local.core.sessions.jwt import JWT, JsonObject
from supertokens_lambda_local.core.sessions.keys import SigningKeys
from supertokens_lambda_local.core.sessions.refresh_tokens import RefreshTokens
from supertokens_lambda_local.core.sessions.rotation import Rotation
from supertokens_lambda_local.core.sessions.rows import Session, Sessions
from supertokens_lambda_local.core.tokens import sha256

HOUR = 3600
DAY = 24 * HOUR

KEYS = SigningKeys(CoreConfig())
"""Shared by the property tests, which make many cores and move no clock."""


@pytest.fixture
def sessions(config) -> Sessions:
    return Sessions(config, Database().table("", Session))


@pytest.fixture
def rotation(config, keys, sessions) -> Rotation:
    return Rotation(config, keys, sessions, Issuer(config, keys, RefreshTokens(), lambda user_id: user_id))


def new_rotation(config: CoreConfig) -> Rotation:
    sessions = Sessions(config, Database().table("", Session))
    return Rotation(config, KEYS, sessions, Issuer(config, KEYS, RefreshTokens(), lambda user_id: user_id))


@dataclass
class Pair:
    """The two tokens that a client holds."""

    access: str
    refresh: str

    @classmethod
    def of(cls, tokens: SessionTokens) -> "Pair":
        assert tokens.access_token is not None
        assert tokens.refresh_token is not None
        return cls(tokens.access_token.token, tokens.refresh_token.token)


def start(rotation: Rotation) -> Pair:
    return Pair.of(rotation.create("user", {"role": "admin"}, {}))


def refreshed(rotation: Rotation, pair: Pair) -> Pair:
    return Pair.of(rotation.refresh(pair.refresh))


def claims(access_token: str) -> JsonObject:
    return JWT.parse(access_token).payload


def test_the_first_tokens_are_known_to_the_row(rotation, sessions):
    pair = start(rotation)
    session = sessions.get(claims(pair.access)["sessionHandle"])
    assert claims(pair.access)["parentRefreshTokenHash1"] is None
    assert claims(pair.access)["refreshTokenHash1"] == sha256(pair.refresh)
    assert session.refresh_token_hash2 == sha256(sha256(pair.refresh))


def test_a_refresh_writes_nothing_and_names_the_parent(rotation, sessions, clock):
    pair = start(rotation)
    session = sessions.get(claims(pair.access)["sessionHandle"])
    clock.move(DAY)
    child = refreshed(rotation, pair)
    assert sessions.get(session.handle) == session
    assert claims(child.access)["parentRefreshTokenHash1"] == sha256(pair.refresh)
    assert claims(child.access)["refreshTokenHash1"] == sha256(child.refresh)


def test_a_verified_child_takes_its_parents_place_and_is_told_so(rotation, sessions, clock):
    pair = start(rotation)
    clock.move(DAY)
    child = refreshed(rotation, pair)
    verified = rotation.verify(child.access)
    session = sessions.get(verified.handle)
    assert session.refresh_token_hash2 == sha256(sha256(child.refresh))
    assert session.expiry == int(clock() * 1000) + 100 * DAY * 1000
    assert verified.refresh_token is None
    assert verified.access_token is not None
    new = claims(verified.access_token.token)
    assert new["parentRefreshTokenHash1"] is None
    assert new["refreshTokenHash1"] == sha256(child.refresh)
    assert rotation.verify(verified.access_token.token).access_token is None


def test_a_child_that_was_promoted_gets_a_new_access_token_each_time_it_shows_the_old_one(rotation, clock):
    child = refreshed(rotation, start(rotation))
    rotation.verify(child.access)
    clock.move(10)
    again = rotation.verify(child.access).access_token
    assert again is not None
    assert again.expiry == (int(clock()) + HOUR) * 1000


def test_a_parent_is_good_until_a_child_is_seen_in_use(rotation):
    pair = start(rotation)
    children = [refreshed(rotation, pair) for _ in range(3)]
    rotation.verify(children[1].access)
    for stale in (pair, children[0], children[2]):
        with pytest.raises(TokenTheftDetectedError):
            rotation.refresh(stale.refresh)
    refreshed(rotation, children[1])


def test_a_displaced_sibling_still_verifies_and_gets_no_token(rotation):
    pair = start(rotation)
    one, other = refreshed(rotation, pair), refreshed(rotation, pair)
    rotation.verify(one.access)
    assert rotation.verify(other.access).access_token is None


def test_a_refreshed_child_takes_its_parents_place(rotation):
    pair = start(rotation)
    child = refreshed(rotation, pair)
    grandchild = refreshed(rotation, child)
    refreshed(rotation, child)
    refreshed(rotation, grandchild)
    with pytest.raises(TokenTheftDetectedError):
        rotation.refresh(pair.refresh)


def test_theft_names_the_session_and_leaves_it(rotation, sessions):
    pair = start(rotation)
    child = refreshed(rotation, pair)
    handle = rotation.verify(child.access).handle
    with pytest.raises(TokenTheftDetectedError) as caught:
        rotation.refresh(pair.refresh)
    assert (caught.value.handle, caught.value.user_id) == (handle, "user")
    assert sessions.get(handle).handle == handle
    refreshed(rotation, child)


@settings(deadline=None)  # the first example makes an RSA key
@given(st.lists(st.sampled_from(["refresh", "verify", "verify with the database"]), max_size=12))
def test_a_client_that_uses_its_newest_tokens_is_never_taken_for_a_thief(actions):
    config = CoreConfig()
    rotation = new_rotation(config)
    pair = start(rotation)
    for action in actions:
        if action == "refresh":
            pair = refreshed(rotation, pair)
            continue
        new = rotation.verify(pair.access, check_database=action != "verify").access_token
        if new is not None:
            pair.access = new.token


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=6), st.data())
def test_a_token_with_a_grandchild_is_theft_and_a_parent_is_if_its_child_was_seen(child_is_seen, data):
    config = CoreConfig()
    rotation = new_rotation(config)
    line = [start(rotation)]
    for seen in child_is_seen:
        line.append(refreshed(rotation, line[-1]))
        if seen:
            rotation.verify(line[-1].access)
    reused = data.draw(st.integers(0, len(line) - 1))
    generations = len(line) - 1 - reused
    if generations >= 2 or (generations == 1 and child_is_seen[-1]):
        with pytest.raises(TokenTheftDetectedError):
            rotation.refresh(line[reused].refresh)
    else:
        refreshed(rotation, line[reused])


def test_a_session_ends_when_it_has_not_been_seen_for_its_validity(rotation, sessions, clock):
    pair = start(rotation)
    handle = claims(pair.access)["sessionHandle"]
    clock.move(100 * DAY - 1)
    assert sessions.handles(["user"]) == [handle]
    clock.move(1)
    assert sessions.handles(["user"]) == []
    with pytest.raises(UnauthorisedError, match="Session does not exist"):
        sessions.get(handle)
    assert rotation.refresh(pair.refresh)
    clock.move(0.001)
    with pytest.raises(UnauthorisedError, match="missing in db or has expired"):
        rotation.refresh(pair.refresh)


def test_a_removed_session_is_gone_for_the_core_and_not_for_its_access_token(rotation, sessions):
    pair = start(rotation)
    child = refreshed(rotation, pair)
    handle = claims(pair.access)["sessionHandle"]
    assert sessions.remove([handle, "unknown", handle]) == [handle, handle]
    assert rotation.verify(pair.access).handle == handle
    with pytest.raises(UnauthorisedError, match="ended or has been blacklisted"):
        rotation.verify(pair.access, check_database=True)
    with pytest.raises(UnauthorisedError, match="Session missing in db"):
        rotation.verify(child.access)
    with pytest.raises(UnauthorisedError, match="missing in db or has expired"):
        rotation.refresh(pair.refresh)


class TestPayload:
    def test_a_changed_payload_reaches_the_token_when_the_database_is_asked(self, rotation, sessions):
        pair = start(rotation)
        handle = claims(pair.access)["sessionHandle"]
        sessions.update_jwt_data(handle, {"role": "guest"})
        assert rotation.verify(pair.access).user_data_in_jwt == {"role": "admin"}
        verified = rotation.verify(pair.access, check_database=True)
        assert verified.user_data_in_jwt == {"role": "guest"}
        assert verified.access_token is not None
        assert claims(verified.access_token.token)["role"] == "guest"

    def test_it_reaches_the_token_with_a_refresh(self, rotation, sessions):
        pair = start(rotation)
        sessions.update_jwt_data(claims(pair.access)["sessionHandle"], {"role": "guest"})
        assert claims(refreshed(rotation, pair).access)["role"] == "guest"

    @pytest.mark.parametrize(
        ("before", "after"),
        [(True, 1), (0, False), ([True], [1]), ({"a": 1}, {"a": 2}), ([1], [1, 1]), (None, 0), (1, "1")],
    )
    def test_what_json_tells_apart_is_a_change(self, rotation, sessions, before, after):
        tokens = rotation.create("user", {"value": before}, {})
        sessions.update_jwt_data(tokens.handle, {"value": after})
        assert rotation.verify(tokens.access_token.token, check_database=True).access_token is not None

    @pytest.mark.parametrize(("before", "after"), [(1, 1.0), ([{"a": 2.0}], [{"a": 2}]), (0, -0.0)])
    def test_the_spelling_of_a_number_is_no_change(self, rotation, sessions, before, after):
        tokens = rotation.create("user", {"value": before}, {})
        sessions.update_jwt_data(tokens.handle, {"value": after})
        assert rotation.verify(tokens.access_token.token, check_database=True).access_token is None

    def test_the_order_of_keys_is_no_change(self, rotation, sessions):
        tokens = rotation.create("user", {"a": 1, "b": 2}, {})
        sessions.update_jwt_data(tokens.handle, {"b": 2, "a": 1})
        assert rotation.verify(tokens.access_token.token, check_database=True).access_token is None

    def test_a_displaced_sibling_with_a_stale_payload_gets_a_token(self, rotation, sessions):
        pair = start(rotation)
        one, other = refreshed(rotation, pair), refreshed(rotation, pair)
        handle = rotation.verify(one.access).handle
        sessions.update_jwt_data(handle, {"role": "guest"})
        assert rotation.verify(other.access, check_database=True).access_token is not None
        with pytest.raises(TokenTheftDetectedError):
            rotation.refresh(other.refresh)

    def test_a_reserved_key_starts_no_session(self, rotation, sessions):
        with pytest.raises(PayloadError):
            rotation.create("user", {"sub": "another"}, {})
        assert sessions.handles(["user"]) == []


class TestRegenerate:
    def test_it_keeps_expiry_and_parent(self, rotation, clock):
        child = refreshed(rotation, start(rotation))
        clock.move(10)
        tokens = rotation.regenerate(child.access, {"role": "guest"})
        assert tokens.access_token is not None
        old, new = claims(child.access), claims(tokens.access_token.token)
        assert new == old | {"role": "guest", "iat": old["iat"] + 10}
        assert tokens.user_data_in_jwt == {"role": "guest"}

    def test_an_expired_token_is_not_replaced_though_the_session_is_changed(self, rotation, sessions, clock):
        pair = start(rotation)
        clock.move(HOUR + 1)
        tokens = rotation.regenerate(pair.access, {"role": "guest"})
        assert tokens.access_token is None
        assert sessions.get(tokens.handle).user_data_in_jwt == {"role": "guest"}

    def test_without_a_payload_it_brings_the_sessions(self, rotation, sessions):
        pair = start(rotation)
        sessions.update_jwt_data(claims(pair.access)["sessionHandle"], {"role": "guest"})
        assert rotation.regenerate(pair.access).user_data_in_jwt == {"role": "guest"}

    def test_what_it_refuses(self, rotation, sessions):
        pair = start(rotation)
        with pytest.raises(PayloadError):
            rotation.regenerate(pair.access, {"exp": 0})
        with pytest.raises(InvalidJWTError):
            rotation.regenerate("a.b.c", {})
        sessions.remove(sessions.handles(["user"]))
        with pytest.raises(UnauthorisedError):
            rotation.regenerate(pair.access, {})


class TestAntiCsrf:
    def test_each_pair_has_a_token_of_its_own_where_it_is_on(self, rotation):
        tokens = rotation.create("user", {}, {}, enable_anti_csrf=True)
        assert claims(tokens.access_token.token)["antiCsrfToken"] == tokens.anti_csrf_token
        child = rotation.refresh(tokens.refresh_token.token, tokens.anti_csrf_token, enable_anti_csrf=True)
        assert child.anti_csrf_token not in (None, tokens.anti_csrf_token)
        assert rotation.refresh(tokens.refresh_token.token).anti_csrf_token is None

    def test_the_access_token_needs_it_where_it_is_checked(self, rotation):
        tokens = rotation.create("user", {}, {}, enable_anti_csrf=True)
        access_token = tokens.access_token.token
        assert rotation.verify(access_token, tokens.anti_csrf_token, check_anti_csrf=True)
        assert rotation.verify(access_token)
        for wrong in (None, "another"):
            with pytest.raises(TryRefreshTokenError, match="anti-csrf check failed"):
                rotation.verify(access_token, wrong, check_anti_csrf=True)

    def test_an_access_token_without_it_is_refused_where_it_is_checked(self, rotation):
        with pytest.raises(TryRefreshTokenError, match="structure has changed"):
            rotation.verify(start(rotation).access, None, check_anti_csrf=True)

    def test_the_refresh_token_needs_it_where_it_has_one(self, rotation):
        tokens = rotation.create("user", {}, {}, enable_anti_csrf=True)
        for wrong in (None, "another"):
            with pytest.raises(UnauthorisedError, match="Anti CSRF token missing, or not matching"):
                rotation.refresh(tokens.refresh_token.token, wrong, enable_anti_csrf=True)
        for any_token in (None, "another"):
            assert rotation.refresh(start(rotation).refresh, any_token, enable_anti_csrf=True).anti_csrf_token


def test_the_static_key_signs_for_the_sessions_that_ask_for_it(rotation, sessions, keys):
    tokens = rotation.create("user", {}, {}, use_static_key=True)
    assert JWT.parse(tokens.access_token.token).kid == keys.static.kid
    dynamic = rotation.refresh(tokens.refresh_token.token)
    assert JWT.parse(dynamic.access_token.token).kid.startswith("d-")
    assert not sessions.get(tokens.handle).use_static_key
    static = rotation.refresh(tokens.refresh_token.token, use_static_key=True)
    assert JWT.parse(rotation.verify(static.access_token.token).access_token.token).kid == keys.static.kid


def test_access_tokens_may_be_shortened_at_random():
    lives = []
    for seed in (1, 1, 2):
        rotation = new_rotation(CoreConfig(shortening=0.05, seed=seed, clock=lambda: 1000.0))
        payloads = [claims(start(rotation).access) for _ in range(50)]
        lives.append([payload["exp"] - payload["iat"] for payload in payloads])
    assert lives[0] == lives[1] != lives[2]
    assert all(3420 <= life <= 3600 for life in lives[0])
    assert max(lives[0]) - min(lives[0]) > 120


def test_tokens_outlive_the_key_that_signed_them_by_no_more_than_their_life(rotation, clock):
    start(rotation)
    clock.move(167 * HOUR)
    pair = start(rotation)
    clock.move(HOUR - 1)
    assert rotation.verify(pair.access)
    clock.move(HOUR)
    with pytest.raises(TryRefreshTokenError, match="Access token expired"):
        rotation.verify(pair.access)
    refreshed(rotation, pair)


def test_nothing_secret_is_shown(rotation, sessions):
    tokens = rotation.create("user", {"phone": "tel:555"}, {"note": "private"}, enable_anti_csrf=True)
    session = sessions.get(tokens.handle)
    secrets = (tokens.access_token.token, tokens.refresh_token.token, tokens.anti_csrf_token, "tel:555", "private")
    for shown in (tokens, session):
        assert not any(secret in repr(shown) for secret in (*secrets, session.refresh_token_hash2))

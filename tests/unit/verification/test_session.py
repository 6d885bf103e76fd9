from types import MappingProxyType
from typing import Any

import pytest

from supertokens_lambda._http.message import NOTHING, Additions
from supertokens_lambda._verification.session import RecipeUserId, Session
from supertokens_lambda._verification.state import SessionState
from supertokens_lambda._verification.verdict import (
    Anonymous,
    InvalidClaims,
    Reason,
    Refusal,
    TryRefresh,
    Unauthorised,
    Unavailable,
    Verified,
)

CONTAINER: Any = object()


class State(SessionState):
    user_id = "user-1"
    recipe_user_id = "recipe-user-1"
    tenant_id = "public"
    handle = "handle-1"
    access_token = "a.b.c"
    access_token_payload = MappingProxyType({"sub": "user-1", "plan": "pro", "team": {"roles": ["reader"]}})

    def sdk(self) -> Any:
        return CONTAINER

    def additions(self) -> Additions:
        return NOTHING

    def refusal(self, error: Exception) -> Refusal | None:
        return None


@pytest.fixture
def session() -> Session:
    return Session(State())


def test_a_session_has_the_names_of_the_sdks(session):
    assert session.get_user_id() == "user-1"
    assert session.get_recipe_user_id() == "recipe-user-1"
    assert session.get_recipe_user_id().get_as_string() == "recipe-user-1"
    assert type(session.get_recipe_user_id().get_as_string()) is str
    assert session.get_tenant_id() == "public"
    assert session.get_handle() == "handle-1"
    assert session.get_access_token() == "a.b.c"
    assert session.get_access_token_payload() == {"sub": "user-1", "plan": "pro", "team": {"roles": ["reader"]}}
    assert session.sdk() is CONTAINER


def test_the_payload_is_the_handlers_to_change(session):
    session.get_access_token_payload()["plan"] = "basic"
    session.get_access_token_payload()["team"]["roles"].append("admin")

    assert session.get_access_token_payload()["plan"] == "pro"
    assert session.get_access_token_payload()["team"] == {"roles": ["reader"]}


def test_a_session_gives_no_token_away(session):
    assert repr(session) == "Session(handle='handle-1')"


def test_a_recipe_user_id_is_a_string():
    assert RecipeUserId("x") == "x"


REFUSAL = TryRefresh(Reason.TOKEN_EXPIRED)


@pytest.mark.parametrize(
    ("verdict", "name", "reason"),
    [
        (Verified(State()), "verified", "token-valid"),
        (Anonymous(), "anonymous", "no-session"),
        (Anonymous(Reason.SIGNED_OUT), "anonymous", "signed-out"),
        (REFUSAL, "try-refresh", "token-expired"),
        (Unauthorised(Reason.TOKEN_MISSING), "unauthorised", "token-missing"),
        (InvalidClaims({"message": "invalid claim"}), "invalid-claims", "claims-invalid"),
        (Unavailable(Reason.KEYS_UNREACHABLE), "unavailable", "keys-unreachable"),
    ],
)
def test_a_verdict_has_a_name_and_a_reason(verdict, name, reason):
    assert (verdict.name, verdict.reason) == (name, reason)
    assert repr(verdict) == f"{type(verdict).__name__}({reason})"
    assert "a.b.c" not in repr(verdict)


def test_a_verdict_keeps_what_comes_with_it():
    additions = Additions(("a=b",))

    assert Unauthorised(Reason.SESSION_ENDED, additions).additions is additions
    assert Unauthorised(Reason.TOKEN_MISSING).additions is NOTHING
    assert InvalidClaims({"message": "x"}).body == {"message": "x"}

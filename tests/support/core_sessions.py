"""Sessions that tests start at a core, without the SDK."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from .constants import ORIGIN


@dataclass
class Issued:
    """A session as the core made it."""

    handle: str
    user_id: str
    access_token: str
    refresh_token: str
    anti_csrf_token: str | None


class CoreSessions:
    """A client of a core."""

    def __init__(self) -> None:
        self.http = httpx.Client()
        self._users = count()

    def start_session(
        self, *, user_id: str = "user-1", anti_csrf: bool = False, dynamic: bool = True, **payload
    ) -> dict[str, Any]:
        """Start a session, and return the answer."""
        return self.post(
            "/recipe/session",
            userId=user_id,
            userDataInJWT=payload,
            userDataInDatabase={},
            enableAntiCsrf=anti_csrf,
            useDynamicSigningKey=dynamic,
        )

    def session(self, *, anti_csrf: bool = False, static_key: bool = False, **payload) -> Issued:
        """Start a session as the SDK does, without the user."""
        claims = {"iss": f"{ORIGIN}/auth", **payload}
        user_id = f"user-{next(self._users)}"
        content = self.start_session(user_id=user_id, anti_csrf=anti_csrf, dynamic=not static_key, **claims)
        return Issued(
            handle=content["session"]["handle"],
            user_id=content["session"]["userId"],
            access_token=content["accessToken"]["token"],
            refresh_token=content["refreshToken"]["token"],
            anti_csrf_token=content.get("antiCsrfToken"),
        )

    def refreshed(self, session: dict[str, Any], *, dynamic: bool = True) -> dict[str, Any]:
        """Refresh a session that `start_session` returned, and return the answer."""
        more = {"antiCsrfToken": session["antiCsrfToken"]} if "antiCsrfToken" in session else {}
        return self.post(
            "/recipe/session/refresh",
            refreshToken=session["refreshToken"]["token"],
            enableAntiCsrf=bool(more),
            useDynamicSigningKey=dynamic,
            **more,
        )

    def has(self, handle: str) -> bool:
        """Check whether the core knows a session."""
        answer = self.http.get("/recipe/session", params={"sessionHandle": handle})
        found: bool = answer.json()["status"] == "OK"
        return found

    def post(self, path: str, **content) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.post(path, json=content).raise_for_status().json()
        return answer

    def user_id(self, email: str) -> str:
        """Find a user by the e-mail address."""
        query = {"email": email, "doUnionOfAccountInfo": "true"}
        (user,) = self.http.get("/users/by-accountinfo", params=query).raise_for_status().json()["users"]
        return str(user["id"])

    def give_role(self, email: str, role: str) -> None:
        """Give a user a role, which sessions have from the next sign-in on."""
        self.http.put("/recipe/role", json={"role": role, "permissions": []}).raise_for_status()
        content = {"userId": self.user_id(email), "role": role}
        self.http.put("/recipe/user/role", json=content).raise_for_status()

"""Calls to SuperTokens' core (its CDI 5.4), on kept connections."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from supertokens_lambda._budgets import Budgets
from supertokens_lambda._connections.budget import UnreachableError
from supertokens_lambda._connections.connections import Connections
from supertokens_lambda._deadline import within_invocation
from supertokens_lambda._http.json_text import parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from supertokens_lambda._connections.answer import Answer

CDI_VERSION = "5.4"
BUDGET = Budgets.core

_JSON = "application/json; charset=utf-8"  # without a charset the core reads Latin-1


class CoreUnreachableError(UnreachableError):
    """No core answered in time, or the answer is not a core's; the message quotes neither request nor answer."""

    may_be_logged = True


class CoreClient:
    """Client of a SuperTokens core, or of several that replace each other.

    Parameters
    ----------
    uris : tuple of str
        Base URLs, in the order in which they are tried.
    api_key : callable
        Returns the API key, or None; called for each call that needs it.
    budget : float
        Seconds of a call that is given no other budget.
    """

    def __init__(self, uris: tuple[str, ...], api_key: Callable[[], str | None], budget: float = BUDGET) -> None:
        self._cores = [Connections(uri) for uri in uris]
        self._api_key = api_key
        self._budget = budget

    def key_set(self, budget: float | None = None) -> bytes:
        """Return the key set, unparsed.

        Raises
        ------
        CoreUnreachableError
            No core answered in time.
        CoreRefusedError
            A core refused the call.
        """
        return self._call("GET", "/.well-known/jwks.json", {}, None, budget)

    def verify_session(self, content: dict[str, Any], budget: float | None = None) -> dict[str, Any]:
        """Return the core's answer about an access token.

        Parameters
        ----------
        content : dict
            The body of ``POST /recipe/session/verify``.
        budget : float, optional
            Seconds.

        Returns
        -------
        dict
            The core's answer; the caller checks its ``status``.

        Raises
        ------
        CoreUnreachableError
            No core answered in time.
        CoreRefusedError
            A core refused the call.
        ValueError
            The content has an unpaired surrogate, which SuperTokens' SDK does not send either.
        """
        return self._post("/recipe/session/verify", content, budget)

    def refresh_session(self, content: dict[str, Any], budget: float | None = None) -> dict[str, Any]:
        """Return the core's answer about a refresh token, with the new tokens if it is valid.

        Another core, or another connection, may get the same call again: a refresh token stays valid until one of the
        tokens that were issued for it is used.

        Parameters
        ----------
        content : dict
            The body of ``POST /recipe/session/refresh``.
        budget : float, optional
            Seconds.

        Returns
        -------
        dict
            The core's answer; the caller checks its ``status``.

        Raises
        ------
        CoreUnreachableError, CoreRefusedError, ValueError
            As `verify_session`.
        """
        return self._post("/recipe/session/refresh", content, budget)

    def remove_sessions(self, handles: Sequence[str], budget: float | None = None) -> list[str]:
        """Revoke sessions, and return the handles of those that existed.

        Parameters
        ----------
        handles : sequence of str
            The sessions' handles.
        budget : float, optional
            Seconds.

        Raises
        ------
        CoreUnreachableError, CoreRefusedError, ValueError
            As `verify_session`.
        """
        answer = self._post("/recipe/session/remove", {"sessionHandles": [*handles]}, budget)
        revoked = answer.get("sessionHandlesRevoked")
        if answer.get("status") != "OK" or not isinstance(revoked, list):
            raise CoreUnreachableError("the core's answer does not list the revoked sessions")
        return revoked

    def close(self) -> None:
        """Close the idle connections."""
        for core in self._cores:
            core.close()

    def _post(self, path: str, content: dict[str, Any], budget: float | None) -> dict[str, Any]:
        headers = {"cdi-version": CDI_VERSION, "content-type": _JSON, "rid": "session"}
        api_key = self._api_key()
        if api_key:
            headers["api-key"] = api_key
        body = json.dumps(content, ensure_ascii=False).encode()
        answer = self._call("POST", path, headers, body, budget, sent=(content, api_key))
        try:
            found = parse_json(answer)
        except ValueError as error:
            raise CoreUnreachableError("the core's answer is not JSON") from error
        if not isinstance(found, dict):
            raise CoreUnreachableError("the core's answer is not a JSON object")
        return found

    def _call(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        budget: float | None,
        *,
        sent: object = None,
    ) -> bytes:
        deadline = time.monotonic() + within_invocation(self._budget if budget is None else budget)
        problem: Exception = CoreUnreachableError("no core is configured; set SUPERTOKENS_CONNECTION_URI")
        for number, core in enumerate(list(self._cores)):
            # An equal share of the remaining time each, so that a core that hangs leaves time for the others.
            share = (deadline - time.monotonic()) / (len(self._cores) - number)
            try:
                answer = core.call(method, path, headers, body, share)
            except (OSError, ValueError) as error:
                problem = _unreachable(error)
                continue
            if answer.status != 200:
                problem = _failure(answer, sent)
                continue
            if number:
                self._cores.insert(0, self._cores.pop(self._cores.index(core)))
            return answer.body
        # Without a cause, whose text may quote the request.
        raise problem from None


def _unreachable(error: Exception) -> CoreUnreachableError:
    said = str(error) if isinstance(error, UnreachableError) else type(error).__name__
    return CoreUnreachableError(f"could not reach the core ({said}); check SUPERTOKENS_CONNECTION_URI and the network")


def _failure(answer: Answer, sent: object) -> Exception:
    # Imported late: most calls succeed.
    from supertokens_lambda._core_client.refusal import refusal

    text = answer.body.decode(errors="replace")
    return refusal(answer.status, text, sent) or CoreUnreachableError(f"the core answered {answer.status}")

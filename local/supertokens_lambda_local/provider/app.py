"""The provider, put together: the endpoints that its discovery document names."""

import time
from collections.abc import Callable, Collection
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from supertokens_lambda_local.loopback import NO_STORE, is_of_another_site, read_body
from supertokens_lambda_local.provider.authorization import AuthorizationRequest, UntrustedRequestError, read_request
from supertokens_lambda_local.provider.clients import Client
from supertokens_lambda_local.provider.errors import ProtocolError
from supertokens_lambda_local.provider.grants import CODE_LIFE, TOKEN_LIFE, Grant, Secrets, redeem
from supertokens_lambda_local.provider.keys import ALGORITHM, SigningKey
from supertokens_lambda_local.provider.pages import problem_page, sign_in_page
from supertokens_lambda_local.provider.people import Person, is_email

DISCOVERY: Final = "/.well-known/openid-configuration"
_FORM_LIMIT = 100_000
_KNOWN = 20


class Provider:
    """An OpenID Connect provider for one application (OpenID Connect Core 1.0, the authorization code flow).

    Parameters
    ----------
    issuer : str
        Where browsers and functions find it.
    origins : collection of str
        The origins of the application.
    clock : callable, optional
        Seconds by which codes and access tokens end.

    Attributes
    ----------
    client : Client
        The id and secret that the application configures.
    """

    def __init__(self, issuer: str, origins: Collection[str], clock: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self.client = Client(origins)
        self._key = SigningKey()
        self._codes: Secrets[Grant] = Secrets(CODE_LIFE, clock)
        self._tokens: Secrets[Grant] = Secrets(TOKEN_LIFE, clock)
        self._known: dict[str, None] = {}

    def routes(self) -> list[Route]:
        """Build its routes, below the path of the issuer."""
        return [
            Route(DISCOVERY, self._discovery),
            Route("/jwks", self._jwks),
            Route("/authorize", self._authorize, methods=["GET", "POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/userinfo", self._user_info, methods=["GET", "POST"]),
        ]

    async def _discovery(self, _: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": ["openid", "email"],
                "claims_supported": ["sub", "email", "email_verified"],
            }
        )

    async def _jwks(self, _: Request) -> JSONResponse:
        return JSONResponse(self._key.key_set())

    async def _authorize(self, request: Request) -> Response:
        try:
            asked, problem = read_request(request.url.query, self.client)
            form = await _form(request)
        except (UntrustedRequestError, ProtocolError) as error:
            return problem_page(str(error))
        if problem:
            return _redirect(asked.answer(error=problem.code, error_description=problem.description))
        if request.method != "POST":
            return sign_in_page(asked, request.url.query, self._known)
        parts = urlsplit(self.issuer)
        if is_of_another_site(request, {f"{parts.scheme}://{parts.netloc}"}):
            return problem_page("This form was sent by another site.")
        return self._decided(asked, request.url.query, form)

    def _decided(self, asked: AuthorizationRequest, query: str, form: dict[str, str]) -> Response:
        if form.get("decision") == "refuse":
            return _redirect(asked.answer(error="access_denied", error_description="the developer refused"))
        email = form.get("email", "").strip()
        if not is_email(email):
            return sign_in_page(asked, query, self._known, refused=email)
        self._known = dict.fromkeys([email, *self._known][:_KNOWN])
        person = Person(email, is_verified=form.get("decision") != "unverified")
        return _redirect(asked.answer(code=self._codes.add(Grant(asked, person))))

    async def _token(self, request: Request) -> JSONResponse:
        try:
            form = await _form(request)
            authorization = request.headers.get("authorization", "")
            self.client.authenticate(authorization, form, has_verifier="code_verifier" in form)
            if form.get("grant_type") != "authorization_code":
                raise ProtocolError("unsupported_grant_type", "grant_type must be authorization_code")  # noqa: TRY301
            return JSONResponse(self._tokens_for(redeem(self._codes, form)), headers=NO_STORE)
        except ProtocolError as error:
            headers = NO_STORE | ({"www-authenticate": "Basic"} if error.status == 401 else {})
            return JSONResponse(error.as_json(), error.status, headers)

    def _tokens_for(self, grant: Grant) -> dict[str, Any]:
        scope = grant.request.scope
        answer = {
            "access_token": self._tokens.add(grant),
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFE,
            "scope": " ".join(sorted(scope & {"openid", "email"})),
        }
        if "openid" in scope:
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": self.client.id, "iat": now, "exp": now + TOKEN_LIFE}
            nonce = {} if grant.request.nonce is None else {"nonce": grant.request.nonce}
            answer["id_token"] = self._key.sign({**claims, **nonce, **grant.person.claims(scope)})
        return answer

    async def _user_info(self, request: Request) -> JSONResponse:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._tokens.find(token) if scheme.lower() == "bearer" else None
        if grant is None:
            refusal = {**NO_STORE, "www-authenticate": 'Bearer error="invalid_token"'}
            return JSONResponse({"error": "invalid_token"}, 401, refusal)
        return JSONResponse(grant.person.claims(grant.request.scope), headers=NO_STORE)


async def _form(request: Request) -> dict[str, str]:
    body = await read_body(request, _FORM_LIMIT)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise ProtocolError("invalid_request", "the body is no form") from None
    if len(dict(pairs)) < len(pairs):
        raise ProtocolError("invalid_request", "a parameter is there more than once")
    return dict(pairs)


def _redirect(location: str) -> RedirectResponse:
    return RedirectResponse(location, 303, NO_STORE)

"""What is left to do after `init`, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda_local.init.apis import home_of
from supertokens_lambda_local.init.application import REQUIREMENTS
from supertokens_lambda_local.init.roles import roles_of
from supertokens_lambda_local.init.survey import RUNTIME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from supertokens_lambda_local.init.plan import Plan

_FRAMEWORKS = ("fastapi", "starlette", "flask", "django", "mangum", "litestar", "quart")
_MIDDLEWARE = """\
  from supertokens_lambda.asgi import SessionMiddleware, asgi_handler

  app = SessionMiddleware(app, public=[])  # list the paths that need no session
  handler = asgi_handler(app)  # in the place of Mangum"""
_DECORATOR = """\
  from supertokens_lambda import verify_session

  @verify_session()
  def handler(event, context, session):"""
_SITE = """\
  from supertokens_lambda.site import site

  handler = site(handler)  # the Function URL serves sign-in and the refresh too"""


def next_steps(plan: Plan, guarded: tuple[str, ...], root: Path) -> Iterator[str]:
    """Return the steps, each of one or several lines."""
    survey = plan.survey
    for function in guarded:
        text = _code_of(plan, function, root)
        if "supertokens_lambda" not in text:
            is_asgi = any(name in text.lower() for name in _FRAMEWORKS)
            yield f"Guard the pages of {function}:\n\n{_MIDDLEWARE if is_asgi else _DECORATOR}\n"
        if plan.api.kind == "url" and "supertokens_lambda.site" not in text:
            yield f"Serve sign-in and the refresh with {function}:\n\n{_SITE}\n"
        if survey.runtime(function) != RUNTIME:
            yield f"Set Runtime of {function} to {RUNTIME}: the packages of the layer are compiled for it."
        if function not in roles_of(survey, (function,)):
            yield f"Let the role of {function} read the secret of SuperTokensApiKeySecret: it is not in the template."
    if guarded and not home_of(survey, plan.api, guarded) and not survey.variable("SUPERTOKENS_SIGNED_IN_PATH"):
        yield "Set SUPERTOKENS_SIGNED_IN_PATH to the page after a sign-in, which no route names: it is / if left out."
    if not guarded:
        names = ", ".join(function for function in survey.functions if survey.is_python(function)) or "none yet"
        yield f"Choose the functions with pages, of {names}: supertokens-lambda init --guard NAME"
    if root / REQUIREMENTS in plan.changes:
        yield f"Install what it needs: pip install -r {REQUIREMENTS}"
    yield "Try it: supertokens-lambda dev"
    if guarded:
        yield "Test it, with pytest installed: pytest tests"
    yield "Deploy it: sam build && sam deploy --guided"


def _code_of(plan: Plan, function: str, root: Path) -> str:
    folder = plan.survey.literal(plan.survey.property(function, "CodeUri")) or "."
    handler = str(plan.survey.literal(plan.survey.property(function, "Handler")))
    file = root / str(folder) / f"{handler.rpartition('.')[0].replace('.', '/')}.py"
    if file in plan.changes:
        return plan.changes[file][1].decode()
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""

"""What `init` would write: the template with its additions, and files that are not there yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.init import recipes as of_recipes
from supertokens_lambda_local.init.additions import LAYER, SIGN_IN, Choice, add_sessions
from supertokens_lambda_local.init.apis import Api, choose_api, home_of, paths_of
from supertokens_lambda_local.init.document import Document
from supertokens_lambda_local.init.files import ejected_files, function_file, layer_files
from supertokens_lambda_local.init.guard_test import guard_test
from supertokens_lambda_local.init.roles import roles_of
from supertokens_lambda_local.init.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATH = r"(?:/[A-Za-z0-9._~-]+)+"


@dataclass(frozen=True)
class Request:
    """What is asked of `init`.

    Attributes
    ----------
    guard : tuple of str
        The functions with pages that need a session.
    recipes : tuple of str or None
        The recipes of SuperTokens; None for those that are there, or the usual ones.
    api : str or None
        The API by its logical id or its kind.
    auth_path, refresh_path : str or None
        The paths of the sign-in page and of the page that refreshes.
    folder : str
        Where the folders of functions and layer are put, below the template.
    eject : bool
        Whether the sign-in pages are copied into the application.
    """

    guard: tuple[str, ...] = ()
    recipes: tuple[str, ...] | None = None
    api: str | None = None
    auth_path: str | None = None
    refresh_path: str | None = None
    folder: str = ""
    eject: bool = False


@dataclass
class Plan:
    """Files to write, each with what is there now.

    Attributes
    ----------
    changes : dict of Path to (bytes or None, bytes)
        By file: its content, None if there is no file, and the content that it gets.
    api : Api
        Where the routes are.
    survey : Survey
        The application as it was.
    """

    api: Api
    survey: Survey
    changes: dict[Path, tuple[bytes | None, bytes]] = field(default_factory=dict)


def plan_for(template: Path, content: bytes, request: Request) -> Plan:
    """Return what a template needs.

    Parameters
    ----------
    template : Path
        The file.
    content : bytes
        What it holds, or is about to.
    request : Request
        What was asked.

    Raises
    ------
    InitError
        The application cannot be given sessions.
    """
    name = template.name
    try:
        document = Document(content.decode(), name)
    except UnicodeDecodeError:
        raise InitError(f"{name}: is not UTF-8; save it as UTF-8") from None
    survey = Survey(document.data, name)
    survey.check_guarded(request.guard)
    guarded = tuple(dict.fromkeys((*survey.guarded(LAYER), *request.guard)))
    api = choose_api(survey, guarded, request.api, name)
    choice = _choice(survey, api, guarded, request)
    _check(survey, choice, name)
    was_there = {key for key in survey.resources if key in (LAYER, *choice.functions)}
    add_sessions(document, choice)
    plan = Plan(api, survey)
    plan.changes[template] = (content, document.content)
    root = template.parent
    for owner, path, text in _files(survey, choice, request):
        _add_file(plan, root, path, text.encode(), is_kept=owner in was_there or not owner)
    if request.eject:
        _eject(plan, root, choice)
    return plan


def _choice(survey: Survey, api: Api, guarded: tuple[str, ...], request: Request) -> Choice:
    folder = f"{request.folder.strip('/')}/" if request.folder.strip("./") else ""
    auth = request.auth_path or _text(survey.variable("SUPERTOKENS_WEBSITE_BASE_PATH")) or "/auth"
    refresh = request.refresh_path or _text(survey.variable("SUPERTOKENS_REFRESH_PATH")) or "/refresh-session"
    for option, path in (("--auth-path", auth), ("--refresh-path", refresh)):
        if not re.fullmatch(_PATH, path):
            raise InitError(f"{option} must be a path like /auth; give it without a slash at the end")
    recipes = request.recipes
    if recipes is None:
        recipes = () if LAYER in survey.resources else of_recipes.DEFAULT
    choice = Choice(
        api=api,
        guarded=guarded,
        architecture=survey.architecture(guarded),
        roles={},
        recipes=recipes,
        folder=folder,
        auth_path=auth,
        refresh_path=refresh,
        signed_in_path=home_of(survey, api, guarded) or "/",
        validators=of_recipes.validators(recipes),
    )
    choice.roles.update(roles_of(survey, (*choice.functions, *choice.guarded)))
    return choice


def _check(survey: Survey, choice: Choice, name: str) -> None:
    api = choice.api
    if api.problem:
        raise InitError(f"{name}: {api.problem} of {api.name}; add the routes there, or choose another API with --api")
    if api.kind == "url" and len(choice.guarded) != 1:
        raise InitError(
            f"{name}: a Function URL has a host of its own, so one function serves all of a site; "
            "name the one with pages with --guard"
        )
    if api.kind == "url":
        return
    for function, method, path in paths_of(survey, api):
        below = f"{path.rstrip('/')}/"
        for ours, option in ((choice.auth_path, "--auth-path"), (choice.refresh_path, "--refresh-path")):
            if below.startswith(f"{ours}/"):
                raise InitError(f"{name}: {function} has the route {method} {path} already; choose another {option}")


def _files(survey: Survey, choice: Choice, request: Request) -> Iterator[tuple[str, str, str]]:
    """Return each file's resource, path and text; tests belong to no resource."""
    for path, text in layer_files(choice.recipes or of_recipes.DEFAULT, choice.architecture):
        yield LAYER, choice.folder + path, text
    for function in choice.functions:
        path, text = function_file(function)
        yield function, choice.folder + path, text
    for function in request.guard:
        test = guard_test(survey, choice.api, function)
        if test:
            yield "", *test


def _add_file(plan: Plan, root: Path, path: str, content: bytes, *, is_kept: bool) -> None:
    file = root / path
    if not file.exists():
        plan.changes[file] = (None, content)
    elif not is_kept and (not file.is_file() or file.read_bytes() != content):
        raise InitError(f"{path} exists already; move it, or choose another folder with --folder")


def _eject(plan: Plan, root: Path, choice: Choice) -> None:
    if SIGN_IN not in choice.functions:
        raise InitError("the sign-in pages at a Function URL are those of the toolkit; leave out --eject")
    path, ready_made = function_file(SIGN_IN)
    file = root / choice.folder / path
    for ejected, text in ejected_files():
        target = root / choice.folder / ejected
        if target != file:
            _add_file(plan, root, choice.folder + ejected, text.encode(), is_kept=True)
            continue
        present = file.read_bytes() if file.exists() else None
        if present not in (None, ready_made.encode(), text.encode()):
            raise InitError(f"{choice.folder}{path} was changed; import the handler from sign_in there yourself")
        if present != text.encode():
            plan.changes[file] = (present, text.encode())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

"""A whole application for an empty folder: what `init` adds sessions to, as it does to any other."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from supertokens_lambda import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda_local.init.apis import Kind

FRAMEWORKS = ("fastapi", "flask", "django", "none")
PAGES = "PagesFunction"
TEMPLATE = "template.yaml"
_METADATA = "    Metadata: {SkipBuild: true} # there is nothing to install\n"
_PROPERTIES = """\
    Properties:
      Description: The pages
      CodeUri: functions/pages/
      Handler: app.handler
"""
_URL = "      FunctionUrlConfig: {AuthType: NONE} # visitors sign in to SuperTokens, not to AWS\n"
_EVENT = '        {name}: {{Type: {kind}, Properties: {{Path: "{path}", Method: {method}}}}}\n'
_ADDRESSES = {
    "http": "!Sub https://${ServerlessHttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/",
    "rest": "!Sub https://${ServerlessRestApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/Prod/",
    "url": f"!GetAtt {PAGES}Url.FunctionUrl",
}
REQUIREMENTS = "requirements-dev.txt"
_REQUIREMENTS = """\
supertokens-lambda[local]=={version}
pytest
"""


def application_files(kind: Kind, framework: str, project: str) -> Iterator[tuple[str, str]]:
    """Return the path and the text of each file, without those of sessions.

    Parameters
    ----------
    kind : {"http", "rest", "url"}
        What the functions are behind.
    framework : str
        One of `FRAMEWORKS`.
    project : str
        The name of the application.
    """
    source = files(__package__) / "application"
    yield TEMPLATE, (source / TEMPLATE).read_text() + _rest_of_template(kind, framework)
    pages = (source / framework / "app.py").read_text()
    yield "functions/pages/app.py", _with_site(pages) if kind == "url" else pages
    requirements = _REQUIREMENTS.format(version=__version__)
    if framework != "none":
        yield "functions/pages/requirements.txt", (source / framework / "requirements.txt").read_text()
        requirements += "-r functions/pages/requirements.txt\n"
    yield REQUIREMENTS, requirements
    yield ".gitignore", (source / "gitignore").read_text()
    # What stacks may be called.
    name = re.sub("[^A-Za-z0-9]+", "-", project).strip("-")
    stack = name if name[:1].isalpha() else f"app-{name}".strip("-")
    yield "samconfig.toml", (source / "samconfig.toml").read_text().replace("{project}", stack)
    yield "README.md", (source / "README.md").read_text().replace("{project}", project)


def _rest_of_template(kind: Kind, framework: str) -> str:
    text = (_METADATA if framework == "none" else "") + _PROPERTIES
    outputs = f"\nOutputs:\n  Url:\n    Description: Where AWS serves the pages\n    Value: {_ADDRESSES[kind]}\n"
    if kind == "url":
        return f"{text}{_URL}{outputs}"
    event, method = "HttpApi" if kind == "http" else "Api", "GET" if framework == "none" else "ANY"
    routes = _EVENT.format(name="Home", kind=event, path="/", method=method)
    if framework != "none":
        routes += _EVENT.format(name="Pages", kind=event, path="/{proxy+}", method=method)
    return f"{text}      Events:\n{routes}{outputs}"


def _with_site(pages: str) -> str:
    """Return the code of pages that serve the session's own paths too, as a Function URL needs it."""
    line = "from supertokens_lambda.settings import settings\n"
    pages = pages.replace(line, f"{line}from supertokens_lambda.site import site\n")
    pages = pages.replace("@verify_session()\n", "@site\n@verify_session()\n")
    return re.sub(r"^handler = (.*)$", r"handler = site(\1)", pages, flags=re.MULTILINE)

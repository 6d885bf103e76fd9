"""A test for each guarded function: it asks for a session, and is content with one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from supertokens_lambda_local.init.apis import pages_of
from supertokens_lambda_local.template.unknown import mapping

if TYPE_CHECKING:
    from supertokens_lambda_local.init.apis import Api
    from supertokens_lambda_local.init.survey import Survey

_TEST = '''"""{function} is for visitors who are signed in."""

import importlib
import sys
from pathlib import Path

import pytest
from supertokens_lambda.testing import ApiGateway

pytest_plugins = ["supertokens_lambda.testing.plugin"]

FOLDER = Path(__file__).parents[1] / {folder}
PAGE = {page}
EVENT_SOURCE = ApiGateway({event_source})


class Context:
    """As much of Lambda's context as frameworks read."""

    aws_request_id = "1"
    function_name = "{function}"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:{function}"

    def get_remaining_time_in_millis(self):
        return 10_000


@pytest.fixture(scope="module")
def handler():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        patch.delitem(sys.modules, {module}, raising=False)
{environment}        yield importlib.import_module({module}).{name}


def test_a_visitor_without_a_session_is_sent_to_the_refresh(supertokens, handler):
    answer = handler(supertokens.event(PAGE, event_source=EVENT_SOURCE), Context())

    assert answer["statusCode"] == 302


def test_a_visitor_who_is_signed_in_gets_the_page(supertokens, handler):
    cookies = supertokens.cookies("ada")

    answer = handler(supertokens.event(PAGE, cookies=cookies, event_source=EVENT_SOURCE), Context())

    assert answer["statusCode"] {expected}
'''
_EVENT_SOURCES = {"http": "http-api-2.0", "rest": "rest-api", "url": "function-url"}


def page_of(survey: Survey, api: Api, function: str) -> str:
    """Return a path that a function serves, with something for each variable; ``/`` where any will do."""
    pages = pages_of(survey, api, function)
    plain = [path for path in pages if "{" not in path and path.startswith("/")]
    if plain or not pages or not pages[0].startswith("/"):
        return plain[0] if plain else "/"
    return re.sub(r"\{[^}]*\}", "1", pages[0])


def guard_test(survey: Survey, api: Api, function: str) -> tuple[str, str] | None:
    """Return the path and the text of the test of a guarded function; None if its code is not in a folder."""
    folder = survey.property(function, "CodeUri")
    handler = survey.literal(survey.property(function, "Handler"))
    folder = "." if folder is None and not mapping(survey.own(function)).get("InlineCode") else survey.literal(folder)
    if not (isinstance(folder, str) and "://" not in folder and isinstance(handler, str) and "." in handler):
        return None
    module, _, name = handler.replace("/", ".").rpartition(".")
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", function).lower()
    page = page_of(survey, api, function)
    is_known = page == "/" or page in pages_of(survey, api, function)
    text = _TEST.format(
        function=function,
        folder=json.dumps(folder.strip("/") or "."),
        page=json.dumps(page),
        event_source=json.dumps(_EVENT_SOURCES[api.kind]),
        module=json.dumps(module),
        environment="".join(
            f"        patch.setenv({json.dumps(key)}, {json.dumps(value)})\n"
            for key, value in _environment(survey, function).items()
        ),
        name=name,
        expected="== 200" if is_known else "in (200, 404)  # 404 if the application has no such page",
    )
    return f"tests/test_{snake}_is_guarded.py", text


def _environment(survey: Survey, function: str) -> dict[str, str]:
    """Return the variables that the code may read when it is imported, with something for those of the cloud."""
    places = (survey.globals, survey.own(function))
    given = [mapping(mapping(place.get("Environment")).get("Variables")) for place in places]
    variables = {str(name): survey.literal(value) for place in given for name, value in place.items()}
    return {
        name: str(value) if isinstance(value, str | int) else "test"
        for name, value in variables.items()
        if not name.startswith("SUPERTOKENS_")
    }

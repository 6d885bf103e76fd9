"""The files of the Cookiecutter template.

It has no hooks: SAM CLI refuses hooks in Python where its installer brought no interpreter, as on Linux and macOS.
Without a hook no folder can be left out. So an application at a Function URL, which has fewer folders, has a separate
template.
"""

from __future__ import annotations

import json
import string
from itertools import product
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.cookiecutter.merge import condition_of, merge
from supertokens_lambda_local.init.application import FRAMEWORKS, stack_name
from supertokens_lambda_local.init.plan import Request
from supertokens_lambda_local.init.recipes import RECIPES
from supertokens_lambda_local.init.whole import plan_of_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# By folder: the title, and the APIs to choose from.
TEMPLATES = {
    "api": ("Pages behind API Gateway", ("http", "rest")),
    "url": ("Pages at one Function URL", ("url",)),
}
RECIPE_LISTS = (
    "emailpassword",
    "emailpassword,emailverification",
    "emailpassword,thirdparty",
    "passwordless",
    "thirdparty",
    ",".join(RECIPES),
)
_FOLDER = "{{cookiecutter.project_name}}"
# A placeholder for the name of the application.
_PROJECT = "name_of_application"
_CHARACTERS = string.ascii_letters + string.digits
# What `stack_name` does, as Jinja.
_STACK_NAME = (
    f"{{% set kept %}}{{% for each in cookiecutter.project_name %}}{{{{ each if each in '{_CHARACTERS}' else '-' }}}}"
    "{% endfor %}{% endset %}{% set words = kept.split('-') | select | list %}"
    "{{ (words if words and words[0][0].isalpha() else ['app'] + words) | join('-') }}"
)
_PROMPTS = {
    "project_name": "Name of the application",
    "api": "API in front of the functions",
    "framework": "Framework of the pages",
    "recipes": "Recipes of SuperTokens",
}


def questions_of(apis: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the variables of a template, each with the values to choose from; the first is the default."""
    return {"api": tuple(apis), "framework": FRAMEWORKS, "recipes": RECIPE_LISTS}


def template_files() -> Iterator[tuple[str, str]]:
    """Return the path and the text of each file of the template."""
    yield "cookiecutter.json", _json({"templates": {name: _entry(name) for name in TEMPLATES}})
    for name, (_, apis) in TEMPLATES.items():
        questions = questions_of(apis)
        yield f"{name}/cookiecutter.json", _json(_context(questions))
        for path, text in _merged(questions):
            yield f"{name}/{_FOLDER}/{path}", text


def _entry(name: str) -> dict[str, str]:
    return {"path": f"./{name}", "title": TEMPLATES[name][0], "description": "behind SuperTokens sessions"}


def _context(questions: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    asked = {"project_name": "app", **{name: values for name, values in questions.items() if len(values) > 1}}
    return {**asked, "__stack_name": _STACK_NAME, "__prompts__": {name: _PROMPTS[name] for name in asked}}


def _merged(questions: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    variants: dict[str, dict[tuple[str, ...], str]] = {}
    every = frozenset(product(*questions.values()))
    for answers in product(*questions.values()):
        for path, text in _application(**dict(zip(questions, answers, strict=True))):
            variants.setdefault(path, {})[answers] = text
    for path, texts in variants.items():
        place = PurePosixPath(path)
        # Cookiecutter leaves out a file whose name comes to nothing.
        condition = "" if texts.keys() == every else condition_of(frozenset(texts), questions)
        name = f"{{% if {condition} %}}{place.name}{{% endif %}}" if condition else place.name
        text = merge(texts, questions).replace(_PROJECT, "{{ cookiecutter.project_name }}")
        yield str(place.with_name(name)), text.replace(stack_name(_PROJECT), "{{ cookiecutter.__stack_name }}")


def _application(api: str, framework: str, recipes: str) -> Iterator[tuple[str, str]]:
    """Return the path and the text of each file that `init` makes for these answers."""
    root = Path(_PROJECT)
    plan, _ = plan_of_folder(root, None, framework, Request(api=api, recipes=tuple(recipes.split(","))))
    for file, (_, content) in plan.changes.items():
        yield file.relative_to(root).as_posix(), content.decode()


def _json(content: Mapping[str, Any]) -> str:
    return f"{json.dumps(content, indent=2)}\n"

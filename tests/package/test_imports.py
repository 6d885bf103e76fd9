import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import supertokens_lambda

ROOT = Path(supertokens_lambda.__file__).parent
# From the lowest to the highest: a package or module imports only those before it.
ORDER = [
    *(
        "_errors",
        "_http",
        "_settings",
        "_html",
        "_log",
        "_deadline",
        "_clock",
        "_budgets",
        "_event_loop",
        "_connections",
    ),
    *(
        "_aws",
        "_core_client",
        "_api_key",
        "_delivery",
        "_verification",
        "_guard",
        "_refresh",
        "_sign_out",
        "_sdk",
        "_runtime",
        "_init_phase",
        "_entry",
    ),
    *(
        "_decorator",
        "settings",
        "claims",
        "pages",
        "forms",
        "delivery",
        "handlers",
        "sign_in",
        "site",
        "metrics",
        "asgi",
        "fastapi",
        "django",
        "powertools",
    ),
    *("authorizers", "testing"),
]
# Modules of `_sdk` that do not load the SDK.
LIGHT = ("supertokens_lambda._sdk.options", "supertokens_lambda._sdk.api_answer")
# It is not in the layer.
OF_TESTS = "testing/sdk.py"
COSTLY = {
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "httpx",
    "mangum",
    "requests",
    "supertokens_python",
}


def modules_loaded_by(statement):
    code = f"import json, sys; {statement}; print(json.dumps([*sys.modules]))"
    environment = os.environ | {"PYTHONPATH": str(ROOT.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return set(json.loads(done.stdout))


def loaded_by(statement):
    return {name.partition(".")[0] for name in modules_loaded_by(statement)}


def is_type_checking(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(node: ast.AST, *, typing_only: bool = False, nested: bool = False) -> Iterator[tuple[str, bool, bool]]:
    """Yield each imported module, whether only type checkers import it, and whether a function does."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name, typing_only, nested) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0
            assert child.module is not None
            # A name that is imported from a package may be a module of it.
            yield from ((f"{child.module}.{alias.name}", typing_only, nested) for alias in child.names)
        else:
            yield from imports(
                child,
                typing_only=typing_only or is_type_checking(child),
                nested=nested or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef),
            )


MODULES = {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in sorted(ROOT.rglob("*.py"))}


@pytest.mark.parametrize(
    "module",
    [
        "supertokens_lambda",
        "supertokens_lambda.claims",
        "supertokens_lambda.delivery",
        "supertokens_lambda.handlers",
        "supertokens_lambda._runtime, supertokens_lambda.pages",
    ],
)
def test_costly_libraries_are_not_loaded(module):
    loaded = loaded_by(f"import {module}")

    assert "supertokens_lambda" in loaded
    assert not loaded & COSTLY


def test_decorating_loads_nothing_more():
    assert not loaded_by("import supertokens_lambda; supertokens_lambda.verify_session()(print)") & COSTLY


def test_a_costly_library_that_is_loaded_is_found():
    assert {"supertokens_python", "httpx"} <= loaded_by("import supertokens_lambda._sdk.verify")


def test_starting_supertokens_sdk_does_not_load_boto3():
    domains = {f"SUPERTOKENS_{name}": "http://localhost" for name in ("CONNECTION_URI", "API_DOMAIN", "WEBSITE_DOMAIN")}
    given = f"import os; os.environ.update({domains | {'SUPERTOKENS_REFRESH_TABLE': 't', 'AWS_REGION': 'eu-west-1'}})"
    started = f"{given}; from supertokens_lambda._runtime import current; current().api; current().sdk.start()"

    assert not loaded_by(f"{started}; current().refresh.prepare()") & {"boto3", "botocore", "aws_lambda_powertools"}


def test_the_sdk_starts_without_the_packages_that_only_other_recipes_use():
    domains = {f"SUPERTOKENS_{name}": "http://localhost" for name in ("CONNECTION_URI", "API_DOMAIN", "WEBSITE_DOMAIN")}
    given = f"import os; os.environ.update({domains})"

    started = f"{given}; from supertokens_lambda._runtime import current; current().sdk.start()"
    loaded = loaded_by(started)

    assert "backend_config" in loaded
    assert "supertokens_lambda._sdk.email_delivery" in modules_loaded_by(started)
    assert not loaded & {"Crypto", "aiohttp", "boto3", "botocore", "deprecated", "pyotp", "twilio"}
    assert "twilio" in loaded_by(f"{given}; from supertokens_python.recipe import passwordless")


@pytest.mark.parametrize(
    ("variables", "loaded"),
    [
        ({}, set()),
        ({"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}, {"supertokens_python"}),
        (
            {
                "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
                "SUPERTOKENS_REFRESH_TABLE": "t",
                "AWS_REGION": "eu-west-1",
            },
            {"supertokens_python"},
        ),
    ],
    ids=["elsewhere", "in Lambda", "in Lambda with a table"],
)
def test_the_sdk_is_loaded_in_the_init_phase_of_a_function_that_wants_it(variables, loaded):
    domains = {f"SUPERTOKENS_{name}": "http://localhost" for name in ("CONNECTION_URI", "API_DOMAIN", "WEBSITE_DOMAIN")}
    given = f"import os; os.environ.update({domains | variables})"

    found = loaded_by(f"{given}; from supertokens_lambda import handlers; handlers.prepare_sdk()")

    assert found & {"supertokens_python", "boto3"} == loaded


PUBLIC = ["Request", "Response", "Session", "SettingsError", "SuperTokensLambdaError", "__version__"]


def test_the_public_names_are_these():
    assert sorted(supertokens_lambda.__all__) == [*PUBLIC, "http_handler", "verify_session"]
    assert all(hasattr(supertokens_lambda, name) for name in supertokens_lambda.__all__)
    assert {*supertokens_lambda.__all__} <= {*dir(supertokens_lambda)}
    with pytest.raises(AttributeError, match="has no attribute 'verify_sessions'"):
        _ = supertokens_lambda.verify_sessions


# The sign-in pages and the new application are copied to users.
PUBLIC_USERS = [
    ("functions", "*.py"),
    ("examples", "*.py"),
    ("layers/session/supertokens_lambda/sign_in", "*.py"),
    ("local/supertokens_lambda_local/init/application", "*.py"),
    ("docs", "*.md"),
    (".", "README.md"),
]


def test_functions_examples_and_documentation_use_public_modules_alone():
    repository = ROOT.parents[2]
    found = [
        f"{file.relative_to(repository)}: {line}"
        for folder, kind in PUBLIC_USERS
        for file in (repository / folder).glob(kind if folder == "." else f"**/{kind}")
        if "node_modules" not in file.parts
        for line in file.read_text().splitlines()
        if re.search(r"(from|import) supertokens_lambda[\w.]*\._|from supertokens_lambda import [^#]*\b_[a-z]", line)
    ]

    assert not found


def test_types_are_shipped():
    assert (ROOT / "py.typed").is_file()


EVENT_SOURCES = {
    "alb/documented": {"alb", "alb_single_value"},
    "alb-multi-value/documented": {"alb"},
    "function-url/documented": {"function_url", "http_api"},
    "http-api-1.0/documented": {"http_api_1", "rest_api"},
    "http-api-2.0/documented": {"http_api"},
    "lattice/documented": {"lattice"},
    "rest-api/generated": {"rest_api"},
}


@pytest.mark.parametrize("event", EVENT_SOURCES)
def test_the_event_source_that_events_come_through_is_the_one_that_is_loaded(event):
    file = Path(__file__).parents[1] / "events" / f"{event}.json"
    read = "from supertokens_lambda._http.event_sources import event_source_of"
    code = f"{read}; event_source_of(json.load(open({str(file)!r})))"
    own = "supertokens_lambda._http.event_sources."

    assert {name.removeprefix(own) for name in modules_loaded_by(code) if name.startswith(own)} == EVENT_SOURCES[
        event
    ] | {"fields"}


def name_of(module):
    return Path(module).parts[0].removesuffix(".py")


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_imports_is_there(module):
    # Type checkers do not tell a name that is defined for them alone.
    used = {name for name, typing_only, _ in imports(MODULES[module]) if not typing_only}

    for name in sorted(name for name in used if name.startswith("supertokens_lambda.")):
        package, _, own = name.rpartition(".")
        assert hasattr(importlib.import_module(package), own) or importlib.util.find_spec(name), name


@pytest.mark.parametrize("module", [name for name in MODULES if name != "__init__.py"])
def test_a_module_imports_only_lower_packages(module):
    own = (name.split(".")[1] for name, _, _ in imports(MODULES[module]) if name.startswith("supertokens_lambda."))
    # Names that are imported from `supertokens_lambda` itself are not in the order.
    used = {name for name in own if name in ORDER} - {name_of(module)}

    assert name_of(module) in ORDER
    assert {name for name in used if ORDER.index(name) > ORDER.index(name_of(module))} == set()


@pytest.mark.parametrize("module", [name for name in MODULES if name_of(name) != "_sdk" and name != OF_TESTS])
def test_only_the_package_sdk_imports_supertokens_sdk(module):
    assert not [
        name
        for name, typing_only, _ in imports(MODULES[module])
        if name.partition(".")[0] == "supertokens_python" and not typing_only
    ]


@pytest.mark.parametrize("module", [name for name in MODULES if name_of(name) != "_sdk"])
def test_the_package_sdk_is_imported_when_it_is_needed(module):
    assert not [
        name
        for name, typing_only, nested in imports(MODULES[module])
        if name.startswith("supertokens_lambda._sdk") and not (typing_only or nested or name.startswith(LIGHT))
    ]


# Applications that import `powertools` have loaded that library already.
@pytest.mark.parametrize("module", [name for name in MODULES if name_of(name) not in {"_sdk", "powertools"}])
def test_costly_libraries_are_imported_where_they_are_used(module):
    costly = [
        name
        for name, typing_only, nested in imports(MODULES[module])
        if name.partition(".")[0] in COSTLY and not (typing_only or nested)
    ]

    assert not costly

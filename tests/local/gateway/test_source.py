"""A function's code: changed while it runs, named like the standard library's, and without the toolkit."""

import asyncio
import io
import json

import pytest

from supertokens_lambda_local.gateway.app import Gateway
from supertokens_lambda_local.gateway.console import Console
from supertokens_lambda_local.template.api_model import Route
from supertokens_lambda_local.template.model import Application, Function

from .test_gateway import ask

HANDLER = "def handler(event, context):\n    return {!r}\n"


def answers(functions, between=lambda: None):
    """Ask each function, do something, and ask them again."""
    routes = tuple(
        Route("GET", f"/{function.name}", "http-api-2.0", "$default", function.name) for function in functions
    )
    output = io.StringIO()

    async def run():
        gateway = Gateway(Application(tuple(functions), routes), {}, Console(output), port=3000)
        try:
            first = [await ask(gateway, path=f"/{function.name}") for function in functions]
            between()
            return first, [await ask(gateway, path=f"/{function.name}") for function in functions]
        finally:
            await gateway.stop()

    first, second = asyncio.run(run())
    return first, second, output.getvalue()


def test_code_is_loaded_anew_when_it_changes(tmp_path):
    (tmp_path / "layer").mkdir()
    (tmp_path / "code").mkdir()
    (tmp_path / "code/page.py").write_text(
        "from shared import VALUE\ndef handler(event, context):\n    return [VALUE]\n"
    )
    (tmp_path / "layer/shared.py").write_text("VALUE = 'before'")
    function = Function("Page", tmp_path / "code", "page.handler", (tmp_path / "layer",), timeout=20)

    def change():
        (tmp_path / "layer/shared.py").write_text("VALUE = 'and after'")

    first, second, shown = answers([function], change)
    assert (first, second) == ([(200, ["before"])], [(200, ["and after"])])
    assert shown.count("cold start of Page") == 2


@pytest.mark.parametrize("module", ["json", "signal", "calendar", "code"])
def test_a_handler_may_be_named_like_a_module_of_the_standard_library(tmp_path, module):
    (tmp_path / f"{module}.py").write_text(HANDLER.format(["mine"]))
    first, _, shown = answers([Function("Page", tmp_path, f"{module}.handler", timeout=20)])
    assert first == [(200, ["mine"])], shown


def test_a_handler_named_like_a_built_in_module_is_refused_as_by_lambda(tmp_path):
    (tmp_path / "time.py").write_text(HANDLER.format(["mine"]))
    first, _, shown = answers([Function("Page", tmp_path, "time.handler", timeout=20)])
    assert first[0][0] == 500
    assert "ImportError: Cannot use built-in module time as a handler module" in shown


def test_a_function_without_the_layer_does_not_get_the_toolkit_of_this_machine(tmp_path):
    layer = tmp_path / "layer"
    (layer / "supertokens_lambda").mkdir(parents=True)
    (layer / "supertokens_lambda/__init__.py").write_text("VALUE = 'of the layer'")
    (tmp_path / "code").mkdir()
    (tmp_path / "code/page.py").write_text(
        "import supertokens_lambda\ndef handler(event, context):\n    return [supertokens_lambda.VALUE]\n"
    )
    functions = [
        Function("With", tmp_path / "code", "page.handler", (layer,), timeout=20),
        Function("Without", tmp_path / "code", "page.handler", timeout=20),
    ]
    first, _, shown = answers(functions)
    assert first[0] == (200, ["of the layer"])
    assert first[1] == (500, {"message": "Internal Server Error"})
    assert "No module named 'supertokens_lambda': no layer of this function has it" in shown
    assert json.dumps(first)

import logging
import sys

import pytest

from supertokens_lambda_local.gateway.outcome import Outcome, Verdict
from supertokens_lambda_local.gateway.output import Output
from supertokens_lambda_local.gateway.runtime import Runtime

CODE = """
import json, logging, sys
from decimal import Decimal

logging.getLogger("import").info("imported")
EARLY = sys.stdout

def handler(event, context):
    return [event, context.aws_request_id, 1000 < context.get_remaining_time_in_millis() <= 9000]

def talk(event, context):
    assert sys.stdout.writable()
    logger = logging.getLogger("app.part")
    logger.debug("not this")
    logger.info("number %d", 1)
    print("printed", end="")
    print(" here\\nand there", file=sys.stdout)
    EARLY.write("early\\n")
    print("to stderr", file=sys.stderr)
    logging.getLogger("supertokens_lambda").info("v: r", extra={"verdict": "verified", "reason": "first"})
    logging.getLogger("supertokens_lambda._guard").info("v: r", extra={"verdict": "looping", "reason": "token-refused"})
    logging.getLogger("supertokens_lambda").info("no verdict")
    logging.getLogger("supertokens").info("v: r", extra={"verdict": "x", "reason": "y"})
    print("unfinished", end="")

def decimals(event, context):
    return {"n": Decimal("1.5")}

def unserialisable(event, context):
    return {"n": object()}

def circular(event, context):
    ring = []
    ring.append(ring)
    return ring

def large(event, context):
    return "x" * 6_291_555

def fail(event, context):
    deeper()

def deeper():
    raise ValueError("no such\\nthing")

def leave(event, context):
    sys.exit("bye")
"""


@pytest.fixture
def runtime(tmp_path, monkeypatch, request):
    module = f"code_{request.node.name.replace('[', '_').replace(']', '')}"
    (tmp_path / f"{module}.py").write_text(CODE)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    for name, value in {"NAME": "Page", "VERSION": "$LATEST", "MEMORY_SIZE": "128"}.items():
        monkeypatch.setenv(f"AWS_LAMBDA_FUNCTION_{name}", value)
    monkeypatch.setenv("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/Page")
    monkeypatch.setenv("AWS_LAMBDA_LOG_STREAM_NAME", "local")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)

    def make(function):
        output = Output()
        output.install()
        return Runtime(f"{module}.{function}", output)

    yield make
    root.setLevel(level)
    root.handlers[:] = handlers
    sys.modules.pop(module, None)


def invoke(runtime):
    assert runtime.load().error is None
    return runtime.invoke('{"a": 1}', "id-1", 9)


def test_a_handler_gets_the_event_and_the_context(runtime):
    loaded = runtime("handler")
    assert loaded.load() == Outcome(output=("INFO import: imported",))
    assert loaded.invoke('{"a": 1}', "id-1", 9) == Outcome('[{"a": 1}, "id-1", true]')


def test_what_it_says_is_collected(runtime):
    outcome = invoke(runtime("talk"))
    assert outcome.result == "null"
    assert outcome.verdict == Verdict("looping", "token-refused")
    assert outcome.output[:5] == (
        "INFO app.part: number 1",
        "printed here",
        "and there",
        "early",
        "to stderr",
    )
    assert outcome.output[-3:] == ("INFO supertokens_lambda: no verdict", "INFO supertokens: v: r", "unfinished")


def test_a_record_that_cannot_be_formatted_is_told(runtime):
    output = Output()
    output.install()
    output.handle(logging.LogRecord("app", logging.INFO, "app.py", 1, "%d", ("x",), None))
    assert output.take()[0][0] == "--- Logging error ---"


def test_one_invocation_hears_nothing_of_another(runtime):
    talking = runtime("talk")
    invoke(talking)
    quiet = runtime("handler")
    quiet.load()
    assert quiet.invoke("1", "id-2", 9).output == ()


def test_decimals_are_numbers(runtime):
    assert invoke(runtime("decimals")).result == '{"n": 1.5}'


def test_a_result_over_the_quota_is_an_error(runtime):
    assert invoke(runtime("large")).error.type == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize("function", ["unserialisable", "circular"])
def test_a_result_that_is_no_json_is_an_error(runtime, function):
    error = invoke(runtime(function)).error
    assert error.type == "Runtime.MarshalError"
    assert error.message.startswith("Unable to marshal response: ")


def test_an_exception_is_described(runtime):
    error = invoke(runtime("fail")).error
    assert (error.type, error.message) == ("ValueError", "no such\nthing")
    assert "in deeper" in error.traceback
    assert "runtime.py" not in error.traceback


def test_leaving_is_an_error(runtime):
    error = invoke(runtime("leave")).error
    assert (error.type, error.message) == ("SystemExit", "bye")


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("absent_module.handler", "ModuleNotFoundError"),
        ("json.absent", "AttributeError"),
        ("handler", "ValueError"),
        ("broken.handler", "SyntaxError"),
        ("leaving.handler", "SystemExit"),
    ],
)
def test_a_handler_that_cannot_be_imported(runtime, tmp_path, handler, kind):
    (tmp_path / "broken.py").write_text("def")
    (tmp_path / "leaving.py").write_text("raise SystemExit")
    error = Runtime(handler, Output()).load().error
    assert error
    assert error.type == kind


def test_a_handler_in_a_package(runtime, tmp_path, monkeypatch):
    (tmp_path / "in_a_package").mkdir()
    (tmp_path / "in_a_package" / "pages.py").write_text("def handler(event, context): return 1")
    for name in ("in_a_package/pages.handler", "in_a_package.pages.handler"):
        loaded = Runtime(name, Output())
        assert loaded.load().error is None
        assert loaded.invoke("1", "id", 1).result == "1"

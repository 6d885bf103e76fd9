"""The gateway as an ASGI application, for what cannot be seen or waited for over HTTP."""

import asyncio
import io
import json
import re
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from supertokens_lambda_local.gateway.app import Gateway
from supertokens_lambda_local.gateway.console import Console
from supertokens_lambda_local.template.api_model import Backend, Route
from supertokens_lambda_local.template.model import Application, Function

CODE = """
import os, subprocess, sys, time

# As the toolkit does: prepare in the init phase where there is one, and else in the first invocation.
prepared = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") is not None
if "PREPARED_FOR" in os.environ and prepared:
    time.sleep(float(os.environ["PREPARED_FOR"]))

def prepare(event, context):
    if not prepared:
        time.sleep(float(os.environ["PREPARED_FOR"]))
    return ["prepared"]

def slow(event, context):
    print("begun")
    time.sleep(0.5)
    print("done")
    return "too late"

def parent(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open(event["rawQueryString"], "w") as file:
        file.write(str(child.pid))
    time.sleep(600)
"""


def scope(path="/", query=""):
    return {
        "type": "http",
        "method": "GET",
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost:3000")],
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
    }


def application(folder, handler, event_source="http-api-2.0", timeout=20.0, environment=None):
    (folder / "code.py").write_text(CODE)
    function = Function("Page", folder, f"code.{handler}", timeout=timeout, environment=environment or {})
    return Application((function,), (Route("ANY", "/{proxy+}", event_source, "$default", "Page"),))


async def ask(gateway, messages=({"type": "http.request"},), **target):
    sent = []
    received = iter(messages)

    async def receive():
        return next(received)

    async def send(message):
        sent.append(message)

    await gateway(scope(**target), receive, send)
    return sent and (sent[0]["status"], json.loads(sent[1]["body"]))


def run(make, application, output=None, **options):
    """Run a coroutine with a gateway, which is stopped at the end."""

    async def body():
        gateway = Gateway(application, {}, Console(output or io.StringIO()), port=3000, **options)
        try:
            return await make(gateway)
        finally:
            await gateway.stop()

    return asyncio.run(body())


@pytest.mark.parametrize(
    ("event_source", "answer"),
    [
        ("http-api-2.0", (503, {"message": "Service Unavailable"})),
        ("rest-api", (504, {"message": "Endpoint request timed out"})),
    ],
)
def test_a_function_that_api_gateway_does_not_wait_for(tmp_path, event_source, answer):
    output = io.StringIO()

    async def make(gateway):
        answered = await ask(gateway, path="/x")
        deadline = time.monotonic() + 60
        while "    done\n" not in output.getvalue():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        return answered

    answered = run(make, application(tmp_path, "slow", event_source), output, integration_timeout=0.01)
    assert answered == answer
    shown = output.getvalue()
    assert f"GET /x {answer[0]} " in shown
    assert "    API Gateway: no answer within 0.01 s; the function goes on\n    begun\n    done\n" in shown


def test_a_server_that_never_ends_its_answer_is_not_waited_for(tmp_path):
    """Each part of its answer is in time, and the whole is not."""

    ended = asyncio.Event()

    async def drip(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        ended.set()

    async def make():
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        uri = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        route = Route("ANY", "/{proxy+}", "rest-api", "$default", "", backend=Backend(uri, "GET"))
        gateway = Gateway(Application((), (route,)), {}, Console(io.StringIO()), port=3000, integration_timeout=0.3)
        try:
            return await ask(gateway, path="/x")
        finally:
            await gateway.stop()
            server.close()
            # A connection that is left behind is told of in another test.
            await asyncio.wait_for(ended.wait(), 60)

    assert asyncio.run(make()) == (504, {"message": "Endpoint request timed out"})


def test_a_client_that_left_is_not_answered_and_calls_nothing(tmp_path):
    messages = [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]
    output = io.StringIO()
    assert run(lambda gateway: ask(gateway, messages, path="/x"), application(tmp_path, "slow"), output) == []
    assert output.getvalue() == ""


def test_a_timeout_ends_the_processes_of_the_function_too(tmp_path, ends, written):
    file = tmp_path / "pid"
    app = application(tmp_path, "parent", timeout=0.5)
    answered = run(lambda gateway: ask(gateway, path="/x", query=str(file)), app)
    assert answered == (500, {"message": "Internal Server Error"})
    assert ends(written(file))


def test_the_init_phase_is_no_part_of_the_timeout(tmp_path):
    output = io.StringIO()
    app = application(tmp_path, "prepare", timeout=1.0, environment={"PREPARED_FOR": "1.2"})

    async def make(gateway):
        return [await ask(gateway, path=path) for path in ("/first", "/second")]

    assert run(make, app, output) == [(200, ["prepared"])] * 2
    first, paid, second = output.getvalue().splitlines()
    assert re.fullmatch(r"GET /first 200 \d+ ms  Page", first)
    [milliseconds] = re.findall(r"^    cold start of Page: (\d+) ms$", paid)
    assert int(milliseconds) >= 1200
    assert re.fullmatch(r"GET /second 200 \d+ ms  Page", second)


def test_code_in_the_template_runs_without_a_file(tmp_path):
    source = "import os\n\ndef handler(event, context):\n    return [os.getcwd(), __name__]\n"
    function = Function("Page", tmp_path, "index.handler", timeout=20, source=source)
    inline = Application((function,), (Route("ANY", "/{proxy+}", "http-api-2.0", "$default", "Page"),))

    assert run(lambda gateway: ask(gateway, path="/x"), inline) == (200, [str(tmp_path), "index"])


def test_a_function_that_does_not_run_here_is_answered_with_501(tmp_path):
    app = application(tmp_path, "slow")
    other = Application((replace(app.functions[0], unavailable="its code is an image"),), app.routes)

    status, body = run(lambda gateway: ask(gateway, path="/x"), other)
    assert status == 501
    assert body == {"message": "Not available on this machine: Page: its code is an image"}


def test_stopping_answers_what_is_under_way_and_what_waits(tmp_path, ends, written):
    file = tmp_path / "pid"

    async def make(gateway):
        calls = [asyncio.create_task(ask(gateway, path="/x", query=str(file))) for _ in range(6)]
        await asyncio.to_thread(written, file)
        await gateway.stop()
        return await asyncio.gather(*calls)

    output = io.StringIO()
    answers = run(make, application(tmp_path, "parent"), output)
    assert answers == [(500, {"message": "Internal Server Error"})] * 6
    assert output.getvalue().count("The application is being stopped") == 2
    assert ends(written(file))

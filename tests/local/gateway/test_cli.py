"""The command, in a process of its own."""

import os
import re
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from supertokens_lambda_local import cli
from supertokens_lambda_local.errors import ListenError
from supertokens_lambda_local.gateway.sockets import listen
from supertokens_lambda_local.server import running

from .conftest import ROOT, TEMPLATE, command, ended, started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_a_signal_with_all_its_processes(number, descendants, ends):
    with command("--port", "0") as process:
        url = started(process)
        assert httpx.get(f"{url}/inside", timeout=60).status_code == 200
        others = descendants(process.pid)
        assert others
        # As a terminal does it: to the whole group.
        os.killpg(process.pid, number)
        output, errors = ended(process)
    assert (process.returncode, errors) == (0, "")
    assert "GET /inside 200" in output
    assert ends(*others)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_as_soon_as_it_has_said_a_word(number):
    with command("--port", "0") as process:
        started(process)
        process.send_signal(number)
        _, errors = ended(process)
    assert (process.returncode, errors) == (0, "")


def test_ctrl_c_before_it_has_begun_is_no_error(monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("supertokens_lambda_local.server.LocalApplication", interrupt)
    assert cli.main(["dev", "--template", str(TEMPLATE)]) == 0


def test_it_stops_while_a_function_is_called(descendants, ends):
    with command("--port", "0") as process, ThreadPoolExecutor(1) as thread:
        url = started(process)
        before = descendants(process.pid)
        asked = thread.submit(httpx.get, f"{url}/faults/sleep", timeout=60)
        while not (others := descendants(process.pid)) > before:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = ended(process)
        assert asked.result().status_code == 500
    assert (process.returncode, errors) == (0, "")
    assert ends(*others)


def test_its_processes_end_with_it_even_if_it_is_killed(descendants, ends):
    with command("--port", "0") as process:
        url = started(process)
        assert httpx.get(f"{url}/inside", timeout=60).status_code == 200
        others = descendants(process.pid)
        process.kill()
        ended(process)
    assert ends(*others)


def test_what_it_says_at_the_start():
    with command("--port", "0", "--access-token-validity", "20", "--parameter", "Greeting=Ahoy") as process:
        url = started(process)
        assert httpx.get(f"{url}/inside", timeout=60).json()["environment"]["GREETING"] == "Ahoy"
        process.send_signal(signal.SIGTERM)
        output, _ = ended(process)
    lines = output.splitlines()
    assert re.fullmatch(r"Core: in memory, at http://127\.0\.0\.1:\d+; an access token is valid for 20 s", lines[0])
    assert lines[1] == "  $default              Echo  (http-api-2.0, stage $default)"
    assert "Left out: TABLE, since Table.Arn has no value on this machine" in lines


def test_a_core_of_ones_own():
    uri = "http://user:secret@one.invalid;https://two.invalid"
    with command("--port", "0", SUPERTOKENS_CONNECTION_URI=uri, SUPERTOKENS_API_KEY="key") as process:
        environment = httpx.get(f"{started(process)}/inside", timeout=60).json()["environment"]
        assert (environment["SUPERTOKENS_CONNECTION_URI"], environment["SUPERTOKENS_API_KEY"]) == (uri, "key")
        process.send_signal(signal.SIGTERM)
        output, _ = ended(process)
    assert output.splitlines()[0] == "Core: http://one.invalid;https://two.invalid"


def test_the_core_in_memory_is_there():
    with running(TEMPLATE, access_token_validity=20) as url:
        core = httpx.get(f"{url}/inside", timeout=60).json()["environment"]["SUPERTOKENS_CONNECTION_URI"]
        assert httpx.get(f"{core}/hello").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_port_in_use_is_one_sentence(capsys):
    listener = listen("localhost", 0)
    port = str(listener.port)
    try:
        assert cli.main(["dev", "--template", str(TEMPLATE), "--port", port]) == 1
    finally:
        listener.close()
    assert capsys.readouterr().err == f"supertokens-lambda: port {port} is in use: choose another one with --port\n"


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.name.invalid"])
def test_an_address_that_is_not_this_machines(host):
    with pytest.raises(ListenError, match=re.escape(host)):
        listen(host, 0)


def test_a_template_that_is_not_there(capsys, tmp_path):
    assert cli.main(["dev", "--template", str(tmp_path / "template.yaml")]) == 1
    assert capsys.readouterr().err == "supertokens-lambda: template.yaml: cannot be read: No such file or directory\n"


@pytest.mark.parametrize("module", ["uvicorn", "yaml", "starlette", "aiosmtpd"])
def test_without_the_extra_it_says_what_to_install(capsys, monkeypatch, module):
    for name in [name for name in sys.modules if name.startswith("supertokens_lambda_local.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Without(module), *sys.meta_path])
    assert cli.main(["dev"]) == 1
    assert capsys.readouterr().err == f"supertokens-lambda: {module} is missing: install supertokens-lambda[local]\n"


class Without:
    """An importer for a machine that lacks a module."""

    def __init__(self, module):
        self.module = module

    def find_spec(self, name, path=None, target=None):
        if name == self.module:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["dev", "--port", "x"], "argument --port: 'x' is not a port"),
        (["dev", "--port", "65536"], "argument --port: '65536' is not a port"),
        (["dev", "--access-token-validity", "0"], "'0' is not a number of seconds from 1"),
        (["dev", "--env", "X"], "argument --env: it takes NAME=VALUE"),
        (["dev", "--parameter", "=x"], "argument --parameter: it takes NAME=VALUE"),
    ],
)
def test_arguments_that_are_wrong(capsys, arguments, message):
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    assert message in capsys.readouterr().err


def test_its_help_names_every_option(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["dev", "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    for option in [
        "template",
        "host",
        "port",
        "access-token-validity",
        "env",
        "parameter",
        "https",
        "certificate",
        "key",
    ]:
        assert f"--{option}" in text


def test_check_reads_and_serves_nothing(tmp_path, capsys):
    vectors = ROOT / "tests/vectors/templates"
    assert cli.main(["dev", "--template", str(vectors / "openapi.yaml"), "--check"]) == 0
    assert "  GET /refresh-session  Auth  (http-api-2.0, stage $default)\n" in capsys.readouterr().out
    assert cli.main(["dev", "--template", str(vectors / "authref2.yaml"), "--check"]) == 1
    assert "'Auth.DefaultAuthorizer' should be a string." in capsys.readouterr().err
    wrong = ["dev", "--template", str(vectors / "clist.yaml"), "--check", "--parameter", "Origin=x"]
    assert cli.main(wrong) == 1
    assert capsys.readouterr().err == "supertokens-lambda: clist.yaml: has no parameter Origin; there are Origins\n"

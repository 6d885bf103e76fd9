"""What the example with Powertools' Tracer tells X-Ray: nothing of the page."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/powertools/functions/pages"

PROGRAM = """
import json, sys
from types import SimpleNamespace
from app import handler

names = ("function_name", "memory_limit_in_mb", "invoked_function_arn", "aws_request_id")
context = SimpleNamespace(**dict.fromkeys(names, "example"))
print(json.dumps(handler(json.load(sys.stdin), context)))
"""


def test_the_page_is_in_no_trace(toolkit, browser, core):
    browser.holds(core.session())
    event = browser.event("/orders/1")
    event["requestContext"]["requestId"] = "a-request"
    # Where X-Ray's daemon would be ("AWS X-Ray segment documents").
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(0)
        environment = {
            **os.environ,
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
            "PYTHONPATH": str(ROOT / "layers/session"),
            "LAMBDA_TASK_ROOT": str(EXAMPLE),
            "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "POWERTOOLS_SERVICE_NAME": "pages",
            "POWERTOOLS_METRICS_NAMESPACE": "example",
        }
        program = [sys.executable, "-c", PROGRAM]
        done = subprocess.run(
            program, input=json.dumps(event), capture_output=True, text=True, check=False, env=environment, cwd=EXAMPLE
        )
        sent = []
        try:
            while True:
                sent.append(daemon.recv(65_536).decode())
        except BlockingIOError:
            pass

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["statusCode"] == 200
    assert "It is on its way" in answer["body"]
    traced = "".join(sent)
    assert "order" in traced
    assert "It is on its way" not in traced
    assert "sAccessToken" not in traced

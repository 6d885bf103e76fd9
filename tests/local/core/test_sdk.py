"""The real client of a core, supertokens-python, in a process of its own."""

import subprocess
import sys
from pathlib import Path


def test_the_sdk_finds_in_the_core_what_it_looks_for(address):
    script = Path(__file__).with_name("sdk_flow.py")
    arguments = [address.uri, *([address.api_key] if address.api_key else [])]
    done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr

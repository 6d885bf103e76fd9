"""Packages that the SDK imports and hardly uses; each program runs in a process that has loaded nothing."""

import os
import subprocess
import sys

import pytest

DEFER = """
import sys
from supertokens_lambda._sdk.deferred import deferred_packages

with deferred_packages():
    import requests as deferred
    from tldextract import TLDExtract
    assert sys.modules["requests"] is deferred
assert not {"requests", "tldextract", "urllib3"} & {*sys.modules}
"""

PROGRAMS = {
    "a name of the package": "assert deferred.get is __import__('requests').get",
    "an imported name": "assert TLDExtract(suffix_list_urls=(), cache_dir=None)('a.co.uk').suffix == 'co.uk'",
    "an import later": "import requests; assert requests is not deferred and requests.__version__",
    "a name that is missing": "assert not hasattr(deferred, 'nothing')",
    "what is asked of every module": "assert not hasattr(deferred, '__file__') and 'requests' not in sys.modules",
    "a module of the package": "from requests.models import Response; assert Response is deferred.models.Response",
    "a name while it is deferred": """

with deferred_packages():
    import requests
    class Session(requests.Session): pass
assert Session.__mro__[1] is sys.modules["requests"].Session
""",
    "a package that is loaded": """
import requests
with deferred_packages():
    assert sys.modules["requests"] is requests
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_package_is_loaded_when_it_is_used(name):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    program = DEFER + PROGRAMS[name]
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, env=environment)

    assert (done.returncode, done.stderr) == (0, "")

"""What of the locked packages goes into a layer: what the application's recipes load.

The SDK asks for packages that some of its recipes load, and for some that none does. What cannot be decided stays in.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from supertokens_lambda_local.layer.code import Code
from supertokens_lambda_local.layer.lock_file import Package, Packages

#: What is in Lambda's runtime for Python, where functions import it from.
RUNTIME = frozenset(
    {"awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "snapshot_restore_py", "urllib3"}
)

_TOOLKIT = {"supertokens-lambda", "-r supertokens-lambda-in"}
_SDK = "supertokens-python"
_PHONE_RECIPES = ("*dashboard*", "*passwordless*", "*smsdelivery*")
# The client of Twilio's SDK, which the SDK's service of its name and the application's own services use.
_TWILIO = ("twilio", "*twiliosettings*")
# Who asks for a package that it does not load, and what words of the application's code it loads it for.
_UNUSED = {
    (_SDK, "deprecated"): (),
    (_SDK, "pycryptodome"): (),
    (_SDK, "pyotp"): (),
    (_SDK, "python-dateutil"): (),
    (_SDK, "twilio"): _PHONE_RECIPES,
    ("aws-lambda-powertools", "jmespath"): (),
    ("cffi", "pycparser"): (),
    ("requests", "urllib3"): (),
    ("twilio", "aiohttp"): _TWILIO,
    ("twilio", "aiohttp-retry"): _TWILIO,
}


@dataclass(frozen=True)
class _Part:
    package: str
    words: tuple[str, ...]
    patterns: tuple[str, ...]


_PARTS = (
    _Part("anyio", ("anyio",), ("anyio/pytest_plugin.py", "anyio/_backends/_trio.py")),
    _Part(
        "aws-lambda-powertools",
        ("aws_lambda_powertools",),
        (
            "aws_lambda_powertools/event_handler/openapi/swagger_ui",
            *(f"aws_lambda_powertools/utilities/{name}" for name in ("auth_alpha", "data_masking", "kafka")),
        ),
    ),
    _Part("cffi", ("cffi",), ("cffi",)),
    _Part("phonenumbers", ("phonenumbers", *_PHONE_RECIPES), ("phonenumbers/data/region_*",)),
    _Part(
        "phonenumbers",
        ("phonenumbers",),
        (*(f"phonenumbers/{name}" for name in ("carrierdata", "geodata", "tzdata", "shortdata/region_*")),),
    ),
    _Part("pydantic", ("pydantic",), ("pydantic/v1",)),
    # The recipes that no other recipe imports.
    _Part(_SDK, ("*dashboard*",), ("supertokens_python/recipe/dashboard",)),
    _Part(_SDK, _PHONE_RECIPES, ("supertokens_python/recipe/passwordless",)),
    _Part("twilio", _TWILIO, ("twilio/jwt", "twilio/rest/*/", "twilio/twiml")),
)


def choose(lock: Packages, code: Code) -> Packages:
    """Choose the packages that an application loads.

    Parameters
    ----------
    lock : dict of str to Package
        All packages.
    code : Code
        What the application's modules name.

    Returns
    -------
    dict of str to Package
        The packages to install.
    """
    if _is_undecidable(lock, code):
        return lock
    chosen: Packages = {}
    while True:
        more = {
            name: package
            for name, package in lock.items()
            if name not in chosen and _is_loaded(package, lock, chosen, code)
        }
        if not more:
            return {name: lock[name] for name in lock if name in chosen}
        chosen |= more


def left_out(lock: Packages, toolkit: Packages, code: Code) -> Iterator[str]:
    """Yield patterns of the files that an application does not load.

    Parameters
    ----------
    lock : dict of str to Package
        All packages.
    toolkit : dict of str to Package
        Those that the toolkit brings: who else asks for a package may load all of it.
    code : Code
        What the application's modules name.

    Yields
    ------
    str
        A pattern, relative to the layer.
    """
    if _is_undecidable(lock, code):
        return
    for part in _PARTS:
        askers = lock[part.package].asked_for_by if part.package in lock else set()
        if askers and askers <= {*toolkit, *_TOOLKIT} and not code.names(*part.words):
            yield from part.patterns


def _is_undecidable(lock: Packages, code: Code) -> bool:
    """Return whether recipes may be configured that the application's own modules do not name."""
    return code.is_dynamic or _SDK not in lock or not lock[_SDK].asked_for_by.isdisjoint(lock)


def _is_loaded(package: Package, lock: Packages, chosen: Packages, code: Code) -> bool:
    def loads(asker: str) -> bool:
        words = _UNUSED.get((asker, package.name))
        return asker in chosen and (words is None or code.names(*words))

    # The toolkit and the user's own files ask for packages, and are none.
    return not package.asked_for_by or any(asker not in lock or loads(asker) for asker in package.asked_for_by)

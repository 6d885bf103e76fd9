import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, run

pytestmark = pytest.mark.xdist_group("sam")

LAYERS = {"SessionLayer": "aarch64", "SessionLayerX86": "x86_64"}
UNZIPPED, ZIPPED, GUARDED_PAGE = 45_000_000, 15_000_000, 25_000_000  # bytes
NOT_NEEDED = ("aiohttp", "boto3", "botocore", "Crypto", "pip", "pyotp", "tests", "twilio", "setuptools", "urllib3")
VISITOR = {"email": "layer@example.com", "password": "correct horse 1"}
FIELDS = {"json": {"formFields": [{"id": name, "value": value} for name, value in VISITOR.items()]}}

# All but the one that every application has, session.
RECIPES = (
    *("accountlinking", "emailpassword", "emailverification", "jwt", "multifactorauth", "multitenancy"),
    *("oauth2provider", "openid", "saml", "thirdparty", "totp", "usermetadata", "userroles", "webauthn"),
)
WITH_TELEPHONES = ("dashboard", "passwordless")

Visits = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session", params=LAYERS)
def layer(request, built: Path) -> Path:
    name: str = request.param
    return built / name


@pytest.fixture(scope="session")
def own_layer(built: Path) -> Path:
    """Give the layer of this machine's processor."""
    name = next((name for name, machine in LAYERS.items() if machine == os.uname().machine), None)
    if os.uname().sysname != "Linux" or name is None:
        pytest.skip("the layer's wheels are for Linux on arm64 or x86_64")
    return built / name / "python"


@pytest.fixture(scope="session")
def alone(runtime: Path, lambda_python: str) -> Callable[..., Any]:
    """Run a script beside this one by the functions' Python, with a layer, Lambda's runtime and nothing else."""

    def run_script(
        script: str, *arguments: str | Path, given: str = "", environment: dict[str, str] | None = None
    ) -> Any:
        done = subprocess.run(
            [lambda_python, "-I", "-S", "-W", "error", Path(__file__).with_name(script), *arguments, runtime],
            input=given,
            env=environment or {},
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run_script


@pytest.fixture(scope="session")
def visit(built: Path, alone, core, tmp_path_factory) -> Callable[..., dict[str, Any]]:
    """Visit the sample's functions with a layer alone."""
    functions = tmp_path_factory.mktemp("functions")
    for source in (ROOT / "functions").iterdir():
        functions.joinpath(source.name).symlink_to(source)
    # This one is built: it has packages of its own.
    functions.joinpath("reports").unlink()
    functions.joinpath("reports").symlink_to(built / "ReportsFunction")
    environment = {
        "SUPERTOKENS_CONNECTION_URI": core.uri,
        "SUPERTOKENS_API_DOMAIN": "https://app.example.com",
        "SUPERTOKENS_WEBSITE_DOMAIN": "https://app.example.com",
    }

    def visit(layer: Path, *plan, cookies=(), **more: str) -> dict[str, Any]:
        given = json.dumps({"visits": plan, "cookies": dict(cookies)})
        found: dict[str, Any] = alone("visits.py", functions, layer, given=given, environment=environment | more)
        return found

    return visit


@pytest.fixture(scope="session")
def visits(visit, own_layer: Path) -> Visits:
    """Visit the sample's functions with its layer of this machine's processor."""
    return partial(visit, own_layer)


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in ([folder] if folder.is_file() else folder.rglob("*")) if file.is_file())


def test_it_is_small(layer, tmp_path, tally):
    with zipfile.ZipFile(tmp_path / "layer.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(layer.rglob("*")):
            archive.write(file, file.relative_to(layer))
    unzipped, zipped = size_of(layer), (tmp_path / "layer.zip").stat().st_size

    tally(f"layer: {layer.name}, bytes unzipped", unzipped)
    tally(f"layer: {layer.name}, bytes zipped", zipped)
    assert unzipped <= UNZIPPED
    assert zipped <= ZIPPED


def test_it_is_for_its_processor(layer):
    names = {file.name for file in layer.rglob("*.so") if "-linux-" in file.name}

    assert names
    assert all(LAYERS[layer.name] in name for name in names)


def test_it_holds_nothing_that_is_not_needed(layer):
    found = {path.name for path in (layer / "python").iterdir()}

    assert not found & set(NOT_NEEDED)
    assert not list(layer.rglob("*.pyi"))
    assert {path.name for path in layer.iterdir()} == {"python"}


def test_its_bytecode_is_used_whatever_the_files_times(layer, lambda_python):
    magic = bytes.fromhex(run(lambda_python, "-c", "from importlib.util import *; print(MAGIC_NUMBER.hex())").stdout)

    for source in layer.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        # PEP 552: the second word's lowest bit says that a hash of the source follows, the next that it is checked.
        assert compiled.read_bytes()[:8] == magic + b"\x01\x00\x00\x00", source


def test_its_bytecode_names_no_folder_of_the_machine_that_made_it(layer):
    for compiled in layer.rglob("*.pyc"):
        assert str(layer).encode() not in compiled.read_bytes()


class TestAlone:
    """The layer, Lambda's runtime and the functions: nothing else is there to import."""

    def test_the_sample_works(self, visits):
        found = visits(
            ("dashboard", "GET", "/dashboard?a=b", None),
            ("sign_in", "GET", "/auth", None),
            ("auth", "POST", "/auth/signup", FIELDS),
            ("dashboard", "GET", "/dashboard?a=b", None),
            ("home", "GET", "/", None),
            ("auth", "GET", "/auth/session/refresh?redirectBack=/dashboard%3Fa%3Db", None),
            ("dashboard", "GET", "/dashboard?a=b", None),
            ("auth", "POST", "/auth/session/refresh", {"json": {}}),
            ("auth", "POST", "/auth/signout", {"json": {}}),
            ("sign_in", "POST", "/auth", VISITOR),
            ("dashboard", "GET", "/dashboard", None),
            ("sign_in", "POST", "/auth/sign-out", None),
            ("refresh_session", "GET", "/refresh-session?redirectBack=/dashboard", None),
        )

        assert [(status, location) for status, location, _ in found["seen"]] == [
            (302, "/refresh-session?redirectBack=/dashboard%3Fa%3Db"),
            (200, None),
            (200, None),
            (200, None),
            (200, None),
            (302, "/dashboard?a=b"),
            (200, None),
            (200, None),
            (200, None),
            (303, "/auth?signIn=done"),
            (200, None),
            (303, "/auth"),
            (302, "/auth/session/refresh?redirectBack=/dashboard"),
        ]

    def test_an_asgi_application_works(self, visits):
        found = visits(
            ("reports", "GET", "/reports/may", None),
            ("auth", "POST", "/auth/signup", {"json": signing_up("asgi@example.com")}),
            ("reports", "GET", "/reports/may", None),
        )

        assert [(status, location) for status, location, _ in found["seen"]] == [
            (302, "/refresh-session?redirectBack=/reports/may"),
            (200, None),
            (200, None),
        ]

    def test_each_recipe_has_what_it_imports_unless_it_is_not_configured(self, alone, own_layer):
        lacking = alone("recipes.py", " ".join((*RECIPES, *WITH_TELEPHONES)), own_layer)

        assert not any(lacking[recipe] for recipe in ("session", *RECIPES)), lacking
        for recipe in WITH_TELEPHONES:
            assert lacking[recipe] == [f"supertokens_python.recipe.{recipe}"]

    def test_all_recipes_have_what_they_import(self, alone, every_recipe, tally):
        lacking = alone("recipes.py", " ".join((*RECIPES, *WITH_TELEPHONES)), every_recipe)

        assert len(lacking) == len(RECIPES) + len(WITH_TELEPHONES) + 2
        assert not any(lacking.values()), lacking
        tally("layer: bytes unzipped with every recipe", size_of(every_recipe))
        assert size_of(every_recipe) <= UNZIPPED
        assert not {path.name for path in every_recipe.iterdir()} & ({*NOT_NEEDED} - {"twilio"})

    def test_all_recipes_work_together(self, visit, every_recipe):
        found = visit(
            every_recipe,
            ("auth", "POST", "/auth/signup", {"json": signing_up("every@example.com")}),
            ("auth", "POST", "/auth/signinup/code", {"json": {"phoneNumber": "+49 1512 3456789"}}),
            ("auth", "POST", "/auth/signinup/code", {"json": {"phoneNumber": "+49 1"}}),
            ("auth", "GET", "/auth/dashboard", None),
            SUPERTOKENS_GLOBAL_CLAIM_VALIDATORS="multi-factor-auth",
        )

        bodies = [body for _, _, body in found["seen"]]
        assert [json.loads(body)["status"] for body in bodies[:3]] == ["OK", "OK", "GENERAL_ERROR"]
        assert "dashboardAppPath" in bodies[3]
        assert "twilio" in found["loaded"]
        assert {"a2wsgi", "company"} <= {path.name for path in every_recipe.iterdir()}

    def test_a_guarded_page_needs_little_of_it(self, visits, built, tally):
        session = visits(("auth", "POST", "/auth/signup", {"json": signing_up("guarded@example.com")}))["cookies"]

        found = visits(("dashboard", "GET", "/dashboard", None), cookies=session)

        assert [status for status, *_ in found["seen"]] == [200]
        assert "supertokens_python" not in found["loaded"]
        packages = built / "SessionLayer" / "python"
        needed = sum(size_of(packages / name.replace("x86_64", "aarch64")) for name in found["loaded"])
        tally("layer: bytes that a guarded page needs", needed)
        assert needed <= GUARDED_PAGE


def signing_up(email: str) -> dict[str, Any]:
    return {"formFields": [{"id": "email", "value": email}, {"id": "password", "value": VISITOR["password"]}]}

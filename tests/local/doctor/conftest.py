"""The sample's template, with a fault planted, and a core that it is examined with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.authorities import one_authority
from tests.support.core import Core

from supertokens_lambda_local.doctor.deployment import from_template
from supertokens_lambda_local.doctor.examination import examine
from supertokens_lambda_local.doctor.finding import Finding

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def core() -> Iterator[Core]:
    core = Core()
    core.start()
    yield core
    core.stop()


@pytest.fixture(scope="session")
def authorities(tmp_path_factory) -> Path:
    return one_authority(tmp_path_factory.mktemp("authorities"))


@pytest.fixture(autouse=True)
def _no_account(monkeypatch, authorities):
    for name, value in {
        # Each question would read all authorities, which takes longer than the answer.
        "SSL_CERT_FILE": str(authorities),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def template(tmp_path: Path) -> Callable[..., Path]:
    """Write the sample's template with texts replaced, each of which has to be in it."""
    for name in ("functions", "layers"):
        (tmp_path / name).symlink_to(ROOT / name)

    def write(*edits: tuple[str, str]) -> Path:
        text = (ROOT / "template.yaml").read_text()
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "template.yaml"
        file.write_text(text)
        return file

    return write


@pytest.fixture
def found(core, template) -> Callable[..., set[str]]:
    """Examine the sample with edits and parameters, and give the codes of what is found."""

    def find(*edits: tuple[str, str], **parameters: str) -> set[str]:
        given = {
            "ConnectionUri": core.uri,
            "ApiDomain": "https://example.com",
            "WebsiteDomain": "https://example.com",
            **parameters,
        }
        outcomes = examine(from_template(template(*edits), given))
        return {outcome.code.value for outcome in outcomes if isinstance(outcome, Finding)}

    return find

"""HTTPS, with a certificate of the gateway's and with one's own."""

import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from supertokens_lambda_local import cli
from supertokens_lambda_local.errors import CertificateError
from supertokens_lambda_local.gateway.tls import given, self_signed
from supertokens_lambda_local.server import running

from .conftest import TEMPLATE, command, started


@pytest.fixture
def pem(tmp_path):
    """Write a certificate and its key, which may be encrypted."""

    def write(name, password=None):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=1))
            .sign(key, SHA256())
        )
        encryption = BestAvailableEncryption(password) if password else NoEncryption()
        files = tmp_path / f"{name}.crt", tmp_path / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
        files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
        return files

    return write


def certificate_of(url, host="localhost"):
    return ssl.get_server_certificate((host, urlsplit(url).port))


@pytest.fixture(scope="module")
def https():
    with running(TEMPLATE, https=True) as url:
        yield url


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_client_that_trusts_the_certificate_finds_its_own_host_in_it(https, host):
    trust = ssl.create_default_context(cadata=certificate_of(https, host))
    event = httpx.get(https.replace("localhost", host) + "/", verify=trust, timeout=60).json()
    assert event["headers"]["x-forwarded-proto"] == "https"


def test_a_client_that_trusts_only_the_world_does_not_come_in(https):
    with pytest.raises(httpx.ConnectError, match="self-signed certificate"):
        httpx.get(https)


def test_the_functions_know_that_browsers_come_over_https(https):
    trust = ssl.create_default_context(cadata=certificate_of(https))
    environment = httpx.get(f"{https}/inside", verify=trust, timeout=60).json()["environment"]
    assert environment["SUPERTOKENS_API_DOMAIN"] == environment["SUPERTOKENS_WEBSITE_DOMAIN"] == https
    assert environment["SUPERTOKENS_CONNECTION_URI"].startswith("http://127.0.0.1:")


def test_each_start_has_a_certificate_of_its_own(https):
    with running(TEMPLATE, https=True) as other:
        assert certificate_of(other) != certificate_of(https)


def test_the_key_is_left_nowhere(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    self_signed("localhost")
    assert not list(tmp_path.iterdir())


def test_the_command_has_a_certificate_made():
    with command("--port", "0", "--https") as process:
        url = started(process)
        assert url.startswith("https://")
        assert "BEGIN CERTIFICATE" in certificate_of(url)


@pytest.mark.parametrize("files", [1, 2])
def test_the_command_serves_the_certificate_that_it_is_given(pem, files):
    certificate, key = pem("own")
    own = certificate.read_text()
    if files == 1:
        certificate.write_text(own + key.read_text())
    arguments = ["--certificate", certificate, *(["--key", key] if files == 2 else [])]
    with command("--port", "0", *arguments) as process:
        url = started(process)
        assert url.startswith("https://")
        assert certificate_of(url) == own


@pytest.mark.parametrize("name", ["missing.crt", "other.key", "locked.key"])
def test_a_certificate_that_cannot_be_used_is_one_sentence(pem, capsys, name):
    certificate, key = pem("own")
    pem("other")
    pem("locked", b"secret")
    files = {"crt": certificate, "key": key, name.partition(".")[2]: certificate.with_name(name)}
    with pytest.raises(CertificateError, match=name):
        given(files["crt"], files["key"])
    assert cli.main(["dev", "--certificate", str(files["crt"]), "--key", str(files["key"])]) == 1
    error = capsys.readouterr().err
    assert error.startswith("supertokens-lambda: ")
    assert error.count("\n") == 1


def test_a_key_without_its_certificate_is_one_sentence(capsys):
    assert cli.main(["dev", "--key", "own.key"]) == 1
    assert capsys.readouterr().err == "supertokens-lambda: --key goes with --certificate\n"

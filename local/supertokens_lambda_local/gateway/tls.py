"""What the gateway needs for browsers to come over HTTPS."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from supertokens_lambda_local.errors import CertificateError

_VALIDITY = timedelta(days=30)
# A clock that is a little behind is no reason to refuse a certificate.
_SKEW = timedelta(hours=1)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def given(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """Load a given certificate.

    Parameters
    ----------
    certificate : Path
        The certificate, with its chain, in PEM.
    key : Path, optional
        Its key, in PEM and not encrypted; in the same file if left out.

    Raises
    ------
    CertificateError
        If they cannot be read, or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A key that is encrypted is refused, not asked about at the terminal.
        context.load_cert_chain(certificate, key, password="")
    except OSError as error:
        # Of ssl.SSLError the reason alone is for people.
        reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
        names = " and ".join(str(file) for file in (certificate, key) if file)
        raise CertificateError(f"{names} cannot be used for HTTPS: {reason or 'no key or certificate in it'}") from None
    return context


def self_signed(host: str) -> ssl.SSLContext:
    """Build a temporary self-signed certificate, whose key is kept in memory only.

    Parameters
    ----------
    host : str
        The name or address that it is for, besides the names that each machine has for itself.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "supertokens-lambda dev")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _VALIDITY)
        .add_extension(
            x509.SubjectAlternativeName(map(_general_name, dict.fromkeys((*_LOOPBACK, host)))), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    with TemporaryDirectory() as folder:
        # The ssl module reads files only; nobody else may read the folder.
        file = Path(folder, "localhost.pem")
        file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        return given(file)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)

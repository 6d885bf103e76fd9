"""Certificate authorities of tests: one that has signed nothing, and one for a server of this machine."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Issued(NamedTuple):
    """Files of a server's certificate.

    Attributes
    ----------
    authority
        The certificate to trust.
    certificate, key
        The server's.
    """

    authority: Path
    certificate: Path
    key: Path


def one_authority(folder: Path) -> Path:
    """Write the certificate of an authority that has signed nothing, for ``SSL_CERT_FILE``."""
    file = folder / "one.pem"
    file.write_bytes(_authority("nobody", _key()).public_bytes(Encoding.PEM))
    return file


def issued_for_loopback(folder: Path) -> Issued:
    """Write the certificate of a server at 127.0.0.1, and of the authority that signed it."""
    authority_key, key = _key(), _key()
    authority = _authority("somebody", authority_key)
    certificate = (
        _builder("127.0.0.1", authority.subject, key)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, SHA256())
    )
    issued = Issued(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    issued.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    issued.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    issued.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return issued


def _authority(name: str, key: RSAPrivateKey) -> x509.Certificate:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _builder(name, _name(name), key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, SHA256())
    )


def _builder(subject: str, issuer: x509.Name, key: RSAPrivateKey) -> x509.CertificateBuilder:
    now, serial = datetime.now(UTC), x509.random_serial_number()
    valid = now - timedelta(minutes=1), now + timedelta(days=1)
    return x509.CertificateBuilder(issuer, _name(subject), key.public_key(), serial, *valid)


def _key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

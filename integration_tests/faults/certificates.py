"""Certificates for a test: an authority of our own, and what it signs for a server of this machine."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, kw_only=True)
class Certified:
    """What a server needs for TLS, and the file by which a client may trust it."""

    context: ssl.SSLContext
    authority: Path

    @property
    def pem(self) -> str:
        """The certificate of the authority, as users paste it."""
        return self.authority.read_text(encoding="ascii")


def certificate(name: str = "test authority", *, ends_in_days: int = 1) -> str:
    """The certificate of an authority in PEM, which signed itself and has signed nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = _signed(key, name, by=key, issuer=name, address=None, ends_in_days=ends_in_days)
    return made.public_bytes(serialization.Encoding.PEM).decode()


def private_key() -> str:
    """A private key in PEM."""
    encoding, shape = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(encoding, shape, serialization.NoEncryption()).decode()


def certified(folder: Path, *, address: str) -> Certified:
    """A certificate for this address, signed by an authority whose certificate is only in the folder."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _signed(authority_key, "test authority", by=authority_key, issuer="test authority", address=None)
    server = _signed(key, "test server", by=authority_key, issuer="test authority", address=address)
    authority_file, server_file = folder / "authority.pem", folder / "server.pem"
    authority_file.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    server_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + server.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)
    return Certified(context=context, authority=authority_file)


def _signed(
    key: ec.EllipticCurvePrivateKey,
    name: str,
    *,
    by: ec.EllipticCurvePrivateKey,
    issuer: str,
    address: str | None,
    ends_in_days: int = 1,
) -> x509.Certificate:
    now = dt.datetime.now(dt.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=90))
        .not_valid_after(now + dt.timedelta(days=ends_in_days))
        .add_extension(x509.BasicConstraints(ca=address is None, path_length=None), critical=True)
    )
    if address is not None:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(by, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

"""The certificates of a private certificate authority, as users paste them into the form."""

from __future__ import annotations

from datetime import datetime, timezone

from source_fauna.errors.errors import ConfigError

_KEY = "PRIVATE KEY-----"
_BEGIN = "-----BEGIN CERTIFICATE-----"


def authority(pasted: str) -> str | None:
    """The PEM text of one or several certificates, or None if the setting is empty.

    `tls.ca_certificate` may hold several certificates, for example an authority and the one that signed it. The text
    around them is dropped. Line breaks may be written as a backslash and an n, as in a JSON text. Raises a config error
    that does not quote the setting.
    """
    text = pasted.replace("\\n", "\n").strip()
    if not text:
        return None
    if _KEY in text:
        raise ConfigError(
            "tls.ca_certificate holds a private key: it needs only the certificate of the authority that signed the "
            "server's. Whoever may have seen the key can use it, so consider replacing it"
        )
    if _BEGIN not in text:
        raise ConfigError(f"tls.ca_certificate holds no certificate: it must be PEM text that begins with {_BEGIN}")
    return _valid(text)


def _valid(text: str) -> str:
    """The certificates without other text. Raises a config error if one is invalid or all have expired."""
    # Imported here because few configs have a certificate, and the import slows down every start.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    try:
        certificates = x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        raise ConfigError(
            "tls.ca_certificate cannot be read: a part of the certificate is missing or was changed, so paste it again "
            "as a whole"
        ) from None
    last = max(certificate.not_valid_after_utc for certificate in certificates)
    if last < datetime.now(timezone.utc):
        raise ConfigError(
            f"tls.ca_certificate has expired on {last:%Y-%m-%d}: paste the certificate that the authority uses now"
        )
    return "".join(certificate.public_bytes(Encoding.PEM).decode() for certificate in certificates)

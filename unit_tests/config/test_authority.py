"""The certificates of a private authority. An invalid one is refused with a message that does not quote it."""

from __future__ import annotations

import pytest

from integration_tests.faults.certificates import certificate, private_key
from source_fauna.config.authority import authority
from source_fauna.config.config import parse_config
from unit_tests.configs import CONNECTION
from unit_tests.told import raises_config_error

ONE, OTHER, EXPIRED = certificate(), certificate("another"), certificate(ends_in_days=-30)


@pytest.mark.parametrize(
    ("pasted", "taken"),
    [
        ("", None),
        (" \n", None),
        (ONE, ONE),
        (f"\n  {ONE}\n", ONE),
        (ONE + OTHER, ONE + OTHER),
        (EXPIRED + ONE, EXPIRED + ONE),
        (f" 0 s:CN = db\n   i:CN = us\n{ONE}---\nServer certificate\n{OTHER}subject=CN = db\n", ONE + OTHER),
        (ONE.replace("\n", "\\n"), ONE),
        (ONE.replace("\n", "\r\n"), ONE),
        (ONE.replace("\n", " "), ONE),
    ],
    ids=[
        "nothing",
        "blanks",
        "one",
        "blanks around",
        "two",
        "one expired",
        "what openssl shows",
        "JSON",
        "Windows",
        "one line",
    ],
)
def test_certificates_are_taken_from_the_text(pasted: str, taken: str | None) -> None:
    assert authority(pasted) == taken
    config = parse_config({**CONNECTION, "scheme": "https", "tls": {"ca_certificate": pasted}})
    assert (config.ca_certificate, config.warnings) == (taken, ())


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("/etc/ssl/ca.pem", "holds no certificate: it must be PEM text that begins with -----BEGIN CERTIFICATE-----"),
        (
            private_key(),
            (
                "holds a private key: it needs only the certificate of the authority that signed the server's. Whoever "
                "may have seen the key can use it, so consider replacing it"
            ),
        ),
        *(
            (
                broken,
                ("cannot be read: a part of the certificate is missing or was changed, so paste it again as a whole"),
            )
            for broken in (ONE[:200], ONE[:100] + ONE[180:])
        ),
    ],
    ids=["a path", "a private key", "cut off", "a line missing"],
)
def test_what_is_no_certificate_is_refused(pasted: str, message: str) -> None:
    with raises_config_error(f"tls.ca_certificate {message}"):
        authority(pasted)


def test_a_certificate_that_has_expired_is_refused() -> None:
    with pytest.raises(Exception, match=r"tls.ca_certificate has expired on \d{4}-\d\d-\d\d: paste the certificate"):
        authority(EXPIRED)


def test_without_tls_a_certificate_has_no_effect() -> None:
    config = parse_config({**CONNECTION, "scheme": "http", "tls": {"ca_certificate": ONE}})
    assert config.warnings == (
        "With scheme http there is no certificate to check, so tls.ca_certificate has no effect",
    )

"""What users are told when domain, port, scheme, certificate or proxy are wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from integration_tests.faults.certificates import Certified, certificate, certified
from integration_tests.faults.commands import SECRET
from integration_tests.faults.servers import HOST, answering, free_port, listening
from integration_tests.faults.servers import request as received
from integration_tests.harness.telling import Told, tell
from integration_tests.harness.tunings import FAST
from local_fauna import LocalFauna

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("unreachable")]

NO_COLLECTIONS = b'{"resource":[{"data":[]},{"data":[]}]}'


def check(port: int, *, scheme: str, domain: str = HOST, **settings: Any) -> Told:
    config = {"domain": domain, "port": port, "scheme": scheme, "secret": SECRET, **settings}
    told = tell("check", tuning=FAST, config=config).fit_for_users()
    assert SECRET not in told.stdout
    return told


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(tmp_path_factory.mktemp("certificates"), address=HOST)


@pytest.fixture
def secure_port(trusted: Certified) -> Iterator[int]:
    with listening(answering(NO_COLLECTIONS), context=trusted.context) as port:
        yield port


def test_nobody_listens() -> None:
    port = free_port()
    status, message = check(port, scheme="http").check_status
    expected = f"Failed to connect to database: connection refused (http://{HOST}:{port})"
    assert (status, message) == ("FAILED", expected)


def test_an_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    _, message = check(8443, scheme="https", domain="db.example.com").check_status
    assert message == "Failed to connect to database: unknown host (https://db.example.com:8443)"


def test_https_to_a_port_without_tls() -> None:
    with LocalFauna() as local:
        _, message = check(local.port, scheme="https").check_status
    reason = "the server does not speak TLS as expected: check scheme and port"
    assert message == f"Failed to connect to database: {reason} (https://{HOST}:{local.port})"


def test_http_to_a_port_with_tls(secure_port: int) -> None:
    status, message = check(secure_port, scheme="http").check_status
    assert status == "FAILED"
    # Which of both depends on who is faster.
    reasons = ("connection reset by peer", "the server closed the connection without an answer")
    assert message in [f"Failed to connect to database: {reason} (http://{HOST}:{secure_port})" for reason in reasons]


def test_a_port_that_speaks_something_else() -> None:
    def greet(connection: socket.socket, _: threading.Event) -> None:
        received(connection)
        connection.sendall(b"220 mail.example.com ESMTP\r\n")

    with listening(greet) as port:
        _, message = check(port, scheme="http").check_status
    reason = "what answers does not speak HTTP: check scheme and port"
    assert message == f"Failed to connect to database: {reason} (http://{HOST}:{port})"


def test_a_certificate_that_nobody_vouches_for(secure_port: int) -> None:
    reason = "the server's certificate is not trusted: unable to get local issuer certificate"
    message = f"Failed to connect to database: {reason} (https://{HOST}:{secure_port})"
    assert check(secure_port, scheme="https").check_status == ("FAILED", message)


def test_an_authority_of_ones_own(secure_port: int, trusted: Certified, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted.authority))
    assert check(secure_port, scheme="https").check_status[0] == "SUCCEEDED"


OWN, NOBODYS = "own", "nobody's"


@pytest.mark.parametrize(
    ("settings", "environment"),
    [(OWN, None), (OWN, NOBODYS), (NOBODYS, OWN), (f"{NOBODYS} and {OWN}", None)],
    ids=["alone", "beside that of the environment", "that of the environment is enough", "one of two"],
)
def test_an_authority_of_the_settings(
    secure_port: int,
    trusted: Certified,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: str,
    environment: str | None,
) -> None:
    texts = {
        OWN: trusted.pem,
        NOBODYS: certificate("nobody's"),
        f"{NOBODYS} and {OWN}": certificate("nobody's") + trusted.pem,
    }
    if environment is not None:
        file = tmp_path / "bundle.pem"
        file.write_text(texts[environment], encoding="ascii")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    told = check(secure_port, scheme="https", tls={"ca_certificate": texts[settings]})
    assert told.check_status[0] == "SUCCEEDED"


def test_an_authority_of_the_settings_that_did_not_sign(secure_port: int) -> None:
    _, message = check(secure_port, scheme="https", tls={"ca_certificate": certificate()}).check_status
    assert "the server's certificate is not trusted" in message


def test_a_file_of_authorities_that_is_not_there(
    secure_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    _, message = check(secure_port, scheme="https").check_status
    assert "the file of trusted certificates that the environment names cannot be used" in message


def test_a_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def proxy(connection: socket.socket, _: threading.Event) -> None:
        while head := received(connection):
            seen.append(head.split(b"\r\n")[0])
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(NO_COLLECTIONS) + NO_COLLECTIONS)

    with listening(proxy) as port:
        monkeypatch.setenv("http_proxy", f"http://{HOST}:{port}")
        monkeypatch.setenv("no_proxy", "")
        told = check(8443, scheme="http", domain="db.example.com")
    assert told.check_status[0] == "SUCCEEDED"
    assert seen == [b"POST http://db.example.com:8443/ HTTP/1.1"]


def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(answering(b"no", status="407 Proxy Authentication Required")) as port:
        monkeypatch.setenv("https_proxy", f"http://someone:password-of-a-proxy@{HOST}:{port}")
        monkeypatch.setenv("no_proxy", "")
        told = check(8443, scheme="https", domain="db.example.com")
    _, message = told.check_status
    assert (
        message
        == "Failed to connect to database: the proxy cannot be reached, or refused the connection (https://db.example.com:8443)"
    )
    assert "password-of-a-proxy" not in told.stdout


@pytest.mark.parametrize("address", ["", "127.0.0.1 :1", "127.0.0.1:99999", "[::1"])
def test_a_proxy_that_has_no_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("https_proxy", f"http://someone:password-of-a-proxy@{address}")
    monkeypatch.setenv("no_proxy", "")
    told = check(8443, scheme="https", domain="db.example.com")
    assert told.check_status == (
        "FAILED",
        "Failed to connect to database: the address of the proxy is not valid (https://db.example.com:8443)",
    )
    assert "password-of-a-proxy" not in told.stdout


def test_a_file_of_the_environment_that_cannot_be_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, secure_port: int
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "nowhere" / "keys"))
    told = check(secure_port, scheme="https")
    assert "a file that the environment names, such as SSLKEYLOGFILE, cannot be opened" in told.check_status[1]


def test_a_socks_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"socks5://someone:password-of-a-proxy@{HOST}:1080")
    monkeypatch.setenv("no_proxy", "")
    told = check(8443, scheme="https", domain="db.example.com")
    assert "the environment names a SOCKS proxy, which cannot be used" in told.check_status[1]
    assert "password-of-a-proxy" not in told.stdout


def test_a_password_in_the_address_is_told_to_nobody() -> None:
    address = "https://someone:password-of-a-database@db.example.com"
    for wrong in ({"domain": address}, {"scheme": address}, {"port": address}):
        config: dict[str, Any] = {"domain": HOST, "port": 1, "scheme": "https", "secret": SECRET, **wrong}
        told = tell("check", config=config).fit_for_users()
        assert told.check_status[0] == "FAILED"
        assert "password-of-a-database" not in told.stdout


def test_in_airbyte_cloud_http_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests.Session.send", _guarded)
    status, message = check(8443, scheme="http", domain="db.example.com").check_status
    assert (status, message) == (
        "FAILED",
        "Failed to connect to database: Airbyte Cloud reaches only https and public addresses (http://db.example.com:8443)",
    )


def _guarded(*_: Any, **__: Any) -> None:
    """What the CDK's guard of the cloud raises for an address without TLS."""
    raise requests.exceptions.InvalidSchema("Invalid Protocol Scheme")

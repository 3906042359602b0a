"""A scope that the server ignores, which gives the secret more rights than its user thinks; and a masked secret."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest

from source_fauna.config.config import parse_config
from source_fauna.config.secret import hidden
from unit_tests.configs import CONNECTION, SECRET

UNDERSTOOD = [
    "",
    ":admin",
    ":server-readonly",
    ":shop:server",
    ":shop/eu/:client",
    ":@role/reader",
    ":shop:@role/reader",
]
IGNORED = [":", ":x", ":shop", ":shop:", ":shop:bogus", ":@role/", ":shop:@role/", ":shop/eu"]


@pytest.mark.parametrize("scope", UNDERSTOOD)
def test_a_scope_that_ends_in_a_role_is_fine(scope: str) -> None:
    assert parse_config({**CONNECTION, "secret": SECRET + scope}).warnings == ()


@pytest.mark.parametrize("scope", IGNORED)
def test_any_other_scope_is_told_without_the_secret(scope: str) -> None:
    (warning,) = parse_config({**CONNECTION, "secret": SECRET + scope}).warnings
    assert warning.startswith("The database ignores the scope of this secret")
    assert SECRET not in warning


def basic(secret: str) -> str:
    return base64.b64encode(f"{secret}:".encode()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "in capitals": str.upper,
    "in a URL": lambda secret: quote(secret, safe=""),
    "in a URL, in lower case": lambda secret: quote(secret, safe="").lower(),
    "of basic authentication": basic,
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in base64 for URLs, without padding": lambda secret: (
        base64.urlsafe_b64encode(secret.encode()).decode().rstrip("=")
    ),
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "in HTML": lambda secret: secret.replace("&", "&amp;"),
}


@pytest.mark.parametrize("scope", ["", ":shop/eu:@role/reader"], ids=["whole", "with a scope"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_that_is_quoted_is_masked(form: Callable[[str], str], scope: str) -> None:
    """A server may quote the secret of the key alone, without the scope behind it."""
    whole = "fnAE0keep+this/to~yourself&u=1" + scope
    assert hidden(f"<{form(whole)}>", whole) == "<****>"
    key = whole.partition(":")[0]
    assert key[:8] not in hidden(f"<{form(key)}>", whole)
    assert hidden(f"<{form(key)}>", whole).startswith("<****")


def test_what_is_harmless_stays() -> None:
    assert hidden("Secret: Ref(x)", "x") == "Secret: Ref(****)"
    assert hidden("Secret: s", "secret") == "Secret: s"

"""A warning about a scope that the server ignores: the secret has more rights than its user thinks."""

from __future__ import annotations

import pytest

from source_fauna.config.config import parse_config
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

"""The secret of a key, and the scope that may follow it."""

from __future__ import annotations

from source_fauna.errors.errors import ConfigError

_ROLES = frozenset({"admin", "server", "server-readonly", "client"})
_OWN_ROLE = "@role/"


def secret(value: str) -> str:
    """The secret without surrounding white space. Raises a config error that does not quote it."""
    stripped = value.strip()
    if not stripped:
        raise ConfigError("secret is empty, but it must be the secret of a key of the database")
    if not (stripped.isascii() and stripped.isprintable()) or not set(" '\"").isdisjoint(stripped):
        raise ConfigError("secret holds blanks, quotes, line breaks or other characters that no secret of a key has")
    return stripped


def scope_warning(secret_of_key: str) -> str | None:
    """A warning about the scope after the secret. None if there is no scope, or one that the server understands.

    A scope is `<role>` or `<path of a child database>:<role>`. The server ignores any other text after the first colon,
    and then the secret has all rights of the key.
    """
    _, colon, scope = secret_of_key.partition(":")
    role = scope.rpartition(":")[2]
    if not colon or role in _ROLES or (role.startswith(_OWN_ROLE) and role != _OWN_ROLE):
        return None
    return (
        "The database ignores the scope of this secret, because it does not end in a role: the secret has all rights "
        "of its key, in the key's own database. Write <secret>:<role> or <secret>:<path of the child>:<role>, with a "
        "role such as server-readonly or @role/<name>."
    )

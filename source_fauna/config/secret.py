"""The secret of a key, the scope that may follow it, and how it is kept out of messages."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from urllib.parse import quote

from source_fauna.errors.errors import ConfigError

MASK = "****"

LEAST_CHARACTERS = 8
"""The forms of a shorter text may stand in a message by chance. The secret of a key has 40."""

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


def hidden(text: str, secret_of_key: str) -> str:
    """The text with a mask for the secret, in every form in which a server or a proxy may quote it.

    Without its scope it is the secret of the key. Airbyte masks only the secret as a whole, as it was saved.
    """
    text = text.replace(secret_of_key, MASK)
    for whole in (secret_of_key, secret_of_key.partition(":")[0]):
        if len(whole) >= LEAST_CHARACTERS:
            text = re.sub("|".join(_forms(whole)), MASK, text, flags=re.IGNORECASE)
    return text


def _forms(whole: str) -> Iterator[str]:
    """Patterns: plain, in HTML, in a URL, in hexadecimal, and in base64 with whatever follows it there."""
    for form in (whole, html.escape(whole), quote(whole), quote(whole, safe=""), whole.encode().hex()):
        yield re.escape(form)
    encoded = base64.b64encode(whole.encode()).decode()
    # The last group of four depends on what follows the secret.
    certain = encoded[: len(encoded) // 4 * 4 - 4]
    for form in (certain, certain.translate(str.maketrans("+/", "-_"))):
        yield re.escape(form) + "[A-Za-z0-9+/_=-]*"

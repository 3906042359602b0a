"""The search for a secret in a text, in every encoding that a program may have applied to it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

PART = 8
"""The number of first characters of a secret that must not appear anywhere."""

LEAST = 2 * PART
"""A shorter text is not the secret of a key, and may appear in a message by chance."""


def forms(secret: str) -> Iterator[tuple[str, str]]:
    """The forms to look for, each with its name. Together they find every text with the secret or its beginning."""
    yield "plain, or its beginning", secret[:PART]
    yield "its end", secret[-PART:]
    yield "quoted", repr(secret)[1:-1]
    yield "as JSON", json.dumps(secret)[1:-1]
    yield "in a URL", quote(secret, safe="")[:PART]
    yield "in a form", quote_plus(secret)[:PART]
    for name, content in (("alone", secret), ("as a user name", f"{secret}:"), ("with its line break", f"{secret}\n")):
        encoded = base64.b64encode(content.encode()).decode()
        # The last group depends on what follows.
        yield f"in base64, {name}", encoded[: len(encoded) // 4 * 4 - 4]
        yield f"in base64 for URLs, {name}", encoded.translate(str.maketrans("+/", "-_"))[: len(encoded) // 4 * 4 - 4]
    yield "in hexadecimal", secret.encode().hex()


def leaks(text: str, secret: str) -> list[str]:
    """The names of the forms in which the text contains the secret."""
    return [name for name, form in forms(secret) if form in text]


def hold_back(text: str, config: Any) -> None:
    """Raise AssertionError if a command's output contains the secret of its config. Every test checks this."""
    secret = config.get("secret") if isinstance(config, Mapping) else None
    if isinstance(secret, str) and len(secret.strip()) >= LEAST:
        assert leaks(text, secret.strip()) == []

"""The search for a secret in a text, in every form that a program may have given it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

PART = 8
"""So many of its first characters already tell too much of a secret."""

LEAST = 2 * PART
"""What is shorter is no secret of a key, and may stand in a text by chance."""


def forms(secret: str) -> Iterator[tuple[str, str]]:
    """The forms to look for, each with its name. Together they find any text that holds the secret or begins it."""
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
    """The names of the forms in which the secret stands in the text."""
    return [name for name, form in forms(secret) if form in text]


def hold_back(text: str, config: Any) -> None:
    """Whatever a test looks for, what a command says must not hold the secret of its config: AssertionError."""
    secret = config.get("secret") if isinstance(config, Mapping) else None
    if isinstance(secret, str) and len(secret.strip()) >= LEAST:
        assert leaks(text, secret.strip()) == []

"""Plants a mistake: replaces a function by one that lacks a rule."""

from __future__ import annotations

from typing import Any


def put(owner: Any, name: str, function: Any) -> None:
    """Replace what the owner has under this name. Raises AssertionError if it has nothing."""
    assert hasattr(owner, name), f"{owner} has no {name} to be replaced"
    setattr(owner, name, function)

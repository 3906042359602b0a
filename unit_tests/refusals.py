"""Refusals of a Fauna server."""

from __future__ import annotations

from typing import Any

from source_fauna.errors.errors import FaunaError, from_answer


def fault(code: str, description: str, **more: Any) -> dict[str, Any]:
    """The body of an answer with one error."""
    return {"errors": [{"code": code, "description": description, **more}]}


def refusal(
    status: int, code: str = "", description: str = "No.", *, position: tuple[str | int, ...] = ()
) -> FaunaError:
    """The error that such an answer stands for; `position` is where in the query the server saw it."""
    return from_answer(status=status, body=fault(code, description, position=list(position)))

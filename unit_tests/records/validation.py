"""JSON schema as destinations take it: neither 1.0 nor true is an integer."""

from __future__ import annotations

from jsonschema import Draft7Validator, validators

STRICT_TYPES = Draft7Validator.TYPE_CHECKER.redefine(
    "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
)
Validator = validators.extend(  # type: ignore[no-untyped-call]
    Draft7Validator, type_checker=STRICT_TYPES
)

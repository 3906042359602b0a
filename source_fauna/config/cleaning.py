"""Cleaning of the config before the CDK validates it against spec.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from source_fauna.config.ranges import CONCURRENCY, LOST_HISTORY, one_of, within

CDK_KEYS = frozenset({"_limit", "_page_size"})
"""Keys that the CDK reserves for its own tests. If a config has one, the CDK raises an error that no user can read."""


def clean_config(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The config without the CDK's own keys, without nulls, and with its secret stripped of white space.

    Some tools save null for a setting that was not given, which the CDK would refuse. The secret is stripped here
    because the CDK masks exactly the secret that it finds in the result. Values of a wrong type stay: the CDK reports
    them.

    Raises ConfigError if a setting has none of the values that spec.yaml lists. The CDK's own message would name the
    first option of the deletion mode, even when the fault is in the second one.
    """
    given: dict[str, Any] = _without_nulls({key: raw[key] for key in raw if key not in CDK_KEYS})
    concurrency = given.get("concurrency")
    if type(concurrency) is int:
        within("concurrency", concurrency, *CONCURRENCY)
    lost_history = _member(_member(given, "collection"), "deletions").get("lost_history")
    if isinstance(lost_history, str):
        one_of("collection.deletions.lost_history", lost_history, LOST_HISTORY)
    secret = given.get("secret")
    return {**given, "secret": secret.strip()} if isinstance(secret, str) else given


def _member(value: dict[str, Any], key: str) -> dict[str, Any]:
    member = value.get(key)
    return member if isinstance(member, dict) else {}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    return [_without_nulls(member) for member in value] if isinstance(value, list) else value

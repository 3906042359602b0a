"""The config as the CDK may validate it: before it is checked against spec.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from source_fauna.config.ranges import CONCURRENCY, LOST_HISTORY, one_of, within

CDK_KEYS = frozenset({"_limit", "_page_size"})
"""Keys that the CDK keeps for its own tests. It refuses them in a config by an exception that no user can read."""


def clean_config(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The config without the CDK's own keys, without nulls, and with its secret stripped of white space.

    Tools that save configs write null for what was not given, and the CDK would refuse it. It masks exactly the secret
    that it finds in the result. Wrong types pass, for the CDK tells of them.

    Raises ConfigError for a setting whose values spec.yaml lists. The CDK would tell of the first option of the
    deletion mode instead, whatever is wrong with the second.
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

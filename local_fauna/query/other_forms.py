"""Forms of the real database that local_fauna does not have: they are refused by name, never with a guess."""

from __future__ import annotations

# fmt: off
OTHER_FORMS = frozenset({
    "join", "reduce", "casefold", "ngram", "split_str", "split_str_regex", "find_str_regex",
    "replace_str_regex", "contains_str_regex", "regex_escape", "select_all", "select_as_index", "next_id",
    "key_from_secret", "login", "logout", "identify", "identity", "has_identity", "current_identity",
    "current_token", "has_current_identity", "has_current_token", "move_database", "create_access_provider",
    "access_provider", "access_providers", "issue_access_jwt", "acos", "asin", "atan",
    "cos", "cosh", "degrees", "radians", "exp", "hypot", "ln", "log", "pow", "sin", "sinh", "tan", "tanh",
    "trunc", "to_double", "to_integer", "is_token", "is_credentials", "is_key",
})
# fmt: on

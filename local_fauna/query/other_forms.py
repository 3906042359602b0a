"""Forms of the real database that local_fauna does not have. It refuses them as not implemented."""

from __future__ import annotations

# fmt: off
OTHER_FORMS = frozenset({
    "quote", "ngram", "regexescape", "containsstrregex", "findstrregex",
    "replacestrregex", "key_from_secret", "login", "logout", "identify", "identity", "has_identity",
    "current_identity", "current_token", "has_current_identity", "has_current_token", "move_database",
    "create_access_provider", "access_provider", "access_providers", "acos", "asin", "atan", "cos", "cosh", "degrees",
    "radians", "exp", "hypot", "ln", "log", "pow", "sin", "sinh", "tan", "tanh",
})
# fmt: on

"""The forms of FQL v4, one small function each; importing this package registers them all."""

from local_fauna.query.forms import (
    control,
    groups,
    literals,
    math,
    paths,
    reads,
    refs,
    schema,
    sets,
    strings,
    times,
    types,
    writes,
)

__all__ = [
    "control",
    "groups",
    "literals",
    "math",
    "paths",
    "reads",
    "refs",
    "schema",
    "sets",
    "strings",
    "times",
    "types",
    "writes",
]

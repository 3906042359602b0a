"""Random values on the wire, as a server sends them, and documents that hold them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from unit_tests.refs import document_ref, schema_ref

KEYS = st.sampled_from(
    ["a", "A", "b", "ref", "Ref", "data_ref", "@ts", "@uuid", "_airbyte_id", "a.b", "a b", "", "ttl"]
)

TIMES = st.sampled_from(
    ["2022-03-04T12:00:30Z", "2022-03-04T12:00:30.123456789Z", "+20000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"]
)
DATES = st.sampled_from(["2022-03-04", "0001-01-01", "+12345-01-01"])
TEXTS = st.one_of(TIMES, DATES, st.sampled_from(["", "x", "é", "NaN", "1", "true"]))

SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([70.0, -0.0, 2.0**63, 1e300]),
    TEXTS,
    TIMES.map(lambda text: {"@ts": text}),
    DATES.map(lambda text: {"@date": text}),
    st.just({"@bytes": "aGVsbG8/Pz8+Pj4="}),
    st.just({"@uuid": "123e4567-e89b-12d3-a456-426614174000"}),
    st.just({"@query": {"api_version": "4", "lambda": "x", "expr": {"var": "x"}}}),
    st.just({"@obj": {"@set": {"documents": schema_ref("foo")}}}),
    st.just(document_ref(7)),
    st.just(schema_ref("foo")),
)


def objects(values: st.SearchStrategy[Any], *, max_size: int) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of such values, escaped where one of their keys begins with `@`."""
    return st.dictionaries(KEYS, values, max_size=max_size).map(
        lambda members: {"@obj": members} if any(key.startswith("@") for key in members) else members
    )


VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(st.one_of(inner, st.none()), max_size=2), objects(inner, max_size=2))
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document with random data, or without any."""
    document: dict[str, Any] = {"ref": document_ref(101), "ts": 1700000000001000}
    data = draw(objects(VALUES, max_size=6))
    if data:
        document["data"] = data
    if draw(st.booleans()):
        document["ttl"] = {"@ts": draw(TIMES)}
    return document

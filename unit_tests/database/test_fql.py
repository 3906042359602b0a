"""Expressions of the driver as bodies of requests."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_fauna.database.fql import Ref, q, wire
from unit_tests.project.tree import ROOT
from unit_tests.refs import document_ref

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=4)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)


@given(JSON)
def test_plain_json_goes_out_as_it_is(value: Any) -> None:
    assert orjson.loads(wire(value)) == value


SENT: dict[str, tuple[Any, Any]] = {
    "a builder": (q.now(), {"now": None}),
    "builders within one another": (q.get(q.collection("foo")), {"get": {"collection": "foo"}}),
    "in plain JSON": ([1, {"a": q.now()}], [1, {"a": {"now": None}}]),
    "plain JSON in a builder, whose keys are no functions": (
        q.let({"x": 1}, {"get": q.var("x")}),
        {"let": [{"x": 1}], "in": {"object": {"get": {"var": "x"}}}},
    ),
    "a ref": (Ref("7", Ref("foo", Ref("collections"))), document_ref(7)),
    "a ref in a builder": (q.get(Ref("7", Ref("foo", Ref("collections")))), {"get": document_ref(7)}),
}


@pytest.mark.parametrize(("expression", "sent"), SENT.values(), ids=SENT)
def test_what_the_driver_builds_goes_out_as_json(expression: Any, sent: Any) -> None:
    assert orjson.loads(wire(expression)) == sent


def test_what_is_no_expression_does_not_go_out() -> None:
    with pytest.raises(TypeError):
        wire({"a": object()})


def test_nobody_is_warned_that_the_vendor_gave_up_this_language() -> None:
    command = [sys.executable, "-W", "error", "-c", "import source_fauna.database.fql"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")

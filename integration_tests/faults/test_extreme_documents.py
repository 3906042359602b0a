"""Documents at the limits of JSON and beyond. The output is JSON, and an error names a document that has no JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from integration_tests.faults.commands import Site, new_site
from integration_tests.harness.inputs import catalog
from integration_tests.harness.moments import is_documents
from integration_tests.harness.process import Command
from integration_tests.harness.strikes import reply_with, strikes
from integration_tests.harness.telling import Told
from local_fauna.faults import Fault

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("extreme documents")]


def page(site: Site, data: bytes) -> Fault:
    """The answer of a server whose collection foo holds one document, with this as its data."""
    now = site.fauna.now()
    ref = b'{"@ref":{"id":"1","collection":{"@ref":{"id":"foo","collection":{"@ref":{"id":"collections"}}}}}}'
    body = b'{"resource":{"ts":%d,"page":{"data":[{"ref":%s,"ts":%d,"data":%s}]}}}' % (now, ref, now, data)
    return reply_with(200, body)


def read_by_command(site: Site, folder: Path, data: bytes) -> Told:
    files = {"config": site.config, "catalog": catalog("full_refresh", "foo")}
    with strikes(site.local, page(site, data), when=is_documents), Command(folder, "read", files) as command:
        told = command.told()
    assert told.stderr == ""
    return told


def nested(levels: int, leaf: Any = 1) -> bytes:
    return b'{"a":' * levels + orjson.dumps(leaf) + b"}" * levels


@pytest.mark.parametrize("levels", [100, 250, 300, 1_000, 1_100, 2_000])
def test_any_number_of_levels_comes_out(tmp_path: Path, levels: int) -> None:
    with new_site() as site:
        told = read_by_command(site, tmp_path, nested(levels))
    assert told.exit_code == 0
    (line,) = [line for line in told.stdout.split("\n") if "RECORD" in line[:20]]
    assert line.count('"a":') == levels
    assert line.count("{") == line.count("}")


def test_a_document_with_more_levels_than_can_be_read_is_named(tmp_path: Path) -> None:
    with new_site() as site:
        told = read_by_command(site, tmp_path, nested(5_000))
    assert told.exit_code == 1
    assert told.fit_for_users().statuses("foo")[-1] == "INCOMPLETE"
    assert told.errors[0]["message"].startswith(
        "Document '1' of collection 'foo' cannot be read: the answer has too many levels"
    )


VALUES: dict[str, tuple[bytes, Any]] = {
    "lone surrogate": (b'{"t":"a\\ud800b"}', {"t": "a?b"}),
    "lone surrogate as a key": (b'{"\\udfff":1}', {"?": 1}),
    "non-finite numbers as the server writes them": (b'{"n":["NaN","Infinity"]}', {"n": ["NaN", "Infinity"]}),
    "non-finite numbers as it does not": (b'{"n":[NaN,-Infinity]}', {"n": ["NaN", "-Infinity"]}),
    "beyond doubles": (b'{"n":[9007199254740993,-9223372036854775808]}', {"n": [2**53 + 1, -(2**63)]}),
    "empty keys": (b'{"":{"":1}}', {"": {"": 1}}),
    "keys that look like tags": (b'{"@obj":{"@ref":5,"x":{"@obj":{"@ts":1}}}}', {"@ref": 5, "x": {"@ts": 1}}),
    "dates beyond the year 9999": (b'{"d":{"@date":"+12345-01-01"}}', {"d": "+12345-01-01"}),
    "times beyond the year 9999": (b'{"t":{"@ts":"+20000-01-01T00:00:00Z"}}', {"t": "+20000-01-01T00:00:00Z"}),
    "control characters": (b'{"t":"\\u0000\\u001f\\u2028"}', {"t": "\x00\x1f\u2028"}),
}


@pytest.mark.parametrize(("data", "expected"), VALUES.values(), ids=VALUES)
def test_what_is_no_ordinary_json_comes_out_as_such(data: bytes, expected: Any) -> None:
    with new_site() as site, strikes(site.local, page(site, data), when=is_documents):
        told = site.tell("read", catalog=catalog("full_refresh", "foo"))
    (record,) = told.fit_for_users().of("RECORD")
    assert record["data"]["data"] == expected


def test_a_document_of_eight_megabytes_comes_out() -> None:
    text = "x" * 8_000_000
    with new_site() as site, strikes(site.local, page(site, orjson.dumps({"t": text})), when=is_documents):
        told = site.tell("read", catalog=catalog("full_refresh", "foo"))
    (record,) = told.of("RECORD")
    assert record["data"]["data"]["t"] == text

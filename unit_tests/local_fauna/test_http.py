"""Routes, secrets, headers and bodies (recording `errors`)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from local_fauna.engine import Reply, Request
from unit_tests.local_fauna.fauna import SECRET, START, Fauna, create, page, ref

BEARER = {"authorization": f"Bearer {SECRET}", "x-faunadb-api-version": "4"}


def send(
    fauna: Fauna, body: bytes = b"1", *, method: str = "POST", path: str = "/", query: str = "", **headers: str
) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return fauna.engine.handle(Request(method, path, query, {**BEARER, **named}, body))


def first_error(reply: Reply) -> tuple[int, str, str]:
    error = json.loads(reply.body)["errors"][0]
    return reply.status, error["code"], error["description"]


def test_an_unknown_path_is_404_before_the_secret(fauna: Fauna) -> None:
    reply = send(fauna, path="/nope", authorization="Bearer wrong")
    assert first_error(reply) == (404, "not found", "Not Found")


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [("/", "PUT", "GET, POST"), ("/linearized", "GET", "POST"), ("/ping", "POST", "GET")],
)
def test_405_tells_what_is_allowed(fauna: Fauna, path: str, method: str, allowed: str) -> None:
    reply = send(fauna, path=path, method=method)
    assert first_error(reply) == (405, "method not allowed", f"Allowed methods are {allowed}.")
    assert reply.headers["allow"] == allowed


@pytest.mark.parametrize(("query", "scope"), [("", "write"), ("scope=node&timeout=5", "node")])
def test_ping_needs_no_secret(fauna: Fauna, query: str, scope: str) -> None:
    reply = send(fauna, method="GET", path="/ping", query=query, authorization="")
    assert (reply.status, json.loads(reply.body)) == (200, {"resource": f"Scope {scope} is OK"})


def _basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


SECRETS = {
    "bearer": (f"Bearer {SECRET}", 200),
    "basic with a colon": (_basic(SECRET + ":"), 200),
    "basic without": (_basic(SECRET), 200),
    "a scheme in small letters": (f"bearer {SECRET}", 401),
    "no base64": ("Basic !!", 401),
    "no ASCII": ("Basic \xff", 401),
    "no UTF-8 within": ("Basic /w==", 401),
    "unknown": ("Bearer nope", 401),
    "none": ("", 401),
    "scoped to a role": (f"Bearer {SECRET}:server", 200),
    "scoped to a database": (f"Bearer {SECRET}:child:admin", 200),
    "scoped to an unknown database": (f"Bearer {SECRET}:nope:admin", 401),
    "with a text behind it that is no scope": (f"Bearer {SECRET}:nope", 200),
    "with nothing behind the colon": (f"Bearer {SECRET}:", 200),
    "with a database and no role": (f"Bearer {SECRET}:child:nope", 200),
    "with a role of no name": (f"Bearer {SECRET}:@role/", 200),
    "scoped to an unknown role": (f"Bearer {SECRET}:@role/nope", 401),
}


@pytest.mark.parametrize(("authorization", "status"), SECRETS.values(), ids=SECRETS.keys())
def test_secrets(fauna: Fauna, authorization: str, status: int) -> None:
    fauna.ask({"create_database": {"object": {"name": "child"}}})
    assert send(fauna, authorization=authorization).status == status


def test_401_shows_little(fauna: Fauna) -> None:
    reply = send(fauna, authorization="Bearer nope")
    assert json.loads(reply.body) == {"errors": [{"code": "unauthorized", "description": "Unauthorized"}]}
    assert reply.headers["www-authenticate"] == 'Basic realm="Unauthorized"'
    assert "x-compute-ops" not in reply.headers


def test_only_an_admin_key_can_be_scoped(fauna: Fauna) -> None:
    server = fauna.key("server")
    assert send(fauna, authorization=f"Bearer {server}").status == 200
    assert send(fauna, authorization=f"Bearer {server}:client").status == 401


def test_a_deleted_or_expired_key_is_401(fauna: Fauna) -> None:
    made = fauna.ask({"create_key": {"object": {"role": "server"}}})
    fauna.ask({"delete": {"ref": {"keys": None}, "id": made["ref"]["@ref"]["id"]}})
    soon = {"time_add": {"now": None}, "offset": 5, "unit": "seconds"}
    expiring = fauna.ask({"create_key": {"object": {"role": "server", "ttl": soon}}})["secret"]
    assert fauna.reply(1, secret=made["secret"]).status == 401
    assert fauna.reply(1, secret=expiring).status == 200
    fauna.clock.advance(seconds=6)
    assert fauna.reply(1, secret=expiring).status == 401


BODIES = {
    "only the first value is read": (b"1 2", (200, 1)),
    "the first of duplicate keys wins": (b'{"object":{"a":1,"a":2}}', (200, {"a": 1})),
    "a lone surrogate": (b'"a\\ud800b"', (200, "a?b")),
    "a pair of surrogates": (b'"\\ud83d\\ude00"', (200, "\U0001f600")),
    "the largest integer": (b"9223372036854775807", (200, 9223372036854775807)),
    "a number with an exponent is a double": (b"1e2", (200, 100.0)),
    "an integer that is too large": (
        b"9223372036854775808",
        (400, ("invalid expression", "Request body is not valid JSON.")),
    ),
    "no JSON": (b"{", (400, ("invalid expression", "Request body is not valid JSON."))),
    "NaN": (b"NaN", (400, ("invalid expression", "Request body is not valid JSON."))),
    "nothing": (b"", (400, ("invalid expression", "No query provided."))),
    "a blank": (b" ", (400, ("invalid expression", "Request body is not valid JSON."))),
    "another value behind an object": (b'{"object":{}}[', (200, {})),
    "garbage behind the first value": (b"1 x", (400, ("invalid expression", "Request body is not valid JSON."))),
    "a bracket behind the first value": (b"[]]", (400, ("invalid expression", "Request body is not valid JSON."))),
    "a number that another follows at once": (
        b"1[]",
        (400, ("invalid expression", "Request body is not valid JSON.")),
    ),
    "a leading zero": (b"01", (400, ("invalid expression", "Request body is not valid JSON."))),
    "a point without a digit": (b"5.", (400, ("invalid expression", "Request body is not valid JSON."))),
    "a line break in a text": (b'"a\nb"', (400, ("invalid expression", "Request body is not valid JSON."))),
    "too deep": (
        b"[" * 1001 + b"]" * 1001,
        (400, ("invalid expression", "Request body JSON exceeds nesting limit.")),
    ),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES.keys())
def test_bodies(fauna: Fauna, body: bytes, expected: Any) -> None:
    reply = send(fauna, body)
    shown = json.loads(reply.body)
    found = (
        shown["resource"] if "resource" in shown else (shown["errors"][0]["code"], shown["errors"][0]["description"])
    )
    assert (reply.status, found) == expected
    assert type(found) is type(expected[1])


@pytest.mark.parametrize("depth", [5, 200, 400])
def test_deep_arrays_are_answered(fauna: Fauna, depth: int) -> None:
    assert send(fauna, b"[" * depth + b"]" * depth).status == 200


def test_arrays_of_600_levels_are_a_500(fauna: Fauna) -> None:
    assert send(fauna, b"[" * 600 + b"]" * 600).status == 500


def test_a_body_that_is_too_large(fauna: Fauna) -> None:
    reply = send(fauna, b'"' + b"x" * (8 * 1024 * 1024) + b'"')
    assert first_error(reply) == (413, "request too large", "Request entity is too large")


DOUBLES = {
    1.0: "1.0", 0.001: "0.001", 1e-4: "1.0E-4", 1e10: "1.0E10", 12345678.5: "1.23456785E7", 5e-324: "4.9E-324",
    -0.0: "-0.0", 1e7: "1.0E7", 9999999.0: "9999999.0", 1.5e300: "1.5E300", 0.1: "0.1", -2.5e-7: "-2.5E-7",
}  # fmt: skip


@pytest.mark.parametrize(("value", "text"), DOUBLES.items(), ids=DOUBLES.values())
def test_doubles_are_printed_the_java_way(fauna: Fauna, value: float, text: str) -> None:
    assert send(fauna, repr(value).encode()).body == b'{"resource":' + text.encode() + b"}"


HEADERS = {
    "a version that is none": ("x-faunadb-api-version", "6", "Unsupported or invalid API version '6'."),
    "a long time-out": ("x-query-timeout", "600001", "Must be less than or equal to 600000."),
    "no time-out": ("x-query-timeout", "0", "Must be greater than 0."),
    "no number": ("x-last-seen-txn", "abc", "Invalid timestamp 'abc'."),
    "many retries": ("x-max-retries-on-contention", "8", "Must be between 0 and 7."),
}


@pytest.mark.parametrize(("name", "value", "text"), HEADERS.values(), ids=HEADERS.keys())
def test_bad_headers(fauna: Fauna, name: str, value: str, text: str) -> None:
    reply = fauna.engine.handle(Request("POST", "/", "", {**BEARER, name: value}, b"1"))
    assert first_error(reply) == (400, "bad request", f"Invalid header '{name}': {text}")
    assert "position" not in json.loads(reply.body)["errors"][0]


REFUSED = {
    "the version of what is to come": {"x-faunadb-api-version": "UNSTABLE"},
    "a browser": {"origin": "a"},
    "tags for the log": {"x-fauna-tags": "a=b"},
}


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED.keys())
def test_headers_that_are_left_out(fauna: Fauna, headers: dict[str, str]) -> None:
    assert fauna.engine.handle(Request("POST", "/", "", {**BEARER, **headers}, b"1")).status == 501


@pytest.mark.parametrize("path", ["/stream", "/query/1", "/collections/foo", "/keys", "/changefeed/1", "/authorized"])
def test_addresses_that_are_left_out(fauna: Fauna, path: str) -> None:
    assert send(fauna, path=path).status == 501


def test_a_bad_header_is_told_before_anything_else(fauna: Fauna) -> None:
    assert send(fauna, path="/nope", authorization="Bearer wrong", x_query_timeout="x").status == 400


def test_a_wrong_method_is_told_to_a_known_key_only(fauna: Fauna) -> None:
    assert send(fauna, method="PUT", authorization="Bearer wrong").status == 401


@pytest.mark.parametrize("body", [b"{", b'{"abort":"x"}', b'{"get":{"ref":{"collection":"c"},"id":"1"}}'])
def test_errors_count_their_work_too(fauna: Fauna, body: bytes) -> None:
    reply = send(fauna, body)
    assert reply.status >= 400
    assert {"x-compute-ops", "x-byte-read-ops", "x-byte-write-ops", "x-query-bytes-in"} <= reply.headers.keys()


def test_no_query_ends_within_a_millisecond(fauna: Fauna) -> None:
    why = "Read timed out (Timed out before deadline TimeBound(1 millisecond))"
    assert first_error(send(fauna, x_query_timeout="1")) == (503, "time out", why)
    assert send(fauna, x_query_timeout="600000").status == 200


def test_get_reads_and_never_writes(fauna: Fauna) -> None:
    assert json.loads(send(fauna, method="GET", query="q=%5B1%2C2%5D").body) == {"resource": [1, 2]}
    refused = "Call performs a write, which is not allowed in get requests."
    fauna.collection()
    for form in ('{"new_id":null}', '{"create":{"collection":"c"}}'):
        assert first_error(send(fauna, method="GET", query=f"q={form}")) == (400, "invalid expression", refused)


def test_txn_time_is_the_commit_of_a_write_and_the_snapshot_of_a_read(fauna: Fauna) -> None:
    fauna.collection()
    written = fauna.reply(create(1))
    assert int(written.headers["x-txn-time"]) == json.loads(written.body)["resource"]["ts"]
    read = fauna.reply({"to_micros": {"now": None}})
    assert int(read.headers["x-txn-time"]) == json.loads(read.body)["resource"]
    assert int(read.headers["x-txn-time"]) > int(written.headers["x-txn-time"])


def test_without_a_version_it_speaks_2_1(fauna: Fauna) -> None:
    fauna.collection()
    fauna.create(1)
    query = json.dumps(page({"documents": {"collection": "c"}}, events=True)).encode()
    headers = {"authorization": f"Bearer {SECRET}"}
    reply = fauna.engine.handle(Request("POST", "/", "", headers, query))
    (event,) = json.loads(reply.body)["resource"]["data"]
    owner = {"@ref": {"id": "c", "class": {"@ref": {"id": "classes"}}}}
    assert event["instance"] == {"@ref": {"id": "1", "class": owner}}


def test_last_seen_txn_lifts_the_snapshot(fauna: Fauna) -> None:
    seen = START + 5_000_000
    assert int(fauna.reply(1, x_last_seen_txn=str(seen)).headers["x-txn-time"]) >= seen
    assert fauna.now() > seen


def test_last_seen_txn_far_ahead_answers_now_but_reads_time_out(fauna: Fauna) -> None:
    fauna.collection()
    far = START + 10**15
    reply = fauna.reply({"to_micros": {"now": None}}, x_last_seen_txn=str(far))
    assert json.loads(reply.body) == {"resource": far}
    assert first_error(fauna.reply({"exists": ref(1)}, x_last_seen_txn=str(far)))[:2] == (503, "time out")
    assert fauna.now() < far


def test_a_stored_lambda_may_nest_as_deep_as_a_query(fauna: Fauna) -> None:
    nested = b'{"do":[' * 200 + b"1" + b"]}" * 200
    body = b'{"lambda":"x","expr":' + nested + b"}"
    shown = json.loads(send(fauna, b'{"query":' + body + b"}").body)["resource"]
    assert shown == {"@query": {"api_version": "4", **json.loads(body)}}


class _Broken(dict[str, str]):
    """Headers that make the engine itself fail."""

    def get(self, *_: Any) -> Any:
        raise ZeroDivisionError("by the test")


def test_a_fault_of_the_engine_is_a_500_and_logged(fauna: Fauna, caplog: pytest.LogCaptureFixture) -> None:
    status, code, text = first_error(fauna.engine.handle(Request("POST", "/", "", _Broken(), b"1")))
    assert (status, code) == (500, "internal server error")
    assert text == "ZeroDivisionError: by the test Please create a ticket at https://support.fauna.com"
    assert "Traceback" in caplog.text
    assert fauna.ask(1) == 1
    caplog.clear()

"""What a client sees of each fault, and which request meets which."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest
import requests

from local_fauna import LocalFauna, faults
from local_fauna.faults import KINDS, Fault, FaultPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = {"now": None}


@pytest.fixture(scope="module")
def server() -> Iterator[LocalFauna]:
    with LocalFauna() as running:
        yield running


@pytest.fixture
def fauna(server: LocalFauna) -> LocalFauna:
    server.faults.clear()
    server.reset_requests()
    return server


def ask(fauna: LocalFauna, expression: object = NOW) -> requests.Response:
    headers = {"Authorization": f"Bearer {fauna.secret}", "X-FaunaDB-API-Version": "4"}
    return requests.post(fauna.url, json=expression, headers=headers, timeout=5)


@pytest.mark.parametrize("status", sorted(faults.STATUSES))
def test_an_error_status_is_answered_once_without_running_the_query(fauna: LocalFauna, status: int) -> None:
    fauna.faults.add(faults.answer(status))
    assert [ask(fauna).status_code, ask(fauna).status_code] == [status, 200]
    assert [seen.status for seen in fauna.requests] == [status, 200]


@pytest.mark.parametrize(
    ("status", "code", "key"),
    [
        (409, "contended transaction", "ref"),
        (429, "too many requests", "code"),
        (440, "time out", "code"),
        (500, "internal server error", "code"),
        (503, "time out", "code"),
    ],
)
def test_error_bodies_have_the_shape_of_the_server(fauna: LocalFauna, status: int, code: str, key: str) -> None:
    fauna.faults.add(faults.answer(status))
    reply = ask(fauna)
    (error,) = reply.json()["errors"]
    assert error["code"] == code
    assert key in error
    assert "position" not in error
    assert "\n" in reply.text
    assert int(reply.headers["x-txn-time"]) > 0


def test_a_retry_after_is_sent_when_wanted(fauna: LocalFauna) -> None:
    fauna.faults.add(faults.answer(429, retry_after="3"))
    fauna.faults.add(faults.answer(429))
    assert [ask(fauna).headers.get("retry-after") for _ in range(2)] == ["3", None]


@pytest.mark.parametrize(
    ("fault", "broken"),
    [
        (faults.reset(), requests.exceptions.ConnectionError),
        (faults.reset_midway(), requests.exceptions.ChunkedEncodingError),
        (faults.half(), requests.exceptions.ChunkedEncodingError),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
def test_a_broken_answer_raises_in_the_client(fauna: LocalFauna, fault: Fault, broken: type[Exception]) -> None:
    fauna.faults.add(fault)
    with pytest.raises(broken):
        ask(fauna)
    assert ask(fauna).status_code == 200


@pytest.mark.parametrize("fault", [faults.cut_json(), faults.html(), faults.empty()], ids=lambda fault: fault.name)
def test_a_body_that_is_no_json_comes_whole_and_with_200(fauna: LocalFauna, fault: Fault) -> None:
    fauna.faults.add(fault)
    reply = ask(fauna)
    assert reply.status_code == 200
    assert len(reply.content) == int(reply.headers["content-length"])
    with pytest.raises(requests.exceptions.JSONDecodeError):
        reply.json()


def test_foreign_json_has_neither_a_resource_nor_errors(fauna: LocalFauna) -> None:
    fauna.faults.add(faults.foreign())
    assert not {"resource", "errors"} & set(ask(fauna).json())


def head_then_rest(fauna: LocalFauna) -> tuple[float, float, bytes]:
    """Seconds until the first and until the last byte of an answer, and all of its bytes."""
    body = b'{"now":null}'
    secret = fauna.secret.encode()
    head = b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer %s\r\n" % secret
    with socket.create_connection((fauna.domain, fauna.port), timeout=5) as client:
        began = time.monotonic()
        client.sendall(head + b"content-length: %d\r\n\r\n" % len(body) + body)
        pieces = [client.recv(65536)]
        first = time.monotonic() - began
        while piece := client.recv(65536):
            pieces.append(piece)
        return first, time.monotonic() - began, b"".join(pieces)


@pytest.mark.parametrize(
    ("fault", "before_first", "before_last"),
    [(faults.delay(0.1), 0.1, 0.1), (faults.stall(0.1), 0.0, 0.1), (faults.trickle(0.1), 0.0, 0.1)],
    ids=["delay", "stall", "trickle"],
)
def test_a_slow_answer_is_slow_where_it_says(
    fauna: LocalFauna, fault: Fault, before_first: float, before_last: float
) -> None:
    fauna.faults.add(fault)
    first, last, answer = head_then_rest(fauna)
    assert first >= before_first
    assert last >= before_last
    assert (first < last - 0.05) == (before_first < before_last)
    assert b'{"resource":{"@ts":' in answer


@pytest.mark.local_only
def test_a_write_whose_answer_was_lost_stays_written(fauna: LocalFauna) -> None:
    fauna.faults.add(faults.reset())
    with pytest.raises(requests.exceptions.ConnectionError):
        ask(fauna, {"create_collection": {"object": {"name": "written"}}})
    assert fauna.query({"exists": {"collection": "written"}}) is True


def test_faults_do_not_touch_queries_in_the_process(fauna: LocalFauna) -> None:
    fauna.faults.add(faults.answer(503))
    assert "@ts" in fauna.query(NOW)
    assert ask(fauna).status_code == 503


def name_of(fault: Fault | None) -> str | None:
    return None if fault is None else fault.name


def is_two(expression: object) -> bool:
    return expression == 2


PLANS: list[tuple[str, Callable[[FaultPlan], None], list[object], list[str | None]]] = [
    ("once", lambda plan: plan.add(faults.half()), [1, 1], ["half", None]),
    ("twice", lambda plan: plan.add(faults.half(), times=2), [1, 1, 1], ["half", "half", None]),
    ("after two", lambda plan: plan.add(faults.half(), skip=2), [1, 1, 1, 1], [None, None, "half", None]),
    ("when two", lambda plan: plan.add(faults.half(), when=is_two), [1, 2, 2], [None, "half", None]),
    (
        "second two",
        lambda plan: plan.add(faults.half(), when=is_two, skip=1),
        [2, 1, 2],
        [None, None, "half"],
    ),
    ("none", lambda plan: plan.clear(), [1, 2], [None, None]),
]


@pytest.mark.parametrize(("laid", "expressions", "met"), [row[1:] for row in PLANS], ids=[row[0] for row in PLANS])
def test_a_plan_strikes_the_requests_it_names(
    laid: Callable[[FaultPlan], None], expressions: list[object], met: list[str | None]
) -> None:
    plan = FaultPlan()
    laid(plan)
    assert [name_of(plan.draw(expression)) for expression in expressions] == met


def test_rules_strike_in_the_order_in_which_they_were_added() -> None:
    plan = FaultPlan()
    plan.add(faults.half())
    plan.add(faults.empty())
    assert [name_of(plan.draw(1)) for _ in range(3)] == ["half", "empty", None]


def drawn_by_chance(seed: int, share: float) -> list[str | None]:
    plan = FaultPlan()
    plan.random(share=share, seed=seed)
    return [name_of(plan.draw(1)) for _ in range(300)]


def test_chance_repeats_itself_for_a_seed_and_keeps_its_share() -> None:
    assert drawn_by_chance(7, 0.3) == drawn_by_chance(7, 0.3)
    assert drawn_by_chance(7, 0.3) != drawn_by_chance(8, 0.3)
    struck = [name for name in drawn_by_chance(7, 0.3) if name]
    assert 60 <= len(struck) <= 120
    assert set(drawn_by_chance(7, 1.0)) == set(KINDS)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError, match="earthquake"):
        FaultPlan().random(kinds=["half", "earthquake"])

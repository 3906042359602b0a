"""The messages of the connection check if requests to the database fail."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.check import check, failure_message
from source_fauna.errors.errors import FaunaError, from_answer, no_answer
from source_fauna.errors.table import Kind
from unit_tests.configs import DELETED_AT, URL, config
from unit_tests.quiet import QUIET
from unit_tests.refs import schema_ref
from unit_tests.refusals import refusal
from unit_tests.scripted import FORBIDDEN, MISSING, UNAUTHORIZED, Scripted
from unit_tests.told import raises_config_error, warnings

MESSAGES: dict[str, tuple[FaunaError, str]] = {
    "401": (refusal(401, "unauthorized", "Unauthorized"), "Unauthorized"),
    "refused": (
        no_answer(Kind.UNREACHABLE, "connection refused"),
        f"connection refused ({URL})",
    ),
    "silent": (
        no_answer(Kind.TIMED_OUT, "no answer within 20 seconds"),
        f"no answer within 20 seconds ({URL})",
    ),
    "another kind of server": (from_answer(status=200, body=None), "Invalid JSON."),
    "429": (refusal(429, "too many requests", "Slow down."), "too many requests: Slow down."),
    "503": (refusal(503, "time out", "Read timed out."), "time out: Read timed out."),
    "409": (refusal(409, "contended transaction", "Contended."), "contended transaction: Contended."),
    "a proxy's 502": (
        from_answer(status=502, body=None),
        "502: the answer holds no error of a Fauna database",
    ),
}


@pytest.mark.parametrize(("error", "reason"), MESSAGES.values(), ids=MESSAGES.keys())
def test_each_failure_has_its_message(error: FaunaError, reason: str) -> None:
    assert failure_message(error, config()) == f"Failed to connect to database: {reason}"


def test_a_failure_is_a_config_error_whatever_can_be_done_about_it() -> None:
    with raises_config_error("Failed to connect to database: Unauthorized"):
        check(Scripted(lambda _: UNAUTHORIZED).client, config(), progress=QUIET)


def database(*, history_days: int, get: Any = MISSING, page: Any = ()) -> Scripted:
    collections = [{"name": "foo", "ts": 1, "history_days": history_days}]

    def answer(asked: Any) -> Any:
        if "map" in asked:
            return {"data": collections if "collections" in asked["collection"]["paginate"] else []}
        return get if "get" in asked else {"data": list(page)}

    return Scripted(answer)


def test_a_list_of_indexes_that_is_refused_is_told() -> None:
    def answer(asked: Any) -> Any:
        return FORBIDDEN if "indexes" in asked["collection"]["paginate"] else {"data": [{"name": "foo", "ts": 1}]}

    with raises_config_error("No permissions to list indexes"):
        check(Scripted(answer).client, config(), progress=QUIET)


SHORT = (
    "Collection 'foo' keeps 0 days of history: deletions are lost when syncs are further apart than that "
    'plus 15 minutes. This raises it: Update(Collection("foo"), {history_days: 30})'
)
CONDITION = (
    "The key may read collection 'foo' under a condition only, which hides the events of deleted documents, so an "
    "incremental sync of it fails. Give its role read without a condition, or switch deletions off."
)
ON = {"deletions": DELETED_AT}
WARNINGS: dict[str, tuple[Scripted, dict[str, Any], list[str]]] = {
    "no history": (database(history_days=0), ON, [SHORT]),
    "enough history": (database(history_days=3), ON, []),
    "no history, deletions off": (database(history_days=0), {}, []),
    "a condition": (database(history_days=3, get=FORBIDDEN, page=[{}]), ON, [CONDITION]),
    "a condition, deletions off": (database(history_days=3, get=FORBIDDEN, page=[{}]), {}, []),
}


@pytest.mark.parametrize(("scripted", "collection", "expected"), WARNINGS.values(), ids=WARNINGS.keys())
def test_what_will_lose_deletions_is_told(
    scripted: Scripted, collection: dict[str, Any], expected: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    check(scripted.client, config(**collection), progress=QUIET)
    assert warnings(caplog) == expected


def test_a_database_without_collections_is_no_failure() -> None:
    check(Scripted(lambda _: {"data": []}).client, config(), progress=QUIET)


@pytest.mark.parametrize(("collection", "per_collection"), [({}, 0), (ON, 1)], ids=["deletions off", "deletions on"])
def test_rights_are_asked_for_once(collection: dict[str, Any], per_collection: int) -> None:
    """Deletions need to know of each collection whether a condition decides, which also tells whether it is closed."""
    count = 150
    definitions = [{"name": f"c{number}", "ts": 1, "history_days": 30} for number in range(count)]

    def answer(asked: Any) -> Any:
        if "map" in asked:
            return {"data": definitions if "collections" in asked["collection"]["paginate"] else []}
        return MISSING if "get" in asked else {"data": [{}]}

    scripted = Scripted(answer)
    check(scripted.client, config(**collection), progress=QUIET)
    batches = 2
    assert len(scripted.asked) == 1 + (count * per_collection or batches)


def hiding(get: Any) -> Scripted:
    """A database whose list of indexes is empty, and what it answers to Get of one by name."""

    def answer(asked: Any) -> Any:
        if "map" in asked:
            is_collections = "collections" in asked["collection"]["paginate"]
            return {"data": [{"name": "foo", "ts": 1, "history_days": 30}] if is_collections else []}
        return get if "get" in asked else {"data": [{}]}

    return Scripted(answer)


CHOSEN = {"name": "foo", "index": "foo_ts"}


def test_an_index_that_the_list_does_not_show_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with raises_config_error("No permissions to list indexes"):
        check(hiding(FORBIDDEN).client, config(**CHOSEN), progress=QUIET)
    assert warnings(caplog) == [
        "Index 'foo_ts' is there, but the key may not list it. Give its role read on Indexes()."
    ]


def test_an_index_that_can_be_read_by_its_name_is_used() -> None:
    shown = {"name": "foo_ts", "ts": 1, "active": True, "source": schema_ref("foo"), "values": []}
    scripted = hiding({**shown, "values": [{"field": ["ts"]}, {"field": ["ref"]}]})
    check(scripted.client, config(**CHOSEN), progress=QUIET)
    with raises_config_error("Index should have values [{'field': 'ts'}, {'field': 'ref'}], but it has values []"):
        check(hiding(shown).client, config(**CHOSEN), progress=QUIET)

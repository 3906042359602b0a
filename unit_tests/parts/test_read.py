"""A part read: every document of its range at the snapshot, or an error; never fewer without a word."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_fauna.errors.errors import ConfigError, FaunaError, SystemFailure, TransientError, UserError
from source_fauna.errors.table import Kind
from source_fauna.parts.part import Documents
from source_fauna.parts.plan import parts_of, pin
from source_fauna.parts.read import read_documents
from source_fauna.records.values import GREATEST_ID
from unit_tests.local_fauna.fauna import Fauna, create, params, ref
from unit_tests.parts.asking import Asking, mentions
from unit_tests.parts.roles import DEFINITIONS, DOCUMENTS, SHOWN_DOCUMENTS, allow, reader
from unit_tests.refs import id_of
from unit_tests.refusals import refusal
from unit_tests.things import COLLECTION, things

IDS = st.sets(st.one_of(st.integers(0, 400), st.integers(0, GREATEST_ID)), max_size=300)


@pytest.fixture(scope="module", autouse=True)
def _interpreter() -> None:
    """The engine raises the interpreter's recursion limit once; hypothesis must see it from the start."""
    Fauna()


def read(asking: Asking, part: Documents, *, size: int = 3) -> list[int]:
    return [id_of(each) for page in read_documents(part, asking.pages(size)) for each in page]


def planned(asking: Asking, *, parts: int = 1, **changes: Any) -> list[Documents]:
    """All documents, in parts that are changed then."""
    found = parts_of(pin(asking.client, COLLECTION), asking.client, parts=parts, slots=1)
    return [replace(each, **changes) for each in found]


def shown_things(*ids: int) -> Fauna:
    """Documents that fit the condition of SHOWN_DOCUMENTS."""
    fauna = things()
    for each in ids:
        fauna.create(each, {"shown": True}, collection=COLLECTION)
    return fauna


@settings(max_examples=40)
@given(IDS, st.integers(1, 4), st.integers(1, 200))
def test_parts_give_each_document_of_the_snapshot_once_and_again(ids: set[int], parts: int, size: int) -> None:
    fauna = things()
    fauna.ask([create(each, collection=COLLECTION) for each in sorted(ids)])
    asking = Asking(fauna)
    found = planned(asking, parts=parts)
    fauna.ask([{"delete": ref(each, COLLECTION)} for each in sorted(ids)[::2]])
    first = [read(asking, each, size=size) for each in found]
    assert sorted(itertools.chain(*first)) == sorted(ids)
    assert [read(asking, each, size=size) for each in found] == first


def test_with_since_documents_of_a_later_ts_come_alone() -> None:
    fauna = things(1, 2)
    since = fauna.now()
    fauna.create(3, collection=COLLECTION)
    asking = Asking(fauna)
    assert [read(asking, each) for each in planned(asking, since=since)] == [[3]]


def test_the_last_id_of_all_is_read() -> None:
    asking = Asking(things(GREATEST_ID))
    assert [read(asking, each) for each in planned(asking)] == [[GREATEST_ID]]


def test_a_document_that_expires_after_the_plan_is_no_loss() -> None:
    fauna = things(1, 2)
    passes = {"epoch": fauna.now() + 60_000_000, "unit": "microsecond"}
    fauna.ask({"create": ref(3, COLLECTION), "params": params(ttl=passes)})
    asking = Asking(fauna)
    (part,) = planned(asking)
    assert part.count == 3
    fauna.clock.advance(seconds=61)
    assert read(asking, part) == [1, 2]


def test_a_page_that_only_looks_whole_is_asked_again() -> None:
    asking = Asking(things(1, 2))
    (part,) = planned(asking)
    asking.break_answer(len(asking.asked) + 1, b'{"resource":{"data":[}')
    assert read(asking, part) == [1, 2]


def test_a_reader_that_stops_early_asks_for_one_page_more_at_most() -> None:
    asking = Asking(things(*range(20)))
    (part,) = planned(asking)
    before = len(asking.asked)
    pages = read_documents(part, asking.pages())
    assert len(next(pages)) == 3
    pages.close()  # type: ignore[attr-defined]  # a generator
    assert len(asking.asked) <= before + 2


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_right_that_is_lost_is_no_end(number: int) -> None:
    fauna = things(*range(10))
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, DOCUMENTS))
    (part,) = planned(asking)
    asking.before_answer(len(asking.asked) + number, lambda: allow(fauna, DEFINITIONS))
    with pytest.raises((UserError, FaunaError)) as raised:
        read(asking, part)
    assert isinstance(raised.value, TransientError) or getattr(raised.value, "kind", None) is Kind.FORBIDDEN


def test_a_right_that_was_lost_for_a_page_is_no_end_either() -> None:
    fauna = things(*range(10))
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, DOCUMENTS))
    (part,) = planned(asking)
    begin = len(asking.asked)
    asking.before_answer(begin + 2, lambda: allow(fauna, DEFINITIONS))
    asking.before_answer(begin + 3, lambda: allow(fauna, DEFINITIONS, DOCUMENTS))
    with pytest.raises(TransientError, match="3 documents of collection 'things' were read where there are 10"):
        read(asking, part)


def test_a_right_that_was_lost_while_it_was_planned_as_well_is_no_end() -> None:
    """Then the plan counted none, so that the count says nothing."""
    fauna = things(*range(10))
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, DOCUMENTS))
    (part,) = planned(asking, count=3)
    begin = len(asking.asked)
    asking.before_answer(begin + 2, lambda: allow(fauna, DEFINITIONS))
    asking.before_answer(begin + 3, lambda: allow(fauna, DEFINITIONS, DOCUMENTS))
    with pytest.raises(TransientError, match="differs from one request to the next"):
        read(asking, part)


def test_a_key_that_may_read_under_a_condition_reads_what_fits_it() -> None:
    fauna = shown_things(1, 3)
    fauna.create(2, collection=COLLECTION)
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, SHOWN_DOCUMENTS))
    (part,) = planned(asking)
    assert part.is_conditional
    assert read(asking, part) == [1, 3]


def test_a_key_whose_condition_fits_nothing_any_more_is_refused() -> None:
    fauna = shown_things(1)
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, SHOWN_DOCUMENTS))
    (part,) = planned(asking, count=0)
    allow(fauna, DEFINITIONS)
    with pytest.raises(FaunaError) as raised:
        read(asking, part)
    assert raised.value.kind is Kind.FORBIDDEN


def test_a_key_that_gets_a_condition_is_refused() -> None:
    fauna = shown_things(1)
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, DOCUMENTS))
    (part,) = planned(asking)
    allow(fauna, DEFINITIONS, SHOWN_DOCUMENTS)
    with pytest.raises(ConfigError, match="was put under a condition while collection 'things' was read"):
        read(asking, part)


@pytest.mark.parametrize("privilege", [DOCUMENTS, SHOWN_DOCUMENTS])
def test_a_key_that_may_not_read_definitions_reads_documents(privilege: Any, caplog: pytest.LogCaptureFixture) -> None:
    fauna = shown_things(1, 2)
    asking = Asking(fauna, secret=reader(fauna, privilege))
    (part,) = planned(asking)
    assert "Give the role read on Collections()" in caplog.text
    assert read(asking, part) == [1, 2]


@pytest.mark.parametrize("after", [(), (SHOWN_DOCUMENTS,)])
def test_such_a_key_is_refused_when_it_loses_its_right(after: Any) -> None:
    fauna = shown_things(1)
    asking = Asking(fauna, secret=reader(fauna, DOCUMENTS))
    (part,) = planned(asking, count=0)
    allow(fauna, *after)
    with pytest.raises((UserError, FaunaError)):
        read(asking, part)


def anew(fauna: Fauna) -> None:
    """Another collection of the same name, with other documents."""
    fauna.ask({"delete": {"collection": COLLECTION}})
    fauna.ask({"create_collection": {"object": {"name": COLLECTION, "history_days": 30}}})
    fauna.create(77, collection=COLLECTION)


def swapped(fauna: Fauna) -> None:
    """Another collection, as old as this one, has its name now."""
    for name, other in ((COLLECTION, "kept"), ("twin", COLLECTION)):
        fauna.ask({"update": {"collection": name}, "params": {"object": {"name": other}}})


@pytest.mark.parametrize("happens", [anew, swapped])
@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_collection_that_is_another_by_now_is_told(happens: Any, number: int) -> None:
    fauna = Fauna()
    fauna.collection("twin")
    fauna.collection(COLLECTION)
    for each in range(10):
        fauna.create(each, collection=COLLECTION)
    asking = Asking(fauna)
    (part,) = planned(asking)
    asking.before_answer(len(asking.asked) + number, lambda: happens(fauna))
    with pytest.raises(UserError) as raised:
        read(asking, part)
    assert isinstance(raised.value, TransientError) or "and another has its name" in raised.value.message
    with pytest.raises(ConfigError, match="and another has its name"):
        read(asking, replace(part, count=0))


def test_a_document_that_is_too_large_is_named() -> None:
    asking = Asking(things(1, 2))
    (part,) = planned(asking)
    asking.refuse(mentions("map"), refusal(413, "request too large", "Request entity is too large"))
    with pytest.raises(SystemFailure, match="Document '1' of collection 'things' cannot be read: 413"):
        read(asking, part)


def test_of_no_document_the_error_is_the_servers_own() -> None:
    asking = Asking(things())
    (part,) = planned(asking)
    asking.refuse(mentions("map"), refusal(413, "request too large", "Request entity is too large"))
    with pytest.raises(FaunaError):
        read(asking, part)


def test_another_error_is_the_servers_own() -> None:
    asking = Asking(things(1))
    (part,) = planned(asking)
    asking.refuse(mentions("map"), refusal(401, "unauthorized", "Unauthorized"))
    with pytest.raises(FaunaError) as raised:
        read(asking, part)
    assert raised.value.kind is Kind.UNAUTHORIZED


def test_another_error_of_the_question_is_the_servers_own() -> None:
    asking = Asking(things(1))
    (part,) = planned(asking)
    asking.refuse(mentions("if"), refusal(500, "internal server error", "unexpected"))
    with pytest.raises(FaunaError) as raised:
        read(asking, part)
    assert raised.value.kind is Kind.SERVER_FAULT


def test_of_a_server_that_fails_each_time_the_collection_may_be_gone() -> None:
    fauna = things(1)
    asking = Asking(fauna)
    (part,) = planned(asking)
    asking.refuse(mentions("map"), refusal(500, "internal server error", "unexpected"))
    with pytest.raises(FaunaError) as raised:
        read(asking, part)
    assert raised.value.kind is Kind.SERVER_FAULT
    fauna.ask({"delete": {"collection": COLLECTION}})
    with pytest.raises(FaunaError) as raised:
        read(asking, part)
    assert raised.value.kind is Kind.UNDEFINED

"""Sets as values, and what they answer besides plain pages (recordings `documents`, `events`)."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, documents, named, ref, wire

_C = named("collections", "c")

ECHOES: dict[str, tuple[Any, Any]] = {
    "documents": (documents(), {"documents": _C}),
    "a singleton": ({"singleton": ref(1)}, {"singleton": wire(1)}),
    "a range shows its set with the tag": (
        {"range": documents(), "from": 1, "to": None},
        {"range": {"@set": {"documents": _C}}, "from": 1, "to": None},
    ),
    "the events of a set show it without the tag": ({"events": documents()}, {"events": {"documents": _C}}),
    "a shown set can be sent back": ({"@set": {"events": {"documents": _C}}}, {"events": {"documents": _C}}),
}


@pytest.mark.parametrize(("query", "shown"), ECHOES.values(), ids=ECHOES.keys())
def test_a_set_shows_how_it_is_made(fauna: Fauna, query: Any, shown: Any) -> None:
    fauna.collection()
    assert fauna.ask(query) == {"@set": shown}

"""Incidents other than writes: changes to the database or the settings, before a sync or between two requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from integration_tests.histories.history import History

LATEST_REQUESTS = (0, 3, 8, 30)
"""The latest request of a run before which an incident happens. Small numbers are drawn as often as large ones,
because most runs are short."""
AGES_SECONDS = {0: (1.0, 60.0, 600.0, 1000.0), 1: (3600.0, 50_000.0, 90_000.0)}
DAY_SECONDS, GRACE_SECONDS = 86_400.0, 900.0
LAGS_SECONDS = (0.001, 0.05, 5.0)
RATES = (0.0, 0.0, 20.0, 2000.0)
"""How many documents a second a new index takes in."""


def happen(history: History, always: str | None = None) -> None:
    """Draw an incident, unless `always` names one. It happens now or at some request of the next sync."""
    weights = dict(history.profile.incidents)
    if history.world.database.local is None:
        weights = {name: weight for name, weight in weights.items() if name not in _LOCAL}
    history.schedule.clear()
    name = always or history.numbers.choices(list(weights), list(weights.values()))[0]
    history.story.tell(f"incident: {name}")
    INCIDENTS[name](history)


def _nothing(_: History) -> None:
    pass


def _age(history: History) -> None:
    seconds = history.numbers.choice(AGES_SECONDS.get(history.world.history_days or 30, (3600.0, 100_000.0)))
    _soon(history, partial(history.world.age, seconds))


def _cut(history: History) -> None:
    """History is dropped just before it is read, with all that was removed until then."""
    days = history.world.history_days
    if days is not None:
        seconds = days * DAY_SECONDS + GRACE_SECONDS + 1.0
        history.schedule.before_events(partial(history.world.age, seconds))


def _lag(history: History) -> None:
    seconds = history.numbers.choice(LAGS_SECONDS)

    def end() -> None:
        history.world.lag(0.0)
        history.schedule.pauses_writers = False

    history.schedule.pauses_writers = True
    history.world.lag(seconds)
    history.schedule.at(1 + _request(history), end)


def _index(history: History) -> None:
    """The index is created again. It is built slowly or fast, and answers at once or only when it is complete."""
    numbers, world = history.numbers, history.world
    rate, active = numbers.choice(RATES), numbers.random() < 0.8
    request = _request(history)

    def drop() -> None:
        world.make_versions()
        world.drop_index()

    history.schedule.at(request, drop)

    def create() -> None:
        # A run that failed for want of the index may have been given it already.
        if world.lacks_index():
            world.create_index(active=active, rate=rate if active else 200.0)

    history.schedule.at(request + numbers.choice((0, 0, 1, 5)), create)


def _decoy(history: History) -> None:
    """Another index seems to serve the collection, and is listed before the one that really does."""
    history.world.create_decoy()


def _collection(history: History) -> None:
    _soon(history, history.world.recreate_collection)


def _names(history: History) -> None:
    _soon(history, history.world.swap_names)


def _narrow(history: History) -> None:
    _soon(history, history.world.narrow)


def _blink(history: History) -> None:
    """The key loses the right to read for a few requests."""
    request = _request(history)
    history.schedule.at(request, history.world.narrow)
    history.schedule.at(request + history.numbers.randint(1, 3), history.world.restore)


def _condition(history: History) -> None:
    _soon(history, history.world.put_under_condition)


def _soon(history: History, action: Callable[[], None]) -> None:
    history.schedule.at(_request(history), action)


def _request(history: History) -> int:
    return history.numbers.randint(0, history.numbers.choice(LATEST_REQUESTS))


def _replay(history: History) -> None:
    if history.saved:
        history.state = history.numbers.choice(history.saved)


def _amnesia(history: History) -> None:
    history.state = {}


def _clear(history: History) -> None:
    history.clear()


def _deletions(history: History) -> None:
    history.switch_deletions()


def _sizes(history: History) -> None:
    history.new_setting()


_LOCAL = ("age", "cut", "lag", "index", "collection", "names")
INCIDENTS: Mapping[str, Callable[[History], None]] = {
    "nothing": _nothing,
    "age": _age,
    "cut": _cut,
    "lag": _lag,
    "index": _index,
    "decoy": _decoy,
    "collection": _collection,
    "names": _names,
    "narrow": _narrow,
    "blink": _blink,
    "condition": _condition,
    "replay": _replay,
    "amnesia": _amnesia,
    "clear": _clear,
    "deletions": _deletions,
    "sizes": _sizes,
}

"""The kinds of histories. Each finds mistakes that the others miss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WRITES = {
    "put": 6,
    "replace": 3,
    "touch": 2,
    "delete": 8,
    "set_ttl": 3,
    "swap": 3,
    "flash": 1,
    "recreate": 4,
    "several": 4,
    "batch": 1,
    "purge": 2,
    "signs": 1,
    "new": 1,
}
INCIDENTS = {
    "nothing": 6,
    "age": 3,
    "cut": 2,
    "lag": 1,
    "index": 4,
    "collection": 1,
    "names": 1,
    "narrow": 2,
    "blink": 2,
    "condition": 1,
    "replay": 2,
    "amnesia": 2,
    "clear": 2,
    "deletions": 2,
    "sizes": 2,
}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The settings of a history. A pair is a minimum and a maximum.

    `busy` are chances of a write before each request of a run, `kill` is that of a run to be killed, at most `kills`
    times in a sync; with `every_state` it is killed at each of its states in turn. `keep` is the chance that a
    destination keeps the records that came after the last state. Pages grow towards `page_target_bytes`: with 1 they
    hold one document or event.
    """

    writers: tuple[int, int]
    ids: tuple[int, int]
    syncs: tuple[int, int]
    page_sizes: tuple[int, ...]
    event_page_sizes: tuple[int, ...]
    round_seconds: tuple[float, ...]
    busy: tuple[float, ...]
    kill: float
    kills: int
    every_state: bool = False
    keep: float = 0.2
    page_target_bytes: int = 1_500_000
    writes: Mapping[str, int]
    incidents: Mapping[str, int]


PROFILES: Mapping[str, Profile] = {
    "mixed": Profile(
        writers=(2, 4),
        ids=(20, 300),
        syncs=(2, 4),
        page_sizes=(1, 2, 3, 7, 20, 100),
        event_page_sizes=(1, 2, 10, 100, 1000),
        round_seconds=(0.0, 0.01, 0.05, 300.0),
        busy=(0.05, 0.3, 0.6),
        kill=0.8,
        kills=6,
        writes=WRITES,
        incidents=INCIDENTS,
    ),
    "sharp": Profile(
        writers=(1, 3),
        ids=(3, 9),
        syncs=(3, 6),
        page_sizes=(1, 2, 3),
        event_page_sizes=(1, 2, 3),
        round_seconds=(0.0, 0.0, 0.01, 300.0),
        busy=(0.1, 0.4, 0.7),
        kill=0.9,
        kills=8,
        writes=WRITES,
        incidents=INCIDENTS,
    ),
    "quiet": Profile(
        writers=(1, 1),
        ids=(4, 24),
        syncs=(2, 4),
        page_sizes=(1, 2, 4),
        event_page_sizes=(1, 2, 3, 1000),
        round_seconds=(0.0, 300.0),
        busy=(0.0, 0.1, 0.25),
        kill=1.0,
        kills=30,
        every_state=True,
        keep=0.0,
        writes={"recreate": 6, "touch": 3, "batch": 1, "purge": 4, "delete": 2, "swap": 2, "several": 1},
        incidents={
            "nothing": 4,
            "replay": 2,
            "amnesia": 2,
            "clear": 2,
            "deletions": 1,
            "age": 1,
            "cut": 1,
            "narrow": 1,
            "blink": 1,
            "condition": 1,
            "index": 2,
        },
    ),
    "signs": Profile(
        writers=(1, 2),
        ids=(4, 12),
        syncs=(3, 5),
        page_sizes=(1, 2, 3),
        event_page_sizes=(1, 2, 3),
        round_seconds=(0.0, 300.0),
        busy=(0.1, 0.3),
        kill=0.5,
        kills=4,
        page_target_bytes=1,
        writes={"signs": 6, "put": 2, "delete": 3, "purge": 1},
        incidents={"nothing": 4, "replay": 1, "amnesia": 1, "clear": 1, "deletions": 1},
    ),
}

"""Values of a recording that differ in every run, and their counterparts in this run."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

_DAY = 86_400_000_000
_LONGEST_HISTORY = 45 * _DAY
"""The most by which a time in a request may be older than the run, to ask for history that is no longer kept."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_GENERATED = re.compile(r"\d{18}")
_TS = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z")
_NEVER = 2**63
ORDER_FREE = "free"


def micros_of(text: str) -> int | None:
    """Microseconds since 1970 of an `@ts` text, None if it lies out of Python's calendar, is finer, or is no time."""
    match = _TS.fullmatch(text)
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match[1] + "+00:00")
    except ValueError:
        return None
    return (moment - _EPOCH) // timedelta(microseconds=1) + int((match[2] or "").ljust(6, "0"))


def text_of(micros: int) -> str:
    """The `@ts` text of microseconds since 1970."""
    return (_EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def secret_of(name: str, secrets: Mapping[str, str]) -> str | None:
    """The secret that the `as` of a step names, or None; what stands behind a colon is the scope of an admin key."""
    kept, colon, scope = name.partition(":")
    return secrets[kept] + colon + scope if kept in secrets else None


class RunValues:
    """One-to-one, order-preserving: recorded times and generated ids to those of this run."""

    def __init__(self) -> None:
        self._first, self._last = _NEVER, -_NEVER
        self._times: dict[int, int] = {}
        self._taken: dict[int, int] = {}
        self._ordered: list[tuple[int, int]] = []
        self._ids: dict[str, str] = {}
        self._given_ids: set[str] = set()

    def see_txn_time(self, txn_time: int) -> None:
        """Treat all times within a day of this `txn_time` as times of the recorded run."""
        self._first, self._last = min(self._first, txn_time - _DAY), max(self._last, txn_time + _DAY)

    def is_time(self, value: object) -> bool:
        """Whether an integer is a time of the recorded run."""
        return isinstance(value, int) and not isinstance(value, bool) and self._first <= value <= self._last

    def _is_asked_for(self, value: object) -> bool:
        """Whether a request means a time by its distance from the recorded run."""
        return self.is_time(value) or (isinstance(value, int) and 0 < self._first - value < _LONGEST_HISTORY)

    def see_request(self, request: Any) -> None:
        """Remember the ids in a request: if a request has an id first, the server did not generate it."""
        if isinstance(request, dict):
            for item in request.values():
                self.see_request(item)
        elif isinstance(request, list):
            for item in request:
                self.see_request(item)
        elif isinstance(request, str) and request not in self._ids:
            self._given_ids.add(request)

    def rewritten(self, request: Any) -> Any:
        """The request with this run's values in place of the recorded ones."""
        if isinstance(request, dict):
            if set(request) == {"@ts"} and isinstance(request["@ts"], str):
                micros = micros_of(request["@ts"])
                if micros is not None and self._is_asked_for(micros):
                    return {"@ts": text_of(self._moved(micros))}
            return {key: self.rewritten(item) for key, item in request.items()}
        if isinstance(request, list):
            return [self.rewritten(item) for item in request]
        if self._is_asked_for(request):
            return self._moved(request)
        return self._ids.get(request, request) if isinstance(request, str) else request

    def _moved(self, time: int) -> int:
        """A recorded time in this run; one that no reply contained keeps its distance from the nearest known one."""
        known = self._times.get(time)
        if known is not None or not self._times:
            return time if known is None else known
        nearest = min(self._times, key=lambda other: abs(other - time))
        return self._times[nearest] + (time - nearest)

    def bind(self, recorded: Any, replied: Any, *, order: str | None) -> str | None:
        """Compare two scalars; a value met for the first time binds. The reason if they do not fit."""
        if self.is_time(recorded) and isinstance(replied, int):
            return self._bind_time(recorded, replied, order=order)
        if isinstance(recorded, str) and isinstance(replied, str):
            return self._bind_text(recorded, replied)
        same = type(recorded) is type(replied) and repr(recorded) == repr(replied)
        return None if same else "not equal"

    def _bind_text(self, recorded: str, replied: str) -> str | None:
        micros = micros_of(recorded)
        if micros is not None and self.is_time(micros):
            other = micros_of(replied)
            return "no time" if other is None else self._bind_time(micros, other, order=None)
        if _GENERATED.fullmatch(recorded) and recorded not in self._given_ids:
            if self._ids.setdefault(recorded, replied) != replied:
                return f"is {self._ids[recorded]} elsewhere"
            return None
        return None if recorded == replied else "not equal"

    def _bind_time(self, recorded: int, replied: int, *, order: str | None) -> str | None:
        if recorded in self._times:
            known = self._times[recorded]
            return None if known == replied else f"is {known} elsewhere"
        if self._taken.get(replied, recorded) != recorded:
            return f"stands for {self._taken[replied]} already"
        if order != ORDER_FREE:
            place = bisect_left(self._ordered, (recorded, replied))
            if any(other >= replied for _, other in self._ordered[max(place - 1, 0) : place]):
                return "comes too early"
            if any(other <= replied for _, other in self._ordered[place : place + 1]):
                return "comes too late"
            insort(self._ordered, (recorded, replied))
        self._times[recorded] = replied
        self._taken[replied] = recorded
        return None

    @staticmethod
    def same_distance(recorded: dict[str, Any], replied: dict[str, Any]) -> bool:
        """Whether both documents end equally long after their `ts`, to the second: a ttl made by `ttl_days`."""
        distances = []
        for document in (recorded, replied):
            ttl, ts = document.get("ttl"), document.get("ts")
            micros = micros_of(ttl["@ts"]) if isinstance(ttl, dict) and "@ts" in ttl else None
            if micros is None or not isinstance(ts, int):
                return False
            distances.append(micros - ts)
        return abs(distances[0] - distances[1]) < 1_000_000

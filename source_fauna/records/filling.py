"""Conversion of the values of found columns, for each document of a stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from source_fauna.records.inference import FoundColumn
from source_fauna.records.types import DATE, MICRO_CHARACTERS, TIMESTAMP, conversion_of_all, has_format, plain_type
from source_fauna.records.values import Json

_LONGEST = {TIMESTAMP: ("@ts", MICRO_CHARACTERS + 1), DATE: ("@date", len("2022-03-04"))}
"""For each type, a tag and a length. A wire value with this tag and at most this length fits unchanged."""

_FIRST_YEAR = "0001"
"""The first year in four digits. A year outside 1 to 9999 has a sign before it, which sorts before all digits."""


class Filling:
    """Converts the values of `fields` for the columns `names`. Both are in the order of the columns."""

    def __init__(self, columns: Sequence[FoundColumn]) -> None:
        self.names = tuple(column.name for column in columns)
        self.fields = tuple(column.field for column in columns)
        self._kinds = [plain_type(column.type) for column in columns]
        self._conversions = [conversion_of_all(column.type) for column in columns]
        self._formatted = [
            (place, column.field, *_LONGEST.get(column.type, ("", 0)))
            for place, column in enumerate(columns)
            if has_format(column.type)
        ]

    def unchecked(self, members: Mapping[str, Json]) -> set[int]:
        """The places of columns with a format whose wire value may not fit, for example because it is a text.

        All other values with a format fit. This check costs a third of looking at the text.
        """
        unchecked = set()
        for place, field, tag, longest in self._formatted:
            value = members.get(field)
            if type(value) is dict:
                text = value.get(tag)
                if type(text) is str and len(text) <= longest and text >= _FIRST_YEAR:
                    continue
            unchecked.add(place)
        return unchecked

    def fill(self, values: list[Json], unchecked: set[int], nulled: list[str], null: Any) -> None:
        """Convert the record values in place; those that are absent, or do not fit, become `null`.

        `nulled` gets the names of the columns whose value does not fit.
        """
        # Mostly all values have the types of their columns, and this check costs next to nothing.
        if list(map(type, values)) != self._kinds:
            for place, kind in enumerate(self._kinds):
                value = values[place]
                if value is None:
                    values[place] = null
                elif type(value) is not kind:
                    unchecked.add(place)
        for place in unchecked:
            value = values[place]
            if value is not null:
                values[place] = fitting = self._conversions[place](value)
                if fitting is None:
                    values[place] = null
                    nulled.append(self.names[place])

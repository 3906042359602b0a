"""The values of found columns, for each document of a stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from source_fauna.records.inference import FoundColumn
from source_fauna.records.types import DATE, MICRO_CHARACTERS, TIMESTAMP, conversion_of_all, has_format, plain_type
from source_fauna.records.values import Json

_LONGEST = {TIMESTAMP: ("@ts", MICRO_CHARACTERS + 1), DATE: ("@date", len("2022-03-04"))}
"""The tag of the values that fit as they are on the wire, if they are not longer than that."""

_FIRST_YEAR = "0001"
"""Years before the first and after the year 9999 have a sign, which comes before all digits."""


class Filling:
    """What the values of `fields` become in the columns called `names`, both in the order of the columns."""

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

    def doubtful(self, members: Mapping[str, Json]) -> list[int]:
        """The places of columns with a format in which the wire value is none of their own type, but a text, say.

        All others are known to fit, at a third of the cost of looking at the text.
        """
        doubtful = []
        for place, field, tag, longest in self._formatted:
            value = members.get(field)
            if type(value) is dict:
                text = value.get(tag)
                if type(text) is str and len(text) <= longest and text >= _FIRST_YEAR:
                    continue
            doubtful.append(place)
        return doubtful

    def fill(self, values: list[Json], doubtful: list[int], nulled: list[str]) -> list[Json]:
        """The same list of record values, null where one does not fit its column, which `nulled` is told."""
        # Mostly all values are of the types of their columns, which costs next to nothing to see.
        if list(map(type, values)) != self._kinds:
            doubtful += [place for place, kind in enumerate(self._kinds) if type(values[place]) is not kind]
        for place in doubtful:
            value = values[place]
            if value is not None:
                values[place] = self._conversions[place](value)
                if values[place] is None:
                    nulled.append(self.names[place])
        return values

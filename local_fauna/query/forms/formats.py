"""The form `format`: values in place of `%s`, `%d`, `%f`, `%b`, `%x`, `%o`, `%@` and `%^`."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from local_fauna.errors import FaunaError, FirstError, expected, invalid_argument, not_implemented
from local_fauna.query.arguments import anything, eager, string, zero_or_more
from local_fauna.query.forms.conversions import text_of
from local_fauna.type_names import type_name
from local_fauna.wire.encode import Encoder
from local_fauna.wire.headers import ABSENT_VERSION
from local_fauna.wire.java_double import special_double

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_SPECIFIER = re.compile(r"%(\d+\$)?([-#+ 0,(<]*\d*(?:\.\d+)?[tT]?)([a-zA-Z%@^])?")
_LITERAL = {"%": "%", "n": "\n"}
_KNOWN = frozenset("sSdxXofbB@^")
_OTHERS = frozenset("eEgG")
_CENTS = Decimal("0.000001")
_INT64_BITS = 2**64


def _pieces(template: str, position: Position) -> list[tuple[str, str | None]]:
    """The texts of a template, each with the letter of the specifier after it (None at the end)."""
    pieces: list[tuple[str, str | None]] = []
    end = 0
    for match in _SPECIFIER.finditer(template):
        text, end, letter = template[end : match.start()], match.end(), match[3]
        if match[1] or match[2] or letter in _OTHERS:
            raise not_implemented(position, f"The format {match[0]}")
        if letter not in _KNOWN and letter not in _LITERAL:
            raise invalid_argument(position, f"Invalid conversion format '{match[0]}'.")
        pieces.append((text + _LITERAL.get(letter, ""), None if letter in _LITERAL else letter))
    return [*pieces, (template[end:], None)]


def _of_integer(letter: str, value: Value, position: Position) -> str:
    if type(value) is not int:
        raise expected(position, "Integer", type_name(value))
    if letter == "d":
        return str(value)
    return format(value % _INT64_BITS, letter)


def _of_double(value: Value, position: Position) -> str:
    if type(value) is not float:
        raise expected(position, "Number", type_name(value))
    return special_double(value) or str(Decimal(repr(value)).quantize(_CENTS, rounding=ROUND_HALF_UP))


def _formatted(context: Context, letter: str, value: Value, position: Position) -> str:
    if letter in "sS":
        text = text_of(value, position)
    elif letter in "bB":
        text = "false" if value is None or value is False else "true"
    elif letter == "f":
        return _of_double(value, position)
    elif letter in "@^":
        version = ABSENT_VERSION if letter == "@" else context.run.api_version
        return Encoder(api_version=version, renames=-1).dumps(value).decode()[len('{"resource":') : -1]
    else:
        return _of_integer(letter, value, position)
    return text.upper() if letter.isupper() else text


@eager({"format": string, "values": zero_or_more(anything)})
def _format(context: Context, position: Position, template: str, values: list[Value]) -> Value:
    place = (*position, "format")
    made, used = [], 0
    errors = FirstError()
    for text, letter in _pieces(template, place):
        made.append(text)
        if letter is None:
            continue
        try:
            if used >= len(values):
                raise invalid_argument(place, "format specifiers count must be <= arguments size")
            made.append(_formatted(context, letter, values[used], (*position, "values", used)))
        except FaunaError as error:
            errors.add(error)
        used += 1
    errors.raise_if_any()
    return "".join(made)

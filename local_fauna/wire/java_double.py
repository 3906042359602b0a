"""Doubles as Java prints them: `1.0`, `0.001`, `1.0E-4`, `1.0E10`, `4.9E-324`, `-0.0`."""

from __future__ import annotations

import math

_SMALLEST = 5e-324


def format_double(value: float) -> str:
    """The text of a finite double. For the others see `special_double`."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = repr(value)
        return text if "e" not in text else f"{value:.20f}".rstrip("0")
    sign = "-" if value < 0 else ""
    if abs(value) == _SMALLEST:
        return sign + "4.9E-324"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    shift = int(exponent or 0) + len(whole) - 1
    if not exponent and whole == "0":
        shift = -(len(fraction) - len(fraction.lstrip("0"))) - 1
    digits = digits.rstrip("0") or "0"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{shift}"


def special_double(value: float) -> str | None:
    """The text that stands for an infinity or not-a-number, None for every other double."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return None

"""Texts of times and dates: years outside Python's own calendar, nanoseconds, and how the database prints them."""

from __future__ import annotations

import re

_DAY_NANOS = 86_400_000_000_000
_TIME = re.compile(r"([+-]?\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)")
_DATE = re.compile(r"([+-]?\d{4,9})-(\d\d)-(\d\d)")
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _days_of_month(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _MONTH_DAYS[month - 1] + leap


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a proleptic Gregorian day."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """(year, month, day) of a count of days since 1970-01-01."""
    days += 719_468
    era = days // 146_097
    day_of_era = days - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def parse_date(text: str) -> int | None:
    """Days since 1970-01-01, or None if the text is no date."""
    match = _DATE.fullmatch(text)
    return None if match is None else _civil(match)


def _civil(match: re.Match[str]) -> int | None:
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if not 1 <= month <= 12 or not 1 <= day <= _days_of_month(year, month):
        return None
    return days_from_civil(year, month, day)


def parse_time(text: str) -> int | None:
    """Nanoseconds since 1970 UTC of an RFC 3339 text with an offset (seconds may be missing), or None."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    days = _civil(match)
    hour, minute, second = int(match[4]), int(match[5]), int(match[6] or 0)
    if days is None or hour > 23 or minute > 59 or second > 59:
        return None
    seconds = hour * 3600 + minute * 60 + second - _offset_seconds(match[8])
    return days * _DAY_NANOS + seconds * 1_000_000_000 + int((match[7] or "").ljust(9, "0"))


def _offset_seconds(offset: str) -> int:
    if offset == "Z":
        return 0
    digits = offset[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if offset[0] == "-" else seconds


def format_date(days: int) -> str:
    """`2022-07-22`; years beyond 9999 carry a plus sign, as Java prints them."""
    year, month, day = civil_from_days(days)
    sign = "+" if year > 9999 else "-" if year < 0 else ""
    return f"{sign}{abs(year):04d}-{month:02d}-{day:02d}"


def format_time(nanos: int) -> str:
    """`2022-07-22T13:34:16.881Z`: 0, 3, 6 or 9 digits of fraction, the fewest groups that lose nothing."""
    days, rest = divmod(nanos, _DAY_NANOS)
    seconds, fraction = divmod(rest, 1_000_000_000)
    text = f"{format_date(days)}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if fraction:
        digits = f"{fraction:09d}"
        while digits.endswith("000"):
            digits = digits[:-3]
        text += "." + digits
    return text + "Z"

"""Every form of FQL v4 with its arguments, and what local_fauna makes of it: honoured, or refused by name (501).

There is no third kind, in which an argument is silently ignored: `test_every_form.py` checks this table. A line lists
the arguments, with the optional ones in brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, combinations

_HONOURED = """
at expr; var; let in; if then else; and; or; not; object; do; call [arguments]; abort; query; now; new_id; next_id
equals; lt; lte; gt; gte
select from [all default]; select_all from [default]; select_as_index from [default]
contains in; contains_path in; contains_field in; contains_value in
map collection; foreach collection; filter collection; reduce initial collection; join with
prepend collection; append collection; take collection; drop collection; reverse; distinct
union; intersection; difference; count; sum; mean; any; all; min; max; is_empty; is_nonempty
merge with [lambda]; to_object; to_array
casefold [normalizer]
concat [separator]; containsstr search; startswith search; endswith search; findstr find [start]; length; lowercase
uppercase; titlecase; trim; ltrim; rtrim; repeat [number]; replacestr find replace; space; substring [start length]
format values; to_string; to_number; to_double; to_integer; to_time; to_date
abs; add; subtract; multiply; divide; modulo; bitand; bitor; bitxor; bitnot; ceil; floor; round [precision]
trunc [precision]; sign; sqrt
ref id; collection; class; index; database; function; role
collections; classes; indexes; databases; functions; roles; keys; tokens; credentials
documents; match [terms]; match index; range from to; singleton; events
get [ts]; exists [ts]; first; last
paginate [ts size events sources]; paginate after [ts size events sources]
paginate before [ts size events sources]; paginate cursor [ts size events sources]
create [params]; update [params]; replace [params]; delete; insert ts action [params]; remove ts action
create_collection; create_class; create_index; create_database; create_function; create_role; create_key
time; date; epoch unit; to_micros; to_millis; to_seconds; time_add offset unit; time_subtract offset unit
time_diff other unit; year; month; day_of_month; day_of_week; day_of_year; hour; minute; second
is_number; is_double; is_integer; is_boolean; is_null; is_bytes; is_timestamp; is_date; is_uuid; is_string; is_array
is_object; is_ref; is_set; is_doc; is_lambda; is_collection; is_database; is_index; is_function; is_role; is_key
is_token; is_credentials
"""
_REFUSED = """
quote; ngram [min max]
regexescape; containsstrregex pattern; findstrregex pattern [start num_results]
replacestrregex pattern replace [first]
acos; asin; atan; cos; cosh; degrees; exp; hypot [b]; ln; log; pow [exp]
radians; sin; sinh; tan; tanh
ref id scope; collection scope; class scope; index scope; database scope; function scope; role scope
access_provider [scope]; access_providers; create_access_provider; move_database to
key_from_secret; identity; has_identity; current_identity; has_current_identity; current_token; has_current_token
identify password; login params; logout
"""


@dataclass(frozen=True)
class Form:
    """One form: the arguments that it must have, and those that it may have."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    def spellings(self) -> list[tuple[str, ...]]:
        """Every set of arguments that it can be written with."""
        counts = range(len(self.optional) + 1)
        chosen = chain.from_iterable(combinations(self.optional, count) for count in counts)
        return [(*self.required, *extra) for extra in chosen]


def _read(table: str) -> list[Form]:
    forms = []
    for line in re.split(r"[;\n]", table.strip()):
        required, _, optional = line.strip().partition("[")
        forms.append(Form(tuple(required.split()), tuple(optional.rstrip("]").split())))
    return forms


HONOURED = _read(_HONOURED)
REFUSED = _read(_REFUSED)

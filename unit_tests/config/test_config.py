"""A config that breaks a range or a rule is refused. A setting without an effect leads to a warning."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.config.config import parse_config
from unit_tests.configs import CONNECTION, SECRET, config
from unit_tests.told import raises_config_error

URLS = {
    "db.example.com": "http://db.example.com:8443",
    "db.example.com.": "http://db.example.com.:8443",
    "10.0.0.1": "http://10.0.0.1:8443",
    "::1": "http://[::1]:8443",
    "[fe80::1]": "http://[fe80::1]:8443",
    "db_1.internal": "http://db_1.internal:8443",
    "münchen.example": "http://münchen.example:8443",
}


@pytest.mark.parametrize(("domain", "url"), URLS.items(), ids=URLS.keys())
def test_the_address_is_made_of_scheme_domain_and_port(domain: str, url: str) -> None:
    assert parse_config({**CONNECTION, "domain": domain}).url == url


@pytest.mark.parametrize("scheme", ["HTTP", "http", " Http\n"])
def test_a_scheme_in_capitals_is_the_same(scheme: str) -> None:
    assert parse_config({**CONNECTION, "scheme": scheme}).scheme == "http"


def with_columns(*names: str, **collection: Any) -> dict[str, Any]:
    columns = [{"name": name, "path": ["data", "x"], "type": "string"} for name in names]
    return {"collection": {"name": "users", "additional_columns": columns, **collection}}


def deleted_in(column: str | None, **more: Any) -> dict[str, Any]:
    named = {} if column is None else {"column": column}
    return {"deletions": {"deletion_mode": "deleted_field", **named, **more}}


HOST_ONLY = (
    "but it must be a host name only, such as db.example.com: "
    "scheme and port have fields of their own, and there is no path"
)
COLUMN_TYPE = {"name": "c", "path": ["data"], "type": "date"}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "port 0": ({"port": 0}, "port is 0, but it must be from 1 to 65535"),
    "port too large": ({"port": 65536}, "port is 65536, but it must be from 1 to 65535"),
    "no request at once": ({"concurrency": 0}, "concurrency is 0, but it must be from 1 to 16"),
    "too many requests at once": ({"concurrency": 17}, "concurrency is 17, but it must be from 1 to 16"),
    "pages of none": (
        {"collection": {"page_size": 0}},
        "collection.page_size is 0, but it must be from 1 to 100000",
    ),
    "pages too large": (
        {"collection": {"page_size": 100001}},
        "collection.page_size is 100001, but it must be from 1 to 100000",
    ),
    "another scheme": ({"scheme": "ftp"}, "scheme is 'ftp', but it must be https or http"),
    "scheme in the domain": ({"domain": "https://db.example.com"}, f"domain is 'https://db.example.com', {HOST_ONLY}"),
    "port in the domain": ({"domain": "localhost:8443"}, f"domain is 'localhost:8443', {HOST_ONLY}"),
    "path in the domain": ({"domain": "localhost/db"}, f"domain is 'localhost/db', {HOST_ONLY}"),
    "user in the domain": ({"domain": "me@localhost"}, f"domain is '****', {HOST_ONLY}"),
    "password in the domain": ({"domain": "https://me:pass@word@localhost"}, f"domain is '****', {HOST_ONLY}"),
    "password in the scheme": (
        {"scheme": "https://me:password@localhost"},
        "scheme is '****', but it must be https or http",
    ),
    "address with a zone": (
        {"domain": "fe80::1%eth0"},
        (
            "domain is 'fe80::1%eth0', but an address with a zone (behind the %) counts on one machine only: "
            "give another address of the server"
        ),
    ),
    "empty domain": ({"domain": " "}, f"domain is ' ', {HOST_ONLY}"),
    "empty label": ({"domain": "a..b"}, f"domain is 'a..b', {HOST_ONLY}"),
    "label too long": ({"domain": "a" * 64}, f"domain is '{'a' * 64}', {HOST_ONLY}"),
    "blank secret": ({"secret": " \n"}, "secret is empty, but it must be the secret of a key of the database"),
    "secret with a line break": (
        {"secret": "fnAE\n0001"},
        "secret holds blanks, quotes, line breaks or other characters that no secret of a key has",
    ),
    "secret as it was shown": (
        {"secret": "'fnAE0001'"},
        "secret holds blanks, quotes, line breaks or other characters that no secret of a key has",
    ),
    "reserved column ref": (with_columns("ref"), "Additional column cannot have reserved name 'ref'"),
    "reserved column ts": (with_columns("ts"), "Additional column cannot have reserved name 'ts'"),
    "reserved column data": (with_columns("data"), "Additional column cannot have reserved name 'data'"),
    "reserved column ttl": (with_columns("ttl"), "Additional column cannot have reserved name 'ttl'"),
    "a column twice": (with_columns("a", "b", "a"), "Additional column cannot have duplicate name 'a'"),
    "a column without name": (with_columns(""), "Additional column cannot have an empty name"),
    "a column with a blank name": (with_columns(" "), "Additional column cannot have an empty name"),
    "an unknown type": (
        {"collection": {"name": "users", "additional_columns": [COLUMN_TYPE]}},
        "Additional column 'c' has type 'date', but it must be one of string, integer, number, boolean, object, array",
    ),
    "no deletion column": (
        {"collection": deleted_in(None)},
        "Deletion column cannot be empty: collection.deletions.column needs a name",
    ),
    "blank deletion column": (
        {"collection": deleted_in(" ")},
        "Deletion column cannot be empty: collection.deletions.column needs a name",
    ),
    "reserved deletion column": (
        {"collection": deleted_in("ttl")},
        "Deletion column cannot have reserved name 'ttl'",
    ),
    "deletion column among the columns": (
        with_columns("gone", **deleted_in("gone")),
        "Deletion column cannot have the name of additional column 'gone'",
    ),
    "unknown deletion mode": (
        {"collection": {"deletions": {"deletion_mode": "purge"}}},
        "collection.deletions.deletion_mode is 'purge', but it must be ignore or deleted_field",
    ),
    "unknown mode of columns": (
        {"collection": {"columns": {"column_mode": "guessed"}}},
        "collection.columns.column_mode is 'guessed', but it must be given or found",
    ),
    "a sample of too few documents": (
        {"collection": {"columns": {"column_mode": "found", "sample_size": 9}}},
        "collection.columns.sample_size is 9, but it must be from 10 to 10000",
    ),
    "a sample of too many documents": (
        {"collection": {"columns": {"column_mode": "found", "sample_size": 10_001}}},
        "collection.columns.sample_size is 10001, but it must be from 10 to 10000",
    ),
    "unknown answer to lost history": (
        {"collection": deleted_in("d", lost_history="panic")},
        "collection.deletions.lost_history is 'panic', but it must be fail or warn",
    ),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_breaks_a_rule_is_a_config_error(changes: dict[str, Any], message: str) -> None:
    with raises_config_error(message):
        parse_config({**CONNECTION, **changes})


RESERVED = {"name": "ref", "path": ["data", "x"], "type": "string"}
WARNED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "the form's defaults": ({"name": "", "data_column": True, "additional_columns": []}, ()),
    "a page size that is cut": ({"page_size": 10_001}, ("collection.page_size is 10001, which is cut to 10000",)),
    "a misspelled key": (
        {"deletion": {"deletion_mode": "deleted_field"}},
        ("The config has keys that are not known and have no effect: collection.deletion",),
    ),
    "the largest page size": ({"page_size": 10_000}, ()),
    "settings of one collection without its name": (
        {"index": "i", "data_column": False, "additional_columns": [RESERVED]},
        (
            (
                "Collection Name (collection.name) is empty, so every collection is a stream, and these settings have "
                "no effect: Incremental Sync Index (collection.index), Data Column (collection.data_column), "
                "Additional Columns (collection.additional_columns)"
            ),
        ),
    ),
}


@pytest.mark.parametrize(("collection", "warnings"), WARNED.values(), ids=WARNED.keys())
def test_settings_without_effect_are_told(collection: dict[str, Any], warnings: tuple[str, ...]) -> None:
    parsed = config(**collection)
    assert parsed.warnings == warnings
    assert (parsed.index_name, parsed.data_column, parsed.additional_columns) == (None, True, ())
    assert parsed.page_size <= 10_000


def test_types_of_a_column_that_destinations_ignore_are_told() -> None:
    columns = [{"name": "born", "path": ["data", "born"], "type": "string", "airbyte_type": "timestamp"}]
    told = "Additional column 'born' has airbyte_type 'timestamp', which destinations do not know"
    assert config(name="foo", additional_columns=columns).warnings == (told,)


def test_the_secret_is_not_in_the_representation() -> None:
    assert SECRET not in repr(config())

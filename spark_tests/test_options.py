"""Options: each is checked before anything is asked, and told in the user's words."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.errors.errors import ConfigError
from source_fauna.spark.options import Options, parse_options

LEAST = {"domain": "db.test", "secret": "fnAE0000example0001", "collection": "things"}


def parsed(**changes: Any) -> Options:
    return parse_options({key: value for key, value in {**LEAST, **changes}.items() if value is not None})


def test_the_least_that_is_needed_has_the_defaults_of_the_connector() -> None:
    options = parsed()
    config = options.config
    assert (config.url, config.concurrency, config.page_size) == ("https://db.test:443", 4, 64)
    assert (options.collection, config.index_name, config.deletions, config.data_column) == ("things", None, None, True)
    assert (options.partitions, options.snapshot, options.columns, options.most_documents) == (None, None, "", None)
    assert options.warnings == ()


def test_every_option_counts_and_names_have_no_case() -> None:
    options = parsed(
        Port="8443",
        scheme="http",
        INDEX="by_ts",
        deletions="TRUE",
        lost_history="warn",
        page_size="500",
        concurrency="2",
        num_partitions="7",
        max_documents_per_batch="1000",
        columns=" n bigint ",
        data="false",
    )
    config = options.config
    assert (config.url, config.index_name, config.page_size, config.concurrency) == (
        "http://db.test:8443",
        "by_ts",
        500,
        2,
    )
    assert config.deletions
    assert (config.deletions.column, config.deletions.lost_history, config.data_column) == ("deleted_at", "warn", False)
    assert (options.partitions, options.most_documents, options.columns) == (7, 1_000, "n bigint")


def test_names_may_be_written_as_those_of_other_sources() -> None:
    options = parsed(
        numPartitions="7", maxDocumentsPerBatch="1000", lostHistory="warn", deletions="true", sampleSize="x"
    )
    assert (options.partitions, options.most_documents, options.warnings) == (7, 1_000, ())
    assert options.config.deletions
    assert options.config.deletions.lost_history == "warn"


def test_columns_are_given_or_found() -> None:
    given, found, more = parsed(), parsed(columns=" Found "), parsed(columns="found", sample_size="20")
    assert [each.config.sample_size for each in (given, found, more)] == [None, 1_000, 20]
    assert found.columns == ""


def test_the_secret_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAUNA_SECRET", " fnAEother\n")
    assert parsed(secret=None).config.secret == "fnAEother"
    assert parsed().config.secret == LEAST["secret"]


def test_a_certificate_is_checked_as_the_config_does() -> None:
    with pytest.raises(ConfigError, match=r"^ca_certificate "):
        parsed(ca_certificate="no certificate")


@pytest.mark.parametrize(
    ("given", "micros"),
    [
        ("1700000000000001", 1_700_000_000_000_001),
        ("2023-11-14T22:13:20.000001Z", 1_700_000_000_000_001),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000_000),
    ],
)
def test_a_snapshot_is_a_time_or_microseconds(given: str, micros: int) -> None:
    assert parsed(snapshot=given).snapshot == micros


def test_what_is_not_known_is_told() -> None:
    (warning,) = parsed(colection="x", path="y").warnings
    assert warning == "These options are not known and have no effect: colection, path"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"secret": None}, "The option secret is missing, and so is the variable FAUNA_SECRET of the environment"),
        ({"collection": " "}, "The option collection is missing: it names the collection to read"),
        ({"domain": None}, "domain is '', but it must be a host name only"),
        ({"scheme": "ftp"}, "scheme is 'ftp', but it must be https or http"),
        ({"port": "0"}, "port is '0', but it must be a whole number from 1 to 65535"),
        ({"page_size": "200000"}, "page_size is 200000, but it must be from 1 to 100000"),
        ({"concurrency": "17"}, "concurrency is 17, but it must be from 1 to 16"),
        ({"columns": "found", "sample_size": "9"}, "sample_size is 9, but it must be from 10 to 10000"),
        ({"columns": "found", "sample_size": "x"}, "sample_size is 'x', but it must be a whole number from 1 to 2"),
        ({"num_partitions": "x"}, "num_partitions is 'x', but it must be a whole number from 1 to 100000"),
        ({"deletions": "yes"}, "deletions is 'yes', but it must be true or false"),
        ({"deletions": "true", "lost_history": "x"}, "lost_history is 'x', but it must be fail or warn"),
        ({"snapshot": "yesterday"}, "snapshot is 'yesterday', but it must be a time such as 2026-11-29T08:00:00Z"),
        ({"snapshot": "0"}, "snapshot is '0', but it must be a time"),
    ],
)
def test_what_is_wrong_is_told(monkeypatch: pytest.MonkeyPatch, changes: Any, message: str) -> None:
    monkeypatch.delenv("FAUNA_SECRET", raising=False)
    with pytest.raises(ConfigError) as raised:
        parsed(**changes)
    assert message in raised.value.message
    assert LEAST["secret"] not in raised.value.message

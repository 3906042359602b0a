"""The input files of a command, valid and invalid."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import orjson
import pytest

from source_fauna.input_files import read_catalog, read_config, read_json
from unit_tests.told import raises_config_error

STREAM: dict[str, Any] = {
    "stream": {"name": "foo", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
    "sync_mode": "full_refresh",
    "destination_sync_mode": "append",
}


def written(folder: Path, content: Any) -> str:
    path = folder / "file.json"
    path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
    return str(path)


@pytest.mark.parametrize(
    ("content", "value"),
    [(b'{"a": [1]}', {"a": [1]}), (b"  \n", None), (b"", None), (b" 7 ", 7)],
    ids=["object", "blank", "empty", "number"],
)
def test_json_is_read(tmp_path: Path, content: bytes, value: Any) -> None:
    assert read_json(written(tmp_path, content), called="config") == value


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"{", "line 1, column 2"),
        (b'{"a":\n  nope}', "line 2, column 3"),
        (b"\xfd\xfe", "line 1, column 1"),
        (b"[NaN]", "line 1, column 2"),
    ],
    ids=["cut off", "second line", "no text", "NaN"],
)
def test_what_is_no_json_is_told_with_its_place(tmp_path: Path, content: bytes, where: str) -> None:
    with raises_config_error(f"The file of the catalog is not JSON ({where})"):
        read_json(written(tmp_path, content), called="catalog")


@pytest.mark.parametrize(
    ("path", "why"),
    [("nowhere/file.json", "no such file or directory"), (".", "is a directory"), ("a\x00b", "the path is not valid")],
    ids=["absent", "folder", "no path"],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, why: str) -> None:
    monkeypatch.chdir(tmp_path)
    with raises_config_error(f"The file of the saved state cannot be read: {why}"):
        read_json(path, called="saved state")


def test_a_config_is_an_object(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, {"port": 1})) == {"port": 1}


@pytest.mark.parametrize("content", [[], "text", None, 7], ids=str)
def test_a_config_is_nothing_else(tmp_path: Path, content: Any) -> None:
    with raises_config_error("The file of the config holds no object: it must be the source's settings"):
        read_config(written(tmp_path, content))


def test_a_catalog_is_read_with_keys_that_nobody_knows(tmp_path: Path) -> None:
    catalog = read_catalog(written(tmp_path, {"streams": [{**STREAM, "unknown": 1}], "unknown": 2}))
    assert [each.stream.name for each in catalog.streams] == ["foo"]


def test_an_empty_catalog_is_one(tmp_path: Path) -> None:
    assert read_catalog(written(tmp_path, {"streams": []})).streams == []


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ([], "it is no configured catalog"),
        (None, "it is no configured catalog"),
        ({}, "streams is missing or has a value that is not allowed"),
        ({"streams": {}}, "streams is missing or has a value that is not allowed"),
        ({"streams": [1]}, "streams.0 is missing or has a value that is not allowed"),
        (
            {"streams": [STREAM, {**STREAM, "sync_mode": "sometimes"}]},
            "streams.1.sync_mode is missing or has a value that is not allowed",
        ),
        (
            {"streams": [{**STREAM, "stream": {**STREAM["stream"], "name": 5}}]},
            "streams.0.stream.name is missing or has a value that is not allowed",
        ),
        (
            {"streams": [{key: STREAM[key] for key in ("stream", "sync_mode")}]},
            "streams.0.destination_sync_mode is missing or has a value that is not allowed",
        ),
    ],
    ids=["list", "null", "no streams", "streams no list", "stream no object", "mode", "name", "destination"],
)
def test_what_is_no_catalog_is_told_with_its_place(tmp_path: Path, content: Any, what: str) -> None:
    message = f"The catalog cannot be understood: {what}. Refresh the source's schema, then sync again."
    with raises_config_error(message):
        read_catalog(written(tmp_path, content))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_that_windows_wrote_is_read(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding in ("utf-8-sig", "utf-16") else "\ufeff"
    assert read_json(written(tmp_path, f'{mark}{{"a": "Łódź"}}\n'.encode(encoding)), called="config") == {"a": "Łódź"}


def test_a_mark_that_lies_is_told(tmp_path: Path) -> None:
    message = "The file of the config cannot be read: it is not in the encoding that it begins with"
    with raises_config_error(message):
        read_json(written(tmp_path, codecs.BOM_UTF16_LE + b"x"), called="config")

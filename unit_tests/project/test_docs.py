"""The pages for users are complete: they have every setting and message, and no dead link."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from source_fauna.config.config import parse_config
from source_fauna.errors.table import NO_ANSWER, TABLE, UNLISTED
from source_fauna.records.values import decode
from source_fauna.state.file import read_state
from source_fauna.state.state import parse_full, parse_incremental
from unit_tests.project.tree import ROOT, listed_files, text_of

GUIDE = text_of("docs/fauna.md")
IN_ONE_LINE = re.sub(r"\s+", " ", GUIDE)
OF_SPARK = re.sub(r"\s+", " ", text_of("docs/spark.md"))
FORM: dict[str, Any] = yaml.safe_load(text_of("source_fauna/spec.yaml"))["connectionSpecification"]
PAGES = [path for path in listed_files() if path.suffix == ".md"]
ROWS = [*TABLE, UNLISTED, *NO_ANSWER.values()]

FOR_DEVELOPERS = {"database/fql.py", "state/saved.py", "database/connections.py", "__init__.py"}
"""Modules whose texts no user sees: of the driver's warning, for pydantic, for urllib3, for Python."""

SENTENCE_WORDS = 5


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and title of every field of the form."""
    for key, field in schema.get("properties", {}).items():
        yield key, field["title"]
        yield from fields(field)
        yield from fields(field.get("items", {}))
    for option in schema.get("oneOf", ()):
        yield from fields(option)


# The fields of those three objects are named, each with the way to it.
@pytest.mark.parametrize(
    ("key", "title"),
    sorted(set(fields(FORM)) - {("collection", "Collection"), ("columns", "Columns"), ("deletions", "Deletion Mode")}),
)
def test_every_field_of_the_form_is_in_the_guide(key: str, title: str) -> None:
    assert re.search(rf"`(?:\w+\.)*{key}`", GUIDE)
    assert title in GUIDE or key == "deletion_mode"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind.value)
def test_what_to_do_about_an_answer_is_in_the_guide(row: Any) -> None:
    assert row.advice in IN_ONE_LINE


def literals(tree: ast.AST) -> Iterator[list[str]]:
    """The texts of a module but for its docstrings; an f-string gives what stands between its values."""
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            passed.add(node.value)
        if isinstance(node, ast.JoinedStr):
            passed.update(node.values)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_unreadable":
            # The details of a state that no user writes.
            passed.update(each for argument in node.args for each in ast.walk(argument))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "info":
            passed.update(node.args)
        if node in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            yield [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.split(r"%[sd]|%\.\df", node.value)


FOR_OTHER_ENGINES = {"parts", "spark"}
"""Rooms whose texts only users of Spark and its like see."""


def sentences(*, of_other_engines: bool = False) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "source_fauna").rglob("*.py")):
        inner = path.relative_to(ROOT / "source_fauna")
        if inner.as_posix() in FOR_DEVELOPERS or (inner.parts[0] in FOR_OTHER_ENGINES) is not of_other_engines:
            continue
        for parts in literals(ast.parse(path.read_text(encoding="utf-8"))):
            yield from ((path.name, part.strip(" .:;'\n")) for part in parts if len(part.split()) >= SENTENCE_WORDS)


def test_every_sentence_that_the_connector_says_is_in_the_guide() -> None:
    said = list(sentences())
    assert len(said) > 50
    patterns = {"max width|too much compute|exceeds threshold|nesting limit|too large"}
    assert [(name, text) for name, text in said if text not in IN_ONE_LINE and text not in patterns] == []


def test_every_sentence_that_spark_says_is_in_its_guide_or_in_the_connectors() -> None:
    said = list(sentences(of_other_engines=True))
    assert len(said) > 30
    assert [(name, text) for name, text in said if text not in OF_SPARK and text not in IN_ONE_LINE] == []


def test_every_option_of_spark_is_in_its_guide() -> None:
    (known,) = re.findall(r"KNOWN = frozenset\(\n    \{(.*?)\}", text_of("source_fauna/spark/options.py"), re.DOTALL)
    options = set(re.findall(r'"(\w+)"', known))
    assert len(options) > 10
    assert options == set(
        re.findall(r"^\| `(\w+)` \| (?!string|bigint|timestamp)", text_of("docs/spark.md"), re.MULTILINE)
    )


def test_every_reason_why_nothing_answers_is_in_the_guide() -> None:
    texts = [
        part.strip() for parts in literals(ast.parse(text_of("source_fauna/database/unreachable.py"))) for part in parts
    ]
    internal = {"CA certificate bundle"}
    reasons = {text for text in texts if " " in text} - internal
    assert len(reasons) > 10
    assert [reason for reason in sorted(reasons) if reason not in IN_ONE_LINE] == []


def test_sections_come_in_the_order_that_airbyte_asks_for() -> None:
    wanted = [
        "# Fauna",
        "## Prerequisites",
        "## Setup guide",
        "### For Airbyte Cloud:",
        "### For Airbyte Open Source:",
        "## Supported sync modes",
        "## Supported Streams",
        "### Performance considerations",
        "## Data type map",
        "## Limitations & Troubleshooting",
        "## IP allow list",
        "## Changelog",
    ]
    assert [line for line in GUIDE.splitlines() if line in wanted] == wanted
    assert "add the [Airbyte Cloud IP addresses](/platform/operating-airbyte/ip-allowlist) to your allow list." in GUIDE


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", text_of(page)):
        if target.startswith(("https:", "/platform/")):
            continue
        name, _, anchor = target.partition("#")
        linked = (ROOT / page).parent / name if name else ROOT / page
        assert linked.is_file(), target
        assert not anchor or anchor in {_anchor(line) for line in linked.read_text(encoding="utf-8").splitlines()}


def _anchor(line: str) -> str:
    heading = re.match(r"#+ (.*)", line)
    return re.sub(r"[^\w -]", "", heading[1].lower()).replace(" ", "-") if heading else ""


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_of_make_exist(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text_of(page), re.MULTILINE)) <= targets


def test_the_example_of_choosing_tests_by_name_chooses_some() -> None:
    (chosen,) = re.findall(r'-k "([^"]+)"', text_of("CONTRIBUTING.md"))
    words = chosen.split(" and ")
    tests = [path for path in listed_files() if path.name.startswith("test_") and path.suffix == ".py"]
    named = [f"{path.name} {name}" for path in tests for name in re.findall(r"def (test_\w+)", text_of(str(path)))]
    assert [name for name in named if all(word in name for word in words)]


def answers(page: str, *, deleted_at: str, rows: str) -> list[list[tuple[Any, ...]]]:
    """What each SQL statement of a page answers, run on a table of orders, and at last the orders that are left."""
    warehouse = duckdb.connect()
    warehouse.execute("SET TimeZone = 'UTC'")
    warehouse.execute(f"CREATE TABLE orders (ref VARCHAR, ttl TIMESTAMPTZ, deleted_at {deleted_at}, ts BIGINT)")
    warehouse.execute("ALTER TABLE orders ADD COLUMN _airbyte_extracted_at BIGINT DEFAULT 1")
    warehouse.execute(f"INSERT INTO orders (ref, ttl, deleted_at, ts) VALUES {rows}")  # noqa: S608 - our own rows
    statements = re.findall(r"```sql\n(.*?)```", text_of(page), re.DOTALL)
    return [warehouse.execute(each).fetchall() for each in [*statements, "SELECT ref FROM orders ORDER BY ref"]]


def test_sql_of_the_guide_shows_what_lives_and_drops_what_has_expired() -> None:
    rows = """
        ('1', '2020-01-01 00:00:00+00', NULL, 1), ('2', NULL, NULL, 1), ('3', '2999-01-01 00:00:00+00', NULL, 1),
        ('4', NULL, '2022-04-03 00:00:00+00', 1)
    """
    living, _, _, left = answers("docs/fauna.md", deleted_at="TIMESTAMPTZ", rows=rows)
    assert [row[0] for row in living] == ["2", "3"]
    assert left == [("2",), ("3",), ("4",)]


def test_sql_of_the_guide_shows_the_newest_row_of_each_document() -> None:
    rows = "('1', NULL, '2022-04-03 00:00:00+00', 5), ('1', NULL, NULL, 6), ('2', NULL, NULL, 4)"
    _, _, newest, _ = answers("docs/fauna.md", deleted_at="TIMESTAMPTZ", rows=rows)
    assert sorted(row[:4:3] for row in newest) == [("1", 6), ("2", 4)]


def test_sql_of_the_migration_guide_copies_a_table_and_turns_old_texts_into_times() -> None:
    rows = """
        ('1', NULL, NULL, 1), ('2', NULL, '2022-04-03T00:00:00', 1), ('3', NULL, '2023-11-14T22:13:20.007000', 1)
    """
    _, deleted, left = answers("docs/fauna-migrations.md", deleted_at="VARCHAR", rows=rows)
    times = [(ref, str(time)) for ref, time in deleted]
    assert times == [("2", "2022-04-03 00:00:00+00:00"), ("3", "2023-11-14 22:13:20.007000+00:00")]
    assert left == [("1",), ("2",), ("3",)]


ON_THE_WIRE: list[list[Any]] = [
    ["Łódź"],
    [9223372036854775807],
    [1.0, 1e300, "NaN", "-Infinity"],
    [{"amount": 4.99}],
    [{"@ref": {"id": "7", "collection": {"@ref": {"id": "books", "collection": {"@ref": {"id": "collections"}}}}}}],
    [{"@ref": {"id": "books", "collection": {"@ref": {"id": "collections"}}}}],
    [{"@ts": "2022-03-04T12:00:30.123456789Z"}],
    [{"@date": "2022-03-04"}],
    [{"@bytes": "aGVsbG8/Pz8+Pj4="}],
    [{"@uuid": "123e4567-e89b-12d3-a456-426614174000"}],
    [{"@query": {"api_version": "4", "lambda": "x", "expr": {"var": "x"}}}],
    [{"@obj": {"@set": {"match": {"@ref": {"id": "ix", "collection": {"@ref": {"id": "indexes"}}}}}}}],
    [{"@obj": {"@foo": 1, "b": 2}}],
]
"""What the server sends for the examples of the data type map, in their order."""


def test_examples_of_the_data_type_map_are_what_records_hold() -> None:
    table = GUIDE.split("## Data type map")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (?!Fauna|-)[^|]+\| [^|]+\| (.*) \|$", table, re.MULTILINE)
    shown = [[json.loads(code) for code in re.findall(r"`([^`]+)`", row)] for row in rows]
    assert shown == [[decode(value) for value in values] for values in ON_THE_WIRE]


EXAMPLES = ROOT / "examples"


@pytest.mark.parametrize("path", sorted((EXAMPLES / "configs").glob("*.json")), ids=lambda path: path.stem)
def test_configs_of_the_examples_are_valid(path: Path) -> None:
    assert parse_config(json.loads(path.read_text(encoding="utf-8"))).warnings == ()


@pytest.mark.parametrize("path", sorted((EXAMPLES / "catalogs").glob("*.json")), ids=lambda path: path.stem)
def test_catalogs_of_the_examples_load(path: Path) -> None:
    assert ConfiguredAirbyteCatalogSerializer.load(json.loads(path.read_text(encoding="utf-8"))).streams


def test_the_state_of_the_examples_is_one() -> None:
    (state,) = read_state(str(EXAMPLES / "state.json"))
    assert state.stream
    assert state.stream.stream_state
    saved = dict(state.stream.stream_state.__dict__)
    assert parse_incremental("orders", saved).latest == 1_658_504_456_881_000
    assert parse_full("orders", saved).snapshot is None

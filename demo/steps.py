"""The steps of the demo, in their order: what each does, and how to do it with a Fauna of one's own."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo import changes, connector, show, warehouse
from demo.connector import Sync
from demo.failure import StepFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.fauna import Fauna

_COMMAND = ".venv/bin/source-fauna"
_CONFIG = "--config secrets/config.json"
_TO_CATALOG = f"{_COMMAND} discover {_CONFIG} | python3 examples/configure_catalog.py"
_READ = f"{_COMMAND} read {_CONFIG} --catalog secrets"
_TO_STATE = "python3 examples/keep_state.py secrets/state.json < secrets/messages.jsonl"

FOLLOWED = ("books", "orders")
"""The streams of the incremental syncs; authors have no [ts, ref] index."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A running sample, a folder for what goes between the steps, and the destination."""

    fauna: Fauna
    folder: Path
    destination: warehouse.Warehouse
    numbers: Iterator[int]

    @classmethod
    def prepared(cls, fauna: Fauna, *, folder: Path, destination: warehouse.Warehouse) -> Demo:
        """Write the config of the connector into the folder."""
        demo = cls(fauna=fauna, folder=folder, destination=destination, numbers=itertools.count(1))
        collection = {
            "columns": {"column_mode": "found"},
            "deletions": {"deletion_mode": "deleted_field", "column": "deleted_at"},
        }
        config = {"domain": fauna.domain, "port": fauna.port, "scheme": "http", "secret": fauna.secret}
        demo.write("config.json", {**config, "collection": collection})
        return demo

    def write(self, name: str, content: Any) -> str:
        """Write a file of JSON and give its path."""
        path = self.folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)

    @property
    def config(self) -> str:
        """The path of the config file."""
        return str(self.folder / "config.json")


def spec() -> None:
    """Show the form that users fill in, shortened to its fields and what each says first."""
    show.step("1. spec: what the connector asks of its users", yourself=f"{_COMMAND} spec")
    form = connector.one("SPEC", "spec")["connectionSpecification"]
    properties = sorted(form["properties"].items(), key=lambda item: int(item[1].get("order", 0)))
    rows = [
        (name, field["type"], "yes" if name in form["required"] else "", _first_sentence(field["description"]))
        for name, field in properties
    ]
    show.table(("field", "type", "required", "description"), rows)


def _first_sentence(text: str) -> str:
    """The first sentence, and of a long one the part up to its first comma."""
    sentence = text.split(". ", maxsplit=1)[0].removesuffix(".")
    return sentence if len(sentence) <= show.WIDEST_CELL else sentence.split(", ")[0]


def check(demo: Demo) -> None:
    """Check the connection."""
    show.step(
        "2. check: can the key read the collections?",
        yourself="mkdir -p secrets && cp -n examples/configs/minimal.json secrets/config.json\n"
        f"{_COMMAND} check {_CONFIG}",
    )
    show.lines("""
        The config of these lines fits make local-fauna. Edit it for a Fauna of your own. It has deletions off, and each
        document in one column, data. The demo uses the config below: deletions give records, and each field of data is
        also a column of its own.
    """)
    show.lines(json.dumps(json.loads(Path(demo.config).read_text(encoding="utf-8")), indent=2))
    status = connector.one("CONNECTION_STATUS", "check", "--config", demo.config)
    show.lines(status["status"])
    if status["status"] != "SUCCEEDED":
        raise StepFailed(f"check: {status['message']}")


def discover(demo: Demo) -> list[Any]:
    """Show the streams, and give them."""
    show.step("3. discover: each collection is a stream", yourself=f"{_TO_CATALOG} secrets/catalog.json")
    streams: list[Any] = connector.one("CATALOG", "discover", "--config", demo.config)["streams"]
    header = ("stream", "sync modes", "primary key", "columns")
    rows = [
        (
            stream["name"],
            ", ".join(stream["supported_sync_modes"]),
            stream["source_defined_primary_key"][0][0],
            len(stream["json_schema"]["properties"]),
        )
        for stream in streams
    ]
    show.table(header, rows)
    show.lines("The columns of orders, those between ttl and deleted_at found in its documents:")
    (orders,) = (stream["json_schema"]["properties"] for stream in streams if stream["name"] == "orders")
    types = [(name, json.dumps(each["type"]), each.get("format", "")) for name, each in orders.items()]
    show.table(("column", "type", "format"), types)
    show.lines("""
        Step 5 uses the catalog that the line above writes: books and orders are read incrementally, and authors in
        full, because they have no index. Step 4 has a catalog of its own, by which all streams are read in full.
    """)
    return streams


def full_refresh(demo: Demo, streams: list[Any]) -> None:
    """Read everything and make a view of each stream."""
    show.step(
        "4. read, full refresh: all documents of all streams",
        yourself=f"{_TO_CATALOG} secrets/full_refresh.json --full-refresh\n"
        f"{_READ}/full_refresh.json > secrets/messages.jsonl",
    )
    chosen = [_configured(stream, "full_refresh", "overwrite") for stream in streams]
    sync = _read(demo, "full_refresh", chosen)
    show.lines("""
        The connector prints messages. The demo wrote the data of each RECORD message as one line into the file of its
        stream, such as books.jsonl, and added a column, emitted, which numbers the records in the order in which they
        came. DuckDB loads these files as they are:
    """)
    made = {stream["name"]: demo.destination.make(stream["name"], stream["json_schema"]) for stream in streams}
    show.lines(made["books"])
    show.lines(demo.destination.loading("books", "books.jsonl"))
    show.lines("The same for the other streams. Then each gets a view:")
    for stream, documents in sync.counts.items():
        demo.destination.load(stream, sync.file(stream))
        _require_equal(f"records of {stream}", documents, demo.fauna.count(stream))
        _show_view(demo, stream)
    show.lines("If you need only the fields as they are, you need no view:")
    show.lines(warehouse.PLAIN)
    show.table(*demo.destination.rows(warehouse.PLAIN))


def _show_view(demo: Demo, stream: str) -> None:
    """Make the view of a stream by its found columns, and show what it would be without them."""
    records = f"{stream}_records"
    view = warehouse.VIEWS[stream].format(source=records)
    show.lines(view)
    demo.destination.run(view)
    show.table(*demo.destination.rows(f"SELECT * FROM {stream} LIMIT 4"))  # noqa: S608 - our own names
    if stream in warehouse.OUT_OF_DATA:
        same = warehouse.OUT_OF_DATA[stream].format(source=records)
        show.lines("Without found columns the same comes out of data:")
        show.lines(same)
        difference = f"SELECT count(*) FROM (({same}) EXCEPT ALL SELECT * FROM {stream})"  # noqa: S608
        if demo.destination.number(difference):
            raise StepFailed(f"the columns of {stream} do not hold what its data holds")


def first_incremental(demo: Demo, streams: list[Any]) -> Sync:
    """Read the followed streams for the first time: all documents, and a state."""
    show.step(
        "5. read, incremental, for the first time: all documents, and a state to go on from",
        yourself=f"{_READ}/catalog.json > secrets/messages.jsonl\n{_TO_STATE}",
    )
    show.lines("From here on the demo leaves out authors, which would come in full each time.")
    sync = _read(demo, "first", _followed(streams))
    show.lines("""
        A first incremental sync brings all documents, which the tables hold from step 4 already. So they are emptied,
        and then loaded as in step 4:
    """)
    show.lines(warehouse.CLEAR.format(stream="books"))
    show.lines("From now on a table may hold several records of a document. The newest counts, if it is no deletion:")
    show.lines(warehouse.CURRENT.format(stream="books"))
    show.lines("The view books is made anew, FROM books_now in place of books_records; orders likewise.")
    for stream in FOLLOWED:
        demo.destination.run(warehouse.CLEAR.format(stream=stream))
        demo.destination.load(stream, sync.file(stream))
        demo.destination.run(warehouse.CURRENT.format(stream=stream))
        demo.destination.run(warehouse.VIEWS[stream].format(source=f"{stream}_now"))
    _show_current(demo)
    show.lines("""
        The deletions are of books that were deleted before this sync. A first sync also reports the deletions that the
        history of the collection still holds. They give no rows in the view.
    """)
    show.lines(f"The last state of books: {json.dumps(sync.states['books']['stream']['stream_state'])}")
    return sync


def second_incremental(demo: Demo, streams: list[Any], first: Sync) -> None:
    """Change the database, read only what changed, and see the views follow."""
    show.step(
        "6. read, incremental, once more: only what changed since",
        yourself=f"{_READ}/catalog.json --state secrets/state.json > secrets/messages.jsonl\n{_TO_STATE}",
    )
    show.lines("In the meantime, the shop is open. (README.md has commands that change something in make local-fauna.)")
    show.lines(changes.TOLD)
    changes.make(demo.fauna)
    state = demo.write("state.json", [first.states[stream] for stream in FOLLOWED])
    since = next(demo.numbers)
    sync = _read(demo, "second", _followed(streams), "--state", state)
    for stream in FOLLOWED:
        demo.destination.load(stream, sync.file(stream))
    for stream in FOLLOWED:
        show.lines(f"The new records of {stream}:")
        columns = "emitted, ref, ts, deleted_at, coalesce(data->>'title', data->>'number') AS title_or_number"
        where = f"emitted > {since} ORDER BY emitted"
        show.table(*demo.destination.rows(f"SELECT {columns} FROM {stream}_records WHERE {where}"))  # noqa: S608
    show.lines("""
        A deletion is a record with deleted_at filled. Here the view leaves such rows out. If this column is called
        _ab_cdc_deleted_at in the config, Airbyte's destinations delete the row of the document for good.
    """)
    show.lines("Together with the records of step 5:")
    _show_current(demo)


def _read(demo: Demo, name: str, chosen: list[Any], *more: str) -> Sync:
    catalog = demo.write(f"{name}_catalog.json", {"streams": chosen})
    sync = Sync(folder=demo.folder / name, numbers=demo.numbers)
    sync.run("--config", demo.config, "--catalog", catalog, *more, progress=show.Progress())
    for warning in sync.warnings:
        show.lines(f"warning: {warning}")
    return sync


def _followed(streams: list[Any]) -> list[Any]:
    return [_configured(one, "incremental", "append_dedup") for one in streams if one["name"] in FOLLOWED]


def _configured(stream: Any, sync_mode: str, destination_sync_mode: str) -> Any:
    return {"stream": stream, "sync_mode": sync_mode, "destination_sync_mode": destination_sync_mode}


def _show_current(demo: Demo) -> None:
    rows = []
    for stream in FOLLOWED:
        documents = demo.fauna.count(stream)
        received = demo.destination.number(f"SELECT count(*) FROM {stream}_records")  # noqa: S608
        deletions = demo.destination.number(f"SELECT count(deleted_at) FROM {stream}_records")  # noqa: S608
        current = demo.destination.number(f"SELECT count(*) FROM {stream}")  # noqa: S608
        rows.append((stream, received - deletions, deletions, current, documents))
        _require_equal(f"rows of {stream}", current, documents)
    show.table(("stream", "records of documents", "of deletions", "rows in the view", "documents in Fauna"), rows)


def _require_equal(what: str, found: int, wanted: int) -> None:
    if found != wanted:
        raise StepFailed(f"{what}: {found:,}, but Fauna holds {wanted:,} documents")

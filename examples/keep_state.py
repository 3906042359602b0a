"""Keep the last state of each stream, for the next read, and tell how many records came.

source-fauna read ... --state state.json > messages.jsonl
python3 keep_state.py state.json < messages.jsonl

What the file held of streams that told no state this time is kept, and a line that was cut off by the end of a read
is passed over. The file is replaced in one step, so that it is whole at any time. Why a read failed goes to standard
error; the states it told are kept all the same.
"""

import json
import sys
from collections import Counter
from pathlib import Path


def saved(file: Path) -> dict:
    """The states of the file, by stream; an exit if it is damaged."""
    try:
        return by_stream(json.loads(file.read_text()) if file.exists() else [])
    except (ValueError, TypeError, KeyError):
        sys.exit(
            f"{file} is damaged: it is no list of states of streams. The states of this read were not kept. "
            f"Put back what it held, or begin anew: echo '[]' > {file}"
        )


def by_stream(states: list) -> dict:
    """The last state of each stream."""
    return {state["stream"]["stream_descriptor"]["name"]: state for state in states}


def message_of(line: str) -> dict:
    """The message of a line; an empty one if it was cut off."""
    try:
        return json.loads(line)
    except ValueError:
        return {}


def tell(records: Counter, errors: list) -> None:
    """Say what came, and each error once: the last one of a read quotes those of its streams."""
    for stream, count in records.items():
        print(f"{stream}: {count} {'record' if count == 1 else 'records'}")
    for error in dict.fromkeys(errors):
        if not any(error in other for other in errors if other != error):
            print(error, file=sys.stderr)
    if not records and not errors:
        print("nothing new")


if __name__ == "__main__":
    kept = Path(sys.argv[1])
    states, records, errors = saved(kept), Counter(), []
    for message in map(message_of, sys.stdin):
        kind = message.get("type")
        if kind == "STATE":
            states.update(by_stream([message["state"]]))
        elif kind == "RECORD":
            records[message["record"]["stream"]] += 1
        elif kind == "TRACE" and message["trace"]["type"] == "ERROR":
            errors.append(message["trace"]["error"]["message"])
    new = kept.with_suffix(".new")
    new.write_text(json.dumps(list(states.values()), indent=2))
    new.replace(kept)
    tell(records, errors)

"""Keep the last state of each stream, for the next read.

source-fauna read ... --state state.json > messages.jsonl
python3 keep_state.py state.json < messages.jsonl

What the file held of streams that told no state this time is kept, and a line that was cut off by the end of a read
is passed over. The file is replaced in one step, so that it is whole at any time. Why a read failed goes to standard
error; the states it told are kept all the same.
"""

import json
import sys
from pathlib import Path


def states_of(lines):
    """The states in the messages of a read, in their order; its errors are shown."""
    for line in lines:
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if message.get("type") == "STATE":
            yield message["state"]
        if message.get("type") == "TRACE" and message["trace"]["type"] == "ERROR":
            print(message["trace"]["error"]["message"], file=sys.stderr)


if __name__ == "__main__":
    kept = Path(sys.argv[1])
    before = json.loads(kept.read_text()) if kept.exists() else []
    last = {state["stream"]["stream_descriptor"]["name"]: state for state in [*before, *states_of(sys.stdin)]}
    new = kept.with_suffix(".new")
    new.write_text(json.dumps(list(last.values()), indent=2))
    new.replace(kept)

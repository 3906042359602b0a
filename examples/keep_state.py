"""Keep the last state of each stream, for the next read.

source-fauna read … > messages.jsonl
python3 keep_state.py < messages.jsonl > state.json
"""

import json
import sys

if __name__ == "__main__":
    states = {}
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "STATE":
            states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
    json.dump(list(states.values()), sys.stdout, indent=2)

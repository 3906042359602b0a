"""Compare a real Fauna with local_fauna by random requests; without --url, local_fauna with itself behind HTTP.

The first difference of each topic is printed as a transcript for integration_tests/recordings. Every story of a topic
has a database of its own below that of the key, which must be an admin key. Exits with 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import nullcontext
from pathlib import Path

import urllib3

from integration_tests.compare.comparison import Comparison
from integration_tests.compare.servers import real_server, second_local_fauna
from integration_tests.compare.topics import TOPICS
from integration_tests.record import RecordingFailed, written
from local_fauna.local import QueryFailed


def main() -> int:
    """Compare as the arguments say; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.compare", description=__doc__)
    parser.add_argument("--url", help="the address of the real server")
    parser.add_argument("--secret", default=os.environ.get("FAUNA_SECRET"), help="its admin key ($FAUNA_SECRET)")
    parser.add_argument("--seed", type=int, default=1, help="decides what is asked (1)")
    parser.add_argument("--number", type=int, default=2_000, help="how many requests in total (2000)")
    parser.add_argument("--topic", choices=sorted(TOPICS), action="append", help="of this topic only; may be repeated")
    parser.add_argument("--seconds", type=float, default=1_800, help="stop after this time (1800)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write the transcripts there, too")
    options = parser.parse_args()
    if options.url and not options.secret:
        parser.error("--url needs --secret, or FAUNA_SECRET in the environment: an admin key of that server")
    topics = {name: TOPICS[name] for name in options.topic or TOPICS}
    chosen = nullcontext(real_server(url=options.url, secret=options.secret)) if options.url else second_local_fauna()
    with chosen as server:
        comparison = Comparison(server=server)
        try:
            for transcript in comparison.run(topics, seed=options.seed, number=options.number, seconds=options.seconds):
                _print(transcript, options.keep)
        except (urllib3.exceptions.HTTPError, json.JSONDecodeError, QueryFailed, RecordingFailed) as failure:
            parser.exit(2, f"The comparison ended early: {server.url} did not answer as it should. {failure}\n")
    tally = comparison.tally
    for name in topics:
        sys.stdout.write(f"{name}: {tally.requests[name]} requests\n")
    sys.stdout.write(f"{tally.refused} refused by name\n")
    sys.stdout.write(f"{tally.requests.total()} requests, {tally.differences} differences\n")
    return 1 if tally.differences else 0


def _print(transcript: dict[str, object], folder: Path | None) -> None:
    text = written(transcript)
    sys.stdout.write(text)
    sys.stdout.flush()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{transcript['name']}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

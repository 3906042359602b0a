"""Read a collection of a Fauna database by Ray: one task for each part of the collection.

PORT=8443 python examples/ray_orders.py, with `make local-fauna` in another terminal; needs ray, pyarrow.
"""

import os

import ray

from source_fauna.config.config import parse_config
from source_fauna.parts.plan import parts_of, pin
from source_fauna.parts.worker import Worker, connected
from source_fauna.tuning import Tuning

SECRET = os.environ.get("FAUNA_SECRET", "fnAElocal0fauna1stand2in")
ADDRESS = {"domain": "localhost", "port": int(os.environ.get("PORT", "8443")), "scheme": "http", "secret": SECRET}
CONFIG = parse_config({**ADDRESS, "collection": {"name": "orders"}})


@ray.remote(num_cpus=1)
def statuses(part):
    """How many orders of a part have which status, in a worker."""
    found = {}
    for records in Worker(config=CONFIG, tuning=Tuning()).records(part):
        for record in records:
            status = record["data"].get("status")
            found[status] = found.get(status, 0) + 1
    return found


if __name__ == "__main__":
    with connected(CONFIG, Tuning()) as client:
        parts = parts_of(pin(client, "orders"), client, parts=4, slots=4)
    ray.init(num_cpus=2, include_dashboard=False)
    for part, found in zip(parts, ray.get([statuses.remote(each) for each in parts]), strict=True):
        print(part.low, part.count, found)

"""Read a collection of a Fauna database into a Dask DataFrame: one partition for each part of the collection.

PORT=8443 python examples/dask_orders.py, with `make local-fauna` in another terminal; needs dask[dataframe], pyarrow.
"""

import os

import dask
import dask.dataframe
import pyarrow as pa

from source_fauna.config.config import parse_config
from source_fauna.parts.arrow import DATA, REF, TS, Batches
from source_fauna.parts.plan import parts_of, pin
from source_fauna.parts.worker import Worker, connected
from source_fauna.tuning import Tuning

SECRET = os.environ.get("FAUNA_SECRET", "fnAElocal0fauna1stand2in")
ADDRESS = {"domain": "localhost", "port": int(os.environ.get("PORT", "8443")), "scheme": "http", "secret": SECRET}
CONFIG = parse_config({**ADDRESS, "collection": {"name": "orders"}})


def frame(part):
    """One part as a pandas DataFrame, in a worker."""
    batches = Batches([REF, TS, DATA])
    pages = Worker(config=CONFIG, tuning=Tuning()).records(part)
    return pa.Table.from_batches(map(batches.batch, pages), schema=batches.schema).to_pandas()


if __name__ == "__main__":
    with connected(CONFIG, Tuning()) as client:
        parts = parts_of(pin(client, "orders"), client, parts=4, slots=4)
    orders = dask.dataframe.from_map(frame, parts)
    print(f"{orders.npartitions} partitions, {len(orders)} orders")
    print(orders.ts.max().compute())

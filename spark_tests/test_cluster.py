"""A cluster of two workers in processes of their own reads what one process reads."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from spark_tests.conftest import ROOT
from spark_tests.database import Database

PROGRAM = """
import json, sys
from pyspark.sql import SparkSession

builder = SparkSession.builder.master("local-cluster[2,1,1024]")
for key, value in {"spark.ui.enabled": "false", "spark.driver.bindAddress": "127.0.0.1",
                   "spark.executorEnv.PYTHONPATH": sys.argv[2]}.items():
    builder = builder.config(key, value)
spark = builder.getOrCreate()
frame = spark.read.format("fauna").options(**json.loads(sys.argv[1])).load()
rows = frame.selectExpr("ref", "spark_partition_id() part").collect()
print(json.dumps([len(rows), len({row.ref for row in rows}), len({row.part for row in rows})]))
"""


@pytest.mark.slow
def test_a_cluster_reads_all_parts(database: Database) -> None:
    database.create(range(3_000))
    given = json.dumps(database.options(num_partitions=4))
    command = [sys.executable, "-c", PROGRAM, given, str(ROOT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[3000, 3000, 4]"

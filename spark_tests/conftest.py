"""One Spark session for all tests, whose logs are kept to be searched for the secret, and a database for each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from local_fauna import LocalFauna
from spark_tests import java
from spark_tests.database import Database

ROOT = Path(__file__).parents[1]

os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
java.provide()


@pytest.fixture(scope="session")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Spark's event log."""
    return tmp_path_factory.mktemp("events")


@pytest.fixture(scope="session")
def spark(events: Path) -> Iterator[SparkSession]:
    """Two slots, in which a task may fail three times."""
    session = (
        SparkSession.builder.master("local[2,4]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.eventLog.enabled", "true")
        .config("spark.eventLog.compress", "false")
        .config("spark.eventLog.dir", events.as_uri())
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture
def local() -> Iterator[LocalFauna]:
    with LocalFauna() as started:
        yield started


@pytest.fixture
def database(local: LocalFauna) -> Database:
    """The collection `things` with an index, and no documents yet."""
    return Database(local)

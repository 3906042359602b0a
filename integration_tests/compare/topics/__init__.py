"""What stories are about: one module for each topic."""

from __future__ import annotations

from collections.abc import Mapping

from integration_tests.compare.teller import Topic
from integration_tests.compare.topics import (
    connector,
    documents,
    errors,
    events,
    functions,
    index_forms,
    ranges,
    rights,
    schema,
    values,
)

TOPICS: Mapping[str, Topic] = {
    "rights": rights.story,
    "schema": schema.story,
    "documents": documents.story,
    "events": events.story,
    "ranges": ranges.story,
    "index_forms": index_forms.story,
    "errors": errors.story,
    "connector": connector.story,
    "functions": functions.story,
    "values": values.story,
}

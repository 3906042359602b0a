"""The parts of a config that Airbyte may quote contain no password."""

from __future__ import annotations

from source_fauna.config.address import without_login


def test_an_address_in_place_of_a_number_is_masked() -> None:
    config = {"port": "https://me:password@host:8443", "concurrency": 4, "domain": "me:password@host"}
    assert without_login(config) == {"port": "****", "concurrency": 4, "domain": "me:password@host"}
    assert without_login({"port": "8443"}) == {"port": "8443"}

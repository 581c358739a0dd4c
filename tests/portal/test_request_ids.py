"""The id of a request begins with its moment, and is a UUID like any other."""

from __future__ import annotations

import time
from uuid import RFC_4122, UUID

from django.test import Client

from portal.lib.request_ids import new_request_id


def test_an_id_is_a_uuid_of_version_7_that_begins_with_its_moment() -> None:
    before = time.time_ns() // 1_000_000
    found = [new_request_id() for _ in range(1000)]
    after = time.time_ns() // 1_000_000
    assert {(each.version, each.variant) for each in found} == {(7, RFC_4122)}
    assert all(before <= each.int >> 80 <= after for each in found)
    assert len(set(found)) == 1000


def test_a_request_is_given_one(client: Client) -> None:
    first, second = (UUID(client.get("/livez").headers["x-request-id"]) for _ in range(2))
    assert first.version == second.version == 7
    assert first.int >> 80 <= second.int >> 80

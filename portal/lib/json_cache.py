"""Values of the cache as JSON: who writes into the cache's server must not run code here, as pickled values would."""

from __future__ import annotations

import json
from typing import Any


class JsonSerializer:
    """What `RedisCache` stores: whole numbers as such, so that the server counts them, and all else as JSON."""

    def __init__(self, protocol: int | None = None) -> None:
        """`protocol` is of Django's own serializer."""

    def dumps(self, value: Any) -> int | bytes:
        """Return the value as it is stored. Raises TypeError for a value that JSON does not have."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, stored: bytes) -> Any:
        """Return the value. Raises ValueError for what this class has not stored."""
        return json.loads(stored)

from __future__ import annotations

from typing import Any

from django.apps import apps


def live_merchants() -> Any:
    """Return the merchants with real money: all without sandboxes."""
    return apps.get_model("merchants", "Merchant").objects.live().order_by()

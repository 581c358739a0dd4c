"""Colours of the states that staff look out for."""

from __future__ import annotations

STATUS = {
    "active": "success",
    "suspended": "warning",
    "quarantined": "warning",
    "closed": "danger",
    "revoked": "danger",
}
ON_OFF = {"on": "success", "off": "danger"}
BLOCKED = {"blocked": "danger"}

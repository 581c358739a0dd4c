"""Addresses of the operators' pages at the desk of our staff, for pages of the administration."""

from __future__ import annotations

from typing import Any

from django import template

from merchants import staff_desk

register = template.Library()


@register.simple_tag
def desk_url(name: str, *args: Any) -> str:
    """Return the address of an operators' page at the desk."""
    return staff_desk.desk_address(name, *args)

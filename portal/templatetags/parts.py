"""The parts that pages share, as tags: built into the engine, so that no template loads them."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from merchants.sign_in import step_names
from portal import __version__
from portal.lib.texts import shortened_id

register = template.Library()
PARTS = "operator/parts"
BADGE_COLOURS = {"good": "bg-green-lt", "warn": "bg-yellow-lt", "bad": "bg-red-lt"}


@register.simple_tag
def portal_version() -> str:
    """Return the version of the portal."""
    return __version__


@register.simple_tag(takes_context=True)
def step_to_confirm(context: dict[str, Any]) -> str:
    """Return the name of the step that the page of a proof leads back to."""
    return step_names.step_to_confirm(context["request"])


@register.inclusion_tag(f"{PARTS}/icon.html")
def icon(name: str, css: str = "") -> dict[str, str]:
    """Render an icon of vendor/tabler/icons.svg."""
    return {"name": name, "css": css}


@register.inclusion_tag(f"{PARTS}/badge.html")
def badge(text: str, level: str = "") -> dict[str, str]:
    """Render a state as a badge; `level` is good, warn, bad or nothing."""
    return {"text": text, "level": level, "colour": BADGE_COLOURS.get(level, "bg-secondary-lt")}


@register.inclusion_tag(f"{PARTS}/short_id.html")
def short_id(value: object, url: str = "") -> dict[str, str]:
    """Render an id short, whole on hover, with a button that copies it; as a link where there is a `url`."""
    text = "" if value is None else str(value)
    return {"value": text, "shown": shortened_id(text), "url": url}


@register.inclusion_tag(f"{PARTS}/head.html")
def head(title: str, above: str = "", text: str = "", state: str = "", level: str = "") -> dict[str, str]:
    """Render the head of a page, with a small line above its title, a state beside it and a text below it."""
    return {"title": title, "above": above, "text": text, "state": state, "level": level}


@register.inclusion_tag(f"{PARTS}/alert.html")
def alert(level: str, text: str, url: str = "", link: str = "") -> dict[str, str]:
    """Render an alert; `level` is success, info, warning or danger."""
    return {"level": level, "text": text, "url": url, "link": link}


@register.simple_block_tag
def alert_box(content: SafeString, level: str) -> SafeString:
    """Render an alert around markup."""
    return render_to_string(f"{PARTS}/alert.html", {"level": level, "content": content})

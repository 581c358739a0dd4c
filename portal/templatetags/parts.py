"""The parts that pages share, as tags: built into the engine, so that no template loads them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from merchants.sign_in import step_names
from portal import __version__
from portal.lib.texts import shortened_id
from wallet import statuses

register = template.Library()
PARTS = "operator/parts"
STAFF_COLOURS = {
    "info": "bg-blue-100 text-blue-700 dark:bg-blue-500/20 dark:text-blue-400",
    "warning": "bg-orange-100 text-orange-700 dark:bg-orange-500/20 dark:text-orange-400",
    "danger": "bg-red-100 text-red-700 dark:bg-red-500/20 dark:text-red-400",
}
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


@register.filter
def call_level(call: Any) -> str:
    """Return the level of a request's status: accepted is good, a mistake of the portal is bad, a refusal warns."""
    if call.status == statuses.OK:
        return "good"
    return "bad" if call.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR else "warn"


@register.inclusion_tag(f"{PARTS}/short_id.html")
def short_id(value: object, url: str = "", query: str = "") -> dict[str, str]:
    """Render an id short, whole on hover, with a button that copies it; as a link where there is a `url`.

    `query` names the parameter of the address that takes the id.
    """
    text = "" if value is None else str(value)
    address = f"{url}?{urlencode({query: text})}" if url and query else url
    return {"value": text, "shown": shortened_id(text), "url": address}


@register.inclusion_tag(f"{PARTS}/head.html")
def head(title: str, above: str = "", text: str = "", state: str = "", level: str = "") -> dict[str, str]:
    """Render the head of a page, with a small line above its title, a state beside it and a text below it."""
    return {"title": title, "above": above, "text": text, "state": state, "level": level}


def alert_role(level: str, label: str = "") -> str:
    """Return the role of an alert: a box with a name is a part of the page, another one is read out."""
    if label:
        return "region"
    return "alert" if level == "danger" else "status"


@register.inclusion_tag(f"{PARTS}/alert.html")
def alert(level: str, text: str, url: str = "", link: str = "") -> dict[str, str]:
    """Render an alert; `level` is success, info, warning or danger."""
    return {"level": level, "role": alert_role(level), "text": text, "url": url, "link": link}


@register.simple_block_tag
def alert_box(content: SafeString, level: str, labelled: str = "") -> SafeString:
    """Render an alert around markup; `labelled` is the id of the heading in it, which names the box."""
    known = {"level": level, "role": alert_role(level, labelled), "content": content, "labelled": labelled}
    return render_to_string(f"{PARTS}/alert.html", known)


@register.simple_block_tag
def staff_alert(content: SafeString, level: str, css: str = "", label: str = "", labelled: str = "") -> SafeString:
    """Render an alert of the administration around markup; `level` is info, warning or danger."""
    known = {"level": level, "content": content, "css": css, "label": label, "labelled": labelled}
    known["role"] = alert_role(level, label or labelled)
    return render_to_string("admin/alert.html", known | {"colours": STAFF_COLOURS[level]})
